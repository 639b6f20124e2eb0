package campaign_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/ledger"
)

func TestDecide(t *testing.T) {
	r := rules(t)
	promo, util := draft(), notice()
	change := func(fn func(*campaign.Person)) campaign.Person { p := ana(); fn(&p); return p }
	for name, c := range map[string]struct {
		c    campaign.Campaign
		p    campaign.Person
		want campaign.Reason
		lang string
	}{
		"agreed":                       {promo, ana(), campaign.Included, "it"},
		"another region's language":    {promo, change(func(p *campaign.Person) { p.Language = "pt-PT" }), campaign.Included, "pt_BR"},
		"fallback":                     {promo, change(func(p *campaign.Person) { p.Language = "zh" }), campaign.Included, "en_US"},
		"paused language falls back":   {promo, change(func(p *campaign.Person) { p.Language = "fr" }), campaign.Included, "en_US"},
		"no name, but a fallback":      {promo, change(func(p *campaign.Person) { p.Name = " " }), campaign.Included, "it"},
		"said stop":                    {promo, change(func(p *campaign.Person) { p.Marketing = consent.SaidStop }), campaign.OptedOut, ""},
		"stopped in WhatsApp":          {promo, change(func(p *campaign.Person) { p.Marketing = consent.StoppedInApp }), campaign.OptedOut, ""},
		"never asked":                  {promo, change(func(p *campaign.Person) { p.Marketing = consent.NeverAgreed }), campaign.NoConsent, ""},
		"an unknown word":              {promo, change(func(p *campaign.Person) { p.Marketing = "" }), campaign.NoConsent, ""},
		"89 days quiet":                {promo, change(func(p *campaign.Person) { p.ActiveAt = t0.Add(-90*24*time.Hour + time.Second) }), campaign.Included, "it"},
		"90 days quiet":                {promo, change(func(p *campaign.Person) { p.ActiveAt = t0.Add(-90 * 24 * time.Hour) }), campaign.Cold, ""},
		"never a sign":                 {promo, change(func(p *campaign.Person) { p.ActiveAt = time.Time{} }), campaign.Cold, ""},
		"promotion yesterday":          {promo, change(func(p *campaign.Person) { p.PromoAt = t0.Add(-24 * time.Hour) }), campaign.Included, "it"},
		"promotion today":              {promo, change(func(p *campaign.Person) { p.PromoAt = t0.Add(-24*time.Hour + time.Second) }), campaign.Promo, ""},
		"promotion in the future":      {promo, change(func(p *campaign.Person) { p.PromoAt = t0.Add(time.Hour) }), campaign.Promo, ""},
		"spared by Meta":               {promo, change(func(p *campaign.Person) { p.CappedAt = t0.Add(-time.Hour) }), campaign.Capped, ""},
		"no address":                   {promo, change(func(p *campaign.Person) { p.Phone = "" }), campaign.NoNumber, ""},
		"a user id is one":             {promo, change(func(p *campaign.Person) { p.Phone, p.UserID = "", "IT.x" }), campaign.Included, "it"},
		"blocked":                      {promo, change(func(p *campaign.Person) { p.Blocked = true }), campaign.Blocked, ""},
		"a US number":                  {promo, change(func(p *campaign.Person) { p.Country = "US" }), campaign.Country, ""},
		"stop goes before blocked":     {promo, change(func(p *campaign.Person) { p.Marketing, p.Blocked = consent.SaidStop, true }), campaign.OptedOut, ""},
		"utility needs no opt-in":      {util, change(func(p *campaign.Person) { p.Marketing = consent.SaidStop }), campaign.Included, "it"},
		"but no objection":             {util, change(func(p *campaign.Person) { p.Utility = consent.StoppedAll }), campaign.OptedOut, ""},
		"utility to the cold":          {util, change(func(p *campaign.Person) { p.ActiveAt = time.Time{} }), campaign.Included, "it"},
		"utility after a promotion":    {util, change(func(p *campaign.Person) { p.PromoAt = t0 }), campaign.Included, "it"},
		"utility to a US number":       {util, change(func(p *campaign.Person) { p.Country = "US" }), campaign.Included, "it"},
		"an unknown language, several": {util, change(func(p *campaign.Person) { p.Language = "" }), campaign.Included, "en"},
	} {
		choice, why := r.Decide(&c.c, campaign.NewForms(&c.c, forms()), 0, &c.p, t0)
		if why != c.want || (why == campaign.Included) != (choice.Form != nil) {
			t.Errorf("%s: %q", name, why)
		}
		if choice.Form != nil && choice.Form.Language != c.lang {
			t.Errorf("%s: in %s, want %s", name, choice.Form.Language, c.lang)
		}
	}
}

