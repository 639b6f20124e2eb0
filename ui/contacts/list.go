package contacts

import (
	"context"
	"slices"
	"time"

	"bottega/core/people"
)

// The list knows the ids of everybody in it, in order: eight bytes a person.
// Rows are read where the screen is and forgotten when they are far away.
const (
	ahead   = 60   // rows read on each side of the screen
	maxRows = 1000 // rows kept
)

// roll is the list of people with the cursor in it. The cursor is a person, not
// a place: others may come and go round it.
type roll struct {
	ids    []int64
	rows   map[int64]*row
	gen    int // of the last rows read; one that is older is drawn until it is read again
	loaded bool
	sel    int64 // the person under the cursor, 0 for none
	cur    int   // index of sel in ids
	top    int   // first row on screen
	shown  int   // rows that fit on screen, from the last draw
	marked map[int64]bool
	hidden int // how many of the marked are not in ids
}

// row is a person with the line that was drawn last. The number is written
// where rows are read, off the app's goroutine: that takes longer than all else
// of a line.
type row struct {
	people.Listed
	phone string
	gen   int
	key   rowKey
	line  string
}

// take puts a new order in place. The person under the cursor keeps the line
// on the screen; fresh starts again at the top.
func (l *roll) take(ids []int64, fresh bool) {
	line := l.cur - l.top
	l.ids, l.loaded = ids, true
	if l.rows == nil {
		l.rows, l.marked = map[int64]*row{}, map[int64]bool{}
	}
	switch i := slices.Index(ids, l.sel); {
	case fresh:
		l.cur, l.top = 0, 0
	case i >= 0:
		l.cur, l.top = i, i-line
	default:
		l.cur = max(0, min(l.cur, len(ids)-1))
		l.top = l.cur - line
	}
	l.name()
	l.show()
	l.hidden = len(l.marked) - len(l.markedHere())
}

// markedHere are the marked people of the list, in its order.
func (l *roll) markedHere() (out []int64) {
	if len(l.marked) == 0 {
		return nil
	}
	for _, id := range l.ids {
		if l.marked[id] {
			out = append(out, id)
		}
	}
	return out
}

// unmark takes the marks from people, from all with nil.
func (l *roll) unmark(ids []int64) {
	if ids == nil {
		clear(l.marked)
	}
	for _, id := range ids {
		delete(l.marked, id)
	}
	l.hidden = len(l.marked) - len(l.markedHere())
}

// prune takes the marks from people who are in no list any more; ids are all
// there are.
func (l *roll) prune() {
	if len(l.marked) == 0 {
		return
	}
	left := make(map[int64]bool, len(l.marked))
	for _, id := range l.ids {
		if l.marked[id] {
			left[id] = true
		}
	}
	l.marked, l.hidden = left, 0
}

func (l *roll) name() {
	l.sel = 0
	if l.cur < len(l.ids) {
		l.sel = l.ids[l.cur]
	}
}

// current is the row under the cursor, nil while it is not here.
func (l *roll) current() *row { return l.rows[l.sel] }

// move steps the cursor by n rows and reports whether it moved.
func (l *roll) move(n int) bool { return l.moveTo(l.cur + n) }

func (l *roll) moveTo(i int) bool {
	i = max(0, min(i, len(l.ids)-1))
	if len(l.ids) == 0 || i == l.cur {
		return false
	}
	l.cur = i
	l.name()
	l.show()
	return true
}

// find puts the cursor on a person and reports whether they are in the list.
func (l *roll) find(id int64) bool {
	i := slices.Index(l.ids, id)
	if i < 0 {
		return false
	}
	l.moveTo(i)
	return true
}

// show scrolls so that the cursor is on the screen and no line is wasted.
func (l *roll) show() {
	n := max(1, l.shown)
	if l.cur < l.top {
		l.top = l.cur
	}
	if l.cur >= l.top+n {
		l.top = l.cur - n + 1
	}
	l.top = max(0, min(l.top, len(l.ids)-n))
}

// scroll moves the screen, and the cursor as far as it must to stay in it.
func (l *roll) scroll(n int) bool {
	top, cur := l.top, l.cur
	l.top = max(0, min(l.top+n, len(l.ids)-max(1, l.shown)))
	l.cur = max(l.top, min(l.cur, l.top+max(1, l.shown)-1, len(l.ids)-1))
	l.name()
	return top != l.top || cur != l.cur
}

// mark sets or clears the mark of a person.
func (l *roll) mark(id int64, on bool) {
	switch {
	case id == 0: // an empty list has nobody under its cursor
	case on:
		l.marked[id] = true
	default:
		delete(l.marked, id)
	}
}

// missing are the people near the screen whose rows are not here or stale, nil
// when all on the screen are.
func (l *roll) missing() []int64 {
	from, to := max(0, l.top), min(len(l.ids), l.top+max(1, l.shown))
	lack := func(id int64) bool { r := l.rows[id]; return r == nil || r.gen < l.gen }
	if !slices.ContainsFunc(l.ids[min(from, to):to], lack) {
		return nil
	}
	var out []int64
	for _, id := range l.ids[max(0, from-ahead):min(len(l.ids), to+ahead)] {
		if lack(id) && len(out) < people.MaxRows {
			out = append(out, id)
		}
	}
	return out
}

// put keeps rows that were read; gone are those asked for that did not come.
func (l *roll) put(gen int, rows []*row, asked []int64) {
	if len(l.rows) > maxRows {
		near := map[int64]bool{}
		for _, id := range l.ids[max(0, l.top-ahead):min(len(l.ids), l.top+l.shown+ahead)] {
			near[id] = true
		}
		for id := range l.rows {
			if !near[id] {
				delete(l.rows, id)
			}
		}
	}
	for _, id := range asked {
		l.rows[id] = &row{gen: gen} // gone meanwhile, unless it comes below
	}
	for _, r := range rows {
		r.gen = gen
		l.rows[r.ID] = r
	}
}

// stale makes all rows be read again; they stay on the screen until then.
func (l *roll) stale() { l.gen++ }

// rowsAnswer is what a read of rows brought.
type rowsAnswer struct {
	gen   int
	asked []int64
	rows  []*row
}

func readRows(ctx context.Context, r Lists, gen int, ids []int64) (rowsAnswer, error) {
	got, err := r.Rows(ctx, ids)
	a := rowsAnswer{gen: gen, asked: ids, rows: make([]*row, len(got))}
	for i := range got {
		a.rows[i] = &row{Listed: got[i], phone: phone(&got[i].Contact)}
	}
	return a, err
}

// listAnswer is what a read of the order brought.
type listAnswer struct {
	want
	ids  []int64
	took time.Duration
}

// want is what the list is asked for.
type want struct {
	expr  string
	by    people.Sort
	desc  bool
	fresh bool // another question than before: start at the top
}

func readList(ctx context.Context, r Lists, w want) (listAnswer, error) {
	began := time.Now()
	ids, err := r.List(ctx, w.expr, w.by, w.desc)
	return listAnswer{w, ids, time.Since(began)}, err
}
