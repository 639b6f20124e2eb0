package cli

import (
	"context"
	"math"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
)

// campaignJSON is the contract's campaign; what only a plan or only a running
// one has stands at its end.
type campaignJSON struct {
	ID        string                          `json:"id"`
	Name      string                          `json:"name"`
	State     campaign.State                  `json:"state"`
	Template  string                          `json:"template"`
	Templates []string                        `json:"templates,omitempty"` // of several versions
	Category  ledger.Category                 `json:"category"`
	Channel   string                          `json:"channel"`
	Segment   string                          `json:"segment"`
	Exclude   string                          `json:"exclude,omitempty"`
	Audience  audienceJSON                    `json:"audience"`
	Counts    map[campaign.RecipientState]int `json:"counts"`
	Rate      rateJSON                        `json:"rate"`
	Waiting   *waitingJSON                    `json:"waiting,omitempty"`
	Hitch     *campaign.Hitch                 `json:"hitch,omitempty"` // what keeps its messages beside its own wait
	Paused    *pausedJSON                     `json:"paused,omitempty"`
	Cost      campaignCostJSON                `json:"cost"`
	ETA       *time.Time                      `json:"eta,omitempty"`
	When      campaign.When                   `json:"when"`
	At        *time.Time                      `json:"at,omitempty"`
	Created   *time.Time                      `json:"created_at,omitempty"`
	Started   *time.Time                      `json:"started_at,omitempty"`
	Ended     *time.Time                      `json:"ended_at,omitempty"`
	Agent     string                          `json:"agent,omitempty"`

	*planJSON
	*runJSON
}

type audienceJSON struct {
	Matched  int                     `json:"matched"`
	Included int                     `json:"included"`
	Excluded map[campaign.Reason]int `json:"excluded"`
}

type rateJSON struct {
	PerMinute int     `json:"per_minute"`
	Now       float64 `json:"now"`
}

type waitingJSON struct {
	Reason campaign.WaitReason `json:"reason"`
	Until  *time.Time          `json:"until,omitempty"`
}

type pausedJSON struct {
	Reason campaign.PauseReason `json:"reason"`
	Detail string               `json:"detail,omitempty"`
}

type campaignCostJSON struct {
	Low    *core.Money  `json:"low,omitempty"`
	High   *core.Money  `json:"high,omitempty"`
	Actual *core.Money  `json:"actual,omitempty"`
	All    []core.Money `json:"actual_all,omitempty"` // where it cost in several currencies
}

// planJSON is what a plan adds.
type planJSON struct {
	Expected core.Money    `json:"expected"`
	Fee      feeJSON       `json:"fee"`
	Card     *planCardJSON `json:"card,omitempty"`
	Unpriced int           `json:"unpriced"`
	Limits   limitsJSON    `json:"limits"`
	Forms    []formJSON    `json:"forms"`
	Quotas   []planQuota   `json:"quotas,omitempty"`
	Marks    []markJSON    `json:"marks"`
	Pauses   []stretchJSON `json:"pauses"`
	Night    float64       `json:"night_share"`
	Busiest  int           `json:"busiest_hour"`
	SMS      *smsPlanJSON  `json:"sms_estimate,omitempty"`
	Refused  *refusalJSON  `json:"refused,omitempty"` // why start would do nothing, the first of Refusals; absent when it would
	Refusals []refusalJSON `json:"refusals"`
}

type feeJSON struct {
	Low  core.Money `json:"low"`
	High core.Money `json:"high"`
}

type planCardJSON struct {
	From   string `json:"from"`
	Source string `json:"source"`
	Stale  bool   `json:"stale"`
}

type limitsJSON struct {
	PerMinute int  `json:"per_minute"`
	PerHour   *int `json:"per_hour,omitempty"`
	PerDay    *int `json:"people_per_24h,omitempty"` // absent when unlimited
	Left      *int `json:"left_now,omitempty"`
}

type formJSON struct {
	Template string `json:"template"`
	Language string `json:"language"`
	N        int    `json:"count"`
}

type planQuota struct {
	Used   int          `json:"used"`
	Free   int          `json:"free"`
	Left   int          `json:"left"`
	Resets *time.Time   `json:"resets"`
	Level  ledger.Level `json:"level"`
}

type markJSON struct {
	Rule   campaign.Rule `json:"rule"`
	Value  float64       `json:"value"`
	Limit  float64       `json:"limit"`
	Least  bool          `json:"least,omitempty"`
	Level  ledger.Level  `json:"level"`
	Source string        `json:"source"`
	Date   string        `json:"date,omitempty"`
}

type stretchJSON struct {
	Reason campaign.WaitReason `json:"reason"`
	From   *time.Time          `json:"from"`
	Until  *time.Time          `json:"until"`
}

type refusalJSON struct {
	Rule    campaign.Rule `json:"rule"`
	Detail  string        `json:"detail,omitempty"`
	Message string        `json:"message"`
	Source  string        `json:"source"`
	Date    string        `json:"date,omitempty"`
}

