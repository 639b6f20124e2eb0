package ledger_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/ledger"
)

func book(t testing.TB) ledger.Book {
	t.Helper()
	b, err := ledger.LoadBook(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var (
	usd  = ledger.Account{Provider: core.Meta, Currency: "USD"}
	nov  = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	sept = time.Date(2026, 9, 10, 10, 0, 0, 0, time.UTC)
)

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

func TestPriceOfOneMessage(t *testing.T) {
	b := book(t)
	eur := ledger.Account{Provider: core.Meta, Currency: "EUR"}
	for name, c := range map[string]struct {
		acct   ledger.Account
		use    ledger.Use
		free   ledger.Free
		price  string
		market string
	}{
		"marketing to Italy":        {usd, ledger.Use{At: nov, Country: "IT", Category: ledger.Marketing, Delivered: true}, ledger.Charged, "0.0795", "Italy"},
		"utility in the window now": {usd, ledger.Use{At: nov, Country: "IT", Category: ledger.Utility, Delivered: true, InWindow: true}, ledger.Charged, "0.03", "Italy"},
		"utility in it before":      {eur, ledger.Use{At: sept, Country: "IT", Category: ledger.Utility, Delivered: true, InWindow: true}, ledger.UtilityWindow, "", ""},
		"utility outside before":    {eur, ledger.Use{At: sept, Country: "IT", Category: ledger.Utility, Delivered: true}, ledger.Charged, "0.0248", "Italy"},
		"an answer before":          {eur, ledger.Use{At: sept, Country: "IT", Category: ledger.Service, Delivered: true, InWindow: true}, ledger.FreeService, "", ""},
		"an answer now":             {usd, ledger.Use{At: nov, Country: "IT", Category: ledger.Service, Delivered: true, InWindow: true}, ledger.FreeQuota, "", ""},
		"from an ad":                {usd, ledger.Use{At: nov, Country: "IT", Category: ledger.Marketing, Delivered: true, EntryPoint: true}, ledger.InEntryPoint, "", ""},
		"typed on the phone":        {usd, ledger.Use{At: nov, Country: "IT", Category: ledger.Service, Delivered: true, Typed: true}, ledger.FromPhone, "", ""},
		"not delivered":             {usd, ledger.Use{At: nov, Country: "IT", Category: ledger.Marketing}, ledger.NotDelivered, "", ""},
		"the receipt says free":     {usd, ledger.Use{At: nov, Country: "IT", Category: ledger.Marketing, Delivered: true, Pricing: &core.Pricing{Billable: no()}}, ledger.ByReceipt, "", ""},
		"the receipt says charged":  {usd, ledger.Use{At: nov, Country: "IT", Category: ledger.Service, Delivered: true, Pricing: &core.Pricing{Billable: yes(), Category: "service"}}, ledger.Charged, "0.03", "Italy"},
		"moved to marketing":        {usd, ledger.Use{At: nov, Country: "IT", Category: ledger.Utility, Delivered: true, Pricing: &core.Pricing{Billable: yes(), Category: "marketing"}}, ledger.Charged, "0.0795", "Italy"},
		"a region":                  {usd, ledger.Use{At: nov, Country: "AT", Category: ledger.Marketing, Delivered: true}, ledger.Charged, "0.0592", "Rest of Western Europe"},
		"own market since October":  {usd, ledger.Use{At: nov, Country: "UA", Category: ledger.Marketing, Delivered: true}, ledger.Charged, "0.086", "Ukraine"},
		"its region before":         {eur, ledger.Use{At: sept, Country: "UA", Category: ledger.Marketing, Delivered: true}, ledger.Charged, "0.0712", "Rest of Central & Eastern Europe"},
		"nowhere known":             {usd, ledger.Use{At: nov, Country: "XX", Category: ledger.Marketing, Delivered: true}, ledger.Charged, "0.0604", "Other"},
	} {
		m := b.Month(c.acct, c.use.At)
		l := m.Add(c.use)
		if l.Free != c.free || l.Price.Amount != c.price || l.Market != c.market || l.Unpriced {
			t.Errorf("%s: %+v", name, l)
		}
	}
}

func TestRealAmountStandsAboveTheCard(t *testing.T) {
	m := ptr(book(t)).Month(usd, nov)
	l := m.Add(ledger.Use{At: nov, Country: "IT", Category: ledger.Marketing, Delivered: true, Cost: &core.Money{Amount: "0.0612", Currency: "EUR"}})
	if !l.Real || l.Price != (core.Money{Amount: "0.0612", Currency: "EUR"}) {
		t.Fatalf("%+v", l)
	}
	m.Add(ledger.Use{At: nov, Country: "IT", Category: ledger.Marketing, Delivered: true})
	if l := m.Add(ledger.Use{At: nov, Delivered: true, Cost: &core.Money{Amount: "cheap", Currency: "EUR"}}); !l.Unpriced {
		t.Errorf("an amount that is none: %+v", l)
	}
	total := m.Total()
	want := []core.Money{{Amount: "0.0612", Currency: "EUR"}, {Amount: "0.0795", Currency: "USD"}}
	if got := total.Amounts.List(); !slices.Equal(got, want) || total.Estimated != 1 || total.Messages != 3 || total.Unpriced != 1 {
		t.Fatalf("%v, %+v: currencies must stay apart", got, total)
	}
}

func ptr[T any](v T) *T { return &v }

func TestUnpricedIsNeverFree(t *testing.T) {
	b := book(t)
	gbp := ledger.Account{Provider: core.Meta, Currency: "GBP"} // a part of a card: no Brazil, no Other
	m := b.Month(gbp, nov)
	if l := m.Add(ledger.Use{At: nov, Country: "BR", Category: ledger.Marketing, Delivered: true}); !l.Unpriced || l.Free != ledger.Charged {
		t.Fatalf("%+v", l)
	}
	e := b.Estimate(gbp, nov, ledger.Marketing, []ledger.Bulk{{Country: "BR", N: 7}, {Country: "GB", N: 10}}, nil)
	if e.Unpriced != 7 || e.High.Amount != "0.458" {
		t.Fatalf("%+v", e)
	}
	none := b.Estimate(ledger.Account{Currency: "JPY"}, nov, ledger.Marketing, []ledger.Bulk{{Country: "BR", N: 7}}, nil)
	if none.Unpriced != 7 || none.High.Amount != "0.00" {
		t.Fatalf("%+v", none)
	}
}

func TestFreeQuotaOfANumber(t *testing.T) {
	b := book(t)
	m := b.Month(usd, nov)
	levels := map[int]ledger.Level{799: ledger.Fine, 800: ledger.Near, 999: ledger.Near, 1000: ledger.Over, 1003: ledger.Over}
	charged := 0
	for i := 1; i <= 1003; i++ {
		if l := m.Add(ledger.Use{At: nov, Channel: 1, Country: "IT", Category: ledger.Service, Delivered: true, InWindow: true}); l.Free == ledger.Charged {
			charged++
		}
		if want, ok := levels[i]; ok && m.Quotas()[0].Level != want {
			t.Errorf("after %d the level is %s, want %s (S-003)", i, m.Quotas()[0].Level, want)
		}
	}
	q := m.Quotas(1, 2)
	if charged != 3 || q[0].Used != 1003 || q[0].Left != 0 || q[1].Channel != 2 || q[1].Left != 1000 {
		t.Fatalf("%d charged, %+v", charged, q)
	}
	if want := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC); !q[0].Resets.Equal(want) {
		t.Fatalf("resets %v", q[0].Resets)
	}
	if got := m.Total().Amounts.In("USD").Amount; got != "0.09" {
		t.Fatalf("three messages beyond the quota cost %s", got)
	}
}

func TestMonthsBeginAtTheAccountsMidnight(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	b := book(t)
	a := ledger.Account{Provider: core.Meta, Currency: "USD", Zone: rome}
	late := time.Date(2026, 10, 31, 23, 30, 0, 0, time.UTC) // half past midnight in Rome
	m := b.Month(a, late)
	if m.Start.Month() != time.November {
		t.Fatalf("the month is %v", m.Start)
	}
	if l := m.Add(ledger.Use{At: m.Start.Add(-time.Second), Country: "IT", Category: ledger.Marketing, Delivered: true}); l != (ledger.Line{}) || m.Total().Messages != 0 {
		t.Fatal("a message of another month was counted")
	}
	// The card of 1 October holds from midnight in Rome, two hours before UTC's.
	if c, err := b.CardAt(a, time.Date(2026, 9, 30, 22, 0, 0, 0, time.UTC)); err != nil || c.From != "2026-10-01" {
		t.Fatalf("%v, %v", c, err)
	}
}

func TestProviderFees(t *testing.T) {
	b := book(t)
	one := ledger.Use{At: nov, Country: "IT", Category: ledger.Marketing, Delivered: true}
	for name, c := range map[string]struct {
		provider core.ProviderName
		n        int
		contract bool
		want     string // fees of n messages, the monthly one included
	}{
		"Twilio takes its share":            {core.Twilio, 100, false, "0.50"},
		"Bird includes a thousand":          {core.Bird, 1002, false, "50.009"},
		"Meta takes none":                   {core.Meta, 100, false, "0.00"},
		"a contract from the 100,000th on":  {core.Twilio, 100_001, true, "500.0038"},
		"no contract, no discount (S-229)":  {core.Twilio, 100_001, false, "500.005"},
		"Zenvia includes five hundred more": {core.Zenvia, 501, false, "30.006"},
	} {
		m := b.Month(ledger.Account{Provider: c.provider, Currency: "EUR", Contract: c.contract}, nov)
		for range c.n {
			m.Add(one)
		}
		if got := m.Total().Amounts.In("USD").Amount; got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	m := b.Month(ledger.Account{Provider: core.Twilio, Currency: "EUR"}, nov)
	if got := m.AddReceived(10).Amount; got != "0.05" || m.Total().Amounts.In("USD").Amount != "0.05" {
		t.Errorf("received messages cost %s at a provider that charges both ways", got)
	}
	if got := b.Month(usd, nov).AddReceived(10).Amount; got != "0.00" {
		t.Errorf("received messages cost %s at one that does not", got)
	}
}

func TestStale(t *testing.T) {
	b := book(t)
	c, err := b.CardAt(usd, nov)
	if err != nil {
		t.Fatal(err)
	}
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	for at, want := range map[string]bool{"2026-10-01": false, "2026-12-31": false, "2027-01-01": true, "2027-06-30": true} {
		if b.Stale(c, day(at)) != want {
			t.Errorf("on %s stale is %v", at, !want)
		}
	}
	ok := c.Confirm(day("2027-01-02"))
	if b.Stale(&ok, day("2027-03-31")) || !b.Stale(&ok, day("2027-04-01")) {
		t.Error("a confirmed card holds until the next day of change")
	}
}

func TestSumsTellTheSameMonth(t *testing.T) {
	b := book(t)
	rapid.Check(t, func(t *rapid.T) {
		m := b.Month(usd, nov)
		var lines ledger.Amounts
		n := rapid.IntRange(0, 30).Draw(t, "n")
		for range n {
			u := ledger.Use{At: nov, Channel: int64(rapid.IntRange(1, 2).Draw(t, "channel")),
				Country:  rapid.SampledFrom([]string{"IT", "DE", "BR", "ZZ"}).Draw(t, "country"),
				Category: rapid.SampledFrom([]ledger.Category{ledger.Marketing, ledger.Utility, ledger.Service}).Draw(t, "category"),
				Campaign: int64(rapid.IntRange(0, 2).Draw(t, "campaign")), Delivered: rapid.Bool().Draw(t, "delivered")}
			if rapid.Bool().Draw(t, "real") {
				u.Cost = &core.Money{Amount: "0.01", Currency: "EUR"}
			}
			l := m.Add(u)
			if l.Price.Amount != "" {
				if err := lines.Add(l.Price); err != nil {
					t.Fatal(err)
				}
			}
		}
		total := m.Total()
		if total.Messages != n || !same(total.Amounts, lines) {
			t.Fatalf("%d of %d messages, %v and %v", total.Messages, n, total.Amounts.List(), lines.List())
		}
		for name, by := range map[string]ledger.By{"campaign": ledger.ByCampaign, "template": ledger.ByTemplate, "category": ledger.ByCategory,
			"country": ledger.ByCountry, "channel": ledger.ByChannel} {
			var sum ledger.Amounts
			messages, free := 0, 0
			for _, row := range m.Sums(by) {
				messages, free = messages+row.Messages, free+row.Free
				for _, x := range row.Amounts.List() {
					if err := sum.Add(x); err != nil {
						t.Fatal(err)
					}
				}
			}
			if messages != n || free != total.Free || !same(sum, total.Amounts) {
				t.Fatalf("by %s: %d messages, %v; the month has %v", name, messages, sum.List(), total.Amounts.List())
			}
		}
	})
}

// same compares sums without regard to currencies that have none.
func same(a, b ledger.Amounts) bool {
	return a.In("USD") == b.In("USD") && a.In("EUR") == b.In("EUR")
}

func TestEditedCardTakesTheOldOnesPlace(t *testing.T) {
	b := book(t)
	before := len(b.Cards)
	c, _ := b.CardAt(usd, nov)
	mine := *c
	mine.Source = "my contract"
	with := b.With(mine)
	got, err := with.CardAt(usd, nov)
	if err != nil || got.Source != "my contract" || len(with.Cards) != before {
		t.Fatalf("%v, %d cards, %v", got, len(with.Cards), err)
	}
	if old, _ := b.CardAt(usd, nov); old.Source == "my contract" {
		t.Fatal("the book that was asked has changed")
	}
	if _, err := b.CardAt(usd, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)); core.CodeOf(err) != core.NotFound {
		t.Fatalf("before the first card: %v", err)
	}
}

func TestBadDataIsRefused(t *testing.T) {
	for name, change := range map[string][3]string{
		"no source":         {"rates.json", `"source": "policy.md 8.2: transcribed`, `"source": "", "x": "`},
		"no date":           {"free.json", `"date": "2026-11-22"`, `"date": ""`},
		"unknown currency":  {"rates.json", `"currency": "USD"`, `"currency": "XXX"`},
		"below zero":        {"rates.json", `"0.0618"`, `"-0.0618"`},
		"not JSON":          {"markets.json", `{`, `[`},
		"shares upset":      {"free.json", `"low": "0.85"`, `"low": "0.95"`},
		"eras out of order": {"free.json", `"from": "2025-07-01"`, `"from": "2027-07-01"`},
		"a fee below zero":  {"fees.json", `"0.0045"`, `"-1"`},
		"no such day":       {"fees.json", `"from": "2023-01-01"`, `"from": "2023-13-01"`},
	} {
		files := fstest.MapFS{}
		for _, f := range []string{"rates.json", "markets.json", "free.json", "fees.json", "currencies.json"} {
			data, err := fs.ReadFile(assets.Rules(), "ledger/"+f)
			if err != nil {
				t.Fatal(err)
			}
			text := string(data)
			if f == change[0] {
				if !strings.Contains(text, change[1]) {
					t.Fatalf("%s: nothing to change", name)
				}
				text = strings.Replace(text, change[1], change[2], 1)
			}
			files["ledger/"+f] = &fstest.MapFile{Data: []byte(text)}
		}
		if _, err := ledger.LoadBook(files); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ledger.LoadBook(fstest.MapFS{}); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("no files: %v", err)
	}
}

// TestOwnAmountsCountToTheTiers: what the provider priced itself still fills
// the month's volume, and an amount of nothing is free.
func TestOwnAmountsCountToTheTiers(t *testing.T) {
	b := book(t)
	card, err := b.CardAt(usd, nov)
	if err != nil {
		t.Fatal(err)
	}
	tiered := *card
	tiered.Tiers = []ledger.Tier{{Market: "Italy", Category: ledger.Utility, From: 2, Rate: tiered.Markets["Turkey"][ledger.Utility]}}
	b = b.With(tiered)
	m := b.Month(usd, nov)
	u := ledger.Use{At: nov, Country: "IT", Category: ledger.Utility, Delivered: true}
	told, nothing := u, u
	told.Cost, nothing.Cost = &core.Money{Amount: "0.02", Currency: "USD"}, &core.Money{Amount: "0.00", Currency: "USD"}
	if l := m.Add(told); !l.Real || l.Free != ledger.Charged {
		t.Errorf("%+v", l)
	}
	if l := m.Add(u); l.Price.Amount != "0.0009" {
		t.Errorf("the second of the month costs %s", l.Price.Amount)
	}
	if l := m.Add(nothing); l.Free != ledger.ByReceipt {
		t.Errorf("%+v", l)
	}
	if total := m.Total(); total.Why[ledger.ByReceipt] != 1 || total.Free != 1 || total.Real != 2 {
		t.Errorf("%+v", total)
	}
}
