package people_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/people"
	"bottega/core/segment"
)

var orderHeader = []string{"order id", "date", "phone", "amount", "campaign"}

func (w *world) till(t fataler, o people.OrderImport, rows ...[]string) people.Imported {
	t.Helper()
	o.Table = table(orderHeader, rows)
	got, err := w.ImportOrders(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got.New+got.Updated+got.Same+got.Duplicate+got.Refused != got.Rows {
		t.Fatalf("counts do not add up: %+v", got)
	}
	return got
}

func TestOrders(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	ctx := context.Background()
	a := w.person(t, core.Contact{Name: "Ana", Phone: "+5511987654321"}, core.Profile{})
	b := w.person(t, core.Contact{Name: "Bo", Phone: "+393331234568", Value: core.ValueLow}, core.Profile{}) // set by hand
	ago := func(days int) string { return now.AddDate(0, 0, -days).Format(time.DateOnly) }
	rows := [][]string{
		{"1", ago(40), "+551187654321", "300,00 €", "AUTUMN"}, // another form of the number
		{"2", ago(20), "+5511987654321", "150", ""},
		{"2", ago(10), "+5511987654321", "10", ""},
		{"3", ago(5), "+393331234568", "$ 40", ""},
		{"4", ago(5), "+393331234568", "1000 JPY", ""},
		{"5", ago(5), "+393339999999", "60", ""},
		{"6", "soon", "+393331234568", "60", ""},
	}
	dry := w.till(t, people.OrderImport{DryRun: true}, rows...)
	got := w.till(t, people.OrderImport{}, rows...)
	if !reflect.DeepEqual(got, dry) || got.New != 4 || got.Duplicate != 1 || got.Refused != 2 || got.Problems[0].Code != "customer_unknown" || got.Problems[1].Code != "date_invalid" {
		t.Errorf("dry %+v, then %+v", dry, got)
	}
	facts := func(id int64) people.Detail {
		d, err := w.Detail(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := facts(a); d.Facts.Orders != 2 || d.Facts.Spend != 450*segment.DecimalScale || d.Facts.AOV != 225*segment.DecimalScale || d.Facts.LTV != d.Facts.Spend ||
		d.Facts.AOVTier != "high" || d.Facts.Freq != "monthly" || d.Contact.Value != core.ValueHigh || d.Facts.LastOrder.Format(time.DateOnly) != ago(20) {
		t.Errorf("Ana %+v, %s", d.Facts, d.Contact.Value)
	}
	if d := facts(b); d.Facts.Orders != 1 || d.Facts.AOVTier != "low" || d.Facts.Freq != "rarer" || d.Contact.Value != core.ValueLow {
		t.Errorf("Bo %+v, %s", d.Facts, d.Contact.Value) // other currencies are not added up
	}
	again := w.till(t, people.OrderImport{}, rows...)
	if again.Same != 4 || again.New+again.Updated != 0 {
		t.Errorf("a second run %+v", again)
	}
	if ps, err := w.db.Purchases(ctx, a); err != nil || len(ps) != 2 || ps[0].Campaign != "AUTUMN" || ps[0].Amount != (core.Money{Amount: "300", Currency: "EUR"}) {
		t.Errorf("%+v, %v", ps, err)
	}
	for expr, want := range map[string]int{"aov_tier:high": 1, "freq:monthly": 1, "spend>400 and orders=2": 1, "last_order<7d": 1, "value:high": 1, "last_order:never": 0} {
		if n, err := w.Count(ctx, expr); err != nil || n != want {
			t.Errorf("%s: %d, %v, want %d", expr, n, err, want)
		}
	}
	changed := w.till(t, people.OrderImport{}, []string{"1", ago(40), "+393331234568", "30", ""})
	if changed.Updated != 1 || facts(a).Facts.Orders != 1 || facts(b).Facts.Orders != 2 || facts(a).Contact.Value != core.ValueMid {
		t.Errorf("%+v, %+v", changed, facts(a).Facts)
	}
	if got := w.till(t, people.OrderImport{Create: true}, rows[5]); got.New != 1 {
		t.Errorf("made %+v", got)
	}
	if err := w.db.Check(ctx); err != nil {
		t.Error(err)
	}
}

// A refund lowers what was spent; it is no purchase, and so has no part in how
// often and when somebody buys.
func TestRefunds(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	a := w.person(t, core.Contact{Name: "Ana", Phone: "+393331234567"}, core.Profile{})
	b := w.person(t, core.Contact{Name: "Bo", Phone: "+393331234568"}, core.Profile{})
	got := w.till(t, people.OrderImport{},
		[]string{"1", "2026-11-01", "+393331234567", "100", ""},
		[]string{"2", "2026-11-05", "+393331234567", "60", ""},
		[]string{"2-R", "2026-11-20", "+393331234567", "-60,00", ""},
		[]string{"3-R", "2026-11-20", "+393331234568", "5,00-", ""})
	if got.New != 4 {
		t.Fatalf("%+v", got)
	}
	day := func(s string) time.Time { return must[time.Time](t)(time.Parse(time.DateOnly, s)) }
	for id, want := range map[int64]people.Facts{
		a: {Orders: 2, Spend: 100 * segment.DecimalScale, AOV: 50 * segment.DecimalScale, LTV: 100 * segment.DecimalScale, Freq: "monthly", AOVTier: "mid",
			FirstOrder: day("2026-11-01"), LastOrder: day("2026-11-05")},
		b: {Spend: -5 * segment.DecimalScale, Freq: "none", AOVTier: "none"},
	} {
		f := must[people.Detail](t)(w.Detail(context.Background(), id)).Facts
		f.Country = ""
		if !reflect.DeepEqual(f, want) {
			t.Errorf("%d: %+v, want %+v", id, f, want)
		}
	}
}

// A till may be ahead by its time zone, not by a year.
func TestPurchasesOfTheFuture(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	w.person(t, core.Contact{Name: "Ana", Phone: "+393331234567"}, core.Profile{})
	in := func(d time.Duration) string { return now.Add(d).UTC().Format("2006-01-02 15:04") }
	got := w.till(t, people.OrderImport{}, []string{"1", in(23 * time.Hour), "+393331234567", "100", ""}, []string{"2", in(25 * time.Hour), "+393331234567", "60", ""},
		[]string{"3", "01/11/2062", "+393331234567", "60", ""})
	if got.New != 1 || got.Refused != 2 || !reflect.DeepEqual(got.Problems[1], people.Problem{Row: 4, Column: "date", Value: "01/11/2062", Code: "date_future"}) {
		t.Errorf("%+v", got)
	}
}

// Time makes buyers rarer: a year without a purchase is seen by Refresh.
func TestFactsGrowOld(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	ctx := context.Background()
	a := w.person(t, core.Contact{Name: "Ana", Phone: "+393331234567"}, core.Profile{})
	var rows [][]string
	for i := range 4 {
		rows = append(rows, []string{fmt.Sprint(i), now.AddDate(0, 0, -30*i).Format(time.DateOnly), "+393331234567", "100", ""})
	}
	w.till(t, people.OrderImport{}, rows...)
	for _, c := range []struct {
		days int
		freq string
		ltv  int64
	}{{0, "monthly", 400}, {200, "quarterly", 400}, {2 * 365, "rarer", 177}} {
		w.Now = func() time.Time { return now.AddDate(0, 0, c.days) }
		if err := w.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
		d, err := w.Detail(ctx, a)
		if err != nil || d.Facts.Freq != c.freq || d.Facts.LTV/segment.DecimalScale != c.ltv {
			t.Errorf("after %d days: %s, %d, %v", c.days, d.Facts.Freq, d.Facts.LTV/segment.DecimalScale, err)
		}
	}
	if err := w.SetCurrency(ctx, "USD"); err != nil {
		t.Fatal(err)
	}
	if d, err := w.Detail(ctx, a); err != nil || d.Facts.Orders != 0 || d.Contact.Value != core.ValueNone || d.Currency != "USD" {
		t.Errorf("in dollars %+v, %v", d.Facts, err)
	}
	if err := w.SetCurrency(ctx, "EUR"); err != nil {
		t.Fatal(err)
	}
	if d, err := w.Detail(ctx, a); err != nil || d.Facts.Orders != 4 {
		t.Errorf("back again %+v, %v", d.Facts, err)
	}
	for _, c := range []string{"", "eur", "EURO", "E1R"} {
		if err := w.SetCurrency(ctx, c); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%q: %v", c, err)
		}
	}
}

func TestCancelledOrdersLeaveNothing(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	a := w.person(t, core.Contact{Name: "Ana", Phone: "+393331234567"}, core.Profile{})
	w.till(t, people.OrderImport{}, []string{"1", "2026-11-01", "+393331234567", "70", ""})
	before := w.told(t, a)
	held := map[string]bool{} // what campaigns were told of, by code
	w.Bought = func(_ core.Tx, contact int64, at time.Time, code string) (func(core.Tx) error, error) {
		if contact == a {
			return nil, nil // nothing came of it
		}
		held[code] = true
		return func(core.Tx) error { held[code] = false; return nil }, nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	_, err := w.ImportOrders(ctx, people.OrderImport{Create: true, Table: people.Table{Header: orderHeader, Next: func() (people.Row, error) {
		if n++; n == 700 {
			cancel()
		}
		if n == 2000 {
			return people.Row{}, io.EOF
		}
		return people.Row{Line: n + 1, Cells: []string{fmt.Sprint(n), "2026-11-02", fmt.Sprintf("+39333%07d", 1234567+n%9), "80", fmt.Sprint("C", n)}}, nil
	}}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if after := w.told(t, a); after != before {
		t.Errorf("%s before, %s after", before, after)
	}
	for code, still := range held {
		if still {
			t.Errorf("campaigns still hold %s", code)
		}
	}
	if len(held) == 0 {
		t.Error("campaigns were told of no order")
	}
	if n, err := w.Count(context.Background(), ""); err != nil || n != 1 {
		t.Errorf("%d people, %v", n, err)
	}
}

func TestBadOrderTables(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	if _, err := w.ImportOrders(context.Background(), people.OrderImport{Table: table([]string{"colour", "date", "amount"}, nil)}); core.CodeOf(err) != core.NotATable {
		t.Errorf("%v", err)
	}
	var bad *people.BadPair
	if _, err := w.ImportOrders(context.Background(), people.OrderImport{Table: table(orderHeader, nil), Pairs: []string{"phone=zodiac"}}); !errors.As(err, &bad) {
		t.Errorf("%v", err)
	}
}

// Whatever order receipts come in, and however often, the facts are those of
// the receipts that are there.
func TestOrderOfOrders(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		phone := core.Phone(fmt.Sprintf("+39333%07d", n))
		a := w.person(t, core.Contact{Phone: phone}, core.Profile{})
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []string {
			return []string{fmt.Sprint(n, "-", rapid.IntRange(1, 6).Draw(t, "ref")), now.AddDate(0, 0, -rapid.IntRange(0, 800).Draw(t, "ago")).Format(time.DateOnly), string(phone),
				fmt.Sprint(rapid.IntRange(0, 500).Draw(t, "amount")), ""}
		}), 1, 8).Draw(t, "rows")
		for _, r := range rows {
			w.till(t, people.OrderImport{}, r)
		}
		last := map[string][]string{}
		for _, r := range rows {
			last[r[0]] = r
		}
		var spend int64
		for _, r := range last {
			spend += units(r[3])
		}
		d, err := w.Detail(context.Background(), a)
		if err != nil || d.Facts.Orders != len(last) || d.Facts.Spend != spend {
			t.Fatalf("%+v of %v, %v", d.Facts, last, err)
		}
	})
}

func TestRounded(t *testing.T) {
	for in, want := range map[int64]string{2910333333: "29.1", 2910500000: "29.11", -2910500000: "-29.11", 2910499999: "29.1", 0: "0", 499999: "0", -500000: "-0.01"} {
		if got := people.Amount(people.Rounded(in)); got != want {
			t.Errorf("%d: %s, want %s", in, got, want)
		}
	}
}
