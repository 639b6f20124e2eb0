package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"

	"bottega/assets"
	"bottega/bsp/provider"
	"bottega/core"
	"bottega/core/connect"
	"bottega/core/coretest"
	"bottega/storage"
	"bottega/ui/cli"
	"bottega/ui/cli/clitest"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// TestMain lets scripts run this very program as the command bottega.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bottega": quickly, "bottega-breaks": breaks, "bottega-keeps": keeps})
}

// setup gives scripts $noon, which those with campaigns take as their shift.
func setup(env *testscript.Env) error {
	env.Setenv("noon", noon(time.Now()).String())
	return clitest.Setup(env)
}

// shiftVar is by how much the clock of a script's programs is put forward.
const shiftVar = "BOTTEGA_TEST_SHIFT"

// noon is by how much to shift a clock so that it is noon in the shop, give or
// take half an hour: campaigns keep people's nights, and scripts may be played
// at any time of the day.
func noon(now time.Time) time.Duration {
	day := now.UTC().Truncate(24 * time.Hour)
	return day.Add(11 * time.Hour).Sub(now.UTC().Round(time.Hour))
}

// quickly is bottega as the scripts play it: with their clock, with providers
// that are asked for news without long waits, and with a file of keys that is
// easy to open, since they open it hundreds of times under the race detector.
func quickly() {
	shift, err := time.ParseDuration(cmp.Or(os.Getenv(shiftVar), "0s"))
	if err != nil {
		panic(err)
	}
	policy, err := coretest.Hurried(assets.Rules())
	if err != nil {
		panic(err)
	}
	start(program{now: func() time.Time { return time.Now().Add(shift) }, sealing: 10, policy: policy})
}

// TestCommands plays the scripts of ui/cli/testdata/script: each command, its
// JSON, its exit codes, and the bad days.
func TestCommands(t *testing.T) {
	cmds := clitest.Commands()
	maps.Copy(cmds, map[string]func(*testscript.TestScript, bool, []string){"newer": newer, "damage": damage})
	testscript.Run(t, testscript.Params{Dir: "ui/cli/testdata/script", Setup: setup, Cmds: cmds, RequireUniqueNames: true, Condition: func(c string) (bool, error) {
		return c == "root" && os.Getuid() == 0, nil
	}})
}

// TestNoSecretIsTold: after a day at four providers the keys are nowhere but
// sealed, whatever failed or crashed.
func TestNoSecretIsTold(t *testing.T) { clitest.NoSecretIsTold(t) }

// TestSealsInTheOpen: without a keyring a person is asked for a pass phrase, and
// a script is told what to set.
func TestSealsInTheOpen(t *testing.T) { clitest.SealsInTheOpen(t) }

// newer makes a shop's database one of a later program: newer DIR
func newer(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite", storage.Path(ts.MkAbs(args[0])))
	ts.Check(err)
	_, err = db.Exec("PRAGMA user_version = 9999")
	ts.Check(err)
	ts.Check(db.Close())
}

// damage writes nonsense into the middle of a shop's database: damage DIR
func damage(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.OpenFile(storage.Path(ts.MkAbs(args[0])), os.O_RDWR, 0)
	ts.Check(err)
	st, err := f.Stat()
	ts.Check(err)
	_, err = f.WriteAt([]byte(strings.Repeat("not a page ", 4096)), st.Size()/4)
	ts.Check(err)
	ts.Check(f.Close())
}

