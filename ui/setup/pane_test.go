package setup

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/coretest"
	"bottega/core/health"
	"bottega/ui/frame"
	"bottega/ui/uitest"
)

// opened is a pane that has loaded, without a program round it.
func opened(t *testing.T, d *desk) *Pane {
	t.Helper()
	env := plain(t)
	env.Now = func() time.Time { return start }
	p := New(env, d.deps())
	uitest.Play(t, p, p.Init())
	p.Lines(100, 40)
	return p
}

// drawn is the pane without colours.
func drawn(p *Pane, w, h int) string { return ansi.Strip(strings.Join(p.Lines(w, h), "\n")) }

// TestRemove: removing asks first, says what it did, and a number that has
// conversations stays.
func TestRemove(t *testing.T) {
	d := &desk{chs: []core.Channel{bird()}, removeErr: core.Fail(core.Conflict, "desk", nil)}
	play(t, d, false, false, func(s *uitest.Screen) {
		s.Press("x")
		s.Want("Remove shop?", "what was said on it is kept")
		s.Press("enter") // No stands first
		s.WantNot("Remove shop?")
		if len(d.chs) != 1 {
			t.Error("removed without a yes")
		}
		s.Press("x", "left", "enter")
		s.Want("which are kept: it stays")
		s.Sleep(10 * time.Second)
		d.mu.Lock()
		d.removeErr = nil
		d.mu.Unlock()
		s.Press("delete", "left", "enter")
		s.Want("shop is removed.", "No number is connected yet")
	})
}

// TestReload: what changes in channels is read again, other changes are not.
func TestReload(t *testing.T) {
	d := &desk{chs: []core.Channel{bird()}}
	p := opened(t, d)
	for kind, want := range map[core.ChangeKind]bool{core.Channels: true, core.Everything: true, core.Messages: false} {
		before := d.loads
		uitest.Play(t, p, p.Reload([]core.Change{{Kind: kind}}))
		if got := d.loads > before; got != want {
			t.Errorf("%v: %v", kind, got)
		}
	}
	before := d.loads
	_, cmd := p.Handle(frame.Shown{Front: true})
	uitest.Play(t, p, cmd)
	if d.loads != before+1 {
		t.Error("not read when it comes to the front")
	}
	if _, cmd := p.Handle(frame.Shown{}); cmd != nil {
		t.Error("read when it leaves the front")
	}
}

// TestLoadFails: what cannot be read is said, and is gone when it can be.
func TestLoadFails(t *testing.T) {
	d := &desk{loadErr: core.Fail(core.Damaged, "desk", nil)}
	p := opened(t, d)
	if out := drawn(p, 100, 30); strings.Contains(out, "No number is connected") || strings.Contains(out, "Reading …") {
		t.Errorf("\n%s", out)
	}
	d.loadErr = nil
	d.chs = []core.Channel{bird()}
	uitest.Play(t, p, p.load())
	if out := drawn(p, 100, 30); !strings.Contains(out, "▌ shop") {
		t.Errorf("\n%s", out)
	}
}

