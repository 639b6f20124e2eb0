package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"bottega/core"
)

const messageColumns = `m.id, m.conversation_id, m.channel_id, m.direction, m.type, m.text, m.reply_to, m.extra, m.provider_id, m.ref,
	m.state, m.error, m.author, m.flags, m.retry_of, m.retried_by, m.not_before, m.attempts, m.at, m.sent_at, m.delivered_at,
	m.read_at, m.edited_at, m.waited, m.reactions, m.rev`

// messageRow has the places for messageColumns.
type messageRow struct {
	m                                        *core.Message
	extra, provider, ref, problem, reactions *string
	direction, flags                         int64
	notBefore, at, sent, delivered, read     int64
	edited, waited                           int64
}

func (r *messageRow) fields() []any {
	m := r.m
	return []any{&m.ID, &m.ConversationID, &m.ChannelID, &r.direction, &m.Type, &m.Text, &m.ReplyTo, &r.extra, &r.provider, &r.ref,
		&m.State, &r.problem, &m.Author, &r.flags, &m.RetryOf, &m.RetriedBy, &r.notBefore, &m.Attempts, &r.at, &r.sent, &r.delivered,
		&r.read, &r.edited, &r.waited, &r.reactions, &m.Rev}
}

func (r *messageRow) finish() (err error) {
	m := r.m
	m.Direction = core.Direction(r.direction)
	m.ProviderID, m.Ref = orZero(r.provider), orZero(r.ref)
	m.Auto, m.Echo = r.flags&flagAuto != 0, r.flags&flagEcho != 0
	m.Revoked, m.Courtesy = r.flags&flagRevoked != 0, r.flags&flagCourtesy != 0
	m.NotBefore, m.At, m.SentAt, m.DeliveredAt = at(r.notBefore), at(r.at), at(r.sent), at(r.delivered)
	m.ReadAt, m.EditedAt, m.Waited = at(r.read), at(r.edited), at(r.waited)
	if r.extra != nil {
		err = unpackExtra(*r.extra, m)
	}
	if r.problem != nil && err == nil {
		m.Error, err = unpackError(*r.problem)
	}
	if r.reactions != nil && err == nil {
		m.Reactions, err = unpackReactions(*r.reactions, m.ProviderID)
		m.Reactions = slices.DeleteFunc(m.Reactions, func(r core.Reaction) bool { return r.Emoji == "" })
	}
	return err
}

func scanMessage(rows *sql.Rows, m *core.Message) error {
	r := messageRow{m: m}
	if err := rows.Scan(r.fields()...); err != nil {
		return err
	}
	return r.finish()
}

// chatSelect reads one page of a chat, newest first.
const chatSelect = "SELECT " + messageColumns + ` FROM messages m
	WHERE m.conversation_id = ? AND m.id < ? AND m.type <> 'reaction' ORDER BY m.id DESC LIMIT +?`

// quotedSelect reads what messages of a chat quote. Joined to chatSelect it
// cost every message a third, and few quote anything.
const quotedSelect = `SELECT q.provider_id, q.id, q.direction, q.author, q.type, substr(q.text, 1, 200)
	FROM json_each(?) r CROSS JOIN messages q ON q.channel_id = ? AND q.provider_id = r.value`

// Messages implements core.InboxReader. A chat is in the order in which
// messages reached the shop, whatever the clocks of senders say. The first 200
// characters come with it of what a message quotes.
func (db *DB) Messages(ctx context.Context, conversation, before int64, limit int) ([]core.Message, error) {
	if before <= 0 {
		before = maxID
	}
	r := reading{ctx, db}
	ms, err := all(r, scanMessage, chatSelect, conversation, before, limit)
	if err == nil {
		err = quote(r, ms)
	}
	slices.Reverse(ms)
	return ms, db.fail("storage.Messages", err)
}

