package ledger_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/ledger"
)

// till is a shop whose messages are a list.
type till struct {
	channels []core.Channel
	charges  []core.Charge
	received map[int64]int
	file     []byte
	err      error
}

func (t *till) Channels(context.Context) ([]core.Channel, error) { return t.channels, t.err }

func (t *till) Charges(_ context.Context, from, to time.Time, yield func(core.Charge) bool) error {
	for _, c := range t.charges {
		if !c.At.Before(from) && c.At.Before(to) && !yield(c) {
			break
		}
	}
	return t.err
}

func (t *till) Received(context.Context, time.Time, time.Time) (map[int64]int, error) {
	return t.received, t.err
}

func (t *till) desk() *ledger.Desk {
	return &ledger.Desk{Rules: assets.Rules(), File: func() ([]byte, error) { return t.file, nil }, Save: func(b []byte) error { t.file = b; return nil }, Store: t,
		Shop: func() core.Rules {
			return core.Rules{Policy: core.Policy{Window: core.Duration(24 * time.Hour), EntryPoint: core.Duration(72 * time.Hour)}}
		},
		Home: func() *time.Location { return time.UTC },
		Campaign: func(ref string) int64 {
			if ref == "c7" {
				return 7
			}
			return 0
		}}
}

// TestStatementOfAMonth: each account with its own messages, campaigns by
// reference, free cases by reason, the provider's amounts beside the card's.
func TestStatementOfAMonth(t *testing.T) {
	promo := core.Charge{At: nov, Made: nov, ChannelID: 1, Ref: "c7", Country: "IT", Template: "sale", Category: "MARKETING", Delivered: true}
	lost := promo
	lost.Delivered = false
	told := promo
	told.Cost = &core.Money{Amount: "0.07", Currency: "USD"}
	answer := core.Charge{At: nov, Made: nov, ChannelID: 2, Country: "IT", Delivered: true}
	before := promo
	before.At = nov.AddDate(0, -1, 0)
	elsewhere := promo
	elsewhere.ChannelID = 99 // a channel that was removed
	ad := promo
	ad.FreeUntil = nov.Add(time.Hour)
	late := promo
	late.FreeUntil = nov.Add(-time.Hour)
	early := promo
	early.FreeUntil = nov.Add(80 * time.Hour)
	odd := promo
	odd.Category = "" // not known: as the dearest
	s := &till{channels: []core.Channel{{ID: 1, Name: "shop", Provider: core.Meta}, {ID: 2, Name: "desk", Provider: core.Twilio}, {ID: 3, Name: "b", Provider: core.Meta}},
		charges: []core.Charge{before, promo, lost, told, answer, elsewhere, ad, late, early, odd}, received: map[int64]int{2: 4}}
	all, err := s.desk().Statements(t.Context(), nov, nov)
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v, %v", all, err)
	}
	meta, twilio := all[0], all[1]
	if meta.Account.Provider != core.Meta || meta.Channels[0].Name != "b" || meta.Channels[1].Name != "shop" {
		t.Errorf("the accounts are %+v", meta)
	}
	total := meta.Month.Total()
	if total.Messages != 7 || total.Why[ledger.NotDelivered] != 1 || total.Why[ledger.InEntryPoint] != 1 || total.Free != 2 || total.Real != 1 || total.Estimated != 4 {
		t.Errorf("%+v", total)
	}
	if total.Told.In("USD").Amount != "0.07" || total.Card.In("USD").Amount != "0.0795" || total.Amounts.In("USD").Amount != "0.388" {
		t.Errorf("told %v, by the card %v, all %v", total.Told.List(), total.Card.List(), total.Amounts.List())
	}
	rows := meta.Month.Sums(ledger.ByCampaign)
	if len(rows) != 1 || rows[0].Key.Campaign != 7 {
		t.Errorf("campaigns %+v", rows)
	}
	// An answer and four received, each at Twilio's fee; the answer is within the free ones.
	if got := twilio.Month.Total(); got.Amounts.In("USD").Amount != "0.025" || got.Why[ledger.FreeQuota] != 1 {
		t.Errorf("twilio %+v %v", got, got.Amounts.List())
	}
	if b, a, m, err := s.desk().MonthOf(t.Context(), s.channels[1], nov); err != nil || a.Provider != core.Twilio || m.Total().Messages != 1 || len(b.Cards) == 0 {
		t.Errorf("%+v, %v", a, err)
	}
	if _, _, _, err := s.desk().MonthOf(t.Context(), core.Channel{Provider: core.Zenvia}, nov); core.CodeOf(err) != core.NoChannel {
		t.Errorf("a provider without a channel: %v", err)
	}
}

