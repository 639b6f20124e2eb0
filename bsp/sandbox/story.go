package sandbox

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"bottega/core"
)

// Story is the past talk with one customer, told in ages so that it is young
// whenever the demo starts.
type Story struct {
	Who   string `json:"who"`             // key of a person
	About string `json:"about,omitempty"` // what it is there to show
	Beats []Beat `json:"beats"`           // oldest first
}

// Beat is one thing that happened: In, Out or Do.
type Beat struct {
	Ago core.Duration `json:"ago"`
	As  string        `json:"as,omitempty"` // a name for "@name" in targets of later beats
	In  *Inbound      `json:"in,omitempty"`
	Out *StoryOut     `json:"out,omitempty"`
	Do  *StoryAct     `json:"do,omitempty"`
}

// StoryOut is a message of the shop.
type StoryOut struct {
	By       string             `json:"by,omitempty"` // agent, "me" for who opens the demo; "" with Auto
	Text     string             `json:"text,omitempty"`
	Type     core.MessageType   `json:"type,omitempty"`  // text
	Media    string             `json:"media,omitempty"` // name of a sample file
	ReplyTo  string             `json:"reply_to,omitempty"`
	Template *core.TemplateCall `json:"template,omitempty"`
	Buttons  []core.Button      `json:"buttons,omitempty"`
	State    core.State         `json:"state,omitempty"` // read
	Error    int                `json:"error,omitempty"` // code of a failed one
	Auto     bool               `json:"auto,omitempty"`
}

// StoryAct is something an agent did.
type StoryAct struct {
	Kind string        `json:"kind"` // note, assign, snooze, done, seen, react
	By   string        `json:"by"`
	Text string        `json:"text,omitempty"` // note, assignee, emoji
	For  core.Duration `json:"for,omitzero"`   // snooze: until so long after now
	On   string        `json:"on,omitempty"`   // react: "@name"
}

// Demo is the past of the demo shop, to be put into a store by Load.
type Demo struct {
	Events []Event  // in the order of their times
	People []Person // everybody, those without a story too
}

// Event is one step of the past: a callback as the provider would have posted
// it, a message the shop sent, or something an agent did.
type Event struct {
	At       time.Time
	Who      Person
	Callback []byte        // unsigned body for the webhook
	Opens    bool          // the callback counts as contact: it opens the window
	Out      *core.Message // without row ids
	Act      *StoryAct
	Target   string // provider id of the message that a react is about
}

// Demo tells the stories of the world as they would have happened before now.
// It is pure: the same now and options give the same demo. Its error is
// Internal: the stories are part of the program.
func (o Options) Demo(now time.Time) (Demo, error) {
	o = o.withDefaults()
	d := Demo{People: o.World.People}
	for i, story := range o.World.Stories {
		at := slices.IndexFunc(o.World.People, func(p Person) bool { return p.Key == story.Who })
		if at < 0 {
			return Demo{}, core.Fail(core.Internal, "sandbox.Demo", fmt.Errorf("nobody is called %q", story.Who))
		}
		t := teller{o: o, who: o.World.People[at], now: now, serial: uint64(i+1) << 16, names: map[string]string{}}
		for _, b := range story.Beats {
			e, err := t.tell(b)
			if err != nil {
				return Demo{}, core.Fail(core.Internal, "sandbox.Demo", fmt.Errorf("story of %q: %w", story.Who, err))
			}
			d.Events = append(d.Events, e)
		}
	}
	slices.SortStableFunc(d.Events, func(a, b Event) int { return cmp.Compare(a.At.UnixMilli(), b.At.UnixMilli()) })
	return d, nil
}

// teller turns the beats of one story into events.
type teller struct {
	o      Options
	who    Person
	now    time.Time
	serial uint64
	names  map[string]string // beat name → message id
}

func (t *teller) tell(b Beat) (Event, error) {
	t.serial++
	e := Event{At: t.now.Add(-b.Ago.D()).Truncate(time.Second), Who: t.who}
	var err error
	switch {
	case b.In != nil:
		err = t.in(&e, *b.In, b.As)
	case b.Out != nil:
		e.Out, err = t.out(e.At, *b.Out, b.As)
	case b.Do != nil:
		act := *b.Do
		act.By, act.Text = t.agent(act.By), t.agent(act.Text)
		e.Act = &act
		e.Target, err = t.refer(b.Do.On)
	default:
		err = fmt.Errorf("a beat without anything in it")
	}
	return e, err
}

