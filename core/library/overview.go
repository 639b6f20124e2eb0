package library

import (
	"context"
	"time"

	"bottega/core"
	"bottega/core/template"
)

// Due is how near the end of a span is.
type Due string

// The levels.
const (
	DueNone Due = "none" // nothing runs
	DueOK   Due = "ok"
	DueSoon Due = "soon" // time to do something
	DueOver Due = "over"
)

// Entry is a version as a library shows it.
type Entry struct {
	core.StoredTemplate
	Use  core.TemplateUse // of its name and language in Cycle.Period
	Stop Stop             // why it may not be sent; NotStopped when it may
	// ValidUntil is when an approved text wants another look, and how near that
	// is; zero for what is not in force (S-206).
	ValidUntil time.Time
	Validity   Due
	// ArchivedAt is when the platform archives it unless it is used; zero for
	// what is not in force (P-57).
	ArchivedAt time.Time
	Archive    Due
	// ReviewUntil is when a decision is expected; ReviewLate tells that somebody
	// should ask (S-034, S-208).
	ReviewUntil time.Time
	Review      Due
	Errors      int // what the rules say of it now
	Warnings    int
	Kind        int // others of one kind with it, 0 unless they are too many (S-209)
}

// Overview is the library at a glance.
type Overview struct {
	Entries []Entry // by name, language and channel, newest version first
	Soon    int     // entries whose validity wants somebody (S-206, S-207)

	Prepared     int // names of which something may be sent
	PreparedWant int // S-193
	Decided      int // versions that were ever decided on
	Approved     int // of these, approved
	ApprovalWant int // percent of them in general (S-035)

	Messages int // of any kind that the shop sent in Cycle.Period
	Sent     int // of these, templates
	ShareMax int // percent of templates at most (S-202)
}

// Share is the part of templates among all messages in percent, -1 when
// nothing was sent.
func (o *Overview) Share() int {
	if o.Messages == 0 {
		return -1
	}
	return (o.Sent*100 + o.Messages/2) / o.Messages
}

// ApprovalRate is the part of what was decided on that was approved, in
// percent; -1 when nothing was.
func (o *Overview) ApprovalRate() int {
	if o.Decided == 0 {
		return -1
	}
	return o.Approved * 100 / o.Decided
}

// Overview reads the library. The figures are of the whole channel (or of all)
// whatever the query filters.
func (s *Service) Overview(ctx context.Context, q core.TemplateQuery) (Overview, error) {
	const op = "library.Overview"
	all, err := s.Read.StoredTemplates(ctx, core.TemplateQuery{Channel: q.Channel, All: true})
	if err != nil {
		return Overview{}, fail(op, err)
	}
	uses, messages, err := s.Read.TemplateUses(ctx, core.UseQuery{Channel: q.Channel, Since: s.Now().Add(-s.Cycle.Period.D()), Replies: s.Cycle.Replies.D()})
	if err != nil {
		return Overview{}, fail(op, err)
	}
	o := Overview{Messages: messages, PreparedWant: s.Cycle.Prepared.Value, ApprovalWant: s.Cycle.Approval.Value, ShareMax: s.Cycle.Share.Value}
	by := map[useKey]core.TemplateUse{}
	for _, u := range uses {
		o.Sent += u.Sent
		by[useKey{u.ChannelID, u.Name, u.Language}] = u
	}
	o.count(all)
	judge := s.judges(all)
	for _, t := range q.Pick(all) {
		e := s.entry(t, by[useKey{t.ChannelID, t.Name, core.LanguageCode(t.Language)}])
		judge(&e)
		if e.Validity == DueSoon || e.Validity == DueOver {
			o.Soon++
		}
		o.Entries = append(o.Entries, e)
	}
	return o, nil
}

// Glance reads how the templates stand, without their use and what the rules
// of the review say of them: it needs neither, and so no Linter.
func (s *Service) Glance(ctx context.Context) ([]Entry, error) {
	current, err := s.Read.StoredTemplates(ctx, core.TemplateQuery{})
	if err != nil {
		return nil, fail("library.Glance", err)
	}
	es := make([]Entry, len(current))
	for i, t := range current {
		es[i] = s.entry(t, core.TemplateUse{})
		es[i].ArchivedAt, es[i].Archive = time.Time{}, DueNone // its use would tell
	}
	return es, nil
}

type useKey struct {
	channel        int64
	name, language string
}

