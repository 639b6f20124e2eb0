package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/ledger"
)

// ports of core/campaign.
var (
	_ campaign.Store = Campaigns{}
	_ campaign.Tx    = (*tx)(nil)
)

// plan is what people decide about a campaign, in the file.
type plan struct {
	Segment     string          `json:"segment,omitempty"`
	Exclude     string          `json:"exclude,omitempty"`
	Templates   []string        `json:"templates,omitempty"`
	Languages   []string        `json:"languages,omitempty"`
	Category    ledger.Category `json:"category,omitempty"`
	Values      []value         `json:"values,omitempty"`
	PerMinute   int             `json:"per_minute,omitempty"`
	Override    string          `json:"override,omitempty"`
	When        campaign.When   `json:"when,omitempty"`
	At          int64           `json:"at,omitempty"`
	Local       bool            `json:"local,omitempty"`
	IncludeCold bool            `json:"include_cold,omitempty"`
	Urgent      bool            `json:"urgent,omitempty"`
	SMS         bool            `json:"sms,omitempty"`
	Countries   []string        `json:"countries,omitempty"`
	HoldBack    float64         `json:"hold_back,omitempty"`
}

type value struct {
	Variable string `json:"variable"`
	Field    string `json:"field,omitempty"`
	Text     string `json:"text,omitempty"`
}

// course is how a campaign goes, in the file.
type course struct {
	Wait        campaign.WaitReason  `json:"wait,omitempty"`
	Until       int64                `json:"until,omitempty"`
	Pause       campaign.PauseReason `json:"pause,omitempty"`
	PauseDetail string               `json:"pause_detail,omitempty"`
	Agent       string               `json:"agent,omitempty"`
	Host        string               `json:"host,omitempty"`
	Resumes     int                  `json:"resumes,omitempty"`
	Foreseen    *foreseen            `json:"foreseen,omitempty"`
}

// foreseen is what was told before the start.
type foreseen struct {
	Matched  int                  `json:"matched"`
	Included int                  `json:"included"`
	Excluded []campaign.Exclusion `json:"excluded,omitempty"`
	Low      core.Money           `json:"low,omitzero"`
	High     core.Money           `json:"high,omitzero"`
	End      int64                `json:"end,omitempty"`
}

func packPlan(c *campaign.Campaign) (string, error) {
	p := plan{Segment: c.Segment, Exclude: c.Exclude, Templates: c.Templates, Languages: c.Languages, Category: c.Category,
		PerMinute: c.Pace.PerMinute, Override: c.Pace.Override, When: c.Schedule.When, At: ms(c.Schedule.At), Local: c.Schedule.Local,
		IncludeCold: c.IncludeCold, Urgent: c.Urgent, SMS: c.SMS, Countries: c.Countries, HoldBack: c.HoldBack}
	for _, v := range c.Values {
		p.Values = append(p.Values, value(v))
	}
	b, err := json.Marshal(p)
	return string(b), err
}

func unpackPlan(s string, c *campaign.Campaign) error {
	var p plan
	if err := json.Unmarshal([]byte(s), &p); err != nil {
		return err
	}
	c.Segment, c.Exclude, c.Templates, c.Languages, c.Category = p.Segment, p.Exclude, p.Templates, p.Languages, p.Category
	c.Pace = campaign.Pace{PerMinute: p.PerMinute, Override: p.Override}
	c.Schedule = campaign.Schedule{When: p.When, At: at(p.At), Local: p.Local}
	c.IncludeCold, c.Urgent, c.SMS, c.Countries, c.HoldBack = p.IncludeCold, p.Urgent, p.SMS, p.Countries, p.HoldBack
	for _, v := range p.Values {
		c.Values = append(c.Values, campaign.Value(v))
	}
	return nil
}

