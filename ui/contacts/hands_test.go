package contacts

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// Each part of the screen takes the mouse.
func TestMouseReachesEveryPart(t *testing.T) {
	play(t, setting{w: 160, h: 24, n: 400}, func(s *uitest.Screen, st *scene) {
		p := st.pane
		s.ClickOn("tag:vip and")
		if p.focus != onFilter {
			t.Errorf("a click into the box gave the keyboard to %d", p.focus)
		}
		s.Type("mari")
		x, y, _ := s.Find("mari")
		s.Click(x+1, y)
		s.Type("X")
		if got := p.filter.in.Value(); got != "mXari" {
			t.Errorf("typed into %q", got)
		}
		s.Press("esc")
		s.ClickOn("Own orders")
		s.Wheel(p.area.Card.X+2, 10, 3)
		if p.focus != onCard || p.card.top == 0 {
			t.Errorf("focus %d, card at %d", p.focus, p.card.top)
		}
		s.Press("home", "enter") // edits the fact under the cursor
		s.Press("esc")
		s.ClickOn("Opted out")
		s.Wheel(2, 10, 2)
		s.Want("of 400")
		if p.side.cur == 0 || p.focus != onList {
			t.Errorf("side at %d, focus %d", p.side.cur, p.focus)
		}
		s.Wheel(2, 10, -2)
		s.ClickOn("Segments") // a heading is nothing to choose
		s.Want("of 400")
	})
}

// What is pasted into the list is looked for.
func TestPasteFilters(t *testing.T) {
	play(t, setting{w: 100, h: 24}, func(s *uitest.Screen, st *scene) {
		s.Paste("maria bianchi")
		s.Want("/ maria bianchi")
		if st.pane.focus != onFilter || st.pane.want.expr != "maria and bianchi" {
			t.Errorf("focus %d, %q", st.pane.focus, st.pane.want.expr)
		}
		s.Press("esc", "enter", "j", "enter")
		s.Paste(" Verdi")
		if v := st.pane.card.edit.in.Value(); !strings.HasSuffix(v, " Verdi") {
			t.Errorf("the edit holds %q", v)
		}
		if st.pane.WouldLose() == "" {
			t.Error("quitting would lose nothing")
		}
		s.Press("esc")
		if st.pane.WouldLose() != "" {
			t.Error("a dropped edit would be lost")
		}
	})
}

func TestLowFrequencyGroup(t *testing.T) {
	play(t, setting{w: 160, h: 45}, func(s *uitest.Screen, st *scene) {
		s.Press("/")
		s.Type("heat:quiet")
		s.Press("enter")
		s.Want("↓ low-frequency group")
		s.Press("L", "enter")
		s.Sleep(settle)
		s.Want("1 person changed.", "low frequency: never")
		s.Press("L", "down", "enter")
		s.Sleep(settle)
		s.Want("↓ low-frequency group")
		s.Press("y")
		s.Want("copied.")
	})
}

// slowWork is work on many people that waits to be let on.
type slowWork struct {
	*shop
	step chan struct{}
}

func (w *slowWork) TagMany(ctx context.Context, ids []int64, _, _ string, _ bool, done func(int)) (int, people.Undo, error) {
	for i := range ids {
		select {
		case <-w.step:
			done(i + 1)
		case <-ctx.Done():
			return i, func(context.Context) error { return nil }, ctx.Err()
		}
	}
	return len(ids), nil, nil
}

// Work on many people shows how far it is, leaves the keyboard free, and stops
// on esc with what it has done told.
func TestLongWorkCanBeStopped(t *testing.T) {
	play(t, setting{w: 100, h: 24}, func(s *uitest.Screen, st *scene) {
		w := &slowWork{st.shop, make(chan struct{})}
		st.pane.d.Work = w
		s.Press("A", "t")
		s.Type("fair")
		s.Press("enter")
		for range 7 {
			w.step <- struct{}{}
		}
		s.Sleep(settle)
		s.Want("Tagging #fair", "7/300", "esc stops")
		s.Press("j", "j")
		if st.pane.list.cur != 2 {
			t.Errorf("the keyboard waits: cursor on %d", st.pane.list.cur)
		}
		s.Press("L", "enter") // one thing at a time
		s.Want("still being done")
		s.Press("esc")
		s.Sleep(settle)
		s.Want("#fair on 7 people.")
		s.WantNot("esc stops")
		if st.pane.job != nil {
			t.Error("the work still counts as running")
		}
	})
}

