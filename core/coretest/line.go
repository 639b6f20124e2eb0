package coretest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"bottega/core"
)

// The outbox.

func (t *tx) Enqueue(m core.Message, p core.Priority) error {
	t.s.outbox[m.ID] = queued{message: m.ID, priority: p, notBefore: m.NotBefore}
	t.Changed(core.Change{Kind: core.Work, ID: m.ChannelID})
	return nil
}

func (t *tx) Dequeue(message int64) error {
	q, ok := t.s.outbox[message]
	switch {
	case !ok:
		return notFound("Dequeue")
	case q.owner != "":
		return core.Fail(core.TooLate, "coretest.Dequeue", nil)
	}
	delete(t.s.outbox, message)
	return nil
}

func (t *tx) Claim(channel int64, owner string, now time.Time, lease time.Duration, n int) (js []core.Job, err error) {
	ch, err := t.Channel(channel)
	if err != nil {
		return nil, err
	}
	busy := map[int64]bool{}
	waiting := map[int64]queued{} // the first tried one of a conversation
	var due []queued
	for _, q := range t.s.outbox {
		msg := t.s.messages[q.message]
		if q.owner != "" {
			busy[msg.ConversationID] = true
			continue
		}
		if w, ok := waiting[msg.ConversationID]; q.tried && (!ok || q.message < w.message) {
			waiting[msg.ConversationID] = q
		}
		if msg.ChannelID == channel && !q.notBefore.After(now) {
			due = append(due, q)
		}
	}
	slices.SortFunc(due, func(a, b queued) int {
		return cmp.Or(cmp.Compare(a.priority, b.priority), a.notBefore.Compare(b.notBefore), cmp.Compare(a.message, b.message))
	})
	for _, q := range due {
		msg := t.s.messages[q.message]
		w, behind := waiting[msg.ConversationID]
		behind = behind && w.message < q.message && w.priority <= q.priority
		if len(js) == n || busy[msg.ConversationID] || behind {
			continue
		}
		if msg.State != core.Queued { // settled meanwhile: a second sending would be one too many
			delete(t.s.outbox, q.message)
			continue
		}
		busy[msg.ConversationID] = true
		msg.State = core.Sending
		msg.Rev++
		t.s.messages[msg.ID] = msg
		q.owner, q.until, q.tried = owner, now.Add(lease), true
		q.claims++
		t.s.outbox[msg.ID] = q
		contact := t.s.convs[msg.ConversationID].ContactID
		job := core.Job{Message: msg, Channel: ch, To: t.s.contacts[contact].Phone, Claim: q.claims}
		for _, id := range t.s.identitiesOf(contact) {
			if id.ChannelID == channel && strings.HasPrefix(string(id.Kind), "user") {
				job.ToUser = id.Value
			}
		}
		js = append(js, job)
	}
	return js, nil
}

// Hasten moves waiting messages to earlier.
func (t *tx) Hasten(channel int64, after, until time.Time, by time.Duration) error {
	for id, q := range t.s.outbox {
		m := t.s.messages[id]
		if q.owner != "" || m.ChannelID != channel || !q.notBefore.After(after) || q.notBefore.After(until) {
			continue
		}
		q.notBefore = q.notBefore.Add(-by)
		m.NotBefore = m.NotBefore.Add(-by)
		m.Rev++
		t.s.outbox[id], t.s.messages[id] = q, m
	}
	return nil
}

// Holds reports whether a claim still stands.
func (t *tx) Holds(message, claim int64) (bool, error) {
	q, ok := t.s.outbox[message]
	return ok && q.owner != "" && q.claims == claim, nil
}

func (t *tx) Release(message int64, done bool, notBefore time.Time) error {
	if err := t.fail("Release", message); err != nil {
		return err
	}
	q, ok := t.s.outbox[message]
	if !ok {
		return notFound("Release")
	}
	if done {
		delete(t.s.outbox, message)
		return nil
	}
	q.owner, q.until, q.notBefore = "", time.Time{}, notBefore
	t.s.outbox[message] = q
	if m := t.s.messages[message]; m.State == core.Sending {
		m.State, m.NotBefore = core.Queued, notBefore
		t.s.messages[message] = m
	}
	return nil
}

func (t *tx) Expired(now time.Time, limit int) (ms []core.Message, err error) {
	for _, id := range slices.Sorted(maps.Keys(t.s.outbox)) {
		if q := t.s.outbox[id]; q.owner != "" && !q.until.After(now) && len(ms) < limit {
			ms = append(ms, t.s.messages[id])
		}
	}
	return ms, nil
}
