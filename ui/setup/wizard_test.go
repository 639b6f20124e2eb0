package setup

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/uitest"
)

// outside is a wizard without a program round it.
func outside(t *testing.T, d *desk, what purpose, ch *core.Channel) *wizard {
	t.Helper()
	env := plain(t)
	env.Now = func() time.Time { return start }
	p := New(env, d.deps())
	if ch == nil {
		return newWizard(p, what, nil)
	}
	return newWizard(p, what, &card{Channel: *ch})
}

// typed puts a value into a field.
func (d *wizard) typed(field, value string) { d.input(field).SetValue(value) }

// TestChooseByKeys: providers are gone through by arrows and letters, round,
// and going back finds the one that was chosen.
func TestChooseByKeys(t *testing.T) {
	setting{begin: true}.play(t, &desk{}, func(s *uitest.Screen) {
		s.Press("up")
		s.Want("▌ Simulator")
		s.Press("j")
		s.Want("▌ Meta")
		s.Press("tab", "down", "k")
		s.Want("▌ Twilio")
		s.Press("space")
		s.Want("Connect my number · Twilio", "Account SID")
		s.Press("esc")
		s.Want("▌ Twilio", "Which provider")
		s.Press("esc")
		s.WantNot("Which provider")
	})
}

// TestFieldsByMouse: a click goes to a field, the wheel through them; rare
// fields come and go, and stay once they are filled.
func TestFieldsByMouse(t *testing.T) {
	setting{begin: true, h: 30}.play(t, &desk{}, func(s *uitest.Screen) {
		s.ClickOn("Twilio")
		s.ClickOn("Auth token")
		s.Want("▌ Auth token", "Not an API key")
		x, y, _ := s.Find("Auth token")
		s.Wheel(x, y, 1)
		s.Want("▌ Your number")
		s.Wheel(x, y, -2)
		s.Want("▌ Account SID")
		s.WantNot("API address")
		s.Press("ctrl+r")
		s.Want("API address")
		s.ClickOn("API address")
		s.Type("http://127.0.0.1:9000")
		s.Press("ctrl+r")
		s.Want("http://127.0.0.1:9000")
		s.Press("shift+tab", "shift+tab")
		s.WantNot("▌ API address")
	})
}

// TestVerifyTokenIsMadeOnce: Meta's is made up, shown masked, and stays the same
// while the wizard is left and opened; others are not made up.
func TestVerifyTokenIsMadeOnce(t *testing.T) {
	d := &desk{}
	w := outside(t, d, toConnect, nil)
	n := 0
	w.p.d.NewSecret = func() core.Secret { n++; return core.Secret(strings.Repeat("t", n)) }
	w.provider, w.page = core.Meta, filling
	if v := w.input("verify_token").Value(); v != "t" {
		t.Errorf("%q is made up", v)
	}
	again := newWizard(w.p, toConnect, nil)
	again.provider, again.page = core.Meta, filling
	if v := again.input("verify_token").Value(); v != "t" || n != 1 {
		t.Errorf("%q after %d were made up", v, n)
	}
	again.provider = core.Sandbox
	if !again.input("verify_token").Empty() {
		t.Error("the simulator has its own")
	}
}

// TestForgets: secrets leave the wizard once they are in their place, and stay
// while they are not.
func TestForgets(t *testing.T) {
	w := outside(t, &desk{}, toConnect, nil)
	w.provider, w.page = core.Bird, filling
	w.typed("api_key", "bk_eu1_x")
	w.typed("name", "shop")
	w.over(ended{&core.Channel{Provider: core.Bird}, errors.New("refused")})
	if w.input("api_key").Empty() {
		t.Error("a refusal costs what was typed")
	}
	w.over(ended{&core.Channel{ID: 1, Name: "shop", Provider: core.Bird}, nil})
	if !w.input("api_key").Empty() || w.input("name").Empty() {
		t.Errorf("left: %q, %q", w.input("api_key").Value(), w.input("name").Value())
	}
}

// TestNewKeysAreOfOneChannel: what is typed for one number's rotation is not in
// the fields of another's, nor in those of a connection.
func TestNewKeysAreOfOneChannel(t *testing.T) {
	ch := bird()
	w := outside(t, &desk{chs: []core.Channel{ch}}, toRotate, &ch)
	w.typed("api_key", "bk_eu1_x")
	other := ch
	other.ID, other.Name = 2, "market"
	if next := newWizard(w.p, toRotate, &card{Channel: other}); !next.input("api_key").Empty() {
		t.Error("in the rotation of another number")
	}
	fresh := newWizard(w.p, toConnect, nil)
	fresh.provider = core.Bird
	if !fresh.input("api_key").Empty() {
		t.Error("in a connection")
	}
	for _, a := range w.asks() {
		if !a.secret || a.needed {
			t.Errorf("%s is asked for in a rotation", a.name)
		}
	}
}

