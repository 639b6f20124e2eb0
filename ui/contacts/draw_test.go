package contacts

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

// newPane is a pane on a shop in memory; nothing runs by itself.
func newPane(t testing.TB, s *shop, look theme.Tokens, lang string) *Pane {
	t.Helper()
	w, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	env := &frame.Env{Ctx: context.Background(), Theme: theme.New(look), Words: w, Now: func() time.Time { return noon }, Agent: "ada"}
	return New(env, Deps{Lists: s, Cards: s, Work: s, Heat: heat})
}

// show brings the pane to the front with all that it asks for then.
func show(t testing.TB, p *Pane) {
	t.Helper()
	uitest.Play(t, p, p.Init())
	_, cmd := p.Handle(frame.Shown{Front: true})
	uitest.Play(t, p, cmd)
}

func anyShop(t *rapid.T) *shop {
	s := newShop(rapid.IntRange(0, 12).Draw(t, "people"))
	s.fields = append(s.fields, core.CustomField{Name: uitest.Nasty().Draw(t, "field"), Type: core.CustomText})
	for _, p := range s.people {
		p.Name, p.Username = uitest.Nasty().Draw(t, "name"), uitest.Nasty().Draw(t, "username")
		for range rapid.IntRange(0, 4).Draw(t, "tags") {
			p.Tags = append(p.Tags, uitest.Nasty().Draw(t, "tag"))
		}
		p.profile = core.Profile{Email: uitest.Nasty().Draw(t, "email"), Note: uitest.Nasty().Draw(t, "note"), Birthday: uitest.Nasty().Draw(t, "birthday"),
			Custom: map[string]string{"shoe_size": uitest.Nasty().Draw(t, "custom")}}
		p.Blocked = rapid.Bool().Draw(t, "blocked")
		p.enter(consent.Entry{Kind: consent.OptOut, Scope: consent.Marketing, At: noon, Source: consent.BySelf, Words: uitest.Nasty().Draw(t, "words"), Place: uitest.Nasty().Draw(t, "place"), Agent: uitest.Nasty().Draw(t, "agent")})
		p.events = []people.Event{
			{At: noon, Message: &core.Message{Content: core.Content{Type: core.TypeText, Text: uitest.Nasty().Draw(t, "text")}, Direction: core.In}},
			{At: noon, Activity: &core.Activity{Kind: core.ActTagged, Actor: uitest.Nasty().Draw(t, "actor"), Detail: uitest.Nasty().Draw(t, "detail")}},
			{At: noon, Purchase: &core.Purchase{Ref: uitest.Nasty().Draw(t, "ref"), Amount: core.Money{Amount: "1", Currency: "EUR"}}},
			{At: noon, Consent: &p.ledger[0]},
		}
	}
	s.segments = []core.SavedSegment{{Name: uitest.Nasty().Draw(t, "segment"), Expr: "tag:vip"}, {Name: "broken", Expr: "value:"}}[:1]
	return s
}

