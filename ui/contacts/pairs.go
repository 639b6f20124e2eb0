package contacts

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"bottega/core/people"
	"bottega/ui/dialog"
	"bottega/ui/frame"
	"bottega/ui/keys"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// pairsAddr is where the answers of the merge dialog go.
const pairsAddr = "contacts.pairs"

const pairsLimit = 200

// pairs shows records that may be one person, and what merging two of them
// would do before it does it.
type pairs struct {
	p      *Pane
	all    []people.Pair
	loaded bool
	err    error
	cur    int
	list   bool // opened on the list; else on two that were marked
	plan   *people.Merge
	keep   int64
	gone   int64
	busy   bool
	top    int // of the preview
	fetch  kit.Fetch[[]people.Pair]
	look   kit.Fetch[people.Merge]
}

// mergedMsg is how a merge went.
type mergedMsg struct {
	id         int64
	keep, gone int64
	err        error
}

// openPairs merges the two that are marked, or looks for doubles.
func (p *Pane) openPairs() tea.Cmd {
	d := &pairs{p: p, list: true}
	if len(p.list.marked) == 2 {
		ids := p.whom()
		d.list, d.keep, d.gone = false, ids[0], ids[1]
	}
	return dialog.Open(d)
}

func needPairs(p *Pane) text.K {
	if p.d.Pairs == nil {
		return text.ContactsOffFiles
	}
	return ""
}

// Addr is where the dialog's own answers go.
func (*pairs) Addr() string { return pairsAddr }

// Init reads what is shown first.
func (d *pairs) Init() tea.Cmd {
	if !d.list {
		return d.preview()
	}
	return d.find()
}

func (d *pairs) find() tea.Cmd {
	r := d.p.d.Pairs
	return kit.Send(pairsAddr, d.fetch.Ask(d.p.env.Ctx, func(ctx context.Context) ([]people.Pair, error) { return r.Duplicates(ctx, pairsLimit) }))
}

func (d *pairs) preview() tea.Cmd {
	r, keep, gone := d.p.d.Pairs, d.keep, d.gone
	return kit.Send(pairsAddr, d.look.Ask(d.p.env.Ctx, func(ctx context.Context) (people.Merge, error) { return r.PreviewMerge(ctx, keep, gone) }))
}

// Handle moves, previews and merges.
func (d *pairs) Handle(msg tea.Msg) (done bool, cmd tea.Cmd) {
	switch m := msg.(type) {
	case kit.Loaded[[]people.Pair]:
		fresh, again := d.fetch.Take(d.p.env.Ctx, m)
		if fresh {
			d.all, d.err, d.loaded = m.Val, m.Err, true
			d.cur = max(0, min(d.cur, len(d.all)-1))
		}
		return false, kit.Send(pairsAddr, again)
	case kit.Loaded[people.Merge]:
		fresh, again := d.look.Take(d.p.env.Ctx, m)
		if fresh {
			if d.err = m.Err; m.Err == nil {
				d.plan, d.top = &m.Val, 0
			}
		}
		return false, kit.Send(pairsAddr, again)
	case mergedMsg:
		return d.merged(m)
	case tea.MouseWheelMsg:
		n := 1
		if m.Button == tea.MouseWheelUp {
			n = -1
		}
		d.move(n)
	case tea.KeyPressMsg:
		return d.key(m.String())
	}
	return false, nil
}

// merged goes on with the next pair, or closes.
func (d *pairs) merged(m mergedMsg) (bool, tea.Cmd) {
	d.busy = false
	if m.err != nil {
		return false, fail(m.err)
	}
	work, agent := d.p.d.Pairs, d.p.env.Agent
	t := frame.Toast{Text: d.p.env.Words.T(text.ContactsMerged), Undo: func(ctx context.Context) error { return work.Unmerge(ctx, m.id, agent) }}
	cmd := send(func() tea.Msg { return doneMsg{did: []int64{m.keep, m.gone}, toast: t} })
	if !d.list {
		return true, cmd
	}
	d.plan = nil
	return false, tea.Batch(cmd, d.find())
}

func (d *pairs) move(n int) {
	if d.plan != nil {
		d.top = max(0, d.top+n)
		return
	}
	d.cur = max(0, min(d.cur+n, len(d.all)-1))
}

