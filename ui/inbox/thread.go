package inbox

import (
	"slices"
	"time"

	"bottega/core"
)

// kind of a line block in a chat.
type kind uint8

const (
	dayRule kind = iota
	unreadRule
	messageItem
	activityItem
)

// itemID names a block for as long as the chat is open: messages may be added
// before and after it and the screen still finds its place.
type itemID struct {
	kind kind
	id   int64
}

// item is one block of a chat; i points into the thread's messages or activities.
type item struct {
	itemID
	i     int
	joins bool // same author as the block above within a few minutes: drawn closer
}

// thread is the loaded part of one conversation and the place of the screen in
// it. The place is the block at the bottom edge and how many of its lines lie
// below the edge, so that nothing moves when older messages are put above.
type thread struct {
	msgs   []core.Message // oldest first, without gaps
	acts   []core.Activity
	items  []item
	more   bool   // there are older messages
	newest bool   // the last message is loaded: false after a jump far back
	unread int64  // first message that was unread when the chat was opened; 0 for none
	sel    int64  // message under the message cursor, 0 when there is none
	bottom itemID // block at the bottom edge
	cut    int    // its lines below the edge
	follow bool   // stands at the end and stays there when messages come
	seen   int64  // newest message that has been on the screen's end, for "new below"
	w, h   int    // size at the last draw
	zone   *time.Location
}

// joinsWithin is the pause that parts two groups of bubbles of one author.
const joinsWithin = 3 * time.Minute

// reset empties the thread for another conversation.
func (t *thread) reset() {
	*t = thread{w: t.w, h: t.h, zone: t.zone, follow: true, newest: true}
}

// merge takes the newest messages, oldest first; more says that older ones
// exist. What is older than the first of them stays, unless there is a gap.
func (t *thread) merge(ms []core.Message, more bool) {
	keep := 0
	if more && len(ms) > 0 {
		switch i := slices.IndexFunc(t.msgs, func(m core.Message) bool { return m.ID == ms[0].ID }); {
		case i > 0:
			keep = i
		default:
			t.more = true
		}
	} else {
		t.more = false
	}
	t.msgs = append(t.msgs[:keep:keep], ms...)
	t.build()
}

// prepend takes older messages; more says that there are still older ones.
func (t *thread) prepend(ms []core.Message, more bool) {
	t.more = more
	if len(t.msgs) > 0 { // a second answer to the same question adds nothing
		first := t.msgs[0].ID
		if i := slices.IndexFunc(ms, func(m core.Message) bool { return m.ID == first }); i >= 0 {
			ms = ms[:i]
		}
	}
	t.msgs = append(slices.Clone(ms), t.msgs...)
	t.build()
}

// build lays messages and activities out in order of time, with a rule where a
// day begins and one where the unread messages begin.
func (t *thread) build() {
	t.items = t.items[:0]
	var day string
	var last *core.Message
	a := 0
	if len(t.msgs) > 0 && t.more { // activities older than what is loaded wait for it
		for a < len(t.acts) && t.acts[a].At.Before(t.msgs[0].At) {
			a++
		}
	}
	rule := func(at time.Time) {
		if d := at.In(t.loc()).Format(time.DateOnly); d != day {
			day, last = d, nil
			t.items = append(t.items, item{itemID: itemID{dayRule, dayNumber(at.In(t.loc()))}, i: int(at.Unix())})
		}
	}
	for i := range t.msgs {
		m := &t.msgs[i]
		for ; a < len(t.acts) && t.acts[a].At.Before(m.At); a++ {
			if !tells(t.acts[a].Kind) {
				continue
			}
			rule(t.acts[a].At)
			t.items, last = append(t.items, item{itemID: itemID{activityItem, t.acts[a].ID}, i: a}), nil
		}
		rule(m.At)
		if m.ID == t.unread {
			t.items, last = append(t.items, item{itemID: itemID{unreadRule, m.ID}, i: i}), nil
		}
		t.items = append(t.items, item{itemID: itemID{messageItem, m.ID}, i: i, joins: joins(last, m)})
		last = m
	}
	for ; a < len(t.acts); a++ {
		if !tells(t.acts[a].Kind) {
			continue
		}
		rule(t.acts[a].At)
		t.items = append(t.items, item{itemID: itemID{activityItem, t.acts[a].ID}, i: a})
	}
	if t.follow {
		t.toEnd()
	}
}

func (t *thread) loc() *time.Location {
	if t.zone == nil {
		return time.Local
	}
	return t.zone
}

func joins(last, m *core.Message) bool {
	return last != nil && last.Direction == m.Direction && last.Author == m.Author && last.Auto == m.Auto &&
		(last.Type == core.TypeNote) == (m.Type == core.TypeNote) && m.At.Sub(last.At) < joinsWithin
}

// message finds a loaded message, or nil.
func (t *thread) message(id int64) *core.Message {
	if i := slices.IndexFunc(t.msgs, func(m core.Message) bool { return m.ID == id }); i >= 0 {
		return &t.msgs[i]
	}
	return nil
}

func (t *thread) index(id itemID) int {
	return slices.IndexFunc(t.items, func(it item) bool { return it.itemID == id })
}

// edge is the index of the block at the bottom edge; one that has gone gives the last.
func (t *thread) edge() int {
	if i := t.index(t.bottom); i >= 0 {
		return i
	}
	t.cut = 0
	return len(t.items) - 1
}

