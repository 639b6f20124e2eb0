package campaign

import (
	"cmp"
	"slices"
	"time"

	"bottega/core"
)

// How a failed message may be tried again.
type How string

const (
	ByWait How = "wait"  // by itself after a wait
	Ask    How = "ask"   // when a person says so, after the cause is gone
	Never  How = "never" // it cannot succeed
)

// Retry is what follows a class of failure.
type Retry struct {
	How   How           `json:"how"`
	After core.Duration `json:"after,omitempty"` // not before that long after the failure
	Tries int           `json:"tries,omitempty"` // messages after the first
}

func (p Retry) usable() bool {
	switch p.How {
	case Never:
		return p.After == 0 && p.Tries == 0
	case ByWait, Ask:
		return p.After >= 0 && p.Tries > 0
	}
	return false
}

// MayRetry says how a failed recipient may be tried again and from when. A
// message that the provider had taken (taken) is never repeated by itself,
// whatever its failure: the person might get both.
func (r *Rules) MayRetry(x *Recipient, taken bool) (How, time.Time) {
	p, ok := r.Retry.Value[x.Class]
	if x.State != Failed || !ok || p.How == Never || x.Attempts > p.Tries {
		return Never, time.Time{}
	}
	if taken && p.How == ByWait {
		p.How = Ask
	}
	return p.How, x.FailedAt.Add(p.After.D())
}

// Group is recipients that failed, or are unsure, for one reason.
type Group struct {
	Class  core.Class
	Codes  []string // the provider's, sorted
	N      int
	How    How       // the best that can be done for any of them
	Again  int       // of them that may be tried again
	From   time.Time // when the first of those may
	State  RecipientState
	Sample []int64 // contacts, a few
}

// samples is how many contacts a group names.
const samples = 5

// Groups gathers failures by plain reason, largest first. taken says of a
// recipient whether the provider had accepted its message.
func (r *Rules) Groups(rows []Recipient, taken func(*Recipient) bool) []Group {
	type key struct {
		state RecipientState
		class core.Class
	}
	by := map[key]*Group{}
	for i := range rows {
		x := &rows[i]
		if x.State != Failed && x.State != Unsure {
			continue
		}
		k := key{x.State, x.Class}
		g := by[k]
		if g == nil {
			g = &Group{Class: x.Class, State: x.State, How: Never}
			by[k] = g
		}
		g.N++
		if x.Code != "" && !slices.Contains(g.Codes, x.Code) {
			g.Codes = append(g.Codes, x.Code)
		}
		if len(g.Sample) < samples {
			g.Sample = append(g.Sample, x.ContactID)
		}
		how, from := r.MayRetry(x, taken(x))
		if how == Never {
			continue
		}
		g.Again++
		if g.How == Never || how == ByWait {
			g.How = how
		}
		if g.From.IsZero() || from.Before(g.From) {
			g.From = from
		}
	}
	out := make([]Group, 0, len(by))
	for _, g := range by {
		slices.Sort(g.Codes)
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.State, b.State), cmp.Compare(a.Class, b.Class))
	})
	return out
}

// Vitals is how a campaign does since it was last started.
type Vitals struct {
	Settled int // messages whose outcome is known
	Failed  int // of them, for reasons that say something of the campaign
	Blocked int // people who blocked, reported or opted out because of it
	Forms   []core.Template
	Channel core.Channel
}

// counts reports whether a failure says something about a campaign: not that
// the platform spared the person, nor that the provider was busy.
func counts(class core.Class) bool {
	switch class {
	case core.ClassMarketingCapped, core.ClassThrottle, core.ClassPairLimit, core.ClassRetry, core.ClassWindowClosed:
		return false
	}
	return true
}

// ShouldPause says why a campaign must stop by itself, "" when it need not,
// with the detail: a template or the channel's class.
func (r *Rules) ShouldPause(c *Campaign, v Vitals) (PauseReason, string) {
	if v.Channel.State == core.Paused {
		return ChannelStopped, string(v.Channel.PauseClass)
	}
	if f := NewForms(c, v.Forms); f.Trouble != "" {
		return f.Trouble, f.TroubleWith
	}
	switch {
	case r.PauseBlocked.Value.Crossed(v.Blocked, v.Settled):
		return TooManyBlocked, ""
	case r.PauseFailed.Value.Crossed(v.Failed, v.Settled):
		return TooManyFailed, ""
	}
	return "", ""
}

// Fallback is what to do about a message that failed.
type Fallback string

const (
	NoSMS    Fallback = ""
	SendSMS  Fallback = "send"
	SMSLate  Fallback = "too_late" // more than SMSWithin since the failure (S-161)
	SMSNever Fallback = "not_marketing"
	SMSAble  Fallback = "no_channel" // the provider sends none, or there is no number
)

// SMS decides about a failed message: only for utility, only where the campaign
// asks for it, only for one that cannot be delivered, only once and in time,
// and to nobody who has said stop to anything or blocked the shop.
// able tells that the provider can send SMS.
func (r *Rules) SMS(c *Campaign, x *Recipient, p *Person, able, sentAlready bool, now time.Time) Fallback {
	switch {
	case !c.SMS || sentAlready || x.State != Failed || x.Class != core.ClassUndeliverable || p.consent(false) != Included || p.Marketing.Out() || p.Blocked:
		return NoSMS
	case c.Marketing():
		return SMSNever
	case !able || p.Phone == "":
		return SMSAble
	case now.Sub(x.FailedAt) > r.SMSWithin.Value.D():
		return SMSLate
	}
	return SendSMS
}
