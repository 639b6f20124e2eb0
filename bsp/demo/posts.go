package demo

import (
	"context"
	"encoding/json"
	"io/fs"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
)

// post is a campaign of the demo shop.
type post struct {
	Name      string          `json:"name"`
	Segment   string          `json:"segment"`
	Template  string          `json:"template"`
	Languages []string        `json:"languages"`
	Category  ledger.Category `json:"category"`
	Values    []struct {
		Variable string `json:"variable"`
		Field    string `json:"field"`
		Text     string `json:"text"`
	} `json:"values"`
	Code      string `json:"code"`
	PerMinute int    `json:"per_minute"`
	Start     bool   `json:"start"`
}

// agent is who has made the demo's campaigns.
const agent = "demo"

// Post makes the campaigns of a furnished demo shop and starts those that are
// to run, once: through the same engine as any other. It waits until the number's
// templates are here, which the library brings. One that a rule forbids just
// now stays a draft.
func Post(ctx context.Context, world fs.FS, channel int64, o *campaign.Office, feed *core.Feed) error {
	const op = "demo.Post"
	var posts []post
	b, err := fs.ReadFile(world, "posts.json")
	if err == nil {
		err = json.Unmarshal(b, &posts)
	}
	if err != nil {
		return core.Fail(core.Internal, op, err)
	}
	all, err := o.Store.Campaigns(ctx)
	if err != nil {
		return err
	}
	known := map[string]campaign.Campaign{}
	for _, c := range slices.Backward(all) { // the oldest is ours, copies of it are not
		if _, ok := known[c.Name]; !ok {
			known[c.Name] = c
		}
	}
	if !slices.ContainsFunc(posts, func(p post) bool { c, ok := known[p.Name]; return !ok || p.due(&c) }) {
		return nil
	}
	if err := templatesHere(ctx, channel, o, feed); err != nil {
		return err
	}
	for _, p := range posts {
		c, ok := known[p.Name]
		if !ok {
			if c, err = o.Create(ctx, p.campaign(channel)); err != nil {
				return err
			}
		}
		if !p.due(&c) {
			continue
		}
		if _, _, err := o.Launch(ctx, c.ID, agent); err != nil && core.CodeOf(err) != core.Refused {
			return err
		}
	}
	return nil
}

// due reports whether a campaign was made and is still to be started: the
// process that made it was killed in between. A person who has changed it since
// has it for themselves.
func (p *post) due(c *campaign.Campaign) bool {
	return p.Start && c.State == campaign.Draft && c.Rev <= 1
}

func (p *post) campaign(channel int64) campaign.Campaign {
	c := campaign.Campaign{Name: p.Name, ChannelID: channel, Segment: p.Segment, Templates: []string{p.Template}, Languages: p.Languages, Category: p.Category, Code: p.Code,
		Pace: campaign.Pace{PerMinute: p.PerMinute}, Schedule: campaign.Schedule{When: campaign.Now}}
	for _, v := range p.Values {
		c.Values = append(c.Values, campaign.Value{Variable: v.Variable, Field: v.Field, Text: v.Text})
	}
	return c
}

// templatesHere waits until a channel has templates.
func templatesHere(ctx context.Context, channel int64, o *campaign.Office, feed *core.Feed) error {
	sub := feed.Subscribe(core.Templates)
	defer sub.Close()
	for {
		forms, err := o.Templates(ctx, channel)
		if err != nil || slices.ContainsFunc(forms, func(t core.Template) bool { return campaign.Sendable(&t) }) {
			return err
		}
		if _, err := sub.Wait(ctx, time.Second); err != nil {
			return err
		}
	}
}

// Channel is the demo's number, once Open is done.
func (s *Shop) Channel() int64 { return s.channel.ID }
