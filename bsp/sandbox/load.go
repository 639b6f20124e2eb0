package sandbox

import (
	"context"
	"errors"
	"slices"
	"time"

	"bottega/core"
)

// Ports is what Load needs of the program around it.
type Ports struct {
	Store   core.Writer
	Channel core.Channel
	// Post hands a callback body to the channel's webhook, signed.
	Post func(ctx context.Context, body []byte) error
	// Drain returns when everything posted so far is decoded and stored.
	Drain func(ctx context.Context) error
	// Answered applies a message of the shop to its conversation (inbox.Answered
	// and inbox.Reached); Failed the failure of one (inbox.AnswerFailed).
	Answered func(c *core.Conversation, m *core.Message)
	Failed   func(c *core.Conversation, m *core.Message)
	// Refresh brings due time and order up to date (inbox.Refresh).
	Refresh func(c *core.Conversation)
}

// Load puts a demo into a store, in the order in which it happened. What
// customers did goes through the webhook, the journal and the decoder; what
// the shop did is written as it would stand there. People come last, so that
// tags and values meet contacts that the callbacks made. Loading into a store
// that holds the demo already adds nothing to it but the callbacks' journal.
func Load(ctx context.Context, d Demo, p Ports) error {
	posted := false
	drain := func() error {
		if !posted {
			return nil
		}
		posted = false
		return p.Drain(ctx)
	}
	for i := 0; i < len(d.Events); {
		if body := d.Events[i].Callback; body != nil {
			if err := p.Post(ctx, body); err != nil {
				return core.Fail(core.CodeOf(err), "sandbox.Load", err)
			}
			posted = true
			i++
			continue
		}
		n := i
		for n < len(d.Events) && d.Events[n].Callback == nil {
			n++
		}
		if err := drain(); err != nil {
			return err
		}
		if err := p.Store.Write(ctx, func(tx core.Tx) error { return p.write(tx, d.Events[i:n]) }); err != nil {
			return err
		}
		i = n
	}
	if err := drain(); err != nil {
		return err
	}
	return p.Store.Write(ctx, func(tx core.Tx) error { return p.people(tx, d.People) })
}

// write stores a run of events of the shop.
func (p Ports) write(tx core.Tx, events []Event) error {
	for _, e := range events {
		contact, err := p.contact(tx, e.Who)
		if err != nil {
			return err
		}
		c, err := p.conversation(tx, contact.ID, e.At)
		if err != nil {
			return err
		}
		c.Contact = contact // its value decides the order
		if e.Out != nil {
			err = p.out(tx, &c, *e.Out)
		} else {
			err = p.act(tx, &c, e)
		}
		if err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Conversations, ID: c.ID}, core.Change{Kind: core.Messages, ID: c.ID})
	}
	return nil
}

// contact finds a person, making the contact when the shop wrote first.
func (p Ports) contact(tx core.Tx, who Person) (core.Contact, error) {
	ids := p.identities(who)
	c, err := tx.FindIdentity(ids...)
	if core.CodeOf(err) != core.NotFound {
		return c, err
	}
	c = core.Contact{Name: who.Name, Username: who.Username, Phone: who.Phone, Language: who.Lang}
	if err := tx.SaveContact(&c); err != nil {
		return core.Contact{}, err
	}
	for _, id := range ids {
		if err := tx.AddIdentity(c.ID, id); err != nil {
			return core.Contact{}, err
		}
	}
	return c, nil
}

func (p Ports) identities(who Person) []core.Identity {
	ids := []core.Identity{{ChannelID: p.Channel.ID, Kind: core.IdentityUser, Value: who.UserID}}
	if who.Phone != "" {
		ids = append(ids, core.Identity{ChannelID: p.Channel.ID, Kind: core.IdentityPhone, Value: string(who.Phone)})
	}
	return ids
}

func (p Ports) conversation(tx core.Tx, contact int64, at time.Time) (core.Conversation, error) {
	c, err := tx.ConversationOf(p.Channel.ID, contact)
	if core.CodeOf(err) != core.NotFound {
		return c, err
	}
	c = core.Conversation{ChannelID: p.Channel.ID, ContactID: contact, State: core.Open, LastAt: at}
	p.Refresh(&c)
	return c, tx.SaveConversation(&c)
}

func (p Ports) out(tx core.Tx, c *core.Conversation, m core.Message) error {
	m.ConversationID, m.ChannelID = c.ID, p.Channel.ID
	inserted, err := tx.InsertMessage(&m)
	if err != nil || !inserted {
		return err
	}
	p.Answered(c, &m)
	if m.Author != "" {
		c.Unread = 0 // who answers has looked
	}
	if m.State == core.Failed {
		p.Failed(c, &m)
	}
	if err := tx.SaveMessage(&m); err != nil {
		return err
	}
	return tx.SaveConversation(c)
}

func (p Ports) act(tx core.Tx, c *core.Conversation, e Event) error {
	done := core.Activity{ConversationID: c.ID, ContactID: c.ContactID, ChannelID: c.ChannelID, Actor: e.Act.By, At: e.At}
	switch e.Act.Kind {
	case "note":
		m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Author: e.Act.By, At: e.At,
			Ref: "demo-note-" + e.At.UTC().Format(time.RFC3339) + "-" + e.Who.Key, Content: core.Content{Type: core.TypeNote, Text: e.Act.Text}}
		_, err := tx.InsertMessage(&m)
		return err
	case "react":
		m, err := tx.MessageByProviderID(c.ChannelID, e.Target)
		if err != nil {
			return err
		}
		return tx.SetReaction(m.ID, core.Reaction{Target: e.Target, Emoji: e.Act.Text, From: core.Out, At: e.At})
	case "seen":
		c.Unread = 0
		return tx.SaveConversation(c)
	case "assign":
		c.Assignee = e.Act.Text
		done.Kind, done.Detail = core.ActAssigned, e.Act.Text
	case "snooze":
		c.State, c.SnoozeUntil = core.Snoozed, e.At.Add(e.Act.For.D())
		done.Kind, done.Detail = core.ActSnoozed, c.SnoozeUntil.UTC().Format(time.RFC3339)
	case "done":
		c.State, c.Unread = core.Done, 0
		done.Kind = core.ActDone
	default:
		return core.Fail(core.Internal, "sandbox.Load", errors.New("no such act: "+e.Act.Kind))
	}
	if e.Act.Kind != "assign" { // done and snooze stop the clock
		c.WaitingSince, c.DueAt, c.CourtesySince = time.Time{}, time.Time{}, time.Time{}
	}
	p.Refresh(c)
	if err := tx.AddActivity(done); err != nil {
		return err
	}
	return tx.SaveConversation(c)
}

// people gives contacts what no callback tells: tags, value, language.
func (p Ports) people(tx core.Tx, all []Person) error {
	for _, who := range all {
		c, err := p.contact(tx, who)
		if err != nil {
			return err
		}
		c.Language, c.Value = who.Lang, who.Value
		c.Tags = slices.Compact(slices.Sorted(slices.Values(who.Tags)))
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		v, err := tx.ConversationOf(p.Channel.ID, c.ID)
		if core.CodeOf(err) == core.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		v.Contact = c
		p.Refresh(&v) // the value moves it in the queue
		if err := tx.SaveConversation(&v); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Contacts, ID: c.ID}, core.Change{Kind: core.Conversations, ID: v.ID})
	}
	return nil
}
