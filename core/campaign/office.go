package campaign

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/ledger"
	"bottega/core/segment"
	"bottega/core/template"
)

// Records tells how the shop's messages did.
type Records interface {
	// Recent counts what happened on a channel since a time.
	Recent(ctx context.Context, channel int64, since time.Time) (Recent, error)
	// Buyers counts those whom a campaign wrote to, whatever came of it, and
	// those whom it held back; hits are who bought from one time until before
	// another. A refund is no purchase.
	Buyers(ctx context.Context, campaign int64, from, to time.Time) (written, held Arm, err error)
}

// Recent is what happened on a channel in some time.
type Recent struct {
	Messages  int // of ours, notes and reactions left out
	Templates int // of them
	// Of campaigns started in that time: messages that were taken, that failed
	// for a reason of the campaign's (Telling), and that were answered.
	Sent, Failed, Replied int
	Left                  int // people who said stop after a campaign reached them
}

// Office plans campaigns and starts them: a Desk with everything that a plan
// rests on. Commands and screens work through it. Set all fields; it is safe
// for concurrent use when its parts are.
type Office struct {
	*Desk
	Audience Audience
	Records  Records
	Pulse    Pulse
	Leases   core.LeaseReader // who works at campaigns; nil when that is not asked
	Owner    string           // this process; "" for one that works at none
	Channels interface {
		Channel(ctx context.Context, id int64) (core.Channel, error)
	}
	// Templates are those of a channel as last synchronised.
	Templates func(ctx context.Context, channel int64) ([]core.Template, error)
	// Parse reads an expression of the shop's segment language; what is wrong
	// with it is a *segment.Error. Bands are its ages.
	Parse func(ctx context.Context, expr string) (segment.Query, error)
	Bands segment.HeatBands
	// Prices are the account, prices and month so far of a channel.
	Prices func(ctx context.Context, ch core.Channel, now time.Time) (*ledger.Book, ledger.Account, *ledger.Month, error)
	// Contact reads a name; NotFound when the contact is gone.
	Contact func(ctx context.Context, id int64) (core.Contact, error)
	// Send queues a message to a number that the shop may not know yet.
	Send func(ctx context.Context, channel int64, to core.Phone, agent string, c core.Content) (core.Message, error)
	// SendOwn does the same for a phone of the shop's own: a promotion needs no
	// opt-in there.
	SendOwn func(ctx context.Context, channel int64, to core.Phone, agent string, c core.Content) (core.Message, error)
	// Notes keep the shop's own phones.
	Notes interface {
		Setting(ctx context.Context, key string, v any) (bool, error)
		SetSetting(ctx context.Context, key string, v any) error
	}
}

// recentDays is the time over which a shop's own rates are taken (S-203).
const recentDays = 30

// Plan decides now about everybody whom a campaign asks for and says what
// would come of it; see Report.
func (o *Office) Plan(ctx context.Context, id int64) (*Report, error) {
	c, err := o.Store.Campaign(ctx, id)
	if err != nil {
		return nil, failed("campaign.Plan", err)
	}
	return o.PlanFor(ctx, c)
}

// PlanFor is Plan for a campaign that need not be stored, such as one that is
// being written. Who is held back or gets which version depends on the id, so
// that those two are right for a stored one only.
func (o *Office) PlanFor(ctx context.Context, c Campaign) (*Report, error) {
	const op = "campaign.Plan"
	in, err := o.input(ctx, c)
	if err != nil {
		return nil, failed(op, err)
	}
	q, err := o.query(ctx, &in)
	if err != nil {
		return nil, failed(op, err)
	}
	pl := NewPlan(o.Rules, in)
	if err := o.Audience.People(ctx, q, func(p *Person) bool { pl.Add(p); return true }); err != nil {
		return nil, failed(op, err)
	}
	return pl.Report(), nil
}

