package campaign_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
)

func TestCreate(t *testing.T) {
	w := engine(t)
	fine := func() campaign.Campaign { c := draft(); c.ChannelID = w.channel.ID; return c }
	for name, c := range map[string]struct {
		change func(*campaign.Campaign)
		code   core.Code
	}{
		"fine":                {func(*campaign.Campaign) {}, ""},
		"no name":             {func(c *campaign.Campaign) { c.Name = " \t" }, core.InvalidInput},
		"no template":         {func(c *campaign.Campaign) { c.Templates = nil }, core.InvalidInput},
		"an empty template":   {func(c *campaign.Campaign) { c.Templates = []string{""} }, core.InvalidInput},
		"no category":         {func(c *campaign.Campaign) { c.Category = "" }, core.InvalidInput},
		"two values":          {func(c *campaign.Campaign) { c.Values = append(c.Values, c.Values...) }, core.InvalidInput},
		"a nameless variable": {func(c *campaign.Campaign) { c.Values = []campaign.Value{{Text: "x"}} }, core.InvalidInput},
		"backwards":           {func(c *campaign.Campaign) { c.Pace.PerMinute = -1 }, core.InvalidInput},
		"at no time":          {func(c *campaign.Campaign) { c.Schedule = campaign.Schedule{When: campaign.At} }, core.InvalidInput},
		"some time":           {func(c *campaign.Campaign) { c.Schedule.When = "soon" }, core.InvalidInput},
		"all held back":       {func(c *campaign.Campaign) { c.HoldBack = 1 }, core.InvalidInput},
		"one-time codes":      {func(c *campaign.Campaign) { c.Category = ledger.Authentication }, core.Refused},
		"no such channel":     {func(c *campaign.Campaign) { c.ChannelID = 999 }, core.NoChannel},
	} {
		cm := fine()
		c.change(&cm)
		got, err := w.desk.Create(w.ctx, cm)
		if core.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && (got.ID == 0 || got.State != campaign.Draft || !got.CreatedAt.Equal(w.now) || w.campaign(got.ID).Name != "Autumn") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	cm := fine()
	cm.Schedule = campaign.Schedule{}
	cm.Name = "  Autumn \n sale "
	if got, err := w.desk.Create(w.ctx, cm); err != nil || got.Schedule.When != campaign.Now || got.Name != "Autumn sale" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestARestoredBackupAsks(t *testing.T) {
	w := engine(t)
	c := draft()
	c.Pace.PerMinute = 3000
	running := w.start(c, w.people(10)...)
	c.Schedule = campaign.Schedule{When: campaign.At, At: t0.Add(time.Hour)}
	later := w.start(c, w.people(3)...)
	w.step()
	if err := w.desk.Restored(w.ctx); err != nil {
		t.Fatal(err)
	}
	if waiting, _ := w.mem.Outbox(); waiting != 0 {
		t.Errorf("%d in line", waiting)
	}
	for _, id := range []int64{running.ID, later.ID} {
		if got := w.campaign(id); got.State != campaign.Paused || got.Pause != campaign.Moved {
			t.Fatalf("%+v", got)
		}
		if _, err := w.desk.Resume(w.ctx, id, "ada", false); core.CodeOf(err) != core.Refused {
			t.Errorf("it goes on without a question: %v", err)
		}
	}
	if err := w.desk.Restored(w.ctx); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if _, err := w.desk.Resume(w.ctx, running.ID, "ada", true); err != nil {
		t.Fatal(err)
	}
	w.until(running.ID, campaign.Finished)
	if got, err := w.desk.Resume(w.ctx, later.ID, "ada", true); err != nil || got.State != campaign.Scheduled {
		t.Errorf("what was to come later still is: %+v, %v", got, err)
	}
}

func TestErrorsNameWhatTheyAreAbout(t *testing.T) {
	w := engine(t)
	c := w.start(draft(), w.people(1)...)
	_, err := w.desk.Resume(w.ctx, c.ID, "ada", false)
	if err == nil || err.Error() != "campaign.Resume: conflict: campaign.To: conflict: from running to running" {
		t.Errorf("%v", err)
	}
	refused := &campaign.RefusedError{Refusals: []campaign.Refusal{{Rule: campaign.RuleSpeed, Detail: "4000"}, {Rule: campaign.RuleSMS}}}
	if refused.Error() != "refused: speed 4000; sms " {
		t.Errorf("%q", refused)
	}
	for name, call := range map[string]func() error{
		"pause":   func() error { _, err := w.desk.Pause(w.ctx, 999); return err },
		"cancel":  func() error { _, err := w.desk.Cancel(w.ctx, 999); return err },
		"recheck": func() error { _, err := w.desk.Recheck(w.ctx, 999, nil, campaign.Limits{}, 0); return err },
		"settle":  func() error { return w.desk.Settle(w.ctx, 999, true) },
	} {
		if err := call(); core.CodeOf(err) != core.NotFound {
			t.Errorf("%s of a campaign that is not there: %v", name, err)
		}
	}
}