func TestDecideByWhatTheCampaignAsks(t *testing.T) {
	r := rules(t)
	for name, c := range map[string]struct {
		change func(*campaign.Campaign, *campaign.Person)
		want   campaign.Reason
	}{
		"cold ones as well":           {func(c *campaign.Campaign, p *campaign.Person) { c.IncludeCold, p.ActiveAt = true, time.Time{} }, campaign.Included},
		"only these countries":        {func(c *campaign.Campaign, _ *campaign.Person) { c.Countries = []string{"DE"} }, campaign.Country},
		"no fallback language":        {func(c *campaign.Campaign, p *campaign.Person) { c.Languages, p.Language = nil, "zh" }, campaign.NoForm},
		"no language and no fallback": {func(c *campaign.Campaign, p *campaign.Person) { c.Languages, p.Language = nil, "" }, campaign.NoForm},
		"no value":                    {func(c *campaign.Campaign, _ *campaign.Person) { c.Values = nil }, campaign.NoValue},
		"an empty field, no fallback": {func(c *campaign.Campaign, _ *campaign.Person) {
			c.Values = []campaign.Value{{Variable: "1", Field: "table"}}
		}, campaign.NoValue},
		"a field of the shop's own": {func(c *campaign.Campaign, p *campaign.Person) {
			c.Values, p.Fields = []campaign.Value{{Variable: "1", Field: "table"}}, map[string]string{"table": "7"}
		}, campaign.Included},
		"no such template": {func(c *campaign.Campaign, _ *campaign.Person) { c.Templates = []string{"winter"} }, campaign.NoForm},
		"moved to marketing": {func(c *campaign.Campaign, _ *campaign.Person) {
			c.Category = ledger.Utility // the template is MARKETING by now: other consent
		}, campaign.NoForm},
	} {
		cm, p := draft(), ana()
		c.change(&cm, &p)
		if _, why := r.Decide(&cm, campaign.NewForms(&cm, forms()), 0, &p, t0); why != c.want {
			t.Errorf("%s: %q, want %q", name, why, c.want)
		}
	}
}

// Whatever a person is like: the first reason in the documented order is told,
// and nobody without consent is ever included.
func TestDecideOrder(t *testing.T) {
	r := rules(t)
	c := draft()
	f := campaign.NewForms(&c, forms())
	rapid.Check(t, func(t *rapid.T) {
		p := ana()
		holds := map[campaign.Reason]bool{}
		may := func(why campaign.Reason, fn func()) {
			if rapid.Bool().Draw(t, string(why)) {
				holds[why] = true
				fn()
			}
		}
		may(campaign.OptedOut, func() { p.Marketing = consent.SaidStop })
		may(campaign.Cold, func() { p.ActiveAt = time.Time{} })
		may(campaign.Promo, func() { p.PromoAt = t0 })
		may(campaign.Capped, func() { p.CappedAt = t0 })
		may(campaign.NoNumber, func() { p.Phone = "" })
		may(campaign.Blocked, func() { p.Blocked = true })
		may(campaign.Country, func() { p.Country = "US" })
		want := campaign.Included
		for _, why := range slices.Backward(campaign.Reasons) {
			if holds[why] {
				want = why
			}
		}
		if _, got := r.Decide(&c, f, 0, &p, t0); got != want {
			t.Fatalf("%q, want %q of %v", got, want, holds)
		}
	})
}

func TestFormsRotate(t *testing.T) {
	all := []core.Template{
		{Name: "a", Language: "it", Category: "UTILITY", Status: "APPROVED", Quality: "RED"},
		{Name: "b", Language: "it", Category: "UTILITY", Status: "APPROVED"},
		{Name: "c", Language: "it", Category: "UTILITY", Status: "PAUSED"},
	}
	c := notice()
	c.Templates, c.Languages = []string{"a", "b", "c"}, nil
	f := campaign.NewForms(&c, all)
	for variant := range 3 {
		if got := f.Pick(variant, "it"); got == nil || got.Name != "b" {
			t.Errorf("version %d: %v; the only one that may be sent takes the place of the others (S-210)", variant, got)
		}
	}
	if f.Pick(0, "de") != nil || !f.Any() || campaign.NewForms(&c, all[:1]).Any() {
		t.Error("a red template is not sent, and no language is made up")
	}
}

func TestPersonKey(t *testing.T) {
	for _, same := range [][]core.Phone{{"+5511987654321", "+551187654321"}, {"+5215512345678", "+525512345678"}, {"+5491123456789", "+541123456789"}} {
		if a, b := campaign.PersonKey(same[0], ""), campaign.PersonKey(same[1], "X.y"); a != b || a == "" {
			t.Errorf("%v are %q and %q", same, a, b)
		}
	}
	if campaign.PersonKey("", "") != "" || campaign.PersonKey("", "IT.1") == campaign.PersonKey("", "IT.2") {
		t.Error("keys of user ids")
	}
}
