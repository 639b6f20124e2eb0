// Package clitest gives the test scripts of the commands what a shell has not:
// exit codes, programs that run in the background until they are stopped,
// signed callbacks, and a look into JSON. For tests only.
package clitest

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// limit is how long anything may take before a script fails; on a quiet
// machine nothing takes more than a second.
const limit = 60 * time.Second

// raceEnd shortens the second that a program with the race detector waits at its
// end for reports of what still runs: nothing of a command does by then, and the
// scripts run hundreds. A race that was seen fails the command as before.
const raceEnd = "atexit_sleep_ms=20"

// Setup gives a script a place of its own: no home, no keyring of whoever runs
// the tests, keys in a sealed file.
func Setup(env *testscript.Env) error {
	for k, v := range map[string]string{
		"BOTTEGA_DATA": env.WorkDir + "/shop", "BOTTEGA_PASSPHRASE": "test", "BOTTEGA_AGENT": "lucia", "BOTTEGA_LISTEN": "127.0.0.1:0",
		"DBUS_SESSION_BUS_ADDRESS": "unix:path=" + env.WorkDir + "/no-bus", "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "xterm-256color", "GORACE": raceEnd,
	} {
		env.Setenv(k, v)
	}
	env.Values[programs{}] = &sync.Map{}
	return nil
}

type programs struct{} // key of the running programs

// Commands of the scripts.
func Commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"exits": exits, "start": start, "end": end, "http": call, "callback": callback, "json": look, "until": until, "twilio": fakeTwilio,
	}
}

// exits runs a program and wants an exit code: exits 3 bottega send …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE program args…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// variables that a program in the background gets from the script.
var variables = []string{"PATH", "HOME", "TMPDIR", "WORK", "XDG_DATA_HOME", "XDG_STATE_HOME", "BOTTEGA_DATA", "BOTTEGA_PASSPHRASE", "BOTTEGA_AGENT", "BOTTEGA_TEST_SHIFT",
	"BOTTEGA_LISTEN", "BOTTEGA_SECRET_SHOP_TOKEN", "BOTTEGA_SECRET_SHOP_APP_SECRET", "BOTTEGA_SECRET_SHOP_VERIFY_TOKEN", "DBUS_SESSION_BUS_ADDRESS", "LC_ALL", "TZ", "TERM", "GOCOVERDIR", "GORACE"}

// start runs a program in the background until it says on stderr, as a line of
// JSON, that it is ready, and puts that line's fields into the script's
// variables: start serve bottega serve → $serve_listening. The line itself is
// in the file serve.ready.
func start(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start NAME program args…")
	}
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range variables {
		if v := ts.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	pipe, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill() }) // gone already when the script stopped it
	running(ts).Store(args[0], cmd)

	ready := make(chan []byte, 1)
	go func() {
		r := bufio.NewReader(pipe)
		line, err := r.ReadBytes('\n')
		if err != nil {
			line = nil
		}
		ready <- line
		_, _ = io.Copy(io.Discard, r) // so that it never waits for a reader
	}()
	select {
	case line := <-ready:
		var said map[string]any
		if err := json.Unmarshal(line, &said); err != nil {
			ts.Fatalf("%s is not ready: %q", args[0], line)
		}
		for k, v := range said {
			ts.Setenv(args[0]+"_"+k, fmt.Sprint(v))
		}
		ts.Check(os.WriteFile(ts.MkAbs(args[0]+".ready"), line, 0o600))
	case <-time.After(limit):
		ts.Fatalf("%s is not ready after %v", args[0], limit)
	}
}

func running(ts *testscript.TestScript) *sync.Map { return ts.Value(programs{}).(*sync.Map) }

// end stops a started program with SIGTERM and wants it to end well; with
// "kill" it is killed: end serve [kill]
func end(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: end NAME [kill]")
	}
	v, ok := running(ts).LoadAndDelete(args[0])
	if !ok {
		ts.Fatalf("%s does not run", args[0])
	}
	cmd := v.(*exec.Cmd)
	sig := os.Signal(syscall.SIGTERM)
	if len(args) > 1 {
		sig = os.Kill
	}
	ts.Check(cmd.Process.Signal(sig))
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil && len(args) == 1 {
			ts.Fatalf("%s ended with %v", args[0], err)
		}
	case <-time.After(limit):
		ts.Fatalf("%s does not stop", args[0])
	}
}

