package inbox

import (
	"strings"
	"time"

	"bottega/core"
)

// maxAhead is how far ahead of our clock a provider's time is believed. A
// clock set back by some hours passes; a nonsense date would keep the window
// open for years.
const maxAhead = 26 * time.Hour

// At is the time of an inbound message that counts: the provider's (P-05), or
// now when the provider gave none or one that cannot be.
func At(m *core.Message, now time.Time) time.Time {
	if m.At.IsZero() || m.At.After(now.Add(maxAhead)) {
		return now
	}
	return m.At
}

// Inbound applies a new customer message to its conversation: window, clock,
// unread count, last message. It sets m.Courtesy and reports whether the
// message woke a snoozed conversation or reopened a done one.
//
// Messages may come late and out of order: an older one never shortens the
// window, and the clock starts at the earliest unanswered one. A message that
// arrives after our answer but was written before it starts the clock too: who
// answered had not seen it. Only an answer typed on the phone (c.Last is an
// echo) had.
//
// A courtesy on a done or snoozed conversation leaves it where it is, unread
// count and all.
func Inbound(c *core.Conversation, m *core.Message, r core.Rules, now time.Time) (back bool) {
	at := At(m, now)
	prev := c.Last
	if m.Type == core.TypeSystem {
		last(c, m, at)
		Refresh(c, r)
		return false
	}
	if m.Type.CountsAsContact() {
		openWindow(c, m, at, r)
	}
	m.Courtesy = closes(c, &prev, m, r)
	last(c, m, at)
	switch {
	case m.Courtesy:
		if c.CourtesySince.IsZero() || at.Before(c.CourtesySince) {
			c.CourtesySince = at
		}
		if c.State == core.Open {
			c.Unread++
		}
	default:
		c.Unread++
		back = c.State != core.Open
		c.State, c.SnoozeUntil = core.Open, time.Time{}
		if m.Type.CountsAsContact() && !seenOnPhone(&prev, at) {
			startClock(c, at)
		}
	}
	Refresh(c, r)
	return back
}

// Understood applies a message whose content could not be read when it came and
// now can: the window and the clock are as if it had been read then. It reports
// whether the conversation changed. An answer or a "done" since then was given
// with the message in view, unread as it was, and stands.
func Understood(c *core.Conversation, m *core.Message, r core.Rules) bool {
	if !m.Type.CountsAsContact() {
		return false
	}
	openWindow(c, m, m.At, r)
	if c.LastMessageID == m.ID {
		c.Last = *m
	}
	switch {
	case c.State != core.Open || !m.At.After(c.LastOutAt) && !c.LastOutAt.IsZero():
	case closes(c, &core.Message{}, m, r):
		m.Courtesy = true
		if c.CourtesySince.IsZero() || m.At.Before(c.CourtesySince) {
			c.CourtesySince = m.At
		}
	default:
		startClock(c, m.At)
	}
	Refresh(c, r)
	return true
}

// closes judges whether m is a closing courtesy: the shop has answered before,
// nobody waits, and the words say nothing else. An agreement after a question
// of ours ("Shall I send it?" "ok") is an answer, not a courtesy.
func closes(c *core.Conversation, prev, m *core.Message, r core.Rules) bool {
	if m.Type != core.TypeText || c.LastOutAt.IsZero() || !c.WaitingSince.IsZero() || m.Media != nil || m.Referral != nil {
		return false
	}
	switch courtesyKind(m.Text, r.Courtesy) {
	case thanks:
		return true
	case agreement:
		asked := prev.ID != 0 && prev.Direction == core.Out && strings.ContainsAny(prev.Text, questionMarks)
		return !asked
	}
	return false
}

// seenOnPhone reports whether the newest message is an answer typed on the
// shop's phone after at: whoever typed it had seen everything before it.
func seenOnPhone(prev *core.Message, at time.Time) bool {
	echo := prev.Echo || (prev.Author == "" && !prev.Auto)
	return prev.ID != 0 && prev.Direction == core.Out && prev.Type != core.TypeNote && echo && prev.At.After(at)
}

func startClock(c *core.Conversation, at time.Time) {
	if c.WaitingSince.IsZero() || at.Before(c.WaitingSince) {
		c.WaitingSince = at
	}
	c.CourtesySince = time.Time{}
}

func stopClock(c *core.Conversation) {
	c.WaitingSince, c.CourtesySince = time.Time{}, time.Time{}
}

// last makes m the conversation's newest message unless a newer one is known.
func last(c *core.Conversation, m *core.Message, at time.Time) {
	if at.Before(c.LastAt) {
		return
	}
	c.LastAt, c.LastMessageID, c.Last = at, m.ID, *m
}

// IsAnswer reports whether an outbound message answers the customer: what a
// person of the shop sends, templates and messages typed on the phone among
// it; not what a rule sends, a note or a reaction.
func IsAnswer(m *core.Message) bool {
	return m.Direction == core.Out && !m.Auto && m.Type != core.TypeNote && m.Type != core.TypeReaction
}

