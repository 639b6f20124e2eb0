// Package phone draws a template as the customer's phone shows it: the bubble
// with header, text in WhatsApp's marks, footer and time, and its buttons
// below. Panes that show templates share it; it knows no pane.
package phone

import (
	"strings"

	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
)

// Widest is the width beyond which a bubble does not grow.
const Widest = 46

// narrowest is the width below which there is only the text.
const narrowest = 10

// Look is what drawing needs beside the template.
type Look struct {
	*theme.Styles
	Words *text.Words
	Clock string // the time in the bubble's corner
}

// Bubble draws a preview in exactly w cells a line, as many lines as it takes.
func (l Look) Bubble(p template.Preview, w int) []string {
	bw := min(w, Widest)
	if bw < narrowest {
		return l.fit(l.paint(p.Body, max(1, w)), w)
	}
	in := bw - 4
	var rows []string
	add := func(ls ...string) {
		for _, s := range ls {
			if p.RightToLeft {
				s = kit.FitRight(s, in)
			}
			rows = append(rows, l.row(s, in))
		}
	}
	if what := mediaWord(p.Format); what != "" {
		add(kit.Center(l.Muted.Render(l.Words.T(what)), in), l.Line.Render(strings.Repeat("┄", in)))
	}
	if len(p.Header) > 0 {
		head := make([]template.Run, 0, len(p.Header))
		for _, r := range p.Header {
			r.Bold = true
			head = append(head, r)
		}
		add(l.paint(head, in)...)
	}
	add(l.paint(p.Body, in)...)
	if foot := kit.Clean(p.Footer); foot != "" {
		for _, s := range kit.Wrap(foot, in) {
			add(l.Faint.Render(s))
		}
	}
	rows = append(rows, l.row(kit.FitRight(l.Faint.Render(l.Clock), in), in))
	out := append([]string{l.edge("╭", "╮", bw)}, rows...)
	for _, b := range p.Buttons {
		out = append(out, l.edge("├", "┤", bw), l.row(kit.Center(l.button(b, in), in), in))
	}
	return l.fit(append(out, l.edge("╰", "╯", bw)), w)
}

func (l Look) fit(ls []string, w int) []string {
	for i, s := range ls {
		ls[i] = kit.Fit(s, w)
	}
	return ls
}

func (l Look) edge(left, right string, w int) string {
	return l.Line.Render(left + strings.Repeat("─", w-2) + right)
}

func (l Look) row(s string, in int) string {
	return l.Line.Render("│") + l.In.Line(" "+kit.Fit(s, in)+" ", in+2) + l.Line.Render("│")
}

// button is a label with the sign of what it does; a button without a label
// says that one is missing.
func (l Look) button(b template.Button, w int) string {
	label := kit.CleanLine(b.Text)
	if strings.TrimSpace(label) == "" {
		return l.Faint.Render(kit.Fit(Sign(b.Type)+" …", min(w, 3)))
	}
	label = Sign(b.Type) + " " + label
	return l.Info.Render(kit.Fit(label, min(w, kit.Width(label))))
}

// Sign is the sign of a type of button.
func Sign(kind string) string {
	switch kind {
	case template.URLButton:
		return "↗"
	case template.PhoneButton:
		return "☏"
	case template.CopyCode:
		return "⧉"
	}
	return "↩"
}

// Above says what stands above a template's text, "" for nothing or a text.
func Above(w *text.Words, format string) string {
	if k := mediaWord(format); k != "" {
		return w.T(k)
	}
	return ""
}

// mediaWord says what stands above the text, "" for nothing or a text.
func mediaWord(format string) text.K {
	switch format {
	case "IMAGE":
		return text.PhoneImage
	case "VIDEO":
		return text.PhoneVideo
	case "DOCUMENT":
		return text.PhoneDocument
	case "LOCATION":
		return text.PhoneLocation
	}
	return ""
}
