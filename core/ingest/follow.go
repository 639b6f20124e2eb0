package ingest

import (
	"time"

	"bottega/core"
	"bottega/core/carrier"
)

// status is a receipt of a message of ours. One whose message is not known is
// kept: it may have overtaken our own bookkeeping, or belong to another app.
func (a *applier) status(e *core.Event) error {
	m, err := a.ours(e)
	if is(err, core.NotFound) {
		return a.tx.KeepReceipt(a.ch.ID, *e)
	}
	if err != nil {
		return err
	}
	before := m.State
	changed, err := carrier.Receipts(a.tx, &m, []core.Event{*e}, a.rules)
	if err != nil || !changed {
		return err
	}
	if err := a.tx.SaveMessage(&m); err != nil {
		return err
	}
	a.show(m.ConversationID)
	if before == core.Queued && m.State.Terminal() { // it had left after all: not again
		if err := a.tx.Dequeue(m.ID); err != nil && !is(err, core.NotFound) && !is(err, core.TooLate) {
			return err
		}
	}
	if m.State == core.Failed && before != core.Failed {
		return a.refused(&m, e)
	}
	return a.learn(&m, before, e)
}

// ours finds the message of a receipt: by the provider's id, else by our ref,
// which is how an unsure one learns what became of it.
func (a *applier) ours(e *core.Event) (core.Message, error) {
	if e.ID != "" {
		if m, err := a.tx.MessageByProviderID(a.ch.ID, e.ID); !is(err, core.NotFound) {
			return m, err
		}
	}
	notFound := core.Fail(core.NotFound, "ingest.ours", nil)
	if e.Ref == "" {
		return core.Message{}, notFound
	}
	m, err := a.tx.MessageByRef(e.Ref)
	if err == nil && (m.ChannelID != a.ch.ID || m.Direction != core.Out) {
		return core.Message{}, notFound
	}
	return m, err
}

// fresh is how old a failure may be to speak of the channel as it is now.
const fresh = time.Hour

// refused draws from the failure of one message what it says of the person or
// of the channel: most errors of a send come this way only (bsp/meta.md 3).
func (a *applier) refused(m *core.Message, e *core.Event) error {
	if e.Error == nil {
		return nil
	}
	if e.Error.Class == core.ClassOptedOut {
		conv, err := a.tx.Conversation(m.ConversationID)
		if err != nil {
			return err
		}
		return a.wish(core.Contact{ID: conv.ContactID}, e, marketing, "stop")
	}
	return a.pauseFor(e.Error, a.at(e))
}

func (a *applier) pauseFor(pe *core.ProviderError, at time.Time) error {
	if !pe.Class.StopsChannel() || at.Before(a.now.Add(-fresh)) {
		return nil
	}
	return carrier.Pause(a.tx, a.ch.ID, pe, a.now)
}

// learn keeps the opaque id of a recipient that a first receipt names, so that
// their next message finds them without a phone number.
func (a *applier) learn(m *core.Message, before core.State, e *core.Event) error {
	if e.UserID == "" || before.Merge(core.Sent) == before {
		return nil
	}
	conv, err := a.tx.Conversation(m.ConversationID)
	if err != nil {
		return err
	}
	c, err := a.tx.Contact(conv.ContactID)
	if err != nil {
		return err
	}
	return a.keepIdentities(&c, who{user: e.UserID, parent: e.ParentUserID})
}

// later is what happens to a message after it was sent: a reaction, an edit, a
// revoke. When it overtook its message it waits for it.
func (a *applier) later(e *core.Event) error {
	m, err := a.tx.MessageByProviderID(a.ch.ID, e.Target)
	if is(err, core.NotFound) {
		if e.Target == "" {
			return nil // speaks of no message at all; the journal has it
		}
		return a.tx.KeepReceipt(a.ch.ID, *e)
	}
	if err != nil {
		return err
	}
	changed, err := carrier.Later(a.tx, &m, e, a.at(e))
	if changed {
		a.show(m.ConversationID)
	}
	return err
}
