package shop

import (
	"context"
	"errors"
	"time"

	"bottega/core"
	"bottega/storage"
	"bottega/storage/place"
)

// Copy is a backup of a shop, or what became of one.
type Copy struct {
	storage.Manifest
	File   string
	Dir    string // where it was restored to
	Unsure int    // restored messages that waited to be sent: a person decides
}

// Backup copies the shop in folder ("" for the default) into file while it
// works. NoChannel when there is no shop; else what storage's Backup returns.
func Backup(ctx context.Context, folder, file string, now func() time.Time, progress func(done, total int)) (_ Copy, err error) {
	dir, err := place.Dir(folder)
	if err != nil {
		return Copy{}, err
	}
	db, err := storage.Open(dir, nil, storage.Options{Now: now, ReadOnly: true})
	if core.CodeOf(err) == core.NotFound {
		err = core.Fail(core.NoChannel, "shop.Backup", err) // nothing has been set up here yet
	}
	if err != nil {
		return Copy{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	m, err := db.Backup(ctx, file, progress)
	return Copy{Manifest: m, File: file}, err
}

// Verify checks that a backup is whole.
func Verify(ctx context.Context, file string) (Copy, error) {
	m, err := storage.VerifyBackup(ctx, file)
	return Copy{Manifest: m, File: file}, err
}

// Restore brings a backup back into folder ("" for the default), which must
// hold no shop.
func Restore(ctx context.Context, folder, file string) (Copy, error) {
	dir, err := place.Dir(folder)
	if err != nil {
		return Copy{}, err
	}
	r, err := storage.Restore(ctx, file, dir)
	return Copy{Manifest: r.Manifest, File: file, Dir: dir, Unsure: r.Unsure}, err
}
