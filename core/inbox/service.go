package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"bottega/core"
)

// Service does what agents ask for. Each method is one transaction; errors
// carry a core.Code, NotFound for what is not there among them. All fields but
// Mark are needed. Safe for concurrent use.
type Service struct {
	Store  core.Writer
	Rules  func() core.Rules
	Now    func() time.Time
	NewRef func() string // a new reference for a message, unique for ever, without personal data
	// Mark is told, after the commit, which customer message the shop has
	// seen; nil sends no read marks. It must not block; see ReadMarks.
	Mark func(ReadMark)
}

// Undo takes an action back. It returns Conflict, and changes nothing, when
// what the action had set was changed meanwhile.
type Undo func(context.Context) error

// fail gives err the operation's name, unless it is one of ours already.
func fail(op string, err error) error {
	if err == nil {
		return nil
	}
	return core.Fail(core.CodeOf(err), op, err)
}

// conversation runs fn on a conversation and saves it when fn says so.
func (s *Service) conversation(ctx context.Context, op string, id int64, fn func(core.Tx, *core.Conversation) (bool, error)) error {
	return fail(op, s.Store.Write(ctx, func(tx core.Tx) error {
		c, err := tx.Conversation(id)
		if err != nil {
			return err
		}
		save, err := fn(tx, &c)
		if err != nil || !save {
			return err
		}
		return s.save(tx, &c)
	}))
}

// save stores a conversation with its order brought up to date.
func (s *Service) save(tx core.Tx, c *core.Conversation) error {
	Refresh(c, s.Rules())
	tx.Changed(core.Change{Kind: core.Conversations, ID: c.ID})
	return tx.SaveConversation(c)
}

func (s *Service) note(tx core.Tx, c *core.Conversation, kind core.ActivityKind, agent, detail string) error {
	return tx.AddActivity(core.Activity{ConversationID: c.ID, ContactID: c.ContactID, ChannelID: c.ChannelID,
		Kind: kind, Actor: agent, Detail: detail, At: s.Now()})
}

// undone is the detail of an activity that takes another one back.
const undone = "undo"

// standing is what the actions on a conversation change.
type standing struct {
	state                 core.ConversationState
	assignee              string
	waiting, courtesy, to time.Time
}

func standingOf(c *core.Conversation) standing {
	return standing{c.State, c.Assignee, c.WaitingSince, c.CourtesySince, c.SnoozeUntil}
}

func (a standing) same(b standing) bool {
	return a.state == b.state && a.assignee == b.assignee && a.waiting.Equal(b.waiting) &&
		a.courtesy.Equal(b.courtesy) && a.to.Equal(b.to)
}

func (a standing) put(c *core.Conversation) {
	c.State, c.Assignee, c.WaitingSince, c.CourtesySince, c.SnoozeUntil = a.state, a.assignee, a.waiting, a.courtesy, a.to
}

// act changes the standing of a conversation and returns how to take it back.
// fn reports whether it changed anything; without a change there is neither
// activity nor undo. also runs in both directions, for what hangs on it.
func (s *Service) act(ctx context.Context, op string, conv int64, agent string, do, back core.Activity,
	fn func(tx core.Tx, c *core.Conversation) error, also func(tx core.Tx, c *core.Conversation, undo bool) error,
) (Undo, error) {
	var before, after standing
	changed := false
	err := s.conversation(ctx, op, conv, func(tx core.Tx, c *core.Conversation) (bool, error) {
		before = standingOf(c)
		if err := fn(tx, c); err != nil {
			return false, err
		}
		after = standingOf(c)
		if changed = !before.same(after); !changed {
			return false, nil
		}
		if also != nil {
			if err := also(tx, c, false); err != nil {
				return false, err
			}
		}
		return true, s.note(tx, c, do.Kind, agent, do.Detail)
	})
	if err != nil || !changed {
		return nil, err
	}
	return func(ctx context.Context) error {
		return s.conversation(ctx, op+".Undo", conv, func(tx core.Tx, c *core.Conversation) (bool, error) {
			if !standingOf(c).same(after) {
				return false, core.Fail(core.Conflict, op+".Undo", nil)
			}
			before.put(c)
			if also != nil {
				if err := also(tx, c, true); err != nil {
					return false, err
				}
			}
			return true, s.note(tx, c, back.Kind, agent, undone)
		})
	}, nil
}

// needAgent refuses work without a name: an outbound message without author
// is taken for one typed on the phone.
func needAgent(agent string) error {
	if agent == "" {
		return core.Fail(core.InvalidInput, "inbox.agent", errors.New("no agent's name"))
	}
	return nil
}

// is tells whether err is of a code.
func is(err error, code core.Code) bool { return err != nil && core.CodeOf(err) == code }

func badInput(op, format string, args ...any) error {
	return core.Fail(core.InvalidInput, op, fmt.Errorf(format, args...))
}
