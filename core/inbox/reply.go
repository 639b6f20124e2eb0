package inbox

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"time"

	"bottega/core"
)

// minLock is the shortest time for which a reply keeps other agents from
// sending in the same conversation.
const minLock = 5 * time.Second

// e164 is the form of core.Phone: a plus, a country code, at most 15 digits.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// Reply queues an answer to a customer. It leaves after the undo time
// (Policy.UndoGrace), until which TakeBack works. The draft is cleared and the
// clock stopped in the same transaction; the state stays as it is, so a reply
// to a done conversation does not reopen it.
//
// Errors: what CheckContent says; WindowClosed when only a template may be sent;
// Locked when another agent sent a reply within the last seconds; NoRecipient
// when the contact has no address on the channel; NoChannel. On a paused
// channel the reply waits in line until sending goes on: the shop's words are
// safer there than in a composer.
func (s *Service) Reply(ctx context.Context, conv int64, agent string, c core.Content) (core.Message, error) {
	const op = "inbox.Reply"
	r := s.Rules()
	c, err := CheckContent(c, r.Limits)
	if err == nil {
		err = needAgent(agent)
	}
	if err != nil {
		return core.Message{}, fail(op, err)
	}
	var m core.Message
	ref := s.NewRef()
	err = s.conversation(ctx, op, conv, func(tx core.Tx, cv *core.Conversation) (bool, error) {
		// The lock is not given back: it runs out by itself, and until then
		// nobody answers the same customer twice. A reply that fails takes none
		// and leaves alone the one of the reply before.
		if err := tx.Lock(conv, agent, s.Now(), max(minLock, r.Policy.UndoGrace.D())); err != nil {
			return false, err
		}
		m = core.Message{Ref: ref, Author: agent, Content: c, NotBefore: s.Now().Add(r.Policy.UndoGrace.D())}
		if err := s.queue(tx, cv, &m); err != nil {
			return false, err
		}
		return true, tx.SaveDraft(cv.ID, agent, "")
	})
	if err != nil {
		return core.Message{}, err
	}
	return m, nil
}

// queue puts a new message of an agent in line and applies it to its
// conversation, which the caller saves. The caller sets Ref, Author, Content
// and NotBefore.
func (s *Service) queue(tx core.Tx, c *core.Conversation, m *core.Message) error {
	return s.queueIf(tx, c, m, s.permitted)
}

// permit says whether a message may go to a person.
type permit func(core.Tx, *core.Conversation, *core.Message, time.Time) error

// queueIf is queue with another answer to whether it may.
func (s *Service) queueIf(tx core.Tx, c *core.Conversation, m *core.Message, may permit) error {
	const op = "inbox.queue"
	now := s.Now()
	if err := CanWrite(c, m.Type, now); err != nil {
		return err
	}
	if _, err := tx.Channel(c.ChannelID); err != nil {
		if is(err, core.NotFound) {
			err = core.Fail(core.NoChannel, op, err)
		}
		return err
	}
	if !reachable(c) {
		return core.Fail(core.NoRecipient, op, nil)
	}
	if err := may(tx, c, m, now); err != nil {
		return err
	}
	m.ConversationID, m.ChannelID, m.Direction, m.State = c.ID, c.ChannelID, core.Out, core.Queued
	// After everything that was seen, even when our clock was set back.
	m.At = latest(now, c.LastAt)
	waited, stopped := Answered(c, m, s.Rules())
	inserted, err := tx.InsertMessage(m)
	if err != nil {
		return err
	}
	if !inserted {
		return core.Fail(core.Conflict, op, errors.New("the reference is in use"))
	}
	if m.Type != core.TypeReaction {
		c.LastMessageID, c.Last = m.ID, *m
	}
	if stopped {
		if err := s.note(tx, c, core.ActAnswered, m.Author, strconv.FormatInt(waited.Milliseconds(), 10)); err != nil {
			return err
		}
	}
	tx.Changed(core.Change{Kind: core.Messages, ID: c.ID}, core.Change{Kind: core.Work, ID: c.ChannelID})
	return tx.Enqueue(*m, core.PriorityReply)
}

// reachable reports whether a provider could be told whom to send to.
func reachable(c *core.Conversation) bool {
	if c.Contact.Phone != "" {
		return true
	}
	for _, id := range c.Contact.Identities {
		if id.ChannelID == c.ChannelID && id.Kind != core.IdentityParent {
			return true
		}
	}
	return false
}

// SendTo queues a message to a number, whether or not the shop knows it: the
// contact and the conversation are made when there are none (then only a
// template may be sent). It leaves at once, without undo time. NoChannel when
// there is no such channel, InvalidInput when the number is not E.164.
func (s *Service) SendTo(ctx context.Context, channel int64, to core.Phone, agent string, c core.Content) (core.Message, error) {
	return s.sendTo(ctx, "inbox.SendTo", channel, to, agent, c, s.permitted)
}

// SendOwn is SendTo to a phone of the shop's own, to see a template as customers
// will: see trial. The caller knows that it is one.
func (s *Service) SendOwn(ctx context.Context, channel int64, to core.Phone, agent string, c core.Content) (core.Message, error) {
	return s.sendTo(ctx, "inbox.SendOwn", channel, to, agent, c, s.trial)
}