func packCourse(c *campaign.Campaign) (string, error) {
	o := course{Wait: c.Wait.Reason, Until: ms(c.Wait.Until), Pause: c.Pause, PauseDetail: c.PauseDetail, Agent: c.Agent, Host: c.Host, Resumes: c.Resumes}
	if f := c.Foreseen; f != nil {
		o.Foreseen = &foreseen{f.Matched, f.Included, f.Excluded, f.Low, f.High, ms(f.End)}
	}
	b, err := json.Marshal(o)
	return string(b), err
}

func unpackCourse(s string, c *campaign.Campaign) error {
	var o course
	if err := json.Unmarshal([]byte(s), &o); err != nil {
		return err
	}
	c.Wait, c.Pause, c.PauseDetail = campaign.Wait{Reason: o.Wait, Until: at(o.Until)}, o.Pause, o.PauseDetail
	c.Agent, c.Host, c.Resumes = o.Agent, o.Host, o.Resumes
	if f := o.Foreseen; f != nil {
		c.Foreseen = &campaign.Foreseen{Matched: f.Matched, Included: f.Included, Excluded: f.Excluded, Low: f.Low, High: f.High, End: at(f.End)}
	}
	return nil
}

const campaignSelect = "SELECT id, channel_id, name, state, code, plan, course, created_at, started_at, resumed_at, ended_at, rev FROM campaigns "

func scanCampaign(rows *sql.Rows, c *campaign.Campaign) error {
	var what, how string
	var created, started, resumed, ended int64
	if err := rows.Scan(&c.ID, &c.ChannelID, &c.Name, &c.State, &c.Code, &what, &how, &created, &started, &resumed, &ended, &c.Rev); err != nil {
		return err
	}
	c.CreatedAt, c.StartedAt, c.ResumedAt, c.EndedAt = at(created), at(started), at(resumed), at(ended)
	return errors.Join(unpackPlan(what, c), unpackCourse(how, c))
}

// Campaign implements campaign.Store.
func (db *DB) Campaign(ctx context.Context, id int64) (campaign.Campaign, error) {
	c, err := one(reading{ctx, db}, scanCampaign, campaignSelect+"WHERE id = ?", id)
	return c, db.fail("storage.Campaign", err)
}

// Campaigns implements campaign.Store.
func (db *DB) Campaigns(ctx context.Context, states ...campaign.State) ([]campaign.Campaign, error) {
	if len(states) == 0 {
		cs, err := all(reading{ctx, db}, scanCampaign, campaignSelect+"ORDER BY id DESC")
		return cs, db.fail("storage.Campaigns", err)
	}
	in, err := list(states)
	if err != nil {
		return nil, db.fail("storage.Campaigns", err)
	}
	cs, err := all(reading{ctx, db}, scanCampaign, campaignSelect+"WHERE state IN (SELECT value FROM json_each(?)) ORDER BY id DESC", in)
	return cs, db.fail("storage.Campaigns", err)
}

// Campaign implements campaign.CampaignTx.
func (t *tx) Campaign(id int64) (campaign.Campaign, error) {
	c, err := one(t, scanCampaign, campaignSelect+"WHERE id = ?", id)
	return c, t.db.fail("storage.Campaign", err)
}

// CampaignsOf implements campaign.CampaignTx.
func (t *tx) CampaignsOf(channel int64, states ...campaign.State) ([]campaign.Campaign, error) {
	in, err := list(states)
	if err != nil {
		return nil, t.db.fail("storage.CampaignsOf", err)
	}
	cs, err := all(t, scanCampaign, campaignSelect+"WHERE channel_id = ? AND state IN (SELECT value FROM json_each(?)) ORDER BY id", channel, in)
	return cs, t.db.fail("storage.CampaignsOf", err)
}

// SaveCampaign implements campaign.CampaignTx.
func (t *tx) SaveCampaign(c *campaign.Campaign) error {
	return t.db.fail("storage.SaveCampaign", t.saveCampaign(c))
}

