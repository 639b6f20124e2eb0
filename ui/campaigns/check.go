package campaigns

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// twoSheets is the width from which the preflight card has two columns.
const twoSheets = 96

// The lines of the check that can be chosen: the start, then each reason for
// which people are left out.

// chosenReason is the reason under the cursor, false on the start.
func (w *wizard) chosenReason() (campaign.Exclusion, bool) {
	if w.report == nil {
		return campaign.Exclusion{}, false
	}
	w.cur[stepCheck] = max(0, min(w.cur[stepCheck], len(w.report.Excluded)))
	if i := w.cur[stepCheck] - 1; i >= 0 {
		return w.report.Excluded[i], true
	}
	return campaign.Exclusion{}, false
}

func (w *wizard) moveCheck(n int) tea.Cmd {
	if w.report == nil {
		return nil
	}
	next := w.cur[stepCheck] + n
	if next < 0 || next > len(w.report.Excluded) { // beyond the last the card scrolls
		w.scroll(n)
		return nil
	}
	w.cur[stepCheck], w.reveal = next, true
	return nil
}

// scroll moves the card; drawing knows its end.
func (w *wizard) scroll(n int) { w.top = max(0, w.top+n) }

// chooseCheck starts, or names those who are left out for a reason.
func (w *wizard) chooseCheck() tea.Cmd {
	switch {
	case w.missing() != "":
		return w.mend()
	case w.report == nil:
		return w.plan()
	}
	if x, ok := w.chosenReason(); ok {
		var ids []int64
		for id := range w.report.Out(x.Reason) {
			if len(ids) == maxNames {
				break
			}
			ids = append(ids, id)
		}
		return w.p.showNames(w.p.brush().why(x.Reason), ids, x.N)
	}
	if why := needStart(w.p); why != "" {
		return w.p.refuse(why)
	}
	return w.askStart()
}

func (w *wizard) clickCheck(y int) tea.Cmd {
	if y < 0 || y >= len(w.drawn) || w.drawn[y] < 0 {
		return nil
	}
	again := w.cur[stepCheck] == w.drawn[y]
	if w.cur[stepCheck] = w.drawn[y]; again {
		return w.chooseCheck()
	}
	return nil
}

// checkLines draws the preflight card.
func (w *wizard) checkLines(b *brush, width, h int) []string {
	if why := w.missing(); why != "" {
		return kit.Pad(b.message(b.words.T(why), b.words.T(text.CampMissHint), width, h, b.Soon), width, h)
	}
	switch {
	case w.planErr != nil:
		why, hint := b.words.Error(w.planErr)
		return kit.Pad(b.message(why, hint, width, h, b.Bad), width, h)
	case w.report == nil && w.p.env.ReadOnly && !w.planning:
		return kit.Pad(b.message(b.words.T(text.CampOffReadOnly), "", width, h, b.Soon), width, h)
	case w.report == nil:
		return kit.Pad(b.message(b.words.T(text.CampPlanning), "", width, h, b.Accent), width, h)
	}
	left, right := &sheet{w: width}, &sheet{w: width}
	if width >= twoSheets {
		left.w = width / 2
		right.w = width - left.w
	}
	w.checkWho(b, left)
	b.checkCost(w.report, left)
	w.checkTime(b, right)
	b.checkMarks(w.report, right)
	return w.sheets(b, left, right, width, h)
}

// sheets puts the two halves beside or below each other and marks the chosen line.
func (w *wizard) sheets(b *brush, left, right *sheet, width, h int) []string {
	at := make([]int, len(left.lines))
	for i := range at {
		at[i] = -1
	}
	y := 0
	for i, t := range left.things {
		at[t.line] = i
		if i == w.cur[stepCheck] {
			y = t.line
			left.lines[y] = b.Select.Line(b.Accent.Render("▌")+strings.TrimPrefix(left.lines[y], " "), left.w)
		}
	}
	all := left.lines
	if width >= twoSheets {
		n := max(len(left.lines), len(right.lines))
		all = kit.Zip(kit.Pad(left.lines, left.w, n), kit.Pad(right.lines, right.w, n))
	} else {
		all = append(all, right.lines...)
	}
	for len(at) < len(all) {
		at = append(at, -1)
	}
	if w.reveal {
		w.top = max(min(w.top, y), y-h+1)
		w.reveal = false
	}
	w.top = max(0, min(w.top, len(all)-h))
	w.drawn = at[w.top:]
	return kit.Pad(all[w.top:min(len(all), w.top+h)], width, h)
}

