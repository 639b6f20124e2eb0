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
	// States stand in the SQL itself: a parameter that may decide about a
	// partial index would have the statement prepared anew for every call.
	state := func(s core.ConversationState) family { return family{"state", "c.state = '" + string(s) + "'", nil} }
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
	if err != nil {
		return core.Page{}, db.fail("storage.Conversations", err)
	}
	return l.page(), nil
}

// lister gathers one page.
type lister struct {
	q         core.ListQuery
	src       source
	back      bool         // from the end towards the start
	from      *core.Cursor // exclusive; nil means from the edge
	stretches []stretch
	sparse    string              // index to start from when the filter leaves few rows
	rows      []core.Conversation // in the direction of travel, one more than asked for
	part      []int               // stretch of each
}

func (l *lister) read() error {
	if err := l.chooseFilter(); err != nil {
		return err
	}
	l.rows = make([]core.Conversation, 0, l.q.Limit+1)
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
		had := len(l.rows)
		for _, f := range families(&l.q) {
			if err := l.walk(f, i, from, l.q.Limit+1-had); err != nil {
				return err
			}
		}
		l.merge(had, i)
		if len(l.rows) > l.q.Limit {
			return nil
		}
	}
	return nil
}

// merge brings the rows from place had on, all of stretch i, into order.
func (l *lister) merge(had, i int) {
	if found := l.rows[had:]; l.q.View == core.ViewAll || l.sparse != "" {
		s := &l.stretches[i]
		slices.SortFunc(found, func(a, b core.Conversation) int {
			c := cmp.Or(cmp.Compare(s.keyOf(&a), s.keyOf(&b)), cmp.Compare(a.ID, b.ID))
			if s.desc != l.back {
				return -c
			}
			return c
		})
	}
	l.rows = l.rows[:min(len(l.rows), l.q.Limit+1)]
	for range l.rows[had:] {
		l.part = append(l.part, i)
	}
}

// walk reads up to n rows of a family in stretch i.
func (l *lister) walk(f family, i int, from *core.Cursor, n int) (err error) {
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
	b.WriteString("WHERE " + strings.Join(where, " AND ") + " ORDER BY " + s.key + dir + ", c.id" + dir + " LIMIT +?")
	l.rows, err = into(l.rows, l.src, scanConversation, b.String(), append(args, n)...)
	return err
}

// sparseLimit is up to how many rows of a tag or channel are fetched and
// sorted; more of them are dense enough to be met along the walk.
const sparseLimit = 2000

func (l *lister) chooseFilter() error {
	few := func(q string, arg any) (bool, error) {
		n, err := one(l.src, scanInt, "SELECT count(*) FROM ("+q+" LIMIT +?)", arg, sparseLimit+1)
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
	n := min(len(l.rows), l.q.Limit)
	p := core.Page{Rows: l.rows[:n], More: len(l.rows) > n}
	if n == 0 {
		return p
	}
	p.First, p.Last = l.cursor(0), l.cursor(n-1)
	if l.back {
		slices.Reverse(p.Rows)
		p.First, p.Last = p.Last, p.First
	}
	return p
}

// cursor is the place of the i-th row on the way.
func (l *lister) cursor(i int) core.Cursor {
	part := l.part[i]
	return core.Cursor{K1: int64(part), K2: l.stretches[part].keyOf(&l.rows[i]), ID: l.rows[i].ID}
}
