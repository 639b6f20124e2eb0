package library

import (
	"strings"
	"time"

	"bottega/core"
	"bottega/core/carrier"
)

// news is what the provider says of a template, in an answer, a listing or a
// callback. Empty words say nothing.
type news struct {
	id, status, category, correct, reason, detail string
	quality                                       string
	rated                                         bool // quality counts, even ""
	listed                                        bool // correct and reason count, even ""
	at                                            time.Time
}

// effects are what news may set off.
type effects struct {
	rules core.Rules
	deeds Deeds
	now   time.Time
}

func (s *Service) effects() effects { return effects{rules: s.Rules(), deeds: s.Deeds, now: s.Now()} }

// states are the provider's words (bsp/meta.md 4.2, 6.6). A word that is not
// here leaves the state as it is.
var states = map[string]core.TemplateState{
	"PENDING": core.TemplatePending, "IN_APPEAL": core.TemplatePending, "IN_REVIEW": core.TemplatePending, "RECEIVED": core.TemplatePending,
	"APPROVED": core.TemplateApproved, "REINSTATED": core.TemplateApproved, "UNARCHIVED": core.TemplateApproved, "FLAGGED": core.TemplateApproved,
	"REJECTED": core.TemplateRejected, "PAUSED": core.TemplatePaused, "DISABLED": core.TemplateDisabled, "LOCKED": core.TemplateDisabled,
	"ARCHIVED": core.TemplateArchived, "DELETED": core.TemplateGone, "PENDING_DELETION": core.TemplateGone, "LIMIT_EXCEEDED": core.TemplateRejected,
}

// move applies news to a version, saves it when anything changed, and stops
// what uses it when it may not be sent any more.
func (e effects) move(tx core.Tx, t *core.StoredTemplate, n news) (bool, error) {
	before := *t
	e.apply(t, n)
	if sameStanding(before, *t) {
		return false, nil
	}
	if t.State != before.State {
		t.DecidedAt = n.at
	}
	if t.State == core.TemplateApproved && (before.State.Waiting() || t.ApprovedAt.IsZero()) {
		t.ApprovedAt = n.at
	}
	if err := tx.SaveTemplate(t); err != nil {
		return false, err
	}
	changed(tx, t)
	if err := e.replace(tx, t, before.State); err != nil {
		return false, err
	}
	if was, is := StopOf(&before), StopOf(t); is != NotStopped && is != was && before.State.Submitted() {
		return true, e.stop(tx, t, is)
	}
	return true, nil
}

// apply writes news into a version.
func (e effects) apply(t *core.StoredTemplate, n news) {
	if n.id != "" {
		t.Template.ID = n.id
	}
	if state, known := states[strings.ToUpper(n.status)]; n.status != "" {
		t.Status = strings.ToUpper(n.status)
		if known {
			t.State = state
		}
	}
	if n.category != "" && n.category != t.Category {
		if t.Drift == "" {
			t.Drift = t.Category
		}
		t.Category = n.category
	}
	if t.Drift == t.Category || t.Wanted == t.Category && t.Wanted != "" {
		t.Drift = "" // it was taken back, or is what was asked for
	}
	if n.correct != "" || n.listed {
		t.Correct = n.correct
	}
	if n.rated {
		t.Quality = n.quality
	}
	switch {
	case t.State == core.TemplateRejected && n.reason != "":
		t.Reason = n.reason
	case t.State != core.TemplateRejected && n.status != "":
		t.Reason = ""
	}
	if n.detail != "" || n.status != "" {
		t.Detail = n.detail
	}
}

// sameStanding compares what news can change.
func sameStanding(a, b core.StoredTemplate) bool {
	return a.Template.ID == b.Template.ID && a.Status == b.Status && a.State == b.State && a.Category == b.Category && a.Drift == b.Drift &&
		a.Correct == b.Correct && a.Quality == b.Quality && a.Reason == b.Reason && a.Detail == b.Detail
}

// replace retires the former versions once the provider holds the text of a
// later one: at the provider there is one text for all of them.
func (e effects) replace(tx core.Tx, t *core.StoredTemplate, was core.TemplateState) error {
	if t.State == was || t.State == core.TemplateDraft || t.State == core.TemplateSubmitted || t.State == core.TemplateGone {
		return nil
	}
	vs, err := tx.TemplateVersions(t.ChannelID, t.Name, t.Language)
	if err != nil {
		return err
	}
	for i := range vs {
		v := &vs[i]
		if v.Version >= t.Version || v.State == core.TemplateReplaced || v.State == core.TemplateDraft || v.State == core.TemplateGone {
			continue
		}
		v.State = core.TemplateReplaced
		if err := tx.SaveTemplate(v); err != nil {
			return err
		}
	}
	return nil
}

// most messages that one stop takes out of line; what comes later is refused
// by Ready.
const stopAtOnce = 10_000

// stop takes out of line what waits to be sent with a template, and tells the
// deeds. The messages fail with the reason, so that somebody sees them and can
// repeat them with another template.
func (e effects) stop(tx core.Tx, t *core.StoredTemplate, why Stop) error {
	ms, err := tx.QueuedWith(t.ChannelID, t.Name, t.Language, stopAtOnce)
	if err != nil {
		return err
	}
	for i := range ms {
		if err := e.failed(tx, &ms[i], why); err != nil {
			return err
		}
	}
	if err := tx.AddActivity(core.Activity{ChannelID: t.ChannelID, Kind: core.ActChannel, At: e.now,
		Detail: "template " + t.Name + " " + t.Language + " " + string(why)}); err != nil {
		return err
	}
	if e.deeds == nil {
		return nil
	}
	return e.deeds.Stopped(tx, *t, why)
}

// failed ends one message that waits.
func (e effects) failed(tx core.Tx, m *core.Message, why Stop) error {
	if err := tx.Dequeue(m.ID); err != nil {
		return err
	}
	before := m.State
	m.State = core.Failed
	m.Error = &core.ProviderError{Code: "template_" + string(why), Class: core.ClassTemplate, Message: string(why)}
	if err := carrier.Follow(tx, m, before, e.rules); err != nil {
		return err
	}
	tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID}, core.Change{Kind: core.Conversations, ID: m.ConversationID})
	return tx.SaveMessage(m)
}