// TestStoppedRunIsSilent: what a run that was left still says changes nothing.
func TestStoppedRunIsSilent(t *testing.T) {
	ch := bird()
	w := outside(t, &desk{}, toTest, &ch)
	stopped := &line{news: make(chan any), stop: func() {}}
	now := &line{news: make(chan any), stop: func() {}}
	w.line = now
	if cmd := w.news(newsMsg{stopped, connect.Result{Step: connect.StepKey}}); cmd != nil || len(w.results) != 0 {
		t.Error("a stopped run is heard")
	}
	if cmd := w.news(newsMsg{now, connect.Result{Step: connect.StepKey}}); cmd == nil || len(w.results) != 1 {
		t.Error("the run is not heard")
	}
	if cmd := w.news(newsMsg{now, nil}); cmd != nil {
		t.Error("a line that is closed is listened to")
	}
}

// TestRunStopsWithTheApp: a run whose app has ended does not wait for a wizard
// that no longer listens.
func TestRunStopsWithTheApp(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	ch := bird()
	w := outside(t, &desk{}, toTest, &ch)
	w.p.env.Ctx = ctx
	cmd := w.run(func(_ context.Context, tell func(connect.Result)) (*core.Channel, error) {
		for range 3 {
			tell(connect.Result{Step: connect.StepKey})
		}
		return &ch, nil
	})
	leave()
	if work, ok := cmd().(tea.BatchMsg); !ok || work[0]() != nil {
		t.Error("the run has something to say to nobody")
	}
}

// TestSealComesFirst: a pass phrase goes to the file before anything else, once,
// and what fails there ends the run.
func TestSealComesFirst(t *testing.T) {
	for _, fails := range []bool{false, true} {
		d := &desk{}
		if fails {
			d.sealErr = core.Fail(core.Conflict, "desk", nil)
		}
		w := outside(t, d, toConnect, nil)
		w.pass = "four words of mine"
		ran := false
		cmd := w.run(func(context.Context, func(connect.Result)) (*core.Channel, error) {
			ran = d.pass == "four words of mine"
			return &core.Channel{}, nil
		})
		if w.pass != "" {
			t.Error("the pass phrase stays in the wizard")
		}
		work := cmd().(tea.BatchMsg)
		go work[0]()
		m, _ := work[1]().(kit.To).Msg.(newsMsg)
		end, ok := m.what.(ended)
		if ran == fails || !ok || (core.CodeOf(end.err) == core.Conflict) != fails {
			t.Errorf("fails %v: ran %v, %+v", fails, ran, m.what)
		}
	}
}

// TestTestLineMovesOn: the message's states are one line, other steps one each.
func TestTestLineMovesOn(t *testing.T) {
	w := outside(t, &desk{}, toConnect, nil)
	for _, r := range []connect.Result{{Step: connect.StepKey}, {Step: connect.StepTest, Why: connect.WhySent}, {Step: connect.StepTest, Why: connect.WhySent}, {Step: connect.StepTest, State: connect.Done}, {Step: connect.StepTest, Why: connect.WhySent}} {
		w.add(r)
	}
	if len(w.results) != 3 || w.results[1].State != connect.Done {
		t.Errorf("%+v", w.results)
	}
}

