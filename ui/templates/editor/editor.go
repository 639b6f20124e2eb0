// Package editor is a template being written: its fields, the one with the
// cursor, what the linter says of it, its history. It draws nothing and asks
// nobody, so that every key can be tested without a screen.
//
// The document is the one truth. A field's input is filled from it and
// written back to it after each key; undo and rewrites change the document
// and every input follows.
package editor

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/template"
	"bottega/ui/kit"
)

// Lint judges a document; it runs with every key and must be quick.
type Lint func(template.Template) []template.Finding

// Editor is one template being edited. Make it with New; it is not safe for
// concurrent use.
type Editor struct {
	doc     template.Template
	samples map[sampleKey]string // by variable, also of those just removed
	lint    Lint
	locked  map[template.Part]bool
	aside   string // the header's text while there is a picture

	fields []Field
	at     template.Place
	inputs map[template.Place]*kit.Input
	found  []template.Finding
	fix    int // index in found of the one that Next stands on, -1 for none

	undo, redo []step
	glue       run // the next letter belongs to the same step
	rev        int
}

type sampleKey struct {
	field, name string // field "" is the body, "header" the header
}

// handle is the key of the sample file of a header that is a file.
var handle = sampleKey{field: string(template.PartHeader)}

// New opens a template for editing. Parts in locked are shown and cannot be
// changed: a new version keeps its name and language.
func New(t template.Template, lint Lint, locked ...template.Part) *Editor {
	e := &Editor{lint: lint, samples: map[sampleKey]string{}, inputs: map[template.Place]*kit.Input{}, locked: map[template.Part]bool{}, fix: -1}
	for _, p := range locked {
		e.locked[p] = true
	}
	e.doc = clone(t)
	e.learn()
	e.recall()
	e.refresh()
	e.at = e.fields[0].Place
	for _, f := range e.fields {
		if !f.Locked {
			e.at = f.Place
			break
		}
	}
	return e
}

// Template is the document as it stands: samples in order, and of each button
// only what its type has.
func (e *Editor) Template() template.Template {
	t := clone(e.doc)
	if e.Named() {
		t.Format = template.Named
	} else if t.Format == template.Named {
		t.Format = template.Positional
	}
	for i, b := range t.Buttons {
		kept := template.Button{Type: b.Type, Text: b.Text}
		switch b.Type {
		case template.URLButton:
			kept.URL = b.URL
			if len(template.Vars(b.URL)) > 0 {
				kept.Example = b.Example
			}
		case template.PhoneButton:
			kept.Phone = b.Phone
		case template.CopyCode:
			kept.Example = b.Example
		}
		t.Buttons[i] = kept
	}
	return t
}

// Rev grows with every change of the document.
func (e *Editor) Rev() int { return e.rev }

// Fields are the fields there are now, in order.
func (e *Editor) Fields() []Field { return e.fields }

// At is the field with the cursor.
func (e *Editor) At() Field {
	for _, f := range e.fields {
		if f.Place == e.at {
			return f
		}
	}
	return e.fields[0]
}

// Input is the text field of a place, nil for a choice.
func (e *Editor) Input(p template.Place) *kit.Input { return e.inputs[p] }

// Value is the text of a place.
func (e *Editor) Value(p template.Place) string { return get(&e.doc, p) }

// Go puts the cursor into a field and reports whether there is such a one.
func (e *Editor) Go(p template.Place) bool {
	if !slices.ContainsFunc(e.fields, func(f Field) bool { return f.Place == p }) {
		return false
	}
	if e.at != p {
		e.at, e.glue, e.fix = p, 0, -1
	}
	return true
}

// Move steps to the next (1) or previous (-1) field; round at the ends.
func (e *Editor) Move(d int) {
	i := slices.IndexFunc(e.fields, func(f Field) bool { return f.Place == e.at })
	n := len(e.fields)
	e.Go(e.fields[((i+d)%n+n)%n].Place)
}

// Handle gives a key or a paste to the field with the cursor and reports
// whether it was used.
func (e *Editor) Handle(msg tea.Msg) (used bool) {
	in, f := e.inputs[e.at], e.At()
	if k, ok := msg.(tea.KeyPressMsg); ok {
		switch k.String() {
		case "ctrl+z", "ctrl+_":
			e.Undo()
			return true
		case "ctrl+shift+z", "alt+z":
			e.Redo()
			return true
		}
	}
	if in == nil || f.Locked {
		return false
	}
	before, rev := e.snap(), in.Rev()
	if !in.Handle(msg) {
		return false
	}
	if in.Rev() == rev {
		e.glue = 0
		return true
	}
	kind := typing(msg)
	e.keep(before, kind != 0 && kind == e.glue || kind == blank && e.glue == letters)
	e.glue = kind
	e.write(f.Place, in)
	return true
}

// run is what is typed in a row and undone at once: a word with the space
// behind it, or what was erased.
type run uint8

const (
	letters run = iota + 1
	blank
	erased
)

// typing is the run that a key belongs to, 0 for none.
func typing(msg tea.Msg) run {
	k, ok := msg.(tea.KeyPressMsg)
	switch {
	case !ok:
	case k.String() == "backspace", k.String() == "delete":
		return erased
	case len([]rune(k.Text)) != 1:
	case strings.TrimSpace(k.Text) == "":
		return blank
	default:
		return letters
	}
	return 0
}

// write takes a field's text into the document, in the spelling that is
// stored: <<1>> becomes {{1}}, a name has small letters and no spaces.
func (e *Editor) write(p template.Place, in *kit.Input) {
	v := in.Value()
	switch p.Part {
	case template.PartName:
		v = strings.ToLower(strings.ReplaceAll(v, " ", "_"))
	case template.PartHeader, template.PartBody, template.PartButton:
		v = template.Braces(v)
	}
	if v != in.Value() {
		at := in.At()
		in.SetValue(v)
		in.Seek(at)
	}
	e.set(p, v)
}

