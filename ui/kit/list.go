package kit

// Row is one entry of a List.
type Row interface {
	// Key is stable while the row's content changes: the database id.
	Key() int64
	// Rev changes with everything that Draw shows, apart from what the List
	// itself keeps track of: width, RowState and epoch.
	Rev() int64
	// Draw returns List.RowHeight lines of text; the list fits them to w cells.
	Draw(w int, st RowState) []string
}

// RowState is what the list knows of a row.
type RowState struct {
	Cursor bool // the cursor is on it
	Focus  bool // the list has the focus
	Marked bool
}

type drawnKey struct {
	id, rev, epoch int64
	w              int
	st             RowState
}

// maxDrawn bounds the cache; a screen shows fewer rows by far.
const maxDrawn = 2048

// List is a virtual list of rows of one height. It draws only rows on the
// screen, each once per revision; it keeps its cursor on the same row, by key,
// when the rows are replaced; and it may hold a window of a longer list. The
// zero value is an empty list with rows of one line.
type List struct {
	RowHeight int // lines of a row; 0 means 1

	rows   []Row
	offset int // index of rows[0] in the whole list
	total  int
	cursor int // index in rows
	top    int // first row shown, index in rows
	page   int // rows that fitted at the last drawing
	epoch  int64
	marked map[int64]bool
	cache  map[drawnKey][]string
	drawn  int
}

// SetRows replaces the rows of a list that is here as a whole.
func (l *List) SetRows(rows []Row) { l.SetWindow(rows, 0, len(rows)) }

// SetWindow replaces the rows by part of a longer list: rows[0] is row offset
// of total. The cursor stays on its row if that is still there, else on the
// place where it was; the rows above it on the screen stay as many.
func (l *List) SetWindow(rows []Row, offset, total int) {
	var key int64
	had := l.cursor < len(l.rows)
	if had {
		key = l.rows[l.cursor].Key()
	}
	above := l.cursor - l.top
	place := l.cursor + l.offset - offset
	l.rows, l.offset, l.total = rows, offset, max(total, offset+len(rows))
	l.cursor = place
	if had {
		for i, r := range rows {
			if r.Key() == key {
				l.cursor = i
				break
			}
		}
	}
	l.clamp()
	l.top = max(0, l.cursor-above)
}

// SetEpoch names everything else that rows depend on: the minute, the theme,
// the language. Rows drawn in another epoch are drawn again.
func (l *List) SetEpoch(n int64) { l.epoch = n }

// Len is the number of rows here, Total that of the whole list.
func (l *List) Len() int { return len(l.rows) }

// Total is the length of the whole list.
func (l *List) Total() int { return l.total }

// Rows returns the rows here; not to be changed.
func (l *List) Rows() []Row { return l.rows }

// Current returns the row under the cursor.
func (l *List) Current() (Row, bool) {
	if l.cursor >= len(l.rows) {
		return nil, false
	}
	return l.rows[l.cursor], true
}

// Index is the cursor's place in the whole list, from 0.
func (l *List) Index() int { return l.offset + l.cursor }

// Move moves the cursor by d rows and reports whether it moved.
func (l *List) Move(d int) bool {
	was := l.cursor
	l.cursor += d
	l.clamp()
	return l.cursor != was
}

// Page moves by d pages, as many rows as the last drawing showed.
func (l *List) Page(d int) bool { return l.Move(d * max(1, l.page-1)) }

// Home puts the cursor on the first row here.
func (l *List) Home() bool { return l.Move(-len(l.rows)) }

// End puts the cursor on the last row here.
func (l *List) End() bool { return l.Move(len(l.rows)) }

// Select puts the cursor on a row and reports whether it is here.
func (l *List) Select(key int64) bool {
	for i, r := range l.rows {
		if r.Key() == key {
			l.cursor = i
			return true
		}
	}
	return false
}

// Scroll moves the picture by d rows, for the wheel; the cursor moves only as
// far as it must to stay in it.
func (l *List) Scroll(d int) {
	l.top = max(0, min(l.top+d, len(l.rows)-l.page))
	l.cursor = max(l.top, min(l.cursor, l.top+max(1, l.page)-1))
	l.clamp()
}