func (o *Overview) count(all []core.StoredTemplate) {
	names := map[string]bool{}
	for _, t := range all {
		if t.State == core.TemplateApproved {
			names[t.Name] = true
		}
		switch {
		case !t.ApprovedAt.IsZero():
			o.Decided, o.Approved = o.Decided+1, o.Approved+1
		case t.State == core.TemplateRejected:
			o.Decided++
		}
	}
	o.Prepared = len(names)
}

// judges prepares the linter for the whole library once for each channel.
func (s *Service) judges(all []core.StoredTemplate) func(*Entry) {
	libraries := map[int64]*template.Library{}
	for _, t := range all {
		if libraries[t.ChannelID] == nil {
			libraries[t.ChannelID] = s.libraryOf(t.ChannelID, all)
		}
	}
	return func(e *Entry) {
		t := template.Of(e.Template)
		if e.State == core.TemplateDraft {
			t = t.Submitted() // what keeps it from being handed in counts as well
		}
		c := template.Context{Profile: s.profile(), Now: s.Now(), Library: libraries[e.ChannelID]}
		for _, f := range s.Linter.Lint(t, c) {
			switch f.Severity {
			case template.SevError:
				e.Errors++
			case template.SevWarning:
				e.Warnings++
			}
			if f.Rule == template.SimilarRule {
				e.Kind = len(s.Linter.Similar(t, c.Library))
			}
		}
	}
}

// libraryOf is what a channel's templates are compared with: those the
// provider has. Versions of one template share its id, so none is compared
// with itself.
func (s *Service) libraryOf(channel int64, all []core.StoredTemplate) *template.Library {
	var ts []template.Template
	for _, t := range all {
		if t.ChannelID == channel && t.State != core.TemplateDraft && t.State != core.TemplateReplaced && t.State != core.TemplateGone {
			ts = append(ts, template.Of(t.Template))
		}
	}
	return template.NewLibrary(ts)
}

// entry is a version with what time and use say of it.
func (s *Service) entry(t core.StoredTemplate, u core.TemplateUse) Entry {
	e := Entry{StoredTemplate: t, Use: u, Stop: StopOf(&t), Validity: DueNone, Archive: DueNone, Review: DueNone}
	now, c := s.Now(), &s.Cycle
	if t.InForce() && !t.ApprovedAt.IsZero() {
		e.ValidUntil = t.ApprovedAt.Add(c.Valid.D())
		e.Validity = due(now, e.ValidUntil, c.Remind.D())
		used := t.ApprovedAt
		if u.LastAt.After(used) {
			used = u.LastAt
		}
		if t.State != core.TemplateArchived {
			e.ArchivedAt = used.Add(c.Archive.D())
			e.Archive = due(now, e.ArchivedAt, c.ArchiveSoon.D())
		}
	}
	if t.State.Waiting() {
		e.ReviewUntil = t.SubmittedAt.Add(c.Review.D())
		switch {
		case t.SubmittedAt.IsZero():
			e.ReviewUntil = time.Time{}
		case now.After(t.SubmittedAt.Add(c.ReviewLate.D())):
			e.Review = DueOver
		case now.After(e.ReviewUntil):
			e.Review = DueSoon
		default:
			e.Review = DueOK
		}
	}
	return e
}

func due(now, end time.Time, soon time.Duration) Due {
	switch {
	case !now.Before(end):
		return DueOver
	case !now.Before(end.Add(-soon)):
		return DueSoon
	}
	return DueOK
}

// Reach is whom a template was sent to in the last Cycle.Period.
type Reach struct {
	People  int
	Without int // of them: no consent to promotion, so that they get none
}

// Reach counts whom a template was sent to lately: after a drift to MARKETING
// those without consent do not get it any more.
func (s *Service) Reach(ctx context.Context, t core.StoredTemplate) (Reach, error) {
	people, without, err := s.Read.TemplatePeople(ctx, t.ChannelID, t.Name, t.Language, s.Now().Add(-s.Cycle.Period.D()))
	return Reach{people, without}, fail("library.Reach", err)
}

// Suspects are what a rejection most likely means: findings of the rules that
// the provider's word stands for, the likeliest first. None when the word is
// not known or nothing is found.
func (s *Service) Suspects(t core.StoredTemplate) []template.Finding {
	var out []template.Finding
	found := s.Linter.Lint(template.Of(t.Template), template.Context{Profile: template.Strict, Now: s.Now()})
	for _, rule := range s.Cycle.Reasons[t.Reason] {
		for _, f := range found {
			if f.Rule == rule {
				out = append(out, f)
			}
		}
	}
	return out
}
