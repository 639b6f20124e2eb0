package templates

import (
	"encoding/json"
	"io/fs"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/template"
	"bottega/ui/dialog"
	"bottega/ui/templates/editor"
	"bottega/ui/text"
)

// write gives the field with the cursor a key.
func (p *Pane) write(m tea.KeyPressMsg) (bool, tea.Cmd) {
	e := p.edit.e
	f, name := e.At(), m.String()
	switch {
	case name == "pgdown":
		e.Skip(fieldsAPage)
		return true, nil
	case name == "pgup":
		e.Skip(-fieldsAPage)
		return true, nil
	case f.Locked && name == "enter":
		return true, p.moveField(1)
	}
	if cmd, ok := p.operate(f, name); ok {
		return true, cmd
	}
	if f.Kind == editor.Area && name == "enter" {
		m = tea.KeyPressMsg{Code: tea.KeyEnter, Mod: tea.ModAlt}
	}
	rev := e.Rev()
	if e.Handle(m) {
		if e.Rev() == rev {
			return true, nil
		}
		p.edit.phone = false
		return true, p.touched()
	}
	switch {
	case name == "down":
		return true, p.moveField(1)
	case name == "up":
		return true, p.moveField(-1)
	case f.Locked && m.Text != "":
		return true, p.refuse(text.TplOffLocked)
	}
	return false, nil
}

// operate does what a key does to a field that is no text, and enter on a line.
func (p *Pane) operate(f editor.Field, name string) (cmd tea.Cmd, used bool) {
	enter := name == "enter" || name == "space"
	switch {
	case f.Kind == editor.Choice && (enter || name == "left" || name == "right"):
		if f.Locked {
			return p.refuse(text.TplOffLocked), true
		}
		d := 1
		if name == "left" {
			d = -1
		}
		p.edit.e.Step(d)
		return p.touched(), true
	case f.Kind == editor.List && enter:
		return p.pickLanguage(), true
	case f.Kind == editor.Action && enter:
		return p.addButton(), true
	case f.Kind == editor.Line && name == "enter":
		return p.moveField(1), true
	}
	return nil, false
}

// fieldsAPage is how many fields a page key goes on.
const fieldsAPage = 5

// Sample is a variable that is offered, with a sample in each language.
type Sample struct {
	Name    string            `json:"name"`
	Samples map[string]string `json:"samples"`
}

// In is the sample for a language; its base or English stands in.
func (s Sample) In(language string) string {
	for _, l := range []string{language, base(language), "en"} {
		if v := s.Samples[l]; v != "" {
			return v
		}
	}
	return ""
}

func base(language string) string {
	for i, r := range language {
		if r == '_' || r == '-' {
			return language[:i]
		}
	}
	return language
}

// ReadSamples decodes variables.json of fsys (assets.Templates()). Errors:
// InvalidInput with the cause.
func ReadSamples(fsys fs.FS) ([]Sample, error) {
	data, err := fs.ReadFile(fsys, "variables.json")
	if err != nil {
		return nil, core.Fail(core.InvalidInput, "templates.ReadSamples", err)
	}
	var out []Sample
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, core.Fail(core.InvalidInput, "templates.ReadSamples", err)
	}
	return out, nil
}

// insertMsg puts a variable at the cursor.
type insertMsg editor.Variable

// pickVariable lists the variables of the text, then those that shops use.
func (p *Pane) pickVariable() tea.Cmd {
	e, w := p.edit.e, p.env.Words
	var all []dialog.Option
	vars := map[string]editor.Variable{}
	add := func(v editor.Variable, label, detail string) {
		id := w.Num(len(all))
		vars[id] = v
		all = append(all, dialog.Option{Value: id, Label: label, Detail: detail})
	}
	used := map[string]bool{}
	for _, v := range e.Used() {
		used[v.Name] = true
		add(v, "{{"+v.Name+"}}", v.Sample)
	}
	named := e.Named()
	for _, s := range p.t.Samples {
		if named && used[s.Name] {
			continue
		}
		v := editor.Variable{Name: s.Name, Sample: s.In(e.Template().Language)}
		label := w.T(text.K("templates.var." + s.Name))
		if named {
			label += " {{" + s.Name + "}}"
		}
		add(v, label, v.Sample)
	}
	return dialog.Open(dialog.NewPick(p.env, w.T(text.TplVariableTitle), w.T(text.TplVariableHint), all, false, func(id string) tea.Cmd {
		return back(func() tea.Msg { return insertMsg(vars[id]) })
	}))
}

func (p *Pane) insert(m insertMsg) tea.Cmd {
	if p.edit == nil || !p.edit.e.Insert(editor.Variable(m)) {
		return nil
	}
	return p.touched()
}

// languageMsg chooses the language of the template.
type languageMsg struct{ code string }

// pickLanguage lists the languages that the platform takes.
func (p *Pane) pickLanguage() tea.Cmd {
	w, now := p.env.Words, p.edit.e.Template().Language
	if p.edit.e.At().Locked {
		return p.refuse(text.TplOffLocked)
	}
	var all []dialog.Option
	for _, code := range p.t.Linter.Languages() {
		all = append(all, dialog.Option{Value: code, Label: w.Language(code) + " · " + code, On: code == now})
	}
	return dialog.Open(dialog.NewPick(p.env, w.T(text.TplLanguageTitle), w.T(text.TplLanguageHint), all, false, func(code string) tea.Cmd {
		return back(func() tea.Msg { return languageMsg{code} })
	}))
}

func (p *Pane) setLanguage(m languageMsg) tea.Cmd {
	if p.edit == nil {
		return nil
	}
	p.edit.e.Set(template.Place{Part: template.PartLanguage}, m.code)
	return p.touched()
}
