package campaigns

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// maxNames is how many people a list of names shows; an export has all.
const maxNames = 1000

// names lists people: who is left out, or whom a failure befell.
type names struct {
	env   *frame.Env
	title string
	ids   []int64
	all   int // how many there are beside those named
	read  People
	names map[int64]who // nil until they are read
	err   error
	top   int
	room  int
}

// showNames lists people by their ids.
func (p *Pane) showNames(title string, ids []int64, all int) tea.Cmd {
	return dialog.Open(&names{env: p.env, title: title, ids: ids, all: all, read: p.d.People})
}

// namesMsg is what was read of them.
type namesMsg struct {
	names map[int64]who
	err   error
}

// Addr is where the dialog's own answers go.
func (*names) Addr() string { return "campaigns.names" }

// Init reads the names.
func (d *names) Init() tea.Cmd {
	ctx, read, ids := d.env.Ctx, d.read, d.ids
	return kit.Send(d.Addr(), func() tea.Msg {
		got, err := namesOf(ctx, read, ids)
		return namesMsg{got, err}
	})
}

// Handle scrolls and closes.
func (d *names) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case namesMsg:
		d.names, d.err = m.names, m.err
	case tea.MouseWheelMsg:
		if m.Button == tea.MouseWheelUp {
			d.scroll(-3)
		} else if m.Button == tea.MouseWheelDown {
			d.scroll(3)
		}
	case tea.KeyPressMsg:
		switch m.String() {
		case "esc", "enter", "q":
			return true, nil
		case "j", "down":
			d.scroll(1)
		case "k", "up":
			d.scroll(-1)
		case "pgdown", "space":
			d.scroll(max(1, d.room-1))
		case "pgup":
			d.scroll(-max(1, d.room-1))
		case "g", "home":
			d.top = 0
		case "G", "end":
			d.scroll(len(d.ids))
		}
	}
	return false, nil
}

func (d *names) scroll(n int) { d.top = max(0, min(d.top+n, len(d.ids)-d.room)) }

// Keys are those of the footer while the dialog is open.
func (*names) Keys() []keys.Binding {
	return []keys.Binding{{Do: "names.scroll", Keys: []string{"j", "k"}, Help: text.CampKeyScroll}, {Do: "names.close", Keys: []string{"esc"}, Help: text.DialogKeyClose}}
}

// Lines draws the list.
func (d *names) Lines(w, h int) []string {
	w = dialog.Width(60, w)
	th, t, in := d.env.Theme, d.env.Words, max(1, w-4)
	var body []string
	switch {
	case d.err != nil:
		why, _ := t.Error(d.err)
		body = dialog.Wrapped(th.Bad, why, in)
	case d.names == nil:
		body = []string{th.Accent.Render(t.T(text.CampReading))}
	}
	d.room = max(1, min(len(d.ids), h-4))
	d.scroll(0)
	if d.names != nil {
		for _, id := range d.ids[d.top:min(len(d.ids), d.top+d.room)] {
			x, ok := d.names[id]
			if !ok {
				x.name = t.T(text.CampGone)
			}
			phone := x.phone
			if phone == x.name {
				phone = ""
			}
			body = append(body, kit.Ends(th.Text.Render(x.name), th.Muted.Render(phone), in))
		}
		if more := d.all - len(d.ids); more > 0 {
			body = append(body, th.Faint.Render(t.N(text.CampMore, more)))
		}
	}
	return dialog.Box(d.env, t.T(text.CampNamesTitle, "What", d.title, "N", t.Num(d.all)), body, w, h)
}

// Cursor is nowhere: nothing is typed.
func (*names) Cursor() *tea.Cursor { return nil }

// showThing names the people behind the chosen line of the card.
func (p *Pane) showThing() tea.Cmd {
	it, x := p.chosen(), p.thing()
	if x == nil {
		return nil
	}
	title, states, want := "", failedOnly, matcher(x)
	switch {
	case x.lost != nil:
		return p.refuse(text.CampUnsureHint)
	case x.group != nil:
		title, _ = p.brush().class(x.group.Class)
	default:
		title, states = p.brush().why(x.skip), skippedOnly
	}
	ctx, read, id := p.env.Ctx, p.d.Read, it.ID
	return p.act(func(context.Context) (tea.Msg, error) {
		ids, n, err := findRecipients(ctx, read, id, states, want)
		return foundMsg{title, ids, n}, err
	})
}

// foundMsg are the people behind a line of the card.
type foundMsg struct {
	title string
	ids   []int64
	n     int
}
