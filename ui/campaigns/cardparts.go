package campaigns

import (
	"strings"

	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// stage is a step of the funnel with what is usual for it.
type stage struct {
	k    text.K
	n    int
	part float64 // of the accepted
	mean float64 // what is usual; 0 for none
	rule campaign.Rule
}

func (p *Pane) stages(it *item) []stage {
	f, avg := it.counts.Funnel(), p.d.Rules.Funnel.Value
	s := f.Shares()
	return []stage{
		{text.CampAccepted, f.Accepted, 1, 0, campaign.RuleSuccess},
		{text.CampDelivered, f.Delivered, s.Delivered, avg.Delivered, campaign.RuleDelivered},
		{text.CampRead, f.Read, s.Read, avg.Read, campaign.RuleRead},
		{text.CampReplied, f.Replied, s.Replied, avg.Replied, campaign.RuleReply},
		{text.CampConverted, f.Converted, s.Converted, avg.Converted, campaign.RuleConverted},
	}
}

// funnel draws how far people came, with what is usual as a mark on each bar.
func (p *Pane) funnel(b *brush, it *item, s *sheet) {
	s.head(b, text.CampFunnel)
	judged := map[campaign.Rule]campaign.Mark{}
	for _, m := range p.d.Rules.Judge(it.counts) {
		judged[m.Rule] = m
	}
	for _, x := range p.stages(it) {
		if it.counts.Funnel().Accepted == 0 {
			x.part = 0
		}
		shape, ink := " ", b.Accent
		if m, ok := judged[x.rule]; ok {
			shape, ink = b.level(m.Level)
		}
		s.add(b.stage(&x, shape, ink, s.w-3))
	}
}

// stage draws one step in w cells.
func (b *brush) stage(x *stage, shape string, ink kit.Ink, w int) string {
	mean := ""
	if x.mean > 0 {
		mean = b.words.T(text.CampUsual, "Share", b.words.Percent(x.mean))
	}
	label := b.Text.Render(kit.Fit(b.words.T(x.k), 11)) + b.Strong.Render(kit.FitRight(b.words.Num(x.n), 8)) + b.Muted.Render(kit.FitRight(b.words.Percent(x.part), 7)) + " " + ink.Render(shape) + " "
	room := w - kit.Width(label)
	if room < 12 {
		return kit.Fit(label, w)
	}
	side := 16
	if room < 30 {
		side = 0
	}
	n := room - side
	full := min(n, int(x.part*float64(n)+0.5))
	at := -1
	if x.mean > 0 {
		at = min(n-1, int(x.mean*float64(n)))
	}
	bar := ""
	for i := range n {
		switch {
		case i == at:
			bar += b.Strong.Render("┃")
		case i < full:
			bar += ink.Render("━")
		default:
			bar += b.Line.Render("─")
		}
	}
	return label + bar + kit.Fit(" "+b.Faint.Render(mean), side)
}

// versions says in words which version does better.
func (p *Pane) versions(b *brush, it *item, d *depth, s *sheet) {
	if len(d.arms) < 2 {
		return
	}
	s.head(b, text.CampVersions)
	for i, a := range d.arms {
		line := b.Strong.Render(kit.CleanLine(a.Name)) + b.Muted.Render("  "+b.words.N(text.CampGot, a.N)+" · "+b.words.T(text.CampReplyShare, "Share", b.words.Percent(a.Share())))
		if o := d.orders; i < len(o) && o[i].Hits > 0 {
			line += b.Muted.Render(" · " + b.words.N(text.CampOrders, o[i].Hits))
		}
		s.add(line)
	}
	best, next := rankArms(d.arms)
	s.wrap(b.Text, "", b.compare(best, next, p.d.Rules.Compare(best, next)))
	if it.HoldBack > 0 {
		s.wrap(b.Muted, "", b.words.N(text.CampHeld, d.skips[campaign.HeldBack]))
	}
}

// brought says what the campaign brought beyond those held back.
func brought(b *brush, d *depth, s *sheet) {
	if l := d.lift; l != nil {
		s.head(b, text.CampLift)
		s.wrap(b.Text, "", b.words.Brought(text.Brought{Finding: string(l.Finding), Written: l.Written.Share(), Held: l.Held.Share(), N: l.Held.N, Needed: l.Needed, Low: l.Low, High: l.High}))
	}
}

// rankArms are the two versions that did best.
func rankArms(arms []campaign.Arm) (best, next campaign.Arm) {
	best, next = arms[0], arms[1]
	if next.Share() > best.Share() {
		best, next = next, best
	}
	for _, a := range arms[2:] {
		switch {
		case a.Share() > best.Share():
			best, next = a, best
		case a.Share() > next.Share():
			next = a
		}
	}
	return best, next
}

// compare says what a comparison tells.
func (b *brush) compare(first, second campaign.Arm, o campaign.Outcome) string {
	w := b.words
	better, worse := first, second
	switch o.Finding {
	case campaign.TooFew:
		return w.N(text.CampTooFew, o.Needed)
	case campaign.Even:
		return w.T(text.CampEven)
	case campaign.Second:
		better, worse = second, first
		o.Low, o.High = -o.High, -o.Low
	}
	return w.T(text.CampBetter, "Name", kit.CleanLine(better.Name), "Share", w.Percent(better.Share()), "Other", w.Percent(worse.Share()),
		"Low", w.Dec(100*o.Low, 1), "High", w.Dec(100*o.High, 1))
}

// failures lists why messages did not arrive, and what can be tried again.
func failures(b *brush, d *depth, s *sheet) {
	first := true
	for i := range d.groups {
		g := &d.groups[i]
		if g.State != campaign.Failed {
			continue
		}
		if first {
			s.head(b, text.CampFailures)
			first = false
		}
		why, _ := b.class(g.Class)
		s.things = append(s.things, thing{line: len(s.lines), group: g})
		codes := ""
		if len(g.Codes) > 0 {
			codes = " · " + kit.CleanLine(strings.Join(g.Codes, ", "))
		}
		s.wrap(b.Text, b.Bad.Render("✗ "+kit.FitRight(b.words.Num(g.N), 5))+"  ", why+codes)
		s.wrap(b.Muted, "         ", b.again(g))
	}
}

// again says what can be done about a group of failures.
func (b *brush) again(g *campaign.Group) string {
	switch {
	case g.How == campaign.Never:
		return b.words.T(text.CampNeverAgain)
	case g.From.After(b.now):
		return b.words.N(text.CampAgainFrom, g.Again, "When", b.words.When(g.From, b.now))
	}
	return b.words.N(text.CampAgain, g.Again)
}

// unsure is the lane of those whom the network left open: two keys decide.
func unsure(b *brush, it *item, d *depth, s *sheet) {
	if len(d.unsure) == 0 {
		return
	}
	s.head(b, text.CampUnsureHead)
	s.wrap(b.Muted, "", b.words.T(text.CampUnsureHint))
	for i := range d.unsure {
		x := &d.unsure[i]
		s.things = append(s.things, thing{line: len(s.lines), lost: x})
		name := x.name
		if name == "" {
			name = b.words.T(text.CampGone)
		}
		s.add(b.Late.Render("? ") + kit.Ends(b.Text.Render(name)+"  "+b.Muted.Render(x.phone), b.Faint.Render(b.words.Stamp(x.SentAt, b.now)), max(1, s.w-5)))
	}
	if more := it.counts[campaign.Unsure] - len(d.unsure); more > 0 {
		s.add(b.Faint.Render(b.words.N(text.CampMore, more)))
	}
}

// leftOut counts who was left out at the moment of sending, by reason.
func leftOut(b *brush, d *depth, s *sheet) {
	if len(d.skips) == 0 {
		return
	}
	s.head(b, text.CampLeftOut)
	for _, r := range sortedReasons(d.skips) {
		s.things = append(s.things, thing{line: len(s.lines), skip: r})
		s.add(b.Muted.Render("– "+kit.FitRight(b.words.Num(d.skips[r]), 5)) + "  " + b.Text.Render(b.why(r)))
	}
}

func cost(b *brush, d *depth, s *sheet) {
	if len(d.spent) == 0 && d.texts.Total() == 0 {
		return
	}
	s.head(b, text.CampCost)
	if len(d.spent) > 0 {
		s.add(b.Text.Render(b.words.T(text.CampSoFar, "Cost", strings.Join(d.spent, " + "))))
	}
	if n := d.texts; n.Total() > 0 {
		s.add(b.Muted.Render(b.words.T(text.CampSMSSent, "Sent", b.words.Num(n.Sent+n.InLine), "Failed", b.words.Num(n.Failed), "Unsure", b.words.Num(n.Unsure))))
		if len(d.smsFor) > 0 {
			s.add(b.Muted.Render(b.words.T(text.CampSMSCost, "Cost", strings.Join(d.smsFor, " + "))))
		}
	}
}

// facts are what was chosen when the campaign was made.
func (p *Pane) facts(b *brush, it *item, s *sheet) {
	c, w := &it.Campaign, b.words
	s.head(b, text.CampFacts)
	fact := func(k text.K, v string) {
		if v != "" {
			s.wrap(b.Text, b.Muted.Render(kit.Fit(w.T(k), 13))+" ", v)
		}
	}
	fact(text.CampFieldWho, b.audience(c))
	fact(text.CampFieldWhat, templatesOf(c)+" · "+b.category(c.Category))
	fact(text.CampFieldWhen, b.schedule(c.Schedule))
	fact(text.CampFieldPace, w.N(text.CampPerMinute, c.PerMinute(p.d.Rules)))
	if c.HoldBack > 0 {
		fact(text.CampFieldHold, w.Percent(c.HoldBack))
	}
	if c.Category == ledger.Utility && c.SMS {
		fact(text.CampFieldSMS, w.T(text.CampYes))
	}
	fact(text.CampFieldCode, kit.CleanLine(c.Code))
	if c.Agent != "" && !c.StartedAt.IsZero() {
		fact(text.CampFieldBy, kit.CleanLine(c.Agent)+" · "+w.When(c.StartedAt, b.now))
	}
}
