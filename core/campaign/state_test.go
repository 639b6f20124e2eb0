package campaign_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/campaign"
)

func TestLegalSteps(t *testing.T) {
	legal := map[campaign.State][]campaign.State{
		campaign.Draft:     {campaign.Scheduled, campaign.Running, campaign.Cancelled},
		campaign.Scheduled: {campaign.Running, campaign.Paused, campaign.Cancelled},
		campaign.Running:   {campaign.Waiting, campaign.Paused, campaign.Finished, campaign.Cancelled},
		campaign.Waiting:   {campaign.Running, campaign.Paused, campaign.Finished, campaign.Cancelled},
		campaign.Paused:    {campaign.Scheduled, campaign.Running, campaign.Finished, campaign.Cancelled},
		campaign.Finished:  {campaign.Running},
	}
	for _, from := range campaign.States {
		for _, to := range campaign.States {
			c := campaign.Campaign{State: from, Wait: campaign.Wait{Reason: campaign.QuietHours}, Pause: campaign.ByHand, PauseDetail: "x"}
			err := c.To(to)
			if ok := slices.Contains(legal[from], to); ok != (err == nil) {
				t.Errorf("%s to %s: %v", from, to, err)
			}
			if err != nil {
				step, is := errors.AsType[*campaign.StepError](err)
				if core.CodeOf(err) != core.Conflict || !is || step.From != from || c.State != from {
					t.Errorf("%s to %s: %v", from, to, err)
				}
				continue
			}
			if from == campaign.Waiting && c.Wait.Reason != "" || from == campaign.Paused && (c.Pause != "" || c.PauseDetail != "") {
				t.Errorf("%s to %s keeps why it stood still", from, to)
			}
		}
		if from.Active() != slices.Contains([]campaign.State{campaign.Scheduled, campaign.Running, campaign.Waiting}, from) {
			t.Errorf("%s active is %v", from, from.Active())
		}
	}
}

// Receipts in any order and any number end the same, and never move back.
func TestRecipientMergeDoesNotMindTheOrder(t *testing.T) {
	news := []campaign.RecipientState{campaign.Sending, campaign.Unsure, campaign.Accepted, campaign.Failed, campaign.Delivered, campaign.Read, campaign.Replied, campaign.Converted}
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.SampledFrom(news), 1, 12).Draw(t, "news")
		apply := func(list []campaign.RecipientState) campaign.RecipientState {
			s := campaign.Pending
			for _, n := range list {
				next := s.Merge(n)
				if next.Merge(s) != next {
					t.Fatalf("%s goes back to %s", next, s)
				}
				s = next
			}
			return s
		}
		if a, b := apply(list), apply(rapid.Permutation(slices.Clone(list)).Draw(t, "shuffled")); a != b {
			t.Fatalf("%s and %s", a, b)
		}
	})
	if campaign.Skipped.Merge(campaign.Read) != campaign.Skipped {
		t.Error("who was left out stays so")
	}
}

func TestRecipientStateFollowsTheMessages(t *testing.T) {
	for s, want := range map[core.State]campaign.RecipientState{core.Queued: campaign.Sending, core.Sending: campaign.Sending, core.UnsureSent: campaign.Unsure,
		core.Accepted: campaign.Accepted, core.Sent: campaign.Accepted, core.Delivered: campaign.Delivered, core.Read: campaign.Read, core.Failed: campaign.Failed,
		"strange": campaign.Pending} {
		if got := campaign.Of(s); got != want {
			t.Errorf("%s: %s", s, got)
		}
	}
}

func TestCountsAndFunnel(t *testing.T) {
	c := campaign.Counts{campaign.Pending: 1, campaign.Sending: 2, campaign.Accepted: 4, campaign.Delivered: 8, campaign.Read: 16, campaign.Replied: 32,
		campaign.Converted: 64, campaign.Failed: 128, campaign.Unsure: 256, campaign.Skipped: 512}
	if c.Total() != 1023 || c.Open() != 3 || len(c.All()) != len(campaign.RecipientStates) {
		t.Errorf("%d %d", c.Total(), c.Open())
	}
	want := campaign.Funnel{Accepted: 124, Delivered: 120, Read: 112, Replied: 96, Converted: 64}
	if got := c.Funnel(); got != want {
		t.Errorf("%+v", got)
	}
	if s := (campaign.Funnel{}).Shares(); s != (campaign.Averages{}) {
		t.Errorf("shares of nothing: %+v", s)
	}
	if all := (campaign.Counts{}).All(); all.Total() != 0 || len(all) != 10 {
		t.Errorf("%v", all)
	}
}
