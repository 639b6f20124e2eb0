package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/text"
)

type templateJSON struct {
	ID         string             `json:"id"`
	Name       string             `json:"name,omitempty"`
	Language   string             `json:"language,omitempty"`
	Category   string             `json:"category,omitempty"`
	Channel    string             `json:"channel,omitempty"`
	Version    int                `json:"version"`
	State      core.TemplateState `json:"state"`
	Status     string             `json:"status,omitempty"` // the provider's word
	ProviderID string             `json:"provider_id,omitempty"`
	Quality    string             `json:"quality,omitempty"`
	Reason     string             `json:"reason,omitempty"`
	Detail     string             `json:"detail,omitempty"`
	Sendable   bool               `json:"sendable"`
	Stop       library.Stop       `json:"stop,omitempty"` // why it may not be sent
	Wanted     string             `json:"wanted,omitempty"`
	Drift      string             `json:"drift,omitempty"`
	Correct    string             `json:"correct,omitempty"`
	Family     string             `json:"family,omitempty"`
	Role       core.TemplateRole  `json:"role,omitempty"`
	Author     string             `json:"author,omitempty"`
	Created    *time.Time         `json:"created,omitempty"`
	Submitted  *time.Time         `json:"submitted,omitempty"`
	Decided    *time.Time         `json:"decided,omitempty"`
	Approved   *time.Time         `json:"approved,omitempty"`
	ValidUntil *time.Time         `json:"valid_until,omitempty"`
	Validity   library.Due        `json:"validity"`
	ReviewBy   *time.Time         `json:"review_by,omitempty"`
	Review     library.Due        `json:"review"`
	ArchivedAt *time.Time         `json:"archived_at,omitempty"`
	Use        useJSON            `json:"use"`
	Errors     int                `json:"errors"`
	Warnings   int                `json:"warnings"`
	Kind       int                `json:"of_one_kind,omitempty"`
	Text       json.RawMessage    `json:"text"` // the flat form that lint reads
}

type useJSON struct {
	Sent      int        `json:"sent"`
	Delivered int        `json:"delivered"`
	Read      int        `json:"read"`
	Replied   int        `json:"replied"`
	Failed    int        `json:"failed"`
	Last      *time.Time `json:"last,omitempty"`
}

func templateShape(e *library.Entry, channels map[int64]string) templateJSON {
	// A Template marshals without fail: it is texts and numbers.
	written, _ := json.Marshal(template.Of(e.Template))
	decided := at(e.DecidedAt)
	if e.State.Waiting() { // then it is when the review began
		decided = nil
	}
	return templateJSON{
		ID: id(e.ID), Name: e.Name, Language: e.Language, Category: e.Category, Channel: channels[e.ChannelID], Version: e.Version, State: e.State,
		Status: e.Status, ProviderID: e.Template.ID, Quality: e.Quality, Reason: e.Reason, Detail: e.Detail, Sendable: e.Stop == library.NotStopped,
		Stop: e.Stop, Wanted: e.Wanted, Drift: e.Drift, Correct: e.Correct, Family: e.Family, Role: e.Role, Author: e.Author,
		Created: at(e.CreatedAt), Submitted: at(e.SubmittedAt), Decided: decided, Approved: at(e.ApprovedAt),
		ValidUntil: at(e.ValidUntil), Validity: e.Validity, ReviewBy: at(e.ReviewUntil), Review: e.Review, ArchivedAt: at(e.ArchivedAt),
		Use:    useJSON{e.Use.Sent, e.Use.Delivered, e.Use.Read, e.Use.Replied, e.Use.Failed, at(e.Use.LastAt)},
		Errors: e.Errors, Warnings: e.Warnings, Kind: e.Kind, Text: written,
	}
}

// shownJSON is `template show --json`.
type shownJSON struct {
	templateJSON
	Findings []findingJSON `json:"findings"`
	Suspects []findingJSON `json:"suspects,omitempty"` // what a rejection most likely means
	Reach    *reachJSON    `json:"reach,omitempty"`    // of one that the provider made MARKETING
}

// reachJSON is whom a template was sent to lately, and who of them may not get
// promotion.
type reachJSON struct {
	People  int `json:"people"`
	Without int `json:"without_consent"`
}