func (s *Service) sendTo(ctx context.Context, op string, channel int64, to core.Phone, agent string, c core.Content, may permit) (core.Message, error) {
	c, err := CheckContent(c, s.Rules().Limits)
	if err == nil {
		err = needAgent(agent)
	}
	if err == nil && !e164.MatchString(string(to)) {
		err = badInput(op, "not a number in international form")
	}
	if err != nil {
		return core.Message{}, fail(op, err)
	}
	var m core.Message
	ref := s.NewRef()
	err = s.Store.Write(ctx, func(tx core.Tx) error {
		if _, err := tx.Channel(channel); err != nil {
			if is(err, core.NotFound) {
				err = core.Fail(core.NoChannel, op, err)
			}
			return err
		}
		cv, err := s.find(tx, channel, to)
		if err != nil {
			return err
		}
		m = core.Message{Ref: ref, Author: agent, Content: c}
		if err := s.queueIf(tx, &cv, &m, may); err != nil {
			return err
		}
		return s.save(tx, &cv)
	})
	if err != nil {
		return core.Message{}, fail(op, err)
	}
	return m, nil
}

// elsewhere finds who has one of the addresses on any channel, or on none: an
// imported person has not written yet. They get the address on this channel.
func (s *Service) elsewhere(tx core.Tx, ids []core.Identity) (core.Contact, error) {
	wide := slices.Clone(ids)
	for i := range wide {
		wide[i].ChannelID = 0
	}
	c, err := tx.FindIdentity(wide...)
	if err != nil {
		return c, err
	}
	own := core.Identity{ChannelID: ids[0].ChannelID, Kind: core.IdentityPhone, Value: string(c.Phone)}
	if c.Phone == "" {
		own.Value = ids[0].Value
	}
	if err := tx.AddIdentity(c.ID, own); err != nil && !is(err, core.Conflict) {
		return c, err
	}
	return tx.Contact(c.ID)
}

// find returns the conversation with a number on a channel, made when needed.
func (s *Service) find(tx core.Tx, channel int64, to core.Phone) (core.Conversation, error) {
	var ids []core.Identity
	for _, form := range to.Forms() {
		ids = append(ids, core.Identity{ChannelID: channel, Kind: core.IdentityPhone, Value: string(form)})
	}
	contact, err := tx.FindIdentity(ids...)
	if is(err, core.NotFound) {
		contact, err = s.elsewhere(tx, ids)
	}
	if is(err, core.NotFound) {
		contact = core.Contact{Phone: to, CreatedAt: s.Now()}
		if err = tx.SaveContact(&contact); err == nil {
			err = tx.AddIdentity(contact.ID, ids[0])
		}
		tx.Changed(core.Change{Kind: core.Contacts, ID: contact.ID})
	}
	if err != nil {
		return core.Conversation{}, err
	}
	c, err := tx.ConversationOf(channel, contact.ID)
	if is(err, core.NotFound) {
		c = core.Conversation{ChannelID: channel, ContactID: contact.ID, State: core.Open, Contact: contact}
		Refresh(&c, s.Rules())
		err = tx.SaveConversation(&c)
	}
	return c, err
}

// TakeBack removes a message that has not left yet and puts everything back as
// it was: the clock, the last message of the list, the text in the agent's
// draft. It works for as long as the message waits in line, which on a paused
// channel is longer than the undo time; TooLate after that.
func (s *Service) TakeBack(ctx context.Context, message int64) (core.Content, error) {
	const op = "inbox.TakeBack"
	var back core.Content
	err := s.Store.Write(ctx, func(tx core.Tx) error {
		m, err := tx.Message(message)
		if err != nil {
			return err
		}
		if !IsAnswer(&m) || m.Echo {
			return badInput(op, "not an agent's message")
		}
		if m.State != core.Queued {
			return core.Fail(core.TooLate, op, nil)
		}
		if err := tx.Dequeue(m.ID); err != nil {
			return err
		}
		if err := tx.DeleteMessage(m.ID); err != nil {
			return err
		}
		c, err := tx.Conversation(m.ConversationID)
		if err != nil {
			return err
		}
		if err := s.unanswer(tx, &c, &m); err != nil {
			return err
		}
		if err := s.unsay(tx, &m); err != nil {
			return err
		}
		back = m.Content
		tx.Changed(core.Change{Kind: core.Messages, ID: c.ID}, core.Change{Kind: core.Work, ID: c.ChannelID})
		return s.save(tx, &c)
	})
	return back, fail(op, err)
}

// unsay gives the words of a message back to its author, or a repeated
// message its failed original.
func (s *Service) unsay(tx core.Tx, m *core.Message) error {
	if m.RetryOf == 0 {
		if m.Text == "" || m.Type == core.TypeTemplate {
			return nil
		}
		return tx.SaveDraft(m.ConversationID, m.Author, m.Text)
	}
	old, err := tx.Message(m.RetryOf)
	if err != nil {
		return err
	}
	old.RetriedBy = 0
	return tx.SaveMessage(&old)
}

// unanswer puts a conversation back to before an answer that is gone.
func (s *Service) unanswer(tx core.Tx, c *core.Conversation, m *core.Message) error {
	in, err := tx.LastInbound(c.ID)
	if err != nil && !is(err, core.NotFound) {
		return err
	}
	out, err := tx.LastOutbound(c.ID)
	if err != nil && !is(err, core.NotFound) {
		return err
	}
	newest := in
	if out.ID != 0 && (in.ID == 0 || !out.At.Before(in.At)) {
		newest = out
	}
	c.LastMessageID, c.LastAt, c.Last = newest.ID, newest.At, newest
	c.LastOutAt = time.Time{}
	if out.ID != 0 && IsAnswer(&out) {
		c.LastOutAt = out.At
	}
	switch {
	case !m.Waited.IsZero():
		startClock(c, m.Waited)
		if c.State != core.Open { // closed or put off after the answer that is gone
			c.State, c.SnoozeUntil = core.Open, time.Time{}
		}
		return s.note(tx, c, core.ActWaiting, m.Author, "taken_back")
	case in.Courtesy && c.WaitingSince.IsZero() && newest.ID == in.ID:
		c.CourtesySince = in.At
	}
	return nil
}
