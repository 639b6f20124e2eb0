package library_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
)

func TestDraft(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	v := d.draft(form("ready"))
	if v.Version != 1 || v.State != core.TemplateDraft || v.Author != "ana" || !v.CreatedAt.Equal(noon) || v.Language != "it" {
		t.Errorf("%+v", v)
	}
	d.clock = noon.Add(time.Minute)
	next := form("ready")
	next.Body, next.Language = "Ciao {{1}}, ci siamo.", "it-it"
	saved, err := d.SaveDraft(ctx, library.Draft{ID: v.ID, Channel: d.ch.ID, Template: next, Family: "f", Role: core.RoleStandard, Agent: "ugo", Rev: v.Rev})
	if err != nil || saved.Body != next.Body || saved.Language != "it_IT" || saved.Author != "ana" || !saved.UpdatedAt.Equal(d.clock) || saved.Family != "f" {
		t.Errorf("%+v, %v", saved, err)
	}
	for name, tt := range map[string]struct {
		d    library.Draft
		want core.Code
	}{
		"somebody else was faster": {library.Draft{ID: v.ID, Channel: d.ch.ID, Template: next, Agent: "ana", Rev: v.Rev}, core.Conflict},
		"a second draft of it":     {library.Draft{Channel: d.ch.ID, Template: next, Agent: "ana"}, core.Conflict},
		"nobody":                   {library.Draft{Channel: d.ch.ID, Template: next}, core.InvalidInput},
		"of nothing":               {library.Draft{ID: 99, Agent: "ana"}, core.NotFound},
	} {
		_, err := d.SaveDraft(ctx, tt.d)
		if core.CodeOf(err) != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	// unnamed drafts live beside each other
	a, b := d.draft(template.Template{Body: "a"}), d.draft(template.Template{Body: "b"})
	all, err := d.mem.StoredTemplates(ctx, core.TemplateQuery{})
	if err != nil || len(all) != 3 || a.ID == b.ID {
		t.Errorf("%d drafts, %v", len(all), err)
	}
	if err := d.Delete(ctx, a.ID); err != nil {
		t.Error(err)
	}
	_, err = d.mem.StoredTemplate(ctx, a.ID)
	d.code(err, core.NotFound)
	calls(d)
}

// TestNamedVariables: a template says nothing of its kind of variables, and
// what leaves says it.
func TestNamedVariables(t *testing.T) {
	d := newDesk(t)
	for body, want := range map[string]bool{"Ciao {{nome}}, ecco.": true, "Ciao {{1}}, ecco.": false, "Ciao": false} {
		f := form("x" + body[len(body)-1:])
		f.Body, f.Name = body, ""
		if v := d.draft(f); v.NamedVars != want {
			t.Errorf("%s: named %v", body, v.NamedVars)
		}
	}
}

func TestSubmitAndReview(t *testing.T) {
	d := newDesk(t)
	v := d.submit(d.draft(form("ready")).ID)
	if v.State != core.TemplatePending || v.Template.ID != "t1" || v.Wanted != "UTILITY" || v.Agent != "ana" || !v.SubmittedAt.Equal(noon) {
		t.Errorf("%+v", v)
	}
	calls(d, "create ready it")
	_, _, err := d.Submit(t.Context(), v.ID, "ana")
	d.code(err, core.Conflict) // it is no draft any more
	_, err = d.SaveDraft(t.Context(), library.Draft{ID: v.ID, Channel: d.ch.ID, Template: form("ready"), Agent: "ana"})
	d.code(err, core.Conflict)

	d.clock = noon.Add(time.Hour)
	d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: "t1", Name: "ready", Language: "it", TemplateStatus: "APPROVED", At: d.clock})
	v = d.standing(v.ID, core.TemplateApproved)
	if !v.ApprovedAt.Equal(d.clock) || !v.DecidedAt.Equal(d.clock) {
		t.Errorf("%+v", v)
	}
	// an edit of an approved template is a new version with its own review
	next, err := d.NewVersion(t.Context(), v.ID, "ugo")
	if err != nil || next.Version != 2 || next.State != core.TemplateDraft || next.Template.ID != "t1" || next.Body != v.Body || len(next.Samples) != 1 {
		t.Fatalf("%+v, %v", next, err)
	}
	if again, err := d.NewVersion(t.Context(), v.ID, "ugo"); err != nil || again.ID != next.ID {
		t.Errorf("a second draft of one template: %+v, %v", again, err)
	}
	d.standing(v.ID, core.TemplateApproved)
	d.clock = noon.Add(48 * time.Hour)
	d.submit(next.ID)
	calls(d, "create ready it", "edit ready it")
	d.standing(v.ID, core.TemplateReplaced) // at the provider there is one text only
	third, err := d.NewVersion(t.Context(), next.ID, "ugo")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.Submit(t.Context(), third.ID, "ugo")
	d.code(err, core.Conflict) // version 2 is under review
	d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: "t1", TemplateStatus: "REJECTED", Reason: "INVALID_FORMAT", Text: "look at the variables", At: d.clock})
	if v := d.standing(next.ID, core.TemplateRejected); v.Reason != "INVALID_FORMAT" || v.Detail != "look at the variables" {
		t.Errorf("%+v", v)
	}
	d.submit(third.ID)
	d.standing(next.ID, core.TemplateReplaced)
}

