package people_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
	"bottega/core/segment"
	"bottega/storage"
)

var now = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

type fataler interface {
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Helper()
}

// shop opens an empty shop; end removes it.
func shop(t fataler) (s *people.Service, db *storage.DB, end func()) {
	t.Helper()
	dir, err := os.MkdirTemp("", "people")
	if err != nil {
		t.Fatal(err)
	}
	db, err = storage.Open(dir, core.NewFeed(), storage.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	s, err = people.New(db, assets.Rules(), func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	return s, db, func() {
		if err := errors.Join(db.Close(), os.RemoveAll(dir)); err != nil {
			t.Fatal(err)
		}
	}
}

// table is rows in memory; the header is line 1.
func table(header []string, rows [][]string) people.Table {
	n := 0
	return people.Table{Header: header, Next: func() (people.Row, error) {
		if n == len(rows) {
			return people.Row{}, io.EOF
		}
		n++
		return people.Row{Line: n + 1, Cells: rows[n-1]}, nil
	}}
}

func bring(t fataler, s *people.Service, o people.Import) people.Imported {
	t.Helper()
	got, err := s.Import(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got.New+got.Updated+got.Same+got.Duplicate+got.Refused != got.Rows {
		t.Fatalf("counts do not add up: %+v", got)
	}
	return got
}

var header = []string{"name", "phone", "email", "tags", "note", "birthday", "value", "consent", "field:pet"}

func drawRows(t *rapid.T) [][]string {
	of := func(vs ...string) *rapid.Generator[string] { return rapid.SampledFrom(append(vs, "")) }
	row := rapid.Custom(func(t *rapid.T) []string {
		return []string{
			rapid.OneOf(of("=1+1", "'quoted", "María", "a;b\"c"), rapid.StringN(0, 20, 60)).Draw(t, "name"),
			of("+393331234567", "+5511987654321", "+551187654321", "+5215512345678", "+525512345678", "+5491123456789", "+541123456789", "12", "3.9E+11").Draw(t, "phone"),
			of("a@b.it").Draw(t, "email"), of("vip", "vip,torte").Draw(t, "tags"), of("-note", "two\nlines").Draw(t, "note"),
			of("1980-07-03", "never").Draw(t, "birthday"), of("low", "high").Draw(t, "value"), of("yes", "no").Draw(t, "consent"), of("Cane", "@gatto").Draw(t, "pet"),
		}
	})
	return rapid.SliceOfN(row, 0, 12).Draw(t, "rows")
}

// A dry run says what the run does, a second run changes nothing, and what
// goes out of one shop comes into another as the same.
func TestImportLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, db, end := shop(t)
		defer end()
		rows := drawRows(t)
		run := func(dry bool) (people.Imported, []people.Outcome) {
			var each []people.Outcome
			got := bring(t, s, people.Import{Table: table(header, rows), File: "a.csv", Tags: []string{"autumn"}, DryRun: dry, Each: func(o people.Outcome) {
				o.Contact = 0 // whom a dry run would make has no id
				each = append(each, o)
			}})
			got.ID = 0
			return got, each
		}
		dry, foretold := run(true)
		if n, err := s.Count(context.Background(), ""); n != 0 || err != nil {
			t.Fatalf("a dry run left %d people, %v", n, err)
		}
		if wet, each := run(false); !reflect.DeepEqual(wet, dry) || !reflect.DeepEqual(each, foretold) {
			t.Fatalf("dry %+v %+v, then %+v %+v", dry, foretold, wet, each)
		}
		before := export(t, s)
		again, _ := run(false)
		if again.New+again.Updated != 0 || again.Same != dry.New || again.Refused != dry.Refused {
			t.Fatalf("first %+v, again %+v", dry, again)
		}
		if after := export(t, s); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Fatalf("a second run made %q of %q", after, before)
		}
		other, _, end2 := shop(t)
		defer end2()
		head, err := s.Header(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if got := bring(t, other, people.Import{Table: table(head, before), File: "b.csv"}); got.New != len(before) {
			t.Fatalf("%d went out, %+v came in", len(before), got)
		}
		if there := export(t, other); fmt.Sprint(there) != fmt.Sprint(before) {
			t.Fatalf("%q went out, %q came in", before, there)
		}
		if err := db.Check(context.Background()); err != nil {
			t.Fatal(err)
		}
	})
}

