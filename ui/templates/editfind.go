package templates

import (
	"strings"

	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/templates/editor"
	"bottega/ui/text"
)

// findings draws what is wrong with a field: for the one with the cursor in
// full, for the others the worst, and no hints.
func (d *desk) findings(f editor.Field, at bool, indent string, w int) {
	none := lineOf{f.Place, -1}
	fs := d.s.e.Under(f.Place)
	now := d.s.e.Current()
	if !at {
		for i := range fs {
			if fs[i].Severity != template.SevHint {
				shape, ink := d.severity(fs[i].Severity)
				msg, _ := d.words.Finding(string(fs[i].Rule), fs[i].Params)
				d.put(indent+ink.Render(shape)+" "+d.Muted.Render(kit.Fit(kit.CleanLine(msg), max(0, w-2))), none)
				return
			}
		}
		return
	}
	for i := range fs {
		d.finding(&fs[i], now != nil && now.Rule == fs[i].Rule && now.Start == fs[i].Start, indent, w)
	}
}

// finding is its message, and for the current one what to do, why, and what
// the rewrite would put in its place.
func (d *desk) finding(x *template.Finding, current bool, indent string, w int) {
	none := lineOf{d.s.e.At().Place, -1}
	shape, ink := d.severity(x.Severity)
	msg, hint := d.words.Finding(string(x.Rule), x.Params)
	first := ink.Render(shape) + " "
	put := func(ink kit.Ink, s string) {
		for _, l := range kit.Wrap(kit.Clean(s), max(1, w-2)) {
			d.put(indent+first+ink.Render(l), none)
			first = "  "
		}
	}
	if !current && !d.roomy {
		d.put(indent+first+d.Text.Render(kit.Fit(kit.CleanLine(msg), max(0, w-2))), none)
		return
	}
	put(d.Text, msg)
	if !current {
		return
	}
	if hint != "" {
		put(d.Muted, hint)
	}
	put(d.Faint, kit.Fit(kit.CleanLine(string(x.Rule)+" · "+x.Source), max(1, w-2)))
	if x.Fix != nil {
		put(d.Accent, d.rewriting(x.Fix))
	}
}

const shownOfFix = 60

// rewriting says what the rewrite key would do.
func (d *desk) rewriting(fix *template.Fix) string {
	key := d.words.T(text.TplFixKey, "Key", "ctrl+r")
	var with []string
	for _, e := range fix.Edits {
		s := strings.TrimSpace(kit.CleanLine(e.With))
		if rs := []rune(s); len(rs) > shownOfFix {
			s = string(rs[:shownOfFix]) + "…"
		}
		if s == "" {
			s = d.words.T(text.TplFixCut)
		} else {
			s = "“" + s + "”"
		}
		if len(with) < 3 {
			with = append(with, s)
		}
	}
	if len(fix.Edits) == 0 {
		with = append(with, d.words.T(text.TplFixOrder))
	}
	return key + " " + strings.Join(with, " · ")
}

// phoneLines is the column with the live preview and its measures.
func (p *Pane) phoneLines(b *brush, m template.Measures, a kit.Rect) []string {
	in := max(1, a.W-2)
	var ls []string
	put := func(s string) { ls = append(ls, kit.Fit(" "+kit.Fit(s, in)+" ", a.W)) }
	put(b.Faint.Render(b.words.T(text.TplPhoneTitle)))
	for _, l := range b.look().Bubble(p.edit.e.Template().Preview(), in) {
		put(l)
	}
	facts := []string{
		b.words.T(text.TplCountRendered, "N", b.words.Num(m.Rendered), "Most", b.words.Num(m.BodyMax)),
		b.words.T(text.TplCountAdvised, "Min", b.words.Num(m.TargetMin), "Max", b.words.Num(m.TargetMax)),
		b.words.N(text.TplCountWords, m.Words) + ", " + b.words.N(text.TplCountVars, m.Variables),
	}
	if m.Emoji > 0 {
		facts = append(facts, b.words.T(text.TplCountEmoji, "N", b.words.Num(m.Emoji), "Most", b.words.Num(m.EmojiMax)))
	}
	ls = append(ls, kit.Spaces(a.W))
	for _, f := range facts {
		for _, l := range kit.Wrap(f, in) {
			put(b.Faint.Render(l))
		}
	}
	if p.area.Fields.W == 0 {
		put(b.Faint.Render(b.words.T(text.TplPhoneBack, "Key", "ctrl+o")))
	}
	return kit.Pad(ls, a.W, a.H)
}
