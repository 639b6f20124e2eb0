// Package theme turns about twenty colour tokens into styles. Panes name
// meanings, never colours; state is never told by colour alone.
package theme

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"

	"bottega/ui/kit"
)

// Styles are ready-made inks, by meaning. Panes keep none: they ask Env.Theme
// each time they draw, since the theme may change while the program runs.
type Styles struct {
	// Name changes with the theme; caches of drawn text have it in their key.
	Name string
	// Dark tells which of the two kinds of terminal this is for.
	Dark bool

	Text   kit.Ink
	Strong kit.Ink // bold text: names, titles
	Muted  kit.Ink // second in rank
	Faint  kit.Ink // third in rank: times, hints
	Line   kit.Ink // separators and borders
	Accent kit.Ink
	Title  kit.Ink // bold accent: titles of dialogs and sections
	Link   kit.Ink

	Good kit.Ink // in target, delivered, green
	Soon kit.Ink // target near, amber
	Late kit.Ink
	Bad  kit.Ink // red, failed
	Info kit.Ink

	// Backgrounds, to be laid beneath drawn text with Over or Line.
	Select kit.Ink // the row under the cursor of the focused list
	Panel  kit.Ink // the same row when another part has the focus; strips
	In     kit.Ink // bubble of the customer
	Out    kit.Ink // bubble of the shop
	Note   kit.Ink // private note

	Badge  kit.Ink // unread count: text on accent
	Demo   kit.Ink // the DEMO badge
	Mark   kit.Ink // match of a search
	Tag    kit.Ink // customer tag
	Key    kit.Ink // a key in footer and help
	Help   kit.Ink // what the key does
	Tab    kit.Ink
	TabOn  kit.Ink
	Border kit.Ink // frame of a dialog
	Hint   kit.Ink // placeholder of an input
	Toast  kit.Ink
	Alarm  kit.Ink // toast with bad news

	// Attributes alone, to be added to another ink with With; empty on a terminal
	// that shows none.
	Bold, Italic, Strike, Under kit.Ink

	// Logo is the program's name in the brand colours.
	Logo string
	// Rule draws the thin line under the tabs, w cells wide; at and n mark the
	// part beneath the chosen tab.
	Rule func(w, at, n int) string
}

// New builds the styles of a theme.
func New(t Tokens) *Styles {
	b := builder{t}
	s := &Styles{
		Name: t.Name, Dark: t.Dark,
		Text: b.fg(t.Text), Strong: b.bold(t.Text), Muted: b.fg(t.Muted), Faint: b.fg(t.Faint), Line: b.fg(t.Line),
		Accent: b.fg(t.Accent), Title: b.bold(t.Accent), Link: b.under(t.Info),
		Good: b.fg(t.Good), Soon: b.fg(t.Soon), Late: b.bold(t.Late), Bad: b.bold(t.Bad), Info: b.fg(t.Info),
		Select: b.sel(), Panel: b.bg(t.Panel), In: b.bg(t.In), Out: b.bg(t.Out), Note: b.bg(t.Note),
		Badge: b.on(t.OnAcc, t.Accent), Demo: b.on(t.OnAcc, t.Brand), Mark: b.on(t.OnMark, t.Mark),
		Tag: b.fg(t.Info), Key: b.bold(t.Muted), Help: b.fg(t.Faint),
		Tab: b.fg(t.Muted), TabOn: b.bold(t.Accent), Border: b.fg(t.Accent), Hint: b.fg(t.Faint),
		Toast: b.fg(t.Good), Alarm: b.bold(t.Bad),
	}
	if t.Attrs {
		st := b.style()
		s.Bold, s.Italic, s.Strike, s.Under = kit.NewInk(st.Bold(true)), kit.NewInk(st.Italic(true)), kit.NewInk(st.Strikethrough(true)), kit.NewInk(st.Underline(true))
	}
	s.Logo = b.logo("bottega")
	s.Rule = func(w, at, n int) string {
		at, n = max(0, min(at, w)), max(0, min(n, w-at))
		return s.Line.Render(strings.Repeat("─", at)) + s.Accent.Render(strings.Repeat("━", n)) +
			s.Line.Render(strings.Repeat("─", max(0, w-at-n)))
	}
	return s
}

type builder struct{ t Tokens }

func (b builder) style() lipgloss.Style { return lipgloss.NewStyle() }

func (b builder) fg(c color.Color) kit.Ink {
	if c == nil {
		return kit.Ink{}
	}
	return kit.NewInk(b.style().Foreground(c))
}

func (b builder) bg(c color.Color) kit.Ink {
	if c == nil {
		return kit.Ink{}
	}
	return kit.NewInk(b.style().Background(c))
}

func (b builder) bold(c color.Color) kit.Ink {
	if !b.t.Attrs {
		return b.fg(c)
	}
	return b.fg(c).With(kit.NewInk(b.style().Bold(true)))
}

func (b builder) under(c color.Color) kit.Ink {
	if !b.t.Attrs {
		return b.fg(c)
	}
	return b.fg(c).With(kit.NewInk(b.style().Underline(true)))
}

// on is text on a filled background; without colours it is reversed.
func (b builder) on(fg, bg color.Color) kit.Ink {
	if bg == nil {
		if !b.t.Attrs {
			return kit.Ink{}
		}
		return kit.NewInk(b.style().Reverse(true).Bold(true))
	}
	return kit.NewInk(b.style().Foreground(fg).Background(bg).Bold(b.t.Attrs))
}

// sel is the row under the cursor: rows carry a marker as well, so without
// colours nothing more is needed than reverse.
func (b builder) sel() kit.Ink {
	if b.t.Select != nil || !b.t.Attrs {
		return b.bg(b.t.Select)
	}
	return kit.NewInk(b.style().Reverse(true))
}

func (b builder) logo(name string) string {
	if b.t.Accent == nil || b.t.Brand == nil {
		return b.bold(nil).Render(name)
	}
	var out strings.Builder
	for i, c := range lipgloss.Blend1D(len(name), b.t.Accent, b.t.Brand) {
		out.WriteString(b.bold(c).Render(name[i : i+1]))
	}
	return out.String()
}
