package inbox

import (
	"context"
	"slices"

	"bottega/core"
)

// CleanTag is core.CleanTag with an InvalidInput for what is no tag.
func CleanTag(tag string) (string, error) {
	t, ok := core.CleanTag(tag)
	if !ok {
		return "", badInput("inbox.CleanTag", "not a tag")
	}
	return t, nil
}

// Tag puts a tag on a contact or takes it off. Nothing happens when it is so already.
func (s *Service) Tag(ctx context.Context, contact int64, agent, tag string, on bool) (Undo, error) {
	const op = "inbox.Tag"
	tag, err := CleanTag(tag)
	if err != nil {
		return nil, fail(op, err)
	}
	changed, err := s.tag(ctx, op, contact, agent, tag, on)
	if err != nil || !changed {
		return nil, err
	}
	return func(ctx context.Context) error {
		changed, err := s.tag(ctx, op+".Undo", contact, agent, tag, !on)
		if err == nil && !changed {
			err = core.Fail(core.Conflict, op+".Undo", nil)
		}
		return err
	}, nil
}

func (s *Service) tag(ctx context.Context, op string, contact int64, agent, tag string, on bool) (changed bool, err error) {
	err = s.Store.Write(ctx, func(tx core.Tx) error {
		c, err := tx.Contact(contact)
		if err != nil {
			return err
		}
		if changed = slices.Contains(c.Tags, tag) != on; !changed {
			return nil
		}
		kind := core.ActTagged
		if on {
			c.Tags = append(slices.Clone(c.Tags), tag)
			slices.Sort(c.Tags)
		} else {
			kind = core.ActUntagged
			c.Tags = slices.DeleteFunc(slices.Clone(c.Tags), func(t string) bool { return t == tag })
		}
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		cs, err := conversationsOf(tx, &c)
		if err != nil {
			return err
		}
		about(tx, &c, cs)
		a := core.Activity{ContactID: c.ID, Kind: kind, Actor: agent, Detail: tag, At: s.Now()}
		if len(cs) == 1 {
			a.ConversationID, a.ChannelID = cs[0].ID, cs[0].ChannelID
		}
		return tx.AddActivity(a)
	})
	return changed, fail(op, err)
}

// SetValue sets a customer's value tier by hand (S-075) and with it the order
// of their conversations.
func (s *Service) SetValue(ctx context.Context, contact int64, agent string, tier core.ValueTier) (Undo, error) {
	const op = "inbox.SetValue"
	if !slices.Contains(core.ValueTiers, tier) {
		return nil, badInput(op, "no tier %q", tier)
	}
	before, err := s.value(ctx, op, contact, tier, nil)
	if err != nil || before == tier {
		return nil, err
	}
	return func(ctx context.Context) error {
		_, err := s.value(ctx, op+".Undo", contact, before, &tier)
		return err
	}, nil
}

// value sets a tier and returns the one before; Conflict unless that is want.
func (s *Service) value(ctx context.Context, op string, contact int64, tier core.ValueTier, want *core.ValueTier) (before core.ValueTier, err error) {
	err = s.Store.Write(ctx, func(tx core.Tx) error {
		c, err := tx.Contact(contact)
		if err != nil {
			return err
		}
		before = c.Value
		if want != nil && before != *want {
			return core.Fail(core.Conflict, op, nil)
		}
		if before == tier {
			return nil
		}
		c.Value = tier
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		cs, err := conversationsOf(tx, &c)
		if err != nil {
			return err
		}
		about(tx, &c, cs)
		for i := range cs {
			cs[i].Contact = c
			if err := s.save(tx, &cs[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return before, fail(op, err)
}

// conversationsOf returns a contact's conversations, one a channel at most.
func conversationsOf(tx core.Tx, c *core.Contact) ([]core.Conversation, error) {
	var cs []core.Conversation
	seen := map[int64]bool{}
	for _, id := range c.Identities {
		if seen[id.ChannelID] {
			continue
		}
		seen[id.ChannelID] = true
		cv, err := tx.ConversationOf(id.ChannelID, c.ID)
		if is(err, core.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		cs = append(cs, cv)
	}
	return cs, nil
}

// about tells of a changed contact and of the rows that show it.
func about(tx core.Tx, c *core.Contact, cs []core.Conversation) {
	tx.Changed(core.Change{Kind: core.Contacts, ID: c.ID})
	for i := range cs {
		tx.Changed(core.Change{Kind: core.Conversations, ID: cs[i].ID})
	}
}
