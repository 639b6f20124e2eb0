// Package pick is a dialog that finds one of many by a few letters. It is
// shared by panes that have something to choose from.
package pick

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Option is one line to choose from.
type Option struct {
	Value  string // handed to Choose
	Label  string // what the fuzzy search looks at
	Detail string // shown at the right, faint
	On     bool   // it is the one in force
	Off    string // why it cannot be chosen, "" when it can
}

// Dialog finds and chooses. Choose gets the option's value; its command is the
// outcome and must be addressed.
type Dialog struct {
	Env    *frame.Env
	Title  string
	Hint   string // in the empty field
	All    []Option
	Wide   int // width wanted; 0 means 56
	Choose func(value string) tea.Cmd
	// Below draws what belongs to the option under the cursor: lines of w cells,
	// at most h; nil for nothing.
	Below func(value string, w, h int) []string

	in   kit.Input
	hits []Option
	cur  int
	top  int
	rows int // shown at the last drawing
	w    int // of the field at the last drawing
	set  bool
}

const (
	most       = 14 // rows shown
	usualWidth = 56
	maxLetters = 100
)

type labels []Option

func (l labels) String(i int) string { return l[i].Label }
func (l labels) Len() int            { return len(l) }

// begin looks for the first time, with the cursor on what is in force.
func (d *Dialog) begin() {
	if d.set {
		return
	}
	d.set = true
	d.in.Limit, d.in.Placeholder = maxLetters, d.Hint
	for i := range d.All {
		d.All[i].Label, d.All[i].Detail = kit.CleanLine(d.All[i].Label), kit.CleanLine(d.All[i].Detail)
	}
	d.search()
	for i, o := range d.hits {
		if o.On {
			d.cur = i
			break
		}
	}
}

func (d *Dialog) search() {
	typed := strings.TrimSpace(d.in.Value())
	d.hits = d.hits[:0]
	if typed == "" {
		d.hits = append(d.hits, d.All...)
	} else {
		for _, m := range fuzzy.FindFrom(typed, labels(d.All)) {
			d.hits = append(d.hits, d.All[m.Index])
		}
	}
	d.cur = max(0, min(d.cur, len(d.hits)-1))
}

// Handle moves, searches and chooses.
func (d *Dialog) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	d.begin()
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		switch m.String() {
		case "esc":
			return true, nil
		case "up", "ctrl+p":
			d.move(-1)
			return false, nil
		case "down", "ctrl+n":
			d.move(1)
			return false, nil
		case "pgup":
			d.move(-max(1, d.rows))
			return false, nil
		case "pgdown":
			d.move(max(1, d.rows))
			return false, nil
		case "enter":
			return d.choose(d.cur)
		}
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			d.move(-1)
		} else {
			d.move(1)
		}
		return false, nil
	case tea.MouseClickMsg:
		if y := m.Y - 3; y >= 0 && y < d.rows && d.top+y < len(d.hits) {
			return d.choose(d.top + y)
		}
		return false, nil
	}
	if d.in.Handle(msg) {
		d.cur = 0
		d.search()
	}
	return false, nil
}

func (d *Dialog) move(n int) { d.cur = max(0, min(d.cur+n, len(d.hits)-1)) }

func (d *Dialog) choose(i int) (bool, tea.Cmd) {
	if i >= len(d.hits) {
		return false, nil
	}
	o := d.hits[i]
	if o.Off != "" {
		return false, func() tea.Msg { return frame.Toast{Text: o.Off, Refused: true} }
	}
	return true, d.Choose(o.Value)
}

// Keys are those of the footer while the dialog is open.
func (d *Dialog) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "pick.choose", Keys: []string{"enter"}, Help: text.KeyChoose},
		{Do: "pick.move", Keys: []string{"up", "down"}, Help: text.PickMove},
		{Do: "pick.close", Keys: []string{"esc"}, Help: text.KeyClose},
	}
}

// Lines draws the box: the field, the options that match, what is below them.
func (d *Dialog) Lines(w, h int) []string {
	d.begin()
	th := d.Env.Theme
	want := d.Wide
	if want == 0 {
		want = usualWidth
	}
	w = max(1, min(want, w))
	if w < 6 {
		return []string{kit.Fit(d.Title, w)}[:min(1, max(0, h))]
	}
	in := w - 4
	d.w = max(1, in-2)
	body := []string{
		th.Accent.Render("› ") + d.in.Lines(d.w, 1, kit.InputStyle{Text: th.Text, Hint: th.Hint})[0],
		th.Line.Render(strings.Repeat("─", in)),
	}
	room := h - 4
	d.rows = max(1, min(room, len(d.All), most))
	var below []string
	if d.Below != nil {
		d.rows = max(1, min(d.rows, room*2/5))
		if left := room - d.rows - 1; left >= 3 {
			value := ""
			if d.cur < len(d.hits) {
				value = d.hits[d.cur].Value
			}
			below = kit.Pad(d.Below(value, in, left), in, left)
		}
	}
	d.top = max(0, min(d.top, d.cur, len(d.hits)-d.rows))
	d.top = max(d.top, d.cur-d.rows+1)
	for i := d.top; i < d.top+d.rows; i++ {
		switch {
		case i < len(d.hits):
			body = append(body, d.option(d.hits[i], i == d.cur, in))
		case i == 0:
			body = append(body, th.Faint.Render(kit.Fit(d.Env.Words.T(text.PickNone), in)))
		default:
			body = append(body, kit.Spaces(in))
		}
	}
	if len(below) > 0 {
		body = append(append(body, th.Line.Render(strings.Repeat("─", in))), below...)
	}
	ls := kit.Box(kit.CleanLine(d.Title), body, w, th.Border, th.Title)
	return ls[:min(len(ls), max(0, h))]
}

func (d *Dialog) option(o Option, chosen bool, w int) string {
	th := d.Env.Theme
	mark, on, ink := "  ", "", th.Text
	if chosen {
		mark = th.Accent.Render("▌ ")
	}
	if o.On {
		on = th.Good.Render("✓ ")
	}
	if o.Off != "" {
		ink = th.Faint
	}
	s := kit.Ends(mark+on+ink.Render(o.Label), th.Faint.Render(o.Detail), w)
	if chosen {
		return th.Select.Line(s, w)
	}
	return s
}

// Cursor stands in the field.
func (d *Dialog) Cursor() *tea.Cursor {
	d.begin()
	x, _ := d.in.Cursor(d.w)
	return tea.NewCursor(2+2+x, 1)
}
