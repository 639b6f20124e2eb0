// Package shop opens a data folder with all that belongs to it: the database,
// the rules in force, the places for keys, the log, and the feed of changes.
package shop

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"bottega/core"
	"bottega/core/inbox"
	"bottega/storage"
	"bottega/storage/place"
	"bottega/storage/secret"
)

// Options of Open.
type Options struct {
	Folder   string // "" means the user's default; see place.Dir
	ReadOnly bool
	Lookup   func(string) (string, bool) // environment, for keys
	Ask      secret.Ask                  // for the pass phrase of the sealed file; nil where nobody can be asked
	Now      func() time.Time
	Rules    fs.FS // assets.Rules()
	// Keys keeps the keys instead of the computer's places; nil for those.
	Keys core.Keyring
	// KeysOf finds the keyring of data that has one of its own, where Keys is
	// nil; nil, or a nil keyring, for the computer's places.
	KeysOf func(context.Context, core.SettingsStore) (core.Keyring, error)
	// Sealing is how much work it is to open the file of keys (secret.Places);
	// 0 means the usual.
	Sealing int
}

// Shop is an opened data folder. Close it when everything that uses it has ended.
type Shop struct {
	*storage.DB
	Book  *inbox.Rulebook
	Feed  *core.Feed
	Keys  core.Keyring   // asks the places in order and remembers for a moment
	Rungs []core.Keyring // the places themselves
	Log   *slog.Logger
	ID    string // of this process among those on the same data
	Host  string // this installation; see place.Host
	Now   func() time.Time

	closeLog func() error
}

// keyWait is how long the system's keyring may take; keyKept how long a key is
// remembered.
const (
	keyWait = 3 * time.Second
	keyKept = 30 * time.Second
)

// Open opens the folder, making an empty shop where there is none. NoHome when
// there is no place for one; NoChannel when it must not be made (ReadOnly); and
// what storage.Open returns.
func Open(ctx context.Context, o Options) (*Shop, error) {
	dir, err := place.Dir(o.Folder)
	if err != nil {
		return nil, err
	}
	state, err := place.State(o.Folder)
	if err != nil {
		return nil, err
	}
	log, closeLog := slog.New(slog.DiscardHandler), func() error { return nil }
	if !o.ReadOnly {
		log, closeLog, _ = place.Log(state, slog.LevelInfo) // a shop without a log still works; doctor tells why
	}
	s := &Shop{Feed: core.NewFeed(), ID: strconv.Itoa(os.Getpid()) + "-" + rand.Text()[:8], Now: o.Now, closeLog: closeLog}
	s.Log = log.With("process", s.ID)
	s.DB, err = storage.Open(dir, s.Feed, storage.Options{Now: o.Now, ReadOnly: o.ReadOnly, Log: s.Log, Process: s.ID})
	if err != nil {
		if o.ReadOnly && core.CodeOf(err) == core.NotFound {
			err = core.Fail(core.NoChannel, "shop.Open", err) // nothing has been set up here yet
		}
		if !o.ReadOnly {
			if unusable := place.Ready(dir); unusable != nil {
				err = unusable // the folder says more than the database could
			}
		}
		return nil, errors.Join(err, closeLog())
	}
	if s.Host, err = s.host(ctx, dir, o.ReadOnly); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if s.Book, err = inbox.OpenRulebook(ctx, o.Rules, s.DB); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	own := o.Keys
	if own == nil && o.KeysOf != nil {
		if own, err = o.KeysOf(ctx, s.DB); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	if s.Rungs = []core.Keyring{own}; own == nil {
		s.Rungs = secret.Places(o.Lookup, dir, service(o.Folder, dir), keyWait, o.Ask, o.Sealing)
	}
	s.Keys = secret.Cached(secret.Ladder(s.Rungs...), keyKept, o.Now)
	return s, nil
}

// Unlock asks for the pass phrase of the sealed file where that must be asked
// for: before a screen takes the terminal, or work begins that nobody watches.
func (s *Shop) Unlock(ctx context.Context) error {
	for _, k := range s.Rungs {
		if f, ok := k.(*secret.File); ok {
			return f.Open(ctx)
		}
	}
	return nil
}

// host names the installation. Who only looks on needs no name, and makes none.
// A folder that was copied is disarmed first: what waited in line there may be
// sent by the other one too.
func (s *Shop) host(ctx context.Context, dir string, readOnly bool) (string, error) {
	if readOnly {
		return "", nil
	}
	copied, err := place.Copied(dir)
	if err != nil {
		return "", err
	}
	if copied {
		n, err := s.DB.Disarm(ctx)
		if err != nil {
			return "", err
		}
		s.Log.Warn("shop: the folder is a copy: what waited to be sent is for a person to decide", "unsure", n)
	}
	return place.Host(dir)
}

// service names this shop in the system's keyring: a second shop's keys must
// not replace the first one's.
func service(asked, dir string) string {
	if asked == "" {
		return secret.Service
	}
	return secret.Service + " " + filepath.Clean(dir)
}

// Close closes database and log.
func (s *Shop) Close() error { return errors.Join(s.DB.Close(), s.closeLog()) }
