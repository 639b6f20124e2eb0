package storage

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"bottega/core"
)

// A list is one or two stretches of an index, one after the other: unread
// before read, open windows before shut ones. Cursor.K1 numbers the stretch,
// K2 is the key inside it, and ID breaks ties in the same direction.

// family is a set of indexes that serve a view: list_NAME_ORDER.
type family struct {
	name  string
	where string
	args  []any
}

// families of a view; more than one are merged.
func families(q *core.ListQuery) []family {
	state := func(s core.ConversationState) family { return family{"state", "c.state = ?", []any{s}} }
	switch q.View {
	case core.ViewMine:
		return []family{{"agent", "c.state = 'open' AND c.assignee = ?", []any{q.Agent}}}
	case core.ViewUnassigned:
		return []family{{"agent", "c.state = 'open' AND c.assignee = ''", nil}}
	case core.ViewWaiting:
		return []family{{"wait", "c.state = 'open' AND c.waiting_since > 0", nil}}
	case core.ViewSnoozed:
		return []family{state(core.Snoozed)}
	case core.ViewDone:
		return []family{state(core.Done)}
	case core.ViewAll:
		return []family{state(core.Open), state(core.Snoozed), state(core.Done)}
	}
	return []family{state(core.Open)}
}

// stretch is one walk along an index.
type stretch struct {
	order string // last part of the index name
	where string
	args  []any
	key   string
	desc  bool
	keyOf func(*core.Conversation) int64
}

// stretches of an order. Which window is open depends on now.
func stretches(o core.Order, now int64) []stretch {
	lastAt := func(c *core.Conversation) int64 { return ms(c.LastAt) }
	ends := func(c *core.Conversation) int64 { return ms(c.WindowEnds()) }
	switch o {
	case core.OrderNewest:
		return []stretch{{order: "newest", key: "c.last_at", desc: true, keyOf: lastAt}}
	case core.OrderUnread:
		return []stretch{
			{order: "unread", where: "c.has_unread = 1", key: "c.last_at", desc: true, keyOf: lastAt},
			{order: "unread", where: "c.has_unread = 0", key: "c.last_at", desc: true, keyOf: lastAt}}
	case core.OrderWindow:
		return []stretch{
			{order: "window", where: "c.window_ends > ?", args: []any{now}, key: "c.window_ends", keyOf: ends},
			{order: "window", where: "c.window_ends <= ?", args: []any{now}, key: "c.window_ends", desc: true, keyOf: ends}}
	}
	return []stretch{{order: "priority", key: "c.sort_key", keyOf: func(c *core.Conversation) int64 { return c.SortKey }}}
}

// row is a conversation with its place in the list.
type row struct {
	core.Conversation
	cursor core.Cursor
}

// Conversations implements core.InboxReader. Shut windows come last, the one
// that shut last first. A tag or channel that few people have is looked up
// from its own side, else it filters the walk.
func (db *DB) Conversations(ctx context.Context, q core.ListQuery) (core.Page, error) {
	q.Limit = min(max(q.Limit, 1), 500)
	l := lister{q: q, back: q.Before != nil || q.FromEnd, stretches: stretches(q.Order, ms(db.now()))}
	l.from = q.After
	if q.Before != nil {
		l.from = q.Before
	}
	read := func(src source) error {
		l.src = src
		return l.read()
	}
	var err error
	if len(l.stretches) == 1 && q.View != core.ViewAll && q.Tag == "" && q.Channel == 0 {
		err = read(reading{ctx, db})
	} else { // several statements: all of them see one state
		err = db.snapshot(ctx, read)
	}
	return l.page(), db.fail("storage.Conversations", err)
}

// lister gathers one page.
type lister struct {
	q         core.ListQuery
	src       source
	back      bool         // from the end towards the start
	from      *core.Cursor // exclusive; nil means from the edge
	stretches []stretch
	sparse    string // index to start from when the filter leaves few rows
	rows      []row
}

func (l *lister) read() error {
	if err := l.chooseFilter(); err != nil {
		return err
	}
	first, step := 0, 1
	if l.back {
		first, step = len(l.stretches)-1, -1
	}
	for i := first; i >= 0 && i < len(l.stretches); i += step {
		from := l.from
		switch {
		case from == nil:
		case l.back && from.K1 < int64(i), !l.back && from.K1 > int64(i):
			continue // the cursor has passed this stretch
		case from.K1 != int64(i):
			from = nil
		}
		var found []row
		for _, f := range families(&l.q) {
			more, err := l.walk(f, i, from, l.q.Limit+1-len(l.rows))
			if err != nil {
				return err
			}
			found = append(found, more...)
		}
		l.merge(found, i)
		if len(l.rows) > l.q.Limit {
			return nil
		}
	}
	return nil
}

