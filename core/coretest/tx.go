package coretest

import (
	"slices"
	"time"

	"bottega/core"
)

// tx works on a copy of the state.
type tx struct {
	m       *Mem
	s       state
	changed []core.Change
	writes  int
}

var _ core.Tx = (*tx)(nil)

func (t *tx) fail(op string, id int64) error {
	t.writes++
	if t.m.FailTx == nil {
		return nil
	}
	return t.m.FailTx(op, id)
}

func (t *tx) Changed(cs ...core.Change) { t.changed = append(t.changed, cs...) }

func (t *tx) AddActivity(a core.Activity) error {
	if a.Key != "" && slices.ContainsFunc(t.s.activities, func(o core.Activity) bool { return o.Key == a.Key }) {
		return core.Fail(core.Conflict, "coretest.AddActivity", nil)
	}
	a.ID = t.s.id()
	t.s.activities = append(t.s.activities, a)
	return nil
}

func (t *tx) Channel(id int64) (core.Channel, error) {
	ch, ok := t.s.channels[id]
	if !ok {
		return ch, notFound("Channel")
	}
	return ch, nil
}

func (t *tx) SaveChannel(ch *core.Channel) error {
	if err := t.fail("SaveChannel", ch.ID); err != nil {
		return err
	}
	for _, o := range t.s.channels {
		if o.Name == ch.Name && o.ID != ch.ID {
			return core.Fail(core.Conflict, "coretest.SaveChannel", nil)
		}
	}
	if ch.ID == 0 {
		ch.ID = t.s.id()
	}
	ch.Rev++
	t.s.channels[ch.ID] = *ch
	return nil
}

func (t *tx) Contact(id int64) (core.Contact, error) {
	c, ok := t.s.contacts[id]
	if !ok {
		return c, notFound("Contact")
	}
	c.Identities = t.s.identitiesOf(id)
	return c, nil
}

func (t *tx) FindIdentity(ids ...core.Identity) (core.Contact, error) {
	for _, id := range ids {
		for o, c := range t.s.identities {
			if o.Kind == id.Kind && o.Value == id.Value && (id.ChannelID == 0 || id.ChannelID == o.ChannelID) {
				return t.Contact(c)
			}
		}
	}
	return core.Contact{}, notFound("FindIdentity")
}

func (t *tx) SaveContact(c *core.Contact) error {
	if err := t.fail("SaveContact", c.ID); err != nil {
		return err
	}
	if c.ID == 0 {
		c.ID = t.s.id()
	}
	c.Rev++
	t.s.contacts[c.ID] = *c
	return nil
}

func (t *tx) AddIdentity(contact int64, id core.Identity) error {
	if c, ok := t.s.identities[id]; ok && c != contact {
		return core.Fail(core.Conflict, "coretest.AddIdentity", nil)
	}
	t.s.identities[id] = contact
	return nil
}

func (t *tx) RemoveIdentity(id core.Identity) error { delete(t.s.identities, id); return nil }

func (t *tx) Conversation(id int64) (core.Conversation, error) {
	c, ok := t.s.convs[id]
	if !ok {
		return c, notFound("Conversation")
	}
	c.Contact, _ = t.Contact(c.ContactID)
	return c, nil
}

func (t *tx) ConversationOf(channel, contact int64) (core.Conversation, error) {
	for id, c := range t.s.convs {
		if c.ChannelID == channel && c.ContactID == contact {
			return t.Conversation(id)
		}
	}
	return core.Conversation{}, notFound("ConversationOf")
}

func (t *tx) SaveConversation(c *core.Conversation) error {
	if err := t.fail("SaveConversation", c.ID); err != nil {
		return err
	}
	if c.ID == 0 {
		c.ID = t.s.id()
	}
	c.Rev++
	t.s.convs[c.ID] = *c
	return nil
}

func (t *tx) SaveDraft(conversation int64, agent, text string) error {
	t.s.drafts[time.Duration(conversation).String()+agent] = text
	return nil
}

func (t *tx) Lock(conversation int64, agent string, now time.Time, ttl time.Duration) error {
	l, ok := t.s.locks[conversation]
	if ok && l.owner != agent && now.Before(l.until) && !l.until.After(now.Add(2*ttl)) {
		return core.Fail(core.Locked, "coretest.Lock", nil)
	}
	t.s.locks[conversation] = lease{agent, now.Add(ttl)}
	return nil
}

func (t *tx) Woken(now time.Time, limit int) (cs []core.Conversation, err error) {
	for _, c := range sortedBy(t.s.convs, func(v core.Conversation) int64 { return v.ID }) {
		if c.State == core.Snoozed && !c.SnoozeUntil.After(now) && len(cs) < limit {
			cs = append(cs, c)
		}
	}
	return cs, nil
}

func (t *tx) WaitingConversations(afterID int64, limit int) (cs []core.Conversation, err error) {
	for _, c := range sortedBy(t.s.convs, func(v core.Conversation) int64 { return v.ID }) {
		if c.ID > afterID && !c.WaitingSince.IsZero() && len(cs) < limit {
			cs = append(cs, c)
		}
	}
	return cs, nil
}

func (t *tx) Message(id int64) (core.Message, error) {
	m, ok := t.s.messages[id]
	if !ok {
		return m, notFound("Message")
	}
	return shown(m), nil
}

