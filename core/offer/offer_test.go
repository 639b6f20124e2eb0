package offer_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/ledger"
	"bottega/core/offer"
)

func market(t testing.TB) offer.Market {
	t.Helper()
	m, err := offer.Load(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func platform(t testing.TB, amount, currency string) (a ledger.Amounts) {
	t.Helper()
	if err := a.Add(core.Money{Amount: amount, Currency: currency}); err != nil {
		t.Fatal(err)
	}
	return a
}

func byID(rows []offer.Row) map[string]offer.Row {
	out := map[string]offer.Row{}
	for _, r := range rows {
		out[r.ID] = r
	}
	return out
}

// TestTableOfProviders: the acceptance table's three and today's, on the same
// month: 2,000 sent, 100 of them lost, 1,500 received, one number.
func TestTableOfProviders(t *testing.T) {
	m := market(t)
	rows := m.Compare(offer.Volume{Sent: 2000, Failed: 100, Received: 1500, Numbers: 1, Platform: platform(t, "60", "USD")})
	got := byID(rows)
	for id, want := range map[string]struct{ fee, total string }{
		"meta":        {"0.00", "60.00"},
		"twilio":      {"17.10", "77.10"},  // (1,900 + 1,500) × 0.005 + 100 × 0.001
		"bird":        {"10.00", "70.00"},  // 2,000 × 0.005
		"wati":        {"0.00", "72.00"},   // a fifth on top of the platform's
		"respond.io":  {"79.00", "139.00"}, // a month
		"twilio-2023": {"10.00", "70.00"},
		"bird-2023":   {"54.50", "114.50"}, // 50 + 1,000 × 0.0045
		"zenvia-2023": {"39.00", "99.00"},  // 30 + 1,500 × 0.006
	} {
		if r := got[id]; r.Fee.Amount != want.fee || r.Total.In("USD").Amount != want.total || !r.Known {
			t.Errorf("%s: fee %s, total %s; want %s, %s", id, r.Fee.Amount, r.Total.In("USD").Amount, want.fee, want.total)
		}
	}
	if r := got["360dialog"]; r.Fee != (core.Money{Amount: "49.00", Currency: "EUR"}) || r.Total.In("EUR").Amount != "49.00" || r.Total.In("USD").Amount != "60.00" {
		t.Errorf("euros are added to dollars: %+v", r)
	}
	if r := got["zenvia"]; r.Known || len(r.Total.List()) != 0 {
		t.Errorf("a price that nobody publishes was reckoned: %+v", r)
	}
	var ids []string
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	want := []string{"meta", "bird", "wati", "twilio", "respond.io", "360dialog", "zenvia", "twilio-2023", "zenvia-2023", "bird-2023"}
	if !slices.Equal(ids, want) {
		t.Errorf("order %v, want %v", ids, want)
	}
}

// TestHiddenCosts (S-156 to S-159): what a contract may add, at most and for
// sure; today's offers have none.
func TestHiddenCosts(t *testing.T) {
	got := byID(of(market(t)).Compare(offer.Volume{Sent: 3000, Numbers: 2, Reviews: 3, Edits: 1}))
	for id, want := range map[string][2]string{
		"bird-2023":   {"6.00", "266.00"}, // 2 thousand over × 3 to 8, 2 × 30, 3 × 50, 40
		"zenvia-2023": {"7.50", "270.00"}, // 2.5 thousand over
		"twilio-2023": {"0.00", "250.00"}, // no quota
		"meta":        {"0.00", "0.00"},
		"bird":        {"0.00", "0.00"},
	} {
		if r := got[id]; r.ExtraLow.Amount != want[0] || r.ExtraHigh.Amount != want[1] {
			t.Errorf("%s: extras %s to %s, want %v", id, r.ExtraLow.Amount, r.ExtraHigh.Amount, want)
		}
	}
}

func of(m offer.Market) *offer.Market { return &m }

// TestBreakEven (S-023): Twilio's table is the cheapest until 91,000 messages.
func TestBreakEven(t *testing.T) {
	m := market(t)
	got := m.BreakEven(true, "USD", offer.Volume{Sent: 10, Numbers: 1})
	want := []offer.Range{{From: 0, ID: "twilio-2023"}, {From: 91001, ID: "bird-2023"}}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := m.BreakEven(false, "USD", offer.Volume{Numbers: 1}); len(got) != 1 || got[0].ID != "meta" {
		t.Errorf("today %v", got)
	}
	if got := m.BreakEven(true, "EUR", offer.Volume{}); got != nil {
		t.Errorf("nothing is offered in euros: %v", got)
	}
}

// Whatever the prices, the ranges name the cheapest of any volume, and a fee
// never falls when more is sent.
func TestRangesNameTheCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m offer.Market
		n := rapid.IntRange(1, 4).Draw(t, "offers")
		for i := range n {
			price := func(name string, most int64, exp int32) *decimal.Decimal {
				d := decimal.New(rapid.Int64Range(0, most).Draw(t, name), exp)
				return &d
			}
			m.Offers = append(m.Offers, offer.Offer{ID: string(rune('a' + i)), Currency: "USD", Monthly: price("monthly", 100, 0), PerMessage: price("each", 90, -4),
				Included: rapid.IntRange(0, 3000).Draw(t, "included"), BothWays: rapid.Bool().Draw(t, "both")})
		}
		ranges := m.BreakEven(false, "USD", offer.Volume{Numbers: 1})
		for range 5 {
			sent := rapid.IntRange(0, 200_000).Draw(t, "sent")
			i, _ := slices.BinarySearchFunc(ranges, sent+1, func(r offer.Range, n int) int { return r.From - n })
			rows := m.Compare(offer.Volume{Sent: sent, Received: sent, Numbers: 1})
			least := rows[0].Total.Sum("USD")
			if got := byID(rows)[ranges[i-1].ID].Total.Sum("USD"); !got.Equal(least) {
				t.Fatalf("%d messages: %s takes %s, the least is %s (%v)", sent, ranges[i-1].ID, got, least, ranges)
			}
			more := byID(m.Compare(offer.Volume{Sent: sent + 1, Received: sent + 1, Numbers: 1}))
			for id, r := range byID(rows) {
				if more[id].Total.Sum("USD").LessThan(r.Total.Sum("USD")) {
					t.Fatalf("%s takes less for more", id)
				}
			}
		}
	})
}