// merge appends the rows of a stretch in the direction of travel.
func (l *lister) merge(found []row, i int) {
	if l.q.View == core.ViewAll || l.sparse != "" {
		down := l.stretches[i].desc != l.back
		slices.SortFunc(found, func(a, b row) int {
			c := cmp.Or(cmp.Compare(a.cursor.K2, b.cursor.K2), cmp.Compare(a.cursor.ID, b.cursor.ID))
			if down {
				return -c
			}
			return c
		})
	}
	l.rows = append(l.rows, found...)
	l.rows = l.rows[:min(len(l.rows), l.q.Limit+1)]
}

// walk reads up to n rows of a family in stretch i.
func (l *lister) walk(f family, i int, from *core.Cursor, n int) ([]row, error) {
	s := &l.stretches[i]
	var b strings.Builder
	b.WriteString(conversationSelect)
	args := slices.Clone(f.args)
	where := []string{f.where}
	if l.sparse == "" {
		b.WriteString("INDEXED BY list_" + f.name + "_" + s.order + " ")
	}
	if s.where != "" {
		where, args = append(where, s.where), append(args, s.args...)
	}
	where, args = l.filter(where, args)
	down := s.desc != l.back
	op, dir := ">", ""
	if down {
		op, dir = "<", " DESC"
	}
	if from != nil {
		where, args = append(where, "("+s.key+", c.id) "+op+" (?, ?)"), append(args, from.K2, from.ID)
	}
	b.WriteString("WHERE " + strings.Join(where, " AND ") + " ORDER BY " + s.key + dir + ", c.id" + dir + " LIMIT ?")
	cs, err := all(l.src, scanConversation, b.String(), append(args, n)...)
	rows := make([]row, len(cs))
	for j := range cs {
		rows[j] = row{cs[j], core.Cursor{K1: int64(i), K2: s.keyOf(&cs[j]), ID: cs[j].ID}}
	}
	return rows, err
}

// sparseLimit is up to how many rows of a tag or channel are fetched and
// sorted; more of them are dense enough to be met along the walk.
const sparseLimit = 2000

func (l *lister) chooseFilter() error {
	few := func(q string, arg any) (bool, error) {
		n, err := one(l.src, scanInt, "SELECT count(*) FROM ("+q+" LIMIT ?)", arg, sparseLimit+1)
		return n <= sparseLimit, err
	}
	if l.q.Tag != "" {
		if yes, err := few("SELECT 1 FROM contact_tags WHERE tag = ?", l.q.Tag); err != nil || yes {
			l.sparse = "tag"
			return err
		}
	}
	if l.q.Channel != 0 {
		if yes, err := few("SELECT 1 FROM conversations WHERE channel_id = ?", l.q.Channel); err != nil || yes {
			l.sparse = "channel"
			return err
		}
	}
	return nil
}

// filter adds the conditions of tag and channel. The unary + keeps a column
// from choosing the index.
func (l *lister) filter(where []string, args []any) ([]string, []any) {
	switch {
	case l.q.Tag == "":
	case l.sparse == "tag":
		where, args = append(where, "c.contact_id IN (SELECT contact_id FROM contact_tags WHERE tag = ?)"), append(args, l.q.Tag)
	default:
		where, args = append(where, "EXISTS (SELECT 1 FROM contact_tags t WHERE t.tag = ? AND t.contact_id = c.contact_id)"), append(args, l.q.Tag)
	}
	switch {
	case l.q.Channel == 0:
	case l.sparse == "channel":
		where, args = append(where, "c.channel_id = ?"), append(args, l.q.Channel)
	default:
		where, args = append(where, "+c.channel_id = ?"), append(args, l.q.Channel)
	}
	return where, args
}

// page turns the rows into the order of the list.
func (l *lister) page() core.Page {
	p := core.Page{More: len(l.rows) > l.q.Limit}
	rows := l.rows[:min(len(l.rows), l.q.Limit)]
	if l.back {
		slices.Reverse(rows)
	}
	for i := range rows {
		p.Rows = append(p.Rows, rows[i].Conversation)
	}
	if len(rows) > 0 {
		p.First, p.Last = rows[0].cursor, rows[len(rows)-1].cursor
	}
	return p
}