// checkWho says whether it may start, who gets it, and who does not and why.
func (w *wizard) checkWho(b *brush, s *sheet) {
	r, t := w.report, b.words
	s.things = append(s.things, thing{line: len(s.lines)})
	if len(r.Refusals) == 0 {
		word := t.N(text.CampStartLine, r.Included)
		if w.planning {
			word = t.T(text.CampPlanning)
		}
		s.add(b.Good.Render("▸ ") + b.Strong.Render(word))
	} else {
		s.add(b.Bad.Render("✗ " + t.T(text.CampCannotStart)))
	}
	for i := range r.Refusals {
		x := &r.Refusals[i]
		s.wrap(b.Bad, "  ", b.refusal(x))
		s.wrap(b.Faint, "  ", b.source(x.Source, x.Date))
	}
	s.add("", b.Strong.Render(t.N(text.CampIncluded, r.Included))+b.Muted.Render(" "+t.T(text.CampOfMatched, "All", t.Num(r.Matched))))
	for _, f := range r.Forms {
		s.add(b.Muted.Render("  "+kit.FitRight(t.Num(f.N), 7)+"  ") + b.Text.Render(kit.CleanLine(f.Template)) + " " + b.Tag.Render(kit.CleanLine(f.Language)))
	}
	if len(r.Excluded) == 0 {
		s.add(b.Good.Render("✓ " + t.T(text.CampNobodyOut)))
		return
	}
	s.add(b.Muted.Render(t.T(text.CampExcluded)))
	for _, x := range r.Excluded {
		s.things = append(s.things, thing{line: len(s.lines), skip: x.Reason})
		s.add(b.Soon.Render("– ") + b.Text.Render(kit.FitRight(t.Num(x.N), 7)) + "  " + b.Text.Render(b.why(x.Reason)))
	}
}

// estimate writes what a campaign may cost.
func (b *brush) estimate(e *ledger.Estimate) string {
	if e.Low.Currency == "" {
		return ""
	}
	s := b.words.Sum(e.Low)
	if high := b.words.Sum(e.High); high != s {
		s = b.words.T(text.CampRange, "Low", s, "High", high)
	}
	if e.FeeHigh.Currency != "" && !zero(e.FeeHigh.Amount) {
		s += " " + b.words.T(text.CampFee, "Fee", b.words.Sum(e.FeeHigh))
	}
	return s
}

// zero reports whether a decimal amount is nothing.
func zero(amount string) bool { return strings.Trim(amount, "0.-") == "" }

// checkCost says what it will cost, by which card, and what is left of limits.
func (b *brush) checkCost(r *campaign.Report, s *sheet) {
	t := b.words
	s.head(b, text.CampCost)
	if cost := b.estimate(&r.Cost); cost != "" {
		s.add(b.Strong.Render(cost))
		s.wrap(b.Faint, "", t.T(text.CampCard, "From", t.Date(r.Cost.CardFrom), "Source", b.source(r.Cost.CardSource, "")))
	}
	if n := r.Cost.Unpriced; n > 0 {
		s.wrap(b.Soon, "! ", t.N(text.CampUnpriced, n))
	}
	free := 0
	for _, l := range r.Cost.Lines {
		free += l.Free
	}
	if free > 0 {
		s.add(b.Good.Render("✓ ") + b.Text.Render(t.N(text.CampFree, free)))
	}
	if x := r.SMS; x != nil {
		s.wrap(b.Muted, "", t.TextsPlanned(x.Parts, x.Each, x.Most, x.Known))
	}
	for _, q := range r.Quotas {
		if q.Free > 0 {
			s.wrap(b.Muted, "", t.T(text.CampQuota, "Left", t.Num(q.Left), "Free", t.Num(q.Free), "Resets", t.Day(q.Resets, b.now)))
		}
	}
}

