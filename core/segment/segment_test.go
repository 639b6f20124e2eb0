package segment_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core/segment"
)

var (
	now   = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	bands = segment.HeatBands{Hot: 7 * day, Warm: 30 * day, Cold: 90 * day}
	shop  = segment.Schema{}.With(
		segment.Field{Name: "shoe_size", Type: segment.Number},
		segment.Field{Name: "taglia", Type: segment.Choice, Values: []string{"S", "M", "L"}},
		segment.Field{Name: "first visit", Type: segment.Date},
	)
)

const day = 24 * time.Hour

func maria() segment.Person {
	return segment.Person{
		Name: "María Müller", Phone: "+393331234567", Username: "@mari", Lang: "it", Country: "IT", Zone: "Europe/Rome",
		Tags: []string{"vip", "torte"}, Channels: []string{"shop"}, Value: "high", Freq: "monthly", AOVTier: "mid",
		AOV: 80 * segment.DecimalScale, Spend: 480 * segment.DecimalScale, LTV: 320 * segment.DecimalScale, Orders: 6,
		LastOrder: now.Add(-40 * day), LastIn: now.Add(-3 * day), LastOut: now.Add(-2 * day), Created: now.Add(-400 * day),
		OptIn: true, Custom: map[string]string{"shoe_size": "38.5", "taglia": "M", "first visit": "2025-10-20"},
	}
}

func TestMatch(t *testing.T) {
	for expr, want := range map[string]bool{
		"": true,
		"tag:vip and spend>200 and heat:7d and not optout": true,
		"tag:vip spend>200":           true,
		"tag:VIP":                     true,
		"tag!=vip":                    false,
		"tag:nobody or spend>=480":    true,
		"(tag:nobody or optin) maria": true,
		"muller":                      true,
		`"maria muller"`:              true,
		"name:rossi":                  false,
		"name!=rossi":                 true,
		"last_order<90d":              true,
		"last_order<30d":              false,
		"last_order>30d":              true,
		"last_order>=2026-10-15":      true,
		"last_order:never":            false,
		"not last_order:never":        true,
		"heat:cold":                   false,
		"heat:30d":                    true,
		"value>=mid":                  true,
		"value:low":                   false,
		"freq:monthly aov_tier:mid":   true,
		"orders=6":                    true,
		"spend=480,00":                true,
		"shoe_size>38 shoe_size<39":   true,
		"taglia:m":                    true,
		"taglia!=M":                   false,
		`"first visit">1y`:            true,
		"-tag:torte":                  false,
		"not not tag:torte":           true,
		"country:it lang:IT":          true,
		"phone:333":                   true,
		"nophone":                     false,
		"answered lowfreq":            false,
	} {
		q, err := segment.Parse(expr, shop)
		if err != nil {
			t.Errorf("%q: %v", expr, err)
			continue
		}
		if got := q.Match(maria(), now, bands); got != want {
			t.Errorf("%q matches: %v, want %v", expr, got, want)
		}
	}
}

func TestMissingFactsMatchNothing(t *testing.T) {
	for _, expr := range []string{"aov<1000", "ltv>=0", "last_order>1d", "last_order<=2030-01-01", "shoe_size<50", "name=x", "heat:7d", "heat:cold"} {
		q, err := segment.Parse(expr, shop)
		if err != nil {
			t.Fatal(err)
		}
		if q.Match(segment.Person{}, now, bands) {
			t.Errorf("%q matches a person without facts", expr)
		}
	}
	q, _ := segment.Parse("heat:never value:none freq:none last_in:never not last_order<90d", shop)
	if !q.Match(segment.Person{}, now, bands) {
		t.Error("a person without facts is not found as such")
	}
}

func TestErrorsPointAtTheWord(t *testing.T) {
	for _, c := range []struct {
		expr    string
		code    segment.ErrorCode
		at      int
		suggest string
	}{
		{"tag:vip and", segment.MissingTerm, 11, ""},
		{"tga:vip", segment.UnknownField, 0, "tag"},
		{"città è speend>3", segment.UnknownField, 8, "spend"},
		{"spend>", segment.NeedsValue, 5, ""},
		{"spend>many", segment.BadNumber, 6, ""},
		{"last_order<soon", segment.BadDate, 11, ""},
		{"last_order", segment.NeedsOp, 0, ""},
		{"heat:lukewarm", segment.BadChoice, 5, ""},
		{"tag<vip", segment.WrongOp, 3, ""},
		{"optout:yes", segment.FlagHasValue, 6, ""},
		{"(tag:vip", segment.OpenBracket, 0, ""},
		{"tag:vip)", segment.StrayBracket, 7, ""},
		{`name:"maria`, segment.OpenQuote, 5, ""},
		{"tag:vip § x", segment.BadCharacter, 8, ""},
		{strings.Repeat("(", 200), segment.TooDeep, 65, ""},
		{strings.Repeat("not ", 200) + "optin", segment.TooDeep, 256, ""},
		{strings.Repeat("x", 10_000), segment.TooLong, segment.MaxRunes, ""},
	} {
		_, err := segment.Parse(c.expr, shop)
		var e *segment.Error
		if !errors.As(err, &e) {
			t.Errorf("%.30q: error %v, want %s", c.expr, err, c.code)
			continue
		}
		if e.Code != c.code || e.At != c.at || e.Suggest != c.suggest {
			t.Errorf("%.30q: %s at %d (%q), want %s at %d (%q)", c.expr, e.Code, e.At, e.Suggest, c.code, c.at, c.suggest)
		}
	}
}

