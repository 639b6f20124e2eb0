package campaigns

import (
	"strings"

	"bottega/core/campaign"
	"bottega/ui/kit"
	"bottega/ui/text"
)

const rowLines = 3

// row is a campaign in the list.
type row struct {
	p  *Pane
	it *item
}

// Key is the campaign's id.
func (r row) Key() int64 { return r.it.ID }

// Rev is the load that changed it.
func (r row) Rev() int64 { return r.it.gen }

// Draw draws its lines: name and state, how far it is, what goes to whom.
func (r row) Draw(w int, st kit.RowState) []string {
	b, it := r.p.brush(), r.it
	if w < 8 {
		return []string{kit.Fit(kit.CleanLine(it.Name), w), kit.Spaces(w), kit.Spaces(w)}
	}
	mark, ground := "  ", kit.Ink{}
	if st.Cursor {
		mark, ground = b.Accent.Render("▌ "), b.Panel
		if st.Focus {
			ground = b.Select
		}
	}
	in := w - 3
	line := func(s string) string { return ground.Line(mark+kit.Fit(s, in)+" ", w) }
	return []string{
		line(kit.Ends(b.Strong.Render(kit.CleanLine(it.Name)), b.state(it.State), in)),
		line(b.second(it, in)),
		line(kit.Ends(b.Faint.Render(templatesOf(&it.Campaign)+" → "+b.audience(&it.Campaign)), b.Faint.Render(b.when(&it.Campaign)), in)),
	}
}

// second says how far a campaign is, and why it does not go on.
func (b *brush) second(it *item, w int) string {
	c := &it.Campaign
	switch c.State {
	case campaign.Draft:
		return b.Muted.Render(b.words.T(text.CampNotStarted))
	case campaign.Finished, campaign.Cancelled:
		return kit.Ends(b.results(it), "", w)
	}
	right := ""
	switch {
	case c.State == campaign.Paused:
		right = b.Late.Render(b.pause(c))
	case it.hitch.Keeps():
		right = b.Late.Render(b.hitch(it))
	case b.wait(c) != "":
		right = b.Soon.Render(b.wait(c))
	}
	bar, share := max(4, min(16, w/4)), " "+b.Text.Render(b.percent(it))
	all := " " + b.Muted.Render(b.ofAll(it))
	if right == "" {
		return kit.Fit(b.bar(it, bar)+share+all, w)
	}
	// What it waits for counts more than how long the bar is.
	room := w - kit.Width(right) - 2 - kit.Width(share)
	if room >= bar+kit.Width(all) {
		return kit.Fit(b.bar(it, bar)+share+all+"  "+right, w)
	}
	return kit.Fit(b.bar(it, max(4, min(bar, room)))+share+"  "+right, w)
}

func (b *brush) percent(it *item) string {
	return b.words.Percent(float64(int(it.share()*100)) / 100) // 99.7 % is not done
}

func (b *brush) ofAll(it *item) string {
	return b.words.Num(it.tried()) + "/" + b.words.Num(it.counts.Total())
}

// results sums up a campaign that is over.
func (b *brush) results(it *item) string {
	parts := []string{b.Muted.Render(b.words.N(text.CampSent, it.sent()))}
	f := it.counts.Funnel()
	s := f.Shares()
	if f.Accepted > 0 {
		parts = append(parts, b.Muted.Render(b.words.T(text.CampReadShare, "Share", b.words.Percent(s.Read))), b.Muted.Render(b.words.T(text.CampReplyShare, "Share", b.words.Percent(s.Replied))))
	}
	if n := it.counts[campaign.Failed]; n > 0 {
		parts = append(parts, b.Bad.Render("✗ "+b.words.N(text.CampFailed, n)))
	}
	if n := it.counts[campaign.Unsure]; n > 0 {
		parts = append(parts, b.Late.Render("? "+b.words.N(text.CampUnsure, n)))
	}
	return strings.Join(parts, b.Faint.Render(" · "))
}

// bar draws how far a campaign is, n cells wide.
func (b *brush) bar(it *item, n int) string {
	full := int(it.share() * float64(n))
	return b.stateInk(it.State).Render(strings.Repeat("█", full)) + b.Line.Render(strings.Repeat("░", n-full))
}

// spot is where a view stands in the bar.
type spot struct {
	x, w int
	view view
}

// views draws the parts of the list with their counts.
func (p *Pane) views(b *brush, w int) string {
	p.spots = p.spots[:0]
	var s strings.Builder
	x := 1
	s.WriteByte(' ')
	for v := range views {
		n := 0
		for _, it := range p.items {
			if v.holds(it) {
				n++
			}
		}
		word := b.words.T(v.word())
		if n > 0 {
			word += " " + b.words.Num(n)
		}
		ink := b.Muted
		switch {
		case v == p.view:
			ink = b.TabOn
		case n == 0:
			ink = b.Faint
		}
		cw := kit.Width(word)
		if x+cw > w {
			break
		}
		s.WriteString(ink.Render(word) + "  ")
		p.spots = append(p.spots, spot{x, cw, v})
		x += cw + 2
	}
	return kit.Fit(s.String(), w)
}
