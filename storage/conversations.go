package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"bottega/core"
)

// conversationSelect reads a row of the inbox; c is the table of conversations.
const conversationSelect = `SELECT c.id, c.channel_id, c.contact_id, c.state, c.assignee, c.unread, c.last_message_id,
	c.last_at, c.last_in_at, c.last_out_at, c.waiting_since, c.due_at, c.courtesy_since, c.window_closes, c.free_until,
	c.referral_at, c.snooze_until, c.sort_key, c.draft, c.rev, c.card, c.last,
	CASE WHEN c.draft <> '' THEN (SELECT json_group_array(json_object('agent', d.agent, 'text', d.text) ORDER BY d.at DESC, d.agent)
		FROM drafts d WHERE d.conversation_id = c.id) END,
	CASE WHEN c.id IN (SELECT conversation_id FROM (SELECT conversation_id FROM messages
			WHERE state = 'failed' AND retried_by = 0 AND type <> 'reaction' ORDER BY at DESC LIMIT 50))
		OR c.id IN (SELECT conversation_id FROM (SELECT conversation_id FROM messages
			WHERE state = 'unsure' AND type <> 'reaction' ORDER BY id DESC LIMIT 50))
	THEN coalesce((SELECT iif(m.retried_by = 0 AND m.state IN ('failed', 'unsure'), m.state, '') FROM messages m
		WHERE m.conversation_id = c.id AND m.direction = 1 AND m.type NOT IN ('note', 'reaction')
		ORDER BY m.id DESC LIMIT 1), '') ELSE '' END FROM conversations c `

func scanConversation(rows *sql.Rows, c *core.Conversation) error {
	var t [10]int64
	var card, last, drafts sql.RawBytes
	if err := rows.Scan(&c.ID, &c.ChannelID, &c.ContactID, &c.State, &c.Assignee, &c.Unread, &c.LastMessageID,
		&t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &t[7], &t[8], &t[9], &c.SortKey, &c.Draft, &c.Rev, &card, &last, &drafts, &c.LastOut); err != nil {
		return err
	}
	for i, to := range []*time.Time{&c.LastAt, &c.LastInAt, &c.LastOutAt, &c.WaitingSince, &c.DueAt, &c.CourtesySince,
		&c.WindowCloses, &c.FreeUntil, &c.Referral, &c.SnoozeUntil} {
		*to = at(t[i])
	}
	if len(drafts) > 0 {
		if err := json.Unmarshal(drafts, &c.Drafts); err != nil {
			return err
		}
	}
	return errors.Join(unpackCard(card, c.ContactID, &c.Contact), unpackLast(last, &c.Last))
}

// conversation reads one, with its contact's identities.
func conversation(src source, where string, args ...any) (core.Conversation, error) {
	c, err := one(src, scanConversation, conversationSelect+where, args...)
	if err != nil {
		return core.Conversation{}, err
	}
	c.Contact.Identities, err = all(src, scanIdentity,
		"SELECT channel_id, kind, value FROM identities WHERE contact_id = ? ORDER BY channel_id, kind, value", c.ContactID)
	return c, err
}

// Conversation implements core.InboxReader.
func (db *DB) Conversation(ctx context.Context, id int64) (c core.Conversation, err error) {
	c, err = conversation(reading{ctx, db}, "WHERE c.id = ?", id)
	return c, db.fail("storage.Conversation", err)
}

// Conversation implements core.ConversationTx, contact and identities filled in.
func (t *tx) Conversation(id int64) (core.Conversation, error) {
	c, err := conversation(t, "WHERE c.id = ?", id)
	return c, t.db.fail("storage.Conversation", err)
}

// ConversationOf implements core.ConversationTx.
func (t *tx) ConversationOf(channel, contact int64) (core.Conversation, error) {
	c, err := conversation(t, "WHERE c.contact_id = ? AND c.channel_id = ?", contact, channel)
	return c, t.db.fail("storage.ConversationOf", err)
}

