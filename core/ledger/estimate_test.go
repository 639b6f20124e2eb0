package ledger_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/ledger"
)

// What an estimate calls its high end is what the month comes to when all of
// it is delivered, whatever the countries, the category and the month so far.
func TestAnEstimateIsWhatTheMonthThenSays(t *testing.T) {
	b := book(t)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SampledFrom([]time.Time{nov, sept.AddDate(0, -1, 0), time.Date(2026, 12, 31, 23, 0, 0, 0, time.UTC)}).Draw(t, "at")
		acct := ledger.Account{Provider: rapid.SampledFrom([]core.ProviderName{core.Meta, core.Twilio}).Draw(t, "provider"), Currency: "EUR"}
		cat := rapid.SampledFrom([]ledger.Category{ledger.Marketing, ledger.Utility, ledger.Authentication}).Draw(t, "category")
		m := b.Month(acct, at)
		var bulks []ledger.Bulk
		for _, country := range []string{"IT", "DE", "PL", "AT", "US"} {
			n := rapid.IntRange(0, 6).Draw(t, country)
			in := rapid.IntRange(0, n).Draw(t, "in window")
			bulks = append(bulks, ledger.Bulk{Country: country, N: n, InWindow: in})
		}
		e := b.Estimate(acct, at, cat, bulks, m)
		var low, mid, high ledger.Amounts
		for into, from := range map[*ledger.Amounts]core.Money{&low: e.Low, &mid: e.Expected, &high: e.High} {
			if err := into.Add(from); err != nil {
				t.Fatal(err)
			}
		}
		free := 0
		for _, x := range bulks {
			for i := range x.N {
				if l := m.Add(ledger.Use{At: at, Country: x.Country, Category: cat, Delivered: true, InWindow: i < x.InWindow}); l.Free != ledger.Charged {
					free++
				}
			}
		}
		total := m.Total()
		want := total.Amounts.In("EUR")
		if e.High != want || total.Unpriced != e.Unpriced {
			t.Fatalf("estimated %v and %d without a price; the month says %v and %d", e.High, e.Unpriced, want, total.Unpriced)
		}
		if e.FeeHigh.Currency == "USD" && e.FeeHigh != total.Amounts.In("USD") {
			t.Fatalf("fee %v, the month says %v", e.FeeHigh, total.Amounts.In("USD"))
		}
		sum, gratis := 0, 0
		for _, l := range e.Lines {
			sum, gratis = sum+l.N, gratis+l.Free
		}
		if sum != total.Messages || gratis != free {
			t.Fatalf("%d and %d free, the month has %d and %d", sum, gratis, total.Messages, free)
		}
		lo, mi, hi := low.In("EUR").Amount, mid.In("EUR").Amount, high.In("EUR").Amount
		if !ordered(lo, mi, hi) {
			t.Fatalf("%s, %s, %s", lo, mi, hi)
		}
	})
}

// ordered compares amounts of the same spelling without arithmetic of its own.
func ordered(amounts ...string) bool {
	wide := make([]string, len(amounts))
	for i, a := range amounts {
		whole, part, _ := strings.Cut(a, ".")
		wide[i] = strings.Repeat("0", 12-len(whole)) + whole + "." + part + strings.Repeat("0", 12-len(part))
	}
	return slices.IsSorted(wide)
}

// Every market of every card is one that some country belongs to; else its
// price would never be used, because its name is written differently.
func TestEveryMarketIsReached(t *testing.T) {
	b := book(t)
	for _, c := range b.Cards {
		for market, rates := range c.Markets {
			reached := market == b.Markets.Other || len(b.Markets.Regions[market]) > 0
			for _, own := range b.Markets.Own {
				reached = reached || own == market
			}
			if !reached {
				t.Errorf("%s %s: nobody lives in %s", c.Currency, c.From, market)
			}
			if rates[ledger.Marketing].IsZero() || rates[ledger.Utility].IsZero() {
				t.Errorf("%s %s: %s costs nothing", c.Currency, c.From, market)
			}
		}
	}
}

