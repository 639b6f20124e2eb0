package campaign_test

import (
	"testing"

	"bottega/core"
	"bottega/core/campaign"
)

func TestReviseADraft(t *testing.T) {
	w := engine(t)
	c := draft()
	c.ChannelID = w.channel.ID
	made, err := w.desk.Create(w.ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	next := made
	next.Name, next.Segment, next.Pace.PerMinute, next.Schedule, next.State = "  Winter\tsale ", "tag:vip", 12, campaign.Schedule{}, campaign.Finished
	got, err := w.desk.Revise(w.ctx, next)
	if err != nil || got.Name != "Winter sale" || got.Segment != "tag:vip" || got.State != campaign.Draft || got.Schedule.When != campaign.Now || !got.CreatedAt.Equal(made.CreatedAt) {
		t.Fatalf("%+v, %v", got, err)
	}
	if kept := w.campaign(made.ID); kept.Name != "Winter sale" || kept.Pace.PerMinute != 12 || kept.Rev != got.Rev {
		t.Errorf("kept %+v", kept)
	}
	if _, err := w.desk.Revise(w.ctx, made); core.CodeOf(err) != core.Conflict {
		t.Errorf("over somebody else's change: %v", err)
	}
	bad := got
	bad.Templates = nil
	if _, err := w.desk.Revise(w.ctx, bad); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("without a template: %v", err)
	}
	started := w.start(draft(), w.people(2)...)
	if _, err := w.desk.Revise(w.ctx, started); core.CodeOf(err) != core.Conflict {
		t.Errorf("one that runs: %v", err)
	}
	bad = got
	bad.ID = 999
	if _, err := w.desk.Revise(w.ctx, bad); core.CodeOf(err) != core.NotFound {
		t.Errorf("one that is not there: %v", err)
	}
}