const insertConversation = `INSERT INTO conversations (state, assignee, unread, last_message_id, last_at, last_in_at,
	last_out_at, waiting_since, due_at, courtesy_since, window_closes, free_until, referral_at, snooze_until, sort_key,
	last, channel_id, contact_id, card)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// A conversation that keeps its last message keeps what it carries of it.
const updateConversation = `UPDATE conversations SET state = ?1, assignee = ?2, unread = ?3, last_message_id = ?4, last_at = ?5,
	last_in_at = ?6, last_out_at = ?7, waiting_since = ?8, due_at = ?9, courtesy_since = ?10, window_closes = ?11, free_until = ?12,
	referral_at = ?13, snooze_until = ?14, sort_key = ?15, last = CASE WHEN ?17 THEN ?16 ELSE last END, rev = rev + 1
	WHERE id = ?18 RETURNING rev`

func conversationArgs(c *core.Conversation) []any {
	return []any{c.State, c.Assignee, c.Unread, c.LastMessageID, ms(c.LastAt), ms(c.LastInAt), ms(c.LastOutAt),
		ms(c.WaitingSince), ms(c.DueAt), ms(c.CourtesySince), ms(c.WindowCloses), ms(c.FreeUntil), ms(c.Referral),
		ms(c.SnoozeUntil), c.SortKey}
}

// SaveConversation implements core.ConversationTx. Channel and contact of a
// conversation never change; Conflict when the two already have one.
func (t *tx) SaveConversation(c *core.Conversation) error {
	save := t.updateConversation
	if c.ID == 0 {
		save = t.insertConversation
	}
	return t.db.fail("storage.SaveConversation", save(c))
}

func (t *tx) insertConversation(c *core.Conversation) error {
	k, err := one(t, scanContact, "SELECT "+contactColumns+" FROM contacts k WHERE k.id = ?", c.ContactID)
	if err != nil {
		return err
	}
	last, err := t.lastOf(c.LastMessageID)
	if err != nil {
		return err
	}
	if c.ID, err = t.insert(insertConversation, append(conversationArgs(c), last, c.ChannelID, c.ContactID, packCard(&k))...); err != nil {
		return err
	}
	c.Rev = 1
	return nil
}

func (t *tx) updateConversation(c *core.Conversation) error {
	old, err := one(t, scanInt, "SELECT last_message_id FROM conversations WHERE id = ?", c.ID)
	if err != nil {
		return err
	}
	var last []byte
	if old != c.LastMessageID {
		if last, err = t.lastOf(c.LastMessageID); err != nil {
			return err
		}
	}
	c.Rev, err = one(t, scanInt, updateConversation, append(conversationArgs(c), last, number(old != c.LastMessageID), c.ID)...)
	return err
}

// SaveDraft implements core.ConversationTx. Each agent has a draft; the
// conversation shows the newest that is not empty.
func (t *tx) SaveDraft(conversation int64, agent, text string) error {
	return t.db.fail("storage.SaveDraft", t.saveDraft(conversation, agent, text))
}

func (t *tx) saveDraft(conversation int64, agent, text string) (err error) {
	if text == "" {
		_, err = t.exec("DELETE FROM drafts WHERE conversation_id = ? AND agent = ?", conversation, agent)
	} else {
		_, err = t.exec(`INSERT INTO drafts (conversation_id, agent, text, at) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET text = excluded.text, at = excluded.at`, conversation, agent, text, ms(t.db.now()))
	}
	if err != nil {
		return err
	}
	return t.must1(`UPDATE conversations SET rev = rev + 1, draft = coalesce(
		(SELECT text FROM drafts WHERE conversation_id = ?1 ORDER BY at DESC, agent LIMIT 1), '') WHERE id = ?1`, conversation)
}

// Woken implements core.ConversationTx, the longest overdue first.
func (t *tx) Woken(now time.Time, limit int) ([]core.Conversation, error) {
	cs, err := all(t, scanConversation, conversationSelect+`INDEXED BY conversations_snoozed WHERE c.state = 'snoozed' AND c.snooze_until > 0 AND c.snooze_until <= ?
		ORDER BY c.snooze_until, c.id LIMIT +?`, ms(now), limit)
	return cs, t.db.fail("storage.Woken", err)
}

// WaitingConversations implements core.ConversationTx, in order of id.
func (t *tx) WaitingConversations(afterID int64, limit int) ([]core.Conversation, error) {
	cs, err := all(t, scanConversation, conversationSelect+"WHERE c.waiting_since > 0 AND c.id > ? ORDER BY c.id LIMIT +?", afterID, limit)
	return cs, t.db.fail("storage.WaitingConversations", err)
}

func scanActivity(rows *sql.Rows, a *core.Activity) error {
	var ms int64
	var key sql.NullString
	err := rows.Scan(&a.ID, &a.ConversationID, &a.ContactID, &a.ChannelID, &a.Kind, &a.Actor, &a.Detail, &ms, &key)
	a.At, a.Key = at(ms), key.String
	return err
}

// Activities implements core.InboxReader.
func (db *DB) Activities(ctx context.Context, conversation int64, since time.Time) ([]core.Activity, error) {
	as, err := all(reading{ctx, db}, scanActivity, `SELECT id, conversation_id, contact_id, channel_id, kind, actor, detail, at, key
		FROM activities WHERE conversation_id = ? AND at >= ? ORDER BY at, id`, conversation, ms(since))
	return as, db.fail("storage.Activities", err)
}

// AddActivity implements core.Tx.
func (t *tx) AddActivity(a core.Activity) error {
	n, err := t.exec(`INSERT INTO activities (conversation_id, contact_id, channel_id, kind, actor, detail, at, key)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		a.ConversationID, a.ContactID, a.ChannelID, a.Kind, a.Actor, a.Detail, ms(a.At), orNull(a.Key))
	if err == nil && n == 0 {
		err = core.Fail(core.Conflict, "storage.AddActivity", nil)
	}
	return t.db.fail("storage.AddActivity", err)
}

// Counts implements core.InboxReader.
func (db *DB) Counts(ctx context.Context, agent string, now time.Time) (core.Counts, error) {
	scan := func(rows *sql.Rows, n *core.Counts) error {
		return rows.Scan(&n.Open, &n.Mine, &n.Unassigned, &n.Waiting, &n.Snoozed, &n.Done, &n.Unread, &n.Unsure, &n.Failed)
	}
	n, err := one(reading{ctx, db}, scan, `SELECT
		coalesce(sum(n) FILTER (WHERE state = 'open'), 0),
		coalesce(sum(n) FILTER (WHERE state = 'open' AND assignee = ?), 0),
		coalesce(sum(n) FILTER (WHERE state = 'open' AND assignee = ''), 0),
		coalesce(sum(n) FILTER (WHERE state = 'open' AND waiting), 0),
		coalesce(sum(n) FILTER (WHERE state = 'snoozed'), 0),
		coalesce(sum(n) FILTER (WHERE state = 'done'), 0),
		coalesce(sum(n) FILTER (WHERE unread), 0),
		(SELECT count(*) FROM messages WHERE state = 'unsure' AND type <> 'reaction'),
		(SELECT count(*) FROM messages WHERE state = 'failed' AND retried_by = 0 AND type <> 'reaction' AND at > ?)
		FROM conversation_counts`, agent, ms(now.AddDate(0, 0, -failedDays)))
	if agent == "" {
		n.Mine = 0
	}
	return n, db.fail("storage.Counts", err)
}

// failedDays is how long a failed message is counted.
const failedDays = 7
