package sheet

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-vcard"
	"github.com/xuri/excelize/v2"

	"bottega/core"
)

// Writer writes rows of a table. Close finishes the file.
type Writer interface {
	Write(cells []string) error
	Close() error
}

// Create starts a table on w. Cells that a spreadsheet would run as a formula
// are defused in CSV; in XLSX every cell is text, which no program runs.
func Create(w io.Writer, f Format, header []string) (Writer, error) {
	switch f {
	case XLSX:
		return newXLSX(w, header)
	case VCard:
		return &cardWriter{enc: vcard.NewEncoder(w), header: header}, nil
	}
	c := csv.NewWriter(w)
	c.Comma = ';'
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // Excel reads UTF-8 only with the mark
		return nil, core.Fail(core.DiskFull, "sheet.Create", err)
	}
	out := &csvWriter{c}
	return out, out.Write(header)
}

type csvWriter struct{ w *csv.Writer }

func (c *csvWriter) Write(cells []string) error {
	safe := make([]string, len(cells))
	for i, s := range cells {
		safe[i] = Defuse(s)
	}
	return c.w.Write(safe)
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// Defuse puts an apostrophe before a cell that a spreadsheet would run as a
// formula. A phone number in E.164 form stays as it is: a plus and digits
// only compute to themselves. Undefuse takes the apostrophe off again.
func Defuse(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r'", rune(s[0])) || isNumber(s) {
		return s
	}
	return "'" + s
}

// Undefuse is the inverse of Defuse.
func Undefuse(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@\t\r'", rune(s[1])) {
		return s[1:]
	}
	return s
}

func isNumber(s string) bool {
	rest := strings.TrimLeft(s, "+-")
	return len(s)-len(rest) == 1 && rest != "" && strings.Trim(rest, "0123456789.") == "" && strings.Count(rest, ".") < 2
}

type xlsxWriter struct {
	f    *excelize.File
	sw   *excelize.StreamWriter
	w    io.Writer
	line int
}

func newXLSX(w io.Writer, header []string) (Writer, error) {
	f := excelize.NewFile()
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, core.Fail(core.Internal, "sheet.Create", err)
	}
	x := &xlsxWriter{f: f, sw: sw, w: w}
	return x, x.Write(header)
}

func (x *xlsxWriter) Write(cells []string) error {
	x.line++
	at, err := excelize.CoordinatesToCellName(1, x.line)
	if err != nil {
		return core.Fail(core.TooLarge, "sheet.Write", err)
	}
	vs := make([]any, len(cells))
	for i, c := range cells {
		vs[i] = c
	}
	return x.sw.SetRow(at, vs)
}

func (x *xlsxWriter) Close() error {
	if err := x.sw.Flush(); err != nil {
		return err
	}
	if _, err := x.f.WriteTo(x.w); err != nil {
		return err
	}
	return x.f.Close()
}

type cardWriter struct {
	enc    *vcard.Encoder
	header []string
	begun  bool // the first card is written
}

// lineEnds leaves one kind of line end in a value: the encoder escapes no other.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// ownFields puts what the standard has no place for into properties of our own.
func (c *cardWriter) ownFields(card vcard.Card, own map[string]string) error {
	if !c.begun {
		c.begun = true
		names := slices.DeleteFunc(slices.Clone(c.header), func(n string) bool { return slices.Contains(CardHeader, n) })
		text, err := json.Marshal(names)
		if err != nil {
			return core.Fail(core.Internal, "sheet.Write", err)
		}
		if len(names) > 0 {
			card.SetValue(ownHeader, string(text))
		}
	}
	if len(own) == 0 {
		return nil
	}
	text, err := json.Marshal(own)
	if err != nil {
		return core.Fail(core.Internal, "sheet.Write", err)
	}
	card.SetValue(ownValues, string(text))
	return nil
}

// fields of a card by the column they come from.
var fields = map[string]string{
	"name": vcard.FieldFormattedName, "phone": vcard.FieldTelephone, "email": vcard.FieldEmail,
	"organisation": vcard.FieldOrganization, "note": vcard.FieldNote, "birthday": vcard.FieldBirthday,
}

func (c *cardWriter) Write(cells []string) error {
	card, own := vcard.Card{}, map[string]string{}
	for i, s := range cells {
		if i >= len(c.header) || s == "" {
			continue
		}
		s = lineEnds.Replace(s)
		switch name := c.header[i]; name {
		case "tags":
			card.SetCategories(strings.Split(s, ","))
		case "phone":
			card.Add(vcard.FieldTelephone, &vcard.Field{Value: s, Params: vcard.Params{vcard.ParamType: {vcard.TypeCell}}})
		default:
			if f, ok := fields[name]; ok {
				card.SetValue(f, s)
			} else {
				own[name] = s
			}
		}
	}
	if err := c.ownFields(card, own); err != nil {
		return err
	}
	if card.Value(vcard.FieldFormattedName) == "" {
		card.SetValue(vcard.FieldFormattedName, card.Value(vcard.FieldTelephone))
	}
	vcard.ToV4(card)
	return c.enc.Encode(card)
}

func (c *cardWriter) Close() error { return nil }
