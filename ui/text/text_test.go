package text

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bottega/core"
)

func load(t testing.TB, lang string) *Words {
	t.Helper()
	w, err := Load(lang)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// codes reads the constants of a type from core's source, so that a new one
// without words fails here.
func codes(t *testing.T, typ string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "../../core/errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if id, ok := v.Type.(*ast.Ident); ok && id.Name == typ {
			s, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, s)
		}
		return true
	})
	if len(out) < 10 {
		t.Fatalf("found %d constants of %s only", len(out), typ)
	}
	return out
}

// Every code and class has a sentence and a next step in every language, and
// no words are left of a code that is gone.
func TestEveryCodeHasWords(t *testing.T) {
	cs, classes := codes(t, "Code"), codes(t, "Class")
	for _, lang := range languages(t) {
		w := load(t, lang)
		seen := map[string]string{}
		check := func(name string, err error) {
			what, hint := w.Error(err)
			for _, s := range []string{what, hint} {
				if len(s) < 10 || !strings.ContainsAny(s[len(s)-1:], ".?!") || strings.Contains(s, "error.") {
					t.Errorf("%s %s: %q", lang, name, s)
				}
			}
			if other, ok := seen[what]; ok {
				t.Errorf("%s: %s and %s are told alike", lang, name, other)
			}
			seen[what] = name
		}
		for _, c := range cs {
			check(c, core.Fail(core.Code(c), "test", errors.New("cause")))
		}
		for _, c := range classes {
			check("class "+c, core.Fail(core.ProviderRefused, "test", &core.ProviderError{Class: core.Class(c)}))
		}
		for k := range readCatalog(t, lang)["errors"] {
			name, ok := strings.CutPrefix(strings.TrimSuffix(k, ".hint"), "error.")
			if ok && !slices.Contains(cs, name) {
				t.Errorf("%s: %q is no code", lang, k)
			}
			name, ok = strings.CutPrefix(strings.TrimSuffix(k, ".hint"), "class.")
			if ok && !slices.Contains(classes, name) {
				t.Errorf("%s: %q is no class", lang, k)
			}
		}
	}
}

