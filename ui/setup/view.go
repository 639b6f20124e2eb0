package setup

import (
	"strings"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/kit"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// rowLines is the height of a channel in the list.
const rowLines = 2

// areas are where list and card stand: beside each other where there is room,
// else one below the other.
type areas struct{ List, Rule, Card kit.Rect }

// layout parts w×h cells between n rows and the card.
func layout(w, h, n int) areas {
	if w >= 100 {
		lw := min(60, w*2/5)
		return areas{kit.Rect{W: lw, H: h}, kit.Rect{X: lw, W: 1, H: h}, kit.Rect{X: lw + 1, W: w - lw - 1, H: h}}
	}
	lh := max(rowLines, min(n*rowLines, h/3/rowLines*rowLines))
	if lh+2 >= h {
		return areas{List: kit.Rect{W: w, H: h}}
	}
	return areas{kit.Rect{W: w, H: lh}, kit.Rect{Y: lh, W: w, H: 1}, kit.Rect{Y: lh + 1, W: w, H: h - lh - 1}}
}

// Lines draws the pane.
func (p *Pane) Lines(w, h int) []string {
	if w <= 0 || h <= 0 {
		return kit.Pad(nil, max(0, w), max(0, h))
	}
	p.area = layout(w, h, len(p.cards)+1)
	a, th := p.area, p.env.Theme
	list := p.list.Lines(a.List.W, a.List.H, true)
	switch {
	case a.Card.W == 0:
		return list
	case a.Card.X > 0:
		return kit.Zip(list, kit.Column(th.Line.Render("│"), h), p.cardLines(a.Card.W, a.Card.H))
	}
	return append(append(list, th.Line.Render(strings.Repeat("─", w))), p.cardLines(w, a.Card.H)...)
}

// row is a channel in the list, or the shop itself (card nil).
type row struct {
	p    *Pane
	card *card
}

// Key is the channel's id; the shop has 0.
func (r row) Key() int64 {
	if r.card == nil {
		return 0
	}
	return r.card.ID
}

// Rev changes with the channel; ways and places change with the load.
func (r row) Rev() int64 {
	if r.card == nil {
		return 0
	}
	return r.card.Channel.Rev<<1 | map[bool]int64{true: 1}[r.card.lost()]
}

// Draw draws the two lines of a row.
func (r row) Draw(w int, st kit.RowState) []string {
	th, words := r.p.env.Theme, r.p.env.Words
	mark, under := "  ", kit.Ink{}
	if st.Cursor {
		mark, under = th.Accent.Render("▌ "), th.Select
	}
	if r.card == nil {
		return []string{under.Line(mark+th.Strong.Render(words.T(text.SetupShop)), w), under.Line("  "+th.Faint.Render(words.T(text.SetupShopWhat)), w)}
	}
	c := r.card
	sign, ink := r.p.state(c)
	first := kit.Ends(mark+th.Strong.Render(kit.CleanLine(c.Name))+"  "+th.Muted.Render(kit.CleanLine(string(c.Number))), ink.Render(sign)+" ", w)
	facts := []string{steps.Provider(words, c.Provider)}
	if q := c.Health.Quality; q != "" {
		facts = append(facts, words.T(text.K("connect.quality."+string(q))))
	}
	facts = append(facts, words.T(text.K("way."+string(c.way))))
	second := "  " + th.Faint.Render(strings.Join(facts, " · "))
	if ends := r.p.teller(&c.Channel).Ends(c.Health.Key, r.p.d.Policy.Expiry.D()); ends != "" {
		second = kit.Ends(second, th.Late.Render("! "+ends)+" ", w)
	}
	return []string{under.Line(first, w), under.Line(second, w)}
}

// state is how a channel stands, as a sign with its word.
func (p *Pane) state(c *card) (string, kit.Ink) {
	th, w := p.env.Theme, p.env.Words
	switch {
	case c.State == core.Paused:
		return "⏸ " + w.T(text.SetupPaused), th.Bad
	case !c.Health.AwaySince.IsZero():
		return "✗ " + w.T(text.SetupAway), th.Bad
	case c.lost():
		return "✗ " + w.T(text.SetupNoKey), th.Bad
	}
	return "✓ " + w.T(text.SetupActive), th.Good
}

// cardLines draws the card of what is chosen, scrolled.
func (p *Pane) cardLines(w, h int) []string {
	in := max(1, w-2)
	pen := pen{p: p, w: in}
	switch c := p.chosen(); {
	case p.err != nil:
		what, hint := p.env.Words.Error(p.err)
		pen.say(p.env.Theme.Bad, strings.TrimSpace(what+" "+hint))
	case !p.loaded:
		pen.say(p.env.Theme.Faint, p.env.Words.T(text.SetupLoading))
	case c == nil:
		pen.shop(len(p.cards))
	default:
		pen.channel(c)
	}
	p.room = h
	p.top = max(0, min(p.top, len(pen.out)-h))
	out := make([]string, 0, h)
	for _, l := range pen.out[p.top:min(len(pen.out), p.top+h)] {
		out = append(out, kit.Fit(" "+l, w))
	}
	if below := len(pen.out) - p.top - h; below > 0 && h > 2 {
		out[h-1] = kit.Fit(" "+p.env.Theme.Faint.Render(p.env.Words.T(text.SetupMore, "Lines", p.env.Words.Num(below+1))), w)
	}
	return kit.Pad(out, w, h)
}

// pen writes the lines of a card.
type pen struct {
	p   *Pane
	w   int
	out []string
}

// labelWidth is the column of labels.
const labelWidth = 18

// fact writes a label and its value, which may take more lines.
func (n *pen) fact(label, value string, ink kit.Ink) {
	lw := min(labelWidth, max(8, n.w/3))
	for i, l := range kit.Wrap(value, max(1, n.w-lw-1)) {
		head := kit.Spaces(lw)
		if i == 0 {
			head = n.p.env.Theme.Muted.Render(kit.Fit(label, lw))
		}
		n.out = append(n.out, head+" "+ink.Render(l))
	}
}

func (n *pen) say(ink kit.Ink, s string) {
	for _, l := range kit.Wrap(s, n.w) {
		n.out = append(n.out, ink.Render(l))
	}
}

func (n *pen) head(k text.K) {
	if len(n.out) > 0 {
		n.out = append(n.out, "")
	}
	n.out = append(n.out, n.p.env.Theme.Title.Render(n.p.env.Words.T(k)))
}

func (n *pen) channel(c *card) {
	th, w, p := n.p.env.Theme, n.p.env.Words, n.p
	t := p.teller(&c.Channel)
	n.head(text.SetupNumber)
	h := c.Health
	r := connect.Result{Step: connect.StepNumber, State: connect.Done, Number: &connect.Number{Phone: c.Number, Name: h.VerifiedName, Quality: h.Quality, Limit: h.Limit, Status: h.Status}}
	n.say(th.Text, t.Say(r).What)
	if c.State == core.Paused {
		why, hint := w.Reason(&core.ProviderError{Class: c.PauseClass, Message: c.Detail})
		n.say(th.Bad, "⏸ "+why+" "+hint)
	}
	n.head(text.SetupReceives)
	n.receives(c)
	n.head(text.SetupKeys)
	for _, k := range c.kept {
		ink := th.Text
		if k.Where == "" {
			ink = th.Bad
		}
		n.fact(steps.Field(w, k.Field), t.Place(k.Where), ink)
	}
	if k := h.Key; !k.At.IsZero() {
		said := connect.Result{Step: connect.StepKey, State: connect.Done, Key: &k}
		ink := th.Muted
		if k.RunsOut(p.env.Now(), p.d.Policy.Expiry.D()) {
			said.State, said.Why, ink = connect.Warned, connect.WhyExpires, th.Late
		}
		n.say(ink, t.Say(said).What)
	}
	n.head(text.SetupCan)
	for _, a := range connect.Abilities(c.caps) {
		name := steps.Can(w, a.Name)
		if a.Can {
			n.out = append(n.out, th.Good.Render("✓ ")+th.Text.Render(name))
			continue
		}
		n.say(th.Faint, "✗ "+name+" — "+steps.Cannot(w, c.Provider, a.Name))
	}
}

func (n *pen) receives(c *card) {
	th, w, now := n.p.env.Theme, n.p.env.Words, n.p.env.Now()
	n.say(th.Text, w.T(text.K("way."+string(c.way)+".long")))
	if c.way.Calls() {
		address := c.Account.PublicURL
		if address == "" {
			address = w.T(text.SetupAddressOf, "Path", "/webhooks/"+c.Name)
		}
		n.fact(w.T(text.SetupAddress), address, th.Text)
	}
	last := w.T(text.SetupNeverHeard)
	if !c.LastCallbackAt.IsZero() {
		last = w.When(c.LastCallbackAt.In(now.Location()), now)
	}
	if c.way.Calls() || !c.LastCallbackAt.IsZero() {
		n.fact(w.T(text.SetupLast), last, th.Text)
	}
	n.pinged(c)
}

// pinged writes how the last try of the address ended.
func (n *pen) pinged(c *card) {
	th, w := n.p.env.Theme, n.p.env.Words
	m, ok := n.p.pings[c.ID]
	switch {
	case m.waits:
		n.fact(w.T(text.SetupPinged), w.T(text.SetupPinging), th.Muted)
		return
	case !ok || m.address == "":
		return
	}
	said, ink := "✓ "+w.T(text.SetupPing, "Took", millis(w, m.got.Took)), th.Good
	if m.got.Failed() {
		said, ink = "✗ "+w.T(text.SetupPingFailed)+" "+w.Pinged(string(m.got.Code)), th.Bad
	}
	n.fact(w.T(text.SetupPinged), kit.CleanLine(m.address)+" "+said, ink)
}

// shop writes what can be set beside the numbers, and where.
func (n *pen) shop(channels int) {
	th, w, p := n.p.env.Theme, n.p.env.Words, n.p
	if channels == 0 {
		n.head(text.SetupEmpty)
		n.say(th.Text, w.T(text.SetupEmptyWhat))
	}
	n.head(text.SetupShop)
	n.fact(w.T(text.SetupDir), kit.CleanLine(p.d.Dir), th.Text)
	n.places()
	if p.d.Rules != nil {
		r := p.d.Rules()
		n.fact(w.T(text.SetupHours), n.hours(r.Hours), th.Text)
		n.fact(w.T(text.SetupTargets), w.T(text.SetupTargetsAre, "First", w.Short(r.Targets.First.D()), "Late", w.Short(r.Targets.Late.D()), "Red", w.Short(r.Targets.Red.D())), th.Text)
	}
	n.fact(w.T(text.SetupLanguage), w.T(text.SetupLanguageHow, "Lang", w.Lang()), th.Text)
	n.head(text.SetupLater)
	n.say(th.Faint, w.T(text.SetupLaterWhat))
}

// places writes where keys may lie, and which of them cannot be used.
func (n *pen) places() {
	th, w := n.p.env.Theme, n.p.env.Words
	label := w.T(text.SetupPlaces)
	for _, pl := range n.p.places {
		said, ink := w.T(text.K("cli.where."+pl.where)), th.Text
		switch {
		case pl.waits:
			said, ink = w.T(text.SetupPlaceWaits, "Where", said), th.Faint
		case pl.err != nil:
			said, ink = w.T(text.SetupPlaceAway, "Where", said), th.Late
		}
		n.fact(label, said, ink)
		label = ""
	}
}

// hours says when the shop is open on a weekday and in which zone.
func (n *pen) hours(h core.Hours) string {
	w := n.p.env.Words
	if h.Always {
		return w.T(text.SetupAlways)
	}
	open := 0
	for _, day := range h.Week {
		if len(day) > 0 {
			open++
		}
	}
	zone := h.TimeZone
	if zone == "" {
		zone = time.Local.String()
	}
	return w.T(text.SetupHoursAre, "Days", w.Num(open), "Zone", zone)
}