// input gathers what a plan rests on beside the people.
func (o *Office) input(ctx context.Context, c Campaign) (Input, error) {
	now := o.Now()
	in := Input{Campaign: c, Zones: o.Zones, Home: o.Home, Now: now, Left: -1}
	var err error
	if in.Channel, err = o.Channels.Channel(ctx, c.ChannelID); err != nil {
		if core.CodeOf(err) == core.NotFound {
			err = core.Fail(core.NoChannel, "campaign.input", err)
		}
		return in, err
	}
	forms, err := o.Templates(ctx, c.ChannelID)
	if err != nil {
		return in, err
	}
	in.Forms = NewForms(&c, forms)
	begun := o.Rules.Activated(in.Channel)
	in.New = o.Rules.New(begun, now)
	in.Limits = o.Rules.LimitsOf(c.Pace, in.Channel.Health, begun, now, 0)
	if in.Left, err = o.left(ctx, in.Limits); err != nil {
		return in, err
	}
	if in.Book, in.Account, in.Month, err = o.Prices(ctx, in.Channel, now); err != nil {
		return in, err
	}
	recent, err := o.Records.Recent(ctx, c.ChannelID, now.AddDate(0, 0, -recentDays))
	if err != nil {
		return in, err
	}
	in.Templates, in.Messages = recent.Templates, recent.Messages
	if recent.Sent >= o.Rules.PauseFailed.Value.Least {
		in.ReplyRate = float64(recent.Replied) / float64(recent.Sent)
	}
	if recent.Sent >= o.Rules.PauseBlocked.Value.Least {
		in.BlockRate = float64(recent.Left) / float64(recent.Sent)
	}
	return in, nil
}

// left is how many more people fit into the portfolio's limit now.
func (o *Office) left(ctx context.Context, l Limits) (int, error) {
	if l.PerDay < 0 {
		return -1, nil
	}
	met := map[int64]bool{}
	err := o.Store.Met(ctx, o.Now().Add(-o.Rules.LimitSpan.Value.D()), func(contact int64, _ time.Time) bool { met[contact] = true; return true })
	return max(0, l.PerDay-len(met)), err
}

// query asks for the campaign's people.
func (o *Office) query(ctx context.Context, in *Input) (PeopleQuery, error) {
	c := &in.Campaign
	rest := max(o.Rules.PromoRest.Value.D(), o.Rules.CappedRest.Value.D())
	q := PeopleQuery{Bands: o.Bands, Now: in.Now, Channel: c.ChannelID, Since: in.Now.Add(-rest), Hours: c.Schedule.When == Golden}
	var err error
	if q.Who, err = o.Parse(ctx, c.Segment); err != nil {
		return q, expression(err)
	}
	if strings.TrimSpace(c.Exclude) != "" {
		not, err := o.Parse(ctx, c.Exclude)
		if err != nil {
			return q, expression(err)
		}
		q.Not = &not
	}
	for _, v := range c.Values {
		if v.Field != "" {
			q.Fields = append(q.Fields, v.Field)
		}
	}
	return q, nil
}

// expression gives a wrong expression its code; the *segment.Error stays in it.
func expression(err error) error {
	if _, ok := errors.AsType[*segment.Error](err); ok {
		return core.Fail(core.InvalidInput, "campaign.query", err)
	}
	return err
}

// Launch plans a draft now and starts it by that plan, which is returned also
// when it is refused; see Desk.Start.
func (o *Office) Launch(ctx context.Context, id int64, agent string) (Campaign, *Report, error) {
	rep, err := o.Plan(ctx, id)
	if err != nil {
		return Campaign{}, nil, err
	}
	c, err := o.Start(ctx, id, rep, agent)
	return c, rep, err
}

// Review says what would happen if a campaign went on now; see Desk.Recheck.
func (o *Office) Review(ctx context.Context, id int64) (Recheck, error) {
	const op = "campaign.Review"
	c, err := o.Store.Campaign(ctx, id)
	if err != nil {
		return Recheck{}, failed(op, err)
	}
	if err := c.resting(); err != nil {
		return Recheck{}, failed(op, err)
	}
	ch, err := o.Channels.Channel(ctx, c.ChannelID)
	if err != nil {
		return Recheck{}, failed(op, err)
	}
	forms, err := o.Templates(ctx, c.ChannelID)
	if err != nil {
		return Recheck{}, failed(op, err)
	}
	limits := o.Rules.LimitsOf(c.Pace, ch.Health, o.Rules.Activated(ch), o.Now(), 0)
	left, err := o.left(ctx, limits)
	if err != nil {
		return Recheck{}, failed(op, err)
	}
	return o.Recheck(ctx, id, forms, limits, left)
}

