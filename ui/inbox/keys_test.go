package inbox

import (
	"strings"
	"testing"

	"bottega/core"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/text"
	"bottega/ui/theme"
)

func TestNoKeyDoesTwoThings(t *testing.T) {
	p := newPane(t, newShop(nil), theme.Dark(), "en")
	for _, c := range p.KeyContexts() {
		at := map[string]string{}
		for _, b := range c.Keys {
			if b.Help == "" || !p.env.Words.Has(b.Help) || !strings.HasPrefix(b.Do, "inbox.") || len(b.Keys) == 0 {
				t.Errorf("%s: %+v is incomplete", c.Name, b)
			}
			for _, k := range b.Keys {
				if o := at[k]; o != "" {
					t.Errorf("%s: %s does %s and %s", c.Name, k, o, b.Do)
				}
				at[k] = b.Do
				if _, ok := keys.Press(k); !ok {
					t.Errorf("%s: no keyboard has %q", c.Name, k)
				}
			}
		}
	}
}

// With nothing open, no key breaks anything, and each that is off says why.
func TestEveryKeyOnNothing(t *testing.T) {
	for _, f := range []focus{onList, onChat, onComposer} {
		for _, tab := range table(f) {
			for i := range tab {
				p := newPane(t, newShop(nil), theme.Dark(), "en")
				p.Lines(80, 24)
				p.focus = f
				press, _ := keys.Press(tab[i].Keys[0])
				_, cmd := p.Handle(press)
				p.Lines(80, 24)
				if tab[i].Off == nil {
					continue
				}
				if why := tab[i].Off(p); why == "" {
					continue
				} else if why == text.InboxOffNoFilter {
					if cmd != nil {
						t.Errorf("%s speaks", tab[i].Do)
					}
				} else if to, ok := cmd().(frame.Toast); !ok || to.Text != p.env.Words.T(why) || to.Text == string(why) {
					t.Errorf("%s says %+v", tab[i].Do, to)
				}
			}
		}
	}
}

func TestActionsByName(t *testing.T) {
	p := written(t, "")
	p.focus = onList
	if used, _ := p.Do("inbox.reply"); !used || p.focus != onComposer {
		t.Error("the palette cannot reply")
	}
	if used, _ := p.Do("inbox.nonsense"); used {
		t.Error("an action that is not")
	}
}

// What each key needs, on one message after another.
func TestReasons(t *testing.T) {
	p := written(t, "")
	p.d.Open = func(string) error { return nil }
	msg := func(m core.Message) {
		m.ID, m.At = 9, noon
		p.th.msgs = []core.Message{m}
		p.th.build()
		p.th.sel = 9
	}
	out := func(s core.State, c core.Class) core.Message {
		return core.Message{Direction: core.Out, State: s, ProviderID: "x", Content: core.Content{Type: core.TypeText}, Error: &core.ProviderError{Class: c}}
	}
	for _, c := range []struct {
		name string
		need func(*Pane) text.K
		m    core.Message
		want text.K
	}{
		{"media", needMedia, core.Message{}, text.InboxOffNoFile},
		{"media on its way", needMedia, core.Message{Content: core.Content{Media: &core.Media{}}}, text.InboxOffNotHere},
		{"media here", needMedia, core.Message{Content: core.Content{Media: &core.Media{Path: "p"}}}, ""},
		{"place", needMedia, core.Message{Content: core.Content{Location: &core.Location{}}}, ""},
		{"reaction to a note", needReactable, core.Message{ProviderID: "x", Content: core.Content{Type: core.TypeNote}}, text.InboxOffNotSent},
		{"reaction to what is queued", needReactable, core.Message{Content: core.Content{Type: core.TypeText}}, text.InboxOffNotSent},
		{"reaction", needReactable, core.Message{ProviderID: "x", Content: core.Content{Type: core.TypeText}}, ""},
		{"quote of what is queued", needQuotable, core.Message{Content: core.Content{Type: core.TypeText}}, text.InboxOffNotSent},
		{"retry of what arrived", needFailed, out(core.Delivered, ""), text.InboxOffNotFailed},
		{"retry", needFailed, out(core.Failed, core.ClassRetry), ""},
		{"retry of a bad file", needFailed, out(core.Failed, core.ClassMedia), text.InboxOffNoUse},
		{"retry of the unsure", needFailed, out(core.UnsureSent, core.ClassRetry), ""},
		{"arrived", needUnsure, out(core.UnsureSent, core.ClassRetry), ""},
		{"arrived, failed", needUnsure, out(core.Failed, core.ClassRetry), text.InboxOffNotUnsure},
		{"jump", needQuote, core.Message{}, text.InboxOffNoQuote},
		{"jump to it", needQuote, core.Message{Quote: &core.Quote{ID: 1}}, ""},
		{"links", needLinks, core.Message{Content: core.Content{Text: "niente"}}, text.InboxOffNoLinks},
		{"links there", needLinks, core.Message{Content: core.Content{Text: "https://a.it"}}, ""},
	} {
		msg(c.m)
		if got := c.need(p); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	msg(out(core.Failed, core.ClassRetry))
	p.conv.WindowCloses = noon.Add(-1)
	if got := needFailed(p); got != text.InboxOffShut {
		t.Errorf("retry with the window shut: %q", got)
	}
	if got := needShut(p); got != "" {
		t.Errorf("hold: %q", got)
	}
	p.d.Open = nil
	if got := needMedia(p); got != text.InboxOffNoDesktop {
		t.Errorf("no desktop: %q", got)
	}
}
