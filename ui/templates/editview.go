package templates

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/phone"
	"bottega/ui/templates/editor"
	"bottega/ui/text"
)

// lineOf tells what stands on a line of the fields: which field, and which
// line of its input, -1 for none.
type lineOf struct {
	place template.Place
	input int
}

// desk is the column of fields while it is drawn.
type desk struct {
	*brush
	s     *session
	w     int
	label int  // width of the labels; 0 puts them above
	tall  int  // most lines of the body
	roomy bool // every finding may have the lines it takes
	most  template.Measures
	lines []string
	of    []lineOf
	from  int // first line of the field with the cursor
	to    int // line behind it
}

func (p *Pane) editLines(b *brush, w, h int) []string {
	a, s := p.area, p.edit
	if s == nil {
		return kit.Pad(nil, w, h)
	}
	most := p.t.Linter.Measure(s.e.Template())
	var ls []string
	if a.Strip.H > 0 {
		ls = append(ls, p.strip(b, w), b.Line.Render(strings.Repeat("─", w)))
	}
	var cols [][]string
	if a.Fields.W > 0 {
		cols = append(cols, p.fieldLines(b, most, a.Fields))
	}
	if a.Rule.W > 0 {
		cols = append(cols, kit.Column(b.Line.Render("│"), a.Rule.H))
	}
	if a.Phone.W > 0 {
		cols = append(cols, p.phoneLines(b, most, a.Phone))
	}
	return kit.Pad(append(ls, kit.Zip(cols...)...), w, h)
}

// strip names what is edited, counts what is wrong and tells whether it is kept.
func (p *Pane) strip(b *brush, w int) string {
	s := p.edit
	t := s.e.Template()
	left := " " + b.Strong.Render(kit.CleanLine(t.Name)) + " " + b.Tag.Render(kit.CleanLine(t.Language))
	if s.stored.Version > 1 {
		left += " " + b.Faint.Render("v"+strconv.Itoa(s.stored.Version))
	}
	now, dirty := s.draft()
	kept := b.Good.Render("✓ " + b.words.T(text.TplKept))
	switch {
	case p.d.ReadOnly:
		kept = b.Late.Render("✗ " + b.words.T(text.TplNotKept))
	case s.err == nil && p.clash(&now):
		kept = b.Late.Render("! " + b.words.T(text.TplNameTaken))
	case s.err != nil:
		kept = b.Bad.Render("✗ " + b.words.T(text.TplNotKept))
	case dirty:
		kept = b.Faint.Render("… " + b.words.T(text.TplKeeping))
	}
	tally := b.tally(s.e.Findings())
	if tally == "" {
		tally = b.Good.Render("✓ " + b.words.T(text.TplNoFindings))
	}
	return kit.Ends(left, tally+b.Faint.Render("  ")+kept+" ", w)
}

// fieldLines draws the fields and scrolls so that the one with the cursor is
// whole, or as much of it as there is room for.
func (p *Pane) fieldLines(b *brush, most template.Measures, a kit.Rect) []string {
	s := p.edit
	d := &desk{brush: b, s: s, w: a.W, most: most, tall: max(3, min(12, a.H/2)), roomy: a.H >= roomyHeight}
	d.label = labelWidth(a.W)
	for _, f := range s.e.Fields() {
		at := f.Place == s.e.At().Place
		if at {
			d.from = len(d.lines)
		}
		d.field(f, at)
		if at {
			d.to = len(d.lines)
		}
	}
	top := max(0, min(s.top, len(d.lines)-a.H))
	if d.to > top+a.H {
		top = d.to - a.H
	}
	if d.from < top {
		top = d.from
	}
	s.top = top
	end := min(len(d.lines), top+a.H)
	s.lines = append(s.lines[:0], d.of[top:end]...)
	return kit.Pad(d.lines[top:end:end], a.W, a.H)
}

// roomyHeight is the height from which findings beside the current one are not
// cut to one line.
const roomyHeight = 30

func (d *desk) put(s string, of lineOf) {
	d.lines = append(d.lines, kit.Fit(s, d.w))
	d.of = append(d.of, of)
}

