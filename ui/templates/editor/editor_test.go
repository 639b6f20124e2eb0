package editor_test

import (
	"reflect"
	"strings"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core/template"
	"bottega/ui/keys"
	"bottega/ui/templates/editor"
)

var linter = sync.OnceValue(func() *template.Linter {
	l, err := template.NewLinter(assets.Rules())
	if err != nil {
		panic(err)
	}
	return l
})

func lint(t template.Template) []template.Finding { return linter().Lint(t, template.Context{}) }

func place(part template.Part, n int, field string) template.Place {
	return template.Place{Part: part, N: n, Field: field}
}

var body = place(template.PartBody, 0, "")

// press gives keys by name; whatever is no name is typed letter by letter.
func press(t testing.TB, e *editor.Editor, names ...string) {
	t.Helper()
	for _, n := range names {
		if msg, ok := keys.Press(n); ok && len([]rune(n)) > 1 {
			e.Handle(msg)
			continue
		}
		for _, r := range n {
			e.Handle(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

func start() template.Template {
	return template.Template{Name: "order_ready", Language: "en", Category: template.Utility,
		Body: "Hello {{1}}, your order {{2}} is ready to collect.", Samples: []string{"Anna", "A-1042"}}
}

func TestFieldsFollowTheTemplate(t *testing.T) {
	e := editor.New(start(), nil)
	list := func() string {
		var out []string
		for _, f := range e.Fields() {
			s := f.Place.String()
			if f.Place.Field != "" {
				s += "/" + f.Place.Field
			}
			if f.Of != "" {
				s += "=" + f.Of
			}
			out = append(out, s)
		}
		return strings.Join(out, ", ")
	}
	if got, want := list(), "name, language, category, header/format, body, sample 1=1, sample 2=2, footer, button/add"; got != want {
		t.Fatalf("fields %s, want %s", got, want)
	}
	e.Go(place(template.PartHeader, 0, editor.Format))
	e.Step(1)
	e.Go(place(template.PartHeader, 0, ""))
	press(t, e, "Order {{1}}")
	e.AddButton(template.URLButton)
	e.Go(place(template.PartButton, 1, "url"))
	press(t, e, "https://rossi.example/{{1}}")
	e.AddButton(template.PhoneButton)
	if got, want := list(), "name, language, category, header/format, header, sample 1/header=1, body, sample 1=1, sample 2=2, footer, "+
		"button 1/type, button 1, button 1/url, button 1/example, button 2/type, button 2, button 2/phone, button/add"; got != want {
		t.Fatalf("fields %s, want %s", got, want)
	}
}

// Samples belong to variables by name: they come back with them, and moving a
// variable does not mix them up.
func TestSamplesFollowTheirVariables(t *testing.T) {
	e := editor.New(start(), nil)
	e.Go(body)
	e.Input(body).Seek(0)
	press(t, e, "{{3}} ")
	e.Go(place(template.PartSample, 3, ""))
	press(t, e, "Friday")
	if got := e.Template().Samples; !reflect.DeepEqual(got, []string{"Anna", "A-1042", "Friday"}) {
		t.Fatalf("samples %q", got)
	}
	e.Replace(body, "Only {{2}}.")
	if got := e.Template().Samples; !reflect.DeepEqual(got, []string{"A-1042"}) {
		t.Fatalf("samples of {{2}} alone: %q", got)
	}
	e.Replace(body, "{{1}} {{2}} {{3}}")
	if got := e.Template().Samples; !reflect.DeepEqual(got, []string{"Anna", "A-1042", "Friday"}) {
		t.Fatalf("samples came back as %q", got)
	}
}

func TestSpelling(t *testing.T) {
	e := editor.New(template.Template{}, nil)
	press(t, e, "Order Ready")
	e.Go(body)
	press(t, e, "Hi <<1>>!")
	if d := e.Template(); d.Name != "order_ready" || d.Body != "Hi {{1}}!" {
		t.Fatalf("%q, %q", d.Name, d.Body)
	}
	if in := e.Input(body); in.Value() != "Hi {{1}}!" || in.At() != 9 {
		t.Fatalf("field %q, cursor %d", in.Value(), in.At())
	}
}

// A word with the space behind it is one step, and so is a run of erasing; a jump to another field begins a new one.
func TestUndo(t *testing.T) {
	e := editor.New(template.Template{}, nil)
	press(t, e, "abc")
	e.Go(body)
	press(t, e, "one two")
	for _, want := range []struct{ name, body string }{{"abc", "one "}, {"abc", ""}, {"", ""}} {
		press(t, e, "ctrl+z")
		if d := e.Template(); d.Name != want.name || d.Body != want.body {
			t.Fatalf("%q, %q, want %+v", d.Name, d.Body, want)
		}
	}
	if e.CanUndo() || !e.CanRedo() {
		t.Fatal("the history should be at its beginning")
	}
	press(t, e, "alt+z", "alt+z", "alt+z", "alt+z")
	if d := e.Template(); d.Name != "abc" || d.Body != "one two" || e.At().Place != body {
		t.Fatalf("redone %q, %q at %v", d.Name, d.Body, e.At().Place)
	}
	press(t, e, "backspace", "backspace", "ctrl+z")
	if d := e.Template(); d.Body != "one two" {
		t.Fatalf("erasing undone: %q", d.Body)
	}
	press(t, e, "!")
	if e.CanRedo() {
		t.Fatal("what comes after a change cannot be redone")
	}
}

func TestHeaderComesBack(t *testing.T) {
	d := start()
	d.Header = template.Header{Format: template.HeaderText, Text: "Order {{1}}", Samples: []string{"A-1"}}
	e := editor.New(d, nil)
	e.Go(place(template.PartHeader, 0, editor.Format))
	e.Step(1)
	if h := e.Template().Header; h.Format != "IMAGE" || h.Text != "" || h.Samples != nil {
		t.Fatalf("a picture has %+v", h)
	}
	file := place(template.PartSample, 1, "header")
	e.Go(file)
	press(t, e, "4::aW")
	if h := e.Template().Header; !reflect.DeepEqual(h.Samples, []string{"4::aW"}) || e.Value(file) != "4::aW" {
		t.Fatalf("the sample file is %+v", h)
	}
	e.Go(place(template.PartHeader, 0, editor.Format))
	e.Step(-1)
	if h := e.Template().Header; h.Text != "Order {{1}}" || !reflect.DeepEqual(h.Samples, []string{"A-1"}) {
		t.Fatalf("came back as %+v", h)
	}
}

func TestButtons(t *testing.T) {
	e := editor.New(start(), nil)
	e.AddButton(template.URLButton)
	press(t, e, "Track")
	e.Go(place(template.PartButton, 1, "url"))
	press(t, e, "https://rossi.example")
	e.AddButton(template.QuickReply)
	press(t, e, "Thanks")
	if e.MoveButton(1) || !e.MoveButton(-1) {
		t.Fatal("the last moves up only")
	}
	if b := e.Template().Buttons; b[0].Text != "Thanks" || b[1].Text != "Track" || e.At().Place.N != 1 {
		t.Fatalf("%+v, cursor %v", b, e.At().Place)
	}
	e.Go(place(template.PartButton, 2, editor.Type))
	e.Step(-1)
	if b := e.Template().Buttons[1]; b.Type != template.QuickReply || b.URL != "" {
		t.Fatalf("a quick reply leads nowhere: %+v", b)
	}
	e.Step(1)
	if b := e.Template().Buttons[1]; b.URL != "https://rossi.example" {
		t.Fatalf("the link is lost: %+v", b)
	}
	e.Go(place(template.PartButton, 1, ""))
	e.RemoveButton()
	e.RemoveButton()
	if e.RemoveButton() || len(e.Template().Buttons) != 0 || e.At().Kind != editor.Action {
		t.Fatalf("%+v at %v", e.Template().Buttons, e.At())
	}
}

func TestInsert(t *testing.T) {
	e := editor.New(template.Template{}, nil)
	if e.Insert(editor.Variable{Name: "first_name"}) {
		t.Fatal("a name takes no variable")
	}
	e.Go(body)
	press(t, e, "Hi ")
	e.Insert(editor.Variable{Name: "first_name", Sample: "Anna"})
	press(t, e, ", ")
	e.Insert(editor.Variable{Name: "order", Sample: "A-1"})
	e.Insert(editor.Variable{Name: "1", Sample: "other"})
	if d := e.Template(); d.Body != "Hi {{1}}, {{2}}{{1}}" || !reflect.DeepEqual(d.Samples, []string{"Anna", "A-1"}) {
		t.Fatalf("%q %q", d.Body, d.Samples)
	}
	press(t, e, "ctrl+z", "ctrl+z")
	if d := e.Template(); d.Body != "Hi {{1}}, " {
		t.Fatalf("undone to %q", d.Body)
	}
	named := editor.New(template.Template{Format: template.Named, Body: "Hi {{first_name}} "}, nil)
	named.Go(body)
	named.Input(body).Seek(99)
	named.Insert(editor.Variable{Name: "order", Sample: "A-1"})
	if d := named.Template(); d.Body != "Hi {{first_name}} {{order}}" || !reflect.DeepEqual(d.Samples, []string{"", "A-1"}) {
		t.Fatalf("%q %q", d.Body, d.Samples)
	}
}

func TestLocked(t *testing.T) {
	e := editor.New(start(), lint, template.PartName, template.PartLanguage)
	if e.At().Place.Part != template.PartCategory {
		t.Fatalf("begins at %v", e.At().Place)
	}
	e.Go(place(template.PartName, 0, ""))
	press(t, e, "x", "backspace")
	e.Set(place(template.PartLanguage, 0, ""), "it")
	if d := e.Template(); d.Name != "order_ready" || d.Language != "en" || e.CanUndo() {
		t.Fatalf("changed to %q %q", d.Name, d.Language)
	}
}

// Next walks all findings in the order of the fields, and a rewrite mends the
// one it stands on.
func TestFindings(t *testing.T) {
	d := start()
	d.Name = "Bad-Name"
	d.Body = "Hello {{1}}, your order { {2} } is  ready. Visit https://bit.ly/abc"
	e := editor.New(d, lint)
	all := e.Findings()
	if len(all) < 3 {
		t.Fatalf("only %d findings", len(all))
	}
	seen := map[template.Rule]int{}
	for range all {
		if !e.Next(1) {
			t.Fatal("no next finding")
		}
		f := e.Current()
		seen[f.Rule]++
		if f.Place.Part == template.PartBody && f.End > f.Start && e.Input(body).At() != f.Start {
			t.Errorf("%s begins at %d, cursor at %d", f.Rule, f.Start, e.Input(body).At())
		}
	}
	for _, f := range all {
		if seen[f.Rule] == 0 {
			t.Errorf("%s was left out", f.Rule)
		}
	}
	first := *e.Current()
	e.Next(-1)
	e.Next(1)
	if got := *e.Current(); got.Rule != first.Rule || got.Start != first.Start {
		t.Errorf("back and forth leads from %s to %s", first.Rule, got.Rule)
	}
	for n := 0; e.Next(1) && n < 20; n++ {
		f := *e.Current()
		if f.Fix == nil {
			continue
		}
		if !e.Rewrite() {
			t.Fatalf("no rewrite of %s", f.Rule)
		}
		for _, g := range e.Findings() {
			if g.Rule == f.Rule && g.Place == f.Place && g.Text == f.Text {
				t.Errorf("%s stands there still: %q", f.Rule, g.Text)
			}
		}
		was := e.Template()
		e.Undo()
		e.Redo()
		if !reflect.DeepEqual(was, e.Template()) {
			t.Error("a rewrite cannot be undone and made again")
		}
	}
	if d := e.Template(); d.Name != "bad_name" {
		t.Errorf("name %q", d.Name)
	}
}

// Every finding has a field that shows it, whatever the template.
func TestEveryFindingHasAField(t *testing.T) {
	for _, d := range []template.Template{
		{}, {Header: template.Header{Format: "IMAGE", Text: "left over {{1}}"}, Body: "{{1}}"},
		{Category: template.Authentication, Body: "code {{1}}", Buttons: []template.Button{{Type: template.QuickReply}, {Type: "ODD", Text: "x"}}},
		{Body: strings.Repeat("{{1}}", 200), Footer: strings.Repeat("x", 99), Buttons: make([]template.Button, 12)},
	} {
		e := editor.New(d, lint)
		n := 0
		for _, f := range e.Fields() {
			n += len(e.Under(f.Place))
		}
		if n != len(e.Findings()) || n == 0 {
			t.Errorf("%d findings, %d shown", len(e.Findings()), n)
		}
	}
}

// Whatever is done: fields and inputs say what the document says, the cursor
// stands in a field, all can be undone, and done again.
func TestAnyKeys(t *testing.T) {
	pieces := []string{"a", " ", "{{1}}", "{{name}}", "<<2>>", "}}", "王", "👨‍👩‍👧", "\u202e", "é", "\n", "*b*", "\x00", "مرحبا"}
	moves := []string{"left", "right", "home", "end", "ctrl+w", "backspace", "delete", "ctrl+u", "up", "down"}
	rapid.Check(t, func(rt *rapid.T) {
		e := editor.New(template.Template{Body: rapid.SampledFrom(pieces).Draw(rt, "body")}, lint)
		first := e.Template()
		for range rapid.IntRange(1, 40).Draw(rt, "keys") {
			switch rapid.IntRange(0, 11).Draw(rt, "what") {
			case 0:
				e.Move(rapid.SampledFrom([]int{1, -1}).Draw(rt, "move"))
			case 1:
				e.Step(rapid.SampledFrom([]int{1, -1}).Draw(rt, "step"))
			case 2:
				e.AddButton(rapid.SampledFrom(editor.ButtonTypes).Draw(rt, "type"))
			case 3:
				e.RemoveButton()
			case 4:
				e.MoveButton(rapid.SampledFrom([]int{1, -1}).Draw(rt, "move"))
			case 5:
				e.Insert(editor.Variable{Name: rapid.SampledFrom([]string{"1", "order"}).Draw(rt, "var"), Sample: "s"})
			case 6:
				e.Next(1)
				e.Rewrite()
			case 7:
				press(t, e, rapid.SampledFrom(moves).Draw(rt, "motion"))
			case 8:
				e.Handle(tea.PasteMsg{Content: rapid.SampledFrom(pieces).Draw(rt, "paste")})
			default:
				press(t, e, rapid.SampledFrom(pieces).Draw(rt, "text"))
			}
			at := e.At().Place
			if !e.Go(at) {
				rt.Fatalf("the cursor stands nowhere: %v", at)
			}
			for _, f := range e.Fields() {
				if in := e.Input(f.Place); (in == nil) == f.Text() || in != nil && in.Value() != e.Value(f.Place) {
					rt.Fatalf("%v shows another text than the document", f.Place)
				}
			}
		}
		last := e.Template()
		for e.Undo() {
		}
		if got := e.Template(); got.Body != first.Body || got.Name != first.Name || len(got.Buttons) != len(first.Buttons) || got.Header.Format != first.Header.Format {
			rt.Fatalf("undone to %+v, began with %+v", got, first)
		}
		for e.Redo() {
		}
		if got := e.Template(); !reflect.DeepEqual(got, last) {
			rt.Fatalf("redone to %+v, want %+v", got, last)
		}
	})
}

// BenchmarkKey is one letter in a long text with a library of 250 beside it:
// the field, the document and the linter.
func BenchmarkKey(b *testing.B) {
	starter, err := template.Starter(assets.Templates())
	if err != nil {
		b.Fatal(err)
	}
	lib := template.NewLibrary(starter)
	d := template.Template{Name: "long", Language: "it", Category: template.Marketing, Samples: []string{"Ada"},
		Body: "Ciao {{1}}, " + strings.Repeat("sono arrivate le stoffe invernali e ne abbiamo messa da parte una. ", 15)}
	e := editor.New(d, func(t template.Template) []template.Finding { return linter().Lint(t, template.Context{Library: lib}) })
	e.Go(body)
	for b.Loop() {
		press(b, e, "x", "backspace")
	}
}