func (t *tx) saveCampaign(c *campaign.Campaign) error {
	what, err := packPlan(c)
	if err != nil {
		return err
	}
	how, err := packCourse(c)
	if err != nil {
		return err
	}
	args := []any{c.ChannelID, c.Name, c.State, c.Code, what, how, ms(c.CreatedAt), ms(c.StartedAt), ms(c.ResumedAt), ms(c.EndedAt)}
	if c.ID == 0 {
		id, err := t.insert(`INSERT INTO campaigns (channel_id, name, state, code, plan, course, created_at, started_at, resumed_at, ended_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
		if err == nil {
			c.ID, c.Rev = id, 1
		}
		return err
	}
	n, err := t.exec(`UPDATE campaigns SET channel_id = ?, name = ?, state = ?, code = ?, plan = ?, course = ?, created_at = ?, started_at = ?,
		resumed_at = ?, ended_at = ?, rev = rev + 1 WHERE id = ? AND rev = ?`, append(args, c.ID, c.Rev)...)
	switch {
	case err != nil:
		return err
	case n > 0:
		c.Rev++
		return nil
	}
	if _, err := one(t, scanInt, "SELECT rev FROM campaigns WHERE id = ?", c.ID); err != nil {
		return err
	}
	return core.Fail(core.Conflict, "storage.SaveCampaign", nil)
}

// Pace implements campaign.CampaignTx.
func (t *tx) Pace(channel int64) ([]byte, error) {
	scan := func(rows *sql.Rows, b *[]byte) error { return rows.Scan(b) }
	b, err := one(t, scan, "SELECT state FROM paces WHERE channel_id = ?", channel)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return b, t.db.fail("storage.Pace", err)
}

// SavePace implements campaign.CampaignTx.
func (t *tx) SavePace(channel int64, state []byte) error {
	_, err := t.exec("INSERT INTO paces (channel_id, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state", channel, state)
	return t.db.fail("storage.SavePace", err)
}

// settledCounts are the outcomes that Vitals counts.
const settledCounts = `SELECT state = 'failed', class, sum(n) FROM recipient_counts WHERE campaign_id = ? AND run >= ? AND run > 0
	AND state IN ('failed', 'accepted', 'delivered', 'read', 'replied', 'converted') GROUP BY 1, 2`

// leftSince are people who said stop after this campaign's message reached
// them. What a file brought in, or was undone since, says nothing about it.
const leftSince = `SELECT count(DISTINCT e.contact_id) FROM consents e
	WHERE e.kind IN ('opt_out', 'provider_stop') AND e.at >= ?2 AND e.source <> ?3
	AND EXISTS (SELECT 1 FROM recipients r WHERE r.contact_id = e.contact_id AND r.sent_at BETWEEN ?2 AND e.at AND r.campaign_id = ?1 AND r.message_id <> 0)
	AND NOT EXISTS (SELECT 1 FROM consents u WHERE u.contact_id = e.contact_id AND u.kind = ?4 AND u.undoes = e.id)`

// Vitals implements campaign.CampaignTx. Since tells runs of a campaign apart:
// it is ResumedAt of one of them.
func (t *tx) Vitals(id int64, since time.Time) (v campaign.Vitals, err error) {
	if err := t.countAll(); err != nil {
		return v, err
	}
	err = t.query(func(rows *sql.Rows) error {
		var failed bool
		var class core.Class
		var n int
		if err := rows.Scan(&failed, &class, &n); err != nil {
			return err
		}
		v.Settled += n
		if failed && campaign.Telling(class) {
			v.Failed += n
		}
		if failed && class == core.ClassBlocked {
			v.Blocked += n
		}
		return nil
	}, settledCounts, id, ms(since))
	if err == nil {
		var left int64
		left, err = one(t, scanInt, leftSince, id, ms(since), consent.ByImport, consent.Mistaken)
		v.Blocked += int(left)
	}
	return v, t.db.fail("storage.Vitals", err)
}
