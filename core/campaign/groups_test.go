package campaign_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/campaign"
)

// shelf is a store of rows only.
type shelf struct {
	campaign.Store
	rows []campaign.Recipient
	err  error
}

func (s shelf) Recipients(_ context.Context, q campaign.RecipientQuery) (out []campaign.Recipient, err error) {
	for _, x := range s.rows {
		if x.CampaignID == q.Campaign && x.ID > q.After && (len(q.States) == 0 || slices.Contains(q.States, x.State)) && len(out) < q.Limit {
			out = append(out, x)
		}
	}
	return out, s.err
}

// TestTroublesAndVersionsByPages: read page by page they are what all rows
// together give.
func TestTroublesAndVersionsByPages(t *testing.T) {
	r := rules(t)
	c := campaign.Campaign{ID: 3, Templates: []string{"a", "b"}}
	classes := []core.Class{core.ClassUndeliverable, core.ClassMarketingCapped, core.ClassThrottle, core.ClassRetry, core.ClassInvalid}
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 2500).Draw(rt, "rows")
		seed := rapid.Uint64().Draw(rt, "seed")
		var s shelf
		for i := range n {
			seed = seed*6364136223846793005 + 1442695040888963407
			x := campaign.Recipient{ID: int64(i + 1), CampaignID: 3, ContactID: int64(i), Variant: int(seed>>20) % 2, State: campaign.RecipientStates[(seed>>32)%uint64(len(campaign.RecipientStates))]}
			x.Template = c.Templates[x.Variant]
			if x.State == campaign.Failed || x.State == campaign.Unsure {
				x.Class, x.Code = classes[(seed>>40)%5], []string{"131026", "131049", ""}[(seed>>50)%3]
				x.FailedAt = t0.Add(time.Duration(seed>>44) * time.Second)
				x.Attempts = 1 + int(seed>>60)%3
			}
			s.rows = append(s.rows, x)
		}
		got, err := r.Troubles(t.Context(), s, 3)
		if err != nil {
			rt.Fatal(err)
		}
		want := r.Groups(s.rows, func(*campaign.Recipient) bool { return true })
		if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			rt.Fatalf("by pages %+v\nat once %+v", got, want)
		}
		arms, err := c.Versions(t.Context(), s, campaign.Replied)
		if err != nil || !slices.Equal(arms, c.Arms(s.rows, campaign.Replied)) {
			rt.Fatalf("by pages %+v, at once %+v, %v", arms, c.Arms(s.rows, campaign.Replied), err)
		}
	})
	broken := shelf{err: core.Fail(core.Damaged, "test", nil)}
	if _, err := r.Troubles(t.Context(), broken, 3); core.CodeOf(err) != core.Damaged {
		t.Errorf("a store that fails: %v", err)
	}
	stop := errors.New("stop")
	if err := campaign.EachRecipient(t.Context(), shelf{rows: make([]campaign.Recipient, 1)}, campaign.RecipientQuery{}, func([]campaign.Recipient) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a reader that stops: %v", err)
	}
}