// TestOwnOffers (S-021): a file of the shop's own replaces and adds.
func TestOwnOffers(t *testing.T) {
	m := market(t)
	own := `{"offers":[{"id":"zenvia","provider":"zenvia","name":"Zenvia, our contract","as_of":"2026-11","currency":"BRL","monthly":"400","per_message":"0.05","included":2000,"review_days":[0,1],"source":"contract","date":"2026-11-01"},
		{"id":"cousin","name":"My cousin","as_of":"2026","currency":"USD","monthly":"1","included":0,"review_days":[0,0],"source":"his word","date":"2026-11-01"}]}`
	more, err := m.With([]byte(own))
	if err != nil || len(more.Offers) != len(m.Offers)+1 {
		t.Fatalf("%d offers, %v", len(more.Offers), err)
	}
	got := byID(more.Compare(offer.Volume{Sent: 3000}))
	if r := got["zenvia"]; !r.Known || r.Fee != (core.Money{Amount: "450.00", Currency: "BRL"}) {
		t.Errorf("%+v", r)
	}
	if _, known := byID(m.Compare(offer.Volume{}))["cousin"]; known {
		t.Error("the market itself was changed")
	}
}

func TestBadFiles(t *testing.T) {
	good := map[string]any{"id": "x", "name": "X", "as_of": "2026", "currency": "USD", "monthly": "1", "review_days": []int{0, 1}, "source": "s", "date": "2026-01-01"}
	for name, change := range map[string]map[string]any{
		"no source": {"source": ""}, "no date": {"date": "lately"}, "below zero": {"monthly": "-1"}, "beyond all": {"per_message": "9999999"}, "no money": {"currency": "$"},
		"no name": {"name": ""}, "time runs back": {"review_days": []int{3, 1}}, "a word too many": {"montly": "1"}, "no number": {"monthly": "1e"},
	} {
		o := maps.Clone(good)
		maps.Copy(o, change)
		b, err := json.Marshal(map[string]any{"offers": []any{o}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := market(t).With(b); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	two := `{"offers":[` + strings.Repeat(`{"id":"x","name":"X","as_of":"2026","currency":"USD","included":0,"review_days":[0,1],"source":"s","date":"2026-01-01"},`, 2)
	if _, err := market(t).With([]byte(two[:len(two)-1] + `]}`)); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("twice: %v", err)
	}
	if _, err := offer.Load(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Error(err)
	}
	if _, err := offer.Load(fstest.MapFS{"providers.json": {Data: []byte(`{"extras":[{"per":"smile"}]}`)}}); core.CodeOf(err) != core.InvalidInput {
		t.Error(err)
	}
}
