package inbox

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"bottega/core"
)

// shop is a store in memory with the reads and writes the pane uses. calls
// counts by method, fail makes a method answer an error.
type shop struct {
	mu       sync.Mutex
	now      func() time.Time
	convs    []core.Conversation
	msgs     map[int64][]core.Message
	acts     map[int64][]core.Activity
	present  []core.Presence
	channels []core.Channel
	calls    map[string]int
	fail     map[string]error
	nextID   int64
}

func newShop(now func() time.Time) *shop {
	return &shop{now: now, msgs: map[int64][]core.Message{}, acts: map[int64][]core.Activity{},
		calls: map[string]int{}, fail: map[string]error{}, nextID: 1000,
		channels: []core.Channel{{ID: 1, Name: "shop", Provider: core.Sandbox, State: core.Active}}}
}

func (s *shop) call(name string) error {
	s.calls[name]++
	return s.fail[name]
}

func fits(c *core.Conversation, q core.ListQuery) bool {
	if q.Tag != "" && !slices.Contains(c.Contact.Tags, q.Tag) {
		return false
	}
	switch q.View {
	case core.ViewMine:
		return c.State == core.Open && c.Assignee == q.Agent
	case core.ViewUnassigned:
		return c.State == core.Open && c.Assignee == ""
	case core.ViewWaiting:
		return c.State == core.Open && !c.WaitingSince.IsZero()
	case core.ViewSnoozed:
		return c.State == core.Snoozed
	case core.ViewDone:
		return c.State == core.Done
	case core.ViewAll:
		return true
	}
	return c.State == core.Open
}

func cursorOf(c *core.Conversation, o core.Order) core.Cursor {
	switch o {
	case core.OrderWindow:
		return core.Cursor{K1: c.WindowEnds().UnixMilli(), ID: c.ID}
	case core.OrderNewest:
		return core.Cursor{K1: -c.LastAt.UnixMilli(), ID: c.ID}
	case core.OrderUnread:
		u := int64(1)
		if c.Unread > 0 {
			u = 0
		}
		return core.Cursor{K1: u, K2: -c.LastAt.UnixMilli(), ID: c.ID}
	}
	return core.Cursor{K1: c.SortKey, ID: c.ID}
}

func compare(a, b core.Cursor) int {
	return cmp.Or(cmp.Compare(a.K1, b.K1), cmp.Compare(a.K2, b.K2), cmp.Compare(a.ID, b.ID))
}

func (s *shop) Conversations(_ context.Context, q core.ListQuery) (core.Page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("Conversations"); err != nil {
		return core.Page{}, err
	}
	var all []core.Conversation
	for _, c := range s.convs {
		if fits(&c, q) {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b core.Conversation) int { return compare(cursorOf(&a, q.Order), cursorOf(&b, q.Order)) })
	var p core.Page
	switch {
	case q.FromEnd:
		p.More = len(all) > q.Limit
		p.Rows = all[max(0, len(all)-q.Limit):]
	case q.Before != nil:
		i := 0
		for i < len(all) && compare(cursorOf(&all[i], q.Order), *q.Before) < 0 {
			i++
		}
		p.More = i > q.Limit
		p.Rows = all[max(0, i-q.Limit):i]
	default:
		i := 0
		for q.After != nil && i < len(all) && compare(cursorOf(&all[i], q.Order), *q.After) <= 0 {
			i++
		}
		p.More = len(all)-i > q.Limit
		p.Rows = all[i:min(len(all), i+q.Limit)]
	}
	p.Rows = slices.Clone(p.Rows)
	if n := len(p.Rows); n > 0 {
		p.First, p.Last = cursorOf(&p.Rows[0], q.Order), cursorOf(&p.Rows[n-1], q.Order)
	}
	return p, nil
}

func (s *shop) at(id int64) *core.Conversation {
	for i := range s.convs {
		if s.convs[i].ID == id {
			return &s.convs[i]
		}
	}
	return nil
}

func (s *shop) Conversation(_ context.Context, id int64) (core.Conversation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("Conversation"); err != nil {
		return core.Conversation{}, err
	}
	if c := s.at(id); c != nil {
		return *c, nil
	}
	return core.Conversation{}, core.Fail(core.NotFound, "shop.Conversation", nil)
}

func (s *shop) Messages(_ context.Context, conv, before int64, limit int) ([]core.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("Messages"); err != nil {
		return nil, err
	}
	ms := s.msgs[conv]
	if before > 0 {
		i := slices.IndexFunc(ms, func(m core.Message) bool { return m.ID >= before })
		if i >= 0 {
			ms = ms[:i]
		}
	}
	return slices.Clone(ms[max(0, len(ms)-limit):]), nil
}

