package contacts

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// reviews is a tray in memory.
type reviews struct {
	all   []people.Review
	stops []int64
}

func (r *reviews) Tray(_ context.Context, limit int) ([]people.Review, error) {
	return slices.Clone(r.all[:min(limit, len(r.all))]), nil
}

func (r *reviews) Decide(_ context.Context, id int64, _ string, stop bool) (people.Undo, error) {
	i := slices.IndexFunc(r.all, func(v people.Review) bool { return v.ID == id })
	if i < 0 {
		return nil, core.Fail(core.Conflict, "reviews.Decide", nil)
	}
	was := r.all[i]
	r.all = slices.Delete(r.all, i, i+1)
	if stop {
		r.stops = append(r.stops, id)
	}
	return func(context.Context) error {
		r.all = append(r.all, was)
		r.stops = slices.DeleteFunc(r.stops, func(s int64) bool { return s == id })
		return nil
	}, nil
}

func TestTray(t *testing.T) {
	play(t, setting{w: 80, h: 24}, func(s *uitest.Screen, st *scene) {
		s.Press("R")
		s.Want("This works on the shop")
		r := &reviews{}
		for i, text := range []string{"stop, oggi non vengo", "basta", "ANNULLA"} {
			r.all = append(r.all, people.Review{ID: int64(i + 1), ContactID: 1, ConversationID: 7, MessageID: 9, Name: "Maria", Text: text,
				Pending: consent.Pending{Word: strings.Fields(text)[0], At: noon, Reading: []consent.Reading{consent.Propose, consent.SaysOut, consent.Ask}[i]}})
		}
		st.pane.d.Tray = r
		s.Press("1")
		s.WantNot("Contacts 3")
		st.shop.mu.Lock()
		st.shop.tell(1) // news while another tab is in front
		st.shop.mu.Unlock()
		s.Sleep(settle)
		s.Want("2 Contacts 2") // basta counts already: nothing to decide
		s.Press("2")
		s.Press("R")
		s.Want("stop, oggi non vengo", "stands in a longer text", "counts as a stop already", "may mean the order")
		s.Golden()
		s.Press("u") // nothing to undo yet
		s.Press("n")
		s.WantNot("oggi non vengo")
		s.Want("Stops that count already")
		s.Press("u")
		s.Sleep(settle)
		s.Want("▌ ‹ stop, oggi non vengo", "Taken back: it waits again.")
		s.Press("n", "k", "k")
		s.WantNot("oggi non vengo")
		s.Press("s")
		s.WantNot("basta")
		if !slices.Equal(r.stops, []int64{2}) || len(r.all) != 1 {
			t.Errorf("stopped %v, left %v", r.stops, r.all)
		}
		s.Press("enter")
		if !slices.Equal(st.box.opened, []int64{7}) {
			t.Errorf("opened %v", st.box.opened)
		}
		s.Want("2 Contacts 1") // one is left
		r.all = nil
		s.Press("2", "R")
		s.Want("Nothing waits.")
	})
}

// The wizard, the doubles and the tray stay within what they are given.
func TestDialogsKeepTheirSize(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := newPane(t, anyShop(rt), theme.Dark(), rapid.SampledFrom([]string{"en", "it"}).Draw(rt, "language"))
		show(t, p)
		word := uitest.Nasty().Draw(rt, "word")
		wz := p.newWizard("/tmp/" + word)
		wz.look = &look{header: []string{word, "phone", uitest.Nasty().Draw(rt, "column")}, kind: word, count: map[people.Fate]int{people.FateNew: 3},
			rows: []people.Outcome{{Row: 2, Fate: people.FateUpdated, Name: word, Phone: "+393331234567", What: []string{"email", "field:" + word}},
				{Row: 3, Fate: people.FateDuplicate, Duplicate: 2}},
			bad: []people.Outcome{{Row: 4, Fate: people.FateRefused, Problem: people.Problem{Code: "phone_invalid", Value: word}}}}
		wz.stage, wz.done = ready, &people.Imported{Columns: map[string]string{word: "name"}}
		wz.cur, wz.onRows = rapid.IntRange(0, 9).Draw(rt, "cursor"), rapid.Bool().Draw(rt, "rows")
		if rapid.Bool().Draw(rt, "running") {
			wz.stage, wz.run = bringing, &job{total: 10}
		}
		if rapid.Bool().Draw(rt, "wrong") {
			wz.err = &people.BadPair{Pair: word}
		}
		one, other := core.Contact{Name: word, Phone: "+393331234567", Tags: []string{word}}, core.Contact{Username: word}
		ps := &pairs{p: p, all: []people.Pair{{A: people.Listed{Contact: one}, B: people.Listed{Contact: other}, Why: []string{"name", "email"}}}, loaded: true}
		mg := &pairs{p: p, plan: &people.Merge{Keep: people.Detail{Contact: one, Profile: core.Profile{Note: word}}, Gone: people.Detail{Contact: other, Profile: core.Profile{Note: "b", Custom: map[string]string{word: word}}}, Clash: []string{"note"}, Joined: 2}}
		tr := &tray{p: p, all: []people.Review{{Name: word, Text: word, Pending: consent.Pending{Word: word, At: noon}}}, loaded: true}
		w, h := rapid.IntRange(1, 130).Draw(rt, "w"), rapid.IntRange(1, 45).Draw(rt, "h")
		for _, d := range []frame.Dialog{wz, ps, mg, tr} {
			ls := d.Lines(w, h)
			if len(ls) > h {
				rt.Fatalf("%T: %d lines of %d", d, len(ls), h)
			}
			if len(ls) > 0 {
				if bw := ansi.StringWidth(ls[0]); bw > w {
					rt.Fatalf("%T: %d cells of %d", d, bw, w)
				} else {
					uitest.CheckLines(rt, ls, bw, len(ls))
				}
			}
		}
	})
}