// TestProblems: what ended the steps early is said in words, with what to do.
func TestProblems(t *testing.T) {
	ch := bird()
	for name, c := range map[string]struct {
		what purpose
		err  error
		want string
	}{
		"scopes":     {toRotate, core.Fail(core.Refused, "x", &connect.Lacking{Scopes: []string{"a", "b"}}), "The new key may not: a, b."},
		"other":      {toRotate, core.Fail(core.Conflict, "x", &connect.Taken{Name: "market", Number: true}), "opens another number"},
		"number":     {toConnect, core.Fail(core.Conflict, "x", &connect.Taken{Name: "market", Number: true}), "market"},
		"name":       {toConnect, core.Fail(core.Conflict, "x", &connect.Taken{Name: "market"}), "market"},
		"provider":   {toConnect, core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "190", Class: core.ClassAuth}), "(190)"},
		"no sender":  {toConnect, core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "WhatsAppSenderNotFound"}), "not among the senders"},
		"away":       {toTest, core.Fail(core.Unreachable, "x", nil), "connection"},
		"no keyring": {toConnect, core.Fail(core.NoKeyring, "x", nil), "--passphrase-file"},
	} {
		w := outside(t, &desk{}, c.what, &ch)
		w.err = c.err
		if got := w.problem(); !strings.Contains(got, c.want) || strings.Contains(got, "{{") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestStepsScroll: steps that do not fit are scrolled, the newest first in view,
// and the rule below says how many lines are hidden on either side.
func TestStepsScroll(t *testing.T) {
	ch := bird()
	w := outside(t, &desk{}, toTest, &ch)
	for range 30 {
		w.add(connect.Result{Step: connect.StepTemplates, State: connect.Done, Templates: &connect.Templates{Total: len(w.results)}})
	}
	shown := func() string { return ansi.Strip(strings.Join(w.Lines(80, 20), "\n")) }
	w.line = &line{stop: func() {}}
	if out := shown(); !strings.Contains(out, "29 templates") || strings.Contains(out, "↑") {
		t.Errorf("under way:\n%s", out)
	}
	w.line, w.top = nil, endOfSteps
	out := shown()
	if !strings.Contains(out, "29 templates") || !strings.Contains(out, "↑ ") || strings.Contains(out, "↓") {
		t.Errorf("at the end:\n%s", out)
	}
	w.move(-3)
	if out = shown(); !strings.Contains(out, "↓ 3") || strings.Contains(out, "29 templates") {
		t.Errorf("scrolled:\n%s", out)
	}
	w.move(-99)
	if out = shown(); !strings.Contains(out, " 0 templates") || strings.Contains(out, "↑") {
		t.Errorf("at the top:\n%s", out)
	}
}

// TestWizardTests: t takes the steps of a number again, and sends as many test
// messages as are wanted.
func TestWizardTests(t *testing.T) {
	d := &desk{chs: []core.Channel{bird()}, checks: []connect.Result{{Step: connect.StepKey, State: connect.Done, Key: &core.Key{Endless: true}}},
		trials: []connect.Result{{Step: connect.StepTest, State: connect.ToDo, Why: connect.WhyWrite}}}
	play(t, d, false, false, func(s *uitest.Screen) {
		s.Press("t")
		s.Want("Test shop", "✓ Key", "a test message to your own phone")
		s.Type("+393331234567")
		s.Press("enter")
		s.Want("Write a word from it to the shop’s number", "Once more, or to another phone")
		d.mu.Lock()
		d.trials = []connect.Result{{Step: connect.StepTest, State: connect.Failed, Why: connect.WhyRefused, Err: core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable})}}
		d.mu.Unlock()
		s.Press("enter")
		s.Want("The message did not get there", "(131026)")
		s.Press("esc", "enter") // opened again, the phone is still there
		s.Want("+393331234567")
		s.Press("esc")
		d.mu.Lock()
		d.checkErr = core.Fail(core.Unreachable, "x", nil)
		d.mu.Unlock()
		s.Press("t")
		s.Want("✗ ")
		s.WantNot("a test message to your own phone")
		s.Press("esc")
		s.WantNot("Test shop")
	})
	if len(d.tried) != 2 {
		t.Errorf("%d messages", len(d.tried))
	}
}

// TestBegun: the wizard opens where the command line said, with what it knew,
// and at the choice of a provider for one that nobody knows.
func TestBegun(t *testing.T) {
	p := outside(t, &desk{}, toConnect, nil).p
	d := begun(p, core.Twilio, map[string]string{"name": " market ", "unknown": "x"})
	if d.page != filling || d.input("name").Value() != "market" {
		t.Errorf("page %d, name %q", d.page, d.input("name").Value())
	}
	if d = begun(p, "", nil); d.page != choosing {
		t.Errorf("page %d", d.page)
	}
	if d = begun(p, "pigeon", nil); d.page != choosing {
		t.Errorf("page %d", d.page)
	}
}

// TestEveryPageHasItsKeys: each page offers a way out and what it is for; a
// letter that is text is on no page with fields.
func TestEveryPageHasItsKeys(t *testing.T) {
	ch := bird()
	for _, what := range []purpose{toConnect, toTest, toRotate, toSubscribe} {
		for _, pg := range []page{choosing, filling, sealing, stepping} {
			w := outside(t, &desk{}, what, &ch)
			w.page, w.paste = pg, &connect.Paste{URL: "https://x.example", Token: "t"}
			leaves := false
			for _, b := range w.Keys() {
				leaves = leaves || b.Do == "wizard.leave" && slices.Contains(b.Keys, "esc")
				for _, k := range b.Keys {
					if len([]rune(k)) == 1 && pg != choosing {
						t.Errorf("page %d takes the letter %q away", pg, k)
					}
				}
			}
			if !leaves {
				t.Errorf("no way out of page %d", pg)
			}
		}
	}
}

// TestRefusalNames: a field that will not do is named, and the cursor goes there.
func TestRefusalNames(t *testing.T) {
	w := outside(t, &desk{}, toConnect, nil)
	w.provider, w.page = core.Twilio, filling
	w.typed("account_sid", "AC1")
	cmd := w.start()
	said, ok := cmd().(frame.Toast)
	if !ok || !said.Refused || !strings.Contains(said.Text, "Account SID: AC and 32") || w.asks()[w.at].name != "account_sid" || w.line != nil {
		t.Errorf("%+v at %d", said, w.at)
	}
}