// At returns the row that line y of the last drawing belongs to.
func (l *List) At(y int) (Row, bool) {
	i := l.top + y/l.height()
	if y < 0 || y/l.height() >= max(1, l.page) || i >= len(l.rows) {
		return nil, false
	}
	return l.rows[i], true
}

// Visible returns the span of rows on the screen, as indexes in Rows.
func (l *List) Visible() (from, to int) { return l.top, min(len(l.rows), l.top+l.page) }

// NearStart reports whether less than a page is left above while the whole
// list goes on there: time to ask for the rows before.
func (l *List) NearStart() bool { return l.offset > 0 && l.top < max(1, l.page) }

// NearEnd reports the same for the other end.
func (l *List) NearEnd() bool {
	return l.offset+len(l.rows) < l.total && len(l.rows)-l.top-l.page < max(1, l.page)
}

// Mark sets or clears the mark of a row; marks stay when rows are replaced.
func (l *List) Mark(key int64, on bool) {
	if l.marked == nil {
		l.marked = map[int64]bool{}
	}
	if on {
		l.marked[key] = true
	} else {
		delete(l.marked, key)
	}
}

// Marked reports whether a row is marked.
func (l *List) Marked(key int64) bool { return l.marked[key] }

// Drawn counts the rows really drawn so far, for tests and benchmarks.
func (l *List) Drawn() int { return l.drawn }

// Lines returns exactly h lines of exactly w cells.
func (l *List) Lines(w, h int, focus bool) []string {
	if w < 1 || h < 1 {
		return Pad(nil, max(0, w), max(0, h))
	}
	l.page = max(1, h/l.height())
	l.clamp()
	l.top = max(0, min(l.top, len(l.rows)-l.page))
	if l.cursor < l.top {
		l.top = l.cursor
	}
	l.top = max(l.top, l.cursor-l.page+1)
	out := make([]string, 0, h+l.height())
	for i := l.top; i < len(l.rows) && len(out) < h; i++ {
		out = append(out, l.draw(i, w, focus)...)
	}
	return Pad(out, w, h)
}

func (l *List) draw(i, w int, focus bool) []string {
	r := l.rows[i]
	id := r.Key()
	st := RowState{Cursor: i == l.cursor, Focus: focus && i == l.cursor, Marked: l.marked[id]}
	k := drawnKey{id, r.Rev(), l.epoch, w, st}
	if ls, ok := l.cache[k]; ok {
		return ls
	}
	l.drawn++
	ls := make([]string, l.height())
	for j, s := range r.Draw(w, st) {
		if j < len(ls) {
			ls[j] = Fit(s, w)
		}
	}
	for j := range ls {
		if ls[j] == "" {
			ls[j] = Spaces(w)
		}
	}
	if l.cache == nil || len(l.cache) >= maxDrawn {
		l.cache = make(map[drawnKey][]string, maxDrawn)
	}
	l.cache[k] = ls
	return ls
}

// Thumb returns the part of a scrollbar h lines high that the picture covers:
// n is 0 when the whole list is shown.
func (l *List) Thumb(h int) (at, n int) { return Thumb(l.offset+l.top, l.page, l.total, h) }

// Thumb scales a window of size items from first of total to a bar of h lines;
// n is 0 when all are in the window.
func Thumb(first, size, total, h int) (at, n int) {
	if total <= size || h < 1 {
		return 0, 0
	}
	n = max(1, h*size/total)
	return min(h-n, (h-n)*first/max(1, total-size)), n
}

// Scrollbar is a column of h lines of one cell: track where the thumb is not.
func Scrollbar(at, n, h int, track, bar string) []string {
	out := make([]string, max(0, h))
	for i := range out {
		out[i] = track
		if i >= at && i < at+n {
			out[i] = bar
		}
	}
	return out
}

func (l *List) height() int { return max(1, l.RowHeight) }

func (l *List) clamp() {
	l.cursor = max(0, min(l.cursor, len(l.rows)-1))
}
