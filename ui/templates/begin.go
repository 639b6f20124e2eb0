package templates

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core/template"
	"bottega/ui/dialog"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// startMsg begins a new template: from the index of a starter, -1 for an
// empty one.
type startMsg struct{ from int }

// pickNew offers an empty template and the starter set: in the language of
// the screen first, then the others. They are found by what they are called in
// that language and by the names that they bring along.
func (p *Pane) pickNew() tea.Cmd {
	w, b := p.env.Words, p.brush()
	all := []dialog.Option{{Value: "-1", Label: w.T(text.TplEmpty), Detail: w.T(text.TplEmptyDetail)}}
	add := func(own bool) {
		for i, t := range p.t.Starter {
			if (base(t.Language) == w.Lang()) == own {
				all = append(all, dialog.Option{Value: strconv.Itoa(i), Label: w.T(text.K("templates.starter."+t.Name)) + " · " + t.Language,
					Also: t.Name + " " + strings.ReplaceAll(t.Name, "_", " ") + " " + t.Language, Detail: t.Name + " · " + b.category(t.Category)})
			}
		}
	}
	add(true)
	add(false)
	d := dialog.NewPick(p.env, w.T(text.TplNewTitle), w.T(text.TplNewHint), all, false, func(value string) tea.Cmd {
		i, err := strconv.Atoi(value)
		if err != nil {
			i = -1
		}
		return back(func() tea.Msg { return startMsg{i} })
	})
	d.Wide = 72
	d.Below = func(value string, w, h int) []string { return p.starterPhone(value, w) }
	return dialog.Open(d)
}

// starterPhone shows the starter under the cursor.
func (p *Pane) starterPhone(value string, w int) []string {
	i, err := strconv.Atoi(value)
	if err != nil || i < 0 || i >= len(p.t.Starter) {
		var out []string
		for _, l := range kit.Wrap(p.env.Words.T(text.TplEmptyWhat), max(1, w)) {
			out = append(out, p.env.Theme.Muted.Render(l))
		}
		for i, l := range out {
			out[i] = kit.Fit(l, w)
		}
		return out
	}
	return p.brush().look().Bubble(p.t.Starter[i].Preview(), w)
}

// startNew opens the chosen beginning in the editor.
func (p *Pane) startNew(from int) tea.Cmd {
	t := template.Template{Name: newName, Language: p.language(), Category: template.Utility}
	if from >= 0 && from < len(p.t.Starter) {
		t = p.t.Starter[from]
	}
	t.ID, t.Name = "", p.free(t.Name, t.Language)
	return p.fresh(t, 0)
}

// newName is what an empty template is called until somebody names it.
const newName = "new_template"

// language is that of most templates here, else the screen's.
func (p *Pane) language() string {
	count, best := map[string]int{}, ""
	for _, it := range p.shelf.items {
		count[it.Language]++
		if best == "" || count[it.Language] > count[best] {
			best = it.Language
		}
	}
	if best == "" {
		return p.env.Words.Lang()
	}
	return best
}
