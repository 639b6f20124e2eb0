package campaign

import (
	"time"

	"bottega/core"
	"bottega/core/inbox"
	"bottega/core/template"
)

// handOver makes a row's message and puts it in line, all in the caller's
// transaction. The reference is the row's own: where the store has it already
// the row only takes that message over and nothing is queued again.
func handOver(tx Tx, c *Campaign, x *Recipient, ch Choice, now time.Time, shop core.Rules) error {
	content, err := template.Fill(*ch.Form, ch.Values)
	if err != nil {
		return err
	}
	conv, err := conversation(tx, c.ChannelID, x.ContactID, shop)
	if err != nil {
		return err
	}
	m := core.Message{ConversationID: conv.ID, ChannelID: c.ChannelID, Direction: core.Out, Content: content, Ref: x.Ref(),
		State: core.Queued, Auto: true, Author: c.Agent, At: now, NotBefore: now}
	inserted, err := tx.InsertMessage(&m)
	if err != nil {
		return err
	}
	if !inserted {
		if m, err = tx.MessageByRef(x.Ref()); err != nil {
			return err
		}
	} else {
		if conv.LastMessageID == 0 { // where people have talked, their last message stays on top
			conv.LastMessageID, conv.Last, conv.LastAt = m.ID, m, now
			inbox.Refresh(&conv, shop)
			if err := tx.SaveConversation(&conv); err != nil {
				return err
			}
		}
		if err := tx.Enqueue(m, core.PriorityCampaign); err != nil {
			return err
		}
	}
	x.State, x.MessageID, x.SentAt = Sending, m.ID, now
	x.Attempts++
	x.Template, x.Language = ch.Form.Name, ch.Form.Language
	tx.Changed(core.Change{Kind: core.Messages, ID: conv.ID}, core.Change{Kind: core.Work, ID: c.ChannelID})
	return tx.SaveRecipient(x)
}

// conversation finds the talk with a contact; a new one is done until the
// person writes, so that a campaign does not fill the inbox.
func conversation(tx Tx, channel, contact int64, shop core.Rules) (core.Conversation, error) {
	conv, err := tx.ConversationOf(channel, contact)
	if core.CodeOf(err) != core.NotFound {
		return conv, err
	}
	c, err := tx.Contact(contact)
	if err != nil {
		return conv, err
	}
	conv = core.Conversation{ChannelID: channel, ContactID: contact, State: core.Done, Contact: c}
	inbox.Refresh(&conv, shop)
	return conv, tx.SaveConversation(&conv)
}

// takeBack takes a row's message out of the line again, as long as nobody has
// claimed it, and reports whether it did. The row is as it was before.
func takeBack(tx Tx, x *Recipient) (bool, error) {
	if x.State != Sending {
		return false, nil
	}
	m, err := tx.Message(x.MessageID)
	if err != nil || m.State != core.Queued {
		return false, gone(err)
	}
	switch err := tx.Dequeue(m.ID); core.CodeOf(err) {
	case "":
	case core.TooLate, core.NotFound: // on its way, or already back
		return false, nil
	default:
		return false, err
	}
	conv, err := tx.Conversation(m.ConversationID)
	if err != nil {
		return false, err
	}
	if conv.LastMessageID == m.ID {
		conv.LastMessageID, conv.Last = 0, core.Message{}
		if err := tx.SaveConversation(&conv); err != nil {
			return false, err
		}
	}
	if err := tx.DeleteMessage(m.ID); err != nil {
		return false, err
	}
	x.State, x.MessageID, x.SentAt = Pending, 0, time.Time{}
	x.Attempts--
	tx.Changed(core.Change{Kind: core.Messages, ID: conv.ID})
	return true, nil
}

// gone turns NotFound into nothing.
func gone(err error) error {
	if core.CodeOf(err) == core.NotFound {
		return nil
	}
	return err
}

