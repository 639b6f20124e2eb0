package templates

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/templates/editor"
	"bottega/ui/text"
	"bottega/ui/theme"
	"bottega/ui/uitest"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

var theLinter = sync.OnceValue(func() *template.Linter {
	l, err := template.NewLinter(assets.Rules())
	if err != nil {
		panic(err)
	}
	return l
})

// newPane is a pane whose library is put into it by hand; nothing runs by itself.
func newPane(t testing.TB, look theme.Tokens, lang string) *Pane {
	t.Helper()
	w, err := text.Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	starter, err := template.Starter(assets.Templates())
	if err != nil {
		t.Fatal(err)
	}
	samples, err := ReadSamples(assets.Templates())
	if err != nil {
		t.Fatal(err)
	}
	p := New(&frame.Env{Ctx: context.Background(), Theme: theme.New(look), Words: w, Now: func() time.Time { return noon }, Agent: "ada"}, Deps{})
	p.t = Tools{Linter: theLinter(), Starter: starter, Samples: samples}
	return p
}

// fill puts versions into the library, as a load would.
func (p *Pane) fill(ts ...core.StoredTemplate) {
	s := &shelf{tools: p.t}
	for i := range ts {
		it := &item{Entry: library.Entry{StoredTemplate: ts[i], Validity: library.DueNone}, tpl: template.Of(ts[i].Template), gen: 1}
		if ts[i].State == core.TemplateApproved {
			it.ValidUntil, it.Validity = noon.AddDate(0, 0, i%80), library.DueOK
		}
		it.Use = core.TemplateUse{Sent: i * 7, Delivered: i * 6, Read: i * 3, Replied: i, Failed: i % 3}
		it.tpl.ID = key(&it.StoredTemplate)
		s.items = append(s.items, it)
	}
	s.figures = library.Overview{Messages: 100, Sent: 31, ShareMax: 40}
	s.compare()
	for _, it := range s.items {
		s.lint(it, noon)
	}
	s.families()
	p.shelf = s
	p.arrange()
}

// nasty is text as it comes from the wild.
func nasty() *rapid.Generator[string] {
	return uitest.Nasty("{{1}}", "{{2}}", "{{name}}", "<<1>>", "{1}", "https://bit.ly/x", "*b*", "_i_", "`m`", "20%", "FREE!!!")
}

var states = []core.TemplateState{core.TemplateDraft, core.TemplateSubmitted, core.TemplatePending, core.TemplateApproved, core.TemplateRejected,
	core.TemplatePaused, core.TemplateDisabled, core.TemplateArchived, core.TemplateReplaced, core.TemplateGone, "novelty"}

func anyTemplate(t *rapid.T, id int64) core.StoredTemplate {
	draw := func(name string) string { return nasty().Draw(t, name) }
	v := core.StoredTemplate{ID: id, ChannelID: 1, Version: rapid.IntRange(1, 3).Draw(t, "version"), State: rapid.SampledFrom(states).Draw(t, "state"),
		Family: rapid.SampledFrom([]string{"", "", "pickup", "\x1b[1mx"}).Draw(t, "family"), Role: rapid.SampledFrom([]core.TemplateRole{"", core.RoleStandard, core.RoleEmergency}).Draw(t, "role"),
		Drift: rapid.SampledFrom([]string{"", "UTILITY", "\u202e"}).Draw(t, "drift"), Detail: draw("detail"), SubmittedAt: noon.Add(-time.Hour), DecidedAt: noon.Add(-time.Minute)}
	v.Template = core.Template{Name: draw("name"), Language: rapid.SampledFrom([]string{"it", "zh_CN", "", "xx\x07"}).Draw(t, "language"),
		Category: rapid.SampledFrom([]string{"UTILITY", "MARKETING", "AUTHENTICATION", "", "odd"}).Draw(t, "category"), Body: draw("body"), Footer: draw("footer"),
		Quality: rapid.SampledFrom([]string{"", "GREEN", "RED", "x"}).Draw(t, "quality"), Reason: rapid.SampledFrom([]string{"", "SCAM", "ODD\n"}).Draw(t, "reason"),
		Header: core.TemplateHeader{Format: rapid.SampledFrom([]string{"", "TEXT", "IMAGE"}).Draw(t, "format"), Text: draw("header")}, Samples: []string{draw("sample")}}
	for range rapid.IntRange(0, 3).Draw(t, "buttons") {
		v.Buttons = append(v.Buttons, core.TemplateButtonDef{Type: rapid.SampledFrom(editor.ButtonTypes).Draw(t, "type"), Text: draw("label"), URL: draw("url")})
	}
	return v
}