// Every action of the manual can be run by its name, as the palette does.
func TestDoRunsEveryAction(t *testing.T) {
	p := newPane(t, newShop(0), theme.Dark(), "en")
	p.env.ReadOnly = true // most say why they cannot, which is an answer too
	for _, c := range p.KeyContexts() {
		if c.Name == text.ContactsContextFilter || c.Name == text.ContactsContextEdit {
			continue // those are for the keyboard alone
		}
		for _, b := range c.Keys {
			p.focus = onList
			if used, _ := p.Do(b.Do); !used {
				t.Errorf("%s is not known", b.Do)
			}
		}
	}
	if used, _ := p.Do("inbox.reply"); used {
		t.Error("knows what is another pane's")
	}
}

// Titles and the words of the consent column fit their columns in every
// language, and all that codes become has words.
func TestColumnsHaveRoom(t *testing.T) {
	for _, lang := range []string{"en", "it"} {
		p := newPane(t, newShop(0), theme.Plain(), lang)
		b := p.brush()
		for _, c := range specs {
			if n := kit.Width(b.Words.T(c.title)); n > c.least {
				t.Errorf("%s: the title %q takes %d cells of %d", lang, b.Words.T(c.title), n, c.least)
			}
			if c.kind != colConsent {
				continue
			}
			for _, f := range []people.Facts{{}, {OptIn: true}, {OptOut: true}, {Blocked: true}} {
				if s := b.consent(&f); kit.Width(s) > c.least {
					t.Errorf("%s: %q takes %d cells of %d", lang, s, kit.Width(s), c.least)
				}
			}
		}
		for _, k := range []consent.Kind{consent.OptIn, consent.OptOut, consent.ProviderStop, consent.ProviderResume, consent.Mistaken} {
			if !b.Words.Has(text.K("contacts.entry." + string(k))) {
				t.Errorf("%s: no words for %s", lang, k)
			}
		}
		for _, s := range []consent.Source{consent.BySelf, consent.ByAgent, consent.ByImport, consent.ByProvider, consent.ByForm, consent.ByAPI} {
			if !b.Words.Has(text.K("contacts.source." + string(s))) {
				t.Errorf("%s: no words for %s", lang, s)
			}
		}
		for _, f := range fields {
			if !b.Words.Has(text.K("contacts.field." + f)) {
				t.Errorf("%s: no words for the field %s", lang, f)
			}
		}
	}
}

