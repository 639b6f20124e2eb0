package campaign_test

import (
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/ledger"
)

// t0 is a Tuesday morning in Rome (11:00), in New York (5:00) and Tokyo (19:00).
var t0 = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func rules(t testing.TB) *campaign.Rules {
	t.Helper()
	r, err := campaign.LoadRules(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return &r
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// forms are a promotion in three languages and a notice in two.
func forms() []core.Template {
	var out []core.Template
	for _, l := range []string{"it", "en_US", "pt_BR"} {
		out = append(out, core.Template{Name: "autumn", Language: l, Category: "MARKETING", Status: "APPROVED", Quality: "GREEN", Body: "Ciao {{1}}, novità"})
	}
	for _, l := range []string{"it", "en"} {
		out = append(out, core.Template{Name: "ready", Language: l, Category: "UTILITY", Status: "APPROVED", Body: "Your order is ready"})
	}
	return append(out, core.Template{Name: "autumn", Language: "fr", Category: "MARKETING", Status: "PAUSED", Body: "Salut {{1}}"})
}

func draft() campaign.Campaign {
	return campaign.Campaign{ID: 1, Name: "Autumn", State: campaign.Draft, ChannelID: 1, Templates: []string{"autumn"}, Languages: []string{"en"},
		Category: ledger.Marketing, Values: []campaign.Value{{Variable: "1", Field: "name", Text: "friend"}}, Schedule: campaign.Schedule{When: campaign.Now}}
}

func notice() campaign.Campaign {
	c := draft()
	c.Templates, c.Category, c.Values = []string{"ready"}, ledger.Utility, nil
	return c
}

// ana may be written to.
func ana() campaign.Person {
	return campaign.Person{Contact: 1, Name: "Ana", Phone: "+393331234567", Country: "IT", Language: "it", Marketing: consent.Agreed,
		Utility: consent.NotObjected, ActiveAt: t0.Add(-24 * time.Hour)}
}

func input(t testing.TB, c campaign.Campaign) campaign.Input {
	t.Helper()
	r := rules(t)
	book, err := ledger.LoadBook(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	rome := zone(t, "Europe/Rome")
	return campaign.Input{Campaign: c, Forms: campaign.NewForms(&c, forms()), Zones: campaign.NewZones(rome, r.Quiet.Value), Home: rome, Now: t0,
		Limits: r.LimitsOf(c.Pace, core.Health{Limit: 2000}, time.Time{}, t0, 0), Left: 2000, Book: &book,
		Account: ledger.Account{Provider: core.Meta, Currency: "USD"}, Channel: core.Channel{ID: 1, State: core.Active}}
}

func plan(t testing.TB, in campaign.Input, people ...campaign.Person) *campaign.Report {
	t.Helper()
	p := campaign.NewPlan(rules(t), in)
	for i := range people {
		p.Add(&people[i])
	}
	return p.Report()
}