func TestSubmitRefusals(t *testing.T) {
	d := newDesk(t)
	bad := form("bad")
	bad.Body, bad.Category = "Solo oggi sconto del 50 % su tutto, {{1}}!", template.Marketing
	v := d.draft(bad)
	_, found, err := d.Submit(t.Context(), v.ID, "ana")
	no := library.RefusedOf(err)
	if core.CodeOf(err) != core.LintFailed || no == nil || !template.Blocks(no.Findings) || len(found) != len(no.Findings) {
		t.Errorf("%v, %+v", err, found)
	}
	d.standing(v.ID, core.TemplateDraft)
	calls(d)

	first := d.approved("first")
	twin := form("first")
	twin.Name = "second" // the same words under another name
	_, _, err = d.Submit(t.Context(), d.draft(twin).ID, "ana")
	if no := library.RefusedOf(err); no == nil || no.Findings[0].Rule != "duplicate-template" {
		t.Errorf("a duplicate: %v", err)
	}
	v = d.draft(form("plain"))
	_, _, err = d.Submit(t.Context(), v.ID, "")
	d.code(err, core.InvalidInput)
	_, _, err = d.Submit(t.Context(), 99, "ana")
	d.code(err, core.NotFound)
	d.gw.Caps = core.Capabilities{}
	_, _, err = d.Submit(t.Context(), v.ID, "ana")
	d.code(err, core.Unsupported)
	d.because(err, library.NoCreate)
	d.standing(v.ID, core.TemplateDraft)
	d.gw.Caps = core.Capabilities{CreateTemplates: true} // as at a provider where what was handed in stays as it is
	next, err := d.NewVersion(t.Context(), first.ID, "ana")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.Submit(t.Context(), next.ID, "ana")
	d.code(err, core.Unsupported)
	d.because(err, library.NoEdit)
	d.standing(next.ID, core.TemplateDraft)
	d.standing(first.ID, core.TemplateApproved)
	d.Gateways = nil
	_, _, err = d.Submit(t.Context(), v.ID, "ana")
	d.code(err, core.ReadOnly)
}

// TestNoChannelYet: a draft finds its channel when there is one to find.
func TestNoChannelYet(t *testing.T) {
	d := newDesk(t)
	v, err := d.SaveDraft(t.Context(), library.Draft{Template: form("ready"), Agent: "ana"})
	if err != nil || v.ChannelID != 0 {
		t.Fatalf("%+v, %v", v, err)
	}
	d.mem.AddChannel(t, "other")
	_, _, err = d.Submit(t.Context(), v.ID, "ana")
	d.code(err, core.NoChannel)
	chs, _ := d.mem.Channels(t.Context())
	if err := d.mem.RemoveChannel(t.Context(), chs[1].ID); err != nil {
		t.Fatal(err)
	}
	if v = d.submit(v.ID); v.ChannelID != d.ch.ID {
		t.Errorf("channel %d", v.ChannelID)
	}
}

