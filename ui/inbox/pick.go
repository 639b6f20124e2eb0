package inbox

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// option is one line of a pick list.
type option struct {
	value  string // handed to choose
	label  string // cleaned; what the fuzzy search looks at
	detail string // shown at the right, faint
	on     bool   // it is set already
}

// pick is a dialog that finds one of many by a few letters. With free set, a
// word that is no option may be chosen as it was typed.
type pick struct {
	p      *Pane
	name   string
	f      field
	all    []option
	hits   []option
	typed  string // the word of the last search
	cur    int
	top    int
	rows   int // shown at the last drawing
	free   bool
	filter bool // it picks the list's filter
	choose func(value string) tea.Cmd
}

func (p *Pane) newPick(k text.K, all []option, free bool, choose func(string) tea.Cmd) *pick {
	d := &pick{p: p, name: p.env.Words.T(k), f: field{sign: "›"}, all: all, free: free, choose: choose}
	d.f.in.Placeholder = p.env.Words.T(text.InboxPickHint)
	d.f.in.Limit = 100
	if free {
		d.f.in.Placeholder = p.env.Words.T(text.InboxPickFreeHint)
	}
	d.search()
	return d
}

type labels []option

func (l labels) String(i int) string { return l[i].label }
func (l labels) Len() int            { return len(l) }

func (d *pick) search() {
	d.typed = strings.TrimSpace(d.f.in.Value())
	d.hits = d.hits[:0]
	if d.typed == "" {
		d.hits = append(d.hits, d.all...)
	} else {
		for _, m := range fuzzy.FindFrom(d.typed, labels(d.all)) {
			d.hits = append(d.hits, d.all[m.Index])
		}
	}
	if d.free && d.typed != "" && !d.known() {
		d.hits = append(d.hits, option{value: d.typed, label: kit.CleanLine(d.typed), detail: d.p.env.Words.T(text.InboxPickNew)})
	}
	d.cur = max(0, min(d.cur, len(d.hits)-1))
}

func (d *pick) known() bool {
	for _, o := range d.all {
		if strings.EqualFold(o.value, d.typed) {
			return true
		}
	}
	return false
}

// set replaces the options when they arrive late, and keeps what was typed.
func (d *pick) set(all []option) {
	d.all = all
	d.search()
}

// Handle moves, searches and chooses.
func (d *pick) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		switch m.String() {
		case "esc":
			return d.close(nil)
		case "up", "ctrl+p":
			d.cur = max(0, d.cur-1)
			return false, nil
		case "down", "ctrl+n":
			d.cur = max(0, min(d.cur+1, len(d.hits)-1))
			return false, nil
		case "pgup":
			d.cur = max(0, d.cur-d.rows)
			return false, nil
		case "pgdown":
			d.cur = max(0, min(d.cur+d.rows, len(d.hits)-1))
			return false, nil
		case "enter":
			if d.cur < len(d.hits) {
				return d.choosing(d.cur)
			}
			return false, nil
		}
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			d.cur = max(0, d.cur-1)
		} else {
			d.cur = max(0, min(d.cur+1, len(d.hits)-1))
		}
		return false, nil
	case tea.MouseClickMsg:
		if y := m.Y - d.f.below(); y >= 0 && y < d.rows && d.top+y < len(d.hits) {
			return d.choosing(d.top + y)
		}
		return false, nil
	}
	if d.f.in.Handle(msg) {
		d.cur = 0
		d.search()
	}
	return false, nil
}

func (d *pick) choosing(i int) (bool, tea.Cmd) { return d.close(d.choose(d.hits[i].value)) }

func (d *pick) close(cmd tea.Cmd) (bool, tea.Cmd) {
	if d.p.picker == d {
		d.p.picker = nil
	}
	return true, cmd
}

// Keys are those of the footer while the dialog is open.
func (d *pick) Keys() []keys.Binding {
	return []keys.Binding{
		{Do: "pick.choose", Keys: []string{"enter"}, Help: text.InboxKeyChoose},
		{Do: "pick.move", Keys: []string{"up", "down"}, Help: text.InboxKeyMove},
		{Do: "pick.close", Keys: []string{"esc"}, Help: text.InboxKeyClose},
	}
}

// Lines draws the box: the field, then the options that match.
func (d *pick) Lines(w, h int) []string {
	b := d.p.brush()
	w = dialogWidth(52, w)
	in := max(1, w-4)
	d.rows = max(1, min(h-4, max(1, len(d.all)+1), 14))
	d.top = max(0, min(d.top, d.cur, max(0, len(d.hits)-d.rows)))
	d.top = max(d.top, d.cur-d.rows+1)
	body := d.f.lines(b, in)
	for i := d.top; i < d.top+d.rows; i++ {
		switch {
		case i < len(d.hits):
			body = append(body, b.option(d.hits[i], i == d.cur, in, d.ticked()))
		case i == 0:
			body = append(body, b.Faint.Render(kit.Fit(b.words.T(text.InboxPickNone), in)))
		default:
			body = append(body, kit.Spaces(in))
		}
	}
	ls := b.box(d.name, body, w)
	return ls[:min(len(ls), max(0, h))]
}

// ticked reports whether any of the options is set: then all make room for the tick.
func (d *pick) ticked() bool { return slices.ContainsFunc(d.all, func(o option) bool { return o.on }) }

func (b *brush) option(o option, chosen bool, w int, ticked bool) string {
	mark, set := "  ", ""
	if chosen {
		mark = b.Accent.Render("▌ ")
	}
	switch {
	case o.on:
		set = b.Good.Render("✓ ")
	case ticked:
		set = "  "
	}
	s := kit.Ends(mark+set+b.Text.Render(o.label), b.Faint.Render(o.detail), w)
	if chosen {
		return b.Select.Line(s, w)
	}
	return s
}

// Cursor stands in the field.
func (d *pick) Cursor() *tea.Cursor { return d.f.cursor() }
