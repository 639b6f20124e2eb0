package sandbox

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"bottega/bsp/meta"
	"bottega/core"
	"bottega/core/coretest"
	"bottega/core/inbox"
	"bottega/core/ingest"
)

func demo(t *testing.T, now time.Time) (Options, Demo) {
	t.Helper()
	o := Options{Seed: 7, World: world(t), Agent: "owner"}
	d, err := o.Demo(now)
	if err != nil {
		t.Fatal(err)
	}
	return o, d
}

var demoNow = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

func TestDemoIsPure(t *testing.T) {
	_, one := demo(t, demoNow)
	_, two := demo(t, demoNow)
	if !reflect.DeepEqual(one, two) {
		t.Error("the same moment gave two pasts")
	}
	_, later := demo(t, demoNow.Add(time.Hour))
	if len(later.Events) != len(one.Events) || later.Events[0].At.Sub(one.Events[0].At) != time.Hour {
		t.Error("ages are counted from now")
	}
}

func TestDemoIsInOrderAndPast(t *testing.T) {
	_, d := demo(t, demoNow)
	last := map[string]time.Time{}
	for i, e := range d.Events {
		if i > 0 && e.At.Before(d.Events[i-1].At) || e.At.After(demoNow) {
			t.Errorf("event %d at %s", i, e.At)
		}
		if e.Out != nil {
			for _, at := range []time.Time{e.Out.SentAt, e.Out.DeliveredAt, e.Out.ReadAt} {
				if at.After(demoNow) {
					t.Errorf("%s: a receipt from the future", e.Who.Key)
				}
			}
		}
		last[e.Who.Key] = e.At
	}
	for _, story := range world(t).Stories {
		for i, b := range story.Beats {
			if i > 0 && b.Ago > story.Beats[i-1].Ago {
				t.Errorf("story of %s goes back in time at beat %d", story.Who, i+1)
			}
		}
	}
}

// TestDemoCallbacksAreRead: every body is one that the adapter understands.
func TestDemoCallbacksAreRead(t *testing.T) {
	_, d := demo(t, demoNow)
	kinds, types := map[core.EventKind]int{}, map[core.MessageType]int{}
	for _, e := range d.Events {
		if e.Callback == nil {
			continue
		}
		evs, err := meta.Decoder{}.Decode(e.Callback)
		if err != nil || len(evs) != 1 {
			t.Fatalf("%s: %v %v", e.Callback, evs, err)
		}
		kinds[evs[0].Kind]++
		types[evs[0].Type]++
		if !evs[0].At.Equal(e.At) {
			t.Errorf("%s happened at %s, the callback says %s", e.Who.Key, e.At, evs[0].At)
		}
	}
	for _, k := range []core.EventKind{core.EvMessage, core.EvReaction, core.EvEdit, core.EvRevoke, core.EvPreference} {
		if kinds[k] == 0 {
			t.Errorf("no %s in the past", k)
		}
	}
	for _, k := range strings.Fields("text image audio video document sticker location contacts button interactive order") {
		if types[core.MessageType(k)] == 0 {
			t.Errorf("no %s in the past", k)
		}
	}
	if kinds[core.EvUnknown] > 0 {
		t.Error("something is not understood")
	}
}

// shop is a store with what Load needs round it.
type shop struct {
	*coretest.Mem
	t      *testing.T
	ch     core.Channel
	posted [][]byte
	rules  core.Rules
	drains int
}

func newShop(t *testing.T) *shop {
	m := coretest.New(core.NewFeed())
	r := coretest.Rules()
	r.Courtesy = map[string][]string{"it": {"grazie"}, "de": {"danke"}, "zh": {"谢谢"}}
	r.Targets.HeadStart = map[core.ValueTier]core.Duration{core.ValueHigh: core.Duration(30 * time.Minute), core.ValueMid: core.Duration(10 * time.Minute)}
	return &shop{Mem: m, t: t, ch: m.AddChannel(t, "demo"), rules: r}
}

func (s *shop) ports() Ports {
	return Ports{
		Store: s.Mem, Channel: s.ch,
		Post: func(_ context.Context, b []byte) error { s.posted = append(s.posted, b); return nil },
		Drain: func(ctx context.Context) error {
			s.drains++
			for _, b := range s.posted {
				evs, err := meta.Decoder{}.Decode(b)
				if err != nil {
					return err
				}
				if err := s.Write(ctx, func(tx core.Tx) error { return ingest.Apply(tx, s.ch, evs, s.rules, demoNow) }); err != nil {
					return err
				}
			}
			s.posted = nil
			return nil
		},
		Answered: func(c *core.Conversation, m *core.Message) {
			inbox.Answered(c, m, s.rules)
			inbox.Reached(c, m, s.rules)
		},
		Failed:  func(c *core.Conversation, m *core.Message) { inbox.AnswerFailed(c, m, s.rules) },
		Refresh: func(c *core.Conversation) { inbox.Refresh(c, s.rules) },
	}
}