// rooms is the map of the house: what each package may import of ours and of
// others beside the standard library. A package belongs to the row with the
// longest path that it is or lies under. "core/…" is core and all below it.
var rooms = []struct {
	path string
	ours string
	libs string
}{
	{"core", "core/…", ""},
	{"core/fold", "", "golang.org/x/text/unicode/norm"},
	{"core/contact", "core/…", "github.com/nyaruka/phonenumbers/… golang.org/x/text/…"},
	{"core/template", "core/…", "golang.org/x/net/idna golang.org/x/text/unicode/norm"},
	{"core/ledger", "core/…", "github.com/shopspring/decimal"},
	{"core/offer", "core/…", "github.com/shopspring/decimal"},
	{"storage", "core core/campaign core/consent core/contact core/fold core/ledger core/people core/segment", "modernc.org/sqlite/… golang.org/x/text/unicode/norm"},
	{"storage/sheet", "core", "github.com/xuri/excelize/v2 github.com/emersion/go-vcard golang.org/x/text/…"},
	{"storage/secret", "core", "github.com/zalando/go-keyring filippo.io/age"},
	{"storage/place", "core", "github.com/adrg/xdg golang.org/x/sys/…"},
	{"storage/shop", "core core/inbox core/people storage storage/place storage/secret storage/sheet", ""},
	{"storage/synth", "core storage", ""},
	{"storage/probe", "core core/gauge core/people storage storage/synth", ""},
	{"storage/storagetest", "core core/campaign core/consent core/segment storage storage/synth", "pgregory.net/rapid"},
	{"bsp", "core", ""},
	{"bsp/webhook", "core bsp", "golang.org/x/time/rate"},
	{"bsp/meta", "core core/template bsp bsp/wire", "golang.org/x/time/rate"},
	{"bsp/wire", "core", ""},
	{"bsp/twilio", "core core/template bsp/wire", ""},
	{"bsp/bird", "core bsp/meta bsp/wire", ""},
	{"bsp/zenvia", "core core/template bsp/meta bsp/wire", ""},
	{"bsp/sandbox", "core bsp", "golang.org/x/time/rate"},
	{"bsp/provider", "core bsp bsp/meta bsp/twilio bsp/bird bsp/zenvia bsp/wire bsp/webhook", ""},
	{"bsp/demo", "core/… bsp bsp/meta bsp/provider bsp/sandbox bsp/webhook", ""},
	{"bsp/traffic", "core/… bsp bsp/provider bsp/webhook", ""},
	{"bsp/probe", "core/… bsp bsp/meta bsp/provider bsp/sandbox bsp/traffic bsp/webhook", ""},
	{"bsp/bsptest", "core bsp", "github.com/getkin/kin-openapi/… github.com/charmbracelet/x/exp/golden"},
	{"assets", "", ""},
	{"ui", "core/… ui/… assets", charm},
	{"ui/kit", "", charm},
	{"ui/theme", "core ui/kit assets", charm},
	{"ui/text", "core assets", "golang.org/x/text/…"},
	{"ui/keys", "core assets ui/kit ui/text", charm},
	{"ui/frame", "core ui/kit ui/keys ui/text ui/theme", charm},
	{"ui/phone", "core/template ui/kit ui/text ui/theme", charm},
	{"ui/dialog", "ui/frame ui/kit ui/keys ui/text ui/theme", charm},
	{"ui/person", "core/… ui/kit ui/text ui/theme", charm},
	{"ui/steps", "core core/connect ui/kit ui/text", ""},
	{"ui/inbox", "core/… " + panes, charm},
	{"ui/contacts", "core/… " + panes, charm},
	{"ui/templates", "core/… ui/templates/editor " + panes, charm},
	{"ui/campaigns", "core/… " + panes, charm},
	{"ui/rules", "core/… " + panes, charm},
	{"ui/summary", "core/… " + panes, charm},
	{"ui/setup", "core/… ui/steps " + panes, charm},
	{"ui/cli", "core/… assets ui/text ui/kit ui/inbox ui/steps", charm + " github.com/spf13/… golang.org/x/sync/…"},
	{"ui/cli/clitest", "core/… ui/cli", "github.com/rogpeppe/go-internal/… github.com/creack/pty github.com/charmbracelet/x/term"},
	{"ui/probe", "core core/gauge", charm + " github.com/creack/pty"},
	{"ui/uitest", "core/… ui/… assets", charm + " github.com/creack/pty pgregory.net/rapid"},
}

