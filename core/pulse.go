package core

import (
	"context"
	"strconv"
	"time"
)

// Arrivals is how much came in by a channel in one hour.
type Arrivals struct {
	Channel int64
	Hour    time.Time // its beginning, UTC
	Polled  bool      // asked for, not called
	N       int
}

// Answers is how many callbacks of one hour got an answer of a class within a
// time: bucket i of core/health's bounds.
type Answers struct {
	Hour   time.Time // its beginning, UTC
	Class  int       // hundreds of the HTTP status
	Bucket int
	N      int
}

// PulseStore keeps how the way in fares, by the hour.
type PulseStore interface {
	// Arrivals of a channel since a time, oldest first.
	Arrivals(ctx context.Context, channel int64, since time.Time) ([]Arrivals, error)
	// AddAnswers adds to what was counted before and forgets what is older than keep.
	AddAnswers(ctx context.Context, as []Answers, keep time.Time) error
	// Answers since a time, oldest first.
	Answers(ctx context.Context, since time.Time) ([]Answers, error)
}

// ReceiverSetting is the key of a Receiving.
const ReceiverSetting = "receiver"

// Receiving is the receiver that is open on a shop's data, so that other
// processes know of it: the alarm must not call it silence that nobody listened.
type Receiving struct {
	Since   time.Time `json:"since"` // when it, or one that it followed at once, began
	Seen    time.Time `json:"seen"`  // when it last said so
	Address string    `json:"address"`
	TLS     bool      `json:"tls,omitempty"`
}

// Pinged is how the last try of a channel's own address ended.
type Pinged struct {
	At   time.Time     `json:"at"`
	Code Code          `json:"code,omitempty"` // why it failed; "" when it came back
	Took time.Duration `json:"took"`
}

// Failed reports whether there was a try, and it failed.
func (p Pinged) Failed() bool { return !p.At.IsZero() && p.Code != "" }

// PingSetting is the key of a channel's Pinged.
func PingSetting(channel int64) string { return "ping:" + strconv.FormatInt(channel, 10) }

// PollMark is how far a channel's provider was asked: the cursor, and when it
// last answered, exact to the minute. PollSetting is its key.
type PollMark struct {
	Cursor string    `json:"cursor"`
	At     time.Time `json:"at"`
}

// PollSetting is the key of a channel's PollMark.
func PollSetting(channel int64) string { return "poll:" + strconv.FormatInt(channel, 10) }

// UploadsSetting is the key of Uploads.
const UploadsSetting = "uploads"

// Upload is how long a provider took to take one file (S-041).
type Upload struct {
	At   time.Time     `json:"at"`
	Took time.Duration `json:"took"`
}

// Uploads are the newest ones of all channels, oldest first.
type Uploads []Upload

// Reached is what a question to a channel's provider told.
type Reached struct {
	Health Health
	Skew   time.Duration // how far our clock is ahead of the provider's, where Timed
	Timed  bool
}

// SyncSetting is the key of when a channel's list of templates was last read.
func SyncSetting(channel int64) string { return "templates:" + strconv.FormatInt(channel, 10) }
