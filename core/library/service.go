package library

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bottega/core"
	"bottega/core/template"
)

// Service does what people ask of the library. Errors carry a core.Code,
// NotFound for what is not there among them. All fields but Profile, Deeds, Sample
// and Gateways are needed; without Gateways nothing can be submitted, synced or
// deleted at a provider. Safe for concurrent use.
type Service struct {
	Store    core.Writer
	Read     core.TemplateReader
	Channels core.ChannelStore
	Gateways core.Gateways
	Linter   *template.Linter
	Profile  func() template.Profile // nil means template.Strict
	Cycle    Cycle
	Rules    func() core.Rules
	Now      func() time.Time
	// Sample opens sample files of headers; nil where none can be read.
	Sample OpenSample
	// Deeds are told what stops a template, inside the transaction that stops
	// it: what sends templates by itself pauses there. Nil for none.
	Deeds Deeds
	// Notes keep when a list was last read; nil keeps it not.
	Notes core.SettingsStore
}

// Deeds are what sends templates by itself, such as campaigns.
type Deeds interface {
	// Stopped is called when a template stops being one that may be sent as it
	// was: why says what happened. After Drifted people without consent to
	// marketing must not get it any more.
	Stopped(tx core.Tx, t core.StoredTemplate, why Stop) error
}

// Stop is why a template may not be sent.
type Stop string

// The reasons, as ui/text knows them.
const (
	NotStopped  Stop = ""
	NotApproved Stop = "not_approved" // a draft, under review or rejected
	PausedThere Stop = "paused"       // by the provider, for its quality
	Disabled    Stop = "disabled"
	Archived    Stop = "archived"
	Gone        Stop = "gone"
	Drifted     Stop = "drifted" // the provider made it MARKETING; somebody has to look first
)

// StopOf says whether a version may be sent now.
func StopOf(t *core.StoredTemplate) Stop {
	switch t.State {
	case core.TemplateApproved:
		if t.Drift != "" {
			return Drifted
		}
		return NotStopped
	case core.TemplatePaused:
		return PausedThere
	case core.TemplateDisabled:
		return Disabled
	case core.TemplateArchived:
		return Archived
	case core.TemplateGone:
		return Gone
	}
	return NotApproved
}

// Refused is a submission that breaks rules; its code is LintFailed.
type Refused struct {
	Template core.StoredTemplate
	Findings []template.Finding // all of them, not the errors alone
}

func (e *Refused) Error() string { return fmt.Sprintf("%d findings", len(e.Findings)) }

// RefusedOf returns the refusal inside err, or nil.
func RefusedOf(err error) *Refused {
	if e, ok := errors.AsType[*Refused](err); ok {
		return e
	}
	return nil
}

// Stopped is a template that was asked for and may not be sent; its code is
// TemplateStopped.
type Stopped struct {
	Name, Language string
	Why            Stop
}

func (e *Stopped) Error() string { return string(e.Why) }

// StoppedOf returns the reason inside err, or nil.
func StoppedOf(err error) *Stopped {
	if e, ok := errors.AsType[*Stopped](err); ok {
		return e
	}
	return nil
}

// fail gives err the operation's name, unless it is nil.
func fail(op string, err error) error {
	if err == nil {
		return nil
	}
	return core.Fail(core.CodeOf(err), op, err)
}

func conflict(op, format string, args ...any) error {
	return core.Fail(core.Conflict, op, fmt.Errorf(format, args...))
}

func changed(tx core.Tx, t *core.StoredTemplate) {
	tx.Changed(core.Change{Kind: core.Templates, ID: t.ChannelID})
}

// Lint judges a version against the whole library, as a submission is judged.
func (s *Service) Lint(ctx context.Context, t core.StoredTemplate) ([]template.Finding, error) {
	all, err := s.Read.StoredTemplates(ctx, core.TemplateQuery{All: true})
	if err != nil {
		return nil, fail("library.Lint", err)
	}
	return s.lint(&t, all), nil
}

// lint compares with what is current in the same channel; a template's own
// other versions are no duplicates of it.
func (s *Service) lint(t *core.StoredTemplate, all []core.StoredTemplate) []template.Finding {
	c := template.Context{Profile: s.profile(), Now: s.Now()}
	var others []template.Template
	for _, o := range all {
		switch {
		case o.ChannelID != t.ChannelID || o.SameText(t):
		case o.State == core.TemplateGone:
			c.Deleted = append(c.Deleted, template.Deleted{Name: o.Name, At: o.DecidedAt})
		case o.State != core.TemplateReplaced && o.State != core.TemplateDraft:
			others = append(others, template.Of(o.Template))
		}
	}
	c.Library = template.NewLibrary(others)
	return s.Linter.Lint(template.Of(t.Template).Submitted(), c)
}

func (s *Service) profile() template.Profile {
	if s.Profile == nil {
		return template.Strict
	}
	return s.Profile()
}
