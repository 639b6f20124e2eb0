package templates

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/template"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/phone"
	"bottega/ui/text"
)

// copyText puts a template into the clipboard, part by part: for the web page
// of a provider whose interface takes none (bsp/bird.md 7).
func (p *Pane) copyText() tea.Cmd {
	it := p.chosen()
	return tea.Batch(tea.SetClipboard(p.brush().written(it.tpl)),
		toast(frame.Toast{Text: p.env.Words.T(text.TplTextCopied, "Name", kit.CleanLine(it.Name))}))
}

// written is a template as somebody types it elsewhere: each part under its
// name, variables as they are, then their samples.
func (b *brush) written(t template.Template) string {
	var s strings.Builder
	part := func(name, said string) {
		if said != "" {
			s.WriteString(name + ": " + kit.Clean(said) + "\n")
		}
	}
	at := func(part template.Part, n int) string { return b.place(template.Place{Part: part, N: n}) }
	part(at(template.PartName, 0), t.Name)
	part(at(template.PartLanguage, 0), t.Language)
	part(at(template.PartCategory, 0), t.Category)
	if t.Header.File() || t.Header.Format == template.HeaderLocation {
		part(at(template.PartHeader, 0), phone.Above(b.words, t.Header.Format))
	} else {
		part(at(template.PartHeader, 0), t.Header.Text)
	}
	part(at(template.PartBody, 0), t.Body)
	part(at(template.PartFooter, 0), t.Footer)
	for i, o := range t.Buttons {
		part(at(template.PartButton, i+1), strings.TrimSpace(o.Text+" "+o.URL+o.Phone))
	}
	samples := func(body string, values []string) {
		for i, n := range template.Placeholders(body) {
			if i < len(values) {
				part("{{"+n+"}}", values[i])
			}
		}
	}
	samples(t.Header.Text, t.Header.Samples)
	samples(t.Body, t.Samples)
	return s.String()
}
