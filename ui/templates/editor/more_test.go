package editor_test

import (
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"bottega/core/template"
	"bottega/ui/templates/editor"
)

// Steps go round at the ends, pages stop there.
func TestMoves(t *testing.T) {
	e := editor.New(start(), nil)
	first, n := e.At().Place, len(e.Fields())
	e.Move(-1)
	if e.At().Kind != editor.Action {
		t.Errorf("before the first comes %v", e.At().Place)
	}
	e.Move(1)
	if e.At().Place != first {
		t.Errorf("after the last comes %v", e.At().Place)
	}
	e.Skip(-3)
	if e.At().Place != first {
		t.Errorf("a page up from the first is %v", e.At().Place)
	}
	e.Skip(n + 5)
	if e.At().Kind != editor.Action {
		t.Errorf("a page down stops at %v", e.At().Place)
	}
	if e.Go(place(template.PartButton, 7, "")) || e.At().Kind != editor.Action {
		t.Error("there is no seventh button")
	}
}

// When the field with the cursor goes, the cursor stays near.
func TestFieldGoes(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*editor.Editor)
		want template.Place
	}{
		"a sample, its variable cut": {func(e *editor.Editor) {
			e.Go(place(template.PartSample, 2, ""))
			e.Replace(body, "Hello {{1}}.")
		}, place(template.PartSample, 1, "")},
		"the only sample": {func(e *editor.Editor) {
			e.Go(place(template.PartSample, 1, ""))
			e.Replace(body, "Hello.")
		}, body},
		"the header's text, a picture chosen": {func(e *editor.Editor) {
			e.Set(place(template.PartHeader, 0, editor.Format), template.HeaderText)
			e.Go(place(template.PartHeader, 0, ""))
			e.Set(place(template.PartHeader, 0, editor.Format), "LOCATION")
		}, place(template.PartHeader, 0, editor.Format)},
		"a button's link": {func(e *editor.Editor) {
			e.AddButton(template.URLButton)
			e.Go(place(template.PartButton, 1, "url"))
			e.Set(place(template.PartButton, 1, editor.Type), template.QuickReply)
		}, place(template.PartButton, 1, "")},
	} {
		e := editor.New(start(), nil)
		e.Go(place(template.PartCategory, 0, ""))
		c.do(e)
		if at := e.At().Place; at != c.want {
			t.Errorf("%s: the cursor is at %v %s, want %v %s", name, at, at.Field, c.want, c.want.Field)
		}
	}
}

// A variable goes where variables may stand, with a sample of its own there.
func TestInsertElsewhere(t *testing.T) {
	e := editor.New(start(), nil)
	e.Set(place(template.PartHeader, 0, editor.Format), template.HeaderText)
	e.Go(place(template.PartHeader, 0, ""))
	e.Insert(editor.Variable{Name: "order_number", Sample: "A-7"})
	if h := e.Template().Header; h.Text != "{{1}}" || !reflect.DeepEqual(h.Samples, []string{"A-7"}) {
		t.Errorf("header %+v", h)
	}
	if s := e.Template().Samples; !reflect.DeepEqual(s, []string{"Anna", "A-1042"}) {
		t.Errorf("the body's samples became %q", s)
	}
	e.AddButton(template.URLButton)
	url := place(template.PartButton, 1, "url")
	e.Go(url)
	press(t, e, "https://rossi.example/")
	e.Insert(editor.Variable{Name: "tracking_number", Sample: "Z9"})
	if b := e.Template().Buttons[0]; b.URL != "https://rossi.example/{{1}}" || b.Example != "Z9" {
		t.Errorf("button %+v", b)
	}
	for _, p := range []template.Place{place(template.PartFooter, 0, ""), place(template.PartName, 0, ""), place(template.PartSample, 1, ""), place(template.PartButton, 1, "")} {
		e.Go(p)
		if e.Takes() || e.Insert(editor.Variable{Name: "1"}) {
			t.Errorf("%v takes a variable", p)
		}
	}
	e.Go(body)
	if got := e.Used(); !reflect.DeepEqual(got, []editor.Variable{{Name: "1", Sample: "Anna"}, {Name: "2", Sample: "A-1042"}}) {
		t.Errorf("used %v", got)
	}
}

// A field takes more than the platform allows, so that a text can be cut down,
// but not without bound; the history is bounded too.
func TestBounds(t *testing.T) {
	e := editor.New(template.Template{}, nil)
	e.Go(body)
	e.Handle(tea.PasteMsg{Content: strings.Repeat("parola ", 200_000)})
	if n := len([]rune(e.Value(body))); n < 2000 || n > 10_000 {
		t.Errorf("a paste of 1.4 MB left %d characters", n)
	}
	if e.Insert(editor.Variable{Name: "1"}) {
		t.Error("a full field takes nothing more")
	}
	e.Replace(body, "")
	for range 700 {
		press(t, e, "a ")
	}
	n := 0
	for e.Undo() {
		n++
	}
	if n < 100 || n > 600 {
		t.Errorf("%d steps can be undone", n)
	}
}

// What is pasted is as legal as what is typed.
func TestPaste(t *testing.T) {
	e := editor.New(template.Template{}, nil)
	e.Handle(tea.PasteMsg{Content: "Order\nReady\x1b[31m"})
	if got := e.Template().Name; strings.ContainsAny(got, "\n\x1b ") || !strings.HasPrefix(got, "order_ready") {
		t.Errorf("name %q", got)
	}
	e.Go(body)
	e.Handle(tea.PasteMsg{Content: "one\r\ntwo\u202e three\x00"})
	if got := e.Template().Body; got != "one\ntwo three" {
		t.Errorf("body %q", got)
	}
	e.Undo()
	if got := e.Template().Body; got != "" {
		t.Errorf("a paste is one step, left %q", got)
	}
}

// The kind of the variables is the template's, for the review as well.
func TestNamed(t *testing.T) {
	for _, c := range []struct {
		format, body string
		want         string
	}{
		{"", "Hi {{1}}", ""}, {"", "Hi {{name}}", template.Named}, {template.Named, "Hi", template.Named},
		{template.Named, "Hi {{1}}", template.Positional}, {template.Positional, "Hi {{name}}", template.Named},
	} {
		e := editor.New(template.Template{Format: c.format, Body: c.body}, nil)
		if got := e.Template().Format; got != c.want {
			t.Errorf("%q with %q: %q, want %q", c.body, c.format, got, c.want)
		}
	}
}

// Counts are those of the findings; without a linter there are none.
func TestCounts(t *testing.T) {
	e := editor.New(template.Template{Body: "{{1}}"}, lint)
	errs, warns, hints := e.Counts()
	if errs == 0 || errs+warns+hints != len(e.Findings()) {
		t.Errorf("%d, %d, %d of %d", errs, warns, hints, len(e.Findings()))
	}
	quiet := editor.New(template.Template{Body: "{{1}}"}, nil)
	if quiet.Next(1) || quiet.Rewrite() || quiet.Current() != nil {
		t.Error("nobody judges and something is found")
	}
}

// The marked finding stays marked while the document stays, whatever beside it changes.
func TestMarkStays(t *testing.T) {
	e := editor.New(template.Template{Name: "x", Language: "it", Category: template.Utility, Body: "Offerta! Solo oggi il 20% di sconto su tutto, https://bit.ly/x"}, lint)
	e.Go(body)
	e.Next(1)
	e.Next(1)
	was := *e.Current()
	e.Judge()
	if got := *e.Current(); got.Rule != was.Rule || got.Start != was.Start {
		t.Errorf("marked %s, then %s", was.Rule, got.Rule)
	}
}
