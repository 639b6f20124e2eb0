// Package sheet reads and writes tables of people and orders as shops have
// them: CSV and TSV in any usual encoding and with any separator, XLSX, and
// address cards. It streams: a file of any size costs a bounded memory.
//
// It knows no contact: what a column means is core/contact's business.
package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"

	"bottega/core"
)

// Limits bound what a hostile or broken file may cost.
type Limits struct {
	Bytes   int64 // size of the file, and of what an XLSX unpacks to
	Columns int
	Cell    int // bytes of one cell
}

// DefaultLimits hold a million contacts with room.
var DefaultLimits = Limits{Bytes: 512 << 20, Columns: 512, Cell: 64 << 10}

// Format of a file, as found inside it, whatever its name says.
type Format string

const (
	CSV   Format = "csv"
	XLSX  Format = "xlsx"
	VCard Format = "vcard"
)

// Problem says why a row cannot be read; ui/text has the words.
type Problem string

const (
	RowOK        Problem = ""
	CellTooLong  Problem = "cell_too_long"
	TooManyCells Problem = "too_many_cells"
	BadQuote     Problem = "bad_quote"
	BadText      Problem = "bad_text" // bytes that the encoding does not have, or NUL
)

// Row is one data row. Line is the line of the file as a person counts it:
// the header is 1.
type Row struct {
	Line    int
	Cells   []string
	Problem Problem
}

// Sheet is an open table.
type Sheet struct {
	Format    Format
	Encoding  string // IANA name; "" for formats that have their own
	Separator string
	Header    []string
	rows      rowReader
	close     func() error
}

type rowReader interface {
	// next returns io.EOF after the last row.
	next() (Row, error)
}

// Next returns the next data row; io.EOF after the last. A row with a Problem
// does not end the reading.
func (s *Sheet) Next() (Row, error) { return s.rows.next() }

// Close closes the file.
func (s *Sheet) Close() error { return s.close() }

// Open reads the head of a file and finds its format, encoding, separator and
// header. encoding may force one ("" detects it). Errors: NotFound, TooLarge,
// InvalidInput for an empty file or one that is no table at all.
func Open(path, encoding string, lim Limits) (*Sheet, error) {
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, core.Fail(core.NotFound, "sheet.Open", err)
		}
		return nil, core.Fail(core.InvalidInput, "sheet.Open", err)
	}
	s, err := read(f, encoding, lim)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	inner := s.close
	s.close = func() error {
		if inner == nil {
			return f.Close()
		}
		return errors.Join(inner(), f.Close())
	}
	return s, nil
}

// sniffed is how much of a file is looked at to find its format and encoding.
const sniffed = 256 << 10

func read(f *os.File, encoding string, lim Limits) (*Sheet, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, core.Fail(core.InvalidInput, "sheet.Open", err)
	case !info.Mode().IsRegular():
		return nil, core.Fail(core.InvalidInput, "sheet.Open", errors.New("no regular file"))
	case info.Size() > lim.Bytes:
		return nil, core.Fail(core.TooLarge, "sheet.Open", nil)
	}
	r := bufio.NewReaderSize(f, sniffed)
	head, err := r.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, core.Fail(core.InvalidInput, "sheet.Open", err)
	}
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return nil, core.Fail(core.EmptyFile, "sheet.Open", nil)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return openXLSX(f, info.Size(), lim)
	case isBinary(head):
		return nil, core.Fail(core.NotATable, "sheet.Open", nil)
	}
	text, name, err := decode(r, head, encoding)
	if err != nil {
		return nil, err
	}
	br := bufio.NewReaderSize(text, sniffed)
	top, err := br.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, core.Fail(core.InvalidInput, "sheet.Open", err)
	}
	if looksLikeCards(top) {
		return openCards(br, name, lim)
	}
	return openCSV(br, top, name, lim)
}

// magic numbers of files that people pick by mistake.
var magic = [][]byte{
	[]byte("%PDF"), []byte("\x89PNG"), []byte("\xff\xd8\xff"), []byte("GIF8"), []byte("\x1f\x8b"), []byte("Rar!"),
	[]byte("\xd0\xcf\x11\xe0"), // XLS and DOC of old; not read
	[]byte("7z\xbc\xaf"), []byte("SQLite format 3"), []byte("\x7fELF"), []byte("MZ"),
}

// isBinary knows foreign formats by their first bytes, and anything with NULs
// that is not UTF-16.
func isBinary(head []byte) bool {
	for _, m := range magic {
		if bytes.HasPrefix(head, m) && (len(m) > 2 || bytes.IndexByte(head, 0) >= 0) {
			return true
		}
	}
	if guess := utf16Guess(head); guess != "" {
		return false
	}
	return bytes.Count(head, []byte{0}) > max(8, len(head)/64)
}