// The pane is exactly as large as it is asked to be, whatever people are
// called and however small the terminal is, and nothing of theirs reaches it
// as a command.
func TestPaneKeepsItsSize(t *testing.T) {
	looks := []theme.Tokens{theme.Dark(), theme.Light16(), theme.Mono(), theme.Plain()}
	rapid.Check(t, func(rt *rapid.T) {
		s := anyShop(rt)
		p := newPane(t, s, rapid.SampledFrom(looks).Draw(rt, "theme"), rapid.SampledFrom([]string{"en", "it"}).Draw(rt, "language"))
		show(t, p)
		for range 4 {
			w, h := rapid.IntRange(1, 200).Draw(rt, "w"), rapid.IntRange(1, 60).Draw(rt, "h")
			if rapid.IntRange(0, 3).Draw(rt, "tiny") == 0 {
				w, h = rapid.IntRange(1, 12).Draw(rt, "tiny w"), rapid.IntRange(1, 6).Draw(rt, "tiny h")
			}
			p.focus = focus(rapid.IntRange(0, 3).Draw(rt, "focus"))
			p.showing = rapid.Bool().Draw(rt, "showing")
			p.filter.in.SetValue(rapid.OneOf(uitest.Nasty(), rapid.SampledFrom([]string{"", "tag:", "spnd>2", "tag:vip and (", "heat:x", `"`})).Draw(rt, "typed"))
			uitest.Play(t, p, p.read())
			if p.job = nil; rapid.Bool().Draw(rt, "job") {
				p.job = &job{name: uitest.Nasty().Draw(rt, "unclean job"), total: 12, shown: true}
				p.job.name = kit.CleanLine(p.job.name)
			}
			if len(p.card.facts) > 0 && rapid.Bool().Draw(rt, "edits") {
				p.card.cur = rapid.IntRange(0, len(p.card.facts)-1).Draw(rt, "fact")
				p.card.edit = &edit{id: p.card.id(), field: p.card.facts[p.card.cur].field, bad: "Not a date."}
				p.card.edit.in.SetValue(uitest.Nasty().Draw(rt, "edited"))
			}
			uitest.CheckLines(rt, p.Lines(w, h), w, h)
			if c := p.Cursor(); c != nil && (c.X < 0 || c.X >= w || c.Y < 0 || c.Y >= h) {
				rt.Fatalf("cursor at %d,%d on %d×%d", c.X, c.Y, w, h)
			}
			p.scrollCard(rapid.IntRange(-30, 30).Draw(rt, "scroll"))
			uitest.CheckLines(rt, p.Lines(w, h), w, h)
		}
	})
}

// The parts of the layout cover the pane and do not overlap.
func TestLayoutCovers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 220).Draw(t, "w"), rapid.IntRange(1, 70).Draw(t, "h")
		a := layout(w, h, focus(rapid.IntRange(0, 3).Draw(t, "focus")), rapid.Bool().Draw(t, "card"))
		parts := []kit.Rect{a.Side, a.SideLine, a.Filter, a.Note, a.Head, a.List, a.Bar, a.CardLine, a.Card}
		for y := range h {
			for x := range w {
				n := 0
				for _, r := range parts {
					if r.Has(x, y) {
						n++
					}
				}
				if n != 1 {
					t.Fatalf("cell %d,%d of %d×%d lies in %d parts: %+v", x, y, w, h, n, a)
				}
			}
		}
	})
}

// The columns fit the width, keep their order and never give up the name.
func TestColumnsFit(t *testing.T) {
	before := 0
	for w := 1; w < 240; w++ {
		cols := lay(w)
		if cols[0].kind != colName {
			t.Fatalf("%d cells: no name", w)
		}
		end := 0
		for _, c := range cols {
			if c.x < end || c.w < 1 && w > gutter {
				t.Fatalf("%d cells: %+v", w, cols)
			}
			end = c.x + c.w
		}
		if end > max(w, gutter) {
			t.Fatalf("%d cells: columns end at %d", w, end)
		}
		if len(cols) < before {
			t.Fatalf("%d cells show fewer columns than %d", w, w-1)
		}
		before = len(cols)
	}
	if before != len(specs) {
		t.Fatalf("a wide screen shows %d columns of %d", before, len(specs))
	}
}

// A second frame of the same moment draws no row again; a step draws two.
func TestRowsAreKept(t *testing.T) {
	p := newPane(t, newShop(200), theme.Dark(), "en")
	show(t, p)
	p.Lines(120, 40)
	uitest.Play(t, p, p.loadRows())
	p.Lines(120, 40)
	count := func(do func()) (n int) {
		was := map[int64]string{}
		for id, r := range p.list.rows {
			was[id], r.line = r.line, strings.Replace(r.line, "+39", "+40", 1) // a mark that drawing again wipes out
		}
		do()
		p.Lines(120, 40)
		for id, r := range p.list.rows {
			if was[id] != "" && !strings.Contains(r.line, "+40") {
				n++
			}
			r.line = was[id]
		}
		return n
	}
	if n := count(func() {}); n != 0 {
		t.Errorf("the same moment drew %d rows", n)
	}
	if n := count(func() { p.moveList(1) }); n != 2 {
		t.Errorf("one step drew %d rows", n)
	}
}

