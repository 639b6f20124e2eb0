package shop_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/people"
	"bottega/storage"
	"bottega/storage/shop"
)

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// desk opens an empty shop's people.
func desk(t *testing.T, rt *rapid.T) *people.Service {
	dir, err := os.MkdirTemp(t.TempDir(), "desk")
	if err != nil {
		rt.Fatal(err)
	}
	clock := func() time.Time { return now }
	db, err := storage.Open(dir, core.NewFeed(), storage.Options{Now: clock})
	if err != nil {
		rt.Fatal(err)
	}
	rt.Cleanup(func() {
		if err := errors.Join(db.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	})
	s, err := people.New(db, assets.Rules(), clock)
	if err != nil {
		rt.Fatal(err)
	}
	return s
}

// out writes everybody to a file and returns the rows as well.
func out(rt *rapid.T, s *people.Service, path string) (rows []string) {
	ctx := context.Background()
	f, err := os.Create(path)
	if err != nil {
		rt.Fatal(err)
	}
	header, err := s.Header(ctx)
	if err != nil {
		rt.Fatal(err)
	}
	write, end, err := shop.NewTable(f, path, header)
	if err != nil {
		rt.Fatal(err)
	}
	_, err = s.Export(ctx, "", header, func(cells []string) error {
		rows = append(rows, fmt.Sprintf("%q", cells))
		return write(cells)
	})
	if err := errors.Join(err, end(), f.Close()); err != nil {
		rt.Fatal(err)
	}
	slices.Sort(rows)
	return rows
}

// in brings a file in.
func in(rt *rapid.T, s *people.Service, path string) people.Imported {
	t, end, err := shop.OpenTable(path, "")
	if err != nil {
		rt.Fatal(err)
	}
	got, err := s.Import(context.Background(), people.Import{Table: t, File: filepath.Base(path)})
	if err := errors.Join(err, end()); err != nil {
		rt.Fatal(err)
	}
	return got
}

// What goes out in any format comes into another shop as the same.
func TestExportsComeBackEqual(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		s := desk(t, rt)
		of := func(vs ...string) string { return rapid.SampledFrom(append(vs, "")).Draw(rt, "v") }
		header := []string{"name", "phone", "user_id", "username", "email", "language", "time_zone", "birthday", "value", "tags", "note", "consent", "consent_at", "consent_text", "field:pet", "field:größe, cm"}
		var rows []people.Row
		for i := range rapid.IntRange(1, 5).Draw(rt, "people") {
			name := rapid.OneOf(rapid.SampledFrom([]string{"=1+1", "'x", "-a", "@b", "María; \"M\"", "王小明", "", "BEGIN:VCARD", "a\\nb", "a,b", "two\nlines\r\nthree"}), rapid.StringN(0, 10, 30)).Draw(rt, "name")
			rows = append(rows, people.Row{Line: i + 2, Cells: []string{name, fmt.Sprintf("+39333%07d", i), of(fmt.Sprint("IT.", i)), of("@ana"), of("a@b.it"), of("it", "pt-BR"), of("Europe/Rome"),
				of("1980-07-03"), of("low", "high"), of("vip,torte", "new"), of("-note\nof two lines", "x"), of("yes", "no"), of("2026-01-02"), of("signed, at \"the\" counter"), of("Cane", "=gatto"), of("38")}})
		}
		n := 0
		got, err := s.Import(context.Background(), people.Import{File: "a.csv", Table: people.Table{Header: header, Next: func() (people.Row, error) {
			if n++; n > len(rows) {
				return people.Row{}, io.EOF
			}
			return rows[n-1], nil
		}}})
		if err != nil || got.Refused > 0 {
			rt.Fatalf("%+v, %v", got, err)
		}
		for _, ext := range []string{".csv", ".xlsx", ".vcf"} {
			path := filepath.Join(folder, "people"+ext)
			want := out(rt, s, path)
			other := desk(t, rt)
			if got := in(rt, other, path); got.New != len(want) {
				rt.Fatalf("%s: %d went out, %+v came in", ext, len(want), got)
			}
			if have := out(rt, other, filepath.Join(folder, "again"+ext)); !slices.Equal(have, want) {
				rt.Fatalf("%s: %s went out, %s came in", ext, want, have)
			}
			if again := in(rt, s, path); again.Same != len(want) {
				rt.Fatalf("%s: into the same shop %+v", ext, again)
			}
		}
	})
}

// Files that are none are refused before anything is written.
func TestBadFilesAreRefused(t *testing.T) {
	folder := t.TempDir()
	file := func(name string, body []byte, size int64) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, body, 0o600); err != nil {
			t.Fatal(err)
		}
		if size > 0 {
			if err := os.Truncate(path, size); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	for path, want := range map[string]core.Code{
		file("large.csv", []byte("phone\n"), 1<<30):                                                core.TooLarge,
		file("wide.csv", []byte(strings.Repeat("a;", 5000)+"\n1\n"), 0):                            core.TooManyColumns,
		file("picture.csv", []byte("\x89PNG\r\n\x1a\n\x00\x00"), 0):                                core.NotATable,
		file("zeros.csv", make([]byte, 5000), 0):                                                   core.NotATable,
		file("empty.xlsx", nil, 0):                                                                 core.EmptyFile,
		file("torn.xlsx", []byte("PK\x03\x04torn"), 0):                                             core.NotATable,
		filepath.Join(folder, "nobody.csv"):                                                        core.NotFound,
		file("old.xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"+strings.Repeat("\x00", 600)), 0): core.NotATable,
	} {
		if _, _, err := shop.OpenTable(path, ""); core.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", filepath.Base(path), err, want)
		}
	}
	// What is bad in one row refuses that row.
	cells := file("cells.csv", []byte("phone;note\n+393331234567;"+strings.Repeat("x", 1_000_000)+"\n+393331234568;a\x00b\n+393331234569;fine\n"), 0)
	tab, end, err := shop.OpenTable(cells, "")
	if err != nil {
		t.Fatal(err)
	}
	db, err := storage.Open(t.TempDir(), core.NewFeed(), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := people.New(db, assets.Rules(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Import(context.Background(), people.Import{Table: tab})
	if err := errors.Join(err, end(), db.Close()); err != nil {
		t.Fatal(err)
	}
	if got.New != 1 || got.Refused != 2 || got.Problems[0].Code != "cell_too_long" || got.Problems[1].Code != "bad_text" {
		t.Errorf("%+v", got)
	}
}
