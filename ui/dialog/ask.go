package dialog

import (
	tea "charm.land/bubbletea/v2"

	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Reading is what a line typed so far is understood as.
type Reading struct {
	Says string // in words
	OK   bool   // it can be accepted
	Bad  bool   // it says what is wrong
}

// Ask is a dialog with one line and, below it, what the line is understood as
// while it is being typed.
type Ask struct {
	Name   string
	Read   func(typed string) Reading
	Accept func(typed string) tea.Cmd
	// Complete proposes whole lines for what is typed; nil for none. It may read
	// the disk: it runs in a command.
	Complete func(typed string) []string

	env *frame.Env
	f   Field
}

// NewAsk makes one; value stands in the field, hint when it is empty.
func NewAsk(env *frame.Env, name, hint, value string, read func(string) Reading, accept func(string) tea.Cmd) *Ask {
	d := &Ask{Name: name, Read: read, Accept: accept, env: env, f: Field{Sign: "›"}}
	d.f.In.Placeholder = hint
	d.f.In.Limit = 4096
	d.f.In.SetValue(value)
	return d
}

// Handle edits, completes and accepts.
func (d *Ask) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	if m, ok := msg.(tea.KeyPressMsg); ok {
		switch m.String() {
		case "esc":
			return true, nil
		case "enter":
			if v := d.f.In.Value(); d.Read(v).OK {
				return true, d.Accept(v)
			}
			return false, nil
		case "tab":
			return false, d.complete()
		}
	}
	if m, ok := msg.(completed); ok {
		if m.typed == d.f.In.Value() && len(m.all) > 0 {
			d.f.In.Replace(next(m.typed, m.all))
		}
		return false, nil
	}
	d.f.In.Handle(msg)
	return false, nil
}

// completed is the answer of Complete.
type completed struct {
	typed string
	all   []string
}

func (d *Ask) complete() tea.Cmd {
	if d.Complete == nil {
		return nil
	}
	typed, find := d.f.In.Value(), d.Complete
	return kit.Send(d.Addr(), func() tea.Msg { return completed{typed, find(typed)} })
}

// Addr is where the dialog's own answers go.
func (d *Ask) Addr() string { return "dialog.ask" }

// next is what tab puts in: as far as all go together, else the first.
func next(typed string, all []string) string {
	s := all[0]
	for _, o := range all[1:] {
		for len(s) > 0 && (len(o) < len(s) || o[:len(s)] != s) {
			s = s[:len(s)-1]
		}
	}
	if len(s) <= len(typed) {
		return all[0]
	}
	return s
}

// Keys are those of the footer while the dialog is open.
func (d *Ask) Keys() []keys.Binding {
	ks := []keys.Binding{{Do: "ask.accept", Keys: []string{"enter"}, Help: text.DialogKeyAccept}}
	if d.Complete != nil {
		ks = append(ks, keys.Binding{Do: "ask.complete", Keys: []string{"tab"}, Help: text.DialogKeyComplete})
	}
	return append(ks, keys.Binding{Do: "ask.close", Keys: []string{"esc"}, Help: text.DialogKeyClose})
}

// Lines draws the box: the line and its reading.
func (d *Ask) Lines(w, h int) []string {
	w = Width(64, w)
	in := max(1, w-4)
	body := d.f.Lines(d.env, in)
	r, th := d.Read(d.f.In.Value()), d.env.Theme
	ink := th.Muted
	switch {
	case r.Bad:
		ink = th.Bad
	case r.OK:
		ink = th.Good
	}
	ls := Wrapped(ink, kit.Clean(r.Says), in)
	if len(ls) == 0 {
		ls = []string{""}
	}
	return Box(d.env, d.Name, append(body, ls...), w, h)
}

// Cursor stands in the line.
func (d *Ask) Cursor() *tea.Cursor { return d.f.Cursor() }
