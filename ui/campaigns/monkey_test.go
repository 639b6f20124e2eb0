package campaigns

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// hands work on a pane as the app does: they carry commands out, show dialogs
// and answer questions.
type hands struct {
	t       *rapid.T
	p       *Pane
	dialogs []frame.Dialog
	depth   int
}

// do carries out a command and all that follows from it.
func (h *hands) do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if h.depth++; h.depth > 200 {
		h.t.Fatalf("commands without an end")
	}
	defer func() { h.depth-- }()
	h.tell(cmd())
}

func (h *hands) tell(msg tea.Msg) {
	switch m := msg.(type) {
	case tea.BatchMsg:
		for _, c := range m {
			h.do(c)
		}
	case kit.To:
		if m.Pane == Name {
			_, next := h.p.Handle(m.Msg)
			h.do(next)
			return
		}
		for i, d := range h.dialogs {
			if a, ok := d.(frame.Addressed); ok && a.Addr() == m.Pane {
				done, next := h.dialogs[i].Handle(m.Msg)
				h.close(i, done)
				h.do(next)
				return
			}
		}
	case frame.OpenDialog:
		h.dialogs = append(h.dialogs, m.Dialog)
		if s, ok := m.Dialog.(frame.Starter); ok {
			h.do(s.Init())
		}
	case frame.Confirm:
		if m.Title == "" || m.Text == "" || m.Do == "" {
			h.t.Fatalf("a question without words: %+v", m)
		}
		if rapid.Bool().Draw(h.t, "yes") {
			h.do(m.Yes)
		}
	case frame.Toast:
		if m.Text == "" {
			h.t.Fatalf("a toast without words")
		}
	case frame.Failed:
		if code := core.CodeOf(m.Err); code != core.Conflict && code != core.BadTime && code != core.PastTime {
			h.t.Fatalf("failed: %v", m.Err)
		}
	}
}

func (h *hands) close(i int, done bool) {
	if done {
		h.dialogs = append(h.dialogs[:i], h.dialogs[i+1:]...)
	}
}

// press gives a key to the dialog on top, or to the pane.
func (h *hands) press(name string) {
	m, ok := keys.Press(name)
	if !ok {
		h.t.Fatalf("no key %q", name)
	}
	if n := len(h.dialogs); n > 0 {
		d := h.dialogs[n-1]
		done, cmd := d.Handle(m)
		h.close(n-1, done)
		h.do(cmd)
		return
	}
	_, cmd := h.p.Handle(m)
	h.do(cmd)
}

// Whatever is pressed in whatever order: the pane keeps its size, every campaign
// keeps its law, audiences add up, and nothing is kept twice.
func TestAnythingMayBePressed(t *testing.T) {
	all := []string{"enter", "esc", "tab", "shift+tab", "up", "down", "left", "right", "pgup", "pgdown", "home", "end", "space", "backspace", "ctrl+n", "ctrl+p", "ctrl+s", "ctrl+o", "ctrl+x", "ctrl+u",
		"a", "d", "e", "g", "G", "i", "j", "k", "l", "n", "p", "r", "R", "s", "t", "v", "w", "x", "y", "J", "K", "[", "]", "1", "0", ":", "("}
	rapid.Check(t, func(rt *rapid.T) {
		s := newShop(t, 60)
		if rapid.Bool().Draw(rt, "lively") {
			lively(s)
		}
		made := len(s.all())
		p := newPane(t, s, theme.Mono(), "en")
		h := &hands{t: rt, p: p}
		h.do(p.Init())
		_, cmd := p.Handle(frame.Shown{Front: true})
		h.do(cmd)
		for range rapid.IntRange(1, 60).Draw(rt, "keys") {
			p.resting = false // time goes on
			switch rapid.IntRange(0, 19).Draw(rt, "what") {
			case 0:
				_, cmd := p.Handle(tea.MouseClickMsg{X: rapid.IntRange(0, 119).Draw(rt, "x"), Y: rapid.IntRange(0, 29).Draw(rt, "y"), Button: tea.MouseLeft})
				h.do(cmd)
			case 1:
				_, cmd := p.Handle(tea.MouseWheelMsg{X: rapid.IntRange(0, 119).Draw(rt, "wheel x"), Y: rapid.IntRange(0, 29).Draw(rt, "wheel y"), Button: rapid.SampledFrom([]tea.MouseButton{tea.MouseWheelUp, tea.MouseWheelDown}).Draw(rt, "turn")})
				h.do(cmd)
			case 2:
				h.do(p.Reload([]core.Change{{Kind: rapid.SampledFrom([]core.ChangeKind{core.Everything, core.Campaigns, core.Templates, core.Settings}).Draw(rt, "change")}}))
			case 3:
				_, cmd := p.Handle(frame.Minute{Now: noon.Add(time.Minute)})
				h.do(cmd)
			default:
				h.press(rapid.SampledFrom(all).Draw(rt, "key"))
			}
			w, ht := rapid.SampledFrom([]int{40, 80, 120}).Draw(rt, "width"), rapid.SampledFrom([]int{9, 21, 30}).Draw(rt, "height")
			uitest.CheckLines(rt, p.Lines(w, ht), w, ht)
			for _, d := range h.dialogs {
				for _, l := range d.Lines(w, ht) {
					if kit.Width(l) > w {
						rt.Fatalf("a dialog is wider than the screen: %q", l)
					}
				}
			}
			p.Keys()
			lawful(rt, s)
		}
		if n := len(s.all()); n > made+20 {
			rt.Fatalf("%d campaigns out of %d", n, made)
		}
	})
}

// lawful holds for the shop at every moment.
func lawful(t *rapid.T, s *shop) {
	for _, c := range s.all() {
		if c.Name == "" || len(c.Templates) == 0 || c.ChannelID == 0 {
			t.Fatalf("a campaign without what it needs: %+v", c)
		}
		if c.State == campaign.Draft {
			continue
		}
		n, err := s.store.Counts(t.Context(), c.ID)
		if err != nil {
			t.Fatalf("%v", err)
		}
		if c.Foreseen != nil && n.Total() != c.Foreseen.Included {
			t.Fatalf("%d of %d in the audience of %s", n.Total(), c.Foreseen.Included, c.Name)
		}
		if c.State == campaign.Cancelled && n[campaign.Pending] > 0 {
			t.Fatalf("%d wait for a campaign that has ended", n[campaign.Pending])
		}
	}
}

// The palette runs what works where one is, and nothing else.
func TestDo(t *testing.T) {
	s := newShop(t, 60)
	lively(s)
	p := newPane(t, s, theme.Dark(), "en")
	uitest.Play(t, p, p.Init())
	if used, _ := p.Do("campaigns.pause"); !used {
		t.Error("pause is not known")
	}
	if used, _ := p.Do("campaigns.retry"); used {
		t.Error("the card's key works in the list")
	}
	if used, _ := p.Do("inbox.reply"); used {
		t.Error("somebody else's action")
	}
	for _, c := range p.KeyContexts() {
		for _, k := range c.Keys {
			if len(k.Keys) == 0 || k.Help == "" {
				t.Errorf("%s has no key or no words", k.Do)
			}
		}
	}
}