// startTime says when the first and the last message will leave.
func (b *brush) startTime(r *campaign.Report) string {
	o, t := &r.Outlook, b.words
	if o.End.IsZero() {
		return ""
	}
	from, to := t.When(o.Start, b.now), t.When(o.End, b.now)
	if from == to {
		return t.T(text.CampWithin, "From", from)
	}
	return t.T(text.CampFromTo, "From", from, "To", to)
}

// pausesShown is how many breaks of a campaign the card names.
const pausesShown = 6

// checkTime says how fast it goes, what limits it, and when it pauses.
func (w *wizard) checkTime(b *brush, s *sheet) {
	r, t := w.report, b.words
	s.head(b, text.CampTime)
	if said := b.startTime(r); said != "" {
		s.add(b.Strong.Render(said))
	}
	s.add(b.Muted.Render(b.schedule(w.c.Schedule) + " · " + t.N(text.CampPerMinute, r.Limits.PerMinute)))
	if n := r.Limits.PerHour; n > 0 {
		s.add(b.Muted.Render(t.N(text.CampPerHour, n)))
	}
	if n := r.Limits.PerDayCap; n > 0 {
		s.add(b.Muted.Render(t.N(text.CampWarmUp, n)))
	}
	if r.Left >= 0 {
		s.add(b.Muted.Render(t.N(text.CampLeft, r.Left)))
	} else {
		s.add(b.Muted.Render(t.T(text.CampNoDayLimit)))
	}
	pauses := r.Outlook.Pauses
	for i, x := range pauses {
		if i == pausesShown {
			break
		}
		s.add(b.Soon.Render("◔ ") + b.Text.Render(t.When(x.From, b.now)+" – "+t.When(x.Until, b.now)) + "  " + b.Muted.Render(t.Holds(string(x.Reason), time.Time{}, b.now)))
	}
	if more := len(pauses) - pausesShown + r.Outlook.MoreBreaks; more > 0 {
		s.add(b.Faint.Render(t.N(text.CampMorePauses, more)))
	}
}

// checkMarks sets what the campaign does to the gauges beside their thresholds.
func (b *brush) checkMarks(r *campaign.Report, s *sheet) {
	t := b.words
	if len(r.Marks) == 0 && r.Outlook.Busiest == 0 {
		return
	}
	s.head(b, text.CampMarks)
	label := min(26, max(8, s.w/2))
	if hour := string(campaign.RuleHour); r.Outlook.Busiest > 0 && !slices.ContainsFunc(r.Marks, func(m campaign.Mark) bool { return m.Rule == campaign.RuleHour }) {
		s.add(b.Faint.Render("· ") + kit.Fit(b.Text.Render(t.T(text.CampBusiest)), label) + " " + b.Strong.Render(kit.FitRight(t.Measured(hour, float64(r.Outlook.Busiest)), 7)))
	}
	for _, m := range r.Marks {
		shape, ink := b.level(m.Level)
		value, limit := t.Measured(string(m.Rule), m.Value), t.Bound(string(m.Rule), m.Limit, m.Least)
		if m.Rule == campaign.RuleStale {
			value = ""
		}
		s.add(ink.Render(shape+" ") + kit.Fit(b.Text.Render(t.T(text.K("campaigns.mark."+string(m.Rule)))), label) + " " + b.Strong.Render(kit.FitRight(value, 7)) + "  " + b.Muted.Render(limit))
		if m.Level != ledger.Fine {
			s.wrap(b.Faint, "  ", b.source(m.Source, m.Date))
		}
	}
}
