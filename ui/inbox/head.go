package inbox

import (
	"strings"

	"bottega/core"
	queue "bottega/core/inbox"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// filters of the list in the order of the bar.
var filters = []core.View{core.ViewOpen, core.ViewWaiting, core.ViewMine, core.ViewUnassigned, core.ViewSnoozed, core.ViewDone}

// orders in the order of the key that cycles them.
var orders = []core.Order{core.OrderPriority, core.OrderWindow, core.OrderNewest, core.OrderUnread}

func filterWord(v core.View) text.K {
	switch v {
	case core.ViewMine:
		return text.InboxFilterMine
	case core.ViewUnassigned:
		return text.InboxFilterUnassigned
	case core.ViewWaiting:
		return text.InboxFilterWaiting
	case core.ViewSnoozed:
		return text.InboxFilterSnoozed
	case core.ViewDone:
		return text.InboxFilterDone
	}
	return text.InboxFilterOpen
}

func orderWord(o core.Order) text.K {
	switch o {
	case core.OrderWindow:
		return text.InboxOrderWindow
	case core.OrderNewest:
		return text.InboxOrderNewest
	case core.OrderUnread:
		return text.InboxOrderUnread
	}
	return text.InboxOrderPriority
}

func count(n *core.Counts, v core.View) int {
	switch v {
	case core.ViewMine:
		return n.Mine
	case core.ViewUnassigned:
		return n.Unassigned
	case core.ViewWaiting:
		return n.Waiting
	case core.ViewSnoozed:
		return n.Snoozed
	case core.ViewDone:
		return n.Done
	}
	return n.Open
}

// filterSpot is where a filter stands in the bar, for the mouse.
type filterSpot struct {
	view core.View
	x, w int
}

// filterBar draws the filters with their counts and the order at its right
// end, named unless the chosen filter leaves no room. Where there is no room for all filters,
// the chosen one stays and those far from it go first.
func (b *brush) filterBar(q core.ListQuery, n *core.Counts, w int) (string, []filterSpot) {
	parts := make([]string, len(filters))
	at, all := 0, 0
	for i, v := range filters {
		s := b.words.T(filterWord(v))
		if c := count(n, v); c > 0 {
			s += " " + b.words.Num(c)
		}
		ink := b.Muted
		if v == q.View {
			at, ink = i, b.Title
			if q.Tag != "" { // the count is of all, so it stays away
				s = b.words.T(filterWord(v)) + " #" + kit.CleanLine(q.Tag)
			}
			s = "‹" + s + "›"
		}
		parts[i] = ink.Render(s)
		all += kit.Width(s) + 2
	}
	order := b.Faint.Render("↕ " + b.words.T(orderWord(q.Order)))
	if kit.Width(parts[at])+kit.Width(order)+8 > w { // an edge, two marks of what is left out, a gap
		order = b.Faint.Render("↕")
	}
	room := w - kit.Width(order) - 3
	if all+1 > room { // and the mark of what is left out
		room -= 3
	}
	from, to := at, at+1
	used := kit.Width(parts[at])
	for grown := true; grown; {
		grown = false
		if to < len(parts) && used+2+kit.Width(parts[to]) <= room {
			used, to, grown = used+2+kit.Width(parts[to]), to+1, true
		}
		if from > 0 && used+2+kit.Width(parts[from-1]) <= room {
			used, from, grown = used+2+kit.Width(parts[from-1]), from-1, true
		}
	}
	var spots []filterSpot
	more := " "
	x := 1
	if from > 0 {
		more = b.Faint.Render("…")
	}
	for i := from; i < to; i++ {
		pw := kit.Width(parts[i])
		spots = append(spots, filterSpot{filters[i], x, pw})
		x += pw + 2
	}
	bar := more + strings.Join(parts[from:to], "  ")
	if to < len(parts) && kit.Width(bar)+3+kit.Width(order)+2 <= w {
		bar += "  " + b.Faint.Render("…")
	} else if to < len(parts) {
		bar, order = bar+" "+b.Faint.Render("…"), "" // there is more; the order's sign can wait
	}
	return kit.Ends(bar, order, w-1) + kit.Spaces(min(1, w)), spots
}

// head draws the heading of a chat: who, whose, how long the window stays
// open, and why now. Its line is bright while the chat has the keyboard.
func (b *brush) head(c *core.Conversation, who others, w, h int, focus bool) []string {
	if w < 2 {
		return kit.Pad(nil, w, h)
	}
	name := b.Strong.Render(kit.CleanLine(title(&c.Contact, b.words)))
	if s := addressOf(&c.Contact); s != "" {
		name += "  " + b.Muted.Render(s)
	}
	for i, t := range c.Contact.Tags {
		if i == maxTags {
			name += " " + b.Faint.Render("+"+b.words.Num(len(c.Contact.Tags)-maxTags))
			break
		}
		name += " " + b.Tag.Render("#"+kit.CleanLine(t))
	}
	ls := []string{" " + kit.Ends(name, b.chip(c), w-2) + " "}
	if h >= 2 {
		left := b.standing(c, who)
		right := b.why(c, false)
		if kit.Width(left)+2+kit.Width(right) > w-2 { // the chip above tells the rest
			right = b.why(c, true)
		}
		if kit.Width(left)+2+kit.Width(right) > w-2 {
			right = ""
		}
		ls = append(ls, " "+kit.Ends(left, right, w-2)+" ")
	}
	if h >= 3 {
		ls = append(ls, b.across(w, focus))
	}
	return kit.Pad(ls, w, h)
}

// across is a line from side to side, bright under what has the keyboard.
func (b *brush) across(w int, focus bool) string {
	if focus {
		return b.Accent.Render(strings.Repeat("━", w))
	}
	return b.Line.Render(strings.Repeat("─", w))
}

// addressOf is phone or username, whichever the name is not.
func addressOf(c *core.Contact) string {
	switch {
	case c.Phone != "" && c.Name+c.Username != "":
		return string(c.Phone)
	case c.Phone == "" && c.Username != "" && c.Name != "":
		return "@" + kit.CleanLine(c.Username)
	}
	return ""
}

// standing tells window, assignee and company.
func (b *brush) standing(c *core.Conversation, who others) string {
	parts := []string{b.windowWords(c)}
	if c.Assignee != "" {
		s := b.words.T(text.InboxAssignedTo, "Who", kit.CleanLine(c.Assignee))
		if c.Assignee == b.agent {
			s = b.words.T(text.InboxYours)
		}
		parts = append(parts, b.Muted.Render(s))
	}
	if who.names != "" {
		k := text.InboxViews
		if who.typing {
			k = text.InboxTypes
		}
		parts = append(parts, b.Info.Render(presenceMark(others{typing: who.typing})+b.words.T(k, "Who", kit.CleanLine(who.names))))
	}
	return strings.Join(parts, b.Faint.Render(" · "))
}

func (b *brush) windowWords(c *core.Conversation) string {
	ends := c.WindowEnds()
	left := ends.Sub(b.now)
	switch {
	case ends.IsZero():
		return b.Muted.Render(b.words.T(text.InboxWindowNever))
	case left <= 0:
		return b.Bad.Render(b.words.T(text.InboxWindowShut, "Ago", b.words.Short(left)))
	case left < b.rules.Policy.WindowSoon.D():
		return b.Late.Render(b.words.T(text.InboxWindowLeft, "Left", b.words.Short(left)))
	}
	return b.Muted.Render(b.words.T(text.InboxWindowLeft, "Left", b.words.Short(left)))
}

// why puts the reasons of the priority in words: "high value · waiting 1 h 52
// min"; in short, without what the SLA chip tells as well.
func (b *brush) why(c *core.Conversation, short bool) string {
	var parts []string
	ink := b.Muted
	for _, r := range queue.PriorityOf(c, b.rules, b.now).Why {
		if short && r.Code != queue.WhyValue {
			continue
		}
		switch r.Code {
		case queue.WhyValue:
			parts = append(parts, b.words.T(tierWord(r.Tier)))
		case queue.WhyWaiting:
			parts = append(parts, b.words.T(text.InboxWhyWaiting, "For", b.words.Short(max(0, r.For))))
		case queue.WhyClosed:
			parts = append(parts, b.words.T(text.InboxWhyClosed, "For", b.words.Short(r.For)))
		case queue.WhyCourtesy:
			parts = append(parts, b.words.T(text.InboxWhyCourtesy))
		}
	}
	switch queue.SLAOf(c, b.rules, b.now).Level {
	case queue.LevelRed:
		ink = b.Bad
	case queue.LevelLate:
		ink = b.Late
	case queue.LevelSoon:
		ink = b.Soon
	}
	return ink.Render(strings.Join(parts, " · "))
}

func tierWord(t core.ValueTier) text.K {
	switch t {
	case core.ValueHigh:
		return text.InboxValueHigh
	case core.ValueMid:
		return text.InboxValueMid
	case core.ValueLow:
		return text.InboxValueLow
	}
	return text.InboxValueNone
}
