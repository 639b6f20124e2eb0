package clitest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The shop's keys: long, and nothing else looks like them.
var keys = map[string]string{
	"meta token": "EAAGleak1metaToken000000001", "meta app secret": "leak2MetaAppSecret00000002", "meta verify token": "leak3MetaVerifyToken000003",
	"twilio auth token": "leak4TwilioAuthToken0000004", "bird key": "bk_eu1_leak5BirdKey00000005", "bird webhook secret": "whsec_bGVhazZCaXJkV2ViaG9va1NlY3JldA==",
	"zenvia token": "leak7ZenviaToken0000000007", "zenvia webhook secret": "leak8ZenviaWebhook00000008", "pass phrase": "leak9PassPhrase0000000009",
}

// day is a shop's day with the real program.
type day struct {
	t    *testing.T
	dir  string
	env  []string
	far  *far
	said bytes.Buffer // all that any of the programs wrote
}

// NoSecretIsTold lives through a day of a shop at four providers, with failures
// that repeat what they were told, a crash and a stop, and then looks for the
// keys in everything that the program left or wrote: database and log,
// messages, errors, exports, backups, command lines, crash output.
func NoSecretIsTold(t *testing.T) {
	d := &day{t: t, dir: t.TempDir(), far: newFar(t)}
	d.env = append(os.Environ(), "HOME="+d.dir, "TMPDIR="+d.path("tmp"), "BOTTEGA_DATA="+d.path("shop"), "BOTTEGA_PASSPHRASE="+keys["pass phrase"], "BOTTEGA_LISTEN=127.0.0.1:0",
		"DBUS_SESSION_BUS_ADDRESS=unix:path="+d.path("none"), "LC_ALL=C.UTF-8", "GOTRACEBACK=crash", "GORACE="+raceEnd, "XDG_STATE_HOME="+d.path("state"))
	if err := os.Mkdir(d.path("tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	d.connect()
	serve, at := d.serve()
	d.receive(at)
	d.far.careless(true)
	d.work()
	d.watch(serve)
	if err := serve.Process.Signal(syscall.SIGABRT); err != nil { // as a crash: all goroutines are written out
		t.Error(err)
	}
	_ = serve.Wait() // it ends badly, as it must
	d.run("backup", d.path("copy.bottega"))
	d.search()
}

func (d *day) path(name string) string { return filepath.Join(d.dir, name) }

// run runs a command, whatever comes of it, and keeps what it wrote.
func (d *day) run(args ...string) (out string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bottega", args...)
	cmd.Env, cmd.Dir = d.env, d.dir
	b, _ := cmd.CombinedOutput() // refusals are part of a day
	if ctx.Err() != nil {
		d.t.Errorf("%v does not end", args)
	}
	d.said.Write(b)
	return string(b)
}

func (d *day) connect() {
	for provider, fields := range map[string]map[string]string{
		"meta":   {"phone_number_id": "106540352242922", "waba_id": "100000000000201", "number": "+390555550100", "token": keys["meta token"], "app_secret": keys["meta app secret"], "verify_token": keys["meta verify token"]},
		"twilio": {"account_sid": "AC00000000000000000000000000000001", "from": "+573005550100", "auth_token": keys["twilio auth token"]},
		"bird":   {"from": "+390212345678", "api_key": keys["bird key"], "webhook_secret": keys["bird webhook secret"]},
		"zenvia": {"from": "5511900000001", "token": keys["zenvia token"], "webhook_secret": keys["zenvia webhook secret"]},
	} {
		fields["name"], fields["base_url"] = provider, d.far.URL
		b, err := json.Marshal(fields)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, in := range []string{string(b[:len(b)-3]), string(b)} { // half of it first: complaints must not quote
			cmd := exec.CommandContext(d.t.Context(), "bottega", "connect", provider, "--from-stdin", "--no-check", "--json")
			cmd.Env, cmd.Dir, cmd.Stdin = d.env, d.dir, strings.NewReader(in)
			out, err := cmd.CombinedOutput()
			d.said.Write(out)
			if err != nil && in == string(b) {
				d.t.Fatalf("%s was not connected: %s", provider, out)
			}
		}
	}
}

// serve starts the program that works all day; at is where it takes callbacks.
func (d *day) serve() (cmd *exec.Cmd, at string) {
	cmd = exec.CommandContext(d.t.Context(), "bash", "-c", "ulimit -c unlimited; exec bottega serve --listen 127.0.0.1:0")
	cmd.Env, cmd.Dir = d.env, d.dir
	log, err := os.Create(d.path("serve.stderr"))
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = log.Close() })
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.until("serve is ready", func() bool {
		b, err := os.ReadFile(log.Name())
		line, _, _ := bytes.Cut(b, []byte("\n"))
		var said struct{ Listening string }
		if err != nil || json.Unmarshal(line, &said) != nil {
			return false
		}
		at = said.Listening
		return at != ""
	})
	return cmd, at
}

// until waits for something to become true.
func (d *day) until(what string, true func() bool) {
	d.t.Helper()
	for end := time.Now().Add(limit); !true(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatalf("never: %s\n%s", what, d.said.String())
		}
	}
}

