package campaigns

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core/campaign"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// card is what becomes of the chosen campaign.
type card struct {
	deep  *depth
	cur   int  // of the things on it that something can be done about
	kind  kind // of the thing the cursor was moved to
	top   int
	room  int // lines at the last drawing
	shown *sheet
	key   sheetKey // what shown was drawn from
}

// sheetKey changes with everything that a sheet shows: loads make new items and
// depths, an epoch ends with each minute and with the theme.
type sheetKey struct {
	it    *item
	deep  *depth
	w     int
	epoch int64
}

// sheet is a drawn card: its lines, and which of them can be chosen.
type sheet struct {
	w      int
	lines  []string
	things []thing
}

// thing is a line of the card that something can be done about: a reason for
// failures, or a person whose outcome is open.
type thing struct {
	line  int
	group *campaign.Group
	lost  *lost
	skip  campaign.Reason
}

// kind of a thing: a lane of the card.
type kind uint8

const (
	noKind kind = iota
	groupKind
	lostKind
	skipKind
)

func (t *thing) kind() kind {
	switch {
	case t.group != nil:
		return groupKind
	case t.lost != nil:
		return lostKind
	}
	return skipKind
}

func (s *sheet) add(lines ...string) {
	for _, l := range lines {
		s.lines = append(s.lines, kit.Fit("  "+l, s.w))
	}
}

// head begins a section.
func (s *sheet) head(b *brush, k text.K) {
	if len(s.lines) > 0 {
		s.add("")
	}
	s.add(b.Title.Render(b.words.T(k)))
}

// wrap adds a sentence over as many lines as it needs.
func (s *sheet) wrap(ink kit.Ink, lead, sentence string) {
	for i, l := range kit.Wrap(sentence, max(1, s.w-3-kit.Width(lead))) {
		if i > 0 {
			lead = kit.Spaces(kit.Width(lead))
		}
		s.add(lead + ink.Render(l))
	}
}

// deepOf is the depth of a campaign, nil before it is here.
func (p *Pane) deepOf(it *item) *depth {
	if d := p.card.deep; d != nil && d.id == it.ID {
		return d
	}
	return nil
}

// cardLines draws the card and keeps its chosen line on the screen.
func (p *Pane) cardLines(b *brush, w, h int) []string {
	it := p.chosen()
	if it == nil {
		return kit.Pad(nil, w, h)
	}
	s, key := p.card.shown, sheetKey{it, p.deepOf(it), w, p.epoch}
	if s == nil || key != p.card.key {
		s = p.sheet(b, it, w)
		p.card.shown, p.card.key = s, key
	}
	p.card.room = h
	p.card.stay(s.things)
	p.card.top = max(0, min(p.card.top, len(s.lines)-h))
	ls := slices.Clone(s.lines[p.card.top:min(len(s.lines), p.card.top+h)])
	if y := p.thingLine() - p.card.top; p.focus == onCard && y >= 0 && y < len(ls) {
		ls[y] = b.Select.Line(b.Accent.Render("▌")+strings.TrimPrefix(ls[y], " "), w)
	}
	return kit.Pad(ls, w, h)
}

// stay keeps the cursor in its lane when a line of it went away.
func (c *card) stay(things []thing) {
	c.cur = max(0, min(c.cur, len(things)-1))
	if len(things) == 0 {
		return
	}
	if c.kind != noKind && things[c.cur].kind() != c.kind && c.cur > 0 && things[c.cur-1].kind() == c.kind {
		c.cur--
	}
	c.kind = things[c.cur].kind()
}

func (p *Pane) thingLine() int {
	if s := p.card.shown; s != nil && p.card.cur < len(s.things) {
		return s.things[p.card.cur].line
	}
	return -1
}

// thing is what the card's cursor is on, nil for nothing.
func (p *Pane) thing() *thing {
	it, s := p.chosen(), p.card.shown
	if p.focus != onCard || it == nil || s == nil || p.card.cur >= len(s.things) || p.deepOf(it) == nil {
		return nil
	}
	return &s.things[p.card.cur]
}

// sheet writes the card of a campaign.
func (p *Pane) sheet(b *brush, it *item, w int) *sheet {
	s := &sheet{w: w}
	c := &it.Campaign
	s.add(kit.Ends(b.Strong.Render(kit.CleanLine(c.Name)), b.state(c.State), max(1, w-3)))
	if c.State == campaign.Draft {
		s.wrap(b.Muted, "", b.words.T(text.CampDraftHint))
		p.facts(b, it, s)
		return s
	}
	p.standing(b, it, s)
	p.funnel(b, it, s)
	if d := p.deepOf(it); d != nil {
		p.versions(b, it, d, s)
		brought(b, d, s)
		failures(b, d, s)
		unsure(b, it, d, s)
		leftOut(b, d, s)
		cost(b, d, s)
	}
	p.facts(b, it, s)
	return s
}