// field draws one field with what the linter says of it.
func (d *desk) field(f editor.Field, at bool) {
	none := lineOf{f.Place, -1}
	if d.begins(f) && len(d.lines) > 0 {
		d.put("", lineOf{input: -1})
	}
	name, count := d.name(f), d.count(f)
	mark, ink := "  ", d.Muted
	if at {
		mark, ink = d.Accent.Render("▌ "), d.Title
	}
	label := mark + kit.Ends(ink.Render(name), count, max(1, d.label-3)) + " "
	tw := d.w - d.label - 1
	if d.label == 0 {
		d.put(mark+kit.Ends(ink.Render(name), count, d.w-3), none)
		label, tw = "  ", d.w-3
	}
	indent := kit.Spaces(kit.Width(label))
	for i, l := range d.value(f, at, max(1, tw)) {
		if i > 0 {
			label = indent
		}
		n := -1
		if f.Text() {
			n = i
		}
		d.put(label+l, lineOf{f.Place, n})
	}
	d.findings(f, at, indent, max(1, tw))
}

// begins reports the fields that have air above them.
func (d *desk) begins(f editor.Field) bool {
	p := f.Place
	return p.Part == template.PartHeader && p.Field == editor.Format || p.Part == template.PartBody ||
		p.Part == template.PartFooter || p.Part == template.PartButton && (p.Field == editor.Type || p.Field == editor.Add)
}

// name is a field's label.
func (d *desk) name(f editor.Field) string {
	p, t := f.Place, d.words
	switch {
	case p.Part == template.PartSample && f.Of == "":
		return "  " + t.T(text.TplFieldFile)
	case f.Of != "":
		return "  {{" + kit.CleanLine(f.Of) + "}}"
	case p.Part == template.PartHeader && p.Field == "":
		return "  " + t.T(text.TplFieldText)
	case p.Part != template.PartButton:
		return d.place(p)
	case p.Field == editor.Add:
		return t.T(text.TplFieldButtons)
	case p.Field == editor.Type:
		return t.T(text.TplFieldButton, "N", t.Num(p.N))
	case p.Field == "":
		return "  " + t.T(text.TplFieldLabel)
	case p.Field == "url":
		return "  " + t.T(text.TplFieldURL)
	case p.Field == "phone":
		return "  " + t.T(text.TplFieldPhone)
	}
	return "  " + t.T(text.TplFieldExample)
}

// count is how much of a field's limit is used, red beyond it.
func (d *desk) count(f editor.Field) string {
	n, most := 0, 0
	switch p := f.Place; {
	case p.Part == template.PartBody:
		n, most = d.most.Body, d.most.BodyMax
	case p.Part == template.PartHeader && p.Field == "":
		n, most = d.most.Header, d.most.HeaderMax
	case p.Part == template.PartFooter:
		n, most = d.most.Footer, d.most.FooterMax
	case p.Part == template.PartButton && p.Field == "":
		n, most = len([]rune(d.s.e.Value(p))), d.most.LabelMax
	case p.Part == template.PartButton && p.Field == editor.Add:
		n, most = d.most.Buttons, d.most.ButtonsMax
	}
	if most == 0 {
		return ""
	}
	ink := d.Faint
	if n > most {
		ink = d.Bad
	}
	return ink.Render(strconv.Itoa(n) + "/" + strconv.Itoa(most))
}

// value draws what a field holds.
func (d *desk) value(f editor.Field, at bool, w int) []string {
	v := d.s.e.Value(f.Place)
	switch f.Kind {
	case editor.Line, editor.Area:
		in := d.s.e.Input(f.Place)
		if f.Kind == editor.Area {
			in.MaxLines = d.tall
		}
		in.Placeholder = d.hint(f)
		st := kit.InputStyle{Text: d.Text, Hint: d.Hint}
		if f.Locked {
			st.Text = d.Faint
		}
		for _, x := range d.s.e.Findings() {
			if x.Place == f.Place && x.End > x.Start {
				_, ink := d.severity(x.Severity)
				st.Spans = append(st.Spans, kit.InputSpan{From: x.Start, To: x.End, Ink: ink.With(d.Under)})
			}
		}
		return in.Lines(w, in.Height(w), st)
	case editor.Action:
		return []string{d.Faint.Render(kit.Fit("+ "+d.words.T(text.TplAddButton), w))}
	}
	s := d.choice(f, v)
	if at && !f.Locked {
		if f.Kind == editor.Choice {
			s = d.Accent.Render("‹ ") + d.Strong.Render(s) + d.Accent.Render(" ›")
		} else {
			s = d.Strong.Render(s) + d.Accent.Render(" ▾")
		}
	} else if f.Locked {
		s = d.Faint.Render(s)
	} else {
		s = d.Text.Render(s)
	}
	return []string{kit.Fit(s, w)}
}