// shown is a message without the reactions that were taken back.
func shown(m core.Message) core.Message {
	m.Reactions = slices.DeleteFunc(slices.Clone(m.Reactions), func(r core.Reaction) bool { return r.Emoji == "" })
	return m
}

func (t *tx) find(op string, match func(core.Message) bool) (core.Message, error) {
	for id, m := range t.s.messages {
		if match(m) {
			return t.Message(id)
		}
	}
	return core.Message{}, notFound(op)
}

func (t *tx) MessageByProviderID(channel int64, providerID string) (core.Message, error) {
	return t.find("MessageByProviderID", func(m core.Message) bool {
		return providerID != "" && m.ChannelID == channel && m.ProviderID == providerID
	})
}

func (t *tx) MessageByRef(ref string) (core.Message, error) {
	return t.find("MessageByRef", func(m core.Message) bool { return ref != "" && m.Ref == ref })
}

func (t *tx) InsertMessage(m *core.Message) (bool, error) {
	if err := t.fail("InsertMessage", m.ID); err != nil {
		return false, err
	}
	if _, err := t.MessageByProviderID(m.ChannelID, m.ProviderID); err == nil {
		return false, nil
	}
	if _, err := t.MessageByRef(m.Ref); err == nil {
		return false, nil
	}
	m.ID = t.s.id()
	m.Rev = 1
	t.s.messages[m.ID] = *m
	return true, nil
}

func (t *tx) SaveMessage(m *core.Message) error {
	if err := t.fail("SaveMessage", m.ID); err != nil {
		return err
	}
	if _, ok := t.s.messages[m.ID]; !ok {
		return notFound("SaveMessage")
	}
	m.Rev++
	saved := *m
	saved.Reactions = t.s.messages[m.ID].Reactions // SetReaction's alone
	t.s.messages[m.ID] = saved
	return nil
}

func (t *tx) DeleteMessage(id int64) error { delete(t.s.messages, id); return nil }

func (t *tx) SetReaction(message int64, r core.Reaction) error {
	m, ok := t.s.messages[message] // with what was taken back
	if !ok {
		return notFound("SetReaction")
	}
	rs := slices.Clone(m.Reactions)
	i := slices.IndexFunc(rs, func(o core.Reaction) bool { return o.From == r.From })
	switch {
	case i < 0:
		rs = append(rs, r)
	case r.At.Before(rs[i].At):
		return nil
	default:
		rs[i] = r
	}
	m.Reactions = rs
	m.Rev++
	t.s.messages[message] = m
	return nil
}

// newest returns the last message of one direction; notes and reactions are left out.
func (t *tx) newest(op string, conversation int64, d core.Direction) (core.Message, error) {
	var last core.Message
	for _, m := range t.s.messages {
		newer := m.At.After(last.At) || (m.At.Equal(last.At) && m.ID > last.ID)
		if m.ConversationID == conversation && m.Direction == d && m.Type != core.TypeNote && m.Type != core.TypeReaction && (last.ID == 0 || newer) {
			last = m
		}
	}
	if last.ID == 0 {
		return last, notFound(op)
	}
	return last, nil
}

func (t *tx) LastInbound(conversation int64) (core.Message, error) {
	return t.newest("LastInbound", conversation, core.In)
}

func (t *tx) LastOutbound(conversation int64) (core.Message, error) {
	return t.newest("LastOutbound", conversation, core.Out)
}

func (t *tx) Answers(conversation int64, limit int) (ms []core.Message, err error) {
	for _, m := range slices.Backward(sortedBy(t.s.messages, func(v core.Message) int64 { return v.ID })) {
		answers := m.Direction == core.Out && !m.Auto && m.Type != core.TypeNote && m.Type != core.TypeReaction
		if m.ConversationID == conversation && answers && len(ms) < limit {
			ms = append(ms, shown(m))
		}
	}
	return ms, nil
}

func (t *tx) KeepReceipt(channel int64, e core.Event) error {
	id := t.s.id()
	t.s.receipts[id] = receipt{id, channel, e}
	return nil
}

func (t *tx) TakeReceipts(channel int64, providerID, ref string) (es []core.Event, err error) {
	for _, r := range sortedBy(t.s.receipts, func(r receipt) int64 { return r.seq }) {
		about := r.channel == channel && providerID != "" && r.event.About() == providerID
		if about || (ref != "" && r.event.Ref == ref) {
			es = append(es, r.event)
			delete(t.s.receipts, r.seq)
		}
	}
	return es, nil
}

func (t *tx) FinishJournal(id int64, state core.JournalState, errText string, version int) error {
	if err := t.fail("FinishJournal", id); err != nil {
		return err
	}
	e, ok := t.s.journal[id]
	if !ok {
		return notFound("FinishJournal")
	}
	e.State, e.Error, e.Version = state, errText, version
	t.s.journal[id] = e
	return nil
}

// Arrived counts what was received.
func (t *tx) Arrived(channel int64, at time.Time, n int, polled bool) error {
	t.s.arrivals[core.Arrivals{Channel: channel, Hour: at.Truncate(time.Hour).UTC(), Polled: polled}] += n
	return nil
}
