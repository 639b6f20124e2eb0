package campaign

import (
	"cmp"
	"context"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/library"
)

// Current are the templates that the provider holds of a library: what
// campaigns may send and what they stop for.
func Current(stored []core.StoredTemplate) []core.Template {
	var out []core.Template
	for i := range stored {
		if t := &stored[i]; t.InForce() {
			form := t.Template
			if t.State == core.TemplateApproved {
				form.Status = "APPROVED"
			}
			out = append(out, form)
		}
	}
	return out
}

// Guard stops campaigns in the very transaction in which something takes their
// ground away; it is library.Deeds.
type Guard struct{}

var _ library.Deeds = Guard{}

// Stopped pauses the campaigns of a channel that have nothing left to send, or
// would send what their people did not agree to, and takes back what has not
// left. A store without campaigns has none.
func (Guard) Stopped(tx core.Tx, t core.StoredTemplate, _ library.Stop) error {
	own, ok := tx.(Tx)
	if !ok {
		return nil
	}
	const op = "campaign.Stopped"
	cs, err := own.CampaignsOf(t.ChannelID, Scheduled, Running, Waiting)
	if err != nil || len(cs) == 0 {
		return failed(op, err)
	}
	stored, err := own.TemplatesOf(t.ChannelID)
	if err != nil {
		return failed(op, err)
	}
	all := Current(stored)
	for i := range cs {
		c := &cs[i]
		if !slices.Contains(c.Templates, t.Name) {
			continue
		}
		f := NewForms(c, all)
		if f.Trouble == "" {
			continue
		}
		if err := halt(own, c, f.Trouble, f.TroubleWith); err != nil {
			return failed(op, err)
		}
	}
	return nil
}

// halt pauses a campaign and takes back what has not left.
func halt(tx Tx, c *Campaign, why PauseReason, detail string) error {
	if err := c.To(Paused); err != nil {
		return err
	}
	c.Pause, c.PauseDetail = why, detail
	if err := recall(tx, c); err != nil {
		return err
	}
	tx.Changed(core.Change{Kind: core.Campaigns, ID: c.ID})
	return tx.SaveCampaign(c)
}

// Answered is Rules.Answer on any transaction: in a store without campaigns
// nobody answers one.
func (r *Rules) Answered(tx core.Tx, contact int64, at time.Time) error {
	if own, ok := tx.(Tx); ok {
		return r.Answer(own, contact, at)
	}
	return nil
}

// Bought notes an order: of the campaign that its code names, else of the
// latest one within the time that counts (S-068). It returns what takes that
// back should the order be taken back, nil where it changed nothing.
func (r *Rules) Bought(tx core.Tx, contact int64, at time.Time, code string) (Back, error) {
	own, ok := tx.(Tx)
	if !ok {
		return nil, nil
	}
	if code != "" {
		x, err := r.byCode(own, contact, at, code)
		if err != nil {
			return nil, err
		}
		if x != nil {
			return x.reach(own, Converted)
		}
	}
	return r.came(own, contact, at, r.ConvertWithin.Value.D(), Converted)
}

// byCode finds the row of a campaign that an order names, nil when there is none.
func (r *Rules) byCode(tx Tx, contact int64, at time.Time, code string) (*Recipient, error) {
	rows, err := tx.RowsOf(contact, time.Time{})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		x := &rows[i]
		if x.SentAt.After(at) || !x.reached() {
			continue
		}
		c, err := tx.Campaign(x.CampaignID)
		if err != nil {
			return nil, err
		}
		if c.Code == code {
			return x, nil
		}
	}
	return nil, nil
}

// reached reports whether the person got the message, as far as is known.
func (x *Recipient) reached() bool {
	return progress[x.State] >= progress[Accepted] && x.State != Failed && x.State != Skipped
}

// Library gives an Office or a Runner the templates of a channel, and asks the
// store anew at most once in Age: a runner takes many steps a second.
type Library struct {
	Read core.TemplateReader
	Now  func() time.Time
	Age  time.Duration

	kept keeper[[]core.Template]
}

// Of returns the templates of a channel.
func (l *Library) Of(ctx context.Context, channel int64) ([]core.Template, error) {
	return l.kept.of(channel, l.Now(), l.Age, func() ([]core.Template, error) {
		stored, err := l.Read.StoredTemplates(ctx, core.TemplateQuery{Channel: channel})
		return Current(stored), err
	})
}

// Daily judges channels by their last day (Rules.GaugeOf), at most once an hour.
type Daily struct {
	Rules   *Rules
	Records Records
	Now     func() time.Time

	kept keeper[Gauge]
}

// Of is how a channel did in the last 24 hours.
func (d *Daily) Of(ctx context.Context, channel int64) (Gauge, error) {
	return d.kept.of(channel, d.Now(), time.Hour, func() (Gauge, error) {
		r, err := d.Records.Recent(ctx, channel, d.Now().Add(-24*time.Hour))
		if err != nil {
			return "", err
		}
		return cmp.Or(d.Rules.GaugeOf(r.Sent+r.Failed, r.Failed, r.Left, r.Replied), Green), nil
	})
}
