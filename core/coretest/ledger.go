package coretest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/consent"
)

var _ consent.Tx = (*tx)(nil)

func (t *tx) Consents(contact int64) (es []consent.Entry, err error) {
	for _, e := range t.s.consents {
		if e.ContactID == contact {
			es = append(es, e)
		}
	}
	return es, nil
}

func (t *tx) Promoted(contact int64, since time.Time) (last time.Time, err error) {
	for _, m := range t.s.messages {
		if m.Direction != core.Out || m.Template == nil || m.State == core.Failed || m.At.Before(since) || !strings.EqualFold(m.Template.Category, "MARKETING") {
			continue
		}
		if t.s.convs[m.ConversationID].ContactID == contact && m.At.After(last) {
			last = m.At
		}
	}
	return last, nil
}

func (t *tx) AddConsent(e *consent.Entry) error {
	if err := t.fail("AddConsent", e.ContactID); err != nil {
		return err
	}
	e.ID = t.s.id()
	t.s.consents = append(t.s.consents, *e)
	return nil
}

func (t *tx) PendConsent(_, _, message int64, p consent.Pending) error {
	if _, there := t.s.tray[message]; !there {
		t.s.tray[message] = p
	}
	return nil
}

// Consents returns the whole ledger in the order of entry, and what waits for a
// decision by message.
func (m *Mem) Consents() (es []consent.Entry, tray map[int64]consent.Pending) {
	m.read(func(s *state) { es, tray = slices.Clone(s.consents), maps.Clone(s.tray) })
	return es, tray
}

// Line lists the messages that wait to be sent, by id.
func (m *Mem) Line() (ms []core.Message) {
	m.read(func(s *state) {
		for _, q := range sortedBy(s.outbox, func(q queued) int64 { return q.message }) {
			ms = append(ms, s.messages[q.message])
		}
	})
	return ms
}
