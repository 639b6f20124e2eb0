package campaign

import (
	"time"

	"bottega/core/ledger"
)

// Rules of running figures, beside those of check.go.
const (
	RuleDelivered Rule = "delivered"
	RuleRead      Rule = "read"
	RuleConverted Rule = "converted"
	RuleSuccess   Rule = "success" // accepted of all that were tried
)

// Judge puts a running campaign's funnel beside the seeds' averages (S-065 to
// S-068) and alarms (S-039, S-043). Level is Near below the average, Over below
// the alarm; below Rules.PauseFailed's least number of messages it says nothing.
func (r *Rules) Judge(c Counts) []Mark {
	f := c.Funnel()
	tried := f.Accepted + c[Failed]
	if tried < r.PauseFailed.Value.Least {
		return nil
	}
	shares, avg := f.Shares(), r.Funnel.Value
	out := []Mark{
		least(RuleSuccess, float64(f.Accepted)/float64(tried), r.SuccessLeast.Value, r.SuccessLeast.Value, r.SuccessLeast),
		least(RuleDelivered, shares.Delivered, avg.Delivered, r.DeliveredLeast.Value, r.DeliveredLeast),
		least(RuleRead, shares.Read, avg.Read, 0, r.Funnel),
		least(RuleReply, shares.Replied, r.ReplyLow.Value, r.ReplyLeast.Value, r.ReplyLeast),
		least(RuleConverted, shares.Converted, avg.Converted, 0, r.Funnel),
	}
	out[3].Limit = avg.Replied // the mark to show is the average, the colours come from S-043
	return out
}

// least judges a share that should not be below near, and is an alarm below over.
func least[T any](rule Rule, value, near, over float64, f Fact[T]) Mark {
	m := Mark{Rule: rule, Value: value, Limit: near, Least: true, Level: ledger.Fine, Source: f.Source, Date: f.Date}
	switch {
	case value < over:
		m.Level = ledger.Over
	case value < near:
		m.Level = ledger.Near
	}
	return m
}

// Usual is how many answers a campaign of a category usually gets, from and
// to: notices more (S-044) than promotions (S-045).
func (r *Rules) Usual(cat ledger.Category) (from, to float64) {
	f := r.ReplyNotice.Value
	if cat == ledger.Marketing {
		f = r.ReplyAdvert.Value
	}
	return f[0], f[1]
}

// Speed is how fast people answered a campaign: the shares that did within
// Curve.Early and after Curve.Late, to set beside the seeds' (S-052, S-053).
type Speed struct {
	N           int
	Early, Late float64
	Wanted      Curve
}

// Speed judges the times from delivery to the first answer.
func (r *Rules) Speed(delays []time.Duration) Speed {
	s := Speed{N: len(delays), Wanted: r.ReplyCurve.Value}
	if s.N == 0 {
		return s
	}
	early, late := 0, 0
	for _, d := range delays {
		if d <= s.Wanted.Early.D() {
			early++
		}
		if d > s.Wanted.Late.D() {
			late++
		}
	}
	s.Early, s.Late = float64(early)/float64(s.N), float64(late)/float64(s.N)
	return s
}

// Lift is how many times as often people of a segmented campaign ordered as
// those of an unsegmented one, beside what the seeds promise (S-062); ok is
// false when either has too few to tell.
func (r *Rules) Lift(segmented, all Arm) (times float64, wanted [2]float64, ok bool) {
	wanted = r.Segmented.Value
	if all.Hits == 0 || r.Compare(segmented, all).Finding == TooFew {
		return 0, wanted, false
	}
	return segmented.Share() / all.Share(), wanted, true
}
