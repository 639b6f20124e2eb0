package inbox

import (
	"context"
	"time"

	"bottega/core"
)

// Done closes a conversation: nobody waits any more, and it counts as looked
// at. The next customer message that is no courtesy opens it again.
func (s *Service) Done(ctx context.Context, conv int64, agent string) (Undo, error) {
	unread := 0
	return s.act(ctx, "inbox.Done", conv, agent, core.Activity{Kind: core.ActDone}, core.Activity{Kind: core.ActReopened},
		func(_ core.Tx, c *core.Conversation) error {
			c.State, c.WaitingSince, c.SnoozeUntil = core.Done, time.Time{}, time.Time{}
			return nil
		}, func(_ core.Tx, c *core.Conversation, undo bool) error {
			if undo {
				c.Unread += unread
			} else {
				unread, c.Unread = c.Unread, 0
			}
			return nil
		})
}

// Reopen brings a done or snoozed conversation back. The clock stays stopped:
// the customer has written nothing new.
func (s *Service) Reopen(ctx context.Context, conv int64, agent string) (Undo, error) {
	return s.act(ctx, "inbox.Reopen", conv, agent, core.Activity{Kind: core.ActReopened}, core.Activity{Kind: core.ActDone},
		func(_ core.Tx, c *core.Conversation) error {
			if c.State != core.Open {
				c.State, c.SnoozeUntil = core.Open, time.Time{}
			}
			return nil
		}, nil)
}

// Snooze puts a conversation off: the clock stops, and at until it comes back
// (see Wake). PastTime unless until lies ahead.
func (s *Service) Snooze(ctx context.Context, conv int64, agent string, until time.Time) (Undo, error) {
	const op = "inbox.Snooze"
	if !until.After(s.Now()) {
		return nil, core.Fail(core.PastTime, op, nil)
	}
	return s.act(ctx, op, conv, agent, core.Activity{Kind: core.ActSnoozed, Detail: until.UTC().Format(time.RFC3339)},
		core.Activity{Kind: core.ActWoken},
		func(_ core.Tx, c *core.Conversation) error {
			c.State, c.WaitingSince, c.SnoozeUntil = core.Snoozed, time.Time{}, until
			return nil
		}, nil)
}

// Assign gives a conversation to an agent, "" to nobody.
func (s *Service) Assign(ctx context.Context, conv int64, agent, who string) (Undo, error) {
	const op = "inbox.Assign"
	var before string
	changed := false
	err := s.conversation(ctx, op, conv, func(tx core.Tx, c *core.Conversation) (bool, error) {
		before, changed = c.Assignee, c.Assignee != who
		c.Assignee = who
		if !changed {
			return false, nil
		}
		return true, s.note(tx, c, core.ActAssigned, agent, who)
	})
	if err != nil || !changed {
		return nil, err
	}
	return func(ctx context.Context) error {
		return s.conversation(ctx, op+".Undo", conv, func(tx core.Tx, c *core.Conversation) (bool, error) {
			if c.Assignee != who {
				return false, core.Fail(core.Conflict, op+".Undo", nil)
			}
			c.Assignee = before
			return true, s.note(tx, c, core.ActAssigned, agent, before)
		})
	}, nil
}

// MarkCourtesy corrects the reading of the customer's last words: without
// courtesy what was taken for a courtesy starts the clock from when it was
// written, and the conversation comes back; with it those who wait want
// no answer and the clock stops. Nothing happens when it is so already.
func (s *Service) MarkCourtesy(ctx context.Context, conv int64, agent string, courtesy bool) (Undo, error) {
	do, back := core.ActNoCourtesy, core.ActCourtesy
	if courtesy {
		do, back = back, do
	}
	return s.act(ctx, "inbox.MarkCourtesy", conv, agent, core.Activity{Kind: do}, core.Activity{Kind: back},
		func(_ core.Tx, c *core.Conversation) error {
			switch {
			case courtesy && !c.WaitingSince.IsZero():
				c.CourtesySince, c.WaitingSince = c.WaitingSince, time.Time{}
			case !courtesy && !c.CourtesySince.IsZero():
				c.WaitingSince, c.CourtesySince = c.CourtesySince, time.Time{}
				c.State, c.SnoozeUntil = core.Open, time.Time{}
			}
			return nil
		}, func(tx core.Tx, c *core.Conversation, undo bool) error {
			m, err := tx.LastInbound(c.ID)
			if is(err, core.NotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			m.Courtesy = courtesy != undo
			tx.Changed(core.Change{Kind: core.Messages, ID: c.ID})
			return tx.SaveMessage(&m)
		})
}