func exact(t *rapid.T, p *Pane, w, h int) {
	t.Helper()
	ls := p.Lines(w, h)
	uitest.CheckLines(t, ls, w, h)
	if c := p.Cursor(); c != nil && (c.X < 0 || c.X >= w || c.Y < 0 || c.Y >= h) {
		t.Fatalf("cursor at %d,%d of %d×%d", c.X, c.Y, w, h)
	}
}

// Whatever the library holds and whatever is pressed, the pane draws exact
// lines at any size and its cursor is inside.
func TestLinesAreExact(t *testing.T) {
	p := map[string]*Pane{}
	for _, lang := range []string{"en", "it"} {
		p[lang] = newPane(t, theme.Dark(), lang)
	}
	names := []string{"j", "k", "G", "g", "enter", "esc", "]", "o", "/", "tab", "shift+tab", "down", "up", "pgdown", "pgup", "ctrl+n", "ctrl+p", "ctrl+r", "ctrl+o", "alt+n", "ctrl+x", "alt+up",
		"ctrl+z", "alt+z", "left", "right", "space", "backspace", "x", "ctrl+u"}
	rapid.Check(t, func(rt *rapid.T) {
		q := p[rapid.SampledFrom([]string{"en", "it"}).Draw(rt, "lang")]
		one := New(q.env, Deps{})
		one.t = q.t
		var ts []core.StoredTemplate
		for i := range rapid.IntRange(0, 5).Draw(rt, "n") {
			ts = append(ts, anyTemplate(rt, int64(i+1)))
		}
		one.fill(ts...)
		if len(ts) > 0 && rapid.Bool().Draw(rt, "edit") {
			one.begin(ts[0], lockedOf(&ts[0])...)
		}
		for range rapid.IntRange(0, 12).Draw(rt, "keys") {
			k, _ := keys.Press(rapid.SampledFrom(names).Draw(rt, "key"))
			one.Handle(k)
			if rapid.IntRange(0, 3).Draw(rt, "paste") == 0 {
				one.Handle(tea.PasteMsg{Content: nasty().Draw(rt, "pasted")})
			}
			exact(rt, one, rapid.IntRange(1, 170).Draw(rt, "w"), rapid.IntRange(1, 50).Draw(rt, "h"))
		}
		exact(rt, one, rapid.IntRange(1, 170).Draw(rt, "w"), rapid.IntRange(1, 50).Draw(rt, "h"))
		if it := one.chosen(); it != nil {
			for _, d := range []frame.Dialog{&family{p: one, its: inOrder(it)}, one.kinDialog(it)} {
				w, h := rapid.IntRange(1, 170).Draw(rt, "dw"), rapid.IntRange(1, 50).Draw(rt, "dh")
				ls := d.Lines(w, h)
				if len(ls) > h || len(ls) == 0 {
					rt.Fatalf("%T: %d lines of %d", d, len(ls), h)
				}
				for _, l := range ls {
					if n := ansi.StringWidth(l); n > w || n != ansi.StringWidth(ls[0]) {
						rt.Fatalf("%T: %d cells of %d: %q", d, n, w, l)
					}
				}
			}
		}
	})
}

