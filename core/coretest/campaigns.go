package coretest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/template"
)

// campaigns are the tables of core/campaign.
type campaigns struct {
	list map[int64]campaign.Campaign
	rows map[int64]campaign.Recipient
	pace map[int64][]byte
	// people are the facts about contacts that Mem does not work out itself:
	// consent, activity, language, zone. What follows from messages it does.
	people map[int64]campaign.Person
	stops  []time.Time // opt-outs and blocks, for Vitals
}

func newCampaigns() campaigns {
	return campaigns{list: map[int64]campaign.Campaign{}, rows: map[int64]campaign.Recipient{}, pace: map[int64][]byte{}, people: map[int64]campaign.Person{}}
}

func (c campaigns) clone() campaigns {
	c.list, c.rows, c.pace, c.people = maps.Clone(c.list), maps.Clone(c.rows), maps.Clone(c.pace), maps.Clone(c.people)
	c.stops = slices.Clone(c.stops)
	return c
}

// Campaigns is a Mem as core/campaign sees it.
type Campaigns struct{ *Mem }

// CampaignTx is its transaction, with what tests change beside it.
type CampaignTx struct{ *tx }

var (
	_ campaign.Store = Campaigns{}
	_ campaign.Tx    = CampaignTx{}
)

// Update runs fn in one write, as Write does.
func (m Campaigns) Update(ctx context.Context, fn func(campaign.Tx) error) error {
	return m.Write(ctx, func(t core.Tx) error { return fn(CampaignTx{t.(*tx)}) })
}

// Campaign returns one.
func (m Campaigns) Campaign(_ context.Context, id int64) (c campaign.Campaign, err error) {
	err = notFound("Campaign")
	m.read(func(s *state) {
		if v, ok := s.campaigns.list[id]; ok {
			c, err = v, nil
		}
	})
	return c, err
}

// Campaigns in any of the states, newest first.
func (m Campaigns) Campaigns(_ context.Context, states ...campaign.State) (cs []campaign.Campaign, err error) {
	m.read(func(s *state) {
		for _, c := range slices.Backward(sortedBy(s.campaigns.list, func(c campaign.Campaign) int64 { return c.ID })) {
			if len(states) == 0 || slices.Contains(states, c.State) {
				cs = append(cs, c)
			}
		}
	})
	return cs, nil
}

// Counts of an audience.
func (m Campaigns) Counts(_ context.Context, id int64) (n campaign.Counts, err error) {
	n = campaign.Counts{}
	m.read(func(s *state) {
		for _, x := range s.campaigns.rows {
			if x.CampaignID == id && !x.HeldBack {
				n[x.State]++
			}
		}
	})
	return n, nil
}

// Recipients by id.
func (m Campaigns) Recipients(_ context.Context, q campaign.RecipientQuery) (rows []campaign.Recipient, err error) {
	m.read(func(s *state) {
		for _, x := range s.rows() {
			if x.CampaignID == q.Campaign && x.ID > q.After && len(rows) < q.Limit && (len(q.States) == 0 || slices.Contains(q.States, x.State)) {
				rows = append(rows, x)
			}
		}
	})
	return rows, nil
}

func (s *state) rows() []campaign.Recipient {
	return sortedBy(s.campaigns.rows, func(x campaign.Recipient) int64 { return x.ID })
}

// Persons are those of PersonTx.Person.
func (m Campaigns) Persons(ctx context.Context, channel int64, contacts []int64) ([]campaign.Person, error) {
	var out []campaign.Person
	err := m.Update(ctx, func(tx campaign.Tx) (err error) {
		out, err = tx.PersonsIn(channel, contacts)
		return err
	})
	return out, err
}

// Met tells of templates to people whose window was shut.
func (m Campaigns) Met(_ context.Context, since time.Time, yield func(int64, time.Time) bool) error {
	var ms []core.Message
	contacts := map[int64]int64{}
	m.read(func(s *state) {
		for _, v := range s.messages {
			c := s.convs[v.ConversationID]
			if v.Direction == core.Out && v.Type == core.TypeTemplate && v.At.After(since) && !c.WindowOpen(v.At) {
				ms = append(ms, v)
				contacts[v.ID] = c.ContactID
			}
		}
	})
	for _, v := range ms {
		if !yield(contacts[v.ID], v.At) {
			return nil
		}
	}
	return nil
}

