package templates

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/dialog"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// roles in the order of the key that goes through them.
var roles = []core.TemplateRole{core.RoleStandard, core.RoleAdvanced, core.RoleEmergency}

// kinForm is a dialog that puts a template into a family: its name, and the
// place in it.
type kinForm struct {
	p     *Pane
	it    *item
	known []string // families there are
	in    kit.Input
	role  core.TemplateRole
	w     int
}

// askFamily asks for the family of the chosen template.
func (p *Pane) askFamily() tea.Cmd { return dialog.Open(p.kinDialog(p.chosen())) }

func (p *Pane) kinDialog(it *item) *kinForm {
	d := &kinForm{p: p, it: it, role: it.Role}
	if d.role == core.RoleNone {
		d.role = core.RoleStandard
	}
	d.in.Limit, d.in.Placeholder = 60, p.env.Words.T(text.TplKinHint)
	d.in.SetValue(it.Family)
	for _, o := range p.shelf.items {
		if o.Family != "" && !slices.Contains(d.known, o.Family) {
			d.known = append(d.known, o.Family)
		}
	}
	slices.Sort(d.known)
	return d
}

// Handle types the name, changes the role, accepts.
func (d *kinForm) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	if m, ok := msg.(tea.KeyPressMsg); ok {
		switch m.String() {
		case "esc":
			return true, nil
		case "up", "down":
			n := 1
			if m.String() == "up" {
				n = len(roles) - 1
			}
			d.role = roles[(max(0, slices.Index(roles, d.role))+n)%len(roles)]
			return false, nil
		case "tab":
			d.complete()
			return false, nil
		case "enter":
			return true, d.accept()
		}
	}
	d.in.Handle(msg)
	return false, nil
}

// complete puts in the next family that begins with what is typed.
func (d *kinForm) complete() {
	typed := strings.ToLower(d.in.Value())
	if i := slices.Index(d.known, d.in.Value()); i >= 0 {
		d.in.SetValue(d.known[(i+1)%len(d.known)])
		return
	}
	for _, f := range d.known {
		if strings.HasPrefix(strings.ToLower(f), typed) {
			d.in.SetValue(f)
			return
		}
	}
}

func (d *kinForm) accept() tea.Cmd {
	name, role := strings.TrimSpace(d.in.Value()), d.role
	said := d.p.say(text.TplKinSet, "Family", name)
	if name == "" {
		role = core.RoleNone
		said = d.p.say(text.TplKinNone)
	}
	w, id := d.p.t.Work, d.it.ID
	return d.p.act(said, func(ctx context.Context) error { return w.SetFamily(ctx, id, name, role) })
}

// Keys are those of the footer while the dialog is open.
func (d *kinForm) Keys() []keys.Binding {
	ks := []keys.Binding{
		{Do: "kin.accept", Keys: []string{"enter"}, Help: text.TplKeyAcceptForm},
		{Do: "kin.role", Keys: []string{"up", "down"}, Help: text.TplKeyRole},
	}
	if len(d.known) > 0 {
		ks = append(ks, keys.Binding{Do: "kin.complete", Keys: []string{"tab"}, Help: text.TplKeyComplete})
	}
	return append(ks, keys.Binding{Do: "kin.close", Keys: []string{"esc"}, Help: text.KeyClose})
}

// Lines draws name and roles.
func (d *kinForm) Lines(w, h int) []string {
	b := d.p.brush()
	w = max(1, min(60, w))
	if w < 8 {
		return []string{kit.Fit(b.words.T(text.TplKinTitle), w)}[:min(1, max(0, h))]
	}
	in := w - 4
	d.w = in - 2
	body := []string{
		b.Accent.Render("› ") + d.in.Lines(d.w, 1, kit.InputStyle{Text: b.Text, Hint: b.Hint})[0],
		b.Line.Render(strings.Repeat("─", in)),
	}
	for _, r := range roles {
		mark, ink := "  ○ ", b.Muted
		if r == d.role {
			mark, ink = b.Accent.Render("▌ ")+b.Good.Render("● "), b.Strong
		}
		body = append(body, kit.Fit(mark+ink.Render(b.role(r)), in))
	}
	for _, l := range kit.Wrap(b.words.T(text.TplKinWhat), in) {
		body = append(body, b.Faint.Render(l))
	}
	ls := kit.Box(b.words.T(text.TplKinTitle), body, w, b.Border, b.Title)
	return ls[:min(len(ls), max(0, h))]
}

// Cursor stands in the name.
func (d *kinForm) Cursor() *tea.Cursor {
	x, _ := d.in.Cursor(max(1, d.w))
	return tea.NewCursor(2+2+x, 1)
}