// touched counts whom a drift touches; nil for a template that has not drifted.
func (a *app) touched(ctx context.Context, l *library.Service, t *core.StoredTemplate) (*reachJSON, error) {
	if t.Drift == "" {
		return nil, nil
	}
	r, err := l.Reach(ctx, *t)
	return &reachJSON{r.People, r.Without}, err
}

// printTemplate writes one version with all that is known of it.
func (a *app) printTemplate(ctx context.Context, s *Shop, l *library.Service, t core.StoredTemplate) error {
	o, err := l.Overview(ctx, core.TemplateQuery{Channel: t.ChannelID, Name: t.Name, Language: t.Language, All: true})
	if err != nil {
		return err
	}
	i := slices.IndexFunc(o.Entries, func(e library.Entry) bool { return e.ID == t.ID })
	if i < 0 {
		return core.Fail(core.NotFound, "cli.template", nil) // deleted in this moment
	}
	e := &o.Entries[i]
	found, err := l.Lint(ctx, t)
	if err != nil {
		return err
	}
	names, err := channelNames(ctx, s)
	if err != nil {
		return err
	}
	var suspects []template.Finding
	if t.State == core.TemplateRejected {
		suspects = l.Suspects(t)
	}
	reach, err := a.touched(ctx, l, &t)
	if err != nil {
		return err
	}
	if a.g.JSON {
		return a.printJSON(shownJSON{templateShape(e, names), a.findingShapes(found), a.findingShapes(suspects), reach})
	}
	lines := []string{kit.CleanLine(cmp.Or(t.Name, "–")) + "  " + kit.CleanLine(t.Language) + "  " + strings.Join(a.entryFacts(e), " · "), ""}
	lines = append(lines, a.previewLines(template.Of(t.Template))...)
	lines = append(lines, a.rejection(&t, suspects)...)
	if e.Stop != library.NotStopped && e.Stop != library.NotApproved {
		lines = append(lines, "", a.w.Stopped(string(e.Stop)))
	}
	if reach != nil {
		lines = append(lines, "", a.w.N(text.LibraryReach, reach.People, "Without", a.w.Num(reach.Without)))
	}
	if len(found) > 0 {
		lines = append(lines, "")
	}
	lines = append(lines, a.findingLines(found)...)
	return a.println(strings.TrimRight(strings.Join(lines, "\n"), "\n"))
}

// previewLines are what the customer reads, samples filled in.
func (a *app) previewLines(t template.Template) []string {
	plain := func(rs []template.Run) string {
		var b strings.Builder
		for _, r := range rs {
			b.WriteString(r.Text)
		}
		return b.String()
	}
	p := t.Preview()
	var out []string
	add := func(s string) {
		for line := range strings.Lines(s) {
			out = append(out, "  "+kit.CleanLine(strings.TrimRight(line, "\r\n")))
		}
	}
	if p.Format != "" && p.Format != template.HeaderText {
		add("[" + strings.ToLower(p.Format) + "]")
	}
	add(plain(p.Header))
	add(plain(p.Body))
	add(p.Footer)
	for _, b := range p.Buttons {
		add("[ " + strings.TrimSpace(b.Text+" "+b.URL+b.Phone) + " ]")
	}
	return out
}

// rejection says why the provider refused a version, and what it most likely means.
func (a *app) rejection(t *core.StoredTemplate, suspects []template.Finding) []string {
	if t.State != core.TemplateRejected {
		if t.Detail == "" {
			return nil
		}
		return []string{"", kit.CleanLine(t.Detail)}
	}
	out := []string{"", a.w.Rejection(t.Reason)}
	if t.Detail != "" {
		out = append(out, kit.CleanLine(t.Detail))
	}
	if len(suspects) > 0 {
		out = append(out, a.w.T(text.LibrarySuspects))
		out = append(out, a.findingLines(suspects[:min(3, len(suspects))])...)
	}
	return append(out, a.w.T(text.LibraryAgain, "Name", clip(t.Name), "Language", clip(t.Language)))
}

// findingLines are findings without a file: severity, rule, place, message.
func (a *app) findingLines(found []template.Finding) []string {
	var out []string
	for _, f := range found[:min(mostLines, len(found))] {
		message, hint := a.w.Finding(string(f.Rule), f.Params)
		out = append(out, string(f.Severity)+" "+string(f.Rule)+" ("+f.Place.String()+") "+kit.CleanLine(strings.TrimSpace(message+" "+hint)))
	}
	return out
}
