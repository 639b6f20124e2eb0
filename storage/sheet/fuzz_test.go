package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"bottega/core"
	"bottega/storage/sheet"
)

func zipOf(t testing.TB, name string, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// writeBomb writes a workbook whose one part unpacks to a thousand times its size.
func writeBomb(t testing.TB, out *bytes.Buffer) {
	t.Helper()
	out.Write(zipOf(t, "xl/workbook.xml", 20<<20))
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{"a;b\n1;2\n", "\xff\xfea\x00;\x00", "BEGIN:VCARD\nFN:x\nEND:VCARD\n", "\"", "sep=\t\na\tb\n\"x\"\"", "\x00\x00", "é;è\xe9\n"} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		p := filepath.Join(dir, fmt.Sprint(os.Getpid()))
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := sheet.Open(p, "", sheet.Limits{Bytes: 1 << 20, Columns: 50, Cell: 200})
		if err != nil {
			if core.CodeOf(err) == core.Internal {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		defer s.Close()
		for n := 0; ; n++ {
			r, err := s.Next()
			if errors.Is(err, io.EOF) || err != nil && core.CodeOf(err) != core.Internal {
				return
			}
			if err != nil || n > len(b)+2 {
				t.Fatalf("row %d: %v", n, err)
			}
			if len(r.Cells) > 50 {
				t.Fatalf("%d cells", len(r.Cells))
			}
		}
	})
}

func BenchmarkCSV(b *testing.B) {
	var text bytes.Buffer
	text.WriteString("nome;cellulare;città;tag\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "Cliente %d;+39333%07d;Forlì;vip,torte\n", i, i)
	}
	p := file(b, "people.csv", text.Bytes())
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		s, err := sheet.Open(p, "", sheet.DefaultLimits)
		if err != nil {
			b.Fatal(err)
		}
		if n := len(all(b, s)); n != 100_000 {
			b.Fatal(n)
		}
		_ = s.Close()
	}
}
