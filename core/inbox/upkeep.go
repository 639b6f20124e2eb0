package inbox

import (
	"context"

	"bottega/core"
)

// page is how many conversations one transaction of upkeep touches, so that
// replies and callbacks get in between.
const page = 200

// Wake brings back the snoozed conversations whose time has come and returns
// how many. Where the customer still has no answer the clock starts at that
// time; the others come to the top of those who do not wait. Call it every few
// seconds; several processes may.
func (s *Service) Wake(ctx context.Context) (int, error) {
	total := 0
	for {
		n := 0
		err := s.Store.Write(ctx, func(tx core.Tx) error {
			n = 0
			cs, err := tx.Woken(s.Now(), page)
			if err != nil {
				return err
			}
			for i := range cs {
				if err := s.wake(tx, &cs[i]); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		total += n
		if err != nil || n < page {
			return total, fail("inbox.Wake", err)
		}
	}
}

func (s *Service) wake(tx core.Tx, c *core.Conversation) error {
	c.State = core.Open
	in, err := tx.LastInbound(c.ID)
	if err != nil && !is(err, core.NotFound) {
		return err
	}
	if in.ID != 0 && !in.Courtesy && in.Type.CountsAsContact() && in.At.After(c.LastOutAt) {
		startClock(c, c.SnoozeUntil)
	}
	if err := s.note(tx, c, core.ActWoken, "", ""); err != nil {
		return err
	}
	return s.save(tx, c)
}

// Recompute brings due times and order up to date after the shop's hours or
// the targets changed.
func (s *Service) Recompute(ctx context.Context) error {
	var after int64
	for {
		n := 0
		last := after
		err := s.Store.Write(ctx, func(tx core.Tx) error {
			n, last = 0, after
			cs, err := tx.WaitingConversations(after, page)
			if err != nil {
				return err
			}
			for i := range cs {
				c := &cs[i]
				n, last = n+1, c.ID
				due, key := c.DueAt, c.SortKey
				if Refresh(c, s.Rules()); c.DueAt.Equal(due) && c.SortKey == key {
					continue
				}
				if err := s.save(tx, c); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || n < page {
			return fail("inbox.Recompute", err)
		}
		after = last
	}
}