// TestWindowOfAStatement: a utility template inside the customer's window was
// free until October.
func TestWindowOfAStatement(t *testing.T) {
	for name, c := range map[string]struct {
		lastIn time.Time
		free   int
	}{
		"inside": {sept.Add(-23 * time.Hour), 1}, "outside": {sept.Add(-24 * time.Hour), 0}, "never wrote": {time.Time{}, 0},
	} {
		s := &till{channels: []core.Channel{{ID: 1, Provider: core.Meta}}, charges: []core.Charge{{At: sept, Made: sept, ChannelID: 1, Country: "IT",
			Template: "ready", Category: "UTILITY", Delivered: true, LastInAt: c.lastIn}}}
		all, err := s.desk().Statements(t.Context(), sept, nov)
		if err != nil {
			t.Fatal(err)
		}
		if got := all[0].Month.Total().Why[ledger.UtilityWindow]; got != c.free {
			t.Errorf("%s: %d free", name, got)
		}
	}
}

// TestChangePrices: what is written is what was asked for, what cannot be used
// is not written, and a card replaces the one of its day.
func TestChangePrices(t *testing.T) {
	s := &till{channels: []core.Channel{{ID: 1, Provider: core.Meta}}}
	d := s.desk()
	set := func(currency string) error {
		return d.Change(func(b *ledger.Book, p *ledger.Prices) error {
			o := p.OwnOf(b, core.Meta)
			o.Currency = currency
			p.SetAccount(o)
			p.Budget = &core.Money{Amount: "10", Currency: currency}
			return nil
		})
	}
	if err := set("EUR"); err != nil {
		t.Fatal(err)
	}
	was := slices.Clone(s.file)
	if err := set("XXX"); ledger.MistakesOf(err) == nil || !slices.Equal(s.file, was) {
		t.Errorf("a currency that is none: %v, wrote %s", err, s.file)
	}
	stopped := errors.New("stopped")
	if err := d.Change(func(*ledger.Book, *ledger.Prices) error { return stopped }); !errors.Is(err, stopped) || !slices.Equal(s.file, was) {
		t.Errorf("%v, wrote %s", err, s.file)
	}
	confirm := func(b *ledger.Book, p *ledger.Prices) error {
		all, err := d.Accounts(t.Context(), nov)
		if err == nil {
			p.SetCard(all[0].Card.Confirm(nov))
		}
		return err
	}
	if err := errors.Join(d.Change(confirm), d.Change(confirm)); err != nil {
		t.Fatal(err)
	}
	all, err := d.Accounts(t.Context(), nov)
	if err != nil || all[0].Stale || all[0].Card.Confirmed != "2026-11-24" || all[0].Budget.Amount != "10" {
		t.Errorf("%+v, %v", all, err)
	}
	if _, p, err := d.Books(); err != nil || len(p.Cards) != 1 || len(p.Accounts) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestSpentOverTwoMonths: a campaign that ran over a month's end costs what
// its messages cost in each, and nobody else's.
func TestSpentOverTwoMonths(t *testing.T) {
	first := core.Charge{At: nov, Made: nov, ChannelID: 1, Ref: "c7", Country: "IT", Template: "sale", Category: "MARKETING", Delivered: true}
	second, other := first, first
	second.At = nov.AddDate(0, 1, 0)
	other.Ref = "another's"
	s := &till{channels: []core.Channel{{ID: 1, Provider: core.Meta}}, charges: []core.Charge{first, other, second}}
	for name, c := range map[string]struct {
		from, now time.Time
		want      string
	}{
		"both months": {nov, nov.AddDate(0, 1, 0), "0.159"}, "the first only": {nov, nov.AddDate(0, 0, 3), "0.0795"},
	} {
		got, err := s.desk().Spent(t.Context(), s.channels[0], 7, c.from, c.now)
		if err != nil || got.Amounts.In("USD").Amount != c.want {
			t.Errorf("%s: %v, %v", name, got.Amounts.List(), err)
		}
	}
	if got, err := s.desk().Spent(t.Context(), core.Channel{Provider: core.Bird}, 7, nov, nov); err != nil || got.Messages != 0 {
		t.Errorf("a channel that is gone: %+v, %v", got, err)
	}
	s.err = core.Fail(core.Damaged, "test", nil)
	if _, err := s.desk().Spent(t.Context(), s.channels[0], 7, nov, nov); core.CodeOf(err) != core.Damaged {
		t.Errorf("a store that fails: %v", err)
	}
}
