package storagetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
)

var (
	views  = []core.View{core.ViewOpen, core.ViewMine, core.ViewUnassigned, core.ViewWaiting, core.ViewSnoozed, core.ViewDone, core.ViewAll}
	orders = []core.Order{core.OrderPriority, core.OrderWindow, core.OrderNewest, core.OrderUnread}
)

// inView is what a view means.
func inView(c *core.Conversation, q *core.ListQuery) bool {
	ok := map[core.View]bool{
		core.ViewOpen: c.State == core.Open, core.ViewMine: c.State == core.Open && c.Assignee == q.Agent,
		core.ViewUnassigned: c.State == core.Open && c.Assignee == "", core.ViewWaiting: c.State == core.Open && !c.WaitingSince.IsZero(),
		core.ViewSnoozed: c.State == core.Snoozed, core.ViewDone: c.State == core.Done, core.ViewAll: true,
	}[q.View]
	return ok && (q.Channel == 0 || c.ChannelID == q.Channel) && (q.Tag == "" || slices.Contains(c.Contact.Tags, q.Tag))
}

// before is what an order means: smaller comes first.
func before(o core.Order, now time.Time) func(a, b *core.Conversation) int {
	newest := func(a, b *core.Conversation) int { return cmp.Or(b.LastAt.Compare(a.LastAt), cmp.Compare(b.ID, a.ID)) }
	switch o {
	case core.OrderNewest:
		return newest
	case core.OrderUnread:
		return func(a, b *core.Conversation) int {
			return cmp.Or(-cmp.Compare(min(a.Unread, 1), min(b.Unread, 1)), newest(a, b))
		}
	case core.OrderWindow:
		return func(a, b *core.Conversation) int {
			ends := cmp.Or(a.WindowEnds().Compare(b.WindowEnds()), cmp.Compare(a.ID, b.ID))
			switch openA, openB := a.WindowOpen(now), b.WindowOpen(now); {
			case openA && openB:
				return ends
			case openA:
				return -1
			case openB:
				return 1
			}
			return -ends // the one that shut last first
		}
	}
	return func(a, b *core.Conversation) int {
		return cmp.Or(cmp.Compare(a.SortKey, b.SortKey), cmp.Compare(a.ID, b.ID))
	}
}

// lists compares paging through every view in every order with a plain sort.
func lists(t *testing.T, open Opener) {
	s := NewShop(t, open)
	second := s.AddChannel("second")
	var all []core.Conversation
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(0, 8).Draw(rt, "new") {
			ch := rapid.SampledFrom([]int64{s.Channel.ID, second.ID}).Draw(rt, "channel")
			all = append(all, s.PersonOn(ch, "x", core.Phone(fmt.Sprint("+39", len(all))), rapid.SampledFrom([][]string{nil, {"vip"}, {"a", "vip"}}).Draw(rt, "tags")...))
		}
		for range rapid.IntRange(0, 5).Draw(rt, "changed") {
			if len(all) > 0 {
				shuffle(rt, s, &all[rapid.IntRange(0, len(all)-1).Draw(rt, "which")])
			}
		}
		s.Clock = Start.Add(time.Duration(rapid.IntRange(-3, 3).Draw(rt, "now")) * time.Hour)
		q := core.ListQuery{View: rapid.SampledFrom(views).Draw(rt, "view"), Order: rapid.SampledFrom(orders).Draw(rt, "order"),
			Agent: "bea", Tag: rapid.SampledFrom([]string{"", "", "vip", "none"}).Draw(rt, "tag"),
			Channel: rapid.SampledFrom([]int64{0, 0, second.ID, 99}).Draw(rt, "filter"), Limit: rapid.IntRange(1, 7).Draw(rt, "limit")}
		want := expected(all, q, s.Clock)
		for _, up := range []bool{false, true} {
			if got := walk(rt, s, q, up); !slices.Equal(got, want) {
				rt.Fatalf("%+v, up %v:\ngot  %v\nwant %v", q, up, got, want)
			}
		}
		checkCounts(rt, s, all)
	})
}

// shuffle gives a conversation other values in all that lists look at; few
// values, so that ties are common.
func shuffle(rt *rapid.T, s *Shop, c *core.Conversation) {
	hour := func(name string) time.Time {
		h := rapid.IntRange(-4, 4).Draw(rt, name)
		if h == -4 {
			return time.Time{}
		}
		return Start.Add(time.Duration(h) * time.Hour)
	}
	c.State = rapid.SampledFrom([]core.ConversationState{core.Open, core.Open, core.Snoozed, core.Done}).Draw(rt, "state")
	c.Assignee = rapid.SampledFrom([]string{"", "bea", "ana"}).Draw(rt, "assignee")
	c.Unread = rapid.IntRange(0, 2).Draw(rt, "unread")
	c.SortKey = int64(rapid.IntRange(-2, 2).Draw(rt, "key"))
	c.LastAt, c.WindowCloses, c.FreeUntil, c.WaitingSince = hour("last"), hour("closes"), hour("free"), hour("waiting")
	s.Write(func(tx core.Tx) error { return tx.SaveConversation(c) })
}

func expected(all []core.Conversation, q core.ListQuery, now time.Time) (ids []int64) {
	var in []*core.Conversation
	for i := range all {
		if inView(&all[i], &q) {
			in = append(in, &all[i])
		}
	}
	slices.SortFunc(in, before(q.Order, now))
	for _, c := range in {
		ids = append(ids, c.ID)
	}
	return ids
}

// walk pages through a list from one end to the other.
func walk(rt *rapid.T, s *Shop, q core.ListQuery, up bool) (ids []int64) {
	q.FromEnd = up
	for {
		p, err := s.Store.Conversations(s.ctx(), q)
		if err != nil {
			rt.Fatalf("%+v: %v", q, err)
		}
		var page []int64
		for _, c := range p.Rows {
			page = append(page, c.ID)
		}
		if len(page) > q.Limit || p.More && len(page) < q.Limit {
			rt.Fatalf("%+v: page of %d, more %v", q, len(page), p.More)
		}
		if up {
			ids = append(page, ids...)
			q.FromEnd, q.Before = false, &p.First
		} else {
			ids = append(ids, page...)
			q.After = &p.Last
		}
		if !p.More {
			return ids
		}
	}
}

func checkCounts(rt *rapid.T, s *Shop, all []core.Conversation) {
	n := func(v core.View) int { return len(expected(all, core.ListQuery{View: v, Agent: "bea"}, s.Clock)) }
	want := core.Counts{Open: n(core.ViewOpen), Mine: n(core.ViewMine), Unassigned: n(core.ViewUnassigned), Waiting: n(core.ViewWaiting),
		Snoozed: n(core.ViewSnoozed), Done: n(core.ViewDone)}
	for i := range all {
		want.Unread += min(all[i].Unread, 1)
	}
	if got, err := s.Store.Counts(s.ctx(), "bea", s.Clock); err != nil || got != want {
		rt.Fatalf("counts %+v, %v, want %+v", got, err, want)
	}
}
