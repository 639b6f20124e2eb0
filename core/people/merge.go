package people

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/fold"
	"bottega/core/inbox"
)

// Merge is what a merge would do, or did.
type Merge struct {
	Keep, Gone Detail
	After      core.Contact
	Profile    core.Profile
	Clash      []string // fields that both have and that differ: Keep's stay
	Joined     int      // talks on the same channel that become one
}

// Merged is a merge in the store, with all that is needed to part the two again.
type Merged struct {
	ID         int64 `json:"-"`
	Kept       int64
	Gone       int64
	At         time.Time
	Agent      string
	Record     Known // of Gone
	Identities []core.Identity
	Standing   Marks // of Gone
	Change     change
	Created    [2]time.Time // of Kept, before and after
	LastIn     [2]time.Time
	Moved      Moved
}

// Moved are the rows that a merge moved from one person to the other, by id.
type Moved struct {
	Talks      []int64
	Orders     []int64
	Consents   []int64
	Activities []int64
	Tray       []int64
	Joined     []Joined
	Rows       []int64 // of campaigns
}

// Joined is a talk that went up in another one on the same channel.
type Joined struct {
	From, Into core.Conversation // as they were
	Messages   []int64
}

// MergeTx moves what hangs on people.
type MergeTx interface {
	// MoveAll moves what hangs on gone to keep, but talks on a channel where
	// both have one.
	MoveAll(gone, keep int64) (Moved, error)
	// JoinTalks moves messages, queue and drafts of a talk into another and
	// removes it. It returns the messages.
	JoinTalks(from, into int64) ([]int64, error)
	// PartTalks makes the talk again and gives it its messages back.
	PartTalks(from *core.Conversation, messages []int64) error
	// MoveBack undoes MoveAll.
	MoveBack(m Moved, gone int64) error
	// Restore makes a contact again under its old id.
	Restore(k *Known, ids []core.Identity, marks Marks) error
	SaveMerge(m *Merged) error
	// MergeOf reads one.
	MergeOf(id int64) (Merged, error)
	// LastMerge is the newest merge into a contact that stands; NotFound when
	// there is none.
	LastMerge(kept int64) (int64, error)
	EndMerge(id int64, at time.Time) error
	StandingOf(contact int64) (Marks, error)
}

// Marks are what the store notes of a person beside what can be seen.
type Marks struct {
	Kept     bool           // Facts.Kept
	Computed core.ValueTier // that purchases gave
	Read     time.Time      // when they last read a message of ours
}

// PreviewMerge tells what Merge would do. InvalidInput for one and the same
// person, NotFound when one of them is not there (any more).
func (s *Service) PreviewMerge(ctx context.Context, keep, gone int64) (m Merge, err error) {
	const op = "people.PreviewMerge"
	if keep == gone {
		return m, core.Fail(core.InvalidInput, op, errors.New("one person cannot be merged with itself"))
	}
	if m.Keep, err = s.Detail(ctx, keep); err != nil {
		return m, fail(op, err)
	}
	if m.Gone, err = s.Detail(ctx, gone); err != nil {
		return m, fail(op, err)
	}
	m.After, m.Profile = m.Keep.Contact, m.Keep.Profile
	m.Clash = take(&m.After, &m.Profile, &m.Gone.Contact, &m.Gone.Profile)
	m.After.Identities = slices.Concat(m.Keep.Contact.Identities, m.Gone.Contact.Identities)
	a, err := s.Store.ConversationsOf(ctx, keep)
	if err != nil {
		return m, fail(op, err)
	}
	b, err := s.Store.ConversationsOf(ctx, gone)
	for i := range b {
		if slices.ContainsFunc(a, func(c core.Conversation) bool { return c.ChannelID == b[i].ChannelID }) {
			m.Joined++
		}
	}
	return m, fail(op, err)
}

// take fills what c and p lack from o and q, adds the tags, and returns the
// fields in which both differ.
func take(c *core.Contact, p *core.Profile, o *core.Contact, q *core.Profile) (clash []string) {
	from := columns(o, q)
	for field, v := range columns(c, p) {
		switch other := *from[field]; {
		case *v == "":
			*v = other
		case field != contact.ColPhone && other != "" && fold.String(*v) != fold.String(other): // both numbers stay addresses
			clash = append(clash, field)
		}
	}
	p.Custom = maps.Clone(p.Custom)
	for k, v := range q.Custom {
		switch own := p.Custom[k]; {
		case own == "":
			if p.Custom == nil {
				p.Custom = map[string]string{}
			}
			p.Custom[k] = v
		case own != v:
			clash = append(clash, contact.CustomPrefix+k)
		}
	}
	slices.Sort(clash)
	c.Tags = slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.Tags, o.Tags))))
	if o.LastInAt.After(c.LastInAt) {
		c.LastInAt = o.LastInAt
	}
	if !o.CreatedAt.IsZero() && o.CreatedAt.Before(c.CreatedAt) {
		c.CreatedAt = o.CreatedAt
	}
	return clash
}

// Merge makes one person of two: what keep lacks comes from gone, all talk,
// purchases and consents come together, and gone is no more. An opt-out of
// either holds. It returns the merge's id for Unmerge. Errors as PreviewMerge.
func (s *Service) Merge(ctx context.Context, keep, gone int64, agent string) (id int64, err error) {
	const op = "people.Merge"
	if keep == gone {
		return 0, core.Fail(core.InvalidInput, op, errors.New("one person cannot be merged with itself"))
	}
	currency, err := s.Currency(ctx)
	if err != nil {
		return 0, fail(op, err)
	}
	err = s.write(ctx, func(tx Tx) error {
		m, err := s.merge(tx, keep, gone, agent)
		if err != nil {
			return err
		}
		if err := tx.SaveMerge(&m); err != nil {
			return err
		}
		id = m.ID
		if err := s.refresh(tx, []int64{keep}, currency); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Everything})
		return nil
	})
	return id, fail(op, err)
}

