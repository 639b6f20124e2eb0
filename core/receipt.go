package core

import "time"

// Receive applies a status event to an outbound message and reports whether
// the message changed. Receipts come late, twice and out of order
// (bsp/meta.md 6.4): any order and any duplicates end in the same state with
// the same times. A receipt that carries our ref tells an unsure or sending
// message its provider id. The price is taken once, from whichever receipt has it.
func (m *Message) Receive(e *Event) (changed bool) {
	if e.Kind != EvStatus || m.Direction != Out {
		return false
	}
	if m.ProviderID == "" && e.ID != "" {
		m.ProviderID, changed = e.ID, true
	}
	if next := m.State.Merge(e.Status); next != m.State {
		m.State, changed = next, true
		if next != Failed && next != UnsureSent || e.Error != nil {
			m.Error = nil // of tries before, or of a lost answer: the receipt knows better
		}
	}
	if e.Status == Failed && m.State == Failed && m.Error == nil {
		m.Error, changed = e.Error, true
		if m.Error == nil {
			m.Error = &ProviderError{Class: ClassUnknown}
		}
	}
	switch e.Status {
	case Sent:
		changed = earliest(&m.SentAt, e.At) || changed
	case Delivered:
		changed = earliest(&m.DeliveredAt, e.At) || changed
	case Read:
		changed = earliest(&m.ReadAt, e.At) || changed
	}
	if m.Pricing == nil && e.Pricing != nil {
		m.Pricing, changed = e.Pricing, true
	}
	if m.Cost == nil && e.Cost != nil {
		m.Cost, changed = e.Cost, true
	}
	return changed
}

// earliest keeps the first of two times, so that a repeated receipt changes nothing.
func earliest(t *time.Time, at time.Time) bool {
	if at.IsZero() || (!t.IsZero() && !at.Before(*t)) {
		return false
	}
	*t = at
	return true
}
