package templates

import (
	"strconv"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/library"
	"bottega/core/template"
	"bottega/ui/kit"
	"bottega/ui/phone"
	"bottega/ui/text"
	"bottega/ui/theme"
)

const rowLines = 2

// brush is what drawing needs; it is made anew for each frame.
type brush struct {
	*theme.Styles
	words *text.Words
	now   time.Time
}

func (p *Pane) brush() *brush {
	return &brush{Styles: p.env.Theme, words: p.env.Words, now: p.env.Now()}
}

func (b *brush) look() phone.Look {
	return phone.Look{Styles: b.Styles, Words: b.words, Clock: b.words.Clock(b.now)}
}

// sign is how a state shows: shape, word and colour.
type sign struct {
	shape string
	word  text.K
	ink   kit.Ink
}

func (b *brush) sign(s core.TemplateState) sign {
	switch s {
	case core.TemplateDraft:
		return sign{"○", text.TplDraft, b.Muted}
	case core.TemplateSubmitted:
		return sign{"◔", text.TplSubmitted, b.Info}
	case core.TemplatePending:
		return sign{"◑", text.TplPending, b.Soon}
	case core.TemplateApproved:
		return sign{"●", text.TplApproved, b.Good}
	case core.TemplateRejected:
		return sign{"✗", text.TplRejected, b.Bad}
	case core.TemplatePaused:
		return sign{"‖", text.TplPaused, b.Late}
	case core.TemplateDisabled:
		return sign{"⊘", text.TplDisabled, b.Bad}
	case core.TemplateArchived:
		return sign{"▫", text.TplArchived, b.Faint}
	case core.TemplateReplaced:
		return sign{"◌", text.TplReplaced, b.Faint}
	case core.TemplateGone:
		return sign{"∅", text.TplGone, b.Faint}
	}
	return sign{"?", text.TplUnknown, b.Faint}
}

// state draws shape and word.
func (b *brush) state(s core.TemplateState) string {
	g := b.sign(s)
	return g.ink.Render(g.shape + " " + b.words.T(g.word))
}

// category names a category.
func (b *brush) category(c string) string {
	switch c {
	case template.Marketing:
		return b.words.T(text.TplMarketing)
	case template.Utility:
		return b.words.T(text.TplUtility)
	case template.Authentication:
		return b.words.T(text.TplAuthentication)
	case "":
		return b.words.T(text.TplNoCategory)
	}
	return kit.CleanLine(c)
}

// quality draws the provider's rating, "" while there is none.
func (b *brush) quality(q string) string {
	switch core.Quality(strings.ToLower(q)) {
	case core.QualityGreen:
		return b.Good.Render("● " + b.words.T(text.QualityGreen))
	case core.QualityYellow:
		return b.Soon.Render("◐ " + b.words.T(text.QualityYellow))
	case core.QualityRed:
		return b.Bad.Render("▲ " + b.words.T(text.QualityRed))
	}
	return ""
}

// role names the place in a family.
func (b *brush) role(r core.TemplateRole) string {
	switch r {
	case core.RoleStandard:
		return b.words.T(text.TplStandard)
	case core.RoleAdvanced:
		return b.words.T(text.TplAdvanced)
	case core.RoleEmergency:
		return b.words.T(text.TplEmergency)
	}
	return ""
}

// validity draws how long a template is still fresh, "" for one that was
// never approved.
func (b *brush) validity(it *item) string {
	left := it.daysLeft(b.now)
	switch it.Validity {
	case library.DueNone:
		return ""
	case library.DueOver:
		return b.Late.Render("◌ " + b.words.N(text.TplOver, -left))
	case library.DueSoon:
		return b.Soon.Render("◔ " + b.words.N(text.TplLeft, left))
	}
	return b.Faint.Render(b.words.N(text.TplLeft, left))
}

// row is a template in the list.
type row struct {
	p  *Pane
	it *item
}

// Key is the row's id.
func (r row) Key() int64 { return r.it.ID }

// Rev is the load that it came with.
func (r row) Rev() int64 { return r.it.gen }

// Draw draws its two lines.
func (r row) Draw(w int, st kit.RowState) []string {
	b, it := r.p.brush(), r.it
	if w < 8 {
		return []string{kit.Fit(kit.CleanLine(it.Name), w), ""}
	}
	mark, ground := "  ", kit.Ink{}
	if st.Cursor {
		mark, ground = b.Accent.Render("▌ "), b.Panel
		if st.Focus {
			ground = b.Select
		}
	}
	inner := w - 3
	name := b.Strong.Render(kit.CleanLine(it.Name)) + " " + b.Tag.Render(kit.CleanLine(it.Language))
	if it.Version > 1 {
		name += " " + b.Faint.Render("v"+strconv.Itoa(it.Version))
	}
	state := b.state(it.State)
	if it.Stop == library.Drifted { // approved, and yet nobody may send it
		state = b.Late.Render("⇄ " + b.words.T(text.TplMoved))
	}
	tail := b.tail(it)
	return []string{
		ground.Line(mark+kit.Ends(name, state, inner)+" ", w),
		ground.Line(mark+kit.Ends(b.second(it, inner-kit.Width(tail)-1), tail, inner)+" ", w),
	}
}

// second is the left of a row's second line: category, place in the family,
// quality, use; what does not fit into w cells is left out.
func (b *brush) second(it *item, w int) string {
	parts := []string{b.Faint.Render(b.category(it.Category)), b.quality(it.Quality)}
	if it.Use.Sent > 0 {
		parts = append(parts, b.Faint.Render(b.words.N(text.TplSent, it.Use.Sent)))
		if read, ok := it.readShare(); ok {
			parts = append(parts, b.Faint.Render(b.words.T(text.TplReadShare, "Share", b.words.Percent(read))))
		}
	}
	parts = append(parts, b.Faint.Render(b.role(it.Role)))
	out, dot := "", ""
	for _, s := range parts {
		if n := kit.Width(s); n > 0 && (out == "" || kit.Width(out)+n+3 <= w) {
			out += dot + s
			dot = b.Faint.Render(" · ")
		}
	}
	return out
}

// tail is its right: what is wrong with a draft, days left of an approved
// one, else how long it has been so.
func (b *brush) tail(it *item) string {
	if !it.State.Submitted() || it.State == core.TemplateRejected {
		if s := b.tally(it.found); s != "" {
			return s
		}
	}
	if it.State == core.TemplateApproved {
		return b.validity(it)
	}
	if at := it.since(); !at.IsZero() {
		return b.Faint.Render(b.words.Short(b.now.Sub(at)))
	}
	return ""
}

// tally counts findings by severity: "✗2 !1 ·3".
func (b *brush) tally(fs []template.Finding) string {
	var n [3]int
	for i := range fs {
		n[rank(fs[i].Severity)]++
	}
	s := ""
	for i, g := range []struct {
		shape string
		ink   kit.Ink
	}{{"✗", b.Bad}, {"!", b.Soon}, {"·", b.Faint}} {
		if n[i] == 0 {
			continue
		}
		if s != "" {
			s += " "
		}
		s += g.ink.Render(g.shape + b.words.Num(n[i]))
	}
	return s
}

// rank orders severities, worst first.
func rank(s template.Severity) int {
	switch s {
	case template.SevError:
		return 0
	case template.SevWarning:
		return 1
	}
	return 2
}

// severity is shape and colour of a finding.
func (b *brush) severity(s template.Severity) (string, kit.Ink) {
	switch s {
	case template.SevError:
		return "✗", b.Bad
	case template.SevWarning:
		return "!", b.Soon
	}
	return "·", b.Muted
}