func (s *shop) Activities(_ context.Context, conv int64, since time.Time) ([]core.Activity, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []core.Activity
	for _, a := range s.acts[conv] {
		if !a.At.Before(since) {
			out = append(out, a)
		}
	}
	return out, s.call("Activities")
}

func (s *shop) Counts(_ context.Context, agent string, _ time.Time) (core.Counts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var n core.Counts
	for i := range s.convs {
		c := &s.convs[i]
		for _, v := range []struct {
			v core.View
			n *int
		}{{core.ViewOpen, &n.Open}, {core.ViewMine, &n.Mine}, {core.ViewUnassigned, &n.Unassigned},
			{core.ViewWaiting, &n.Waiting}, {core.ViewSnoozed, &n.Snoozed}, {core.ViewDone, &n.Done}} {
			if fits(c, core.ListQuery{View: v.v, Agent: agent}) {
				*v.n++
			}
		}
		if c.Unread > 0 {
			n.Unread++
		}
	}
	return n, s.call("Counts")
}

func (s *shop) Contact(_ context.Context, id int64) (core.Contact, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.convs {
		if c.ContactID == id {
			return c.Contact, s.call("Contact")
		}
	}
	return core.Contact{}, core.Fail(core.NotFound, "shop.Contact", nil)
}

func (s *shop) FindContact(context.Context, int64, core.IdentityKind, string) (core.Contact, error) {
	return core.Contact{}, core.Fail(core.NotFound, "shop.FindContact", nil)
}

func (s *shop) ContactStats(_ context.Context, id int64, _ time.Time) (core.ContactStats, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var st core.ContactStats
	for _, c := range s.convs {
		if c.ContactID != id {
			continue
		}
		st.Conversation = c.ID
		for _, m := range s.msgs[c.ID] {
			if m.Direction == core.In {
				st.In++
				st.LastInAt = m.At
			} else {
				st.Out++
				st.Sent++
				if m.State == core.Read {
					st.Read++
				}
			}
		}
	}
	return st, s.call("ContactStats")
}

func (s *shop) Tags(context.Context) ([]core.TagCount, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := map[string]int{}
	for _, c := range s.convs {
		for _, t := range c.Contact.Tags {
			n[t]++
		}
	}
	var out []core.TagCount
	for t, c := range n {
		out = append(out, core.TagCount{Tag: t, Count: c})
	}
	slices.SortFunc(out, func(a, b core.TagCount) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Tag, b.Tag)) })
	return out, s.call("Tags")
}

func (s *shop) Search(_ context.Context, q core.SearchQuery) ([]core.Hit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.call("Search"); err != nil {
		return nil, err
	}
	var hits []core.Hit
	for _, c := range s.convs {
		for _, m := range s.msgs[c.ID] {
			i := strings.Index(strings.ToLower(m.Text), strings.ToLower(q.Words))
			if i < 0 || (q.Before > 0 && m.ID >= q.Before) {
				continue
			}
			from := len([]rune(m.Text[:i]))
			hits = append(hits, core.Hit{ContactID: c.ContactID, ConversationID: c.ID, MessageID: m.ID, Name: c.Contact.Name,
				Direction: m.Direction, At: m.At, Snippet: m.Text, Marks: [][2]int{{from, from + len([]rune(q.Words))}}})
		}
	}
	slices.SortFunc(hits, func(a, b core.Hit) int { return cmp.Compare(b.MessageID, a.MessageID) })
	return hits[:min(len(hits), q.Limit)], nil
}

func (s *shop) SetPresence(_ context.Context, p core.Presence) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.present = slices.DeleteFunc(s.present, func(o core.Presence) bool { return o.Process == p.Process })
	s.present = append(s.present, p)
	return s.call("SetPresence")
}

func (s *shop) ClearPresence(_ context.Context, process string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.present = slices.DeleteFunc(s.present, func(o core.Presence) bool { return o.Process == process })
	return s.call("ClearPresence")
}

func (s *shop) Present(_ context.Context, conv int64, except string, now time.Time) ([]core.Presence, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []core.Presence
	for _, p := range s.present {
		if (conv == 0 || p.ConversationID == conv) && p.Process != except && now.Before(p.Until) {
			out = append(out, p)
		}
	}
	return out, s.call("Present")
}

func (s *shop) Channels(context.Context) ([]core.Channel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.channels), s.call("Channels")
}
