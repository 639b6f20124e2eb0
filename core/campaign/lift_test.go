package campaign_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"bottega/core/campaign"
)

// ledger of purchases that a test makes up.
type buyers struct {
	campaign.Records
	written, held campaign.Arm
	from, to      time.Time
	err           error
}

func (b *buyers) Buyers(_ context.Context, _ int64, from, to time.Time) (campaign.Arm, campaign.Arm, error) {
	b.from, b.to = from, to
	return b.written, b.held, b.err
}

func TestLift(t *testing.T) {
	w := engine(t)
	b := &buyers{}
	office := campaign.Office{Desk: &w.desk, Records: b}
	begun := w.now.Add(-2 * time.Hour)
	within := w.rules.ConvertWithin.Value.D()
	for name, c := range map[string]struct {
		written, held campaign.Arm
		want          campaign.Finding
	}{
		"it brought buyers":       {campaign.Arm{N: 4000, Hits: 800}, campaign.Arm{N: 1500, Hits: 150}, campaign.First},
		"it kept them away":       {campaign.Arm{N: 4000, Hits: 200}, campaign.Arm{N: 1500, Hits: 300}, campaign.Second},
		"they would have anyway":  {campaign.Arm{N: 9000, Hits: 900}, campaign.Arm{N: 9000, Hits: 901}, campaign.Even},
		"a handful held back":     {campaign.Arm{N: 900, Hits: 90}, campaign.Arm{N: 9}, campaign.TooFew},
		"nobody written to, yet":  {campaign.Arm{}, campaign.Arm{N: 300, Hits: 20}, campaign.TooFew},
		"nobody bought in either": {campaign.Arm{N: 20}, campaign.Arm{N: 10}, campaign.TooFew},
	} {
		b.written, b.held = c.written, c.held
		l, ok, err := office.Lift(w.ctx, &campaign.Campaign{HoldBack: 0.1, StartedAt: begun})
		if err != nil || !ok || l.Finding != c.want || l.Held != c.held || l.Written != c.written {
			t.Errorf("%s: %v, %+v, %v", name, ok, l, err)
		}
		if l.Finding == campaign.TooFew && l.Needed <= 0 {
			t.Errorf("%s: how many more is not said", name)
		}
		if !b.from.Equal(begun) || !b.to.Equal(w.now) {
			t.Errorf("%s: from %s to %s", name, b.from, b.to)
		}
	}
	over := campaign.Campaign{HoldBack: 0.1, StartedAt: begun.Add(-100 * 24 * time.Hour), EndedAt: begun.Add(-90 * 24 * time.Hour)}
	if _, _, err := office.Lift(w.ctx, &over); err != nil || !b.to.Equal(over.EndedAt.Add(within)) {
		t.Errorf("long over: until %s, %v", b.to, err)
	}
	for name, c := range map[string]campaign.Campaign{"a draft": {HoldBack: 0.1}, "nobody held back": {StartedAt: begun}} {
		if _, ok, err := office.Lift(w.ctx, &c); ok || err != nil {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
	b.held = campaign.Arm{}
	if _, ok, err := office.Lift(w.ctx, &over); ok || err != nil {
		t.Errorf("by chance nobody was held back: %v, %v", ok, err)
	}
	b.err = errors.New("disk")
	if _, ok, err := office.Lift(w.ctx, &over); ok || err == nil {
		t.Errorf("a broken store: %v", ok)
	}
}