// standing says how far it is, how fast it goes, what it waits for.
func (p *Pane) standing(b *brush, it *item, s *sheet) {
	c := &it.Campaign
	bar := max(4, s.w-3-24)
	s.add(b.bar(it, bar) + " " + b.Text.Render(b.percent(it)) + " " + b.Muted.Render(b.ofAll(it)))
	switch {
	case c.State == campaign.Paused:
		s.wrap(b.Late, "‖ ", b.pause(c))
		s.wrap(b.Muted, "  ", b.words.T(text.CampResumeHint))
	case b.wait(c) != "":
		s.wrap(b.Soon, "◔ ", b.wait(c))
	}
	if it.hitch.Keeps() {
		s.wrap(b.Late, "! ", b.hitch(it))
	}
	if c.State != campaign.Running && c.State != campaign.Waiting {
		return
	}
	rate := 0.0
	if pl := p.pulses[c.ID]; pl != nil {
		now, known := pl.perMinute(b.now)
		said := b.words.N(text.CampPerMinute, c.PerMinute(p.d.Rules))
		if rate = now; known {
			said = b.words.T(text.CampRate, "Now", b.words.Num(int(rate+0.5)), "Set", b.words.Num(c.PerMinute(p.d.Rules)))
		}
		n := max(8, min(int(span/barTime), s.w-40))
		s.add(b.Accent.Render(spark(pl.bars(b.now, n), float64(c.PerMinute(p.d.Rules))*barTime.Minutes())) + " " +
			b.Muted.Render(said))
	}
	if it.hitch.Keeps() { // nobody can tell the end
		return
	}
	var said []string
	if it.hitch.Reason == campaign.Elsewhere {
		said = append(said, b.hitch(it))
	}
	if c.State == campaign.Running {
		said = append(said, b.words.AtPace(c.PerMinute(p.d.Rules)))
	}
	if end := p.finish(it, rate); !end.IsZero() {
		said = append(said, b.words.T(text.CampEnds, "When", b.words.When(end, b.now)))
	}
	s.wrap(b.Muted, "", strings.Join(said, " · "))
}

// finish is when the last message will leave at the pace of now, or the set
// one where it is not known, with the nights in between; but not before what was
// foreseen at the start, where the nights and hours of each recipient are in.
func (p *Pane) finish(it *item, rate float64) time.Time {
	n := it.counts[campaign.Pending] + it.counts[campaign.Sending]
	if rate < 1 {
		rate = float64(it.PerMinute(p.d.Rules))
	}
	if n == 0 || rate <= 0 {
		return time.Time{}
	}
	t, q, nights := p.env.Now(), p.d.Rules.Quiet.Value, it.Urgent && !it.Marketing()
	if it.State == campaign.Waiting && it.Wait.Until.After(t) {
		t = it.Wait.Until.In(t.Location())
		// Where a wait ends in the shop's night the rest lives elsewhere.
		nights = nights || !campaign.NewZones(t.Location(), q).Place("", "").Open(t, q, nil)
	}
	end := finish(t, time.Duration(float64(n)/rate*float64(time.Minute)), q, nights)
	if f := it.Foreseen; f != nil && !end.IsZero() && f.End.After(end) {
		return f.End
	}
	return end
}

// finish adds work to a time of the shop's clock; nights do not count unless
// it may go on in them. Zero when it takes longer than a year.
func finish(t time.Time, work time.Duration, q campaign.Quiet, nights bool) time.Time {
	if nights {
		return t.Add(work)
	}
	home := campaign.NewZones(t.Location(), q).Place("", "")
	for range 400 {
		t = home.Next(t, q, nil)
		until := home.Until(t, q, nil)
		if d := until.Sub(t); work > d {
			work, t = work-d, until
			continue
		}
		return t.Add(work)
	}
	return time.Time{}
}

// moveCard steps through what can be chosen; without any it scrolls.
func (p *Pane) moveCard(n int) tea.Cmd {
	c := &p.card
	if c.shown == nil {
		return nil
	}
	next := c.cur + n
	if len(c.shown.things) == 0 || next < 0 || next >= len(c.shown.things) {
		return p.scrollCard(n)
	}
	c.cur, c.kind = next, c.shown.things[next].kind()
	y := c.shown.things[next].line
	c.top = max(min(c.top, y-1), y-c.room+2, 0)
	return nil
}

func (p *Pane) scrollCard(n int) tea.Cmd {
	if s := p.card.shown; s != nil {
		p.card.top = max(0, min(p.card.top+n, len(s.lines)-p.card.room))
	}
	return nil
}

// resetCard shows another campaign from its top.
func (p *Pane) resetCard() tea.Cmd {
	p.card.top, p.card.cur, p.card.kind = 0, 0, noKind
	return p.dig()
}