func TestTagsHaveColours(t *testing.T) {
	play(t, setting{w: 120, h: 30}, func(s *uitest.Screen, st *scene) {
		before := s.CellOf("#wholesale").Fg
		s.Press("tab", "c")
		s.Want("Choose a tag first.")
		s.ClickOn("#wholesale")
		s.Press("tab", "c")
		s.Want("Colour of #wholesale")
		s.Type("orange")
		s.Press("enter")
		s.Sleep(settle)
		if st.shop.colours["wholesale"] != "late" {
			t.Fatalf("colours %v", st.shop.colours)
		}
		if now := s.CellOf("#wholesale").Fg; now == before {
			t.Errorf("the tag still is %v", now)
		}
	})
}

// The palette finds people by any words of theirs, and goes there even from
// another tab and past a filter.
func TestPaletteFindsPeople(t *testing.T) {
	play(t, setting{w: 100, h: 30}, func(s *uitest.Screen, st *scene) {
		s.Press("/")
		s.Type("tag:trade")
		s.Press("enter", "1", "ctrl+k")
		s.Type("maria bianchi vip")
		s.Sleep(settle)
		s.Want("+39 333 100 0037")
		s.Press("enter")
		s.Sleep(settle)
		s.Want("▌ Maria Bianchi", "300 people")
		if st.pane.want.expr != "" || st.pane.list.sel != 1 {
			t.Errorf("filter %q, chosen %d", st.pane.want.expr, st.pane.list.sel)
		}
	})
}

// A slow list is not asked for more often than it can be answered in comfort.
func TestSlowListRestsLonger(t *testing.T) {
	p := newPane(t, newShop(10), theme.Dark(), "en")
	show(t, p)
	p.took = time.Second
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		msg := p.later()()
		if got := time.Since(began); got != share*time.Second {
			t.Errorf("waits %v", got)
		}
		if to, ok := msg.(kit.To); !ok || to.Msg != (restedMsg{}) {
			t.Errorf("then %v", msg)
		}
		if p.later() != nil {
			t.Error("waits twice")
		}
	})
}

// A shop opened read-only shows everything and changes nothing.
func TestReadOnly(t *testing.T) {
	s := newShop(5)
	p := newPane(t, s, theme.Dark(), "en")
	p.env.ReadOnly = true
	show(t, p)
	for _, f := range []focus{onList, onSide, onCard} {
		p.focus = f
		for _, b := range p.Keys() {
			if changing[b.Do] && b.Off != text.ContactsOffReadOnly {
				t.Errorf("%s works: %q", b.Do, b.Off)
			}
			if !changing[b.Do] && b.Off == text.ContactsOffReadOnly {
				t.Errorf("%s is off for nothing", b.Do)
			}
		}
	}
	p.focus = onList
	_, cmd := p.key(tea.KeyPressMsg{Code: 'D', Text: "D"})
	if m, ok := cmd().(frame.Toast); !ok || !m.Refused {
		t.Errorf("erasing said %v", m)
	}
}

func TestReadField(t *testing.T) {
	w, err := text.Load("it")
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]core.CustomField{
		"Numero scarpe: numero":        {Name: "numero_scarpe", Type: core.CustomNumber},
		"nata:date":                    {Name: "nata", Type: core.CustomDate},
		"nota":                         {Name: "nota", Type: core.CustomText},
		"cpf: CPF o CNPJ":              {Name: "cpf", Type: core.CustomTaxID},
		"consegna: ritiro, , corriere": {Name: "consegna", Type: core.CustomChoice, Choices: []string{"ritiro", "corriere"}},
	} {
		f, ok := readField(w, typed)
		if !ok || f.Name != want.Name || f.Type != want.Type || !slices.Equal(f.Choices, want.Choices) {
			t.Errorf("%q: %+v, %v", typed, f, ok)
		}
	}
	for _, typed := range []string{"", "  ", ": number", "#"} {
		if f, ok := readField(w, typed); ok {
			t.Errorf("%q: %+v", typed, f)
		}
	}
}