// agent puts the name of whoever opens the demo in the place of "me".
func (t *teller) agent(name string) string {
	if name == "me" {
		return t.o.Agent
	}
	return name
}

// refer resolves "@name".
func (t *teller) refer(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	id, ok := t.names[strings.TrimPrefix(name, "@")]
	if !ok {
		return "", fmt.Errorf("no earlier beat is called %q", name)
	}
	return id, nil
}

func (t *teller) in(e *Event, in Inbound, as string) (err error) {
	if in.Type == "" {
		in.Type = "text"
	}
	if in.ReplyTo, err = t.refer(in.ReplyTo); err != nil {
		return err
	}
	if in.Target, err = t.refer(in.Target); err != nil {
		return err
	}
	in.At, in.ID = e.At, wamid(t.o.Seed, t.serial, e.At, t.who.address(), fromCustomer)
	t.names[as] = in.ID
	c, err := t.o.sender().inbound(&t.who, in)
	if err != nil {
		return err
	}
	at := time.Time{}
	if c.Field != "messages" {
		at = e.At
	}
	e.Opens = in.counts()
	e.Callback, err = t.o.sender().envelope(at, c)
	return err
}

func (t *teller) out(at time.Time, o StoryOut, as string) (*core.Message, error) {
	m := &core.Message{Direction: core.Out, Author: t.agent(o.By), Auto: o.Auto, At: at, State: o.State, Attempts: 1,
		Ref:     fmt.Sprintf("demo-%d", t.serial),
		Content: core.Content{Type: o.Type, Text: o.Text, Template: o.Template, Buttons: o.Buttons}}
	if m.Type == "" {
		m.Type = core.TypeText
	}
	if m.State == core.Received {
		m.State = core.Read
	}
	var err error
	if m.ReplyTo, err = t.refer(o.ReplyTo); err != nil {
		return nil, err
	}
	if o.Media != "" {
		f := sample("", o.Media)
		if f == nil {
			return nil, fmt.Errorf("no sample file %q", o.Media)
		}
		m.Media = &core.Media{ID: f.id, MIME: f.mime, Filename: f.name, Size: int64(len(f.body)), SHA256: base64SHA(f), Caption: o.Text}
	}
	if m.State != core.UnsureSent {
		m.ProviderID = wamid(t.o.Seed, t.serial, at, t.who.address(), fromShop)
		t.names[as] = m.ProviderID
	}
	return m, t.fate(m, o)
}

// fate sets the times and the error that belong to the state.
func (t *teller) fate(m *core.Message, o StoryOut) error {
	soon := func(d time.Duration) time.Time {
		if at := m.At.Add(d); at.Before(t.now) {
			return at
		}
		return t.now
	}
	switch m.State {
	case core.UnsureSent:
		m.Error = &core.ProviderError{Class: core.ClassUnknown, Message: "timeout", Uncertain: true}
	case core.Failed:
		k, ok := knownError(o.Error)
		if !ok {
			return fmt.Errorf("no error code %d", o.Error)
		}
		m.SentAt = soon(time.Second)
		m.Error = &core.ProviderError{Code: fmt.Sprint(o.Error), Class: core.ClassUndeliverable, Message: k.title}
	case core.Read:
		m.ReadAt = soon(25 * time.Second)
		fallthrough
	case core.Delivered:
		m.DeliveredAt = soon(2 * time.Second)
		fallthrough
	case core.Sent:
		m.SentAt = soon(time.Second)
	default:
		return fmt.Errorf("state %q has no place in the past", m.State)
	}
	return nil
}

// Adopt tells the simulator the past it gave out as a demo: when customers
// last wrote. Without it the window of everybody in the demo would be shut.
// Call it after Load; OpenLedger remembers it over a restart.
func (s *Server) Adopt(d Demo) {
	for _, e := range d.Events {
		if e.Callback == nil || !e.Opens {
			continue
		}
		p := s.crowd.meet(Person{Phone: e.Who.Phone, UserID: e.Who.UserID})
		s.crowd.wrote(p, e.At, true, false)
		s.ledger.wrote(p.address(), e.At)
	}
}