// The timeline tells every kind of event in one line, and leaves out what the
// messages show already.
func TestTimelineTells(t *testing.T) {
	p := newPane(t, newShop(0), theme.Plain(), "en")
	b := p.brush()
	say := func(e people.Event) string { sign, what, _ := b.event(&e); return strings.TrimSpace(sign + " " + what) }
	act := func(k core.ActivityKind, who, what string) people.Event {
		return people.Event{Activity: &core.Activity{Kind: k, Actor: who, Detail: what}}
	}
	msg := func(d core.Direction, typ core.MessageType, s string) people.Event {
		return people.Event{Message: &core.Message{Direction: d, Content: core.Content{Type: typ, Text: s}}}
	}
	for _, c := range []struct {
		e    people.Event
		want string
	}{
		{msg(core.In, core.TypeText, "\n ciao\nsecond line"), "‹ ciao"},
		{msg(core.Out, core.TypeText, "pronto"), "› pronto"},
		{msg(core.Out, core.TypeNote, "paga domani"), "✎ paga domani"},
		{msg(core.In, core.TypeImage, ""), "‹ photo"},
		{act(core.ActAssigned, "ada", "ada"), "· you took it"},
		{act(core.ActAssigned, "Luca", ""), "· Luca let go of it"},
		{act(core.ActDone, "", ""), "· bottega marked it done"},
		{act(core.ActWaiting, "", ""), "·"},
		{people.Event{Purchase: &core.Purchase{Ref: "12", Amount: core.Money{Amount: "9.5", Currency: "EUR"}}}, "€ €9.50 · order 12"},
		{people.Event{Consent: &consent.Entry{Kind: consent.ProviderStop}}, "§ stopped in WhatsApp"},
	} {
		if got := say(c.e); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// An edit that somebody else's change overtook is told and stays open.
func TestEditThatFails(t *testing.T) {
	s := newShop(3)
	p := newPane(t, s, theme.Dark(), "en")
	show(t, p)
	p.Lines(160, 45)
	uitest.Play(t, p, p.enterCard())
	p.card.cur = 1
	p.editFact()
	p.card.edit.in.SetValue("Anna")
	s.people = s.people[:0] // erased meanwhile
	cmd := p.keepFact()
	if cmd == nil || !p.card.edit.busy {
		t.Fatal("nothing is saved")
	}
	if p.keepFact() != nil {
		t.Error("saves twice")
	}
	_, next := p.Handle(cmd().(kit.To).Msg)
	if m, ok := next().(frame.Failed); !ok || core.CodeOf(m.Err) != core.NotFound {
		t.Errorf("told %v", m)
	}
	if p.card.edit == nil || p.card.edit.busy || p.card.edit.in.Value() != "Anna" {
		t.Errorf("the words are gone: %+v", p.card.edit)
	}
}

// A press that no table knows is left to the app.
func TestUnknownKeysAreLeft(t *testing.T) {
	p := newPane(t, newShop(3), theme.Dark(), "en")
	for _, name := range []string{"?", "q", "ctrl+k", "1", "u"} {
		m, ok := keys.Press(name)
		if !ok {
			t.Fatal(name)
		}
		if used, _ := p.Handle(m); used {
			t.Errorf("%s was taken", name)
		}
	}
	if used, _ := p.Handle(tea.MouseClickMsg{X: 1, Y: 1, Button: tea.MouseRight}); used {
		t.Error("a right click was taken")
	}
}

// Coming to the end of the timeline reads more of it, however long it is.
func TestTimelineGoesOn(t *testing.T) {
	s := newShop(2)
	for i := range 150 {
		s.people[0].events = append(s.people[0].events, people.Event{At: noon.Add(-time.Duration(i) * time.Hour),
			Purchase: &core.Purchase{Ref: strconv.Itoa(i), Amount: core.Money{Amount: "1", Currency: "EUR"}}})
	}
	p := newPane(t, s, theme.Plain(), "en")
	show(t, p)
	p.list.find(1)
	uitest.Play(t, p, p.follow())
	uitest.Play(t, p, p.enterCard())
	for range 40 {
		p.Lines(80, 24)
		uitest.Play(t, p, p.scrollCard(20))
	}
	if n := len(p.card.data.events); n != 150 {
		t.Errorf("%d events", n)
	}
	if last := strings.Join(p.Lines(80, 24), "\n"); !strings.Contains(last, "order 149") {
		t.Errorf("the end is not there:\n%s", last)
	}
}

// Marks go with the people who bear them.
func TestMarksOfTheGone(t *testing.T) {
	s := newShop(5)
	p := newPane(t, s, theme.Plain(), "en")
	show(t, p)
	p.markAll()
	if _, err := s.Erase(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	uitest.Play(t, p, p.renew())
	if got := p.whom(); !slices.Equal(got, []int64{1, 2, 4, 5}) {
		t.Errorf("marked %v", got)
	}
	p.markAll() // all are: none
	if len(p.list.marked) != 0 {
		t.Errorf("marked %v", p.list.marked)
	}
}

// A tax number is masked wherever it is only looked at.
func TestTaxNumbersAreMasked(t *testing.T) {
	f := core.CustomField{Name: "cpf", Type: core.CustomTaxID}
	s := newShop(1)
	s.fields = []core.CustomField{f}
	s.people[0].profile.Custom = map[string]string{"cpf": "52998224725"}
	p := newPane(t, s, theme.Plain(), "en")
	show(t, p)
	if got := strings.Join(p.Lines(160, 45), "\n"); !strings.Contains(got, "***.982.247-**") || strings.Contains(got, "52998224725") {
		t.Errorf("the card shows\n%s", got)
	}
	d, err := s.Detail(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	other := d
	other.Profile.Custom = map[string]string{"cpf": "11144477735"}
	got := strings.Join(p.brush().mergeLines(&people.Merge{Keep: d, Gone: other, Clash: []string{"field:cpf"}}, 90), "\n")
	if !strings.Contains(got, "***.982.247-**") || strings.Contains(got, "52998224725") || strings.Contains(got, "11144477735") {
		t.Errorf("the merge shows\n%s", got)
	}
}

// A card that is still on its way does not hold up the way to the talk.
func TestOpensTheTalkWithoutTheCard(t *testing.T) {
	s := newShop(3)
	p := newPane(t, s, theme.Plain(), "en")
	show(t, p)
	p.card.data = nil
	open := func() tea.Msg {
		_, next := p.Handle(p.openTalk()().(kit.To).Msg)
		return next()
	}
	if m, ok := open().(frame.OpenConversation); !ok || m.Conversation != p.list.sel {
		t.Errorf("opened %v", m)
	}
	s.find(p.list.sel).talk = 0
	if m, ok := open().(frame.Toast); !ok || !m.Refused {
		t.Errorf("without a talk: %v", m)
	}
}

// The people of the filter go to a campaign; without one the key says why not.
func TestToCampaign(t *testing.T) {
	play(t, setting{w: 100, h: 30}, func(s *uitest.Screen, st *scene) {
		s.Press("m")
		s.Want("Filter first")
		s.Press("/")
		s.Type("tag:vip")
		s.Press("enter", "m")
		s.Sleep(time.Second)
		s.Want("Campaigns  ◌ not yet") // the tab, which has no pane in this scene
	})
}
