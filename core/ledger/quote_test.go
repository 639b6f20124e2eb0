package ledger_test

import (
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/ledger"
)

func TestQuote(t *testing.T) {
	b, err := ledger.LoadBook(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	before, after := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		provider    core.ProviderName
		at          time.Time
		cat         ledger.Category
		country     string
		open, entry bool
		want        string
		free, known bool
	}{
		"promotion to Colombia":           {core.Meta, after, ledger.Marketing, "CO", false, false, "0.0125", false, true},
		"in a window, not free any more":  {core.Meta, after, ledger.Utility, "CO", true, false, "0.0008", false, true},
		"in a free entry point":           {core.Meta, after, ledger.Marketing, "CO", true, true, "0.00", true, true},
		"in a window while that was free": {core.Meta, before, ledger.Utility, "CO", true, false, "0.00", true, false},
		"a provider's fee on top":         {core.Twilio, after, ledger.Marketing, "CO", false, false, "0.0175", false, true},
		"no card so long ago":             {core.Meta, before, ledger.Marketing, "CO", false, false, "0.00", false, false},
	} {
		q := b.Quote(ledger.Account{Provider: tt.provider, Currency: "USD"}, tt.at, tt.cat, tt.country, tt.open, tt.entry)
		if q.Price.Amount != tt.want || q.Price.Currency != "USD" || q.Free != tt.free || q.Known != tt.known || q.Known != (q.From != "") {
			t.Errorf("%s: %+v", name, q)
		}
	}
}
