package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/ui/text"
)

func TestValueOfAVariable(t *testing.T) {
	known := []string{"name", "phone", "city"}
	for given, want := range map[string]*campaign.Value{
		"name":              {Variable: "1", Field: "name"},
		"City":              {Variable: "1", Field: "city"},
		"name|dear guest":   {Variable: "1", Field: "name", Text: "dear guest"},
		"name| ":            {Variable: "1", Field: "name"},
		"=name":             {Variable: "1", Text: "name"},
		"20 December":       {Variable: "1", Text: "20 December"},
		"Natale":            {Variable: "1", Text: "Natale"},
		"12:30":             {Variable: "1", Text: "12:30"},
		"nmae":              nil, // a slip of the pen
		"first_name":        nil,
		"nmae|dear guest":   nil,
		"A good day | open": nil, // looks like a field with a text
	} {
		got, ok := value("1", given, known)
		if ok != (want != nil) || ok && got != *want {
			t.Errorf("%q: %+v, %v", given, got, ok)
		}
	}
}

func TestEveryVariableNeedsItsValue(t *testing.T) {
	form := core.Template{Name: "sale", Body: "Ciao {{1}}, {{2}}", Header: core.TemplateHeader{Format: "TEXT", Text: "{{1}}"}}
	for name, c := range map[string]struct {
		given map[string]string
		key   text.K
	}{
		"all":       {map[string]string{"1": "a", "2": "b"}, ""},
		"one less":  {map[string]string{"1": "a"}, text.TemplateMissing},
		"one more":  {map[string]string{"1": "a", "2": "b", "3": "c"}, text.TemplateLeftOver},
		"by header": {map[string]string{"1": "a", "header.1": "h", "2": "b"}, ""},
	} {
		err := placed(&form, c.given)
		var no *refusal
		if r, is := err.(*refusal); is {
			no = r
		}
		if (err == nil) != (c.key == "") || no != nil && no.key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever core says of a campaign has words in each language.
func TestCampaignWords(t *testing.T) {
	for _, lang := range []string{"en", "it"} {
		a := &app{w: words(t, lang)}
		var keys []string
		for _, s := range campaign.States {
			keys = append(keys, "campaigns.state."+string(s))
		}
		for _, s := range campaign.RecipientStates {
			keys = append(keys, "campaigns.person."+string(s))
		}
		for _, r := range append(campaign.Reasons, campaign.Gone, campaign.WrongHost, campaign.Stopped) {
			keys = append(keys, "campaigns.why."+string(r))
		}
		for _, w := range []campaign.WaitReason{campaign.QuietHours, campaign.GoldenHours, campaign.HourLimit, campaign.TierLimit, campaign.WarmUp, campaign.Throttled,
			campaign.AtPace, campaign.PairWait, campaign.ForTime, campaign.ForRetry, campaign.ForOutbox} {
			keys = append(keys, "campaigns.wait."+string(w))
		}
		for _, p := range []campaign.PauseReason{campaign.ByHand, campaign.TooManyFailed, campaign.TooManyBlocked, campaign.TemplateGone, campaign.TemplateRed,
			campaign.TemplateMoved, campaign.ChannelStopped, campaign.Moved} {
			keys = append(keys, "campaigns.pause."+string(p))
		}
		for _, r := range []campaign.Rule{campaign.RuleNobody, campaign.RuleForm, campaign.RuleMoved, campaign.RuleHost, campaign.RuleSpeed, campaign.RulePlatform,
			campaign.RuleUrgent, campaign.RuleSMS, campaign.RuleCodes, campaign.RuleChannel, campaign.RuleBlocked, campaign.RuleTime, campaign.RuleShares, campaign.RuleTest} {
			keys = append(keys, "campaigns.refused."+string(r))
		}
		for _, r := range []campaign.Rule{campaign.RuleNight, campaign.RuleHour, campaign.RuleTemplates, campaign.RuleReply, campaign.RuleLimit, campaign.RuleQuota,
			campaign.RuleUnpriced, campaign.RuleStale, campaign.RuleDelivered, campaign.RuleRead, campaign.RuleConverted, campaign.RuleSuccess} {
			keys = append(keys, "campaigns.mark."+string(r))
		}
		for _, f := range []campaign.Finding{campaign.TooFew, campaign.Even, campaign.First, campaign.Second} {
			keys = append(keys, "cli.campaign.finding."+string(f), "cli.campaign.lift."+string(f))
		}
		for _, h := range []campaign.How{campaign.ByWait, campaign.Ask, campaign.Never} {
			keys = append(keys, "cli.campaign.how."+string(h))
		}
		for _, k := range keys {
			if !a.w.Has(text.K(k)) {
				t.Errorf("%s: no words for %s", lang, k)
			}
		}
		for _, f := range ledger.FreeCases {
			if !a.w.Has(text.K("report.free." + string(f))) {
				t.Errorf("%s: no words for %s", lang, f)
			}
		}
	}
}

// A comparison speaks of both versions, with the bounds the right way round.
func TestFindingInWords(t *testing.T) {
	a := &app{w: words(t, "en")}
	r, err := campaign.LoadRules(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	for want, arms := range map[string][]campaign.Arm{
		"sale_a 10%, sale_b 20%: too few to tell; ":                      {{Name: "sale_a", N: 10, Hits: 1}, {Name: "sale_b", N: 10, Hits: 2}},
		"sale_b is answered more often, by 6.7 to 13.3 points":           {{Name: "sale_a", N: 1500, Hits: 150}, {Name: "sale_b", N: 1500, Hits: 300}},
		"sale_a is answered more often, by 6.7 to 13.3 points":           {{Name: "sale_a", N: 1500, Hits: 300}, {Name: "sale_b", N: 1500, Hits: 150}},
		"sale_a 10%, sale_b 10%: no difference that matters, and enough": {{Name: "sale_a", N: 9000, Hits: 900}, {Name: "sale_b", N: 9000, Hits: 901}},
	} {
		if got := a.findingWords(arms, r.Compare(arms[0], arms[1])); !strings.Contains(got, want) {
			t.Errorf("%q, want %q in it", got, want)
		}
	}
}

// What a campaign brought beyond those held back, with the bounds the right way round.
func TestLiftInWords(t *testing.T) {
	a := &app{w: words(t, "en")}
	r, err := campaign.LoadRules(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	for want, arms := range map[string][2]campaign.Arm{
		"20% of those written to, 10% of 1,500 people held back: the campaign brought buyers, 6.7 to 13.3": {{N: 1500, Hits: 300}, {N: 1500, Hits: 150}},
		"written to bought less, by 6.7 to 13.3 points":                                                    {{N: 1500, Hits: 150}, {N: 1500, Hits: 300}},
		"would have bought anyway": {{N: 9000, Hits: 900}, {N: 9000, Hits: 901}},
		"too few to tell; ":        {{N: 10, Hits: 1}, {N: 10, Hits: 2}},
	} {
		l := campaign.Lift{Written: arms[0], Held: arms[1], Outcome: r.Compare(arms[0], arms[1])}
		if got := a.liftWords(&l); !strings.Contains(got, want) {
			t.Errorf("%q, want %q in it", got, want)
		}
	}
}

// The contract's shape: all counts, each reason by its word, money and times
// as everywhere, and nothing of a plan in what is no plan.
func TestCampaignShape(t *testing.T) {
	r, err := campaign.LoadRules(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	c := campaign.Campaign{ID: 3, Name: "Menu", State: campaign.Waiting, Templates: []string{"a", "b"}, Wait: campaign.Wait{Reason: campaign.QuietHours, Until: until},
		Foreseen: &campaign.Foreseen{Matched: 9, Included: 7, Excluded: []campaign.Exclusion{{Reason: campaign.OptedOut, N: 2}}, Low: core.Money{Amount: "1.00", Currency: "EUR"},
			High: core.Money{Amount: "2.00", Currency: "EUR"}, End: until.Add(time.Hour)}}
	b, err := json.Marshal(campaignShape(&c, &r, "shop"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"3","name":"Menu","state":"waiting","template":"a","templates":["a","b"],"category":"","channel":"shop","segment":"",` +
		`"audience":{"matched":9,"included":7,"excluded":{"opted_out":2}},` +
		`"counts":{"accepted":0,"converted":0,"delivered":0,"failed":0,"pending":0,"read":0,"replied":0,"sending":0,"skipped":0,"unsure":0},` +
		`"rate":{"per_minute":30,"now":0},"waiting":{"reason":"quiet_hours","until":"2026-11-25T08:00:00Z"},` +
		`"cost":{"low":{"amount":"1.00","currency":"EUR"},"high":{"amount":"2.00","currency":"EUR"}},"eta":"2026-11-25T09:00:00Z","when":""}`
	if string(b) != want {
		t.Errorf("%s\nwant\n%s", b, want)
	}
	c.State, c.Pause, c.PauseDetail = campaign.Paused, campaign.TemplateGone, "a"
	if j := campaignShape(&c, &r, "shop"); j.Paused == nil || j.Waiting != nil || j.ETA != nil {
		t.Errorf("paused: %+v", j)
	}
}

// A refusal speaks in words and in codes, and ends with the code for rules.
func TestRefusedCampaign(t *testing.T) {
	err := core.Fail(core.Refused, "test", &campaign.RefusedError{Refusals: []campaign.Refusal{{Rule: campaign.RuleSpeed, Detail: "5000", Source: "S-039: x", Date: "2026-11-22"},
		{Rule: campaign.RuleChannel, Detail: string(core.ClassAuth), Source: "own rule"}}})
	out, code := finished(t, false, err)
	if code != exitRefused || !strings.Contains(out, "5,000 a minute") || !strings.Contains(out, "(S-039: x · 22 Nov 2026)") || !strings.Contains(out, "bottega’s own rule") {
		t.Errorf("%d %s", code, out)
	}
	out, code = finished(t, true, err)
	var j struct{ Error errorJSON }
	if uerr := json.NewDecoder(bytes.NewReader([]byte(out))).Decode(&j); uerr != nil || code != exitRefused || j.Error.Code != "refused" || len(j.Error.Refusals) != 2 || j.Error.Refusals[0].Rule != campaign.RuleSpeed {
		t.Errorf("%d %s %v", code, out, uerr)
	}
	out, code = finished(t, false, core.Fail(core.InvalidInput, "test", &ledger.MistakesError{Mistakes: []ledger.Mistake{{Flaw: ledger.FlawDay, Where: "cards.0.from", Value: "soon\x1b[31m"}}}))
	if code != exitFailed || !strings.Contains(out, "cards.0.from: “soon") || strings.Contains(out, "\x1b") {
		t.Errorf("%d %q", code, out)
	}
}
