package storage_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/storage/storagetest"
)

func TestSuite(t *testing.T) {
	storagetest.Run(t, func(t testing.TB, feed *core.Feed, now func() time.Time) storagetest.Store {
		return storagetest.Open(t, feed, now)
	})
}
