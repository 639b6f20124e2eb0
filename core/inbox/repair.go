package inbox

import (
	"context"
	"time"

	"bottega/core"
)

// Retriable returns nil when sending a failed message again can succeed, and
// InvalidInput with the provider's error as its cause when it cannot: a file,
// template or request that was refused is refused again, who opted out stays
// out, and who cannot be reached must write first. Auth, policy and payment can
// succeed once the channel sends again: until then the copy waits in line.
func Retriable(c *core.Conversation, m *core.Message, p core.Policy, now time.Time) error {
	class := core.ClassUnknown
	if m.Error != nil {
		class = m.Error.Class
	}
	can := true
	switch class {
	case core.ClassOptedOut, core.ClassBlocked, core.ClassTemplate, core.ClassMedia, core.ClassInvalid:
		can = false
	case core.ClassUndeliverable:
		can = c.LastInAt.After(m.At)
	case core.ClassMarketingCapped:
		can = !now.Before(m.At.Add(p.CappedRest.D()))
	}
	if can {
		return nil
	}
	return core.Fail(core.InvalidInput, "inbox.Retriable", m.Error)
}

// Retry sends a failed message again as a new one; the old one stays and says
// by which it was repeated. The same rules hold as for Reply, the window above
// all, and TakeBack works. Conflict when the message did not fail or was
// repeated already; see Retriable for InvalidInput.
func (s *Service) Retry(ctx context.Context, message int64, agent string) (core.Message, error) {
	const op = "inbox.Retry"
	if err := needAgent(agent); err != nil {
		return core.Message{}, fail(op, err)
	}
	r := s.Rules()
	var m core.Message
	ref := s.NewRef()
	err := s.Store.Write(ctx, func(tx core.Tx) error {
		old, err := tx.Message(message)
		if err != nil {
			return err
		}
		c, err := tx.Conversation(old.ConversationID)
		if err != nil {
			return err
		}
		if old.State != core.Failed || old.RetriedBy != 0 || old.Type == core.TypeReaction {
			return core.Fail(core.Conflict, op, nil)
		}
		if err := Retriable(&c, &old, r.Policy, s.Now()); err != nil {
			return err
		}
		m = core.Message{Ref: ref, Author: agent, Content: old.Content, RetryOf: old.ID,
			NotBefore: s.Now().Add(r.Policy.UndoGrace.D())}
		if err := s.queue(tx, &c, &m); err != nil {
			return err
		}
		old.RetriedBy = m.ID
		if err := tx.SaveMessage(&old); err != nil {
			return err
		}
		return s.save(tx, &c)
	})
	if err != nil {
		return core.Message{}, fail(op, err)
	}
	return m, nil
}

// Settle records what a person found out about a message whose outcome was
// open: it arrived, or it did not, and then the clock goes on as after any
// failure and Retry works. A receipt that comes later still counts. Conflict
// when the outcome is no longer open.
func (s *Service) Settle(ctx context.Context, message int64, agent string, arrived bool) (core.Message, error) {
	const op = "inbox.Settle"
	var m core.Message
	err := s.Store.Write(ctx, func(tx core.Tx) error {
		var err error
		if m, err = tx.Message(message); err != nil {
			return err
		}
		if m.State != core.UnsureSent {
			return core.Fail(core.Conflict, op, nil)
		}
		c, err := tx.Conversation(m.ConversationID)
		if err != nil {
			return err
		}
		var changed bool
		if arrived {
			m.State, m.Error = core.Sent, nil
			if m.SentAt.IsZero() {
				m.SentAt = m.At
			}
			changed = Reached(&c, &m, s.Rules())
		} else {
			m.State = core.Failed
			if m.Error == nil {
				m.Error = &core.ProviderError{Class: core.ClassUnknown}
			}
			if changed, err = FailAnswer(tx, &c, &m, s.Rules()); err != nil {
				return err
			}
		}
		if err := tx.SaveMessage(&m); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Messages, ID: c.ID}, core.Change{Kind: core.Conversations, ID: c.ID})
		if !changed {
			return nil
		}
		return s.save(tx, &c)
	})
	if err != nil {
		return core.Message{}, fail(op, err)
	}
	return m, nil
}
