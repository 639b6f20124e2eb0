package templates

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/text"
	"bottega/ui/theme"
)

// State is never told by colour alone: each has a shape and a word of its own,
// in every language.
func TestStatesDiffer(t *testing.T) {
	langs, err := text.Languages()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range langs {
		b := newPane(t, theme.Plain(), lang).brush()
		seen := map[string]core.TemplateState{}
		for _, s := range states {
			full := b.state(s)
			shape, word, ok := strings.Cut(full, " ")
			if !ok || kit.Width(shape) != 1 {
				t.Errorf("%s %s is drawn as %q", lang, s, full)
			}
			for _, k := range []string{shape, word} {
				if other, ok := seen[k]; ok {
					t.Errorf("%s: %s and %s share %q", lang, s, other, k)
				}
				seen[k] = s
			}
		}
	}
}

func shelved(s core.TemplateState, change func(*item)) *item {
	it := &item{Entry: library.Entry{Validity: library.DueNone, Archive: library.DueNone, Review: library.DueNone}}
	it.State = s
	if change != nil {
		change(it)
	}
	return it
}

func TestValidity(t *testing.T) {
	b := newPane(t, theme.Plain(), "en").brush()
	for _, c := range []struct {
		due  library.Due
		left time.Duration
		want string
	}{
		{library.DueNone, 0, ""}, {library.DueOK, 40 * 24 * time.Hour, "40 days left"}, {library.DueOK, 39*24*time.Hour + time.Hour, "40 days left"},
		{library.DueSoon, 24 * time.Hour, "◔ 1 day left"}, {library.DueSoon, time.Hour, "◔ 1 day left"}, {library.DueOver, -3 * 24 * time.Hour, "◌ over for 3 days"},
		{library.DueOver, -25 * time.Hour, "◌ over for 1 day"},
	} {
		it := shelved(core.TemplateApproved, func(it *item) { it.Validity, it.ValidUntil = c.due, noon.Add(c.left) })
		if got := b.validity(it); got != c.want {
			t.Errorf("%s after %s: %q, want %q", c.due, c.left, got, c.want)
		}
	}
}

// What asks for a hand comes first.
func TestUrgency(t *testing.T) {
	drift := func(it *item) { it.Drift = template.Utility }
	for _, c := range []struct {
		it   *item
		want int
	}{
		{shelved(core.TemplateRejected, nil), 0}, {shelved(core.TemplatePaused, nil), 0}, {shelved(core.TemplateDisabled, nil), 0}, {shelved(core.TemplateApproved, drift), 0},
		{shelved(core.TemplateApproved, func(it *item) { it.Validity = library.DueSoon }), 1}, {shelved(core.TemplateApproved, func(it *item) { it.Validity = library.DueOver }), 1},
		{shelved(core.TemplatePending, func(it *item) { it.Review = library.DueOver }), 1}, {shelved(core.TemplateDraft, nil), 2},
		{shelved(core.TemplateSubmitted, nil), 3}, {shelved(core.TemplatePending, nil), 3}, {shelved(core.TemplateApproved, nil), 4}, {shelved(core.TemplateArchived, nil), 5},
	} {
		if got := urgency(&c.it.Entry); got != c.want {
			t.Errorf("%s %+v: %d, want %d", c.it.State, c.it.Validity, got, c.want)
		}
	}
}

func TestTally(t *testing.T) {
	b := newPane(t, theme.Plain(), "en").brush()
	fs := []template.Finding{{Severity: template.SevError}, {Severity: template.SevHint}, {Severity: template.SevError}, {Severity: template.SevWarning}}
	for _, c := range []struct {
		fs   []template.Finding
		want string
	}{{nil, ""}, {fs, "✗2 !1 ·1"}, {fs[1:2], "·1"}, {fs[2:3], "✗1"}} {
		if got := b.tally(c.fs); got != c.want {
			t.Errorf("%d findings: %q, want %q", len(c.fs), got, c.want)
		}
	}
}

// The second line holds as many facts as fit, each whole.
func TestSecondLine(t *testing.T) {
	b := newPane(t, theme.Plain(), "en").brush()
	it := shelved(core.TemplateApproved, func(it *item) {
		it.Category, it.Quality, it.Role = template.Utility, "GREEN", core.RoleStandard
		it.Use = core.TemplateUse{Sent: 412, Delivered: 400, Read: 300}
	})
	for w, want := range map[int]string{
		80: "Utility · ● GREEN · 412 sent · 75% read · standard", 40: "Utility · ● GREEN · 412 sent · 75% read", 30: "Utility · ● GREEN · 412 sent",
		20: "Utility · ● GREEN", 10: "Utility", 3: "Utility",
	} {
		if got := b.second(it, w); got != want {
			t.Errorf("%d cells: %q, want %q", w, got, want)
		}
	}
}

