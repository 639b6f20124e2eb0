package library_test

import (
	"testing"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
)

// A template is checked with its values just before it is sent: it must be in
// force, and each value one that the provider takes.
func TestCheck(t *testing.T) {
	d := newDesk(t)
	sale := form("sale")
	sale.Category = template.Marketing
	for _, v := range []struct {
		t     template.Template
		state core.TemplateState
	}{{form("ready"), core.TemplateApproved}, {form("late"), core.TemplatePaused}, {form("draft"), core.TemplateDraft}, {sale, core.TemplateApproved}} {
		row := d.draft(v.t)
		if err := d.mem.Write(t.Context(), func(tx core.Tx) error {
			row.State, row.ApprovedAt = v.state, noon
			return tx.SaveTemplate(&row)
		}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		values []string
		code   core.Code
		stop   library.Stop
		at     int // number of the value that is refused
	}{
		{"ready", []string{"Ana"}, "", "", 0},
		{"ready", nil, "", "", 0},
		{"ready", []string{"Ana", "two\nlines"}, core.LintFailed, "", 2},
		{"ready", []string{"https://bit.ly/x"}, core.LintFailed, "", 1},
		{"ready", []string{"a     b"}, core.LintFailed, "", 1},
		{"ready", []string{"\xff\xfe"}, "", "", 0},
		{"sale", []string{"20% di sconto"}, "", "", 0}, // warned of, not refused
		{"late", []string{"Ana"}, core.TemplateStopped, library.PausedThere, 0},
		{"draft", []string{"Ana"}, core.NotFound, "", 0},
		{"nobody", nil, core.NotFound, "", 0},
	} {
		err := d.Check(t.Context(), d.ch.ID, c.name, "it", c.values)
		if core.CodeOf(err) != c.code {
			t.Errorf("%s %q: %v, want %q", c.name, c.values, err, c.code)
			continue
		}
		if s := library.StoppedOf(err); s != nil && s.Why != c.stop || s == nil && c.stop != "" {
			t.Errorf("%s: stopped %+v, want %q", c.name, s, c.stop)
		}
		if r := library.RefusedOf(err); r != nil {
			if f := r.Findings[0]; f.Place.N != c.at || f.Severity != template.SevError {
				t.Errorf("%s %q: refused %+v, want value %d", c.name, c.values, f, c.at)
			}
		}
	}
}
