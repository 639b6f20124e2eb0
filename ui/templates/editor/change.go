package editor

import (
	"slices"
	"strconv"
	"strings"

	"bottega/core/template"
	"bottega/ui/kit"
)

// maxSteps bounds the history.
const maxSteps = 500

// step is a state of the document and of the cursor in it.
type step struct {
	doc template.Template
	at  template.Place
	run int // runes before the cursor in its field
}

func (e *Editor) snap() step {
	s := step{doc: clone(e.doc), at: e.at}
	if in := e.inputs[e.at]; in != nil {
		s.run = in.At()
	}
	return s
}

// keep notes the state before a change; glued changes share one step.
func (e *Editor) keep(before step, glued bool) {
	e.redo = nil
	if glued && len(e.undo) > 0 {
		return
	}
	e.glue = 0
	e.undo = append(e.undo, before)
	if len(e.undo) > maxSteps {
		e.undo = slices.Delete(e.undo, 0, len(e.undo)-maxSteps)
	}
}

// Undo takes the last change back, Redo makes it again; both report whether
// there was one. The cursor goes where it was.
func (e *Editor) Undo() bool { return e.back(&e.undo, &e.redo) }

// Redo makes a change again that was taken back.
func (e *Editor) Redo() bool { return e.back(&e.redo, &e.undo) }

func (e *Editor) back(from, to *[]step) bool {
	n := len(*from)
	if n == 0 {
		return false
	}
	*to = append(*to, e.snap())
	s := (*from)[n-1]
	*from = (*from)[:n-1]
	e.glue = 0
	e.doc = clone(s.doc)
	e.learn()
	e.refresh()
	e.Go(s.at)
	if in := e.inputs[e.at]; in != nil {
		in.Seek(s.run)
	}
	return true
}

// CanUndo and CanRedo report whether there is something to take back or to
// make again.
func (e *Editor) CanUndo() bool { return len(e.undo) > 0 }

// CanRedo reports whether a change was taken back and nothing came after it.
func (e *Editor) CanRedo() bool { return len(e.redo) > 0 }

// AddButton puts one more button at the end and the cursor on its type.
func (e *Editor) AddButton(kind string) {
	e.keep(e.snap(), false)
	e.doc.Buttons = append(e.doc.Buttons, template.Button{Type: kind})
	e.refresh()
	e.Go(template.Place{Part: template.PartButton, N: len(e.doc.Buttons), Field: ""})
}

// RemoveButton takes the button under the cursor away; false when there is none.
func (e *Editor) RemoveButton() bool {
	n := e.button()
	if n < 0 {
		return false
	}
	e.keep(e.snap(), false)
	e.doc.Buttons = slices.Delete(e.doc.Buttons, n, n+1)
	field := e.at.Field
	e.inputs = map[template.Place]*kit.Input{} // they are numbered: all of them move up
	e.refresh()
	if !e.Go(template.Place{Part: template.PartButton, N: min(n+1, len(e.doc.Buttons)), Field: field}) {
		e.Go(template.Place{Part: template.PartButton, Field: Add})
	}
	return true
}

// MoveButton changes the button under the cursor with its neighbour.
func (e *Editor) MoveButton(d int) bool {
	n := e.button()
	if n < 0 || n+d < 0 || n+d >= len(e.doc.Buttons) {
		return false
	}
	e.keep(e.snap(), false)
	e.doc.Buttons[n], e.doc.Buttons[n+d] = e.doc.Buttons[n+d], e.doc.Buttons[n]
	field := e.at.Field
	e.refresh()
	return e.Go(template.Place{Part: template.PartButton, N: n + d + 1, Field: field})
}

// button is the index of the button under the cursor, -1 for none.
func (e *Editor) button() int {
	if e.at.Part != template.PartButton || e.at.N < 1 || e.at.N > len(e.doc.Buttons) {
		return -1
	}
	return e.at.N - 1
}

// Variable is one that may be inserted, with a sample for it.
type Variable struct{ Name, Sample string }

// Takes reports whether a variable can be inserted at the cursor: in a header
// of text, the body, or a button's link.
func (e *Editor) Takes() bool {
	p := e.at
	return !e.At().Locked && (p.Part == template.PartBody || p.Part == template.PartHeader && p.Field == "" ||
		p.Part == template.PartButton && p.Field == url)
}

// Insert puts a variable at the cursor. One that the text does not have yet
// gets its sample. In a template that counts its variables a name becomes the
// next number.
func (e *Editor) Insert(v Variable) bool {
	if !e.Takes() {
		return false
	}
	before, in := e.snap(), e.inputs[e.at]
	text, field := in.Value(), ""
	if e.at.Part == template.PartHeader {
		field = string(template.PartHeader)
	}
	name := v.Name
	if !e.Named() && !isNumber(name) {
		name = strconv.Itoa(next(text))
	}
	fresh := !slices.Contains(template.Names(text), name)
	in.Insert("{{" + name + "}}")
	if in.Value() == text { // the field is full
		return false
	}
	e.keep(before, false)
	if fresh && v.Sample != "" && e.at.Part != template.PartButton {
		e.samples[sampleKey{field, name}] = v.Sample
	}
	if fresh && e.at.Part == template.PartButton {
		e.doc.Buttons[e.at.N-1].Example = v.Sample
	}
	e.write(e.at, in)
	return true
}

// Named reports whether the template calls its variables by names: as its
// first one does, or as it says while it has none.
func (e *Editor) Named() bool {
	if ns := slices.Concat(template.Names(e.doc.Body), template.Names(e.doc.Header.Text)); len(ns) > 0 {
		return !isNumber(ns[0])
	}
	return e.doc.Format == template.Named
}

// Used are the variables of the field under the cursor with their samples.
func (e *Editor) Used() []Variable {
	field := ""
	if e.at.Part == template.PartHeader {
		field = string(template.PartHeader)
	}
	var out []Variable
	for _, n := range template.Names(get(&e.doc, e.at)) {
		out = append(out, Variable{n, e.samples[sampleKey{field, n}]})
	}
	return out
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// next is the first number that a text does not use.
func next(text string) int {
	names := template.Names(text)
	for n := 1; ; n++ {
		if !slices.Contains(names, strconv.Itoa(n)) {
			return n
		}
	}
}

// Replace gives the field under the cursor another text, as $EDITOR returns
// it, as one step; false when the cursor is on no text.
func (e *Editor) Replace(p template.Place, text string) bool {
	in := e.inputs[p]
	f, ok := e.field(p)
	if in == nil || !ok || f.Locked {
		return false
	}
	before := e.snap()
	was := in.Value()
	in.SetValue(text)
	if in.Value() == was {
		return false
	}
	e.keep(before, false)
	e.write(p, in)
	return true
}

// OnButton reports whether the cursor is on a button.
func (e *Editor) OnButton() bool { return e.button() >= 0 }
