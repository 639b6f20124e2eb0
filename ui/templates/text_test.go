package templates

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/template"
	"bottega/ui/frame"
	"bottega/ui/theme"
)

// The clipboard gets every part as it is written, for a provider whose own
// page has to be filled in by hand.
func TestCopyText(t *testing.T) {
	p := newPane(t, theme.Dark(), "it")
	p.fill(core.StoredTemplate{ID: 1, ChannelID: 1, Version: 1, State: core.TemplateDraft, Template: core.Template{Name: "pronto", Language: "it", Category: "UTILITY",
		Header: core.TemplateHeader{Format: template.HeaderText, Text: "Ordine {{1}}", Samples: []string{"A-7"}}, Body: "Ciao {{1}},\nil pane è pronto.", Samples: []string{"Anna"}, Footer: "Forno",
		Buttons: []core.TemplateButtonDef{{Type: template.QuickReply, Text: "Arrivo"}, {Type: template.URLButton, Text: "Dove", URL: "https://x.example/{{1}}"}}}})
	got := p.brush().written(p.shelf.items[0].tpl)
	want := strings.Join([]string{"Nome: pronto", "Lingua: it", "Categoria: UTILITY", "Intestazione: Ordine {{1}}", "Testo: Ciao {{1}},", "il pane è pronto.", "Piè di pagina: Forno",
		"Pulsante 1: Arrivo", "Pulsante 2: Dove https://x.example/{{1}}", "{{1}}: A-7", "{{1}}: Anna", ""}, "\n")
	if got != want {
		t.Errorf("copied\n%s\nwant\n%s", got, want)
	}
	said := false
	for _, cmd := range p.copyText()().(tea.BatchMsg) {
		if toast, ok := cmd().(frame.Toast); ok && strings.Contains(toast.Text, "pronto") {
			said = true
		}
	}
	if !said {
		t.Error("nobody is told")
	}
}
