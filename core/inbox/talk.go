package inbox

import (
	"context"
	"unicode"
	"unicode/utf8"

	"bottega/core"
)

// Note adds a private note to a conversation: it never leaves the shop, stops
// no clock and is not the last message of the list.
func (s *Service) Note(ctx context.Context, conv int64, agent, text string) (core.Message, error) {
	const op = "inbox.Note"
	c, err := CheckContent(core.Content{Type: core.TypeText, Text: text}, s.Rules().Limits)
	if err == nil {
		err = needAgent(agent)
	}
	if err != nil {
		return core.Message{}, fail(op, err)
	}
	c.Type = core.TypeNote
	var m core.Message
	err = s.conversation(ctx, op, conv, func(tx core.Tx, cv *core.Conversation) (bool, error) {
		m = core.Message{ConversationID: cv.ID, ChannelID: cv.ChannelID, Direction: core.Out, Content: c,
			Author: agent, At: latest(s.Now(), cv.LastAt)}
		_, err := tx.InsertMessage(&m)
		tx.Changed(core.Change{Kind: core.Messages, ID: cv.ID})
		return false, err
	})
	if err != nil {
		return core.Message{}, err
	}
	return m, nil
}

// DropNote takes a note back and returns its words. Only who wrote it may:
// InvalidInput for another's and for what is no note, NotFound when it is gone.
func (s *Service) DropNote(ctx context.Context, message int64, agent string) (string, error) {
	const op = "inbox.DropNote"
	var words string
	err := s.Store.Write(ctx, func(tx core.Tx) error {
		m, err := tx.Message(message)
		if err != nil {
			return err
		}
		if m.Type != core.TypeNote || m.Author != agent {
			return badInput(op, "not a note of theirs")
		}
		words = m.Text
		tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID})
		return tx.DeleteMessage(m.ID)
	})
	return words, fail(op, err)
}

// React puts an emoji on a message that the provider knows, or takes it back
// with "". It leaves at once, as free-form messages do within the window only,
// and stops no clock. InvalidInput when it is no emoji or there is nothing to
// react to.
func (s *Service) React(ctx context.Context, message int64, agent, emoji string) error {
	const op = "inbox.React"
	if err := needAgent(agent); err != nil {
		return fail(op, err)
	}
	if emoji != "" && !isEmoji(emoji) {
		return badInput(op, "not an emoji")
	}
	ref := s.NewRef()
	return fail(op, s.Store.Write(ctx, func(tx core.Tx) error {
		target, err := tx.Message(message)
		if err != nil {
			return err
		}
		if target.ProviderID == "" || target.Type == core.TypeNote || target.Type == core.TypeReaction || target.Revoked {
			return badInput(op, "nothing to react to")
		}
		c, err := tx.Conversation(target.ConversationID)
		if err != nil {
			return err
		}
		re := core.Reaction{Target: target.ProviderID, Emoji: emoji, From: core.Out, At: s.Now()}
		for _, o := range target.Reactions {
			if o.From == core.Out {
				re.Before = o.Emoji
			}
		}
		m := core.Message{Ref: ref, Author: agent, NotBefore: s.Now(),
			Content: core.Content{Type: core.TypeReaction, Reaction: &re}}
		if err := s.queue(tx, &c, &m); err != nil {
			return err
		}
		return tx.SetReaction(target.ID, core.Reaction{Target: re.Target, Emoji: re.Emoji, From: re.From, At: re.At})
	}))
}

// isEmoji is a loose test that keeps words, spaces and control characters out.
func isEmoji(s string) bool {
	if utf8.RuneCountInString(s) > 12 || !utf8.ValidString(s) {
		return false
	}
	sign := false
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsSpace(r) || unicode.IsControl(r) {
			return false
		}
		sign = sign || r > 0x7f
	}
	return sign
}

// SaveDraft keeps what an agent has typed so far; "" forgets it.
func (s *Service) SaveDraft(ctx context.Context, conv int64, agent, text string) error {
	return fail("inbox.SaveDraft", s.Store.Write(ctx, func(tx core.Tx) error {
		if err := tx.SaveDraft(conv, agent, text); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Conversations, ID: conv})
		return nil
	}))
}

// Seen counts a conversation as looked at, and hands the newest customer
// message to Mark so that the customer sees it read. Marks are a courtesy: a
// lost one is made up for by the next, which covers all earlier messages.
func (s *Service) Seen(ctx context.Context, conv int64, agent string) error {
	const op = "inbox.Seen"
	var mark ReadMark
	err := s.conversation(ctx, op, conv, func(tx core.Tx, c *core.Conversation) (bool, error) {
		mark = ReadMark{}
		if c.Unread == 0 {
			return false, nil
		}
		c.Unread = 0
		m, err := tx.LastInbound(c.ID)
		switch {
		case is(err, core.NotFound):
		case err != nil:
			return false, err
		default:
			mark = ReadMark{Channel: c.ChannelID, Conversation: c.ID, ProviderID: m.ProviderID}
		}
		return true, nil
	})
	if err == nil && s.Mark != nil && mark.ProviderID != "" {
		s.Mark(mark)
	}
	return err
}