// quote fills in what messages of one chat, all of one channel, quote.
func quote(src source, ms []core.Message) error {
	var ids []string
	for i := range ms {
		if ms[i].ReplyTo != "" {
			ids = append(ids, ms[i].ReplyTo)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	asked, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	found := map[string]*core.Quote{}
	err = src.query(func(rows *sql.Rows) error {
		var id string
		var direction int64
		var q core.Quote
		if err := rows.Scan(&id, &q.ID, &direction, &q.Author, &q.Type, &q.Text); err != nil {
			return err
		}
		q.Direction = core.Direction(direction)
		found[id] = &q
		return nil
	}, quotedSelect, string(asked), ms[0].ChannelID)
	for i := range ms {
		if q := found[ms[i].ReplyTo]; q != nil {
			own := *q
			ms[i].Quote = &own
		}
	}
	return err
}

const maxID = int64(1) << 62

const messageFrom = "SELECT " + messageColumns + " FROM messages m "

// Message implements core.MessageTx.
func (t *tx) Message(id int64) (core.Message, error) {
	return t.oneMessage("storage.Message", "WHERE m.id = ?", id)
}

// MessageByProviderID implements core.MessageTx.
func (t *tx) MessageByProviderID(channel int64, providerID string) (core.Message, error) {
	return t.oneMessage("storage.MessageByProviderID", "WHERE m.channel_id = ? AND m.provider_id = ?", channel, orNull(providerID))
}

// MessageByRef implements core.MessageTx.
func (t *tx) MessageByRef(ref string) (core.Message, error) {
	return t.oneMessage("storage.MessageByRef", "WHERE m.ref = ?", orNull(ref))
}

// LastInbound implements core.MessageTx.
func (t *tx) LastInbound(conversation int64) (core.Message, error) {
	return t.oneMessage("storage.LastInbound", "WHERE m.conversation_id = ? AND m.direction = 0 ORDER BY m.id DESC LIMIT 1", conversation)
}

// LastOutbound implements core.MessageTx.
func (t *tx) LastOutbound(conversation int64) (core.Message, error) {
	return t.oneMessage("storage.LastOutbound", `WHERE m.conversation_id = ? AND m.direction = 1 AND m.type NOT IN ('note', 'reaction')
		ORDER BY m.id DESC LIMIT 1`, conversation)
}

// Answers implements core.MessageTx.
func (t *tx) Answers(conversation int64, limit int) ([]core.Message, error) {
	ms, err := all(t, scanMessage, messageFrom+`WHERE m.conversation_id = ? AND m.direction = 1 AND m.flags & ? = 0
		AND m.type NOT IN ('note', 'reaction') ORDER BY m.id DESC LIMIT +?`, conversation, flagAuto, limit)
	return ms, t.db.fail("storage.Answers", err)
}

func (t *tx) oneMessage(op, where string, args ...any) (core.Message, error) {
	m, err := one(t, scanMessage, messageFrom+where, args...)
	return m, t.db.fail(op, err)
}

// messageArgs are the columns that a save may change, in the order of both statements below.
func messageArgs(m *core.Message) ([]any, error) {
	extra, err := packExtra(m)
	if err != nil {
		return nil, err
	}
	problem, err := packError(m.Error)
	if err != nil {
		return nil, err
	}
	path := ""
	if m.Media != nil {
		path = m.Media.Path
	}
	return []any{m.Type, m.Text, m.ReplyTo, extra, path, number(wanted(m)), orNull(m.ProviderID), orNull(m.Ref), m.State, problem,
		m.Author, flags(m), m.RetryOf, m.RetriedBy, ms(m.NotBefore), m.Attempts, ms(m.At), ms(m.SentAt), ms(m.DeliveredAt),
		ms(m.ReadAt), ms(m.EditedAt), ms(m.Waited)}, nil
}

const insertMessage = `INSERT INTO messages (type, text, reply_to, extra, media_path, media_wanted, provider_id, ref, state, error,
	author, flags, retry_of, retried_by, not_before, attempts, at, sent_at, delivered_at, read_at, edited_at, waited,
	conversation_id, channel_id, direction, reactions)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

// InsertMessage implements core.MessageTx.
func (t *tx) InsertMessage(m *core.Message) (bool, error) {
	ok, err := t.insertMessage(m)
	return ok, t.db.fail("storage.InsertMessage", err)
}

func (t *tx) insertMessage(m *core.Message) (bool, error) {
	args, err := messageArgs(m)
	if err != nil {
		return false, err
	}
	reactions, err := packReactions(m.Reactions)
	if err != nil {
		return false, err
	}
	res, err := t.result(insertMessage, append(args, m.ConversationID, m.ChannelID, int64(m.Direction), reactions)...)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); n == 0 || err != nil {
		return false, err
	}
	id, err := res.LastInsertId()
	if err != nil {
		return false, err
	}
	m.ID, m.Rev = id, 1
	t.newest = *m
	if err := t.countHour(m); err != nil {
		return false, err
	}
	if m.Direction == core.In && m.Type.CountsAsContact() {
		if err := t.unblock(m); err != nil {
			return false, err
		}
	}
	return true, t.indexMessage(id, "", words(m))
}

// countHour notes in which hour of the day a person wrote.
func (t *tx) countHour(m *core.Message) error {
	if m.Direction != core.In || m.At.IsZero() || m.Type == core.TypeReaction {
		return nil
	}
	_, err := t.exec(`INSERT INTO reply_hours (contact_id, hour, n) SELECT contact_id, ?, 1 FROM conversations WHERE id = ?
		ON CONFLICT DO UPDATE SET n = n + 1`, m.At.UTC().Hour(), m.ConversationID)
	return err
}

const updateMessage = `UPDATE messages SET type = ?, text = ?, reply_to = ?, extra = ?, media_path = ?, media_wanted = ?, provider_id = ?,
	ref = ?, state = ?, error = ?, author = ?, flags = ?, retry_of = ?, retried_by = ?, not_before = ?, attempts = ?, at = ?,
	sent_at = ?, delivered_at = ?, read_at = ?, edited_at = ?, waited = ?, rev = rev + 1 WHERE id = ?`

// SaveMessage implements core.MessageTx. Conversation, channel and direction
// never change, and reactions have SetReaction; a conversation that shows the message gets a new Rev. Conflict
// when another message has the provider id or ref.
func (t *tx) SaveMessage(m *core.Message) error {
	return t.db.fail("storage.SaveMessage", t.saveMessage(m))
}

func (t *tx) saveMessage(m *core.Message) error {
	old, err := one(t, scanMessage, messageFrom+"WHERE m.id = ?", m.ID)
	if err != nil {
		return err
	}
	args, err := messageArgs(m)
	if err != nil {
		return err
	}
	if err := t.must1(updateMessage, append(args, m.ID)...); err != nil {
		return err
	}
	m.Rev = old.Rev + 1
	last := *m
	last.ConversationID, last.Direction = old.ConversationID, old.Direction
	if err := t.block(&old, &last); err != nil {
		return err
	}
	if err := t.touchLast(&last); err != nil {
		return err
	}
	return t.indexMessage(m.ID, words(&old), words(m))
}

// DeleteMessage implements core.MessageTx: Conflict for one that is no
// note and not queued, or whose sending has begun.
func (t *tx) DeleteMessage(id int64) error {
	return t.db.fail("storage.DeleteMessage", t.deleteMessage(id))
}

func (t *tx) deleteMessage(id int64) error {
	m, err := one(t, scanMessage, messageFrom+"WHERE m.id = ?", id)
	if err != nil {
		return err
	}
	if m.State != core.Queued && m.Type != core.TypeNote {
		return core.Fail(core.Conflict, "storage.DeleteMessage", nil)
	}
	if err := t.indexMessage(id, words(&m), ""); err != nil {
		return err
	}
	t.newest = core.Message{}
	if _, err := t.exec("UPDATE conversations SET last = NULL, rev = rev + 1 WHERE id = ? AND last_message_id = ?", m.ConversationID, id); err != nil {
		return err
	}
	return t.must1("DELETE FROM messages WHERE id = ?", id)
}

// SetReaction implements core.MessageTx: each side has one reaction at most,
// and the later one by its time stands, in whatever order they come. One that
// was taken back stays in the row without emoji, so that an older one that
// comes late cannot bring it to life.
func (t *tx) SetReaction(message int64, r core.Reaction) error {
	m, err := one(t, scanMessage, messageFrom+"WHERE m.id = ?", message)
	if err == nil {
		err = t.saveReaction(&m, r)
	}
	return t.db.fail("storage.SetReaction", err)
}

func (t *tx) saveReaction(m *core.Message, r core.Reaction) error {
	kept, err := one(t, scanNull, "SELECT reactions FROM messages WHERE id = ?", m.ID)
	if err != nil {
		return err
	}
	var rs []core.Reaction
	if kept.Valid {
		if rs, err = unpackReactions(kept.String, ""); err != nil {
			return err
		}
	}
	i := slices.IndexFunc(rs, func(o core.Reaction) bool { return o.From == r.From })
	switch {
	case i < 0:
		rs = append(rs, r)
	case r.At.Before(rs[i].At):
		return nil
	default:
		rs[i] = r
	}
	packed, err := packReactions(rs)
	if err != nil {
		return err
	}
	if err := t.must1("UPDATE messages SET reactions = ?, rev = rev + 1 WHERE id = ?", packed, m.ID); err != nil {
		return err
	}
	return t.touchLast(m)
}

// receiptDays is how long an event waits for its message. Providers repeat
// callbacks for 7 days, so a message that has not come by then never will.
const receiptDays = 30

// KeepReceipt implements core.MessageTx. Events that nobody took for a month go.
func (t *tx) KeepReceipt(channel int64, e core.Event) error {
	b, err := e.MarshalJSON()
	if err == nil {
		_, err = t.exec("INSERT INTO receipts (channel_id, provider_id, ref, event, kept_at) VALUES (?, ?, ?, ?, ?)",
			channel, orNull(e.About()), orNull(e.Ref), string(b), ms(t.db.now()))
	}
	if err == nil {
		_, err = t.exec("DELETE FROM receipts WHERE id IN (SELECT id FROM receipts WHERE kept_at < ? LIMIT 100)",
			ms(t.db.now().AddDate(0, 0, -receiptDays)))
	}
	return t.db.fail("storage.KeepReceipt", err)
}

type keptEvent struct {
	id    int64
	event core.Event
}

func scanReceipt(rows *sql.Rows, k *keptEvent) error {
	var s string
	return errors.Join(rows.Scan(&k.id, &s), k.event.UnmarshalJSON([]byte(s)))
}

// TakeReceipts implements core.MessageTx.
func (t *tx) TakeReceipts(channel int64, providerID, ref string) ([]core.Event, error) {
	es, err := t.takeReceipts(channel, providerID, ref)
	return es, t.db.fail("storage.TakeReceipts", err)
}

func (t *tx) takeReceipts(channel int64, providerID, ref string) ([]core.Event, error) {
	ks, err := all(t, scanReceipt, `SELECT id, event FROM receipts WHERE channel_id = ?1 AND (provider_id = ?2 OR ref = ?3) ORDER BY id`,
		channel, orNull(providerID), orNull(ref))
	if err != nil {
		return nil, err
	}
	var es []core.Event
	for _, k := range ks {
		if _, err := t.exec("DELETE FROM receipts WHERE id = ?", k.id); err != nil {
			return nil, err
		}
		es = append(es, k.event)
	}
	return es, nil
}