// runJSON is what a campaign that has begun adds.
type runJSON struct {
	Funnel   funnelJSON      `json:"funnel"`
	Marks    []markJSON      `json:"kpi,omitempty"`
	Failures []failureJSON   `json:"failures"`
	Versions []versionJSON   `json:"versions,omitempty"`
	Result   *comparisonJSON `json:"comparison,omitempty"`
	Lift     *liftJSON       `json:"held_back,omitempty"`
	Spent    *costTotalJSON  `json:"spent,omitempty"`
	SMS      *smsJSON        `json:"sms,omitempty"`
}

// smsJSON is what went by SMS, and its part of spent.
type smsJSON struct {
	InLine int           `json:"in_line"`
	Sent   int           `json:"sent"`
	Failed int           `json:"failed"`
	Unsure int           `json:"unsure"`
	Spent  costTotalJSON `json:"spent"`
}

type funnelJSON struct {
	Accepted  int `json:"accepted"`
	Delivered int `json:"delivered"`
	Read      int `json:"read"`
	Replied   int `json:"replied"`
	Converted int `json:"converted"`
}

type failureJSON struct {
	State   campaign.RecipientState `json:"state"`
	Class   core.Class              `json:"class"`
	Codes   []string                `json:"codes,omitempty"`
	N       int                     `json:"count"`
	Message string                  `json:"message"`
	Retry   campaign.How            `json:"retry"`
	Again   int                     `json:"retryable"`
	From    *time.Time              `json:"retry_from,omitempty"`
}

type versionJSON struct {
	Template string  `json:"template"`
	People   int     `json:"people"`
	Replied  int     `json:"replied"`
	Share    float64 `json:"share"`
}

type comparisonJSON struct {
	Finding campaign.Finding `json:"finding"`
	Needed  int              `json:"needed,omitempty"`
	Low     float64          `json:"low"`
	High    float64          `json:"high"`
	P       float64          `json:"p"`
	Message string           `json:"message"`
}

// campaignShape is what every campaign has, without people.
func campaignShape(c *campaign.Campaign, r *campaign.Rules, channel string) campaignJSON {
	j := campaignJSON{ID: id(c.ID), Name: c.Name, State: c.State, Category: c.Category, Channel: channel, Segment: c.Segment, Exclude: c.Exclude,
		Audience: audienceJSON{Excluded: map[campaign.Reason]int{}}, Counts: campaign.Counts(nil).All(), Rate: rateJSON{PerMinute: c.PerMinute(r)},
		When: c.Schedule.When, At: at(c.Schedule.At), Created: at(c.CreatedAt), Started: at(c.StartedAt), Ended: at(c.EndedAt), Agent: c.Agent}
	if len(c.Templates) > 0 {
		j.Template = c.Templates[0]
	}
	if len(c.Templates) > 1 {
		j.Templates = c.Templates
	}
	if c.State == campaign.Waiting {
		j.Waiting = &waitingJSON{c.Wait.Reason, at(c.Wait.Until)}
	}
	if c.State == campaign.Paused {
		j.Paused = &pausedJSON{c.Pause, c.PauseDetail}
	}
	if f := c.Foreseen; f != nil {
		j.Audience = audienceOf(f.Matched, f.Included, f.Excluded)
		j.Cost.Low, j.Cost.High = someMoney(f.Low), someMoney(f.High)
		if c.State.Active() {
			j.ETA = at(f.End)
		}
	}
	return j
}

func audienceOf(matched, included int, out []campaign.Exclusion) audienceJSON {
	j := audienceJSON{Matched: matched, Included: included, Excluded: map[campaign.Reason]int{}}
	for _, e := range out {
		j.Excluded[e.Reason] = e.N
	}
	return j
}

func someMoney(m core.Money) *core.Money {
	if m.Currency == "" {
		return nil
	}
	return &m
}

// planShape adds what a plan found.
func (a *app) planShape(j campaignJSON, rep *campaign.Report) campaignJSON {
	j.Audience = audienceOf(rep.Matched, rep.Included, rep.Excluded)
	j.Counts[campaign.Pending] = rep.Included
	j.Cost.Low, j.Cost.High = someMoney(rep.Cost.Low), someMoney(rep.Cost.High)
	j.ETA = at(rep.Outlook.End)
	p := &planJSON{Expected: rep.Cost.Expected, Fee: feeJSON{rep.Cost.FeeLow, rep.Cost.FeeHigh}, Unpriced: rep.Cost.Unpriced,
		Limits: limitsJSON{PerMinute: rep.Limits.PerMinute}, Forms: []formJSON{}, Marks: markShapes(rep.Marks), Pauses: []stretchJSON{},
		Night: round4(rep.Outlook.NightShare()), Busiest: rep.Outlook.Busiest, Refusals: a.refusals(rep.Refusals)}
	if len(p.Refusals) > 0 {
		p.Refused = &p.Refusals[0]
	}
	if s := rep.SMS; s != nil {
		p.SMS = &smsPlanJSON{s.Parts, someMoney(s.Each), someMoney(s.Most)}
	}
	if rep.Cost.CardFrom != "" {
		p.Card = &planCardJSON{rep.Cost.CardFrom, rep.Cost.CardSource, rep.Cost.Stale}
	}
	if rep.Limits.PerHour > 0 {
		p.Limits.PerHour = &rep.Limits.PerHour
	}
	if rep.Limits.PerDay >= 0 {
		p.Limits.PerDay = &rep.Limits.PerDay
	}
	if rep.Left >= 0 {
		p.Limits.Left = &rep.Left
	}
	for _, f := range rep.Forms {
		p.Forms = append(p.Forms, formJSON{f.Template, f.Language, f.N})
	}
	for _, q := range rep.Quotas {
		p.Quotas = append(p.Quotas, planQuota{q.Used, q.Free, q.Left, at(q.Resets), q.Level})
	}
	for _, s := range rep.Outlook.Pauses {
		p.Pauses = append(p.Pauses, stretchJSON{s.Reason, at(s.From), at(s.Until)})
	}
	j.planJSON = p
	return j
}

