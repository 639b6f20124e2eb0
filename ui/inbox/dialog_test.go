package inbox

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// press gives a dialog keys by name, letters may stand together; cmd is the
// last command that came back.
func press(t *testing.T, d frame.Dialog, names ...string) (done bool, cmd tea.Cmd) {
	t.Helper()
	one := func(k tea.KeyPressMsg) {
		var c tea.Cmd
		if done, c = d.Handle(k); c != nil {
			cmd = c
		}
	}
	for _, n := range names {
		if k, ok := keys.Press(n); ok {
			one(k)
			continue
		}
		for _, r := range n {
			one(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
	return done, cmd
}

func shows(d frame.Dialog) string { return strings.Join(d.Lines(80, 24), "\n") }

func TestPickFindsByAFewLetters(t *testing.T) {
	p, _ := plain(t)
	var chosen []string
	list := []dialog.Option{{Value: "Anna", Label: "Anna"}, {Value: "Annibale", Label: "Annibale"}, {Value: "Luca", Label: "Luca", On: true}}
	make := func(free bool) *dialog.Pick {
		return p.newPick(text.InboxAssign, list, free, func(v string) tea.Cmd { chosen = append(chosen, v); return nil })
	}
	d := make(true)
	if s := shows(d); !strings.Contains(s, "✓ Luca") || !strings.Contains(s, "▌   Anna") { // all make room for the tick
		t.Fatal(s)
	}
	press(t, d, "lc")
	if s := shows(d); strings.Contains(s, "Anna") || !strings.Contains(s, "Luca") {
		t.Fatal(s)
	}
	if done, _ := press(t, d, "enter"); !done || chosen[0] != "Luca" {
		t.Fatalf("%v %v", done, chosen)
	}
	d = make(true)
	if done, _ := press(t, d, "zita", "enter"); !done || chosen[1] != "zita" {
		t.Fatalf("a name of one's own: %v %v", done, chosen)
	}
	d = make(true)
	press(t, d, "Annib")
	press(t, d, "down")
	if done, _ := press(t, d, "enter"); !done || chosen[2] != "Annib" { // after the match comes what was typed
		t.Fatalf("%v", chosen)
	}
	d = make(false)
	press(t, d, "zita")
	if done, _ := press(t, d, "enter"); done || !strings.Contains(shows(d), "Nothing like that.") {
		t.Fatal("chose what is not there")
	}
	if done, cmd := press(t, d, "esc"); !done || cmd != nil {
		t.Fatal("esc does not close")
	}
	d = make(false)
	d.Lines(80, 24)
	if done, _ := d.Handle(tea.MouseClickMsg{X: 10, Y: 4, Button: tea.MouseLeft}); !done || chosen[3] != "Annibale" {
		t.Fatalf("click: %v", chosen)
	}
	d = make(false)
	d.Lines(80, 24)
	d.Handle(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	d.Set(append(list, dialog.Option{Value: "Zoe", Label: "Zoe"})) // tags that arrive late leave the cursor alone
	if s := shows(d); !strings.Contains(s, "Zoe") {
		t.Fatal(s)
	}
	if done, _ := press(t, d, "enter"); !done || chosen[4] != "Annibale" {
		t.Fatalf("on %v", chosen)
	}
}

func TestTagOptionsPutOnesOwnFirst(t *testing.T) {
	p, _ := plain(t)
	got := p.tagOptions([]core.TagCount{{Tag: "new", Count: 9}, {Tag: "vip", Count: 3}}, []string{"vip"})
	if len(got) != 2 || got[0].Value != "vip" || !got[0].On || got[1].Value != "new" || got[1].On || got[1].Detail != "9" {
		t.Fatalf("%+v", got)
	}
}

func TestAskShowsWhatItUnderstood(t *testing.T) {
	p, _ := plain(t)
	took := ""
	d := p.newAsk(text.InboxSnooze, text.InboxSnoozeHint, func(s string) reading { return reading{says: "read " + s, ok: s == "ok"} },
		func(s string) tea.Cmd { took = s; return nil })
	press(t, d, "o")
	if done, _ := press(t, d, "enter"); done || took != "" {
		t.Fatal("accepted what it did not understand")
	}
	press(t, d, "k")
	if !strings.Contains(shows(d), "read ok") {
		t.Fatal(shows(d))
	}
	if done, _ := press(t, d, "enter"); !done || took != "ok" {
		t.Fatalf("%v %q", done, took)
	}
}

func TestCompletion(t *testing.T) {
	p, _ := plain(t)
	d := p.newAsk(text.InboxFile, text.InboxFileHint, func(string) reading { return reading{} }, nil)
	asked := ""
	d.changed = func(s string) tea.Cmd { asked = s; return nil }
	press(t, d, "/a")
	d.offered = []string{"/abc1", "/abc2"}
	press(t, d, "tab")
	if v := d.f.In.Value(); v != "/abc" || asked != "/abc" {
		t.Fatalf("%q, asked %q", v, asked)
	}
	d.offered = []string{"/abc1", "/abc2"}
	press(t, d, "down", "down", "down", "enter")
	if v := d.f.In.Value(); v != "/abc2" {
		t.Fatalf("%q", v)
	}
	if leaf("/a/b/c.pdf") != "c.pdf" || leaf("/a/b/") != "b/" || leaf("x") != "x" {
		t.Fatal("leaf")
	}
}

func TestSearchTakesTheNewestAnswer(t *testing.T) {
	p, _ := plain(t)
	s := newShop(nil)
	s.convs = []core.Conversation{{ID: 4, ContactID: 4, Contact: core.Contact{Name: "Maria"}}}
	for i := range 120 {
		s.msgs[4] = append(s.msgs[4], core.Message{ID: int64(i + 1), At: noon, Content: core.Content{Text: "torta alle noci"}})
	}
	p.d.Find = s
	d := p.openSearch()().(frame.OpenDialog).Dialog.(*search)
	if !strings.Contains(shows(d), "Words or beginnings") {
		t.Fatal(shows(d))
	}
	_, first := press(t, d, "tor")
	answer := func(cmd tea.Cmd) tea.Cmd {
		t.Helper()
		_, next := p.Handle(cmd().(kit.To).Msg)
		return next
	}
	// Typing went on while the first question ran: it is asked again with all of it.
	if next := answer(first2(t, d, first, p)); next != nil {
		answer(next)
	}
	if d.words != "torx" || len(d.hits) != 0 || !strings.Contains(shows(d), "Nothing holds “torx”") {
		t.Fatalf("%q, %d hits", d.words, len(d.hits))
	}
	_, cmd := press(t, d, "backspace")
	answer(cmd)
	if len(d.hits) != pageHits || !d.more {
		t.Fatalf("%d hits", len(d.hits))
	}
	var more tea.Cmd
	for range pageHits - 5 {
		if _, c := press(t, d, "down"); c != nil {
			more = c
		}
	}
	answer(more)
	if len(d.hits) != 2*pageHits || d.hits[pageHits].MessageID != 70 {
		t.Fatalf("%d hits after going down", len(d.hits))
	}
	s.fail["Search"] = core.Fail(core.Busy, "shop.Search", nil)
	_, cmd = press(t, d, "t")
	answer(cmd)
	if d.err == nil || strings.Contains(shows(d), "Nothing holds") {
		t.Fatal("an error looks like no result")
	}
	if done, _ := press(t, d, "esc"); !done || p.finder != nil {
		t.Fatal("esc")
	}
}

// first2 types one more letter before the first answer is in; it returns the
// command under way.
func first2(t *testing.T, d *search, under tea.Cmd, p *Pane) tea.Cmd {
	t.Helper()
	if under == nil {
		t.Fatal("nothing was asked")
	}
	if _, cmd := press(t, d, "x"); cmd != nil || !p.fetchHits.Busy() {
		t.Fatal("two questions at once")
	}
	return under
}