const (
	panes = "ui/dialog ui/frame ui/kit ui/keys ui/person ui/phone ui/text ui/theme"
	charm = "charm.land/… github.com/charmbracelet/… github.com/sahilm/fuzzy github.com/gen2brain/beeep github.com/mattn/go-isatty"
)

// TestImportRules fails on any arrow that the map of the house does not have.
func TestImportRules(t *testing.T) {
	for from, imports := range arrows(t, "./...", "Imports") {
		if from == "" {
			continue // main wires everything
		}
		at := roomOf(from)
		if at < 0 {
			t.Errorf("%s is not on the map", from)
			continue
		}
		for _, imp := range imports {
			if !allowed(imp, at, rooms[at].ours, rooms[at].libs) {
				t.Errorf("%s imports %s", from, imp)
			}
		}
	}
}

// TestSecretFields: what `connect` asks for is what the adapters look up.
func TestSecretFields(t *testing.T) {
	for p := range provider.Decoders() {
		needed, optional := provider.Fields(p)
		n, o := cli.SecretFields(p)
		if !slices.Equal(n, needed) || !slices.Equal(o, optional) {
			t.Errorf("%s: connect knows %v and %v, the adapter %v and %v", p, n, o, needed, optional)
		}
	}
}

// TestEachInabilityHasItsReason: whatever a provider cannot do with a number is
// told with the provider's name, what to do instead, and where it is written;
// and there is a reason for nothing else.
func TestEachInabilityHasItsReason(t *testing.T) {
	policy, err := connect.LoadPolicy(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	names := map[core.ProviderName]string{core.Meta: "Meta", core.Twilio: "Twilio", core.Bird: "Bird", core.Zenvia: "Zenvia", core.Sandbox: "imulat"}
	told := map[string]bool{}
	for _, lang := range []string{"en", "it"} {
		w, err := text.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range connect.Providers() {
			for i, account := range []core.Account{{}, {}, {PublicURL: "https://shop.example.com/webhooks/shop"}, {SMSFrom: "+393331234567"}} {
				ch := core.Channel{Name: "shop", Provider: p, Account: account}
				if i > 0 { // the first is a pool of numbers
					ch.Number = "+390555550100"
				}
				for _, a := range connect.Abilities(provider.Capabilities(ch)) {
					if a.Can {
						continue
					}
					key := string(p) + "." + a.Name
					told[key] = true
					why := steps.Cannot(w, p, a.Name)
					if !w.Has(text.K("cannot."+key)) || !strings.Contains(why, names[p]) || len(strings.Fields(why)) < 6 {
						t.Errorf("%s, %s: %q", lang, key, why)
					}
					src := policy.Cannot[p][a.Name]
					if _, err := time.Parse(time.DateOnly, src.Date); err != nil || src.Source == "" {
						t.Errorf("%s: from %+v", key, src)
					}
				}
			}
		}
	}
	for p, abilities := range policy.Cannot {
		for a := range abilities {
			if !told[string(p)+"."+a] {
				t.Errorf("%s can do %s, and there is a reason why not", p, a)
			}
		}
	}
}

// TestCoreTestsStayInside holds the tests of package core to the domain as
// well. Those of its services may run on the real store and the simulator:
// that no step of theirs can be lost is proved on real parts only.
func TestCoreTestsStayInside(t *testing.T) {
	for _, field := range []string{"TestImports", "XTestImports"} {
		for from, imports := range arrows(t, "./core", field) {
			for _, imp := range imports {
				if !allowed(imp, roomOf("core"), "core/…", "pgregory.net/rapid github.com/charmbracelet/x/exp/golden") {
					t.Errorf("tests of %s import %s", from, imp)
				}
			}
		}
	}
}

// TestTopLevel holds the house to the agreed front: nothing else lies at the top.
func TestTopLevel(t *testing.T) {
	may := strings.Fields("main.go main_test.go ui core storage bsp assets go.mod go.sum Makefile README.md LICENSE CHANGELOG.md CONTRIBUTING.md SECURITY.md")
	out, err := exec.Command("git", "ls-files").Output()
	if err != nil {
		t.Skip("not a git checkout: ", err)
	}
	for line := range strings.Lines(string(out)) {
		top, _, _ := strings.Cut(strings.TrimSpace(line), "/")
		if !strings.HasPrefix(top, ".") && !slices.Contains(may, top) {
			t.Errorf("%s does not belong at the top level", top)
		}
	}
}

// arrows lists what each package imports, by a field of go list; packages by
// their path inside the module, "" for main.
func arrows(t *testing.T, pattern, field string) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-f", `{{.ImportPath}} {{join .`+field+` " "}}`, pattern).Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		all[strings.TrimPrefix(strings.TrimPrefix(f[0], "bottega"), "/")] = f[1:]
	}
	if len(all) == 0 {
		t.Fatal("go list names no package")
	}
	return all
}

