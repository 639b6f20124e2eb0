package kit

import (
	"strings"
	"unicode/utf8"
)

// layout is a value broken into visual lines for one width.
type layout struct {
	rev, w int
	lines  []span
}

// span is one visual line: the clusters from … to, without the line break.
type span struct{ from, to int }

// InputStyle colours a field.
type InputStyle struct {
	Text, Hint Ink
	Spans      []InputSpan // in order; where they overlap the last one shows
}

// InputSpan colours the runes [From, To) of the value.
type InputSpan struct {
	From, To int
	Ink      Ink
}

// Height is the number of lines the field wants at w cells: 1 … MaxLines.
func (in *Input) Height(w int) int {
	most := in.MaxLines
	if most == 0 {
		most = 1
		if in.Multi {
			most = 6
		}
	}
	return max(1, min(len(in.layout(w)), most))
}

// Lines draws the field as exactly h lines of exactly w cells; the line with
// the cursor is among them.
func (in *Input) Lines(w, h int, st InputStyle) []string {
	if w < 1 || h < 1 {
		return Pad(nil, max(0, w), max(0, h))
	}
	lines := in.layout(w)
	_, y := in.place(w)
	in.top = max(0, min(in.top, len(lines)-h, y))
	in.top = max(in.top, y-h+1)
	if in.Empty() {
		return Pad([]string{st.Hint.Render(Fit(in.Placeholder, w))}, w, h)
	}
	out := make([]string, 0, h)
	for _, s := range lines[in.top:min(len(lines), in.top+h)] {
		if len(st.Spans) > 0 {
			out = append(out, in.painted(s, w, st))
			continue
		}
		out = append(out, st.Text.Render(in.text(s, w)))
	}
	return Pad(out, w, h)
}

// painted draws one visual line with its spans.
func (in *Input) painted(s span, w int, st InputStyle) string {
	at := 0
	for _, c := range in.cl[:s.from] {
		at += utf8.RuneCountInString(c)
	}
	var out, run strings.Builder
	now := -1 // index of the span of run
	flush := func() {
		ink := st.Text
		if now >= 0 {
			ink = st.Spans[now].Ink
		}
		out.WriteString(ink.Render(run.String()))
		run.Reset()
	}
	n := 0
	for _, c := range in.cl[s.from:s.to] {
		t, cw := in.cell(c, w)
		if n+cw > w {
			break
		}
		if in := inSpan(st.Spans, at); in != now {
			flush()
			now = in
		}
		if cw > 0 {
			run.WriteString(t)
		}
		n, at = n+cw, at+utf8.RuneCountInString(c)
	}
	flush()
	return Fit(out.String(), w)
}

// inSpan is the last span over a rune, -1 for none.
func inSpan(ss []InputSpan, at int) int {
	for i := len(ss) - 1; i >= 0; i-- {
		if at >= ss[i].From && at < ss[i].To {
			return i
		}
	}
	return -1
}

// Cursor is the cursor's cell in what Lines(w, h) drew last.
func (in *Input) Cursor(w int) (x, y int) {
	x, y = in.place(w)
	return min(x, max(0, w-1)), y - in.top
}

// Locate is the cell of a rune offset in what Lines(w, h) drew last; y may lie
// outside the h lines.
func (in *Input) Locate(at, w int) (x, y int) {
	n, i := 0, 0
	for i < len(in.cl) && n < at {
		n += utf8.RuneCountInString(in.cl[i])
		i++
	}
	x, y = in.placeOf(i, w)
	return x, y - in.top
}

// Click puts the cursor on the cluster drawn at a cell of the last drawing.
func (in *Input) Click(x, y, w int) {
	lines := in.layout(w)
	line := max(0, min(in.top+y, len(lines)-1))
	in.cur = in.column(lines[line], x, line == len(lines)-1 || in.broken(lines[line]))
	in.goal, in.glue = -1, false
}