func TestMarketsOfACountry(t *testing.T) {
	m := book(t).Markets
	for country, want := range map[string][]string{
		"IT": {"Italy", "Other"}, "VA": {"Italy", "Other"}, "GB": {"United Kingdom", "Other"}, "JE": {"United Kingdom", "Other"},
		"PL": {"Poland", "Rest of Central & Eastern Europe", "Other"}, "CH": {"Rest of Western Europe", "Other"},
		"US": {"North America", "Other"}, "CA": {"North America", "Other"}, "DO": {"Rest of Latin America", "Other"},
		"JP": {"Rest of Asia-Pacific", "Other"}, "KE": {"Rest of Africa", "Other"}, "YE": {"Rest of Middle East", "Other"}, "": {"Other"}, "it": {"Other"},
	} {
		if got := m.Of(country); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", country, got, want)
		}
	}
}

func TestSumsAreInOrder(t *testing.T) {
	m := ptr(book(t)).Month(usd, nov)
	for campaign, n := range map[int64]int{1: 2, 2: 5, 3: 5} {
		for range n {
			m.Add(ledger.Use{At: nov, Country: "IT", Category: ledger.Marketing, Campaign: campaign, Template: "autumn", Delivered: true})
		}
	}
	m.Add(ledger.Use{At: nov, Country: "DE", Category: ledger.Utility, Channel: 9})
	var got []int64
	for _, r := range m.Sums(ledger.ByCampaign) {
		got = append(got, r.Key.Campaign)
	}
	if !slices.Equal(got, []int64{2, 3, 1, 0}) {
		t.Errorf("dearest first, then as they are numbered: %v", got)
	}
	rows := m.Sums(ledger.ByTemplate)
	if len(rows) != 2 || rows[0].Key.Template != "autumn" || rows[0].Messages != 12 || rows[0].Amounts.In("USD").Amount != "0.954" {
		t.Errorf("%+v", rows)
	}
	if rows := m.Sums(ledger.ByChannel); len(rows) != 2 || rows[1].Key.Channel != 9 || rows[1].Free != 1 {
		t.Errorf("what was not delivered is free: %+v", rows)
	}
	if rows := m.Sums(ledger.ByCountry); rows[0].Key.Country != "IT" {
		t.Errorf("%+v", rows)
	}
}

// What is free takes nothing of the quota unless it is a service message that
// counts; what a receipt says is free may be the quota itself.
func TestWhatTheQuotaCounts(t *testing.T) {
	b := book(t)
	base := ledger.Use{At: nov, Channel: 1, Country: "IT", Category: ledger.Service, Delivered: true, InWindow: true}
	for name, c := range map[string]struct {
		change func(*ledger.Use)
		used   int
	}{
		"an answer":                   {func(*ledger.Use) {}, 1},
		"not delivered":               {func(u *ledger.Use) { u.Delivered = false }, 0},
		"typed on the phone":          {func(u *ledger.Use) { u.Typed = true }, 0},
		"from an ad":                  {func(u *ledger.Use) { u.EntryPoint = true }, 0},
		"free says the receipt":       {func(u *ledger.Use) { u.Pricing = &core.Pricing{Billable: no(), Type: "free_customer_service"} }, 1},
		"free for the ad, it says":    {func(u *ledger.Use) { u.Pricing = &core.Pricing{Billable: no(), Type: "free_entry_point"} }, 0},
		"charged, it says":            {func(u *ledger.Use) { u.Pricing = &core.Pricing{Billable: yes()} }, 1},
		"a template":                  {func(u *ledger.Use) { u.Category = ledger.Utility }, 0},
		"an answer of before October": {func(u *ledger.Use) { u.At = sept }, 0},
	} {
		u := base
		c.change(&u)
		m := b.Month(usd, u.At)
		m.Add(u)
		if q := m.Quotas(1)[0]; q.Used != c.used || q.Left != max(0, q.Free-c.used) {
			t.Errorf("%s: %+v", name, q)
		}
	}
}

func BenchmarkMonth(b *testing.B) {
	bk := book(b)
	countries := []string{"IT", "DE", "BR", "AT"}
	b.ReportAllocs()
	for b.Loop() {
		m := bk.Month(usd, nov)
		for i := range 10_000 {
			m.Add(ledger.Use{At: nov, Channel: 1, Country: countries[i%4], Category: ledger.Marketing, Campaign: int64(i % 9), Delivered: true})
		}
		if len(m.Sums(ledger.ByCampaign)) != 9 {
			b.Fatal("campaigns are lost")
		}
	}
}