// roomOf finds the row of a package: the longest path that it is or lies under.
func roomOf(pkg string) int {
	at := -1
	for i, r := range rooms {
		if within(pkg, r.path+"/…") && (at < 0 || len(r.path) > len(rooms[at].path)) {
			at = i
		}
	}
	return at
}

// allowed reports whether a package of room at may import imp.
func allowed(imp string, at int, ours, libs string) bool {
	if p, is := strings.CutPrefix(imp, "bottega/"); is {
		return roomOf(p) == at || slices.ContainsFunc(strings.Fields(ours), func(o string) bool { return within(p, o) })
	}
	first, _, _ := strings.Cut(imp, "/")
	if !strings.Contains(first, ".") {
		return true // standard library
	}
	return slices.ContainsFunc(strings.Fields(libs), func(l string) bool { return within(imp, l) })
}

// within reports whether path is what pattern names: itself, or with "/…" at
// the end also all below it.
func within(path, pattern string) bool {
	root, tree := strings.CutSuffix(pattern, "/…")
	return path == root || tree && strings.HasPrefix(path, root+"/")
}

// breaks is bottega on a computer whose clock fails once the file named by
// BOTTEGA_TEST_BREAK is there: a panic in whatever asks for the time next, as
// any bug of ours would be.
func breaks() {
	p := program{in: os.Stdin, out: os.Stdout, err: os.Stderr, environ: os.Environ()}
	p.term = cli.LookAt(os.Stdin, os.Stdout, p.environ)
	p.now = func() time.Time {
		if _, err := os.Stat(p.environ.Get("BOTTEGA_TEST_BREAK")); err == nil {
			panic("the clock fell down while Ottavia wrote")
		}
		return time.Now()
	}
	os.Exit(p.run(context.Background(), []string{"demo"}))
}