func (s *Service) merge(tx Tx, keep, gone int64, agent string) (m Merged, err error) {
	k, err := tx.Known([]int64{keep, gone})
	if err != nil {
		return m, err
	}
	a, b := k[keep], k[gone]
	if a.Contact.ID == 0 || b.Contact.ID == 0 {
		return m, core.Fail(core.NotFound, "people.merge", nil)
	}
	full, err := tx.Contact(gone)
	if err != nil {
		return m, err
	}
	m = Merged{Kept: keep, Gone: gone, At: s.Now(), Agent: agent, Record: b, Identities: full.Identities}
	if m.Standing, err = tx.StandingOf(gone); err != nil {
		return m, err
	}
	if b.Contact.Value == m.Standing.Computed {
		b.Contact.Value = core.ValueNone // purchases gave it, and they come over
	}
	st := step{contact: a.Contact, profile: a.Profile}
	take(&st.contact, &st.profile, &b.Contact, &b.Profile)
	m.Change.compare(&a, true, true, &st)
	m.Created = [2]time.Time{a.Contact.CreatedAt, st.contact.CreatedAt}
	m.LastIn = [2]time.Time{a.Contact.LastInAt, st.contact.LastInAt}
	if err := s.joinTalks(tx, keep, gone, &m); err != nil {
		return m, err
	}
	moved, err := tx.MoveAll(gone, keep)
	if err != nil {
		return m, err
	}
	moved.Joined = m.Moved.Joined
	m.Moved = moved
	if err := s.keepStop(tx, &m, a.Ledger, b.Ledger); err != nil {
		return m, err
	}
	if err := tx.RemoveContact(gone); err != nil {
		return m, err
	}
	for _, i := range full.Identities {
		if err := tx.AddIdentity(keep, i); err != nil {
			return m, err
		}
	}
	if err := tx.SaveContact(&st.contact); err != nil {
		return m, err
	}
	if err := tx.SaveProfile(keep, st.profile); err != nil {
		return m, err
	}
	return m, s.shown(tx, &st.contact, true)
}

// keepStop enters that an opt-out of either record holds for the one person
// they are: an opt-in of the other record may be later and of somebody who did
// not know.
func (s *Service) keepStop(tx Tx, m *Merged, a, b []consent.Entry) error {
	e := consent.Entry{ContactID: m.Kept, Kind: consent.OptOut, Scope: consent.Marketing, At: s.Now(), Source: consent.ByAgent, Place: "merge", Agent: m.Agent}
	out := false
	for _, ledger := range [][]consent.Entry{a, b} {
		switch saidToUs(ledger) {
		case consent.StoppedAll:
			e.Scope, out = consent.Everything, true
		case consent.SaidStop:
			out = true
		}
	}
	es, err := tx.Consents(m.Kept)
	if err != nil || !out {
		return err
	}
	switch now := saidToUs(es); {
	case now == consent.StoppedAll, now == consent.SaidStop && e.Scope == consent.Marketing:
		return nil
	}
	if err := tx.AddConsent(&e); err != nil {
		return err
	}
	m.Change.Entry = e.ID
	return nil
}

// saidToUs is the standing by what a person said to the shop alone: a stop at
// the provider may hide it.
func saidToUs(es []consent.Entry) consent.Reason {
	own := slices.DeleteFunc(slices.Clone(es), func(e consent.Entry) bool {
		return e.Kind == consent.ProviderStop || e.Kind == consent.ProviderResume
	})
	return consent.Of(own, false).Marketing.Reason
}

// joinTalks brings talks on the same channel together.
func (s *Service) joinTalks(tx Tx, keep, gone int64, m *Merged) error {
	a, err := tx.ConversationsOf(keep)
	if err != nil {
		return err
	}
	b, err := tx.ConversationsOf(gone)
	if err != nil {
		return err
	}
	for _, from := range b {
		i := slices.IndexFunc(a, func(c core.Conversation) bool { return c.ChannelID == from.ChannelID })
		if i < 0 {
			continue
		}
		into := a[i]
		ids, err := tx.JoinTalks(from.ID, into.ID)
		if err != nil {
			return err
		}
		m.Moved.Joined = append(m.Moved.Joined, Joined{From: from, Into: into, Messages: ids})
		both := join(into, from)
		if s.Rules != nil {
			inbox.Refresh(&both, s.Rules())
		}
		if err := tx.SaveConversation(&both); err != nil {
			return err
		}
	}
	return nil
}

// join is one talk out of two: nothing that waits is lost.
func join(c, o core.Conversation) core.Conversation {
	c.Unread += o.Unread
	if o.State == core.Open || c.State == core.Done {
		c.State = o.State
	}
	if c.Assignee == "" {
		c.Assignee = o.Assignee
	}
	if o.LastAt.After(c.LastAt) {
		c.LastAt, c.LastMessageID = o.LastAt, o.LastMessageID
	}
	later := func(t *time.Time, o time.Time) {
		if o.After(*t) {
			*t = o
		}
	}
	later(&c.LastInAt, o.LastInAt)
	later(&c.LastOutAt, o.LastOutAt)
	later(&c.WindowCloses, o.WindowCloses)
	later(&c.FreeUntil, o.FreeUntil)
	later(&c.SnoozeUntil, o.SnoozeUntil)
	if c.WaitingSince.IsZero() || !o.WaitingSince.IsZero() && o.WaitingSince.Before(c.WaitingSince) {
		c.WaitingSince, c.DueAt = o.WaitingSince, o.DueAt
	}
	return c
}
