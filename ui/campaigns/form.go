package campaigns

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/segment"
	"bottega/ui/dialog"
	"bottega/ui/kit"
)

// labelWidth is the column of the fields' names.
const labelWidth = 16

// input is the text field under the cursor, nil when there is none.
func (w *wizard) input() *kit.Input {
	if f := w.field(); f != nil {
		return f.in
	}
	return nil
}

// field is the line under the cursor, nil on the last step.
func (w *wizard) field() *field {
	fs := w.fields()
	if len(fs) == 0 {
		return nil
	}
	w.cur[w.step] = max(0, min(w.cur[w.step], len(fs)-1))
	return &fs[w.cur[w.step]]
}

// move steps through the lines of a step.
func (w *wizard) move(n int) tea.Cmd {
	if w.step == stepCheck {
		return w.moveCheck(n)
	}
	w.cur[w.step] = max(0, min(w.cur[w.step]+n, len(w.fields())-1))
	w.propose()
	return nil
}

// choose does what enter does on a line.
func (w *wizard) choose() tea.Cmd {
	if w.step == stepCheck {
		return w.chooseCheck()
	}
	switch f := w.field(); {
	case f == nil:
		return nil
	case f.do != nil:
		return f.do()
	case w.cur[w.step] == len(w.fields())-1:
		return w.goTo(w.step + 1)
	}
	return w.move(1)
}

// typed gives the text field a key or a paste.
func (w *wizard) typed(msg tea.Msg) (bool, tea.Cmd) {
	in := w.input()
	if in == nil {
		return false, nil
	}
	rev := in.Rev()
	if !in.Handle(msg) {
		return false, nil
	}
	if in.Rev() != rev && (in == &w.who || in == &w.not) {
		return true, w.read()
	}
	w.propose()
	return true, nil
}

// propose works out how the expression being typed may go on.
func (w *wizard) propose() {
	w.offered, w.offer = nil, 0
	in := w.input()
	if w.world == nil || in == nil || in != &w.who && in != &w.not || in.Empty() {
		return
	}
	bad := w.bad[0]
	if in == &w.not {
		bad = w.bad[1]
	}
	if bad != nil && bad.Suggest != "" {
		w.offered = []segment.Completion{{Start: bad.At, Text: bad.Suggest}}
		return
	}
	w.offered = segment.Complete(in.Value(), in.At(), w.world.schema, w.world.members)
	if len(w.offered) == 1 && strings.HasSuffix(in.Value(), w.offered[0].Text) {
		w.offered = nil
	}
}

// complete puts the first proposal in; without one it goes to the next line.
func (w *wizard) complete() tea.Cmd {
	in := w.input()
	if len(w.offered) == 0 || in == nil {
		return w.move(1)
	}
	o, to := w.offered[0], in.At()
	if bad := w.bad[0]; in == &w.who && bad != nil && bad.Suggest != "" {
		to = bad.End
	}
	if bad := w.bad[1]; in == &w.not && bad != nil && bad.Suggest != "" {
		to = bad.End
	}
	in.Splice(o.Start, to, o.Text)
	return w.read()
}

// lines draws the wizard: its steps, the fields, and what belongs to them.
func (w *wizard) lines(b *brush, width, h int) []string {
	a := w.p.area
	var out []string
	if a.Steps.H > 0 {
		out = append(out, w.stepLine(b, width), dialog.Rule(w.p.env, width))
	}
	var body []string
	if w.step == stepCheck {
		body = w.checkLines(b, a.Fields.W, a.Fields.H)
	} else {
		body = w.fieldLines(b, a.Fields.W, a.Fields.H)
	}
	if a.Beside.W > 0 {
		beside := kit.Pad(w.beside(b, a.Beside.W), a.Beside.W, a.Beside.H)
		body = kit.Zip(body, kit.Column(b.Line.Render("│"), a.Rule.H), beside)
	}
	return kit.Pad(append(out, body...), width, h)
}

// stepLine names the steps, the one shown in bold, those done with a tick.
func (w *wizard) stepLine(b *brush, width int) string {
	short := width < 60
	s, n := " ", 1
	for i := range steps {
		word := b.words.T(i.word())
		sign, ink := "○", b.Faint
		switch {
		case i == w.step:
			sign, ink = "●", b.Title
		case i < w.step && w.lacks(i) != "":
			sign, ink = "!", b.Soon
		case i < w.step:
			sign, ink = "✓", b.Muted
		}
		part := sign + " " + word
		if short && i != w.step {
			part = sign
		}
		gap := "  "
		if i > 0 && !short {
			gap = b.Line.Render(" ─ ")
			n++
		}
		if i == 0 {
			gap = ""
		}
		n += kit.Width(part) + 2
		s += gap + ink.Render(part)
	}
	right := ""
	if name := w.kept().c.Name; name != "" && n+kit.Width(name)+4 < width {
		right = b.Faint.Render(kit.CleanLine(name) + " ")
	}
	return kit.Ends(s, right, width)
}