// Answered applies an outbound message to its conversation when it is queued,
// or received from the shop's phone (m.Echo). An answer by a person stops the
// clock at once, before the provider has it: what counts is that somebody
// dealt with the customer. m.Waited remembers the clock for AnswerFailed. It
// reports the business time the customer waited, when somebody waited.
//
// An own reply stops the clock whatever its time: it was written with the
// customer's messages in view, and our clock may lag behind the provider's. An
// echo stops it only for messages written before it; should there be later
// ones, the newest of them is taken as the start of the new wait.
//
// Automatic messages change only what the list shows; notes and reactions
// change nothing.
func Answered(c *core.Conversation, m *core.Message, r core.Rules) (waited time.Duration, stopped bool) {
	if m.Direction != core.Out || m.Type == core.TypeNote || m.Type == core.TypeReaction {
		return 0, false
	}
	last(c, m, m.At)
	if m.Echo {
		Reached(c, m, r)
		if !c.LastInAt.After(m.At) {
			c.Unread = 0 // read on the phone
		}
	}
	if !IsAnswer(m) {
		Refresh(c, r)
		return 0, false
	}
	if m.At.After(c.LastOutAt) {
		c.LastOutAt = m.At
	}
	since := c.WaitingSince
	if m.Echo && since.After(m.At) {
		return 0, false
	}
	m.Waited = since
	stopClock(c)
	if c.State == core.Open {
		c.SnoozeUntil = time.Time{} // what it was woken for is done
	}
	if m.Echo && !since.IsZero() && c.LastInAt.After(m.At) {
		startClock(c, c.LastInAt)
	}
	Refresh(c, r)
	if since.IsZero() {
		return 0, false
	}
	return Elapsed(r.Hours, since, m.At), true
}

// FailAnswer applies the failure of an answer to its conversation and reports
// whether that changed. While a later answer has arrived or is on its way the
// clock stays stopped: the customer has, or will have, something newer. That
// answer takes over the wait, so that the clock goes on from the first
// unanswered message should it fail as well.
func FailAnswer(tx core.Tx, c *core.Conversation, m *core.Message, r core.Rules) (bool, error) {
	if !IsAnswer(m) || m.Waited.IsZero() {
		return false, nil
	}
	as, err := tx.Answers(c.ID, lastAnswers)
	if err != nil {
		return false, err
	}
	var heir, twin *core.Message
	for i := range as { // newest first
		o := &as[i]
		switch {
		case o.ID == m.ID || o.State == core.Failed:
		case writtenAfter(o, m):
			heir = o
		case o.Waited.Equal(m.Waited):
			twin = o
		}
	}
	switch {
	case heir == nil && twin == nil:
		return AnswerFailed(c, m, r), nil
	case heir == nil: // what this one repeated arrived after all
		if !c.LastInAt.After(twin.At) {
			return false, nil
		}
		late := *m
		late.Waited = c.LastInAt
		return AnswerFailed(c, &late, r), nil
	case heir.Waited.IsZero() || m.Waited.Before(heir.Waited):
		heir.Waited = m.Waited
		return false, tx.SaveMessage(heir)
	}
	return false, nil
}

// lastAnswers is how far back the failure of one looks for others: far more
// than one person writes while the first is on its way.
const lastAnswers = 64

// writtenAfter reports whether a was written after b.
func writtenAfter(a, b *core.Message) bool {
	return a.At.After(b.At) || (a.At.Equal(b.At) && a.ID > b.ID)
}

// AnswerFailed applies the failure of an answer that no other stands in for
// (see FailAnswer): the clock goes on from where it stopped (m.Waited), and a
// done or snoozed conversation comes back, since the customer got nothing. It
// reports whether anything changed.
//
// A failed answer that had stopped no clock (the second of two) changes
// nothing here: the customer has the first, and the failed one shows in the
// thread and in the count of failed messages. An unsure message is no failure:
// the clock stays stopped until the receipt or a person decides.
func AnswerFailed(c *core.Conversation, m *core.Message, r core.Rules) bool {
	if !IsAnswer(m) || m.Waited.IsZero() {
		return false
	}
	startClock(c, m.Waited)
	c.State, c.SnoozeUntil = core.Open, time.Time{}
	Refresh(c, r)
	return true
}

// AnswerArrived applies a receipt that says a message reached the customer
// after it had been taken for failed: it stops the clock again, unless another
// message waits that was written after the answer.
func AnswerArrived(c *core.Conversation, m *core.Message, r core.Rules) bool {
	if !IsAnswer(m) || c.WaitingSince.IsZero() || !c.WaitingSince.Equal(m.Waited) {
		return false
	}
	stopClock(c)
	if c.LastInAt.After(m.At) {
		startClock(c, c.LastInAt)
	}
	Refresh(c, r)
	return true
}

// Refresh brings DueAt and SortKey up to date; call it after any change of
// the clock, the hours, the targets, the value or the last message.
func Refresh(c *core.Conversation, r core.Rules) {
	c.DueAt = time.Time{}
	if !c.WaitingSince.IsZero() {
		c.DueAt = Add(r.Hours, c.WaitingSince, r.Targets.First.D())
	}
	c.SortKey = SortKey(c, r)
}