func (t *thread) toEnd() {
	t.follow, t.cut = true, 0
	if n := len(t.items); n > 0 {
		t.bottom = t.items[n-1].itemID
	}
	if n := len(t.msgs); n > 0 {
		t.seen = max(t.seen, t.msgs[n-1].ID)
	}
}

// newBelow counts customer messages that came since the end was last on screen.
func (t *thread) newBelow() int {
	n := 0
	for i := len(t.msgs) - 1; i >= 0 && t.msgs[i].ID > t.seen; i-- {
		if t.msgs[i].Direction == core.In {
			n++
		}
	}
	return n
}

// scroll moves the screen by n lines, down when positive. draw gives a block's lines.
func (t *thread) scroll(n int, draw func(i int) []string) bool {
	if len(t.items) == 0 {
		return false
	}
	b, c, f := t.bottom, t.cut, t.follow
	i := t.edge()
	t.follow = false
	t.cut -= n
	for t.cut < 0 && i < len(t.items)-1 {
		i++
		t.cut += len(draw(i))
	}
	for i > 0 && t.cut >= len(draw(i)) {
		t.cut -= len(draw(i))
		i--
	}
	t.cut = max(0, min(t.cut, len(draw(i))-1))
	t.bottom = t.items[i].itemID
	t.settle(i, draw)
	return b != t.bottom || c != t.cut || f != t.follow
}

// settle undoes a scroll past the top and notices the end.
func (t *thread) settle(i int, draw func(i int) []string) {
	have := -t.cut
	for j := i; j >= 0 && have < t.h; j-- {
		have += len(draw(j))
	}
	for short := t.h - have; short > 0; {
		if t.cut > 0 {
			d := min(short, t.cut)
			t.cut, short = t.cut-d, short-d
			continue
		}
		if i == len(t.items)-1 {
			break
		}
		i++
		t.cut = len(draw(i))
	}
	t.bottom = t.items[i].itemID
	if i == len(t.items)-1 && t.cut == 0 && t.newest {
		t.toEnd()
	}
}

// reveal scrolls as little as needed to have a whole block on screen (its top
// when it is taller than the screen).
func (t *thread) reveal(id itemID, draw func(i int) []string) {
	i := t.index(id)
	if i < 0 {
		return
	}
	e := t.edge()
	if i >= e { // below the edge, or cut by it
		if i > e || t.cut > 0 {
			t.follow = false
			t.bottom, t.cut = id, max(0, len(draw(i))-max(1, t.h))
			t.settle(i, draw)
		}
		return
	}
	above := -t.cut
	for j := e; j > i && above <= t.h; j-- {
		above += len(draw(j))
	}
	if over := above + len(draw(i)) - t.h; over > 0 {
		if above > t.h { // far away: put it in the middle
			t.follow = false
			t.bottom, t.cut = id, 0
			t.scroll(min(t.h/2, max(0, t.h-len(draw(i)))), draw)
			return
		}
		t.scroll(-min(over, t.h), draw)
	}
}

// lines returns the h lines that end at the bottom edge; fewer when there are
// not so many. ids tells for each line which block it is of, for the mouse.
func (t *thread) lines(draw func(i int) []string) (ls []string, ids []itemID) {
	if len(t.items) == 0 || t.h <= 0 {
		return nil, nil
	}
	if t.follow {
		t.toEnd()
	}
	e := t.edge()
	t.bottom = t.items[e].itemID
	skip := t.cut
	for i := e; i >= 0 && len(ls) < t.h; i-- {
		b := draw(i)
		b = b[:max(0, len(b)-skip)]
		skip = 0
		for j := len(b) - 1; j >= 0 && len(ls) < t.h; j-- {
			ls = append(ls, b[j])
			ids = append(ids, t.items[i].itemID)
		}
	}
	slices.Reverse(ls)
	slices.Reverse(ids)
	return ls, ids
}

// step moves the message cursor; from none it starts at the newest on screen.
func (t *thread) step(n int) bool {
	at := -1
	for i := range t.msgs {
		if t.msgs[i].ID == t.sel {
			at = i
		}
	}
	switch {
	case len(t.msgs) == 0:
		return false
	case at < 0 && n > 0:
		return false
	case at < 0:
		at = t.lastShown()
	case at+n >= len(t.msgs):
		t.sel = 0 // past the newest: no cursor, as when the chat is opened
		return true
	default:
		at = max(0, at+n)
	}
	moved := t.sel != t.msgs[at].ID
	t.sel = t.msgs[at].ID
	return moved
}

// lastShown is the index of the last message at or above the bottom edge.
func (t *thread) lastShown() int {
	for i := t.edge(); i >= 0; i-- {
		if t.items[i].kind == messageItem {
			return t.items[i].i
		}
	}
	return len(t.msgs) - 1
}

// nearTop reports whether the oldest loaded block is on or close to the screen.
func (t *thread) nearTop(draw func(i int) []string) bool {
	if len(t.items) == 0 {
		return false
	}
	have := -t.cut
	for i := t.edge(); i >= 0; i-- {
		if have >= 2*t.h {
			return false
		}
		have += len(draw(i))
	}
	return true
}

// dayNumber names a civil day, 20261124.
func dayNumber(t time.Time) int64 {
	y, m, d := t.Date()
	return int64(y*10000 + int(m)*100 + d)
}