// receive lets each provider's customer write: by callback, by a refused one,
// and by being asked.
func (d *day) receive(at string) {
	post := func(channel, body string, header ...string) {
		r, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, "http://"+at+"/webhooks/"+channel, strings.NewReader(body))
		if err != nil {
			d.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			d.t.Fatal(err)
		}
		var b bytes.Buffer
		_, _ = b.ReadFrom(res.Body)
		_ = res.Body.Close()
		d.said.Write(b.Bytes())
	}
	post("zenvia", `{"id":"e","type":"MESSAGE","channel":"whatsapp","direction":"IN","message":{"id":"m","from":"393331230003","to":"5511900000001","contents":[{"type":"text","text":"ciao"}]}}`,
		"X-Bottega-Secret", keys["zenvia webhook secret"])
	for _, channel := range []string{"meta", "twilio", "bird", "zenvia", "nobody", url.PathEscape(keys["meta verify token"][:5])} {
		post(channel, `{"not":"signed"}`, "X-Hub-Signature-256", "sha256=00", "X-Bottega-Secret", "wrong")
	}
	d.until("customers of three providers wrote", func() bool {
		var all []json.RawMessage
		return json.Unmarshal([]byte(d.run("inbox", "list", "--json")), &all) == nil && len(all) >= 3
	})
}

// work is what people do, while the providers fail.
func (d *day) work() {
	for _, c := range []string{"meta", "twilio", "bird", "zenvia"} {
		d.run("channels", "test", c)
		d.run("send", "+39333123000"+map[string]string{"meta": "4", "twilio": "1", "bird": "2", "zenvia": "3"}[c], "--channel", c, "--text", "Buongiorno!", "--wait", "1s")
	}
	for _, args := range [][]string{{"template", "sync", "--channel", "meta"}, {"template", "sync", "--channel", "twilio"}, {"channels", "ping", "bird"}, {"channels", "list", "--json"}, {"contacts", "export", d.path("people.csv")}, {"report", "cost", "--json"}, {"doctor", "--json"}} {
		d.run(args...)
	}
}

// watch looks at the running program from outside.
func (d *day) watch(serve *exec.Cmd) {
	proc := fmt.Sprintf("/proc/%d/", serve.Process.Pid)
	limits, err := os.ReadFile(proc + "limits")
	if err != nil {
		d.t.Log("no /proc here: command lines and limits were not looked at")
		return
	}
	for line := range strings.Lines(string(limits)) {
		if f := strings.Fields(line); strings.HasPrefix(line, "Max core file size") && (f[4] != "0" || f[5] != "0") {
			d.t.Errorf("it may leave a core file: %s", line)
		}
	}
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, name := range lines { // ours and whatever it started
		if b, err := os.ReadFile(name); err == nil {
			d.clean(name, b)
		}
	}
	children, err := os.ReadFile(fmt.Sprintf("%stask/%d/children", proc, serve.Process.Pid))
	if err == nil && len(bytes.TrimSpace(children)) > 0 {
		d.t.Errorf("serve has started others: %s", children)
	}
}

// forms are a key as it might be written.
func forms(key string) []string {
	b := []byte(key)
	return []string{key, base64.StdEncoding.EncodeToString(b), base64.RawURLEncoding.EncodeToString(b), hex.EncodeToString(b), url.QueryEscape(key),
		base64.StdEncoding.EncodeToString([]byte("AC00000000000000000000000000000001:" + key))}
}

// told are the names of the keys that b has in it.
func told(b []byte) (names []string) {
	for name, key := range keys {
		if slices.ContainsFunc(forms(key), func(form string) bool { return bytes.Contains(b, []byte(form)) }) {
			names = append(names, name)
		}
	}
	return names
}

// clean fails when b has a key in it.
func (d *day) clean(where string, b []byte) {
	d.t.Helper()
	for _, name := range told(b) {
		d.t.Errorf("%s has the %s in it", where, name)
	}
}

// search looks into everything that the day has left.
func (d *day) search() {
	err := filepath.WalkDir(d.dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if strings.HasPrefix(e.Name(), "core") {
			d.t.Errorf("a core file: %s", name)
		}
		d.clean(strings.TrimPrefix(name, d.dir), b)
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.clean("what was written", d.said.Bytes())
	trace, err := os.ReadFile(d.path("serve.stderr"))
	if err != nil || !bytes.Contains(trace, []byte("goroutine ")) {
		d.t.Errorf("the crash left no trace to look at (%v)", err)
	}
	for _, name := range []string{"shop/bottega.db", "shop/secrets.age", "people.csv", "copy.bottega"} {
		if st, err := os.Stat(d.path(name)); err != nil || st.Size() == 0 {
			d.t.Errorf("the day has not left %s: %v", name, err)
		}
	}
	if logs, err := filepath.Glob(d.path("shop/*.log")); err != nil || len(logs) == 0 {
		d.t.Errorf("the day has left no log to look at (%v)", err)
	}
}
