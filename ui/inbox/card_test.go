package inbox

import (
	"context"
	"strings"
	"testing"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/people"
	"bottega/ui/kit"
	"bottega/ui/theme"
)

// The card tells what the shop knows beside the talk, where it is told.
func TestCardTellsWhatIsKnown(t *testing.T) {
	_, b := plain(t)
	d := &cardData{contact: core.Contact{Name: "Maria", Value: core.ValueHigh, Tags: []string{"vip"}}}
	without := strings.Join(b.cardLines(d, nil, 40), "\n")
	for _, not := range []string{"Warmth", "Promotion", "Orders"} {
		if strings.Contains(without, not) {
			t.Errorf("%q without being told:\n%s", not, without)
		}
	}
	d.known = &people.Detail{Currency: "EUR", Heat: "7d", Profile: core.Profile{Note: "Paga a fine mese.\x1b[2J"},
		Facts:    people.Facts{Orders: 3, Spend: 9000000000, AOV: 3000000000, LTV: 9000000000, Freq: "quarterly", AOVTier: "low", LastOrder: noon},
		Standing: consent.Of([]consent.Entry{{ID: 1, Kind: consent.OptOut, Scope: consent.Marketing, At: noon}}, true)}
	ls := b.cardLines(d, nil, 40)
	got := strings.Join(ls, "\n")
	for _, want := range []string{"high value", "#vip", "within 7 days", "3 · every quarter", "€90.00", "✗ said stop", "✓ window open", "Paga a fine mese."} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, l := range ls {
		if kit.Width(l) != 40 {
			t.Errorf("%d cells: %q", kit.Width(l), l)
		}
	}
}

// The card is read as a whole, with what the shop knows when that is told.
func TestCardAsksForWhatIsKnown(t *testing.T) {
	s := newShop(nil)
	s.convs = []core.Conversation{{ID: 1, ContactID: 5, ChannelID: 1, State: core.Open, Contact: core.Contact{ID: 5, Name: "Maria"}}}
	p := newPane(t, s, theme.Dark(), "en")
	p.conv = s.convs[0]
	asked := int64(0)
	p.d.Detail = func(_ context.Context, id int64) (people.Detail, error) {
		asked = id
		return people.Detail{Heat: "never"}, nil
	}
	msg := p.loadCard()().(kit.To).Msg.(kit.Loaded[cardData])
	if asked != 5 || msg.Val.known == nil {
		t.Fatalf("asked for %d: %+v, %v", asked, msg.Val, msg.Err)
	}
	p.d.Detail = func(context.Context, int64) (people.Detail, error) {
		return people.Detail{}, core.Fail(core.Busy, "test", nil)
	}
	p.fetchCard = kit.Fetch[cardData]{}
	if msg := p.loadCard()().(kit.To).Msg.(kit.Loaded[cardData]); core.CodeOf(msg.Err) != core.Busy {
		t.Errorf("a failure came back as %v", msg.Err)
	}
}
