package inbox

import (
	"context"
	"slices"

	"bottega/core"
)

// Rows are loaded a page at a time and at most maxRows are kept, so a list of
// a million conversations costs what a list of a few hundred does.
const (
	pageRows = 50
	maxRows  = 400
	margin   = 30 // rows from the edge of what is loaded at which the next page is asked for
)

// edge says which part of the ordered list a load is about.
type edge uint8

const (
	fromTop   edge = iota // start again at the top
	fromEnd               // the last page
	below                 // one page further down
	above                 // one page further up
	sameAgain             // what is loaded now, after a change
)

// slice is the answer to a load.
type slice struct {
	edge edge
	page core.Page
	// chosen is the selected conversation as it is now, when it is not among
	// the page's rows; nil when it is, or no longer exists.
	chosen *core.Conversation
	query  core.ListQuery
	keep   bool // fromTop after a change of order: the selection goes along
}

// window is the loaded stretch of the list with the cursor in it. The cursor
// is a conversation, not a place: rows may move round it.
type window struct {
	pages  []core.Page // contiguous, in order
	rows   []*core.Conversation
	atTop  bool
	atEnd  bool
	loaded bool // an answer has come at least once
	sel    int64
	cur    int  // index of sel in rows; 0 when there are none
	ghost  bool // rows[cur] no longer belongs to the list, and stays until the cursor leaves it
	top    int  // first row on screen
	shown  int  // rows that fit on screen, from the last draw
}

// query fills the cursor part of q for a load.
func (l *window) query(q core.ListQuery, e edge) core.ListQuery {
	q.After, q.Before, q.FromEnd, q.Limit = nil, nil, false, pageRows
	switch e {
	case fromEnd:
		q.FromEnd = true
	case below:
		q.After = new(l.pages[len(l.pages)-1].Last)
	case above:
		q.Before = new(l.pages[0].First)
	case sameAgain:
		q.Limit = max(pageRows, min(l.own(), maxRows))
		switch {
		case l.atTop || len(l.pages) == 0:
		case l.atEnd:
			q.FromEnd = true
		default:
			// The first row itself falls out, far above the screen: the page
			// names only its edges, and the next one up brings it back.
			q.After = new(l.pages[0].First)
		}
	}
	return q
}

// own is the number of rows that are really in the list.
func (l *window) own() int {
	n := 0
	for _, p := range l.pages {
		n += len(p.Rows)
	}
	return n
}

// load reads a stretch, and the selected conversation when it is not in it.
// In a new order the selection may lie further down: then more is read.
func load(ctx context.Context, r core.InboxReader, q core.ListQuery, e edge, sel int64, keep bool) (slice, error) {
	p, err := r.Conversations(ctx, q)
	if err != nil {
		return slice{}, err
	}
	if keep && !holds(p.Rows, sel) && p.More {
		q.Limit = maxRows
		if p, err = r.Conversations(ctx, q); err != nil {
			return slice{}, err
		}
	}
	s := slice{edge: e, page: p, query: q, keep: keep}
	if sel == 0 || (e != sameAgain && e != fromTop) || holds(p.Rows, sel) {
		return s, nil
	}
	switch c, err := r.Conversation(ctx, sel); {
	case err == nil:
		s.chosen = &c
	case core.CodeOf(err) != core.NotFound:
		return slice{}, err
	}
	return s, nil
}

func holds(rows []core.Conversation, id int64) bool {
	return slices.ContainsFunc(rows, func(c core.Conversation) bool { return c.ID == id })
}

// take puts an answer in place. The selected row keeps its line on the screen
// unless the list stands at its very top, where news should be seen.
func (l *window) take(s slice) {
	line := l.cur - l.top
	wasTop := l.top == 0 && l.atTop
	switch s.edge {
	case fromTop, fromEnd, sameAgain:
		l.replace(s)
	case below:
		l.atEnd = !s.page.More
		if len(s.page.Rows) > 0 {
			l.pages = append(l.pages, s.page)
		}
		for l.own() > maxRows && len(l.pages) > 1 {
			l.pages, l.atTop = l.pages[1:], false
		}
	case above:
		l.atTop = !s.page.More
		if len(s.page.Rows) > 0 {
			l.pages = append([]core.Page{s.page}, l.pages...)
		}
		for l.own() > maxRows && len(l.pages) > 1 {
			l.pages, l.atEnd = l.pages[:len(l.pages)-1], false
		}
	}
	old, guest := l.cur, l.chosen()
	l.flatten()
	if l.ghost && (s.edge == below || s.edge == above) {
		s.chosen = guest
	}
	l.locate(s, old)
	switch {
	case s.edge == fromTop && !s.keep:
		l.top = 0
	case wasTop && s.edge == sameAgain:
		l.top = 0
	default:
		l.top = l.cur - line
	}
	l.show()
	l.loaded = true
}

