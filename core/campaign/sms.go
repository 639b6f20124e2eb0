package campaign

import (
	"context"
	"strconv"
	"time"

	"bottega/core"
	"bottega/core/template"
)

// Texts counts the SMS that went in place of a campaign's messages.
type Texts struct {
	InLine int // queued or on their way
	Sent   int // the provider took them, whatever came then but failure
	Failed int
	Unsure int // the network left it open; not repeated
}

// Total is how many there are.
func (t Texts) Total() int { return t.InLine + t.Sent + t.Failed + t.Unsure }

// Count adds n SMS in a state.
func (t *Texts) Count(s core.State, n int) {
	switch s {
	case core.Queued, core.Sending:
		t.InLine += n
	case core.Failed:
		t.Failed += n
	case core.UnsureSent:
		t.Unsure += n
	default:
		t.Sent += n
	}
}

// SMSRef is the reference of the SMS in place of a row's message: one for the
// row, whatever is tried, so that the store takes one only.
func (r *Recipient) SMSRef() string { return SMSRefs(r.CampaignID) + strconv.FormatInt(r.ID, 10) }

// SMSRefs is what the references of a campaign's SMS begin with.
func SMSRefs(campaign int64) string { return "s" + strconv.FormatInt(campaign, 10) + ":" }

// Sends tells whether a channel's provider sends SMS, from the account alone:
// it is for Runner.Texts.
func Sends(g core.Gateways, channel func(context.Context, int64) (core.Channel, error)) func(context.Context, int64) bool {
	return func(ctx context.Context, id int64) bool {
		ch, err := channel(ctx, id)
		if err != nil {
			return false
		}
		gw, err := g.Gateway(ctx, ch)
		if err != nil {
			return false
		}
		_, ok := core.Port[core.Texter](gw)
		return ok && gw.Capabilities().SMS
	}
}

// fallBack puts an SMS in line for a row whose message has just failed, in the
// transaction that notes the failure: a crash leaves both or neither. The
// sender does the rest, as with any message: claim, state, network, result.
func (r *Runner) fallBack(tx Tx, x *Recipient, failed *core.Message, able bool, now time.Time) error {
	if x.State != Failed || x.Class != core.ClassUndeliverable || x.MessageID != failed.ID {
		return nil
	}
	c, err := tx.Campaign(x.CampaignID)
	if err != nil || !c.SMS || c.Host != r.Host || !c.State.Active() && c.State != Finished {
		return gone(err) // what is paused or cancelled sends nothing
	}
	p, err := tx.Person(c.ChannelID, x.ContactID)
	if err != nil {
		return gone(err)
	}
	_, err = tx.MessageByRef(x.SMSRef())
	if err != nil && core.CodeOf(err) != core.NotFound {
		return err
	}
	if r.Rules.SMS(&c, x, &p, able, err == nil, now) != SendSMS || !r.awake(&c, &p, now) {
		return nil
	}
	m := core.Message{ConversationID: failed.ConversationID, ChannelID: failed.ChannelID, Direction: core.Out,
		Content: core.Content{Type: core.TypeSMS, Text: failed.Text}, Ref: x.SMSRef(), State: core.Queued, Auto: true, Author: c.Agent, At: now, NotBefore: now}
	inserted, err := tx.InsertMessage(&m)
	if err != nil || !inserted {
		return err
	}
	tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID}, core.Change{Kind: core.Work, ID: m.ChannelID}, core.Change{Kind: core.Campaigns, ID: c.ID})
	return tx.Enqueue(m, core.PriorityAuto)
}

// awake reports whether it is not night where a person is (S-216).
func (r *Runner) awake(c *Campaign, p *Person, now time.Time) bool {
	return r.Zones.Place(p.Zone, p.Phone).Open(now, r.Rules.quietFor(c), nil)
}

// takeBackText takes an SMS out of the line again that nobody has claimed.
func takeBackText(tx Tx, m *core.Message) error {
	if m.State != core.Queued {
		return nil
	}
	switch err := tx.Dequeue(m.ID); core.CodeOf(err) {
	case "":
	case core.TooLate, core.NotFound: // on its way, or already back
		return nil
	default:
		return err
	}
	tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID})
	return tx.DeleteMessage(m.ID)
}

// recallTexts takes a campaign's SMS back that have not left.
func recallTexts(tx Tx, c *Campaign) error {
	ms, err := tx.TextsInLine(c.ID)
	if err != nil {
		return err
	}
	for i := range ms {
		if err := takeBackText(tx, &ms[i]); err != nil {
			return err
		}
	}
	return nil
}

// withdrawText takes back the SMS of a row, when the person opts out of
// anything: an SMS is not what they wrote to the shop by.
func withdrawText(tx Tx, x *Recipient) error {
	m, err := tx.MessageByRef(x.SMSRef())
	if err != nil {
		return gone(err)
	}
	return takeBackText(tx, &m)
}

// SMSPlan is what falling back to SMS may cost, told before the start.
type SMSPlan struct {
	Parts int        // SMS that one message goes out as: of the longest form, its variables as its samples
	Each  core.Money // for one message
	Most  core.Money // should every message fail
	Known bool       // false where the shop has not said what an SMS costs
}

// sms tells what the fallback may cost: how many will need it nobody knows.
func (pl *Plan) sms(r *Report) *SMSPlan {
	if c := &pl.in.Campaign; !c.SMS || c.Marketing() {
		return nil
	}
	out := &SMSPlan{}
	for _, f := range pl.forms.all {
		content, err := template.Fill(*f, sampleValues(f, pl.in.Campaign.Values))
		if err != nil {
			continue // a template without samples: its SMS are counted when they go
		}
		parts, _ := core.SMS{Text: content.Text}.Parts()
		out.Parts = max(out.Parts, parts)
	}
	out.Each, out.Known = pl.in.Account.SMSQuote(out.Parts)
	out.Most, _ = pl.in.Account.SMSQuote(out.Parts * r.Included)
	return out
}