// The field with the cursor is on the screen, and so is its line.
func TestCursorIsInItsField(t *testing.T) {
	p := newPane(t, theme.Dark(), "en")
	rapid.Check(t, func(rt *rapid.T) {
		v := anyTemplate(rt, 1)
		p.fill(v)
		p.begin(v)
		w, h := rapid.IntRange(40, 160).Draw(rt, "w"), rapid.IntRange(9, 45).Draw(rt, "h")
		for range rapid.IntRange(0, 20).Draw(rt, "moves") {
			p.edit.e.Move(rapid.SampledFrom([]int{1, -1}).Draw(rt, "d"))
		}
		p.Lines(w, h)
		c := p.Cursor()
		at := p.edit.e.At().Place
		if c == nil {
			rt.Fatal("no cursor")
		}
		if got := p.edit.lines[c.Y-p.area.Fields.Y].place; got != at {
			rt.Fatalf("the cursor is beside %v, the field is %v", got, at)
		}
	})
}

// A second frame draws no row again.
func TestRowsAreKept(t *testing.T) {
	p := newPane(t, theme.Dark(), "en")
	var ts []core.StoredTemplate
	for i := range 40 {
		v := core.StoredTemplate{ID: int64(i + 1), ChannelID: 1, Version: 1, State: core.TemplateApproved}
		v.Template = core.Template{Name: fmt.Sprint("order_", i), Language: "it", Category: "UTILITY", Body: "Buongiorno."}
		ts = append(ts, v)
	}
	p.fill(ts...)
	p.Lines(120, 40)
	n := p.list.Drawn()
	p.Lines(120, 40)
	if p.list.Drawn() != n {
		t.Fatalf("drew %d rows again", p.list.Drawn()-n)
	}
	p.step(1)
	p.Lines(120, 40)
	if d := p.list.Drawn() - n; d != 2 {
		t.Fatalf("one step drew %d rows, want the old and the new one", d)
	}
}

func bigLibrary(n int) []core.StoredTemplate {
	var ts []core.StoredTemplate
	for i := range n {
		v := core.StoredTemplate{ID: int64(i + 1), ChannelID: 1, Version: 1, State: states[i%5]}
		v.Template = core.Template{Name: fmt.Sprint("order_", i), Language: "it", Category: "UTILITY", Quality: "GREEN",
			Body: fmt.Sprint("Buongiorno {{1}}, il suo ordine ", i, " è pronto da ritirare in negozio, ", strings.Repeat("la aspettiamo ", i%7), "fino alle 19."), Samples: []string{"Anna"}}
		ts = append(ts, v)
	}
	return ts
}

// BenchmarkStep is a key in the library and its frame.
func BenchmarkStep(b *testing.B) {
	p := newPane(b, theme.Dark(), "en")
	p.fill(bigLibrary(250)...)
	p.Lines(160, 45)
	for i := 0; b.Loop(); i++ {
		p.step([]int{1, 1, 1, -1, -1, -1}[i%6])
		p.Lines(160, 45)
	}
}

// BenchmarkType is a letter in the editor and its frame: field, linter with a
// library of 250, fields and phone. The issue allows 16 ms.
func BenchmarkType(b *testing.B) {
	p := newPane(b, theme.Dark(), "en")
	ts := bigLibrary(250)
	ts[0].Body = "Buongiorno {{1}}, " + strings.Repeat("sono arrivate le stoffe invernali e ne abbiamo messa da parte una. ", 14)
	p.fill(ts...)
	p.begin(ts[0])
	letter, back := tea.KeyPressMsg{Code: 'x', Text: "x"}, tea.KeyPressMsg{Code: tea.KeyBackspace}
	for i := 0; b.Loop(); i++ {
		k := letter
		if i%2 == 1 {
			k = back
		}
		p.Handle(k)
		p.Lines(160, 45)
	}
}