// Follow moves a row on after its message did, and saves it when it changed.
// A message that the provider refused at once, so that nobody can have got it,
// goes back in line where its class allows and the campaign still goes on.
// Safe to call twice.
func (r *Rules) Follow(tx Tx, x *Recipient, m *core.Message, now time.Time) error {
	if x.MessageID != m.ID {
		return nil // of an earlier try
	}
	next := x.State.Merge(Of(m.State))
	if next == x.State {
		return nil
	}
	before := x.State
	x.State, x.Class, x.Code = next, "", ""
	if next == Failed || next == Unsure {
		x.Class = core.ClassUnknown
		if m.Error != nil {
			x.Class, x.Code = m.Error.Class, m.Error.Code
		}
	}
	if next == Failed {
		x.FailedAt = now
		c, err := tx.Campaign(x.CampaignID)
		if err != nil {
			return err
		}
		how, from := r.MayRetry(x, before != Sending || m.ProviderID != "")
		if how == ByWait && (c.State.Active() || c.State == Paused) {
			x.Again(from)
		}
	}
	tx.Changed(core.Change{Kind: core.Campaigns, ID: x.CampaignID})
	return tx.SaveRecipient(x)
}

// Withdraw takes a contact's campaign messages back that have not left, when
// the person opts out: in the transaction that notes it, so that nothing leaves
// after it. all also takes back utility, for an opt-out of everything; SMS go
// back whatever was said. The contact's other rows are asked about at their turn.
func Withdraw(tx Tx, contact int64, all bool) error {
	rows, err := tx.RowsOf(contact, time.Time{})
	if err != nil {
		return err
	}
	for i := range rows {
		x := &rows[i]
		if err := withdrawText(tx, x); err != nil {
			return err
		}
		if x.State != Sending {
			continue
		}
		c, err := tx.Campaign(x.CampaignID)
		if err != nil {
			return err
		}
		if !c.Marketing() && !all {
			continue
		}
		back, err := takeBack(tx, x)
		if err != nil {
			return err
		}
		if !back {
			continue
		}
		x.State, x.Why = Skipped, OptedOut
		if err := tx.SaveRecipient(x); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Campaigns, ID: c.ID})
	}
	return nil
}

// Answer notes that a contact wrote: the latest campaign message of the time
// that counts (S-043: 24 h) is replied.
func (r *Rules) Answer(tx Tx, contact int64, at time.Time) error {
	_, err := r.came(tx, contact, at, r.PromoRest.Value.D(), Replied)
	return err
}

// Convert notes an order that came within a time after a campaign (S-068).
func (r *Rules) Convert(tx Tx, contact int64, at time.Time, within time.Duration) error {
	_, err := r.came(tx, contact, at, within, Converted)
	return err
}

// came moves the latest row that somebody did something after; it returns what
// takes that back, nil where nothing moved.
func (r *Rules) came(tx Tx, contact int64, at time.Time, within time.Duration, state RecipientState) (Back, error) {
	rows, err := tx.RowsOf(contact, at.Add(-within))
	if err != nil {
		return nil, err
	}
	for i := range rows {
		if x := &rows[i]; x.reached() && !x.SentAt.After(at) {
			return x.reach(tx, state)
		}
	}
	return nil, nil
}

// Back takes back, in a later transaction, that a row came as far as it did.
type Back = func(core.Tx) error

// reach moves a row on; see came.
func (x *Recipient) reach(tx Tx, state RecipientState) (Back, error) {
	before, next := x.State, x.State.Merge(state)
	if next == before {
		return nil, nil
	}
	x.State = next
	tx.Changed(core.Change{Kind: core.Campaigns, ID: x.CampaignID})
	return back(x.ID, before, next), tx.SaveRecipient(x)
}

// back puts a row where it was, or where its message has brought it since. One
// that has moved otherwise, or is gone, stays.
func back(row int64, before, now RecipientState) Back {
	return func(tx core.Tx) error {
		own, ok := tx.(Tx)
		if !ok {
			return nil
		}
		x, err := own.Recipient(row)
		if err != nil || x.State != now {
			return gone(err)
		}
		x.State = before
		if m, err := own.Message(x.MessageID); err == nil {
			x.State = before.Merge(Of(m.State))
		} else if gone(err) != nil {
			return err
		}
		own.Changed(core.Change{Kind: core.Campaigns, ID: x.CampaignID})
		return own.SaveRecipient(&x)
	}
}