// TestBadge: the tab warns of a number that needs a hand, and of no other.
func TestBadge(t *testing.T) {
	well := bird()
	well.Health.Key = core.Key{At: start, Endless: true}
	paused, ends := well, bird()
	paused.State = core.Paused
	for name, c := range map[string]struct {
		chs  []core.Channel
		want string
	}{"none": {nil, ""}, "well": {[]core.Channel{well}, ""}, "paused": {[]core.Channel{well, paused}, "!"}, "key ends": {[]core.Channel{ends}, "!"}} {
		if got := opened(t, &desk{chs: c.chs}).Badge(); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestStates: each state of a number has a shape and a word.
func TestStates(t *testing.T) {
	well, paused, away, lost := bird(), bird(), bird(), bird()
	paused.State, paused.PauseClass = core.Paused, core.ClassAuth
	away.Health.AwaySince, away.Health.AwayWhy = start.Add(-time.Hour), core.Unreachable
	lost.Provider = core.Meta // of whose keys the desk knows none
	for want, ch := range map[string]core.Channel{"✓ sending": well, "⏸ paused": paused, "✗ not reached": away} {
		if out := drawn(opened(t, &desk{chs: []core.Channel{ch}}), 100, 30); !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	p := opened(t, &desk{})
	c := &card{Channel: lost, kept: []connect.Kept{{Field: "token"}}}
	if said, _ := p.state(c); said != "✗ key not found" || !c.lost() {
		t.Errorf("%q", said)
	}
	c.kept = []connect.Kept{{Field: "token", Where: "os"}}
	if c.lost() {
		t.Error("a key that lies somewhere is lost")
	}
}

// TestPlaces: the places for keys say whether they can be used.
func TestPlaces(t *testing.T) {
	d := &desk{}
	p := New(plain(t), d.deps())
	p.env.Now = func() time.Time { return start }
	sealed := &coretest.Chest{}
	if err := sealed.Seal("four words of mine"); err != nil {
		t.Fatal(err)
	}
	p.d.Places = []core.Keyring{locked{}, sealed, &coretest.Chest{}}
	uitest.Play(t, p, p.Init())
	out := drawn(p, 120, 30)
	for _, want := range []string{"the system’s keyring (does not answer)", "the encrypted file\n", "the encrypted file (not there yet"} {
		if !strings.Contains(strings.ReplaceAll(out, "  ", ""), strings.ReplaceAll(want, "\n", "")) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// locked is a keyring that does not answer.
type locked struct{ core.Keyring }

func (locked) Where() string { return "os" }

func (locked) Get(context.Context, string, string) (core.Secret, error) {
	return "", core.Fail(core.NoKeyring, "locked", nil)
}

// TestMouse: a click chooses a number, the wheel goes through list and card.
func TestMouse(t *testing.T) {
	play(t, &desk{chs: numbers()}, false, false, func(s *uitest.Screen) {
		s.ClickOn("market")
		s.Want("▌ market", "+390555550100 Bottega Tre Gatti")
		s.Wheel(5, 4, 1)
		s.Want("▌ taller")
		s.Wheel(5, 4, -2)
		s.Want("▌ shop")
		s.Wheel(5, 16, 3)
		s.WantNot("How messages come in")
		s.Wheel(5, 16, -9)
		s.Want("How messages come in")
		s.Press("pgdown", "pgdown", "pgdown", "pgdown")
		s.WantNot("more lines")
		s.Press("pgup", "pgup", "pgup", "pgup")
		s.Want("more lines")
	})
}

// TestKeysSayWhyNot: what does not work says why, by key and from the palette,
// and no two actions of a page have one key.
func TestKeysSayWhyNot(t *testing.T) {
	p := opened(t, &desk{})
	for _, name := range []string{"settings.test", "settings.rotate", "settings.subscribe", "settings.remove", "settings.way", "settings.ping"} {
		used, cmd := p.Do(name)
		if !used || cmd == nil {
			t.Fatalf("%s is not known", name)
		}
		if said, ok := cmd().(frame.Toast); !ok || !said.Refused || said.Text != "Choose a number first." {
			t.Errorf("%s: %+v", name, said)
		}
	}
	if used, _ := p.Do("settings.fly"); used {
		t.Error("an action that is none is done")
	}
	p.env.ReadOnly = true
	_, cmd := p.Do("settings.connect")
	if said, ok := cmd().(frame.Toast); !ok || !strings.Contains(said.Text, "reading only") {
		t.Errorf("%+v", said)
	}
	for _, c := range p.KeyContexts() {
		seen := map[string]string{}
		for _, b := range c.Keys {
			for _, k := range b.Keys {
				if seen[k] != "" {
					t.Errorf("%s: %s does %s and %s", c.Name, k, seen[k], b.Do)
				}
				seen[k] = b.Do
			}
		}
	}
	if len(p.Keys()) == 0 || p.Cursor() != nil {
		t.Error("no keys, or a cursor where nothing is typed")
	}
}

// TestPingCannotBeTried: a ping that fails before it leaves is told, and its
// line does not stay.
func TestPingCannotBeTried(t *testing.T) {
	d := &desk{chs: []core.Channel{bird()}, pingErr: core.Fail(core.NoKeyring, "desk", nil)}
	p := opened(t, d)
	_, cmd := p.Do("settings.ping")
	if !strings.Contains(drawn(p, 100, 40), "trying …") {
		t.Error("nothing is said while it is tried")
	}
	next := p.took(pinged{channel: 1, err: d.pingErr})
	if _, failed := next().(frame.Failed); !failed || cmd == nil || strings.Contains(drawn(p, 100, 40), "trying …") {
		t.Error("a ping that could not be tried stays")
	}
}

// TestHours: opening hours are said in words.
func TestHours(t *testing.T) {
	p := opened(t, &desk{})
	n := pen{p: p, w: 60}
	h := core.Hours{TimeZone: "Europe/Rome", Week: map[time.Weekday][]core.Interval{1: {{}}, 2: {{}}, 3: nil}}
	for want, hours := range map[string]core.Hours{"round the clock": {Always: true}, "open 2 days a week, Europe/Rome": h, "open 0 days": {}} {
		if got := n.hours(hours); !strings.Contains(got, want) {
			t.Errorf("%q", got)
		}
	}
}

// TestSilence: a number whose way in is broken says so on its card and on the
// tab; one that is quiet does not. A silence is looked at every minute.
func TestSilence(t *testing.T) {
	well := bird()
	well.Health.Key = core.Key{At: start, Endless: true}
	for sign, c := range map[health.Sign]struct{ says, badge string }{
		health.SignFine: {"fine", ""}, health.SignQuiet: {"quiet, as it is at times", ""},
		health.SignSilent: {"silent, and this shop never is", "!"}, health.SignStale: {"the provider does not answer", "!"},
	} {
		p := opened(t, &desk{chs: []core.Channel{well}, signs: map[int64]health.Sign{1: sign}})
		if out := drawn(p, 120, 40); !strings.Contains(out, c.says) || !strings.Contains(out, "Last asked") || p.Badge() != c.badge {
			t.Errorf("%s: badge %q in\n%s", sign, p.Badge(), out)
		}
	}
	d := &desk{chs: []core.Channel{well}}
	p := opened(t, d)
	for front, more := range map[bool]int{true: 1, false: 0} {
		_, cmd := p.Handle(frame.Shown{Front: front})
		uitest.Play(t, p, cmd)
		before := d.loads
		_, cmd = p.Handle(frame.Minute{Now: start})
		if uitest.Play(t, p, cmd); d.loads != before+more {
			t.Errorf("in front %v: looked %d times after a minute", front, d.loads-before)
		}
	}
}
