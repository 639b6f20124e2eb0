package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"bottega/core"
	"bottega/storage/sheet"
)

func file(t testing.TB, name string, b []byte) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func open(t testing.TB, b []byte) (*sheet.Sheet, []sheet.Row) {
	t.Helper()
	s, err := sheet.Open(file(t, "people", b), "", sheet.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	rows := all(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s, rows
}

func all(t testing.TB, s *sheet.Sheet) (rows []sheet.Row) {
	t.Helper()
	for {
		r, err := s.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
}

func TestEncodings(t *testing.T) {
	const (
		italian = "nome;cellulare;città\r\nAndrea D’Amicò;+39 333 1234567;Forlì\r\nNiccolò Però;+39 333 7654321;Cefalù\r\n"
		russian = "имя;телефон;город\r\nИван Петров;+7 916 123-45-67;Москва\r\nМария Ёлкина;8 916 765 43 21;Тверь\r\n"
		chinese = "姓名,手机,城市\r\n王小明,13800138000,上海\r\n李娜,13900139000,北京\r\n"
		german  = "Name;Handy;Straße\r\nJürgen Müller;0171 1234567;Größe\r\nÄnne Weiß;0171 7654321;Übung\r\n"
		polish  = "imię;telefon;miasto\r\nŁukasz Żółć;+48 601 123 456;Łódź\r\nMałgorzata Śliwińska;+48 601 654 321;Gdańsk\r\n"
	)
	u16 := func(e unicode.Endianness, b unicode.BOMPolicy) encoding.Encoding { return unicode.UTF16(e, b) }
	for name, c := range map[string]struct {
		text string
		enc  encoding.Encoding
		want string
	}{
		"utf-8":              {italian, encoding.Nop, "utf-8"},
		"utf-8 with mark":    {"\ufeff" + russian, encoding.Nop, "utf-8"},
		"utf-16le with mark": {russian, u16(unicode.LittleEndian, unicode.UseBOM), "utf-16le"},
		"utf-16be with mark": {chinese, u16(unicode.BigEndian, unicode.UseBOM), "utf-16be"},
		"utf-16le bare":      {italian, u16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le"},
		"windows-1252 it":    {italian, charmap.Windows1252, "windows-1252"},
		"windows-1252 de":    {german, charmap.Windows1252, "windows-1252"},
		"windows-1251":       {russian, charmap.Windows1251, "windows-1251"},
		"windows-1250":       {polish, charmap.Windows1250, "windows-1250"},
		"gb18030":            {chinese, simplifiedchinese.GB18030, "gb18030"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := c.enc.NewEncoder().Bytes([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			s, rows := open(t, b)
			if s.Encoding != c.want {
				t.Errorf("read as %s, want %s", s.Encoding, c.want)
			}
			lines := strings.Split(strings.TrimPrefix(c.text, "\ufeff"), "\r\n")
			if got := strings.Join(s.Header, s.Separator); got != lines[0] {
				t.Errorf("header %q, want %q", got, lines[0])
			}
			if len(rows) != 2 || strings.Join(rows[1].Cells, s.Separator) != lines[2] || rows[1].Line != 3 {
				t.Errorf("rows %v", rows)
			}
		})
	}
}

func TestCSVShapes(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"comma":              {"a,b\n1,2\n", "2:[1 2]"},
		"tab":                {"a\tb\n1\t2\n", "2:[1 2]"},
		"pipe":               {"a|b\n1|2", "2:[1 2]"},
		"excel's sep line":   {"sep=;\r\na;b\r\n1;2\r\n", "3:[1 2]"},
		"one column":         {"phone\n+39333\n", "2:[+39333]"},
		"quotes":             {"a;b\n\"1;\"\"x\"\"\";\"two\nlines\"\n3;4\n", "2:[1;\"x\" two\nlines] 4:[3 4]"},
		"blank lines":        {"a;b\n\n1;2\n;\n3;4\n", "3:[1 2] 5:[3 4]"},
		"short and long":     {"a;b\n1\n1;2;3\n", "2:[1] 3:[1 2 3]"},
		"nul":                {"a;b\n1\x00;2\n3;4\n", "2:bad_text 3:[3 4]"},
		"quote never closed": {"a;b\n1;2\n\"3;4\n", "2:[1 2] 3:bad_quote"},
		"stray quote":        {"a;b\nfive\" pipe;2\n", "2:[five\" pipe 2]"},
	} {
		_, rows := open(t, []byte(c.text))
		var got []string
		for _, r := range rows {
			s := fmt.Sprint(r.Cells)
			if r.Problem != sheet.RowOK {
				s = string(r.Problem)
			}
			got = append(got, fmt.Sprintf("%d:%s", r.Line, s))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

func TestBadFiles(t *testing.T) {
	lim := sheet.Limits{Bytes: 1 << 20, Columns: 100, Cell: 1000}
	var bomb bytes.Buffer
	writeBomb(t, &bomb)
	for name, c := range map[string]struct {
		body []byte
		want core.Code
	}{
		"empty":          {nil, core.EmptyFile},
		"blank":          {[]byte(" \r\n\r\n"), core.EmptyFile},
		"too large":      {bytes.Repeat([]byte("a;b\n"), 1<<20), core.TooLarge},
		"a picture":      {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00"), core.NotATable},
		"a pdf":          {[]byte("%PDF-1.7\n"), core.NotATable},
		"a zip, no book": {zipOf(t, "readme.txt", 10), core.NotATable},
		"a torn zip":     {[]byte("PK\x03\x04torn"), core.NotATable},
		"zip bomb":       {bomb.Bytes(), core.TooLarge},
		"5,000 columns":  {[]byte(strings.Repeat("a;", 5000) + "\n1\n"), core.TooManyColumns},
		"zeros":          {make([]byte, 5000), core.NotATable},
	} {
		_, err := sheet.Open(file(t, "x.csv", c.body), "", lim)
		if core.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := sheet.Open(filepath.Join(t.TempDir(), "gone"), "", lim); core.CodeOf(err) != core.NotFound {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Too many columns are told as that, in a spreadsheet as in CSV: to split the
// file up would not help.
func TestWideBook(t *testing.T) {
	var wide bytes.Buffer
	book, err := sheet.Create(&wide, sheet.XLSX, strings.Split(strings.Repeat("a;", sheet.DefaultLimits.Columns)+"b", ";"))
	if err == nil {
		err = book.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sheet.Open(file(t, "x.xlsx", wide.Bytes()), "", sheet.DefaultLimits); core.CodeOf(err) != core.TooManyColumns {
		t.Errorf("%v, want %s", err, core.TooManyColumns)
	}
}

func TestHugeCellIsOneBadRow(t *testing.T) {
	text := "a;b\n1;" + strings.Repeat("x", 1_000_000) + "\n3;4\n"
	_, rows := open(t, []byte(text))
	if len(rows) != 2 || rows[0].Problem != sheet.CellTooLong || rows[1].Cells[0] != "3" {
		t.Fatalf("%d rows: %.200v", len(rows), rows)
	}
}

func TestCards(t *testing.T) {
	s, rows := open(t, []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana Ruiz\r\nTEL;TYPE=HOME:+39 02 1234\r\nTEL;TYPE=CELL:+39 333 123 4567\r\n"+
		"CATEGORIES:vip,torte\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nN:Wang;Xiaoming;;;\r\nTEL;VALUE=uri:tel:+8613800138000\r\nEND:VCARD\r\n"))
	if s.Format != sheet.VCard || len(rows) != 2 {
		t.Fatalf("%s, %v", s.Format, rows)
	}
	if got := rows[0].Cells[:2]; !reflect.DeepEqual(got, []string{"Ana Ruiz", "+39 333 123 4567"}) {
		t.Errorf("first card %q", got)
	}
	if got := rows[1].Cells[:2]; !reflect.DeepEqual(got, []string{"Xiaoming Wang", "+8613800138000"}) {
		t.Errorf("second card %q", got)
	}
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	for _, f := range []sheet.Format{sheet.CSV, sheet.XLSX} {
		t.Run(string(f), func(t *testing.T) {
			cell := rapid.StringMatching(`[=+\-@' a-zà-öЀ-ӿ一-龥0-9;,"|\n]{0,12}`)
			rapid.Check(t, func(rt *rapid.T) {
				var rows [][]string
				for range rapid.IntRange(1, 6).Draw(rt, "rows") {
					rows = append(rows, []string{"x" + cell.Draw(rt, "a"), cell.Draw(rt, "b"), "end"})
				}
				got := roundTrip(t, f, []string{"a", "b", "c"}, rows)
				if !reflect.DeepEqual(got, rows) {
					rt.Fatalf("wrote %q, read %q", rows, got)
				}
			})
		})
	}
}

func roundTrip(t *testing.T, f sheet.Format, header []string, rows [][]string) (got [][]string) {
	t.Helper()
	var b bytes.Buffer
	w, err := sheet.Create(&b, f, header)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, back := open(t, b.Bytes())
	for _, r := range back {
		cells := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			cells[i] = c
			if f == sheet.CSV {
				cells[i] = sheet.Undefuse(c)
			}
		}
		got = append(got, cells)
	}
	return got
}

func TestFormulasAreDefused(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+393331234567": "+393331234567", "-3.5": "-3.5", "+SUM(A1)": "'+SUM(A1)", "@x": "'@x", "ok": "ok", "": "",
		"-1+cmd|' /C calc'!A0": "'-1+cmd|' /C calc'!A0", "'": "''", "\t=1": "'\t=1",
	} {
		if got := sheet.Defuse(in); got != want {
			t.Errorf("%q is written %q, want %q", in, got, want)
		}
		if got := sheet.Undefuse(sheet.Defuse(in)); got != in {
			t.Errorf("%q comes back as %q", in, got)
		}
	}
}