func (l *window) replace(s slice) {
	l.pages = nil
	if len(s.page.Rows) > 0 {
		l.pages = []core.Page{s.page}
	}
	switch {
	case s.query.FromEnd:
		l.atEnd, l.atTop = true, !s.page.More
	case s.query.After != nil:
		l.atTop, l.atEnd = false, !s.page.More
	default:
		l.atTop, l.atEnd = true, !s.page.More
	}
}

func (l *window) flatten() {
	l.rows = make([]*core.Conversation, 0, l.own()+1)
	for i := range l.pages {
		for j := range l.pages[i].Rows {
			l.rows = append(l.rows, &l.pages[i].Rows[j])
		}
	}
}

// locate finds the cursor's row again. One that left the list while somebody
// reads it stays where it was, as a ghost.
func (l *window) locate(s slice, old int) {
	ghost := l.ghost
	l.ghost = false
	for i, r := range l.rows {
		if r.ID == l.sel {
			l.cur = i
			return
		}
	}
	switch {
	case l.sel == 0 || s.edge == fromEnd || (s.edge == fromTop && s.chosen == nil):
		l.settle(s.edge)
	case s.chosen != nil && (s.edge == sameAgain || ghost):
		if s.edge == above {
			old += len(s.page.Rows)
		}
		l.haunt(s.chosen, old)
	case s.edge == fromTop && s.keep:
		l.haunt(s.chosen, 0)
	case s.edge == fromTop:
		l.settle(fromTop)
	default:
		l.settleNear(old)
	}
}

func (l *window) haunt(c *core.Conversation, at int) {
	at = max(0, min(at, len(l.rows)))
	l.rows = append(l.rows, nil)
	copy(l.rows[at+1:], l.rows[at:])
	l.rows[at], l.cur, l.ghost = c, at, true
}

func (l *window) settle(e edge) {
	l.cur = 0
	if e == fromEnd {
		l.cur = max(0, len(l.rows)-1)
	}
	l.name()
}

func (l *window) settleNear(i int) {
	l.cur = max(0, min(i, len(l.rows)-1))
	l.name()
}

func (l *window) name() {
	l.sel = 0
	if l.cur < len(l.rows) {
		l.sel = l.rows[l.cur].ID
	}
}

// move steps the cursor by n rows and lets go of a ghost it leaves.
func (l *window) move(n int) bool {
	if len(l.rows) == 0 {
		return false
	}
	to := max(0, min(l.cur+n, len(l.rows)-1))
	return l.moveTo(to)
}

// moveTo puts the cursor on a row; false when it was there.
func (l *window) moveTo(i int) bool {
	if i < 0 || i >= len(l.rows) || i == l.cur {
		return false
	}
	if l.ghost {
		l.rows = append(l.rows[:l.cur:l.cur], l.rows[l.cur+1:]...)
		if i > l.cur {
			i--
		}
		l.ghost = false
	}
	l.cur = max(0, min(i, len(l.rows)-1))
	l.name()
	l.show()
	return true
}

// find returns the index of a conversation among the loaded rows, or -1.
func (l *window) find(id int64) int {
	for i, r := range l.rows {
		if r.ID == id {
			return i
		}
	}
	return -1
}

// chosen is the row under the cursor, or nil.
func (l *window) chosen() *core.Conversation {
	if l.cur < len(l.rows) {
		return l.rows[l.cur]
	}
	return nil
}

// show scrolls so that the cursor is on the screen and no line is wasted.
func (l *window) show() {
	n := max(1, l.shown)
	if l.cur < l.top {
		l.top = l.cur
	}
	if l.cur >= l.top+n {
		l.top = l.cur - n + 1
	}
	l.top = max(0, min(l.top, len(l.rows)-n))
}

// scroll moves the screen without the cursor as far as the cursor allows, then with it.
func (l *window) scroll(n int) bool {
	before, cur := l.top, l.cur
	l.top = max(0, min(l.top+n, len(l.rows)-max(1, l.shown)))
	switch {
	case l.cur < l.top:
		l.moveTo(l.top)
	case l.cur >= l.top+max(1, l.shown):
		l.moveTo(l.top + max(1, l.shown) - 1)
	}
	return before != l.top || cur != l.cur
}

// wants says which page is needed next for the place of the screen; ok is false when none is.
func (l *window) wants() (e edge, ok bool) {
	switch {
	case !l.loaded || len(l.pages) == 0:
		return 0, false
	case !l.atEnd && l.top+l.shown+margin >= len(l.rows):
		return below, true
	case !l.atTop && l.top < margin:
		return above, true
	}
	return 0, false
}
