package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"bottega/core"
)

// separators tried, in the order that settles a tie.
var separators = []byte{';', ',', '\t', '|'}

// openCSV finds the separator and reads the header. Its own reader instead of
// encoding/csv since that gives up on the first stray quote of a file, while a
// shop wants every other row.
func openCSV(r *bufio.Reader, top []byte, encoding string, lim Limits) (*Sheet, error) {
	sep, skip := separatorOf(top)
	c := &csvReader{r: r, sep: sep, lim: lim, line: 1}
	if skip { // Excel's first line "sep=;"
		if _, err := c.record(); err != nil {
			return nil, core.Fail(core.NotATable, "sheet.Open", err)
		}
	}
	head, err := c.next()
	if err != nil {
		return nil, core.Fail(core.NotATable, "sheet.Open", err)
	}
	if head.Problem == TooManyCells {
		return nil, core.Fail(core.TooManyColumns, "sheet.Open", nil)
	}
	if head.Problem != RowOK {
		return nil, core.Fail(core.NotATable, "sheet.Open", errors.New(string(head.Problem)))
	}
	for i := range head.Cells {
		head.Cells[i] = strings.TrimSpace(head.Cells[i])
	}
	return &Sheet{Format: CSV, Encoding: encoding, Separator: string(sep), Header: head.Cells, rows: c}, nil
}

// separatorOf picks the separator whose count outside quotes is most even over
// the first lines, and reports a line "sep=x".
func separatorOf(top []byte) (sep byte, explicit bool) {
	first, _, _ := bytes.Cut(top, []byte("\n"))
	if s, ok := strings.CutPrefix(strings.TrimRight(string(first), "\r"), "sep="); ok && len(s) == 1 {
		return s[0], true
	}
	best, bestScore := byte(','), -1
	for _, s := range separators {
		if score := evenness(top, s); score > bestScore {
			best, bestScore = s, score
		}
	}
	return best, false
}

// evenness counts the lines that have as many separators as the first one.
func evenness(top []byte, sep byte) int {
	var counts []int
	n, quoted := 0, false
	for _, b := range top {
		switch {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == sep:
			n++
		case b == '\n':
			counts = append(counts, n)
			n = 0
		}
		if len(counts) == 50 {
			break
		}
	}
	if len(counts) < 50 && n > 0 {
		counts = append(counts, n)
	}
	if len(counts) == 0 || counts[0] == 0 {
		return -1
	}
	same := 0
	for _, c := range counts {
		if c == counts[0] {
			same++
		}
	}
	return same*4 + min(counts[0], 3)
}

type csvReader struct {
	r    *bufio.Reader
	sep  byte
	lim  Limits
	line int // of the next byte
}

// next returns the next row that is not blank.
func (c *csvReader) next() (Row, error) {
	for {
		row, err := c.record()
		if err != nil || row.Problem != RowOK || slices.ContainsFunc(row.Cells, func(s string) bool { return s != "" }) {
			return row, err
		}
	}
}

// record reads one record. A quote that is never closed is given up once its
// cell is far over the limit, so that the rows behind it are read again.
func (c *csvReader) record() (Row, error) {
	b := builder{row: Row{Line: c.line}, lim: c.lim}
	for started := false; ; started = true {
		ch, err := c.r.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && !started:
			return Row{}, io.EOF
		case errors.Is(err, io.EOF):
			if b.quoted {
				b.fail(BadQuote)
			}
			return b.finish(), nil
		case err != nil:
			return Row{}, core.Fail(core.InvalidInput, "sheet.Next", err)
		}
		if ch == '\n' {
			c.line++
			if !b.quoted {
				return b.finish(), nil
			}
		}
		c.take(&b, ch)
	}
}

// take adds one byte to the record under way.
func (c *csvReader) take(b *builder, ch byte) {
	switch {
	case ch == '\r' && !b.quoted:
	case ch == 0:
		b.fail(BadText)
	case ch == '"' && b.quoted:
		if nxt, err := c.r.Peek(1); err == nil && nxt[0] == '"' {
			_, _ = c.r.Discard(1) // cannot fail: the byte was just peeked
			b.put(ch)
			return
		}
		b.quoted = false
	case ch == '"' && len(bytes.TrimSpace(b.cell)) == 0:
		b.quoted, b.cell = true, b.cell[:0]
	case ch == c.sep && !b.quoted:
		b.end()
	default:
		b.put(ch)
	}
}

// builder gathers the cells of one record.
type builder struct {
	row    Row
	cell   []byte
	quoted bool
	lim    Limits
}

// fail keeps the first problem of a row.
func (b *builder) fail(p Problem) {
	if b.row.Problem == RowOK {
		b.row.Problem = p
	}
}

func (b *builder) put(ch byte) {
	if len(b.cell) < b.lim.Cell {
		b.cell = append(b.cell, ch)
		return
	}
	b.fail(CellTooLong)
	if ch == '\n' { // surely a quote that nobody closed
		b.quoted = false
	}
}

// end closes the cell under way.
func (b *builder) end() {
	if len(b.row.Cells) >= b.lim.Columns {
		b.fail(TooManyCells)
	} else {
		b.row.Cells = append(b.row.Cells, string(b.cell))
	}
	b.cell = b.cell[:0]
}

func (b *builder) finish() Row {
	b.end()
	for _, s := range b.row.Cells {
		if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
			b.fail(BadText)
		}
	}
	if b.row.Problem != RowOK { // what is left of such a row is shown, not used
		for i, s := range b.row.Cells {
			b.row.Cells[i] = strings.ToValidUTF8(s[:min(len(s), 80)], "�")
		}
	}
	return b.row
}
