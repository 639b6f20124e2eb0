package campaign_test

import (
	"testing"
	"time"

	"bottega/core/campaign"
	"bottega/core/ledger"
)

func TestJudge(t *testing.T) {
	r := rules(t)
	for name, c := range map[string]struct {
		counts campaign.Counts
		want   map[campaign.Rule]ledger.Level
	}{
		"too few": {campaign.Counts{campaign.Failed: 39}, nil},
		"as the seeds say": {campaign.Counts{campaign.Accepted: 80, campaign.Delivered: 270, campaign.Read: 500, campaign.Replied: 70, campaign.Converted: 80},
			map[campaign.Rule]ledger.Level{campaign.RuleSuccess: ledger.Fine, campaign.RuleDelivered: ledger.Fine, campaign.RuleRead: ledger.Fine,
				campaign.RuleReply: ledger.Fine, campaign.RuleConverted: ledger.Fine}},
		"below the averages": {campaign.Counts{campaign.Accepted: 100, campaign.Delivered: 800, campaign.Read: 30, campaign.Replied: 60, campaign.Converted: 10},
			map[campaign.Rule]ledger.Level{campaign.RuleSuccess: ledger.Fine, campaign.RuleDelivered: ledger.Near, campaign.RuleRead: ledger.Near,
				campaign.RuleReply: ledger.Near, campaign.RuleConverted: ledger.Near}},
		"alarming": {campaign.Counts{campaign.Failed: 500, campaign.Accepted: 300, campaign.Delivered: 200},
			map[campaign.Rule]ledger.Level{campaign.RuleSuccess: ledger.Over, campaign.RuleDelivered: ledger.Over, campaign.RuleRead: ledger.Near,
				campaign.RuleReply: ledger.Over, campaign.RuleConverted: ledger.Near}},
	} {
		marks := r.Judge(c.counts)
		if len(marks) != len(c.want) {
			t.Errorf("%s: %+v", name, marks)
		}
		for _, m := range marks {
			if m.Level != c.want[m.Rule] || m.Source == "" || !m.Least {
				t.Errorf("%s: %+v, want %s", name, m, c.want[m.Rule])
			}
		}
	}
}

func TestUsualSpeedAndLift(t *testing.T) {
	r := rules(t)
	if from, to := r.Usual(ledger.Utility); from != 0.15 || to != 0.20 {
		t.Errorf("notices get %v to %v (S-044)", from, to)
	}
	if from, to := r.Usual(ledger.Marketing); from != 0.01 || to != 0.03 {
		t.Errorf("promotions get %v to %v (S-045)", from, to)
	}
	s := r.Speed([]time.Duration{time.Minute, 3 * time.Minute, 10 * time.Minute, 31 * time.Minute})
	if s.Early != 0.5 || s.Late != 0.25 || s.Wanted.EarlyShare != 0.65 || s.Wanted.LateShare != 0.12 {
		t.Errorf("%+v (S-052, S-053)", s)
	}
	if s := r.Speed(nil); s.N != 0 || s.Early != 0 {
		t.Errorf("%+v", s)
	}
	if times, wanted, ok := r.Lift(campaign.Arm{N: 4000, Hits: 720}, campaign.Arm{N: 4000, Hits: 240}); !ok || times < 2.99 || times > 3.01 || wanted != [2]float64{2, 3} {
		t.Errorf("%v %v %v (S-062)", times, wanted, ok)
	}
	if _, _, ok := r.Lift(campaign.Arm{N: 4, Hits: 2}, campaign.Arm{N: 4, Hits: 1}); ok {
		t.Error("eight people tell nothing")
	}
}
