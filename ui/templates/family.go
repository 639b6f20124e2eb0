package templates

import (
	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/ui/dialog"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// family is a dialog with the templates of one family side by side.
type family struct {
	p   *Pane
	its []*item
	top int
}

// showFamily puts the versions for everyday, for regulars and for trouble
// beside each other.
func (p *Pane) showFamily() tea.Cmd {
	return dialog.Open(&family{p: p, its: inOrder(p.chosen())})
}

// inOrder lists a template with its kin by role.
func inOrder(it *item) []*item {
	var out []*item
	for _, r := range []core.TemplateRole{core.RoleStandard, core.RoleAdvanced, core.RoleEmergency, core.RoleNone} {
		if it.Role == r {
			out = append(out, it)
		}
		for _, k := range it.kin {
			if k.Role == r {
				out = append(out, k)
			}
		}
	}
	return out
}

// Handle scrolls and closes.
func (d *family) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	if m, ok := msg.(tea.KeyPressMsg); ok {
		switch m.String() {
		case "esc", "enter", "v":
			return true, nil
		case "j", "down":
			d.top++
		case "k", "up":
			d.top = max(0, d.top-1)
		}
	}
	return false, nil
}

// Keys are those of the footer while the dialog is open.
func (d *family) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "family.down", Keys: []string{"j", "down"}, Help: text.TplKeyDown},
		{Do: "family.up", Keys: []string{"k", "up"}, Help: text.TplKeyUp},
		{Do: "family.close", Keys: []string{"esc", "enter", "v"}, Help: text.KeyClose},
	}
}

// Cursor is nowhere.
func (d *family) Cursor() *tea.Cursor { return nil }

const leastColumn = 26

// Lines puts as many beside each other as there is room for, the rest below.
func (d *family) Lines(w, h int) []string {
	b := d.p.brush()
	if w < leastColumn+4 {
		return []string{kit.Fit(d.its[0].Family, max(0, w))}[:min(1, max(0, h))]
	}
	across := max(1, min(len(d.its), (w-4)/leastColumn))
	cw := min(48, (w-4-(across-1)*2)/across)
	var body []string
	for i := 0; i < len(d.its); i += across {
		var cols [][]string
		tall := 0
		for _, it := range d.its[i:min(len(d.its), i+across)] {
			col := d.column(b, it, cw)
			tall = max(tall, len(col))
			cols = append(cols, col)
		}
		var row [][]string
		for j, c := range cols {
			if j > 0 {
				row = append(row, kit.Column("  ", tall))
			}
			row = append(row, kit.Pad(c, cw, tall))
		}
		body = append(body, kit.Zip(row...)...)
	}
	d.top = max(0, min(d.top, len(body)-(h-2)))
	body = body[d.top:min(len(body), d.top+max(0, h-2))]
	in := across*cw + (across-1)*2
	ls := kit.Box(kit.CleanLine(d.its[0].Family)+" · "+kit.CleanLine(d.its[0].Language), body, in+4, b.Border, b.Title)
	return ls[:min(len(ls), max(0, h))]
}

func (d *family) column(b *brush, it *item, w int) []string {
	name := b.role(it.Role)
	if name == "" {
		name = b.words.T(text.TplNoRole)
	}
	out := []string{
		kit.Ends(b.Strong.Render(name), b.state(it.State), w),
		kit.Ends(b.Faint.Render(kit.CleanLine(it.Name)), b.validity(it), w),
	}
	return append(out, b.look().Bubble(it.tpl.Preview(), w)...)
}