// TestPanicLeavesTheTerminal: whatever panics, the terminal is as it was, the
// exit code says failed, and one sentence names a crash file that holds no
// word of a customer.
func TestPanicLeavesTheTerminal(t *testing.T) {
	dir := t.TempDir()
	trigger := filepath.Join(dir, "break")
	cmd := exec.CommandContext(t.Context(), "bottega-breaks")
	cmd.Env = append(os.Environ(), "BOTTEGA_DATA="+dir, "BOTTEGA_TEST_BREAK="+trigger, "TERM=xterm-256color", "LC_ALL=C.UTF-8", "DBUS_SESSION_BUS_ADDRESS=unix:path="+dir+"/none")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Skip("no pseudo-terminal on this computer: ", err)
	}
	defer func() { _ = tty.Close() }() // the program is gone by then
	before, err := term.GetState(tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	var screen bytes.Buffer
	buf := make([]byte, 64<<10)
	for { // until the program is gone
		n, err := tty.Read(buf)
		screen.Write(buf[:n])
		if err != nil {
			break
		}
		if bytes.Contains(screen.Bytes(), []byte("Ottavia")) {
			if err := os.WriteFile(trigger, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("ended with %v", err)
	}
	out := screen.String()
	_, rest, left := strings.Cut(out, "\x1b[?1049l")
	if !left || !strings.Contains(out, "\x1b[?25h") {
		t.Errorf("the screen was not left: …%q", out[max(0, len(out)-300):])
	}
	if after, err := term.GetState(tty.Fd()); err == nil && !reflect.DeepEqual(before, after) {
		t.Error("the terminal stays raw")
	}
	files, err := filepath.Glob(filepath.Join(dir, "crash-*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no crash file (%v), but: %q", err, rest)
	}
	if !strings.Contains(strings.ReplaceAll(rest, "\r\n", ""), filepath.Base(files[0])) {
		t.Errorf("nobody was told of %s: %q", files[0], rest)
	}
	report, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(files[0]); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("rights %v, %v", st.Mode(), err)
	}
	if strings.Contains(string(report), "Ottavia") || !strings.Contains(string(report), "breaks.func1") {
		t.Errorf("the report tells too much or too little:\n%s", report)
	}
}

// keeps is a bottega that keeps the demo in BOTTEGA_DATA alive until it is
// killed; it says so with a line.
func keeps() {
	p := program{now: time.Now, in: os.Stdin, out: os.Stdout, err: os.Stderr, environ: os.Environ()}
	words, err := text.Load("en")
	if err == nil {
		err = p.demo(context.Background(), cli.Globals{Data: p.environ.Get("BOTTEGA_DATA"), Words: words}, cli.DemoOptions{Speed: 1}, func(ctx context.Context, _ *cli.Shop) error {
			fmt.Println("keeps")
			<-ctx.Done()
			return nil
		})
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestDemoIsTakenOver: the bottega that keeps the demo alive is killed in the
// middle of its work; the one that has joined takes simulator and sending over,
// well before the dead one's leases have run out.
func TestDemoIsTakenOver(t *testing.T) {
	dir := t.TempDir()
	first := exec.CommandContext(t.Context(), "bottega-keeps")
	first.Env = append(os.Environ(), "BOTTEGA_DATA="+dir)
	out, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "keeps\n" {
		t.Fatalf("the first says %q, %v", line, err)
	}
	words, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	p := program{now: time.Now, environ: os.Environ()}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	accepted := func(ctx context.Context, s *cli.Shop) {
		t.Helper()
		page, err := s.Inbox.Conversations(ctx, core.ListQuery{View: core.ViewWaiting, Order: core.OrderPriority, Limit: 1})
		if err != nil || len(page.Rows) == 0 {
			t.Fatalf("nobody waits: %v", err)
		}
		sub := s.Feed.Subscribe(core.Messages)
		defer sub.Close()
		m, err := s.Work.Reply(ctx, page.Rows[0].ID, "ana", core.Content{Type: core.TypeText, Text: "Ecco"})
		for err == nil && !m.State.Terminal() {
			if _, err = sub.Wait(ctx, time.Second); err == nil {
				var ms []core.Message
				if ms, err = s.Inbox.Messages(ctx, m.ConversationID, m.ID+1, 1); err == nil {
					m = ms[0]
				}
			}
		}
		if err != nil || m.State == core.Failed {
			t.Fatalf("still %s: %v", m.State, err)
		}
	}
	err = p.demo(ctx, cli.Globals{Data: dir, Agent: "ana", Words: words}, cli.DemoOptions{Speed: 1}, func(ctx context.Context, s *cli.Shop) error {
		accepted(ctx, s) // by the first, which holds the leases now
		if err := first.Process.Kill(); err != nil {
			return err
		}
		_ = first.Wait() // killed
		began := time.Now()
		accepted(ctx, s)
		t.Logf("taken over in %v", time.Since(began))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