func (d *pairs) key(name string) (bool, tea.Cmd) {
	switch name {
	case "esc", "q":
		if d.plan != nil && d.list {
			d.plan, d.err = nil, nil
			return false, nil
		}
		return true, nil
	case "j", "down":
		d.move(1)
	case "k", "up":
		d.move(-1)
	case "enter", "right":
		if d.plan == nil && d.cur < len(d.all) {
			d.keep, d.gone = d.all[d.cur].A.ID, d.all[d.cur].B.ID
			return false, d.preview()
		}
	case "x":
		if d.plan != nil {
			d.keep, d.gone = d.gone, d.keep
			return false, d.preview()
		}
	case "m":
		return false, d.merge()
	}
	return false, nil
}

// merge does what the preview shows.
func (d *pairs) merge() tea.Cmd {
	if d.plan == nil || d.busy || d.plan.Keep.Contact.ID != d.keep {
		return nil
	}
	d.busy = true
	work, keep, gone, agent, ctx := d.p.d.Pairs, d.keep, d.gone, d.p.env.Agent, d.p.env.Ctx
	return kit.Send(pairsAddr, func() tea.Msg {
		id, err := work.Merge(ctx, keep, gone, agent)
		return mergedMsg{id, keep, gone, err}
	})
}

// Keys are those of the footer while the dialog is open.
func (d *pairs) Keys() []keys.Binding {
	ks := []keys.Binding{{Do: "pairs.merge", Keys: []string{"m"}, Help: text.ContactsKeyMerge}, {Do: "pairs.swap", Keys: []string{"x"}, Help: text.ContactsKeySwap}}
	if d.plan == nil {
		ks = []keys.Binding{{Do: "pairs.preview", Keys: []string{"enter"}, Help: text.ContactsKeyPreview}}
		if len(d.all) == 0 {
			ks[0].Off = text.ContactsOffNothing
		}
	}
	return append(ks, keys.Binding{Do: "pairs.move", Keys: []string{"up", "down"}, Help: text.DialogKeyMove},
		keys.Binding{Do: "pairs.close", Keys: []string{"esc"}, Help: text.DialogKeyClose})
}

// Cursor is nil: nothing is typed here.
func (*pairs) Cursor() *tea.Cursor { return nil }

// Lines draws the pairs, or what a merge would do.
func (d *pairs) Lines(w, h int) []string {
	b := d.p.brush()
	w = dialog.Width(90, w)
	in, room := max(1, w-4), max(1, h-2)
	name := b.Words.T(text.ContactsPairs)
	var body []string
	switch {
	case d.err != nil:
		why, hint := b.Words.Error(d.err)
		body = append(dialog.Wrapped(b.Theme.Bad, why, in), dialog.Wrapped(b.Theme.Muted, hint, in)...)
	case d.plan != nil:
		name = b.Words.T(text.ContactsMergeTitle)
		body = b.mergeLines(d.plan, in)
		d.top = max(0, min(d.top, len(body)-room))
		body = body[d.top:]
	case d.loaded && len(d.all) == 0:
		body = dialog.Wrapped(b.Theme.Muted, b.Words.T(text.ContactsNoPairs), in)
	default:
		body = d.pairLines(b, in, room)
	}
	return dialog.Box(b.Env, name, body, w, h)
}

// pairLines draws the list, two lines a pair.
func (d *pairs) pairLines(b *brush, w, h int) []string {
	th := b.Theme
	body := append(dialog.Wrapped(th.Muted, b.Words.T(text.ContactsPairsHow), w), dialog.Rule(b.Env, w))
	room := max(1, (h-len(body))/2)
	top := max(0, min(d.cur-room/2, len(d.all)-room))
	for i := top; i < min(len(d.all), top+room); i++ {
		x, chosen := &d.all[i], i == d.cur
		mark := "  "
		if chosen {
			mark = th.Accent.Render("▌ ")
		}
		why := ""
		for j, f := range x.Why {
			if j > 0 {
				why += ", "
			}
			why += b.fieldName(f)
		}
		half := max(1, (w-5)/2)
		ls := []string{
			mark + kit.Fit(th.Strong.Render(title(&x.A.Contact, b.Words)), half) + th.Faint.Render(" = ") + kit.Fit(th.Strong.Render(title(&x.B.Contact, b.Words)), half),
			mark + kit.Fit(th.Muted.Render(phone(&x.A.Contact)), half) + "   " + kit.Ends(th.Muted.Render(phone(&x.B.Contact)), th.Soon.Render(why), half),
		}
		for _, l := range ls {
			if l = kit.Fit(l, w); chosen {
				l = th.Select.Line(l, w)
			}
			body = append(body, l)
		}
	}
	return body
}
