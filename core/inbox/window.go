package inbox

import (
	"time"

	"bottega/core"
)

// openWindow opens or prolongs the service window: it runs from the
// customer's last message by the provider's clock (P-01, P-05). An older
// message that arrives late changes nothing. Callers pass messages that count
// as contact only: reactions, edits, revokes and system notes open nothing.
func openWindow(c *core.Conversation, m *core.Message, at time.Time, r core.Rules) {
	if at.After(c.LastInAt) {
		c.LastInAt = at
	}
	if closes := at.Add(r.Policy.Window.D()); closes.After(c.WindowCloses) {
		c.WindowCloses = closes
	}
	if m.Referral != nil && at.After(c.Referral) {
		c.Referral = at
	}
}

// Reached applies the first receipt that says an outbound message left the
// provider (sent, delivered or read), and every echo: an answer within the
// window's length after a click on an ad opens the free entry point (P-03). It
// waits for the receipt because an answer that fails opens nothing. Automatic
// answers count as well, notes and reactions do not. It reports whether the conversation changed.
func Reached(c *core.Conversation, m *core.Message, r core.Rules) bool {
	if c.Referral.IsZero() || m.Direction != core.Out || m.Type == core.TypeNote || m.Type == core.TypeReaction {
		return false
	}
	clicked, at := c.Referral, leftAt(m)
	if at.Before(clicked) {
		return false // sent before the click
	}
	c.Referral = time.Time{}
	if at.Sub(clicked) <= r.Policy.Window.D() {
		if until := at.Add(r.Policy.EntryPoint.D()); until.After(c.FreeUntil) {
			c.FreeUntil = until
		}
	}
	return true
}

// leftAt is when a message left, by the provider's clock where a receipt told it.
func leftAt(m *core.Message) time.Time {
	for _, t := range []time.Time{m.SentAt, m.DeliveredAt, m.ReadAt} {
		if !t.IsZero() {
			return t
		}
	}
	return m.At
}

// CanWrite returns nil when content of this type may be sent at now, and
// WindowClosed when only a template may (S-031, S-032, P-02). Notes never leave
// the shop and SMS do not go by WhatsApp: both always pass.
func CanWrite(c *core.Conversation, t core.MessageType, now time.Time) error {
	if t == core.TypeTemplate || t == core.TypeNote || t == core.TypeSMS || c.WindowOpen(now) {
		return nil
	}
	return core.Fail(core.WindowClosed, "inbox.CanWrite", nil)
}
