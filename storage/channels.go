package storage

import (
	"context"
	"database/sql"
	"encoding/json"

	"bottega/core"
)

const channelFrom = `SELECT id, name, provider, number, account, state, pause_class, detail, health, last_callback_at, created_at, rev
	FROM channels `

func scanChannel(rows *sql.Rows, c *core.Channel) error {
	var account, health string
	var callback, created int64
	if err := rows.Scan(&c.ID, &c.Name, &c.Provider, &c.Number, &account, &c.State, &c.PauseClass, &c.Detail, &health,
		&callback, &created, &c.Rev); err != nil {
		return err
	}
	c.LastCallbackAt, c.CreatedAt = at(callback), at(created)
	if err := json.Unmarshal([]byte(account), &c.Account); err != nil {
		return err
	}
	return json.Unmarshal([]byte(health), &c.Health)
}

// Channels implements core.ChannelStore, in order of id.
func (db *DB) Channels(ctx context.Context) ([]core.Channel, error) {
	cs, err := all(reading{ctx, db}, scanChannel, channelFrom+"ORDER BY id")
	return cs, db.fail("storage.Channels", err)
}

// Channel implements core.ChannelStore.
func (db *DB) Channel(ctx context.Context, id int64) (core.Channel, error) {
	c, err := one(reading{ctx, db}, scanChannel, channelFrom+"WHERE id = ?", id)
	return c, db.fail("storage.Channel", err)
}

// ChannelByName implements core.ChannelStore.
func (db *DB) ChannelByName(ctx context.Context, name string) (core.Channel, error) {
	c, err := one(reading{ctx, db}, scanChannel, channelFrom+"WHERE name = ?", name)
	return c, db.fail("storage.ChannelByName", err)
}

// SaveChannel implements core.ChannelStore and publishes the change.
func (db *DB) SaveChannel(ctx context.Context, ch core.Channel) (core.Channel, error) {
	saved := ch
	err := db.write(ctx, "storage.SaveChannel", func(t *tx) error {
		saved = ch // fn may run again
		if err := t.SaveChannel(&saved); err != nil {
			return err
		}
		t.Changed(core.Change{Kind: core.Channels, ID: saved.ID})
		return nil
	})
	if err != nil {
		return core.Channel{}, err
	}
	return saved, nil
}

// RemoveChannel implements core.ChannelStore. Conflict while the channel has
// conversations: what was said on it is kept.
func (db *DB) RemoveChannel(ctx context.Context, id int64) error {
	return db.write(ctx, "storage.RemoveChannel", func(t *tx) error {
		if err := t.must1("DELETE FROM channels WHERE id = ?", id); err != nil {
			return db.fail("storage.RemoveChannel", err)
		}
		t.Changed(core.Change{Kind: core.Channels, ID: id})
		return nil
	})
}

// Channel implements core.ChannelTx.
func (t *tx) Channel(id int64) (core.Channel, error) {
	c, err := one(t, scanChannel, channelFrom+"WHERE id = ?", id)
	return c, t.db.fail("storage.Channel", err)
}

// SaveChannel implements core.ChannelTx; Conflict on a name in use.
func (t *tx) SaveChannel(c *core.Channel) error {
	return t.db.fail("storage.SaveChannel", t.saveChannel(c))
}

func (t *tx) saveChannel(c *core.Channel) error {
	account, err := json.Marshal(c.Account)
	if err != nil {
		return err
	}
	health, err := json.Marshal(c.Health)
	if err != nil {
		return err
	}
	args := []any{c.Name, c.Provider, c.Number, string(account), c.State, c.PauseClass, c.Detail, string(health),
		ms(c.LastCallbackAt), ms(c.CreatedAt)}
	if c.ID != 0 {
		c.Rev, err = one(t, scanInt, `UPDATE channels SET name = ?, provider = ?, number = ?, account = ?, state = ?, pause_class = ?,
			detail = ?, health = ?, last_callback_at = ?, created_at = ?, rev = rev + 1 WHERE id = ? RETURNING rev`, append(args, c.ID)...)
		return err
	}
	c.ID, err = t.insert(`INSERT INTO channels (name, provider, number, account, state, pause_class, detail, health, last_callback_at, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, args...)
	c.Rev = 1
	return err
}