// fieldLines draws the fields of a step and remembers which line is whose.
func (w *wizard) fieldLines(b *brush, width, h int) []string {
	fs := w.fields()
	w.drawn = w.drawn[:0]
	var ls []string
	add := func(i int, s string) {
		ls = append(ls, kit.Fit(s, width))
		w.drawn = append(w.drawn, i)
	}
	at, end := 0, 0
	airy, told := h >= 3*len(fs), h >= len(fs)+noteLines(fs, width) // room for a gap below each, for all notes
	for i := range fs {
		f := &fs[i]
		on := i == w.cur[w.step]
		if on {
			at = len(ls)
		}
		add(i, w.fieldLine(b, f, on, width))
		ink := b.Faint
		if f.wrong {
			ink = b.Soon
		}
		if f.note != "" && (on || airy || told || f.wrong || f.in != nil) {
			for _, l := range f.notes(width) {
				add(i, kit.Spaces(labelWidth+3)+ink.Render(l))
			}
		}
		if on && len(w.offered) > 0 {
			add(i, w.offerLine(b, width))
		}
		if on {
			end = len(ls)
		}
		if airy {
			add(-1, "")
		}
	}
	w.top = max(0, min(w.top, len(ls)-h, at))
	if end > w.top+h {
		w.top = end - h
	}
	w.drawn = w.drawn[w.top:]
	return kit.Pad(ls[w.top:min(len(ls), w.top+h)], width, h)
}

// notes are the lines of a field's note.
func (f *field) notes(width int) []string {
	if f.note == "" {
		return nil
	}
	return kit.Wrap(f.note, max(1, width-labelWidth-4))
}

// noteLines counts those of all fields.
func noteLines(fs []field, width int) (n int) {
	for i := range fs {
		n += len(fs[i].notes(width))
	}
	return n
}

// fieldLine draws a field: its name, then the text or the value.
func (w *wizard) fieldLine(b *brush, f *field, on bool, width int) string {
	mark, ink := "  ", b.Muted
	if on {
		mark, ink = b.Accent.Render("▌ "), b.Strong
	}
	label := f.name
	if label == "" {
		label = b.words.T(f.label)
	}
	lead := mark + ink.Render(kit.Fit(label, labelWidth)) + " "
	room := max(1, width-labelWidth-4)
	if f.in == nil {
		return lead + f.value
	}
	f.in.Placeholder = b.words.T(f.hint)
	return lead + f.in.Lines(room, 1, kit.InputStyle{Text: b.Text, Hint: b.Hint})[0]
}

// offerLine shows how what is typed may go on.
func (w *wizard) offerLine(b *brush, width int) string {
	s, n := kit.Spaces(labelWidth+3)+b.Key.Render("⇥")+" ", labelWidth+5
	for i, o := range w.offered {
		t, ink := kit.CleanLine(o.Text), b.Muted
		if i == 0 {
			ink = b.Title
		}
		if n += kit.Width(t) + 2; n > width {
			break
		}
		s += ink.Render(t) + "  "
	}
	return s
}

// cursor stands in the text field, in the pane's cells.
func (w *wizard) cursor() *tea.Cursor {
	in := w.input()
	a := w.p.area.Fields
	if in == nil || a.W == 0 {
		return nil
	}
	for y, i := range w.drawn {
		if i == w.cur[w.step] && y < a.H {
			x, _ := in.Cursor(max(1, a.W-labelWidth-4))
			return tea.NewCursor(a.X+min(labelWidth+3+x, max(0, a.W-1)), a.Y+y)
		}
	}
	return nil
}

// click chooses the field on a line of the fields.
func (w *wizard) click(x, y int) tea.Cmd {
	if w.step == stepCheck {
		return w.clickCheck(y)
	}
	if y >= len(w.drawn) || w.drawn[y] < 0 {
		return nil
	}
	again := w.cur[w.step] == w.drawn[y]
	w.cur[w.step] = w.drawn[y]
	w.propose()
	f := w.field()
	if f.in != nil {
		f.in.Click(x-labelWidth-3, 0, max(1, w.p.area.Fields.W-labelWidth-4))
		return nil
	}
	if again && f.do != nil {
		return f.do()
	}
	return nil
}

// clickStep shows the step that was clicked, by its place in the line.
func (w *wizard) clickStep(x int) tea.Cmd {
	at := 1
	for i := range steps {
		n := 2 + kit.Width(w.p.env.Words.T(i.word())) + 3
		if w.p.area.Steps.W < 60 {
			n = 3
			if i == w.step {
				n += 1 + kit.Width(w.p.env.Words.T(i.word()))
			}
		}
		if x >= at && x < at+n-2 {
			return w.goTo(i)
		}
		at += n
	}
	return nil
}
