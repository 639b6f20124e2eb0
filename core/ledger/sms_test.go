package ledger_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/ledger"
)

// TestWhatSMSCost: the shop's own price for each part, the provider's amount
// above it, nothing for one that failed, never a fee of WhatsApp's; part of what
// the campaign cost and told apart.
func TestWhatSMSCost(t *testing.T) {
	sms := core.Charge{At: nov, Made: nov, ChannelID: 1, Ref: "c7", Country: "IT", Texts: 2}
	lost, told, other := sms, sms, sms
	lost.Failed = true
	told.Cost = &core.Money{Amount: "0.10", Currency: "USD"}
	other.Ref = ""
	promo := core.Charge{At: nov, Made: nov, ChannelID: 1, Ref: "c7", Country: "IT", Template: "sale", Category: "UTILITY", Delivered: true}
	s := &till{channels: []core.Channel{{ID: 1, Name: "shop", Provider: core.Twilio}}, charges: []core.Charge{sms, lost, told, other, promo}}
	spent := func() ledger.Spending {
		t.Helper()
		got, err := s.desk().Spent(t.Context(), s.channels[0], 7, nov, nov.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := spent(); got.SMS.Messages != 3 || got.SMS.Unpriced != 1 || got.SMS.Amounts.In("USD").Amount != "0.10" || got.SMS.Why[ledger.NotDelivered] != 1 {
		t.Errorf("without a price of the shop's: %+v", got.SMS)
	}
	s.file = []byte(`{"accounts":[{"provider":"twilio","currency":"USD","sms":"0.04"}]}`)
	got := spent()
	if got.SMS.Unpriced != 0 || got.SMS.Amounts.In("USD").Amount != "0.18" || got.Messages != 4 || !got.SMS.Platform.Sum("USD").IsZero() {
		t.Errorf("SMS %+v of %+v", got.SMS, got.Total)
	}
	s.file = []byte(`{"accounts":[{"provider":"twilio","currency":"USD","sms":"-1"}]}`)
	if _, err := s.desk().Spent(t.Context(), s.channels[0], 7, nov, nov); len(ledger.MistakesOf(err)) != 1 {
		t.Errorf("a price below zero: %v", err)
	}
}

// TestNothingIsSpentBeforeTheStart: a campaign without a start is not looked
// for in all months since the year 1.
func TestNothingIsSpentBeforeTheStart(t *testing.T) {
	s := &till{channels: []core.Channel{{ID: 1, Provider: core.Meta}}, err: core.Fail(core.Busy, "test", nil)}
	for name, from := range map[string]time.Time{"never": {}, "tomorrow": nov.AddDate(0, 0, 1)} {
		if got, err := s.desk().Spent(t.Context(), s.channels[0], 7, from, nov); err != nil || got.Messages != 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}