// call makes an HTTP request, wants a status, and leaves the body in the file
// http.body: http 200 GET URL, http 400 POST URL body.json 'Key: value'…
func call(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: http STATUS METHOD URL [FILE|-] [header…]")
	}
	var body []byte
	if len(args) > 3 && args[3] != "-" {
		body = []byte(ts.ReadFile(args[3]))
	}
	req, err := http.NewRequest(args[1], args[2], bytes.NewReader(body))
	ts.Check(err)
	for _, h := range args[min(4, len(args)):] {
		k, v, _ := strings.Cut(h, ":")
		req.Header.Set(k, strings.TrimSpace(v))
	}
	do(ts, req, args[0])
}

func do(ts *testscript.TestScript, req *http.Request, want string) {
	if req.Method == http.MethodPost && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	client := http.Client{Timeout: limit}
	resp, err := client.Do(req)
	ts.Check(err)
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Check(resp.Body.Close())
	ts.Check(os.WriteFile(ts.MkAbs("http.body"), body, 0o600))
	if got := strconv.Itoa(resp.StatusCode); got != want {
		ts.Fatalf("%s %s: status %s, want %s\n%s", req.Method, req.URL.Path, got, want, body)
	}
}

// callback posts a file as the provider does, signed, with NOW in it as the
// present: callback 200 URL SECRET FILE
func callback(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: callback STATUS URL SECRET FILE")
	}
	body := []byte(strings.ReplaceAll(ts.ReadFile(args[3]), "NOW", strconv.FormatInt(time.Now().Unix(), 10)))
	mac := hmac.New(sha256.New, []byte(args[2]))
	mac.Write(body)
	req, err := http.NewRequest(http.MethodPost, args[1], bytes.NewReader(body))
	ts.Check(err)
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	do(ts, req, args[0])
}

// look finds a value in JSON and compares it, or keeps it in a variable:
// json stdout 0.contact.name Ana, json stdout id -> ID, json stdout @ 3 (length)
func look(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 && (len(args) != 4 || args[2] != "->") {
		ts.Fatalf("usage: json FILE PATH VALUE, or json FILE PATH -> VARIABLE")
	}
	got, err := find(ts.ReadFile(args[0]), args[1])
	switch {
	case len(args) == 4:
		ts.Check(err)
		ts.Setenv(args[3], got)
	case neg && err == nil && got == args[2]:
		ts.Fatalf("%s is %q", args[1], got)
	case !neg && (err != nil || got != args[2]):
		ts.Fatalf("%s is %q (%v), want %q", args[1], got, err, args[2])
	}
}

// find walks a path of keys and indexes; "@" is the length of what it stands behind.
func find(text, path string) (string, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", err
	}
	for _, step := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[step]
			if step == "@" {
				next, ok = json.Number(strconv.Itoa(len(at))), true
			}
			if !ok {
				return "", fmt.Errorf("no %q", step)
			}
			v = next
		case []any:
			i, err := strconv.Atoi(step)
			if step == "@" {
				v = json.Number(strconv.Itoa(len(at)))
				continue
			}
			if err != nil || i < 0 || i >= len(at) {
				return "", fmt.Errorf("no item %q of %d", step, len(at))
			}
			v = at[i]
		default:
			return "", fmt.Errorf("nothing below %v", at)
		}
	}
	if s, ok := v.(string); ok {
		return s, nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}

// until runs a program again and again until a value in its JSON output is
// what is wanted: until 0.status read bottega inbox show 1 --json
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: until PATH VALUE program args…")
	}
	late := time.Now().Add(limit)
	for got := ""; ; {
		err := ts.Exec(args[2], args[3:]...)
		if err == nil {
			if got, err = find(ts.ReadFile("stdout"), args[0]); err == nil && got == args[1] {
				return
			}
		}
		if time.Now().After(late) {
			ts.Fatalf("%s is %q (%v) after %v, want %q", args[0], got, err, limit, args[1])
		}
		time.Sleep(20 * time.Millisecond) // not to starve what it waits for
	}
}
