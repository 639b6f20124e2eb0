// Package carrier is what the provider's word does to messages and numbers,
// the same whether the sender hears it in an answer (core/outbox) or in a
// callback (core/ingest).
package carrier

import (
	"time"

	"bottega/core"
	"bottega/core/inbox"
)

// Receipts applies status events to an outbound message, and what follows from
// them to its conversation. It reports whether the message changed; the caller
// saves it.
func Receipts(tx core.Tx, m *core.Message, es []core.Event, r core.Rules) (changed bool, err error) {
	before := m.State
	for i := range es {
		changed = m.Receive(&es[i]) || changed
	}
	if !changed || before == m.State {
		return changed, nil
	}
	return true, Follow(tx, m, before, r)
}

// Follow carries the change of an outbound message's state to its
// conversation: a failed answer puts the waiting clock back, one that arrives
// after all stops it again, and the first proof that it left may open the free
// entry point (P-03). A failed reaction goes from the message it was on.
func Follow(tx core.Tx, m *core.Message, before core.State, r core.Rules) error {
	if m.Type == core.TypeReaction {
		return reacted(tx, m, before)
	}
	if m.Type == core.TypeSMS {
		return nil // no answer to anybody, and no entry point of WhatsApp's
	}
	failed := m.State == core.Failed
	left := !failed && m.State.Merge(core.Sent) == m.State && before.Merge(core.Sent) != before
	if !failed && !left && before != core.Failed {
		return nil
	}
	c, err := tx.Conversation(m.ConversationID)
	if err != nil {
		return err
	}
	var changed bool
	if failed && m.Error != nil && m.Error.Class == core.ClassBlocked {
		if err := tx.AddActivity(core.Activity{ConversationID: c.ID, ContactID: c.ContactID, ChannelID: m.ChannelID, Kind: core.ActBlocked, At: m.At}); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Contacts, ID: c.ContactID})
	}
	if failed {
		if changed, err = inbox.FailAnswer(tx, &c, m, r); err != nil {
			return err
		}
	} else {
		if before == core.Failed {
			changed = inbox.AnswerArrived(&c, m, r)
		}
		if left || before == core.Failed {
			changed = inbox.Reached(&c, m, r) || changed
		}
	}
	if !changed {
		return nil
	}
	tx.Changed(core.Change{Kind: core.Conversations, ID: c.ID})
	return tx.SaveConversation(&c)
}

// reacted puts back on a message what stood there before a reaction of ours
// that failed, and the reaction should it have arrived after all. A later one
// stays.
func reacted(tx core.Tx, m *core.Message, before core.State) error {
	failed := m.State == core.Failed
	if m.Reaction == nil || !failed && before != core.Failed {
		return nil
	}
	target, err := tx.MessageByProviderID(m.ChannelID, m.Reaction.Target)
	if core.CodeOf(err) == core.NotFound {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	r := core.Reaction{Target: m.Reaction.Target, Emoji: m.Reaction.Emoji, From: core.Out, At: m.Reaction.At}
	if failed {
		r.Emoji = m.Reaction.Before
	}
	tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID})
	return tx.SetReaction(target.ID, r)
}

// Later applies to a message what happened to it after it was sent: a reaction
// (the later one stands, whatever order they come in), an edit or a revoke by
// the customer. It saves the message and reports whether anything changed.
func Later(tx core.Tx, m *core.Message, e *core.Event, at time.Time) (changed bool, err error) {
	switch e.Kind {
	case core.EvReaction:
		return react(tx, m, e, at)
	case core.EvEdit:
		if m.Direction != core.In || m.Revoked || !at.After(m.EditedAt) {
			return false, nil
		}
		m.Text, m.EditedAt = e.Text, at
	case core.EvRevoke:
		if m.Direction != core.In || m.Revoked {
			return false, nil
		}
		m.Revoked = true // its text stays, since the shop may have acted on it; screens show that it was taken back
	default:
		return false, nil
	}
	return true, tx.SaveMessage(m)
}

func react(tx core.Tx, m *core.Message, e *core.Event, at time.Time) (bool, error) {
	r := core.Reaction{Target: e.Target, Emoji: e.Emoji, From: core.In, At: at}
	if e.Removed != nil && *e.Removed {
		r.Emoji = ""
	}
	for _, o := range m.Reactions {
		if o.From == r.From && (o.At.After(at) || o.Emoji == r.Emoji) {
			return false, nil
		}
	}
	return true, tx.SetReaction(m.ID, r)
}

// Pause stops sending on a channel; it keeps receiving. A channel that is
// paused already keeps its first reason.
func Pause(tx core.Tx, channel int64, pe *core.ProviderError, now time.Time) error {
	ch, err := tx.Channel(channel)
	if err != nil || ch.State == core.Paused {
		return err
	}
	ch.State, ch.PauseClass, ch.Detail = core.Paused, pe.Class, pe.Message
	if err := tx.SaveChannel(&ch); err != nil {
		return err
	}
	tx.Changed(core.Change{Kind: core.Channels, ID: ch.ID})
	return tx.AddActivity(core.Activity{
		ChannelID: ch.ID, Kind: core.ActChannel, Detail: string(core.Paused) + " " + string(pe.Class), At: now,
	})
}