// Behind returns rows whose message has moved on.
func (m Campaigns) Behind(_ context.Context, channel int64, n int) (rows []campaign.Recipient, err error) {
	m.read(func(s *state) {
		for _, x := range s.rows() {
			v, ok := s.messages[x.MessageID]
			if ok && v.ChannelID == channel && x.State.Merge(campaign.Of(v.State)) != x.State && len(rows) < n {
				rows = append(rows, x)
			}
		}
	})
	return rows, nil
}

// SetPerson notes facts about a contact; what follows from messages is worked
// out anew whenever it is asked for.
func (t CampaignTx) SetPerson(p campaign.Person) { t.s.campaigns.people[p.Contact] = p }

// Stopped notes that somebody opted out or blocked because of a campaign.
func (t CampaignTx) Stopped(at time.Time) { t.s.campaigns.stops = append(t.s.campaigns.stops, at) }

// Campaign returns one.
func (t CampaignTx) Campaign(id int64) (campaign.Campaign, error) {
	c, ok := t.s.campaigns.list[id]
	if !ok {
		return c, notFound("Campaign")
	}
	return c, nil
}

// CampaignsOf a channel, oldest first.
func (t CampaignTx) CampaignsOf(channel int64, states ...campaign.State) (cs []campaign.Campaign, err error) {
	for _, c := range sortedBy(t.s.campaigns.list, func(c campaign.Campaign) int64 { return c.ID }) {
		if c.ChannelID == channel && slices.Contains(states, c.State) {
			cs = append(cs, c)
		}
	}
	return cs, nil
}

// SaveCampaign inserts or updates one.
func (t CampaignTx) SaveCampaign(c *campaign.Campaign) error {
	if err := t.fail("SaveCampaign", c.ID); err != nil {
		return err
	}
	if c.ID == 0 {
		c.ID = t.s.id()
	} else if t.s.campaigns.list[c.ID].Rev != c.Rev {
		return core.Fail(core.Conflict, "coretest.SaveCampaign", nil)
	}
	c.Rev++
	t.s.campaigns.list[c.ID] = *c
	return nil
}

// Pace is a channel's saved pace.
func (t CampaignTx) Pace(channel int64) ([]byte, error) { return t.s.campaigns.pace[channel], nil }

// SavePace keeps it.
func (t CampaignTx) SavePace(channel int64, state []byte) error {
	if err := t.fail("SavePace", channel); err != nil {
		return err
	}
	t.s.campaigns.pace[channel] = state
	return nil
}

// Vitals counts outcomes.
func (t CampaignTx) Vitals(id int64, since time.Time) (v campaign.Vitals, err error) {
	for _, x := range t.s.campaigns.rows {
		if x.CampaignID != id || x.SentAt.Before(since) || x.MessageID == 0 {
			continue
		}
		switch x.State {
		case campaign.Failed:
			v.Settled++
			if campaign.Telling(x.Class) {
				v.Failed++
			}
			if x.Class == core.ClassBlocked {
				v.Blocked++
			}
		case campaign.Accepted, campaign.Delivered, campaign.Read, campaign.Replied, campaign.Converted:
			v.Settled++
		}
	}
	for _, at := range t.s.campaigns.stops {
		if !at.Before(since) {
			v.Blocked++
		}
	}
	return v, nil
}

// AddRecipient adds a person once.
func (t CampaignTx) AddRecipient(x *campaign.Recipient) (bool, error) {
	if err := t.fail("AddRecipient", x.ID); err != nil {
		return false, err
	}
	for _, o := range t.s.campaigns.rows {
		if o.CampaignID == x.CampaignID && o.Person == x.Person {
			return false, nil
		}
	}
	x.ID, x.Rev = t.s.id(), 1
	t.s.campaigns.rows[x.ID] = *x
	return true, nil
}

// ClearAudience removes all rows of a campaign.
func (t CampaignTx) ClearAudience(id int64) error {
	maps.DeleteFunc(t.s.campaigns.rows, func(_ int64, x campaign.Recipient) bool { return x.CampaignID == id })
	return nil
}

// SkipPending leaves out who is pending.
func (t CampaignTx) SkipPending(id int64, why campaign.Reason) error {
	for _, x := range t.s.rows() {
		if x.CampaignID == id && x.State == campaign.Pending {
			x.State, x.Why = campaign.Skipped, why
			if err := t.SaveRecipient(&x); err != nil {
				return err
			}
		}
	}
	return nil
}

