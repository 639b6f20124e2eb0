package traffic

import (
	"time"

	"bottega/core/campaign"
	"bottega/core/inbox"
)

// Campaigns is what campaigns need of the store.
type Campaigns interface {
	campaign.Store
	campaign.Audience
	campaign.Records
	campaign.Pulse
}

// formsAge is how long the runner takes a channel's templates for known: what
// stops one stops its campaigns at once by itself (campaign.Guard).
const formsAge = time.Second

// newCampaigns connects the runner of campaigns. Its parts start nothing.
func (t *Traffic) newCampaigns() error {
	rules, err := campaign.LoadRules(t.o.Policy)
	if err != nil {
		return err
	}
	home := inbox.Zone(t.o.Rules().Hours)
	zones := campaign.NewZones(home, rules.Quiet.Value)
	forms := &campaign.Library{Read: t.o.Store, Now: t.o.Now, Age: formsAge}
	daily := &campaign.Daily{Rules: &rules, Records: t.o.Campaigns, Now: t.o.Now}
	t.Desk = &campaign.Desk{Rules: &rules, Store: t.o.Campaigns, Zones: zones, Home: home, Host: t.o.Host, Now: t.o.Now}
	t.Forms = forms.Of
	t.runner = &campaign.Runner{Rules: &rules, Store: t.o.Campaigns, Lease: t.o.Store, Feed: t.o.Feed, Zones: zones, Home: home,
		Templates: forms.Of, Activated: rules.Activated, Gauge: daily.Of, Texts: campaign.Sends(t.Providers, t.o.Store.Channel), Shop: t.o.Rules, Host: t.o.Host, Owner: t.o.ID, Now: t.o.Now, Log: t.o.Log}
	return nil
}
