package campaign_test

import (
	"slices"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
)

func failed(class core.Class, attempts int) campaign.Recipient {
	return campaign.Recipient{State: campaign.Failed, Class: class, Attempts: attempts, FailedAt: t0, Code: "1"}
}

func TestMayRetry(t *testing.T) {
	r := rules(t)
	for name, c := range map[string]struct {
		x     campaign.Recipient
		taken bool
		how   campaign.How
		after time.Duration
	}{
		"131026 never":                         {failed(core.ClassUndeliverable, 1), false, campaign.Never, 0},
		"opted out never":                      {failed(core.ClassOptedOut, 1), false, campaign.Never, 0},
		"our fault never":                      {failed(core.ClassInvalid, 1), false, campaign.Never, 0},
		"130429 after a wait":                  {failed(core.ClassThrottle, 1), false, campaign.ByWait, time.Minute},
		"but not for ever":                     {failed(core.ClassThrottle, 6), false, campaign.Never, 0},
		"131049 after a day, when asked":       {failed(core.ClassMarketingCapped, 1), true, campaign.Ask, 24 * time.Hour},
		"and once":                             {failed(core.ClassMarketingCapped, 2), true, campaign.Never, 0},
		"taken by the provider: not by itself": {failed(core.ClassRetry, 1), true, campaign.Ask, time.Minute},
		"a token renewed":                      {failed(core.ClassAuth, 1), false, campaign.Ask, 0},
		"a class without a rule":               {failed("strange", 1), false, campaign.Never, 0},
		"unsure is not failed":                 {campaign.Recipient{State: campaign.Unsure, Class: core.ClassRetry, Attempts: 1}, false, campaign.Never, 0},
	} {
		how, from := r.MayRetry(&c.x, c.taken)
		if how != c.how || how != campaign.Never && !from.Equal(t0.Add(c.after)) {
			t.Errorf("%s: %s from %v", name, how, from)
		}
	}
}

// Each class of the contract has a rule, so that none is left to chance.
func TestEveryClassHasARetryRule(t *testing.T) {
	r := rules(t)
	for _, c := range []core.Class{core.ClassRetry, core.ClassThrottle, core.ClassPairLimit, core.ClassWindowClosed, core.ClassUndeliverable,
		core.ClassMarketingCapped, core.ClassOptedOut, core.ClassTemplate, core.ClassMedia, core.ClassAuth, core.ClassPolicy, core.ClassPayment,
		core.ClassInvalid, core.ClassUnknown} {
		if _, ok := r.Retry.Value[c]; !ok {
			t.Errorf("no rule for %s", c)
		}
	}
}

func TestGroups(t *testing.T) {
	r := rules(t)
	var rows []campaign.Recipient
	for i, class := range []core.Class{core.ClassUndeliverable, core.ClassThrottle, core.ClassThrottle, core.ClassThrottle} {
		x := failed(class, 1)
		x.ContactID, x.Code = int64(i+1), []string{"131026", "130429", "4", "130429"}[i]
		rows = append(rows, x)
	}
	rows = append(rows, campaign.Recipient{State: campaign.Unsure, Class: core.ClassRetry}, campaign.Recipient{State: campaign.Read})
	got := r.Groups(rows, func(x *campaign.Recipient) bool { return x.ContactID == 2 })
	if len(got) != 3 {
		t.Fatalf("%+v", got)
	}
	g := got[0]
	if g.Class != core.ClassThrottle || g.N != 3 || g.Again != 3 || g.How != campaign.ByWait || !slices.Equal(g.Codes, []string{"130429", "4"}) ||
		!slices.Equal(g.Sample, []int64{2, 3, 4}) || !g.From.Equal(t0.Add(time.Minute)) {
		t.Errorf("%+v", g)
	}
	if got[1].How != campaign.Never || got[1].Again != 0 || got[1].State != campaign.Failed || got[2].State != campaign.Unsure {
		t.Errorf("%+v", got[1:])
	}
}

