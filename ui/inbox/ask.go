package inbox

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/dialog"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// reading is what a line typed so far is understood as.
type reading struct {
	says string // in words: "Wed 25 Nov 09:00"
	ok   bool   // it can be accepted
}

// ask is a dialog with one line and, below it, what the line is understood as
// while it is being typed.
type ask struct {
	p       *Pane
	name    string
	f       dialog.Field
	read    func(typed string) reading
	accept  func(typed string) tea.Cmd
	offered []string // completions, newest answer
	cur     int      // of offered, -1 for none
	top     int
	changed func(typed string) tea.Cmd // asks for completions; nil when there are none
	took    func(suggestion)           // takes the answer
}

func (p *Pane) newAsk(name, hint text.K, read func(string) reading, accept func(string) tea.Cmd) *ask {
	d := &ask{p: p, name: p.env.Words.T(name), f: dialog.Field{Sign: "›"}, read: read, accept: accept, cur: -1}
	d.f.In.Placeholder = p.env.Words.T(hint)
	d.f.In.Limit = 4096
	return d
}

// Handle edits, completes and accepts.
func (d *ask) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	if m, ok := msg.(tea.KeyPressMsg); ok {
		switch m.String() {
		case "esc":
			return d.close(nil)
		case "enter":
			if d.cur >= 0 && d.cur < len(d.offered) {
				return false, d.complete(d.offered[d.cur])
			}
			if v := d.f.In.Value(); d.read(v).ok {
				return d.close(d.accept(v))
			}
			return false, nil
		case "tab":
			if len(d.offered) > 0 {
				return false, d.complete(d.next())
			}
			return false, nil
		case "down", "ctrl+n":
			d.cur = min(d.cur+1, len(d.offered)-1)
			return false, nil
		case "up", "ctrl+p":
			d.cur = max(-1, d.cur-1)
			return false, nil
		}
	}
	if d.f.In.Handle(msg) {
		return false, d.edited()
	}
	return false, nil
}

// next is what tab puts in: the chosen completion, else what all have in common.
func (d *ask) next() string {
	if d.cur >= 0 {
		return d.offered[d.cur]
	}
	s := d.offered[0]
	for _, o := range d.offered[1:] {
		s = commonStart(s, o)
	}
	if len(s) <= len(d.f.In.Value()) {
		return d.offered[0]
	}
	return s
}

func (d *ask) complete(s string) tea.Cmd {
	d.f.In.SetValue(s)
	return d.edited()
}

func (d *ask) edited() tea.Cmd {
	d.cur, d.offered = -1, nil
	if d.changed == nil {
		return nil
	}
	return d.changed(d.f.In.Value())
}

func (d *ask) close(cmd tea.Cmd) (bool, tea.Cmd) {
	if d.p.asker == d {
		d.p.asker = nil
	}
	return true, cmd
}

// Keys are those of the footer while the dialog is open.
func (d *ask) Keys() []keys.Binding {
	ks := []keys.Binding{{Do: "ask.accept", Keys: []string{"enter"}, Help: text.InboxKeyAccept}}
	if d.changed != nil {
		ks = append(ks, keys.Binding{Do: "ask.complete", Keys: []string{"tab"}, Help: text.InboxKeyComplete})
	}
	return append(ks, keys.Binding{Do: "ask.close", Keys: []string{"esc"}, Help: text.InboxKeyClose})
}

// Lines draws the box: the line, its reading, completions.
func (d *ask) Lines(w, h int) []string {
	b := d.p.brush()
	w = dialog.Width(64, w)
	in := max(1, w-4)
	body := d.f.Lines(d.p.env, in)
	r := d.read(d.f.In.Value())
	ink := b.Muted
	if r.ok {
		ink = b.Good
	}
	for _, l := range kit.Wrap(r.says, in) {
		body = append(body, ink.Render(l))
	}
	if d.changed != nil {
		body = append(body, d.completions(in, min(8, h-2-len(body)))...)
	}
	return dialog.Box(d.p.env, d.name, body, w, h)
}

func (d *ask) completions(w, n int) []string {
	var ls []string
	d.top = max(0, min(d.top, d.cur, len(d.offered)-n))
	d.top = max(d.top, d.cur-n+1)
	for i := d.top; i < d.top+n; i++ {
		if i >= len(d.offered) {
			ls = append(ls, kit.Spaces(w))
			continue
		}
		ls = append(ls, dialog.OptionLine(d.p.env, dialog.Option{Label: kit.CleanLine(leaf(d.offered[i]))}, i == d.cur, false, w))
	}
	return ls
}

// leaf is the last part of a path, with the sign of a folder.
func leaf(path string) string {
	if i := strings.LastIndexAny(strings.TrimRight(path, "/\\"), "/\\"); i >= 0 {
		return path[i+1:]
	}
	return path
}

// Cursor stands in the line.
func (d *ask) Cursor() *tea.Cursor { return d.f.Cursor() }
