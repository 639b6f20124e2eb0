package contacts

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// trayAddr is where the answers of the tray go.
const trayAddr = "contacts.tray"

const trayLimit = 100

// tray lists messages whose words may mean stop; one key decides each.
type tray struct {
	p      *Pane
	all    []people.Review
	loaded bool
	err    error
	cur    int
	busy   bool
	undos  []decidedMsg // decisions that can be taken back, the last one last
	find   int64        // the review that the cursor goes to when it comes back
	fetch  kit.Fetch[[]people.Review]
}

// decidedMsg is how a decision went.
type decidedMsg struct {
	id   int64
	undo people.Undo
	err  error
}

// waitsAgainMsg is how the taking back of one went.
type waitsAgainMsg struct {
	id  int64
	err error
}

func (p *Pane) openTray() tea.Cmd { return dialog.Open(&tray{p: p}) }

func needTray(p *Pane) text.K {
	if p.d.Tray == nil {
		return text.ContactsOffFiles
	}
	return ""
}

// Addr is where the tray's own answers go.
func (*tray) Addr() string { return trayAddr }

// Init reads what waits.
func (d *tray) Init() tea.Cmd { return d.load() }

func (d *tray) load() tea.Cmd {
	r := d.p.d.Tray
	return kit.Send(trayAddr, d.fetch.Ask(d.p.env.Ctx, func(ctx context.Context) ([]people.Review, error) { return r.Tray(ctx, trayLimit) }))
}

// Handle decides and moves.
func (d *tray) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case kit.Loaded[[]people.Review]:
		fresh, again := d.fetch.Take(d.p.env.Ctx, m)
		if fresh {
			d.all, d.err, d.loaded, d.busy = m.Val, m.Err, true, false
			if i := slices.IndexFunc(d.all, func(r people.Review) bool { return r.ID == d.find }); i >= 0 {
				d.cur = i
			}
			d.cur, d.find = max(0, min(d.cur, len(d.all)-1)), 0
		}
		return false, kit.Send(trayAddr, again)
	case decidedMsg:
		cmds := []tea.Cmd{d.load(), d.p.renew()}
		if m.err != nil {
			return false, tea.Batch(append(cmds, fail(m.err))...)
		}
		d.undos = append(d.undos, m)
		return false, tea.Batch(cmds...)
	case waitsAgainMsg:
		cmds := []tea.Cmd{d.load(), d.p.renew()}
		if d.find = m.id; m.err != nil {
			return false, tea.Batch(append(cmds, fail(m.err))...)
		}
		return false, tea.Batch(append(cmds, toast(frame.Toast{Text: d.p.env.Words.T(text.ContactsTrayUndone)}))...)
	case tea.MouseWheelMsg:
		n := 1
		if m.Button == tea.MouseWheelUp {
			n = -1
		}
		d.cur = max(0, min(d.cur+n, len(d.all)-1))
	case tea.KeyPressMsg:
		return d.key(m.String())
	}
	return false, nil
}

func (d *tray) key(name string) (bool, tea.Cmd) {
	switch name {
	case "esc", "q":
		return true, nil
	case "j", "down":
		d.cur = max(0, min(d.cur+1, len(d.all)-1))
	case "k", "up":
		d.cur = max(0, d.cur-1)
	case "s":
		return false, d.decide(true)
	case "n":
		return false, d.decide(false)
	case "u":
		return false, d.undo()
	case "enter", "o":
		if d.cur < len(d.all) {
			r := d.all[d.cur]
			return true, func() tea.Msg { return frame.OpenConversation{Conversation: r.ConversationID, Message: r.MessageID} }
		}
	}
	return false, nil
}

// decide ends the review under the cursor.
func (d *tray) decide(stop bool) tea.Cmd {
	if d.busy || d.cur >= len(d.all) {
		return nil
	}
	d.busy = true
	r, work, agent, ctx := d.all[d.cur], d.p.d.Tray, d.p.env.Agent, d.p.env.Ctx
	return kit.Send(trayAddr, func() tea.Msg {
		undo, err := work.Decide(ctx, r.ID, agent, stop)
		return decidedMsg{r.ID, undo, err}
	})
}