// list is the inbox as a person would see it.
func (s *shop) list() string {
	people, msgs := map[int64]core.Contact{}, map[int64][]core.Message{}
	for _, c := range s.Contacts() {
		people[c.ID] = c
	}
	for _, m := range s.Messages() {
		msgs[m.ConversationID] = append(msgs[m.ConversationID], m)
	}
	convs := s.Conversations()
	slices.SortFunc(convs, func(a, b core.Conversation) int { return int(a.SortKey>>10) - int(b.SortKey>>10) })
	var b strings.Builder
	for _, c := range convs {
		c.Contact = people[c.ContactID]
		sla := inbox.SLAOf(&c, s.rules, demoNow)
		window := "shut"
		if c.WindowOpen(demoNow) {
			window = c.WindowEnds().Sub(demoNow).Round(time.Minute).String()
		}
		courtesy := ""
		if sla.Courtesy {
			courtesy = " thanks"
		}
		out := ""
		for _, m := range msgs[c.ID] {
			if m.State == core.Failed || m.State == core.UnsureSent {
				out += " " + string(m.State)
				if m.Error != nil {
					out += ":" + m.Error.Code
				}
			}
		}
		fmt.Fprintf(&b, "%-8s %-5s %-8s window %-8s unread %d messages %2d %-22s %s [%s] %s%s%s\n", c.State, sla.Level, sla.Elapsed.Round(time.Minute),
			window, c.Unread, len(msgs[c.ID]), c.Contact.Name, c.Contact.Phone, strings.Join(c.Contact.Tags, ","), c.Assignee, courtesy, out)
	}
	return b.String()
}

func TestDemoInTheStore(t *testing.T) {
	s := newShop(t)
	_, d := demo(t, demoNow)
	if err := Load(t.Context(), d, s.ports()); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Contacts()); n != 40 {
		t.Errorf("%d contacts, want the forty and nobody twice", n)
	}
	for _, c := range s.Contacts() {
		if c.Language == "" {
			t.Errorf("%s has no language", c.Name)
		}
	}
	golden.RequireEqual(t, s.list())
}

// TestLoadTwice adds no row: a load that was killed half-way can be repeated.
func TestLoadTwice(t *testing.T) {
	s := newShop(t)
	_, d := demo(t, demoNow)
	cut := d
	cut.Events = d.Events[:len(d.Events)*2/3]
	for _, part := range []Demo{cut, d} {
		if err := Load(t.Context(), part, s.ports()); err != nil {
			t.Fatal(err)
		}
	}
	whole := newShop(t)
	if err := Load(t.Context(), d, whole.ports()); err != nil {
		t.Fatal(err)
	}
	if got, want := len(s.Messages()), len(whole.Messages()); got != want {
		t.Errorf("%d messages, %d in one go", got, want)
	}
	if got, want := len(s.Contacts()), len(whole.Contacts()); got != want {
		t.Errorf("%d contacts, %d in one go", got, want)
	}
}

func TestLoadStopsAtTheFirstError(t *testing.T) {
	s := newShop(t)
	_, d := demo(t, demoNow)
	p := s.ports()
	p.Post = func(context.Context, []byte) error { return core.Fail(core.BadSignature, "test", nil) }
	if err := Load(t.Context(), d, p); core.CodeOf(err) != core.BadSignature {
		t.Errorf("got %v", err)
	}
	if len(s.Contacts()) != 0 && d.Events[0].Callback != nil {
		t.Error("went on after the error")
	}
}

// TestAdoptedDemo: the simulator knows whose window is open.
func TestAdoptedDemo(t *testing.T) {
	b := start(t, nil)
	b.clock.t = demoNow
	d, err := b.o.Demo(demoNow)
	if err != nil {
		t.Fatal(err)
	}
	b.Adopt(d)
	if _, codes := b.fate("+393205550101"); len(codes) > 0 {
		t.Errorf("Ottavia wrote two hours ago: %v", codes)
	}
	if _, codes := b.fate("+34600555102"); !slices.Equal(codes, []int{131047}) {
		t.Errorf("Fermín's window is shut: %v", codes)
	}
	if status, v := b.send(`{"recipient":"` + userOf(t, "sparrow") + `","type":"text","text":{"body":"x"}}`); status != 200 {
		t.Errorf("by user id: %d %v", status, v)
	}
}

func userOf(t *testing.T, key string) string {
	for _, p := range world(t).People {
		if p.Key == key {
			return p.UserID
		}
	}
	t.Fatal("nobody is called " + key)
	return ""
}

func TestWorldRefusals(t *testing.T) {
	w := world(t)
	for name, change := range map[string]func(*World){
		"a key twice":       func(w *World) { w.People[1].Key = w.People[0].Key },
		"a phone twice":     func(w *World) { w.People[1].Phone = w.People[0].Phone },
		"no name":           func(w *World) { w.People[1].Name = "" },
		"no persona":        func(w *World) { w.People[1].Persona = "x" },
		"no words":          func(w *World) { w.People[1].Lang = "xx" },
		"story of a nobody": func(w *World) { w.Stories[0].Who = "x" },
	} {
		bad := w
		bad.People, bad.Stories = slices.Clone(w.People), slices.Clone(w.Stories)
		change(&bad)
		if bad.check() == nil {
			t.Errorf("%s passes", name)
		}
	}
	for name, b := range map[string]Beat{
		"nothing":          {},
		"unknown target":   {In: &Inbound{Type: "reaction", Target: "@x", Text: "👍"}},
		"unknown quote":    {Out: &StoryOut{By: "a", Text: "x", ReplyTo: "@x"}},
		"unknown file":     {Out: &StoryOut{By: "a", Media: "x"}},
		"unknown code":     {Out: &StoryOut{By: "a", State: core.Failed, Error: 7}},
		"state of no past": {Out: &StoryOut{By: "a", State: core.Queued}},
	} {
		o := Options{World: World{People: w.People, Stories: []Story{{Who: w.People[0].Key, Beats: []Beat{b}}}}}
		if _, err := o.Demo(demoNow); core.CodeOf(err) != core.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}