// Names reads up to limit of the contacts of a list, such as Report.Out, in
// its order; who is gone is left out.
func (o *Office) Names(ctx context.Context, ids iter.Seq[int64], limit int) ([]core.Contact, error) {
	var out []core.Contact
	for id := range ids {
		if len(out) >= limit {
			break
		}
		c, err := o.Contact(ctx, id)
		if core.CodeOf(err) == core.NotFound {
			continue
		}
		if err != nil {
			return nil, failed("campaign.Names", err)
		}
		out = append(out, c)
	}
	return out, nil
}

// Test sends a campaign's template to a number of the shop's own, filled from
// the fixed texts and the template's samples, in the language given or the
// first that fits. It is no part of the campaign, and to a phone that is marked
// as the shop's own (Own) it is no promotion. Refused when there is no template
// to send (see Sample), or with RuleTest when it is a promotion to somebody who
// has not agreed; else as Send.
func (o *Office) Test(ctx context.Context, id int64, to core.Phone, language, agent string) (core.Message, error) {
	const op = "campaign.Test"
	c, err := o.Store.Campaign(ctx, id)
	if err != nil {
		return core.Message{}, failed(op, err)
	}
	content, err := o.Sample(ctx, &c, language)
	if err != nil {
		return core.Message{}, failed(op, err)
	}
	own, err := o.Own(ctx)
	if err != nil {
		return core.Message{}, failed(op, err)
	}
	send, known := o.Send, among(own, to)
	if known {
		send = o.SendOwn
	}
	m, err := send(ctx, c.ChannelID, to, agent, content)
	if code := core.CodeOf(err); !known && c.Marketing() && (code == core.NoConsent || code == core.PromoRest) {
		f := o.Rules.PromoRest
		return m, core.Fail(core.Refused, op, &RefusedError{[]Refusal{{Rule: RuleTest, Detail: string(to), Source: f.Source, Date: f.Date}}})
	}
	return m, failed(op, err)
}

// Sample is a campaign's message as a test shows it. Refused, with RuleForm in
// RefusalsOf, when there is no template that may be sent.
func (o *Office) Sample(ctx context.Context, c *Campaign, language string) (core.Content, error) {
	all, err := o.Templates(ctx, c.ChannelID)
	if err != nil {
		return core.Content{}, err
	}
	f := NewForms(c, all)
	t := f.Pick(0, language)
	if t == nil {
		t = f.first()
	}
	if t == nil {
		return core.Content{}, core.Fail(core.Refused, "campaign.Sample", &RefusedError{[]Refusal{{Rule: RuleForm, Detail: strings.Join(c.Templates, ", "), Source: ownRule}}})
	}
	return template.Fill(*t, sampleValues(t, c.Values))
}

// sampleValues fill a template from its samples and a campaign's fixed texts.
func sampleValues(t *core.Template, fixed []Value) map[string]string {
	values := map[string]string{}
	for i, n := range template.Variables(t.Body) {
		if i < len(t.Samples) {
			values[n] = t.Samples[i]
		}
	}
	for i, n := range template.Variables(t.Header.Text) {
		if i < len(t.Header.Samples) {
			values["header."+n] = t.Header.Samples[i]
		}
	}
	for _, v := range fixed {
		if v.Text != "" {
			values[v.Variable] = v.Text
		}
	}
	return values
}

// first is the first template that can be sent at all.
func (f *Forms) first() *core.Template {
	for v := range f.variants {
		if len(f.variants[v]) > 0 {
			return &f.variants[v][0]
		}
	}
	return nil
}

// Activated is a number's first day at the shop, for Rules.New. One whose
// limit the platform has raised already is no new number, whenever the shop
// connected it.
func (r *Rules) Activated(ch core.Channel) time.Time {
	if h := ch.Health.Limit; h < 0 || h > r.Limits.Value[0] {
		return time.Time{}
	}
	return ch.CreatedAt
}