func TestGauge(t *testing.T) {
	b := newPane(t, theme.Plain(), "en").brush()
	for _, c := range []struct {
		sent, all int
		want      string
	}{{0, 0, ""}, {31, 100, "✓ templates 31%, good below 40%"}, {40, 100, "! templates 40%, good below 40%"}, {100, 100, "! templates 100%, good below 40%"}} {
		if got := b.gauge(&shelf{figures: library.Overview{Sent: c.sent, Messages: c.all, ShareMax: 40}}); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.sent, c.all, got, c.want)
		}
	}
}

// The card says in words what went wrong, what it most likely means, and how
// the template is used.
func TestCard(t *testing.T) {
	b := newPane(t, theme.Plain(), "en").brush()
	for _, c := range []struct {
		name string
		it   *item
		want []string
		not  []string
	}{
		{"refused", shelved(core.TemplateRejected, func(it *item) {
			it.Reason, it.Detail = "SCAM", "links look odd"
			it.suspects = []template.Finding{{Rule: "url-shortener", Place: template.Place{Part: template.PartBody}, Params: map[string]string{"host": "bit.ly"}}}
		}), []string{"✗ refused", "looks like fraud", "“links look odd”", "→ most likely: Body: bit.ly hides"}, nil},
		{"refused without a reason", shelved(core.TemplateRejected, nil), []string{"without a reason"}, []string{"most likely"}},
		{"paused", shelved(core.TemplatePaused, nil), []string{"‖ paused", "customers blocked or reported it"}, nil},
		{"switched off", shelved(core.TemplateDisabled, nil), []string{"⊘ switched off", "for good"}, nil},
		{"drifted", shelved(core.TemplateApproved, func(it *item) { it.Category, it.Drift = template.Marketing, template.Utility }), []string{"moved it from Utility to Marketing"}, nil},
		{"will drift", shelved(core.TemplateApproved, func(it *item) { it.Category, it.Correct = template.Utility, template.Marketing }), []string{"is going to move it to Marketing"}, nil},
		{"not taken", shelved(core.TemplateDraft, func(it *item) { it.Detail = "2388023 locked" }), []string{"did not take it: 2388023 locked"}, nil},
		{"review late", shelved(core.TemplatePending, func(it *item) { it.Review, it.ReviewUntil = library.DueOver, noon.Add(-time.Hour) }), []string{"Decision by", "ask the provider"}, nil},
		{"in review", shelved(core.TemplatePending, func(it *item) { it.Review, it.ReviewUntil = library.DueOK, noon.Add(time.Hour) }), []string{"Decision by", "13:00"}, []string{"ask the provider"}},
		{"hardly used", shelved(core.TemplateApproved, func(it *item) { it.Archive, it.ArchivedAt = library.DueSoon, noon.AddDate(0, 0, 5) }), []string{"archived if unused", "29 Nov"}, nil},
		{"used", shelved(core.TemplateApproved, func(it *item) {
			it.Use, it.share = core.TemplateUse{Sent: 200, Delivered: 190, Read: 100, Replied: 20, Failed: 10}, 0.25
		}),
			[]string{"Use in 30 days", "sent", "200", "95%", "50%", "10%", "failed", "of all messages", "25%"}, nil},
		{"checked", shelved(core.TemplateDraft, func(it *item) {
			it.found = []template.Finding{{Rule: "url-shortener", Severity: template.SevError, Place: template.Place{Part: template.PartButton, N: 2}, Params: map[string]string{"host": "t.ly"}}, {Rule: "name-missing", Severity: template.SevHint, Place: template.Place{Part: template.PartBody}}}
		}), []string{"Check", "✗1 ·1", "✗ Button 2: t.ly hides", "· Body:"}, nil},
		{"approved with hints", shelved(core.TemplateApproved, func(it *item) {
			it.found = []template.Finding{{Rule: "name-missing", Severity: template.SevHint, Place: template.Place{Part: template.PartBody}}}
		}), nil, []string{"Check", "· Body"}},
	} {
		got := ansi.Strip(strings.Join(b.card(c.it, 80, 30), "\n"))
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", c.name, w, got)
			}
		}
		for _, w := range c.not {
			if strings.Contains(got, w) {
				t.Errorf("%s: %q in\n%s", c.name, w, got)
			}
		}
	}
}

func TestPlaces(t *testing.T) {
	b := newPane(t, theme.Plain(), "en").brush()
	for want, p := range map[string]template.Place{
		"Name": {Part: template.PartName}, "Language": {Part: template.PartLanguage}, "Category": {Part: template.PartCategory}, "Header": {Part: template.PartHeader},
		"Body": {Part: template.PartBody}, "Footer": {Part: template.PartFooter}, "Buttons": {Part: template.PartButton}, "Button 3": {Part: template.PartButton, N: 3}, "Sample 2": {Part: template.PartSample, N: 2},
	} {
		if got := b.place(p); got != want {
			t.Errorf("%v is called %q, want %q", p, got, want)
		}
	}
}