func TestShouldPause(t *testing.T) {
	r := rules(t)
	fine := func() campaign.Vitals {
		return campaign.Vitals{Settled: 1000, Failed: 149, Blocked: 2, Forms: forms(), Channel: core.Channel{State: core.Active}}
	}
	form := func(v *campaign.Vitals, fn func(*core.Template)) {
		for i := range v.Forms {
			if v.Forms[i].Name == "autumn" {
				fn(&v.Forms[i])
			}
		}
	}
	for name, c := range map[string]struct {
		change func(*campaign.Vitals)
		want   campaign.PauseReason
		detail string
	}{
		"all well":                    {func(*campaign.Vitals) {}, "", ""},
		"15 % failed":                 {func(v *campaign.Vitals) { v.Failed = 150 }, campaign.TooManyFailed, ""},
		"of a few it says none":       {func(v *campaign.Vitals) { v.Settled, v.Failed = 39, 39 }, "", ""},
		"three in a thousand blocked": {func(v *campaign.Vitals) { v.Blocked = 3 }, campaign.TooManyBlocked, ""},
		"the token is dead": {func(v *campaign.Vitals) {
			v.Channel = core.Channel{State: core.Paused, PauseClass: core.ClassAuth}
		}, campaign.ChannelStopped, "auth"},
		"paused by Meta":      {func(v *campaign.Vitals) { form(v, func(t *core.Template) { t.Status = "PAUSED" }) }, campaign.TemplateGone, "autumn"},
		"no longer there":     {func(v *campaign.Vitals) { v.Forms = nil }, campaign.TemplateGone, "autumn"},
		"red":                 {func(v *campaign.Vitals) { form(v, func(t *core.Template) { t.Quality = "RED" }) }, campaign.TemplateRed, "autumn"},
		"one language is red": {func(v *campaign.Vitals) { v.Forms[0].Quality = "RED" }, "", ""},
		"moved":               {func(v *campaign.Vitals) { form(v, func(t *core.Template) { t.Category = "UTILITY" }) }, campaign.TemplateMoved, "autumn"},
		"about to be moved":   {func(v *campaign.Vitals) { form(v, func(t *core.Template) { t.Correct = "UTILITY" }) }, campaign.TemplateMoved, "autumn"},
	} {
		v := fine()
		c.change(&v)
		cm := draft()
		if why, detail := r.ShouldPause(&cm, v); why != c.want || detail != c.detail {
			t.Errorf("%s: %q %q", name, why, detail)
		}
	}
}

func TestSMSFallback(t *testing.T) {
	r := rules(t)
	for name, c := range map[string]struct {
		change func(*campaign.Campaign, *campaign.Recipient, *campaign.Person)
		able   bool
		sent   bool
		after  time.Duration
		want   campaign.Fallback
	}{
		"undeliverable, in time": {nil, true, false, 5 * time.Second, campaign.SendSMS},
		"a second too late":      {nil, true, false, 6 * time.Second, campaign.SMSLate},
		"not asked for":          {func(c *campaign.Campaign, _ *campaign.Recipient, _ *campaign.Person) { c.SMS = false }, true, false, 0, campaign.NoSMS},
		"never for marketing": {func(c *campaign.Campaign, _ *campaign.Recipient, _ *campaign.Person) {
			*c = draft()
			c.SMS = true
		}, true, false, 0, campaign.SMSNever},
		"another failure":  {func(_ *campaign.Campaign, x *campaign.Recipient, _ *campaign.Person) { x.Class = core.ClassTemplate }, true, false, 0, campaign.NoSMS},
		"not failed":       {func(_ *campaign.Campaign, x *campaign.Recipient, _ *campaign.Person) { x.State = campaign.Unsure }, true, false, 0, campaign.NoSMS},
		"sent already":     {nil, true, true, 0, campaign.NoSMS},
		"no way":           {nil, false, false, 0, campaign.SMSAble},
		"no number":        {func(_ *campaign.Campaign, _ *campaign.Recipient, p *campaign.Person) { p.Phone = "" }, true, false, 0, campaign.SMSAble},
		"said stop to all": {func(_ *campaign.Campaign, _ *campaign.Recipient, p *campaign.Person) { p.Utility = consent.StoppedAll }, true, false, 0, campaign.NoSMS},
	} {
		cm, x, p := notice(), failed(core.ClassUndeliverable, 1), ana()
		cm.SMS = true
		if c.change != nil {
			c.change(&cm, &x, &p)
		}
		if got := r.SMS(&cm, &x, &p, c.able, c.sent, t0.Add(c.after)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