// Set gives a field a value, as one step.
func (e *Editor) Set(p template.Place, v string) {
	if f, ok := e.field(p); !ok || f.Locked || get(&e.doc, p) == v {
		return
	}
	e.keep(e.snap(), false)
	e.set(p, v)
}

func (e *Editor) field(p template.Place) (Field, bool) {
	i := slices.IndexFunc(e.fields, func(f Field) bool { return f.Place == p })
	if i < 0 {
		return Field{}, false
	}
	return e.fields[i], true
}

// set changes the document; samples follow their variables by name.
func (e *Editor) set(p template.Place, v string) {
	if p == (template.Place{Part: template.PartHeader, Field: Format}) {
		e.swapHeader(v)
	}
	e.store(p, v)
	e.refresh()
}

// store writes one text of the document and gives its variables their samples.
func (e *Editor) store(p template.Place, v string) {
	if p.Part != template.PartSample {
		put(&e.doc, p, v)
	} else if p == fileSample && e.doc.Header.File() {
		e.samples[handle] = v
	} else if names := template.Names(e.textOf(p.Field)); p.N >= 1 && p.N <= len(names) {
		e.samples[sampleKey{p.Field, names[p.N-1]}] = v
	}
	e.recall()
}

// swapHeader puts the header's text aside when a picture takes its place, and
// back again.
func (e *Editor) swapHeader(format string) {
	if e.doc.Header.Text != "" {
		e.aside = e.doc.Header.Text
	}
	e.doc.Header.Text = ""
	if format == template.HeaderText {
		e.doc.Header.Text = e.aside
	}
}

// textOf is the text whose samples a field names.
func (e *Editor) textOf(field string) string {
	if field == string(template.PartHeader) {
		return e.doc.Header.Text
	}
	return e.doc.Body
}

// learn notes the document's samples by the names of their variables.
func (e *Editor) learn() {
	if e.doc.Header.File() && len(e.doc.Header.Samples) > 0 {
		e.samples[handle] = e.doc.Header.Samples[0]
	}
	for _, p := range []struct {
		field, text string
		samples     []string
	}{{"", e.doc.Body, e.doc.Samples}, {string(template.PartHeader), e.doc.Header.Text, e.doc.Header.Samples}} {
		for i, n := range template.Names(p.text) {
			if i < len(p.samples) {
				e.samples[sampleKey{p.field, n}] = p.samples[i]
			}
		}
	}
}

// recall gives each variable that there is its sample, in order.
func (e *Editor) recall() {
	fill := func(field, text string) []string {
		var out []string
		for _, n := range template.Names(text) {
			out = append(out, e.samples[sampleKey{field, n}])
		}
		return out
	}
	e.doc.Samples = fill("", e.doc.Body)
	e.doc.Header.Samples = nil
	if e.doc.Header.File() && e.samples[handle] != "" {
		e.doc.Header.Samples = []string{e.samples[handle]}
	}
	if e.doc.Header.Format == template.HeaderText {
		e.doc.Header.Samples = fill(string(template.PartHeader), e.doc.Header.Text)
	}
	e.doc.Sampled = true
}

// refresh makes fields, inputs and findings fit the document.
func (e *Editor) refresh() {
	e.rev++
	e.fields = fieldsOf(&e.doc, e.locked)
	inputs := make(map[template.Place]*kit.Input, len(e.fields))
	for _, f := range e.fields {
		if !f.Text() {
			continue
		}
		in, known := e.inputs[f.Place]
		if !known {
			in = &kit.Input{Multi: f.Kind == Area, MaxLines: f.lines(), Limit: f.limit()}
		}
		if v := get(&e.doc, f.Place); in.Value() != v {
			at := in.At()
			in.SetValue(v)
			if known {
				in.Seek(at)
			}
			if legal := in.Value(); legal != v { // what cannot be seen is not kept
				e.store(f.Place, legal)
			}
		}
		inputs[f.Place] = in
	}
	e.inputs = inputs
	e.fix = -1
	e.Judge()
	if _, ok := e.field(e.at); !ok && len(e.fields) > 0 {
		e.at = e.nearest(e.at)
	}
}

// nearest is where the cursor goes when its field has gone: the field of the
// same part before it, else the first one.
func (e *Editor) nearest(p template.Place) template.Place {
	best := e.fields[0].Place
	for _, f := range e.fields {
		if f.Place.Part == p.Part && f.Place.N <= p.N && f.Kind != Action || p.Part == template.PartSample && f.Place.Part == template.PartBody {
			best = f.Place
		}
	}
	return best
}

// Judge lints the document again, after something beside it has changed.
func (e *Editor) Judge() {
	var at template.Finding
	if e.fix >= 0 {
		at = e.found[e.fix]
	}
	e.found = nil
	if e.lint != nil {
		e.found = e.lint(e.Template().Submitted())
	}
	e.fix = slices.IndexFunc(e.found, func(f template.Finding) bool {
		return e.fix >= 0 && f.Rule == at.Rule && f.Place == at.Place && f.Start == at.Start
	})
}

func clone(t template.Template) template.Template {
	t.Samples, t.Header.Samples = slices.Clone(t.Samples), slices.Clone(t.Header.Samples)
	t.Buttons, t.Library = slices.Clone(t.Buttons), nil
	return t
}

// Skip steps over n fields and stops at the ends.
func (e *Editor) Skip(n int) {
	i := slices.IndexFunc(e.fields, func(f Field) bool { return f.Place == e.at })
	e.Go(e.fields[max(0, min(i+n, len(e.fields)-1))].Place)
}
