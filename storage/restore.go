package storage

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"bottega/core"
	"bottega/core/campaign"
)

// Restored is what Restore brought back.
type Restored struct {
	Manifest
	// Unsure counts the messages that waited to be sent when the backup was
	// made. Whether they left since then nobody can tell from the backup, so
	// they are not sent by themselves: a person decides.
	Unsure int
}

// Restore verifies a backup and puts it into dir, which must hold no shop:
// NotEmpty otherwise. Everything is unpacked and checked beside its place; the
// database moves in last, so a restore that is cut off leaves no half shop.
func Restore(ctx context.Context, file, dir string) (r Restored, err error) {
	const op = "storage.Restore"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return r, core.Fail(fileCode(err), op, err)
	}
	for _, name := range []string{fileName, fileName + "-wal", mediaName} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return r, core.Fail(core.NotEmpty, op, nil)
		}
	}
	tmp, err := os.MkdirTemp(dir, ".restore-*") // 0700
	if err != nil {
		return r, core.Fail(fileCode(err), op, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	if r.Manifest, err = unpack(ctx, file, tmp, op); err != nil {
		return r, err
	}
	if r.Unsure, err = disarm(ctx, tmp); err != nil {
		return r, err
	}
	for _, name := range []string{mediaName, fileName} {
		from := filepath.Join(tmp, name)
		if _, err := os.Lstat(from); err != nil && name == mediaName {
			continue // a shop without files
		}
		if err := os.Rename(from, filepath.Join(dir, name)); err != nil {
			return r, core.Fail(fileCode(err), op, err)
		}
	}
	if err := syncDir(dir); err != nil {
		return r, core.Fail(fileCode(err), op, err)
	}
	return r, nil
}

// disarm is Disarm for an unpacked shop.
func disarm(ctx context.Context, dir string) (n int, err error) {
	db, err := Open(dir, nil, Options{})
	if err != nil {
		return 0, err
	}
	n, err = db.Disarm(ctx)
	return n, errors.Join(err, db.Close())
}

// Disarm takes out of the copy of a shop what belonged to the moment in which
// it was made: messages in line become unsure, campaigns that could send ask
// before they go on, and nobody is at the counter. It returns how many messages
// there were. It is safe to repeat.
func (db *DB) Disarm(ctx context.Context) (n int, err error) {
	err = db.write(ctx, "storage.Disarm", func(t *tx) error {
		ids, err := all(t, scanInt, "UPDATE messages SET state = 'unsure', rev = rev + 1 WHERE id IN (SELECT message_id FROM outbox) AND state IN ('queued', 'sending') RETURNING id")
		if err != nil {
			return err
		}
		n = len(ids)
		for _, id := range ids {
			if err := t.touchMessage(id); err != nil {
				return err
			}
		}
		for _, q := range []string{"DELETE FROM outbox", "DELETE FROM leases", "DELETE FROM presence", "DELETE FROM locks"} {
			if _, err := t.exec(q); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil { // what its campaigns have sent since then nobody can tell either
		err = (&campaign.Desk{Store: Campaigns{db}}).Restored(ctx)
	}
	return n, db.fail("storage.Disarm", err)
}