// undo takes the last decision back.
func (d *tray) undo() tea.Cmd {
	if d.busy || len(d.undos) == 0 {
		return nil
	}
	d.busy = true
	last, ctx := d.undos[len(d.undos)-1], d.p.env.Ctx
	d.undos = d.undos[:len(d.undos)-1]
	return kit.Send(trayAddr, func() tea.Msg { return waitsAgainMsg{last.id, last.undo(ctx)} })
}

// Keys are those of the footer while the tray is open.
func (d *tray) Keys() []keys.Binding {
	off := text.K("")
	if len(d.all) == 0 {
		off = text.ContactsOffNothing
	}
	back := text.K("")
	if len(d.undos) == 0 {
		back = text.ContactsOffNothing
	}
	return []keys.Binding{
		{Do: "tray.stop", Keys: []string{"s"}, Help: text.ContactsKeyStopIs, Off: off},
		{Do: "tray.nothing", Keys: []string{"n"}, Help: text.ContactsKeyNothing, Off: off},
		{Do: "tray.undo", Keys: []string{"u"}, Help: text.ContactsTrayUndo, Off: back},
		{Do: "tray.open", Keys: []string{"enter"}, Help: text.ContactsKeyOpen, Off: off},
		{Do: "tray.move", Keys: []string{"up", "down"}, Help: text.DialogKeyMove, Off: off},
		{Do: "tray.close", Keys: []string{"esc"}, Help: text.DialogKeyClose},
	}
}

// Cursor is nil: nothing is typed here.
func (*tray) Cursor() *tea.Cursor { return nil }

// Lines draws the reviews, three lines each: who and when, what they wrote,
// what the program made of it.
func (d *tray) Lines(w, h int) []string {
	b := d.p.brush()
	th, words := b.Theme, b.Words
	w = dialog.Width(76, w)
	in := max(1, w-4)
	var body []string
	switch {
	case d.err != nil:
		why, hint := words.Error(d.err)
		body = append(dialog.Wrapped(th.Bad, why, in), dialog.Wrapped(th.Muted, hint, in)...)
	case d.loaded && len(d.all) == 0:
		body = dialog.Wrapped(th.Muted, words.T(text.ContactsTrayEmpty), in)
	default:
		how := text.ContactsTrayHow
		if d.cur < len(d.all) && !d.all[d.cur].Waits() {
			how = text.ContactsTrayCounts
		}
		body = dialog.Wrapped(th.Muted, words.T(how), in)
	}
	body = append(body, dialog.Rule(b.Env, in))
	room := max(1, (h-2-len(body))/3)
	top := max(0, min(d.cur-room/2, len(d.all)-room))
	for i := top; i < min(len(d.all), top+room); i++ {
		body = append(body, b.review(&d.all[i], i == d.cur, in)...)
	}
	return dialog.Box(b.Env, words.T(text.ContactsTray), body, w, h)
}

func (b *brush) review(r *people.Review, chosen bool, w int) []string {
	th, words := b.Theme, b.Words
	mark := "  "
	if chosen {
		mark = th.Accent.Render("▌ ")
	}
	who := kit.CleanLine(r.Name)
	if who == "" {
		who = contact.Pretty(r.Phone)
	}
	k := text.ContactsTrayAsk
	switch r.Reading {
	case consent.Propose:
		k = text.ContactsTrayPropose
	case consent.SaysOut:
		k = text.ContactsTrayDone
	}
	ls := []string{
		mark + kit.Ends(th.Strong.Render(who), th.Faint.Render(words.When(r.At, b.now)), max(1, w-2)),
		mark + kit.Fit(th.Text.Render("‹ "+kit.CleanLine(r.Text)), max(1, w-2)),
		mark + kit.Fit(th.Soon.Render(words.T(k, "Word", kit.CleanLine(r.Word))), max(1, w-2)),
	}
	for i := range ls {
		if chosen {
			ls[i] = th.Select.Line(ls[i], w)
		}
	}
	return ls
}
