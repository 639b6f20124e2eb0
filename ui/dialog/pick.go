package dialog

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Option is one line of a Pick.
type Option struct {
	Value  string // handed to Choose
	Label  string // cleaned; what the fuzzy search looks at
	Detail string // shown at the right, faint
	On     bool   // it is set already
}

// Pick is a dialog that finds one of many by a few letters. With Free set, a
// word that is no option may be chosen as it was typed.
type Pick struct {
	Name   string
	Free   bool
	Choose func(value string) tea.Cmd

	env   *frame.Env
	f     Field
	all   []Option
	hits  []Option
	typed string
	cur   int
	top   int
	rows  int // shown at the last drawing
}

// NewPick makes one; hint stands in the empty field.
func NewPick(env *frame.Env, name, hint string, all []Option, free bool, choose func(string) tea.Cmd) *Pick {
	d := &Pick{Name: name, Free: free, Choose: choose, env: env, f: Field{Sign: "›"}, all: all}
	d.f.In.Placeholder = hint
	d.f.In.Limit = 100
	d.search()
	for i, o := range d.hits {
		if o.On {
			d.cur = i
			break
		}
	}
	return d
}

// Set replaces the options when they arrive late, and keeps what was typed.
func (d *Pick) Set(all []Option) {
	d.all = all
	d.search()
}

type labels []Option

func (l labels) String(i int) string { return l[i].Label }
func (l labels) Len() int            { return len(l) }

func (d *Pick) search() {
	d.typed = strings.TrimSpace(d.f.In.Value())
	d.hits = d.hits[:0]
	if d.typed == "" {
		d.hits = append(d.hits, d.all...)
	} else {
		for _, m := range fuzzy.FindFrom(d.typed, labels(d.all)) {
			d.hits = append(d.hits, d.all[m.Index])
		}
	}
	if d.Free && d.typed != "" && !d.known() {
		d.hits = append(d.hits, Option{Value: d.typed, Label: kit.CleanLine(d.typed), Detail: d.env.Words.T(text.DialogNew)})
	}
	d.cur = max(0, min(d.cur, len(d.hits)-1))
}

func (d *Pick) known() bool {
	for _, o := range d.all {
		if strings.EqualFold(o.Value, d.typed) {
			return true
		}
	}
	return false
}

// Handle moves, searches and chooses.
func (d *Pick) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		switch m.String() {
		case "esc":
			return true, nil
		case "up", "ctrl+p":
			return false, d.move(-1)
		case "down", "ctrl+n":
			return false, d.move(1)
		case "pgup":
			return false, d.move(-d.rows)
		case "pgdown":
			return false, d.move(d.rows)
		case "enter":
			if d.cur < len(d.hits) {
				return true, d.Choose(d.hits[d.cur].Value)
			}
			return false, nil
		}
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			return false, d.move(-1)
		}
		return false, d.move(1)
	case tea.MouseClickMsg:
		if y := m.Y - d.f.Below(); y >= 0 && y < d.rows && d.top+y < len(d.hits) {
			return true, d.Choose(d.hits[d.top+y].Value)
		}
		return false, nil
	}
	if d.f.In.Handle(msg) {
		d.cur = 0
		d.search()
	}
	return false, nil
}

func (d *Pick) move(n int) tea.Cmd {
	d.cur = max(0, min(d.cur+n, len(d.hits)-1))
	return nil
}

// Keys are those of the footer while the dialog is open.
func (d *Pick) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "pick.choose", Keys: []string{"enter"}, Help: text.DialogKeyChoose},
		{Do: "pick.move", Keys: []string{"up", "down"}, Help: text.DialogKeyMove},
		{Do: "pick.close", Keys: []string{"esc"}, Help: text.DialogKeyClose},
	}
}

// Lines draws the box: the field, then the options that match.
func (d *Pick) Lines(w, h int) []string {
	w = Width(52, w)
	in := max(1, w-4)
	d.rows = max(1, min(h-4, max(1, len(d.all)+1), 14))
	d.top = max(0, min(d.top, d.cur, max(0, len(d.hits)-d.rows)))
	d.top = max(d.top, d.cur-d.rows+1)
	body := d.f.Lines(d.env, in)
	for i := d.top; i < d.top+d.rows; i++ {
		switch {
		case i < len(d.hits):
			body = append(body, OptionLine(d.env, d.hits[i], i == d.cur, in))
		case i == 0:
			body = append(body, d.env.Theme.Faint.Render(kit.Fit(d.env.Words.T(text.DialogNone), in)))
		default:
			body = append(body, kit.Spaces(in))
		}
	}
	return Box(d.env, d.Name, body, w, h)
}

// OptionLine draws an option, with a bar before the chosen one.
func OptionLine(env *frame.Env, o Option, chosen bool, w int) string {
	th, mark, set := env.Theme, "  ", ""
	if chosen {
		mark = th.Accent.Render("▌ ")
	}
	if o.On {
		set = th.Good.Render("✓ ")
	}
	s := kit.Ends(mark+set+th.Text.Render(o.Label), th.Faint.Render(o.Detail), w)
	if chosen {
		return th.Select.Line(s, w)
	}
	return s
}

// Cursor stands in the field.
func (d *Pick) Cursor() *tea.Cursor { return d.f.Cursor() }