func markShapes(ms []campaign.Mark) []markJSON {
	out := []markJSON{}
	for _, m := range ms {
		out = append(out, markJSON{m.Rule, round4(m.Value), m.Limit, m.Least, m.Level, m.Source, m.Date})
	}
	return out
}

func (a *app) refusals(rs []campaign.Refusal) []refusalJSON {
	out := []refusalJSON{}
	for _, r := range rs {
		out = append(out, refusalJSON{r.Rule, r.Detail, a.refusalWords(r), r.Source, r.Date})
	}
	return out
}

func round4(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// statusShape adds how a campaign goes.
func (a *app) statusShape(ctx context.Context, s *Shop, o *campaign.Office, p *campaign.Progress, channel string) (campaignJSON, error) {
	c := &p.Campaign
	j := campaignShape(c, o.Rules, channel)
	j.Counts, j.Rate.Now = p.Counts.All(), float64(p.Sent)
	if j.Audience.Included != p.Counts.Total() { // a draft, or one whose start was cut short
		j.Audience.Included = p.Counts.Total()
	}
	j.ETA = at(p.End)
	if h := p.Hitch; h.Keeps() { // another process that sends is what a command expects
		j.Hitch = &h
	}
	run := &runJSON{Funnel: funnelJSON(p.Counts.Funnel()), Marks: markShapes(o.Rules.Judge(p.Counts))}
	groups, err := o.Rules.Troubles(ctx, o.Store, c.ID)
	if err != nil {
		return j, err
	}
	run.Failures = a.failures(groups)
	if len(c.Templates) == 2 {
		if err := a.compareVersions(ctx, o, c, run); err != nil {
			return j, err
		}
	}
	if run.Lift, err = a.lift(ctx, o, c); err != nil {
		return j, err
	}
	if !c.StartedAt.IsZero() {
		if err := a.spent(ctx, s, c, &j, run); err != nil {
			return j, err
		}
	}
	j.runJSON = run
	return j, nil
}

func (a *app) failures(groups []campaign.Group) []failureJSON {
	out := []failureJSON{}
	for _, g := range groups {
		why, _ := a.w.Reason(&core.ProviderError{Class: g.Class})
		out = append(out, failureJSON{State: g.State, Class: g.Class, Codes: g.Codes, N: g.N, Message: why, Retry: g.How, Again: g.Again, From: at(g.From)})
	}
	return out
}

// compareVersions says which of two versions did better at being answered.
func (a *app) compareVersions(ctx context.Context, o *campaign.Office, c *campaign.Campaign, run *runJSON) error {
	arms, err := c.Versions(ctx, o.Store, campaign.Replied)
	if err != nil {
		return err
	}
	for _, arm := range arms {
		run.Versions = append(run.Versions, versionJSON{arm.Name, arm.N, arm.Hits, round4(arm.Share())})
	}
	f := o.Rules.Compare(arms[0], arms[1])
	run.Result = &comparisonJSON{Finding: f.Finding, Needed: f.Needed, Low: round4(f.Low), High: round4(f.High), P: round4(f.P), Message: a.findingWords(arms, f)}
	return nil
}

// spent puts what it cost so far beside what was expected.
func (a *app) spent(ctx context.Context, s *Shop, c *campaign.Campaign, j *campaignJSON, run *runJSON) error {
	ch, err := s.Channels.Channel(ctx, c.ChannelID)
	if core.CodeOf(err) == core.NotFound {
		return nil // removed; what it cost stands at the provider
	}
	if err != nil {
		return err
	}
	t, err := s.Ledger.Spent(ctx, ch, c.ID, c.StartedAt, a.h.Now())
	if err != nil {
		return err
	}
	if c.SMS {
		n, err := s.Campaigns.Store.Texts(ctx, c.ID)
		if err != nil {
			return err
		}
		run.SMS = &smsJSON{n.InLine, n.Sent, n.Failed, n.Unsure, costTotal(t.SMS)}
	}
	total := costTotal(t.Total)
	run.Spent, j.Cost.All = &total, total.Cost
	currency := ""
	if j.Cost.High != nil {
		currency = j.Cost.High.Currency
	} else if len(total.Cost) > 0 {
		currency = total.Cost[0].Currency
	}
	if currency != "" {
		m := t.Amounts.In(currency)
		j.Cost.Actual = &m
	}
	return nil
}
