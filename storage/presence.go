package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"bottega/core"
)

// SetPresence implements core.PresenceStore. A process looks at one place at a
// time per conversation; what has run out is swept on the way.
func (db *DB) SetPresence(ctx context.Context, p core.Presence) error {
	return db.write(ctx, "storage.SetPresence", func(t *tx) error {
		_, err := t.exec(`INSERT INTO presence (process, conversation_id, agent, typing, until) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET agent = excluded.agent, typing = excluded.typing, until = excluded.until`,
			p.Process, p.ConversationID, p.Agent, number(p.Typing), ms(p.Until))
		if err == nil {
			_, err = t.exec("DELETE FROM presence WHERE until <= ?", ms(db.now()))
		}
		t.Changed(core.Change{Kind: core.PresenceChanged, ID: p.ConversationID})
		return db.fail("storage.SetPresence", err)
	})
}

// ClearPresence implements core.PresenceStore.
func (db *DB) ClearPresence(ctx context.Context, process string) error {
	return db.write(ctx, "storage.ClearPresence", func(t *tx) error {
		ids, err := all(t, scanInt, "DELETE FROM presence WHERE process = ? RETURNING conversation_id", process)
		for _, id := range ids {
			t.Changed(core.Change{Kind: core.PresenceChanged, ID: id})
		}
		return db.fail("storage.ClearPresence", err)
	})
}

// Present implements core.PresenceStore, by agent.
func (db *DB) Present(ctx context.Context, conversation int64, exceptProcess string, now time.Time) ([]core.Presence, error) {
	scan := func(rows *sql.Rows, p *core.Presence) error {
		var until int64
		err := rows.Scan(&p.ConversationID, &p.Agent, &p.Process, &p.Typing, &until)
		p.Until = at(until)
		return err
	}
	ps, err := all(reading{ctx, db}, scan, `SELECT conversation_id, agent, process, typing, until FROM presence
		WHERE conversation_id = ? AND process <> ? AND until > ? ORDER BY agent, process`, conversation, exceptProcess, ms(now))
	return ps, db.fail("storage.Present", err)
}

// Lock implements core.ConversationTx. A lock that ends later than any taken
// now could is left from before the clock was set back, and counts as run out.
func (t *tx) Lock(conversation int64, agent string, now time.Time, ttl time.Duration) error {
	n, err := t.exec(`INSERT INTO locks (conversation_id, agent, until) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
		SET agent = excluded.agent, until = excluded.until WHERE locks.agent = excluded.agent OR locks.until <= ?4 OR locks.until > ?5`,
		conversation, agent, ms(now.Add(ttl)), ms(now), ms(now.Add(2*ttl)))
	if err == nil && n == 0 {
		err = core.Fail(core.Locked, "storage.Lock", nil)
	}
	return t.db.fail("storage.Lock", err)
}

// Lease implements core.LeaseStore; as with Lock, a clock set back does not
// make a dead owner's lease last.
func (db *DB) Lease(ctx context.Context, name, owner string, now time.Time, ttl time.Duration) (held bool, err error) {
	err = db.write(ctx, "storage.Lease", func(t *tx) error {
		n, err := t.exec(`INSERT INTO leases (name, owner, until) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
			SET owner = excluded.owner, until = excluded.until WHERE leases.owner = excluded.owner OR leases.until <= ?4 OR leases.until > ?5`,
			name, owner, ms(now.Add(ttl)), ms(now), ms(now.Add(2*ttl)))
		held = n > 0
		return db.fail("storage.Lease", err)
	})
	return held && err == nil, err
}

// ReleaseLease implements core.LeaseStore; a no-op when the owner does not hold it.
func (db *DB) ReleaseLease(ctx context.Context, name, owner string) error {
	return db.write(ctx, "storage.ReleaseLease", func(t *tx) error {
		_, err := t.exec("DELETE FROM leases WHERE name = ? AND owner = ?", name, owner)
		return db.fail("storage.ReleaseLease", err)
	})
}

// Leased implements core.LeaseReader.
func (db *DB) Leased(ctx context.Context, name string) (owner string, until time.Time, err error) {
	type lease struct {
		owner string
		until time.Time
	}
	l, err := one(reading{ctx, db}, func(rows *sql.Rows, l *lease) error {
		var until int64
		err := rows.Scan(&l.owner, &until)
		l.until = at(until)
		return err
	}, "SELECT owner, until FROM leases WHERE name = ?", name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", time.Time{}, nil
	}
	return l.owner, l.until, db.fail("storage.Leased", err)
}

// Inherit frees every lease of a process that is known to be gone, so that
// whoever takes its place need not wait until they run out.
func (db *DB) Inherit(ctx context.Context, owner string) error {
	return db.write(ctx, "storage.Inherit", func(t *tx) error {
		_, err := t.exec("DELETE FROM leases WHERE owner = ?", owner)
		return db.fail("storage.Inherit", err)
	})
}

// Setting implements core.SettingsStore.
func (db *DB) Setting(ctx context.Context, key string, v any) (bool, error) {
	s, err := one(reading{ctx, db}, scanNull, "SELECT value FROM settings WHERE key = ?", key)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(s.String), v)
	}
	return err == nil, db.fail("storage.Setting", err)
}

// SetSetting implements core.SettingsStore and publishes the change.
func (db *DB) SetSetting(ctx context.Context, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return core.Fail(core.InvalidInput, "storage.SetSetting", err)
	}
	return db.write(ctx, "storage.SetSetting", func(t *tx) error {
		_, err := t.exec("INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, string(b))
		t.Changed(core.Change{Kind: core.Settings})
		return db.fail("storage.SetSetting", err)
	})
}