// The list behaves as a plain list of ids with a cursor does.
func TestRollModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &roll{shown: rapid.IntRange(1, 9).Draw(t, "shown")}
		ids := rapid.SliceOfNDistinct(rapid.Int64Range(1, 99), 0, 40, rapid.ID[int64])
		l.take(ids.Draw(t, "ids"), true)
		for range 12 {
			sel := l.sel
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				l.move(rapid.IntRange(-50, 50).Draw(t, "by"))
			case 1:
				l.scroll(rapid.IntRange(-50, 50).Draw(t, "by"))
			case 2:
				next := ids.Draw(t, "next")
				l.take(next, false)
				for i, id := range next {
					if id == sel && l.cur != i {
						t.Fatalf("%d went from under the cursor", id)
					}
				}
			case 3:
				l.shown = rapid.IntRange(1, 9).Draw(t, "resized")
				l.show()
			case 4:
				l.find(rapid.Int64Range(1, 99).Draw(t, "wanted"))
			}
			switch {
			case len(l.ids) == 0 && (l.sel != 0 || l.top != 0):
				t.Fatalf("nobody, but %d at %d", l.sel, l.top)
			case len(l.ids) > 0 && l.ids[l.cur] != l.sel:
				t.Fatalf("cursor on %d, chosen %d", l.ids[l.cur], l.sel)
			case len(l.ids) > 0 && (l.cur < l.top || l.cur >= l.top+l.shown):
				t.Fatalf("cursor %d off the screen %d+%d", l.cur, l.top, l.shown)
			case l.top < 0 || l.top > max(0, len(l.ids)-l.shown):
				t.Fatalf("screen at %d of %d", l.top, len(l.ids))
			}
		}
	})
}

// BenchmarkStep is a key and its frame over a long list: what Update, the rows
// that come and View cost together.
func BenchmarkStep(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := newPane(b, newShop(n), theme.Dark(), "en")
			show(b, p)
			p.Lines(160, 45)
			uitest.Play(b, p, p.loadRows())
			steps := []int{1, 1, 1, 30, 30, -1, -30}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				p.list.move(steps[i%len(steps)])
				uitest.Play(b, p, p.loadRows())
				p.Lines(160, 45)
			}
		})
	}
}

// What the pane itself keeps of a long list is small beside the people: eight
// bytes for each and a screenful of rows, wherever one has scrolled.
func TestLongListIsSmall(t *testing.T) {
	const n = 100_000
	s := newShop(n)
	p := newPane(t, s, theme.Dark(), "en")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	show(t, p)
	p.Lines(120, 40)
	for i := range 300 {
		p.list.moveTo(i * 331)
		uitest.Play(t, p, p.loadRows())
		p.Lines(120, 40)
		if r := p.list.current(); r == nil || r.ID == 0 {
			t.Fatalf("no row at place %d", i*331)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if len(p.list.ids) != n || len(p.list.rows) > maxRows+people.MaxRows {
		t.Errorf("%d ids, %d rows", len(p.list.ids), len(p.list.rows))
	}
	if grew := int64(after.HeapAlloc) - int64(before.HeapAlloc); grew > 8<<20 {
		t.Errorf("the pane holds %d bytes", grew)
	}
}

// The zone that a number tells stands where none is noted, and is no value: an
// edit of the field begins empty.
func TestCardGuessesTheZone(t *testing.T) {
	for zone, want := range map[string]string{"": "≈ Europe/Rome", "Asia/Tokyo": " Asia/Tokyo "} {
		s := newShop(1)
		s.people[0].Phone, s.people[0].TimeZone = "+393331234567", zone
		p := newPane(t, s, theme.Plain(), "en")
		p.Lines(160, 45) // wide enough for the card
		show(t, p)
		if got := ansi.Strip(strings.Join(p.Lines(160, 45), "\n")); !strings.Contains(got, want) {
			t.Errorf("zone %q: no %q in\n%s", zone, want, got)
		}
		for _, f := range p.card.facts {
			if f.field == contact.ColZone && f.value != zone {
				t.Errorf("the field holds %q, want %q", f.value, zone)
			}
		}
	}
}
