package library

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"reflect"
	"time"

	"bottega/core"
	"bottega/core/template"
)

// Span is a length of time with where it comes from.
type Span struct {
	Value  core.Duration `json:"value"`
	Source string        `json:"source"`
	Date   string        `json:"date"`
}

// D is the span's length.
func (s Span) D() time.Duration { return s.Value.D() }

// Figure is a number with where it comes from.
type Figure struct {
	Value  int    `json:"value"`
	Source string `json:"source"`
	Date   string `json:"date"`
}

// Cycle is the life of a template in figures, as data with their sources:
// assets/rules/templates.json.
type Cycle struct {
	Valid       Span `json:"valid"`        // after an approval; then the text is worth another look
	Remind      Span `json:"remind"`       // so long before
	Archive     Span `json:"archive"`      // without use, until the platform archives it
	ArchiveSoon Span `json:"archive_soon"` // so long before
	Review      Span `json:"review"`       // takes so long
	ReviewLate  Span `json:"review_late"`  // from when somebody should ask

	Prepared Figure `json:"prepared"`         // how many templates are worth having
	Approval Figure `json:"approval_percent"` // of those decided on, in general
	Share    Figure `json:"share_percent"`    // of templates among all messages, at most

	Period   Span `json:"period"`    // over which use is counted
	Replies  Span `json:"replies"`   // within which an answer counts as one
	Poll     Span `json:"poll"`      // the provider's list is read so often
	PollSoon Span `json:"poll_soon"` // and so often while something is awaited
	OpenFor  Span `json:"open_for"`  // until a submission that nobody answered counts as not taken

	// Reasons tells for each word of a rejection which rules it stands for, the
	// likeliest first.
	Reasons       map[string][]template.Rule `json:"reasons"`
	ReasonsSource string                     `json:"reasons_source"`
	ReasonsDate   string                     `json:"reasons_date"`
}

// LoadCycle reads templates.json below the tree of rules (assets.Rules()).
// InvalidInput for a file that cannot be used, with the cause.
func LoadCycle(rules fs.FS) (Cycle, error) {
	const op, name = "library.LoadCycle", "templates.json"
	b, err := fs.ReadFile(rules, name)
	if err != nil {
		return Cycle{}, core.Fail(core.NotFound, op, err)
	}
	var c Cycle
	if err := json.Unmarshal(b, &c); err != nil {
		return Cycle{}, core.Fail(core.InvalidInput, op, fmt.Errorf("%s: %w", name, err))
	}
	if err := c.check(); err != nil {
		return Cycle{}, core.Fail(core.InvalidInput, op, fmt.Errorf("%s: %w", name, err))
	}
	return c, nil
}

// check wants a positive value, a source and a date from each figure.
func (c *Cycle) check() error {
	v := reflect.ValueOf(*c)
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("json")
		var positive bool
		var source, date string
		switch f := v.Field(i).Interface().(type) {
		case Span:
			positive, source, date = f.Value > 0, f.Source, f.Date
		case Figure:
			positive, source, date = f.Value > 0, f.Source, f.Date
		default:
			continue
		}
		if !positive || source == "" {
			return fmt.Errorf("%s: no value or no source", name)
		}
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	switch {
	case c.Remind.D() >= c.Valid.D(), c.ArchiveSoon.D() >= c.Archive.D(), c.PollSoon.D() > c.Poll.D(), c.Share.Value > 100, c.Approval.Value > 100:
		return fmt.Errorf("figures that do not go together")
	case len(c.Reasons) == 0 || c.ReasonsSource == "":
		return fmt.Errorf("no reasons")
	}
	_, err := time.Parse(time.DateOnly, c.ReasonsDate)
	return err
}