// choice names the value of a choice.
func (d *desk) choice(f editor.Field, v string) string {
	t := d.words
	switch {
	case f.Place.Part == template.PartCategory:
		return d.category(v)
	case f.Place.Part == template.PartLanguage:
		if v == "" {
			return "…"
		}
		return kit.CleanLine(t.Language(v) + " · " + v)
	case f.Place.Part == template.PartButton:
		return phone.Sign(v) + " " + d.buttonType(v)
	}
	switch v {
	case "":
		return t.T(text.TplHeaderNone)
	case template.HeaderText:
		return t.T(text.TplHeaderText)
	case "IMAGE":
		return t.T(text.PhoneImage)
	case "VIDEO":
		return t.T(text.PhoneVideo)
	case "DOCUMENT":
		return t.T(text.PhoneDocument)
	case "LOCATION":
		return t.T(text.PhoneLocation)
	}
	return kit.CleanLine(v)
}

func (d *desk) buttonType(v string) string {
	switch v {
	case template.QuickReply:
		return d.words.T(text.TplButtonReply)
	case template.URLButton:
		return d.words.T(text.TplButtonURL)
	case template.PhoneButton:
		return d.words.T(text.TplButtonPhone)
	case template.CopyCode:
		return d.words.T(text.TplButtonCode)
	}
	return kit.CleanLine(v)
}

// hint stands in an empty field.
func (d *desk) hint(f editor.Field) string {
	switch p := f.Place; {
	case p.Part == template.PartSample && f.Of == "":
		return d.words.T(text.TplHintFile)
	case f.Of != "":
		return d.words.T(text.TplHintSample)
	case p.Part == template.PartName:
		return d.words.T(text.TplHintName)
	case p.Part == template.PartBody:
		return d.words.T(text.TplHintBody)
	case p.Part == template.PartFooter:
		return d.words.T(text.TplHintFooter)
	case p.Part == template.PartButton && p.Field == "url":
		return "https://…/{{1}}"
	case p.Part == template.PartButton && p.Field == "phone":
		return "+39…"
	}
	return ""
}

// editCursor is in the field being written, where its line is on the screen.
func (p *Pane) editCursor() *tea.Cursor {
	s, a := p.edit, p.area.Fields
	if s == nil || a.W == 0 {
		return nil
	}
	f := s.e.At()
	in := s.e.Input(f.Place)
	for y, l := range s.lines {
		if l.place != f.Place {
			continue
		}
		if in == nil || f.Locked {
			return tea.NewCursor(a.X, a.Y+y) // plain letters are no keys of the app here
		}
		if l.input < 0 {
			continue
		}
		x, row := in.Cursor(p.inputWidth(a.W))
		if row == l.input {
			return tea.NewCursor(a.X+max(0, min(a.W-1-p.inputWidth(a.W)+x, a.W-1)), a.Y+y)
		}
	}
	return tea.NewCursor(a.X, a.Y)
}

// inputWidth is the width of the inputs in a column of fields.
func (p *Pane) inputWidth(w int) int {
	if l := labelWidth(w); l > 0 {
		return w - l - 1
	}
	return max(1, w-3)
}

// labelWidth is the width of the labels beside the fields; 0 puts them above.
func labelWidth(w int) int {
	switch {
	case w >= 64:
		return 22
	case w >= 44:
		return 17
	}
	return 0
}

// clickField puts the cursor where the mouse points.
func (p *Pane) clickField(x, y int) tea.Cmd {
	s := p.edit
	if y >= len(s.lines) || !s.e.Go(s.lines[y].place) {
		return nil
	}
	w := p.inputWidth(p.area.Fields.W)
	if in := s.e.Input(s.lines[y].place); in != nil && s.lines[y].input >= 0 {
		in.Click(x-(p.area.Fields.W-1-w), s.lines[y].input, w)
	} else if s.e.At().Kind == editor.Action {
		return p.addButton()
	} else if s.e.At().Kind == editor.List {
		return p.pickLanguage()
	}
	return nil
}
