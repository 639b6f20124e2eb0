package people

import (
	"context"
	"slices"

	"bottega/core"
	"bottega/core/inbox"
)

// Unmerge parts two people again as they were; what came in since stays with
// the one that was kept. NotFound when there is no such merge, Conflict when
// it is undone already, a later merge stands on it, or the one that was kept is
// gone.
func (s *Service) Unmerge(ctx context.Context, id int64, agent string) error {
	const op = "people.Unmerge"
	currency, err := s.Currency(ctx)
	if err != nil {
		return fail(op, err)
	}
	return fail(op, s.write(ctx, func(tx Tx) error {
		m, err := tx.MergeOf(id)
		if err != nil {
			return err
		}
		last, err := tx.LastMerge(m.Kept)
		if err == nil && last != id {
			err = core.Fail(core.Conflict, op, nil)
		}
		if err != nil {
			return conflict(op, err)
		}
		if err := s.part(tx, &m); err != nil {
			return conflict(op, err)
		}
		if err := tx.EndMerge(id, s.Now()); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Everything})
		return s.refresh(tx, []int64{m.Kept, m.Gone}, currency)
	}))
}

// conflict is what a missing part of a merge means for its undoing.
func conflict(op string, err error) error {
	if core.CodeOf(err) == core.NotFound {
		return core.Fail(core.Conflict, op, err)
	}
	return err
}

func (s *Service) part(tx Tx, m *Merged) error {
	c, err := tx.Contact(m.Kept)
	if err != nil {
		return err
	}
	p, err := tx.Profile(m.Kept)
	if err != nil {
		return err
	}
	tier, _ := m.Change.revert(&c, &p)
	if c.CreatedAt.Equal(m.Created[1]) {
		c.CreatedAt = m.Created[0]
	}
	if c.LastInAt.Equal(m.LastIn[1]) {
		c.LastInAt = m.LastIn[0]
	}
	if m.Change.Entry != 0 {
		if err := tx.RemoveConsent(m.Change.Entry); err != nil && core.CodeOf(err) != core.NotFound {
			return err
		}
	}
	for _, i := range m.Identities {
		if slices.Contains(c.Identities, i) {
			if err := tx.RemoveIdentity(i); err != nil {
				return err
			}
		}
	}
	if err := tx.SaveContact(&c); err != nil {
		return err
	}
	if err := tx.SaveProfile(c.ID, p); err != nil {
		return err
	}
	if err := tx.Restore(&m.Record, m.Identities, m.Standing); err != nil {
		return err
	}
	for i := range m.Moved.Joined {
		j := &m.Moved.Joined[i]
		if err := s.partTalk(tx, j); err != nil {
			return err
		}
	}
	if err := tx.MoveBack(m.Moved, m.Gone); err != nil {
		return err
	}
	if err := s.shown(tx, &c, tier); err != nil {
		return err
	}
	g, err := tx.Contact(m.Gone)
	if err != nil {
		return err
	}
	return s.shown(tx, &g, true)
}

// partTalk gives a joined talk its messages back. The other one stands as
// before, unless it went on since.
func (s *Service) partTalk(tx Tx, j *Joined) error {
	now, err := tx.Conversation(j.Into.ID)
	if err != nil {
		return err
	}
	if err := tx.PartTalks(&j.From, j.Messages); err != nil {
		return err
	}
	if was := join(j.Into, j.From); now.LastMessageID == was.LastMessageID && now.Unread == was.Unread && now.State == was.State {
		back := j.Into
		back.Contact = now.Contact
		if s.Rules != nil {
			inbox.Refresh(&back, s.Rules())
		}
		return tx.SaveConversation(&back)
	}
	return nil
}