func TestErrorWords(t *testing.T) {
	w := load(t, "en")
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{errors.New("secret detail"), "Something went wrong inside bottega."},
		{&core.PanicError{Where: "x", Value: "secret detail"}, "Something went wrong inside bottega."},
		{fmt.Errorf("outer: %w", core.Fail(core.DiskFull, "storage.Write", nil)), "The disk is full; nothing was written."},
		{core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "131047", Class: core.ClassWindowClosed}), "More than 24 hours have passed since the customer wrote (131047)."},
		{core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "190", Class: core.ClassAuth}), "The access token has expired or was withdrawn (190)."},
		{core.Fail(core.ProviderRefused, "x", &core.ProviderError{Class: "brand_new"}), "The provider refused the message and gave an unfamiliar reason."},
		{core.Fail("brand_new", "x", nil), "Something went wrong inside bottega."},
	} {
		if got, _ := w.Error(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	en, it := load(t, "en"), load(t, "it")
	for _, c := range []struct{ got, want string }{
		{en.Num(7), "7"}, {en.Num(1234567), "1,234,567"}, {it.Num(1234567), "1.234.567"}, {en.Num(-12345), "-12,345"},
		{en.Bytes(0), "0 B"}, {en.Bytes(999), "999 B"}, {en.Bytes(1400000), "1.4 MB"}, {it.Bytes(1400000), "1,4 MB"}, {en.Bytes(5 << 30), "5.4 GB"},
		{en.Bytes(15_400_000), "15 MB"}, {en.Bytes(999_600), "1 MB"},
		{en.Money(core.Money{Amount: "0.0457", Currency: "EUR"}), "€0.0457"}, {it.Money(core.Money{Amount: "1234.5", Currency: "EUR"}), "1.234,50 €"},
		{en.Money(core.Money{Amount: "-20", Currency: "EUR"}), "-€20.00"}, {it.Money(core.Money{Amount: "-20", Currency: "EUR"}), "-20,00 €"},
		{en.Money(core.Money{Amount: "x", Currency: "EUR"}), "x EUR"}, {en.Money(core.Money{Amount: "2", Currency: "??"}), "2.00 ??"},
		{en.Percent(0.634), "63%"}, {it.Dec(2.56, 1), "2,6"},
	} {
		if strings.ReplaceAll(c.got, "\u00a0", " ") != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 14, 5, 0, 0, rome)
	en, it := load(t, "en"), load(t, "it")
	for _, c := range []struct{ got, want string }{
		{en.Short(40 * time.Second), "40 s"}, {en.Short(5 * time.Minute), "5 min"}, {en.Short(112 * time.Minute), "1 h 52 min"},
		{en.Short(2 * time.Hour), "2 h"}, {en.Short(76 * time.Hour), "3 d 4 h"}, {it.Short(72 * time.Hour), "3 g"}, {en.Short(-time.Minute), "1 min"},
		{en.Tiny(4 * time.Minute), "4m"}, {en.Tiny(123 * time.Minute), "2h03"}, {en.Tiny(80 * time.Hour), "3d"}, {it.Tiny(80 * time.Hour), "3g"},
		{en.Day(now.Add(-time.Hour), now), "Today"}, {en.Day(now.Add(-15*time.Hour), now), "Yesterday"}, {it.Day(now.AddDate(0, 0, 1), now), "Domani"},
		{en.Day(now.AddDate(0, 0, -4), now), "Fri 20 Nov"}, {it.Day(now.AddDate(0, 0, -4), now), "ven 20 nov"}, {en.Day(now.AddDate(-1, 0, 0), now), "Mon 24 Nov 2025"},
		{en.Day(time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC), now), "Today"}, // 00:30 in Rome
		{en.When(now.Add(-time.Hour), now), "13:05"}, {en.When(now.AddDate(0, 0, -1), now), "Yesterday 14:05"},
		{en.Stamp(now, now), "14:05"}, {en.Stamp(now.AddDate(0, 0, -1), now), "Yesterday"}, {en.Stamp(now.AddDate(0, 0, -9), now), "15 Nov"},
		{en.Stamp(now.AddDate(-1, 0, -9), now), "15 Nov 2025"}, {en.Clock(now), "14:05"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	spring := time.Date(2026, 3, 30, 0, 30, 0, 0, rome) // the day before had 23 hours
	if got := en.Day(spring.AddDate(0, 0, -1), spring); got != "Yesterday" {
		t.Errorf("over the change to summer time: %q", got)
	}
}

func TestDetect(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, ""},
		{map[string]string{"LANG": "it_IT.UTF-8"}, "it"},
		{map[string]string{"LANG": "it_IT.UTF-8", "LC_MESSAGES": "de_DE"}, "de"},
		{map[string]string{"LANG": "it_IT.UTF-8", "LC_MESSAGES": "de_DE", "LC_ALL": "C.UTF-8"}, ""},
		{map[string]string{"LC_ALL": "", "LANG": "ca_ES@valencia"}, "ca"},
		{map[string]string{"LANG": "POSIX"}, ""},
	} {
		got := Detect(func(k string) (string, bool) { v, ok := c.env[k]; return v, ok })
		if got != c.want {
			t.Errorf("%v: %q, want %q", c.env, got, c.want)
		}
	}
}

func TestLoad(t *testing.T) {
	for lang, want := range map[string]string{"it": "it", "it-IT": "it", "IT_it": "it", "": "en", "xx": "en", "../en": "en"} {
		if got := load(t, lang).Lang(); got != want {
			t.Errorf("Load(%q) speaks %q, want %q", lang, got, want)
		}
	}
	w := load(t, "en")
	if got := w.T("no.such.key"); got != "no.such.key" || w.Has("no.such.key") {
		t.Errorf("missing key: %q", got)
	}
	if got := w.T(HeadUsed, "Used", "{{.Limit}}", "Limit", 3); got != "{{.Limit}} of 3 today" {
		t.Errorf("a value was taken for a placeholder: %q", got)
	}
	if got := w.T(HeadUsed); got != " of  today" {
		t.Errorf("without values: %q", got)
	}
}

func FuzzParser(f *testing.F) {
	f.Add("{{.A}} and {{name}} {{.B}}")
	f.Add("{{.")
	f.Fuzz(func(t *testing.T, s string) {
		if got := fill(s, nil); len(got) > len(s) {
			t.Fatalf("%q → %q", s, got)
		}
		// A value is taken as it is, whatever it looks like.
		if got := fill("<{{.A}}>", []any{"A", s}); got != "<"+s+">" {
			t.Fatalf("%q → %q", s, got)
		}
	})
}

func BenchmarkT(b *testing.B) {
	w := load(b, "en")
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			_ = w.T(TabInbox)
		}
	})
	b.Run("values", func(b *testing.B) {
		for b.Loop() {
			_ = w.T(HeadUsed, "Used", "1", "Limit", "2")
		}
	})
}
