package ledger_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/ledger"
)

const rateFile = "\ufeffNotes,,,,,,\nRates of,1 Jan 2027,,,,,\n,,,,,,\n" +
	"Market,Currency,Marketing,Utility,Authentication,\"Authentication-\nInternational\",Service\n" +
	"Italy,$US,0.0801,0.0310,0.0310,n/a,0.0310\n" +
	" Rest of  Africa,$US,0.0225,0.0040,0.0040,,0.0040\n" +
	"Egypt,$US,0.0644,n/a,0.0036,0.065,\n"

const tierFile = "Tiers,,,,,,,,,,,,,,,,\nMarket,Currency,From,To,Type,Rate,%,From,To,Type,Rate,%,From,To,Type,Rate,%\n" +
	"Italy,$US,0,\"1,000\",list,0.0310,--,0,\"2,000\",list,0.0310,--,,,,,\n" +
	"Italy,$US,\"1,001\",--,tier,0.0200,-35%,\"2,001\",--,tier,0.0250,-19%,,,,,\n"

func rows(t testing.TB, text string) [][]string {
	t.Helper()
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	out, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestReadCardAndTiers(t *testing.T) {
	b := book(t)
	c, err := b.ReadCard(rows(t, rateFile), core.Meta, "2027-01-01", "rates.csv", "2026-12-20")
	if err != nil {
		t.Fatal(err)
	}
	if c, err = b.ReadTiers(c, rows(t, tierFile)); err != nil {
		t.Fatal(err)
	}
	b = b.With(c)
	at := time.Date(2027, 1, 10, 0, 0, 0, 0, time.UTC)
	e := b.Estimate(usd, at, ledger.Utility, []ledger.Bulk{{Country: "IT", N: 1500}}, nil)
	// 1,000 at the list price and 500 at the next tier's; fewer arrive in the other two.
	if e.High.Amount != "41.00" || e.Expected.Amount != "38.60" || e.Low.Amount != "36.50" || e.Stale || e.CardFrom != "2027-01-01" {
		t.Fatalf("%+v", e)
	}
	m := b.Month(usd, at)
	for range 999 {
		m.Add(ledger.Use{At: at, Country: "IT", Category: ledger.Utility, Delivered: true})
	}
	e = b.Estimate(usd, at, ledger.Utility, []ledger.Bulk{{Country: "IT", N: 2}}, m)
	if e.High.Amount != "0.051" {
		t.Fatalf("one at the list price and one at the tier's: %s", e.High.Amount)
	}
	if e = b.Estimate(usd, at, ledger.Utility, []ledger.Bulk{{Country: "EG", N: 2}}, nil); e.Unpriced != 2 {
		t.Fatalf("n/a is no price: %+v", e)
	}
}

func TestHostileRateFiles(t *testing.T) {
	b := book(t)
	for name, text := range map[string]string{
		"empty":          "",
		"no heading":     "Italy,$US,0.1\n",
		"two currencies": strings.Replace(rateFile, "Egypt,$US", "Egypt,€", 1),
		"no currency":    strings.Replace(rateFile, "Egypt,$US", "Egypt,???", 1),
		"an exponent":    strings.Replace(rateFile, "0.0801", "1e999999", 1),
		"below zero":     strings.Replace(rateFile, "0.0801", "-0.08", 1),
		"a formula":      strings.Replace(rateFile, "0.0801", "=1+1", 1),
		"only a heading": rateFile[:strings.Index(rateFile, "Italy")],
		"too long":       rateFile + strings.Repeat("Italy,$US,0.1\n", 6000),
	} {
		if _, err := b.ReadCard(rows(t, text), core.Meta, "2027-01-01", "x", "2026-12-20"); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	good, err := b.ReadCard(rows(t, rateFile), core.Meta, "2027-01-01", "x", "2026-12-20")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"another currency": strings.ReplaceAll(tierFile, "$US", "€"),
		"no number":        strings.Replace(tierFile, "\"1,001\"", "many", 1),
		"no end":           strings.Replace(tierFile, "\"1,000\"", "soon", 1),
		"no rate":          strings.Replace(tierFile, "0.0200", "less", 1),
		"overlap":          strings.Replace(tierFile, "\"1,001\"", "\"1,000\"", 1),
	} {
		if _, err := b.ReadTiers(good, rows(t, text)); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadCard(f *testing.F) {
	f.Add(rateFile, true)
	f.Add(tierFile, false)
	f.Add("Market,Currency,Marketing\nItaly,€,0.1\n", true)
	b := book(f)
	f.Fuzz(func(t *testing.T, text string, card bool) {
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord, r.LazyQuotes = -1, true
		all, err := r.ReadAll()
		if err != nil {
			return
		}
		c := ledger.Card{Provider: core.Meta, Currency: "USD", From: "2027-01-01", Source: "x", Date: "2026-12-20"}
		if card {
			c, err = b.ReadCard(all, core.Meta, "2027-01-01", "x", "2026-12-20")
		} else {
			c, err = b.ReadTiers(c, all)
		}
		if err != nil {
			return
		}
		with := b.With(c)
		if _, err := with.CardAt(ledger.Account{Currency: c.Currency}, time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal("a card that was read cannot be found")
		}
	})
}

// Sending in one go or in two costs the same, whatever the tiers.
func TestTiersAreMarginal(t *testing.T) {
	b := book(t)
	c, err := b.ReadCard(rows(t, rateFile), core.Meta, "2027-01-01", "x", "2026-12-20")
	if err != nil {
		t.Fatal(err)
	}
	if c, err = b.ReadTiers(c, rows(t, tierFile)); err != nil {
		t.Fatal(err)
	}
	b = b.With(c)
	at := time.Date(2027, 1, 10, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.IntRange(0, 2500).Draw(t, "first")
		rest := rapid.IntRange(0, 2500).Draw(t, "rest")
		cat := rapid.SampledFrom([]ledger.Category{ledger.Utility, ledger.Authentication}).Draw(t, "category")
		m := b.Month(usd, at)
		for range first {
			m.Add(ledger.Use{At: at, Country: "IT", Category: cat, Delivered: true})
		}
		e := b.Estimate(usd, at, cat, []ledger.Bulk{{Country: "IT", N: rest}}, m)
		var sum ledger.Amounts
		for _, x := range append(m.Total().Amounts.List(), e.High) {
			if err := sum.Add(x); err != nil {
				t.Fatal(err)
			}
		}
		all := b.Estimate(usd, at, cat, []ledger.Bulk{{Country: "IT", N: first + rest}}, nil)
		if sum.In("USD") != all.High {
			t.Fatalf("%v in two, %v in one", sum.In("USD"), all.High)
		}
	})
}

func TestForecast(t *testing.T) {
	b := book(t)
	m := b.Month(usd, nov)
	for day := 1; day <= 20; day++ { // ten messages on ten of twenty days, a hundred on one
		n := 10 * (day % 2)
		if day == 20 {
			n = 100
		}
		for range n {
			m.Add(ledger.Use{At: time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC), Country: "GB", Category: ledger.Service, Delivered: true,
				Pricing: &core.Pricing{Billable: yes(), Category: "marketing"}})
		}
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	planned := b.Estimate(usd, now, ledger.Marketing, []ledger.Bulk{{Country: "GB", N: 100}}, nil)
	f := m.Forecast(now, []ledger.Estimate{planned}, core.Money{Amount: "30", Currency: "USD"})
	// 200 × 0.0635 so far; ten days left at 0.635 a day, or at 6.35; 85, 92 or 100 planned ones.
	if f.SoFar.Amount != "12.70" || f.Low.Amount != "18.0975" || f.Expected.Amount != "24.892" || f.High.Amount != "82.55" {
		t.Fatalf("%+v", f)
	}
	for budget, want := range map[string]ledger.Level{"30": ledger.Near, "24": ledger.Over, "100": ledger.Fine, "": ledger.Fine} {
		if got := m.Forecast(now, []ledger.Estimate{planned}, core.Money{Amount: budget, Currency: "USD"}).Budget; got != want {
			t.Errorf("budget %q: %s, want %s", budget, got, want)
		}
	}
	if past := m.Forecast(m.End.Add(time.Hour), nil, core.Money{}); past.Expected != past.SoFar {
		t.Errorf("a month that is over comes to %v, not %v", past.Expected, past.SoFar)
	}
}

func TestEstimateTakesWhatIsFree(t *testing.T) {
	b := book(t)
	bulks := []ledger.Bulk{{Country: "DE", N: 100, InWindow: 40, EntryPoint: 10}}
	now := b.Estimate(usd, nov, ledger.Utility, bulks, nil)
	if now.High.Amount != "4.95" || now.Lines[0].Free != 10 {
		t.Errorf("since October only the entry point is free: %+v", now)
	}
	eur := ledger.Account{Provider: core.Twilio, Currency: "EUR"}
	before := b.Estimate(eur, sept, ledger.Utility, bulks, nil)
	if before.High.Amount != "2.28" || before.FeeHigh != (core.Money{Amount: "0.50", Currency: "USD"}) {
		t.Errorf("before, the window was free as well: %+v", before)
	}
	if free := b.Estimate(eur, sept, ledger.Service, bulks, nil); free.High.Amount != "0.00" {
		t.Errorf("answers were free: %+v", free)
	}
}

func TestAmountsRefuseNonsense(t *testing.T) {
	var a ledger.Amounts
	for _, m := range []core.Money{{Amount: "1e9", Currency: "EUR"}, {Amount: "", Currency: "EUR"}, {Amount: "1", Currency: ""}, {Amount: "1,5", Currency: "EUR"}} {
		if err := a.Add(m); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%v: %v", m, err)
		}
	}
	if len(a.List()) != 0 {
		t.Errorf("%v", a.List())
	}
}