// genExpr draws an expression that the language accepts.
func genExpr(t *rapid.T, depth int) string {
	leaf := rapid.SampledFrom([]string{"tag:vip", "tag!=torte", "spend>200", "orders<=6", "aov<100", "heat:7d", "heat!=cold", "value>=mid",
		"last_order<90d", "last_in>1w", "last_order=never", "created>=2025-01-01", "optout", "optin", "maria", `"or"`, `name:"ana maria"`,
		"shoe_size!=38", "taglia:L", "lowfreq", `"first visit"<2y`, "nophone", "not waiting"})
	if depth == 0 {
		return leaf.Draw(t, "leaf")
	}
	a, b := genExpr(t, depth-1), genExpr(t, depth-1)
	switch rapid.IntRange(0, 5).Draw(t, "shape") {
	case 0:
		return a + " and " + b
	case 1:
		return a + " or " + b
	case 2:
		return a + "  " + b
	case 3:
		return "not (" + a + " or " + b + ")"
	case 4:
		return "(" + a + ")"
	}
	return "-" + leaf.Draw(t, "negated")
}

func TestNormalFormMeansTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := genExpr(t, rapid.IntRange(0, 4).Draw(t, "depth"))
		q, err := segment.Parse(src, shop)
		if err != nil {
			t.Fatalf("%q: %v", src, err)
		}
		again, err := segment.Parse(q.String(), shop)
		if err != nil {
			t.Fatalf("%q became %q: %v", src, q, err)
		}
		if again.String() != q.String() {
			t.Fatalf("%q became %q, then %q", src, q, again)
		}
		p := maria()
		p.Spend = rapid.Int64Range(0, 500).Draw(t, "spend") * segment.DecimalScale
		p.LastIn = now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(t, "days")) * day)
		if q.Match(p, now, bands) != again.Match(p, now, bands) {
			t.Fatalf("%q and its normal form %q disagree", src, q)
		}
	})
}

func TestNotIsTheComplement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := genExpr(t, 3)
		q, err := segment.Parse(src, shop)
		if err != nil {
			t.Fatal(err)
		}
		n, err := segment.Parse("not ("+src+")", shop)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []segment.Person{maria(), {}} {
			if q.Match(p, now, bands) == n.Match(p, now, bands) {
				t.Fatalf("%q and its negation agree", src)
			}
		}
	})
}

func TestDecimal(t *testing.T) {
	for in, want := range map[string]string{"200": "200", "019,90": "19.9", "-0": "0", "€5": "5", ".5": "0.5", "-3.10": "-3.1"} {
		d, ok := segment.ParseDecimal(in)
		if !ok || d.Text != want {
			t.Errorf("%q reads %q, %v; want %q", in, d.Text, ok, want)
		}
	}
	for _, in := range []string{"", "-", "1.", "1e5", "1.2.3", "12345678901234567890", "0.123456789", "NaN"} {
		if d, ok := segment.ParseDecimal(in); ok {
			t.Errorf("%q was read as %q", in, d.Text)
		}
	}
}

func TestComplete(t *testing.T) {
	tags := func(f string) []string {
		if f == segment.FieldTag {
			return []string{"vip", "big client", "torte"}
		}
		return nil
	}
	for _, c := range []struct{ src, want string }{
		{"sp", "spend"}, {"tag:v", "vip"}, {"tag:", "vip,\"big client\",torte"}, {"optin and he", "heat:"},
		{"heat:c", "cold"}, {"last_order<", "7d,30d,90d,1y,never"}, {"shoe", "shoe_size"}, {"zzz", ""},
	} {
		var got []string
		for _, x := range segment.Complete(c.src, len([]rune(c.src)), shop, tags) {
			got = append(got, x.Text)
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("%q goes on with %q, want %q", c.src, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"tag:vip and spend>200", `name:"a\"b" or -(x y)`, "((((", "not not", "a:b:c", "“così” 😀", "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		q, err := segment.Parse(src, shop)
		if err != nil {
			var e *segment.Error
			if !errors.As(err, &e) {
				t.Fatalf("error of another kind: %v", err)
			}
			if n := len([]rune(src)); e.At < 0 || e.End < e.At || e.At > n {
				t.Fatalf("%q: place %d-%d outside of %d runes", src, e.At, e.End, n)
			}
			return
		}
		if again, err := segment.Parse(q.String(), shop); err != nil || again.String() != q.String() {
			t.Fatalf("%q became %q: %v", src, q, err)
		}
		q.Match(maria(), now, bands)
	})
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := segment.Parse("tag:vip and spend>200 and (heat:7d or last_order<90d) and not optout", shop); err != nil {
			b.Fatal(err)
		}
	}
}