// NextRecipients returns pending rows that are due.
func (t CampaignTx) NextRecipients(id int64, now time.Time, n int) (rows []campaign.Recipient, next campaign.Wait, err error) {
	all := t.s.rows()
	slices.SortStableFunc(all, func(a, b campaign.Recipient) int { return a.NotBefore.Compare(b.NotBefore) })
	for _, x := range all {
		switch {
		case x.CampaignID != id || x.State != campaign.Pending:
		case !x.NotBefore.After(now):
			if len(rows) < n {
				rows = append(rows, x)
			}
		case next.Reason == campaign.NoWait:
			next = campaign.Wait{Reason: cmp.Or(x.Hold, campaign.QuietHours), Until: x.NotBefore}
		}
	}
	return rows, next, nil
}

// SaveRecipient updates a row.
func (t CampaignTx) SaveRecipient(x *campaign.Recipient) error {
	if err := t.fail("SaveRecipient", x.ID); err != nil {
		return err
	}
	if _, ok := t.s.campaigns.rows[x.ID]; !ok {
		return notFound("SaveRecipient")
	}
	x.Rev++
	t.s.campaigns.rows[x.ID] = *x
	return nil
}

// Recipient returns one.
func (t CampaignTx) Recipient(id int64) (campaign.Recipient, error) {
	x, ok := t.s.campaigns.rows[id]
	if !ok {
		return x, notFound("Recipient")
	}
	return x, nil
}

// Handed returns the rows that are Sending.
func (t CampaignTx) Handed(id int64) (rows []campaign.Recipient, err error) {
	for _, x := range t.s.rows() {
		if x.CampaignID == id && x.State == campaign.Sending {
			rows = append(rows, x)
		}
	}
	return rows, nil
}

// AnyHanded reports whether Handed would return one.
func (t CampaignTx) AnyHanded(id int64) (bool, error) {
	rows, err := t.Handed(id)
	return len(rows) > 0, err
}

// InLine counts campaign messages in the outbox.
func (t CampaignTx) InLine(channel int64) (n int, err error) {
	for _, q := range t.s.outbox {
		if q.priority == core.PriorityCampaign && t.s.messages[q.message].ChannelID == channel {
			n++
		}
	}
	return n, nil
}

// RowsOf returns a person's rows, the latest first.
func (t CampaignTx) RowsOf(contact int64, since time.Time) (rows []campaign.Recipient, err error) {
	for _, x := range t.s.rows() {
		if t.same(x.ContactID, contact) && x.MessageID != 0 && !x.SentAt.Before(since) {
			rows = append(rows, x)
		}
	}
	slices.SortStableFunc(rows, func(a, b campaign.Recipient) int { return b.SentAt.Compare(a.SentAt) })
	return rows, nil
}

// same reports whether two contacts are one person.
func (t CampaignTx) same(a, b int64) bool {
	key := func(id int64) string { p := t.s.campaigns.people[id]; return campaign.PersonKey(p.Phone, p.UserID) }
	return a == b || key(a) != "" && key(a) == key(b)
}

// PersonsIn is Person for many.
func (t CampaignTx) PersonsIn(channel int64, contacts []int64) ([]campaign.Person, error) {
	out := make([]campaign.Person, len(contacts))
	for i, id := range contacts {
		p, err := t.Person(channel, id)
		if core.CodeOf(err) == core.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}

// Person returns the facts about a contact, the last promotion among them.
func (t CampaignTx) Person(channel, contact int64) (campaign.Person, error) {
	p, ok := t.s.campaigns.people[contact]
	if !ok {
		return p, notFound("Person")
	}
	p.PromoAt = time.Time{}
	for id, o := range t.s.campaigns.people {
		if !t.same(id, contact) {
			continue
		}
		p.Shared = p.Shared || id != contact
		p.Blocked = p.Blocked || o.Blocked
		if slices.Contains([]consent.Reason{consent.SaidStop, consent.StoppedInApp, consent.StoppedAll}, o.Marketing) {
			p.Marketing = o.Marketing
		}
		if o.Utility == consent.StoppedAll {
			p.Utility = o.Utility
		}
	}
	for _, m := range t.s.messages {
		c := t.s.convs[m.ConversationID]
		if !t.same(c.ContactID, contact) || m.Direction != core.Out || m.Template == nil || m.Template.Category != template.Marketing {
			continue
		}
		if (m.State != core.Failed || m.ProviderID != "") && m.At.After(p.PromoAt) {
			p.PromoAt = m.At
		}
		if m.Error != nil && m.Error.Class == core.ClassMarketingCapped && m.At.After(p.CappedAt) {
			p.CappedAt = m.At
		}
	}
	for _, c := range t.s.convs {
		if c.ContactID == contact && c.ChannelID == channel {
			p.WindowTo, p.FreeTo = c.WindowCloses, c.FreeUntil
		}
	}
	return p, nil
}
