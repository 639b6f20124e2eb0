package sheet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-vcard"

	"bottega/core"
)

// CardHeader names the columns that an address card is read into.
var CardHeader = []string{"name", "phone", "email", "organisation", "note", "birthday", "tags"}

func looksLikeCards(top []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(top, " \t\r\n"), []byte("\n"))
	return strings.EqualFold(strings.TrimSpace(string(line)), "BEGIN:VCARD")
}

func openCards(r *bufio.Reader, encoding string, lim Limits) (*Sheet, error) {
	top, err := r.Peek(r.Size())
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, core.Fail(core.InvalidInput, "sheet.Open", err)
	}
	c := &cardReader{lines: &lineCounter{r: r, max: 4 * lim.Cell}, lim: lim, own: ownColumns(top, lim)}
	c.dec = vcard.NewDecoder(c.lines)
	return &Sheet{Format: VCard, Encoding: encoding, Header: slices.Concat(CardHeader, c.own), rows: c}, nil
}

// Properties of our own: what the standard has no place for. The first card
// names the columns, each has its values.
const (
	ownHeader = "X-BOTTEGA-COLUMNS"
	ownValues = "X-BOTTEGA"
)

// ownColumns are the columns that the first card of a file of ours names.
func ownColumns(top []byte, lim Limits) []string {
	card, err := vcard.NewDecoder(bytes.NewReader(top)).Decode()
	if err != nil {
		return nil // no card at all: the reader says so row by row
	}
	var names []string
	if err := json.Unmarshal([]byte(card.Value(ownHeader)), &names); err != nil || len(names)+len(CardHeader) > lim.Columns {
		return nil
	}
	return slices.DeleteFunc(names, func(n string) bool { return slices.Contains(CardHeader, n) })
}

type cardReader struct {
	dec   *vcard.Decoder
	lines *lineCounter
	lim   Limits
	own   []string // columns beside CardHeader
	n     int
}

// next returns one row for a card; a card with several numbers gives the
// mobile one, else the first.
func (c *cardReader) next() (Row, error) {
	card, err := c.dec.Decode()
	if errors.Is(err, io.EOF) {
		return Row{}, io.EOF
	}
	c.n++
	switch {
	case err == nil:
		return Row{Line: c.n, Cells: c.cells(card)}, nil
	case c.lines.tooLong:
		return Row{}, core.Fail(core.TooLarge, "sheet.Next", err)
	case c.lines.done:
		return Row{}, io.EOF
	}
	return Row{Line: c.n, Problem: BadText}, nil
}

func (c *cardReader) cells(card vcard.Card) []string {
	name := card.PreferredValue(vcard.FieldFormattedName)
	if n := card.Name(); name == "" && n != nil {
		name = strings.TrimSpace(n.GivenName + " " + n.FamilyName)
	}
	out := []string{
		name, number(card), card.PreferredValue(vcard.FieldEmail), strings.ReplaceAll(card.PreferredValue(vcard.FieldOrganization), ";", " "),
		card.PreferredValue(vcard.FieldNote), card.PreferredValue(vcard.FieldBirthday), strings.Join(card.Categories(), ","),
	}
	if out[0] == out[1] {
		out[0] = "" // a card must have a name; one of ours without has its number instead
	}
	var values map[string]string
	if err := json.Unmarshal([]byte(card.Value(ownValues)), &values); err != nil {
		values = nil // somebody else's: what the standard has a place for is all there is
	}
	for _, name := range c.own {
		out = append(out, values[name])
	}
	for i, s := range out {
		out[i] = strings.TrimSpace(s[:min(len(s), c.lim.Cell)])
	}
	return out
}

// number picks the mobile number of a card, else the preferred one.
func number(card vcard.Card) string {
	for _, f := range card[vcard.FieldTelephone] {
		if f.Params.HasType(vcard.TypeCell) || f.Params.HasType("mobile") {
			return strings.TrimPrefix(f.Value, "tel:")
		}
	}
	return strings.TrimPrefix(card.PreferredValue(vcard.FieldTelephone), "tel:")
}

// lineCounter stops a line without end from filling the memory: the decoder
// reads whole lines.
type lineCounter struct {
	r       io.Reader
	max     int
	run     int
	tooLong bool
	done    bool
}

func (l *lineCounter) Read(p []byte) (int, error) {
	if l.tooLong {
		return 0, io.ErrUnexpectedEOF
	}
	n, err := l.r.Read(p)
	for _, b := range p[:n] {
		l.run++
		if b == '\n' {
			l.run = 0
		}
		if l.run > l.max {
			l.tooLong = true
			return 0, io.ErrUnexpectedEOF
		}
	}
	l.done = errors.Is(err, io.EOF)
	return n, err
}
