package storage

import "bottega/core/people"

// ports of core/people.
var (
	_ people.Store = (*DB)(nil)
	_ people.Tx    = (*tx)(nil)
)
