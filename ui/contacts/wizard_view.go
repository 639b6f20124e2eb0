package contacts

import (
	"errors"
	"strings"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/dialog"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// sideBySide is the width of the box from which choices and rows stand beside
// each other; below they take turns.
const sideBySide = 90

// fates in the order in which they are counted, with their signs.
var fates = []struct {
	fate people.Fate
	sign string
	k    text.K
}{
	{people.FateNew, "+", text.ContactsFateNew}, {people.FateUpdated, "±", text.ContactsFateUpdated}, {people.FateSame, "=", text.ContactsFateSame},
	{people.FateDuplicate, "≈", text.ContactsFateDuplicate}, {people.FateRefused, "✗", text.ContactsFateRefused},
}

func (b *brush) fateInk(f people.Fate) kit.Ink {
	switch f {
	case people.FateNew:
		return b.Theme.Good
	case people.FateUpdated:
		return b.Theme.Info
	case people.FateDuplicate:
		return b.Theme.Soon
	case people.FateRefused:
		return b.Theme.Bad
	}
	return b.Theme.Faint
}

// Lines draws the wizard as large as it may be: a preview wants room.
func (d *wizard) Lines(w, h int) []string {
	b := d.p.brush()
	w = dialog.Width(106, w)
	in := max(1, w-4)
	d.look.mu.Lock()
	defer d.look.mu.Unlock()
	body := append(d.heads(b, in), dialog.Rule(b.Env, in))
	room := max(1, h-2-len(body))
	d.room, d.wide = room, in >= sideBySide
	switch {
	case d.stage == bringing || d.stage == takingOff:
		body = append(body, kit.Pad(d.progress(b, in), in, min(room, 5))...)
	case d.wide:
		lw := in * 2 / 5
		room = min(room, max(len(d.look.header)+6, min(previewRows+2, room)))
		parts := kit.Zip(d.choiceLines(b, lw, room), kit.Column(" "+b.Theme.Line.Render("│")+" ", room), d.rowLines(b, in-lw-3, room))
		body = append(body, parts...)
	case d.onRows:
		body = append(body, d.rowLines(b, in, room)...)
	default:
		body = append(body, d.choiceLines(b, in, room)...)
	}
	return dialog.Box(b.Env, b.Words.T(text.ContactsImportTitle, "File", kit.CleanLine(d.set.File)), body, w, h)
}

// heads say what the file is, what would happen, and what is wrong.
func (d *wizard) heads(b *brush, w int) []string {
	th, words := b.Theme, b.Words
	total := 0
	var counts []string
	for _, f := range fates {
		n := d.look.count[f.fate]
		total += n
		ink := b.fateInk(f.fate)
		if n == 0 {
			ink = th.Faint
		}
		counts = append(counts, ink.Render(f.sign+" "+words.N(f.k, n)))
	}
	if n := d.look.lacks; n > 0 {
		counts = append(counts, th.Soon.Render("! "+words.N(text.ContactsLeftN, n)))
	}
	first := th.Muted.Render(words.N(text.ContactsRows, total))
	if d.look.kind != "" {
		first = th.Muted.Render(kit.CleanLine(d.look.kind)) + th.Faint.Render(" · ") + first
	}
	if d.stage == looking {
		first += th.Accent.Render("  " + words.T(text.ContactsLooking))
	}
	out := []string{kit.Fit(first, w)}
	line := ""
	for _, c := range counts {
		if line != "" && kit.Width(line)+3+kit.Width(c) > w {
			out, line = append(out, kit.Fit(line, w)), ""
		}
		if line != "" {
			line += "   "
		}
		line += c
	}
	out = append(out, kit.Fit(line, w))
	if d.err != nil {
		for _, l := range dialog.Wrapped(th.Bad, d.problem(b), w) {
			out = append(out, kit.Fit(l, w))
		}
	}
	return out
}

// problem says why the file cannot be brought in as things are chosen.
func (d *wizard) problem(b *brush) string {
	var pair *people.BadPair
	switch {
	case errors.As(d.err, &pair):
		return b.Words.T(text.ContactsBadPair, "Pair", kit.CleanLine(pair.Pair))
	case core.CodeOf(d.err) == core.NotATable && len(d.look.header) > 0:
		return b.Words.T(text.ContactsNoPhoneColumn)
	}
	return fileProblem(b.Words, kit.CleanLine(d.set.File), d.err)
}

// fileProblem says why a file cannot be read; the general words speak of files
// that are sent.
func fileProblem(w *text.Words, file string, err error) string {
	switch core.CodeOf(err) {
	case core.NotFound:
		return w.T(text.BadFile, "File", file) + " " + w.T(text.BadFile+".hint")
	case core.TooLarge:
		return w.T(text.TableLarge, "File", file)
	case core.NotATable:
		return w.T(text.TableNone, "File", file)
	}
	what, hint := w.Error(err)
	return strings.TrimSpace(what + " " + hint)
}

// choiceLines draws the columns and the settings.
func (d *wizard) choiceLines(b *brush, w, h int) []string {
	th := b.Theme
	ls := d.lines(b, d.look.header)
	d.cur = max(0, min(d.cur, len(ls)-1))
	columns := len(d.look.header)
	var out []string
	at := 0
	out = append(out, kit.Fit(th.Title.Render(b.Words.T(text.ContactsColumns)), w))
	for i, l := range ls {
		if i == columns {
			out = append(out, kit.Spaces(w), kit.Fit(th.Title.Render(b.Words.T(text.ContactsForAll)), w))
		}
		chosen := i == d.cur && !d.onRows
		if chosen {
			at = len(out)
		}
		out = append(out, b.choiceLine(l, chosen, w))
	}
	top := max(0, min(at-h/2, len(out)-h))
	return kit.Pad(append([]string{}, out[top:min(len(out), top+h)]...), w, h)
}

func (b *brush) choiceLine(l pickLine, chosen bool, w int) string {
	th := b.Theme
	ink, mark := th.Text, "  "
	if l.faint {
		ink = th.Faint
	}
	if chosen {
		mark = th.Accent.Render("▌ ")
	}
	lw := max(4, min(20, (w-2)/2))
	s := kit.Fit(mark+th.Muted.Render(kit.Fit(l.label, lw))+" "+ink.Render(l.value), w)
	if chosen {
		return th.Select.Line(s, w)
	}
	return s
}

// rowLines draws the preview: the first rows, then those that are refused.
func (d *wizard) rowLines(b *brush, w, h int) []string {
	th := b.Theme
	out := []string{kit.Fit(th.Title.Render(b.Words.T(text.ContactsPreview)), w)}
	for i := range d.look.rows {
		out = append(out, b.outcome(&d.look.rows[i], w))
	}
	if len(d.look.bad) > 0 {
		out = append(out, kit.Spaces(w), kit.Fit(th.Title.Render(b.Words.T(text.ContactsRefusedRows)), w))
	}
	for i := range d.look.bad {
		o := &d.look.bad[i]
		o.Problem.Row = o.Row
		out = append(out, b.trouble(&o.Problem, w)...)
	}
	if len(d.look.left) > 0 {
		out = append(out, kit.Spaces(w), kit.Fit(th.Title.Render(b.Words.T(text.ContactsLeftValues)), w))
	}
	for i := range d.look.left {
		out = append(out, b.trouble(&d.look.left[i], w)...)
	}
	d.rowTop = max(0, min(d.rowTop, len(out)-h))
	return kit.Pad(append([]string{}, out[d.rowTop:min(len(out), d.rowTop+h)]...), w, h)
}

// trouble draws a refused row, or a value that is left out, with the whole of
// the reason.
func (b *brush) trouble(p *people.Problem, w int) []string {
	why := b.Words.T(text.K("cli.problem." + p.Code))
	if v := kit.CleanLine(p.Value); v != "" {
		why = "“" + kit.Fit(v, min(24, kit.Width(v))) + "” " + why
	}
	sign, ink := " ✗ ", b.Theme.Bad
	if p.Left {
		sign, ink = " ! ", b.Theme.Soon
	}
	const indent = 9
	var ls []string
	for i, l := range kit.Wrap(why, max(1, w-indent)) {
		lead := kit.Spaces(indent)
		if i == 0 {
			lead = b.Theme.Faint.Render(kit.FitRight(b.Words.Num(p.Row), 6)) + ink.Render(sign)
		}
		ls = append(ls, kit.Fit(lead+ink.Render(l), w))
	}
	return ls
}

// outcome draws what becomes of a row.
func (b *brush) outcome(o *people.Outcome, w int) string {
	th, words := b.Theme, b.Words
	sign := "?"
	for _, f := range fates {
		if f.fate == o.Fate {
			sign = f.sign
		}
	}
	who := kit.CleanLine(o.Name)
	if o.Phone != "" {
		who += " " + contact.Pretty(o.Phone)
	}
	why := ""
	switch o.Fate {
	case people.FateUpdated:
		var names []string
		for _, f := range o.What {
			names = append(names, b.fieldName(f))
		}
		why = strings.Join(names, ", ")
	case people.FateDuplicate:
		why = words.T(text.ContactsDuplicateOf, "Row", words.Num(o.Duplicate))
	case people.FateRefused:
		why = words.T(text.K("cli.problem." + o.Problem.Code))
		if v := kit.CleanLine(o.Problem.Value); v != "" {
			who = "“" + kit.Fit(v, min(24, kit.Width(v))) + "”"
		}
	}
	s := th.Faint.Render(kit.FitRight(words.Num(o.Row), 6)) + " " + b.fateInk(o.Fate).Render(sign) + " " + th.Text.Render(strings.TrimSpace(who))
	if why != "" {
		s += "  " + b.fateInk(o.Fate).Render(why)
	}
	return kit.Fit(s, w)
}

// progress draws the bar of a running import.
func (d *wizard) progress(b *brush, w int) []string {
	th, words := b.Theme, b.Words
	n, total := int(d.run.done.Load()), max(1, d.run.total)
	bar := max(1, min(w, 60))
	full := max(0, min(bar, bar*n/total))
	k, ink := text.ContactsBringing, th.Accent
	if d.stage == takingOff {
		k, ink = text.ContactsTakingBack, th.Soon
	}
	return []string{
		kit.Spaces(w),
		kit.Fit(ink.Render(words.T(k))+th.Muted.Render("  "+words.Num(n)+"/"+words.Num(total)+"  "+words.Percent(float64(n)/float64(total))), w),
		kit.Fit(ink.Render(strings.Repeat("█", full))+th.Line.Render(strings.Repeat("░", bar-full)), w),
	}
}