// TestLostAnswers: what the provider may have taken is never handed in again
// by itself, and its list says what became of it.
func TestLostAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		take  bool
		err   error
		after core.TemplateState // the submission
		want  core.TemplateState // after a sync that comes late enough
	}{
		"refused":        {false, errNo, core.TemplateDraft, core.TemplateDraft},
		"lost, taken":    {true, errLost, core.TemplateSubmitted, core.TemplatePending},
		"lost, not":      {false, errLost, core.TemplateSubmitted, core.TemplateDraft},
		"no connection":  {false, core.Fail(core.Unreachable, "test", &core.ProviderError{Class: core.ClassRetry}), core.TemplateDraft, core.TemplateDraft},
		"error not ours": {false, errBoom, core.TemplateDraft, core.TemplateDraft},
	} {
		d := newDesk(t)
		d.refuse("create", tt.take, tt.err)
		id := d.draft(form("ready")).ID
		if _, _, err := d.Submit(t.Context(), id, "ana"); err == nil {
			t.Errorf("%s: no error", name)
		}
		if v := d.standing(id, tt.after); name == "refused" && v.Detail != "100/2388023 locked" {
			t.Errorf("%s: %+v", name, v)
		}
		if _, err := d.Sync(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if tt.after == core.TemplateSubmitted && !tt.take {
			d.standing(id, core.TemplateSubmitted) // too early to tell
		}
		d.clock = d.clock.Add(d.Cycle.OpenFor.D())
		n, err := d.Sync(t.Context(), 0)
		if err != nil || (n.Back == 1) != (tt.after == core.TemplateSubmitted && tt.want == core.TemplateDraft) {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
		d.standing(id, tt.want)
		calls(d, "create ready it")
	}
}

// TestDrift: utility that becomes marketing stops what waits with it, until
// somebody has looked (P-13).
func TestDrift(t *testing.T) {
	d := newDesk(t)
	v := d.approved("ready")
	conv := d.mem.AddPerson(t, d.ch, "+39333", noon.Add(time.Hour))
	waiting := d.queue(conv, "ready")
	announced := core.Event{Kind: core.EvTemplateCategory, TemplateID: v.Template.ID, Category: "UTILITY", Correct: "MARKETING", At: noon}
	d.hear(announced)
	if v := d.version(v.ID); v.Correct != "MARKETING" || library.StopOf(&v) != library.NotStopped || d.message(waiting).State != core.Queued {
		t.Errorf("announced: %+v", v)
	}
	done := core.Event{Kind: core.EvTemplateCategory, TemplateID: v.Template.ID, Previous: "UTILITY", Category: "MARKETING", At: noon.Add(time.Minute)}
	d.hear(done)
	d.hear(done)
	v = d.version(v.ID)
	if v.Category != "MARKETING" || v.Drift != "UTILITY" || v.Correct != "" || library.StopOf(&v) != library.Drifted {
		t.Errorf("drifted: %+v", v)
	}
	if m := d.message(waiting); m.State != core.Failed || m.Error.Code != "template_drifted" || m.Error.Class != core.ClassTemplate {
		t.Errorf("%+v", m)
	}
	if w, c := d.mem.Outbox(); w+c != 0 || len(d.deeds) != 1 || d.deeds[0] != "ready drifted" {
		t.Errorf("%d wait, deeds %q", w, d.deeds)
	}
	_, err := d.Ready(t.Context(), d.ch.ID, "ready", "it")
	if s := library.StoppedOf(err); s == nil || s.Why != library.Drifted {
		t.Errorf("%v", err)
	}
	if err := d.Seen(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Ready(t.Context(), d.ch.ID, "ready", "it"); err != nil || got.Category != "MARKETING" {
		t.Errorf("%+v, %v", got, err)
	}
	// what was asked for and is given back is no drift
	d.hear(core.Event{Kind: core.EvTemplateCategory, TemplateID: v.Template.ID, Category: "UTILITY", At: noon.Add(2 * time.Minute)})
	d.hear(core.Event{Kind: core.EvTemplateCategory, TemplateID: v.Template.ID, Category: "MARKETING", At: noon.Add(3 * time.Minute)})
	if v = d.version(v.ID); v.Drift != "" && v.Wanted == "MARKETING" {
		t.Errorf("%+v", v)
	}
}

// TestOtherCategory: the answer to a submission may name another category.
func TestOtherCategory(t *testing.T) {
	d := newDesk(t)
	d.gw.Shelf.Category = "MARKETING"
	v := d.submit(d.draft(form("ready")).ID)
	if v.Category != "MARKETING" || v.Wanted != "UTILITY" || v.Drift != "UTILITY" {
		t.Errorf("%+v", v)
	}
	d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: v.Template.ID, TemplateStatus: "APPROVED", At: noon})
	if v = d.version(v.ID); library.StopOf(&v) != library.Drifted {
		t.Errorf("%+v", v)
	}
}

// TestPauses: what a pause does to messages that wait, and that it passes.
func TestPauses(t *testing.T) {
	for status, want := range map[string]library.Stop{"PAUSED": library.PausedThere, "DISABLED": library.Disabled, "DELETED": library.Gone,
		"ARCHIVED": library.Archived, "LOCKED": library.Disabled, "FLAGGED": library.NotStopped, "SOMETHING_NEW": library.NotStopped} {
		d := newDesk(t)
		v := d.approved("ready")
		conv := d.mem.AddPerson(t, d.ch, "+39333", noon.Add(time.Hour))
		waiting, other := d.queue(conv, "ready"), d.queue(conv, "other")
		d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: v.Template.ID, TemplateStatus: status, Reason: "FIRST_PAUSE", At: noon.Add(time.Minute)})
		v = d.version(v.ID)
		if got := library.StopOf(&v); got != want || v.Status != status {
			t.Errorf("%s: stop %q, %+v", status, got, v)
		}
		if failed := d.message(waiting).State == core.Failed; failed != (want != library.NotStopped) || d.message(other).State != core.Queued {
			t.Errorf("%s: %s and %s wait", status, d.message(waiting).State, d.message(other).State)
		}
		d.hear(core.Event{Kind: core.EvTemplateStatus, TemplateID: v.Template.ID, TemplateStatus: "APPROVED", Reason: "UNPAUSE", At: noon.Add(3 * time.Hour)})
		if v = d.version(v.ID); status == "PAUSED" && (v.State != core.TemplateApproved || !v.ApprovedAt.Equal(noon)) {
			t.Errorf("after the pause: %+v", v)
		}
	}
}
