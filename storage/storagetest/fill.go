package storagetest

import (
	"context"

	"bottega/storage"
	"bottega/storage/synth"
)

// Size of a synthetic shop.
type Size = synth.Size

// Fill makes a synthetic shop in an empty store; see synth.Fill.
func Fill(ctx context.Context, db *storage.DB, n Size, progress func(done int)) error {
	return synth.Fill(ctx, db, n, progress)
}