// text draws one visual line. Clusters without a width of their own are left
// out: they would join whatever stands beside them.
func (in *Input) text(s span, w int) string {
	var b strings.Builder
	n := 0
	for _, c := range in.cl[s.from:s.to] {
		t, cw := in.cell(c, w)
		if n+cw > w {
			break
		}
		if cw > 0 {
			b.WriteString(t)
		}
		n += cw
	}
	return Fit(b.String(), w)
}

// cell returns how a cluster is drawn and how wide that is.
func (in *Input) cell(c string, w int) (string, int) {
	_, cw := cluster(c)
	if cw > max(1, w-1) {
		return "…", 1
	}
	return c, cw
}

// layout breaks the value into visual lines of at most w-1 cells, at spaces
// where it can; one space may hang in the last column.
func (in *Input) layout(w int) []span {
	if in.lay.lines != nil && in.lay.w == w && in.lay.rev == in.rev {
		return in.lay.lines
	}
	limit := max(1, w-1)
	var out []span
	from, n, brk := 0, 0, -1 // brk: the cluster at the last place to break the line
	wide := false            // the cluster before was wide
	for i := 0; i < len(in.cl); i++ {
		c := in.cl[i]
		if c == "\n" {
			out = append(out, span{from, i})
			from, n, brk = i+1, 0, -1
			continue
		}
		_, cw := in.cell(c, w)
		if cw == 2 || wide {
			brk = i
		}
		wide = cw == 2
		if n+cw > limit {
			switch {
			case c == " " && n == limit && limit < w: // it hangs
				out = append(out, span{from, i + 1})
				from, n, brk = i+1, 0, -1
				continue
			case brk > from:
				out = append(out, span{from, brk})
				from = brk
			default:
				out = append(out, span{from, i})
				from = i
			}
			n, brk = in.cells(from, i, w), -1
		}
		n += cw
		if c == " " {
			brk = i + 1
		}
	}
	in.lay = layout{rev: in.rev, w: w, lines: append(out, span{from, len(in.cl)})}
	return in.lay.lines
}

func (in *Input) cells(from, to, w int) (n int) {
	for _, c := range in.cl[from:to] {
		_, cw := in.cell(c, w)
		n += cw
	}
	return n
}

// broken reports whether a visual line ends with a line break of the value.
func (in *Input) broken(s span) bool { return s.to < len(in.cl) && in.cl[s.to] == "\n" }

// place returns column and visual line of the cursor. Where one line wraps
// into the next the cursor belongs to the next.
func (in *Input) place(w int) (x, y int) { return in.placeOf(in.cur, w) }

func (in *Input) placeOf(cur, w int) (x, y int) {
	lines := in.layout(w)
	for y, s := range lines {
		last := y == len(lines)-1 || in.broken(s)
		if cur < s.to || cur == s.to && last {
			return in.cells(s.from, cur, w), y
		}
	}
	return 0, len(lines) - 1
}

// column returns the cursor index for a column of a visual line; end allows
// the place behind its last cluster.
func (in *Input) column(s span, x int, end bool) int {
	n := 0
	for i := s.from; i < s.to; i++ {
		_, cw := in.cell(in.cl[i], in.lay.w)
		if n+cw > x {
			return i
		}
		n += cw
	}
	if end || s.to == s.from {
		return s.to
	}
	return s.to - 1
}

// vertical moves the cursor by one visual line of the last layout and keeps
// its column; false at the first and last line.
func (in *Input) vertical(d int) bool {
	w := in.lay.w
	if w == 0 {
		return false
	}
	lines := in.layout(w)
	x, y := in.place(w)
	if y+d < 0 || y+d >= len(lines) {
		return false
	}
	if in.goal < 0 {
		in.goal = x
	}
	s := lines[y+d]
	in.cur = in.column(s, in.goal, y+d == len(lines)-1 || in.broken(s))
	in.glue = false
	return true
}
