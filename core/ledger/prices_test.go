package ledger_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/ledger"
)

const own = `{"accounts": [{"provider": "meta", "currency": "EUR", "time_zone": "Europe/Rome", "contract": true}],
 "budget": {"amount": "50", "currency": "EUR"},
 "cards": [{"provider": "meta", "currency": "EUR", "from": "2026-10-01", "source": "my card", "date": "2026-11-20",
  "markets": {"Italy": {"marketing": "0.0701", "utility": 0.02}}}],
 "fees": [{"provider": "bird", "currency": "EUR", "from": "2026-01-01", "per_message": "0.004", "monthly": "40", "included": 500, "source": "contract", "date": "2026-11-20"}]}`

func TestOwnPricesStandAbove(t *testing.T) {
	b := book(t)
	p, err := b.ReadPrices([]byte(own))
	if err != nil {
		t.Fatal(err)
	}
	mine := b.Own(p)
	home := time.FixedZone("home", 3600)
	a := mine.Account(p, core.Meta, home)
	if a.Currency != "EUR" || a.Zone.String() != "Europe/Rome" || !a.Contract {
		t.Errorf("account %+v", a)
	}
	if c, err := mine.CardAt(a, nov); err != nil || c.Source != "my card" {
		t.Errorf("card %+v, %v", c, err)
	}
	if c, err := b.CardAt(a, nov); err != nil || c.From != "2026-07-01" {
		t.Errorf("the program's own card was changed: %+v, %v", c, err)
	}
	if other := mine.Account(p, core.Twilio, home); other.Currency != "USD" || other.Zone != home {
		t.Errorf("an account that nothing was said of: %+v", other)
	}
	m := mine.Month(mine.Account(p, core.Bird, home), nov)
	if total := m.Total().Amounts.List(); !slices.Equal(total, []core.Money{{Amount: "40.00", Currency: "EUR"}}) {
		t.Errorf("the monthly fee is %v", total)
	}
	if none, err := b.ReadPrices(nil); err != nil || none.Cards != nil {
		t.Errorf("no file: %+v, %v", none, err)
	}
}

func TestMistakesInPrices(t *testing.T) {
	b := book(t)
	card := func(change string) string { return strings.Replace(own, `"from": "2026-10-01"`, change, 1) }
	for text, want := range map[string]ledger.Mistake{
		"{":              {Flaw: ledger.FlawJSON, Line: 1},
		"{}\n{}":         {Flaw: ledger.FlawJSON, Line: 2},
		`{"cards":"no"}`: {Flaw: ledger.FlawJSON, Where: "cards", Value: "string", Line: 1},
		`{"kards":[]}`:   {Flaw: ledger.FlawField, Value: "kards"},
		"{\n\"cards\":[{\"markets\":{\"Italy\":{\"marketing\":\"dear\"}}}]}": {Flaw: ledger.FlawAmount, Where: "prices.json", Value: "dear"},
		card(`"from": "October"`):                                                                                            {Flaw: ledger.FlawDay, Where: "cards.0.from", Value: "October"},
		card(`"from": "2026-10-01", "confirmed": "soon"`):                                                                    {Flaw: ledger.FlawDay, Where: "cards.0.confirmed", Value: "soon"},
		strings.Replace(own, `"0.0701"`, `"-0.07"`, 1):                                                                       {Flaw: ledger.FlawAmount, Where: "cards.0.markets.Italy.marketing", Value: "-0.07"},
		strings.Replace(own, `"0.0701"`, `1e9999`, 1):                                                                        {Flaw: ledger.FlawAmount, Where: "cards.0.markets.Italy.marketing"},
		strings.Replace(own, `"utility"`, `"sms"`, 1):                                                                        {Flaw: ledger.FlawCategory, Where: "cards.0.markets.Italy", Value: "sms"},
		strings.Replace(own, `"my card"`, `""`, 1):                                                                           {Flaw: ledger.FlawSource, Where: "cards.0.source"},
		strings.Replace(own, `Europe/Rome`, `Europe/Nowhere`, 1):                                                             {Flaw: ledger.FlawZone, Where: "accounts.0.time_zone", Value: "Europe/Nowhere"},
		strings.Replace(own, `"50"`, `"-50"`, 1):                                                                             {Flaw: ledger.FlawAmount, Where: "budget.amount", Value: "-50"},
		strings.Replace(own, `"bird"`, `"pigeon"`, 1):                                                                        {Flaw: ledger.FlawProvider, Where: "fees.0.provider", Value: "pigeon"},
		strings.Replace(own, `"currency": "EUR", "time`, `"currency": "XXX", "time`, 1):                                      {Flaw: ledger.FlawCurrency, Where: "accounts.0.currency", Value: "XXX"},
		strings.Replace(own, `{"Italy": {"marketing": "0.0701", "utility": 0.02}}`, `{}`, 1):                                 {Flaw: ledger.FlawEmpty, Where: "cards.0.markets"},
		card(`"from": "2026-10-01", "tiers": [{"market": "Italy", "category": "utility", "from": 9, "to": 3, "rate": "1"}]`): {Flaw: ledger.FlawTier, Where: "cards.0.tiers.0", Value: "9"},
		`{"accounts": [{"provider": "meta", "currency": "EUR"}, {"provider": "meta", "currency": "USD"}]}`:                   {Flaw: ledger.FlawTwice, Where: "accounts.1", Value: "meta"},
	} {
		_, err := b.ReadPrices([]byte(text))
		if core.CodeOf(err) != core.InvalidInput || !slices.Equal(ledger.MistakesOf(err), []ledger.Mistake{want}) {
			t.Errorf("%s:\n%+v, want %+v", text, ledger.MistakesOf(err), want)
		}
	}
	all, err := b.ReadPrices([]byte(`{"budget": {"amount": "x", "currency": "y"}}`))
	if len(ledger.MistakesOf(err)) != 2 || all.Budget != nil {
		t.Errorf("%v: every mistake is told, and nothing is taken over", err)
	}
}

// FuzzReadPrices: whatever stands in the file is read or refused with a
// reason, and what was read can be written and read again.
func FuzzReadPrices(f *testing.F) {
	for _, s := range []string{own, "", "null", "[]", `{"cards":[{}]}`, `{"budget":{"amount":"1e9999","currency":"EUR"}}`, `{"fees":[{"per_message":1e-999}]}`} {
		f.Add([]byte(s))
	}
	b := book(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := b.ReadPrices(data)
		if err != nil {
			if len(ledger.MistakesOf(err)) == 0 {
				t.Fatalf("refused without a reason: %v", err)
			}
			return
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.ReadPrices(again); err != nil {
			t.Fatalf("%s was read, %s is not: %v", data, again, err)
		}
	})
}