func export(t fataler, s *people.Service) (rows [][]string) {
	t.Helper()
	head, err := s.Header(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	n, err := s.Export(context.Background(), "", head, func(c []string) error {
		rows = append(rows, slices.Clone(c))
		return nil
	})
	if err != nil || n != len(rows) {
		t.Fatalf("%d rows, %d told, %v", len(rows), n, err)
	}
	return rows
}

func TestFormsOfANumberAreOnePerson(t *testing.T) {
	for _, pair := range [][2]string{{"+5511987654321", "+551187654321"}, {"+5215512345678", "+525512345678"}, {"+5491123456789", "+541123456789"}} {
		s, _, end := shop(t)
		for i, p := range []string{pair[0], pair[1]} {
			got := bring(t, s, people.Import{Table: table([]string{"phone"}, [][]string{{p}})})
			if got.New != 1-i || got.Same != i {
				t.Errorf("%v: %+v", pair, got)
			}
		}
		end()
	}
}

func TestNoFileLiftsAnOptOut(t *testing.T) {
	ctx := context.Background()
	s, db, end := shop(t)
	defer end()
	one := func(words string, cell string) {
		bring(t, s, people.Import{Table: table([]string{"phone", "consent"}, [][]string{{"+393331234567", cell}}), File: "f.csv", Consent: words})
	}
	standing := func() consent.Reason {
		es, err := db.Consents(ctx, 1)
		if err != nil {
			t.Fatal(err)
		}
		return consent.Of(es, false).Marketing.Reason
	}
	for _, step := range []struct {
		words, cell string
		want        consent.Reason
		count       int
	}{
		{"", "", consent.NeverAgreed, 0}, {"signed", "", consent.Agreed, 0}, {"signed", "no", consent.SaidStop, 1}, {"signed", "yes", consent.SaidStop, 1},
	} {
		one(step.words, step.cell)
		if got := standing(); got != step.want {
			t.Errorf("after %q and %q: %s, want %s", step.words, step.cell, got, step.want)
		}
		if n, err := s.Count(ctx, "optout"); n != step.count || err != nil {
			t.Errorf("optout counts %d, %v", n, err)
		}
	}
}

func TestBadTables(t *testing.T) {
	s, _, end := shop(t)
	defer end()
	ctx := context.Background()
	_, err := s.Import(ctx, people.Import{Table: table([]string{"colour"}, [][]string{{"red"}})})
	if core.CodeOf(err) != core.NotATable {
		t.Errorf("no phone column: %v", err)
	}
	for _, pair := range []string{"colour=phone", "phone=zodiac", "phone=field:tag", "phone=field:"} {
		_, err := s.Import(ctx, people.Import{Table: table([]string{"phone"}, nil), Pairs: []string{pair}})
		var bad *people.BadPair
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", pair, err)
		}
	}
}

func TestSegments(t *testing.T) {
	ctx := context.Background()
	s, _, end := shop(t)
	defer end()
	if _, err := s.SaveSegment(ctx, "x", "tag:vip  AND (optin)"); err != nil {
		t.Fatal(err)
	}
	var bad *segment.Error
	if _, err := s.SaveSegment(ctx, "y", "tga:vip"); !errors.As(err, &bad) || bad.Suggest != "tag" {
		t.Errorf("error %v", err)
	}
	if _, err := s.SaveSegment(ctx, "", "tag:vip"); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("error %v", err)
	}
	all, err := s.Segments(ctx)
	if err != nil || len(all) != len(s.Data.Segments)+1 || all[len(all)-1].Expr != "tag:vip and optin" {
		t.Errorf("%+v, %v", all, err)
	}
}
