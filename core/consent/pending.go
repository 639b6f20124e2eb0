package consent

import "time"

// Pending is a reading that a person is to look at.
type Pending struct {
	Reading   Reading // Ask, Propose; SaysOut when the stop stands and may be undone
	Word      string
	Scope     Scope
	At        time.Time
	ChannelID int64
	EntryID   int64 // in the ledger; 0 while nothing was recorded
}
