package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"bottega/core"
)

// Erased is what went with a person, and what stays.
type Erased struct {
	Messages, Files, Purchases, Consents int
	Callbacks                            int // raw callbacks that were emptied
	// Tombstones is how many hashes of addresses are kept, so that no file
	// brings the person back unasked: nothing can be read from them.
	Tombstones int
}

// EraseTx removes people.
type EraseTx interface {
	// Bury keeps hashes of addresses.
	Bury(hashes []string, at time.Time) error
	// EraseContact removes a contact with all that hangs on them, what merges
	// and imports remember of them included.
	EraseContact(id int64) (Erased, error)
	// EmptyCallbacks takes the bodies out of journal rows and forgets kept
	// receipts that hold any of the values.
	EmptyCallbacks(ids []int64, values []string) error
	// PurgeMessages removes up to limit settled messages from before a time and
	// returns the files that belonged to them.
	PurgeMessages(before time.Time, limit int) (n int, files []string, err error)
	// PurgeCallbacks removes up to limit callbacks that were read.
	PurgeCallbacks(before time.Time, limit int) (int, error)
}

// Erase forgets a person: messages, files, addresses, notes, purchases,
// consents, and the raw callbacks that name them. Salted hashes of their
// addresses stay (Erased.Tombstones). There is no undo. NotFound when there is
// no such contact.
func (s *Service) Erase(ctx context.Context, id int64) (out Erased, err error) {
	const op = "people.Erase"
	c, err := s.Store.Contact(ctx, id)
	if err != nil {
		return out, fail(op, err)
	}
	salt, err := s.makeSalt(ctx)
	if err != nil {
		return out, fail(op, err)
	}
	var hashes, values []string
	for _, i := range c.Identities {
		v := i.Value
		if i.Kind == core.IdentityPhone {
			for _, f := range core.Phone(v).Forms() {
				values = append(values, string(f[1:])) // callbacks write it without the plus
			}
			v = slices.Min(phoneForms(v))
		} else {
			values = append(values, v)
		}
		if h := tombstone(salt, i.Kind, v); !slices.Contains(hashes, h) {
			hashes = append(hashes, h)
		}
	}
	// Files first: cut short, the rows that name them are still there to begin again.
	files, err := s.Store.MediaOf(ctx, id)
	if err == nil {
		err = s.Store.RemoveMedia(files)
	}
	if err != nil {
		return out, fail(op, err)
	}
	bodies, err := s.Store.CallbacksWith(ctx, values)
	if err != nil {
		return out, fail(op, err)
	}
	err = s.write(ctx, func(tx Tx) (err error) {
		if out, err = tx.EraseContact(id); err != nil {
			return err
		}
		if err := tx.Bury(hashes, s.Now()); err != nil {
			return err
		}
		tx.Changed(core.Change{Kind: core.Everything})
		return tx.EmptyCallbacks(bodies, values)
	})
	out.Files, out.Callbacks, out.Tombstones = len(files), len(bodies), len(hashes)
	return out, fail(op, err)
}

func phoneForms(v string) (fs []string) {
	for _, f := range core.Phone(v).Forms() {
		fs = append(fs, string(f))
	}
	return fs
}

// retentionSetting is where it is kept how long messages stay, in days.
const retentionSetting = "people.retention"

// Retention is how many days messages are kept; 0 means for ever.
func (s *Service) Retention(ctx context.Context) (days int, err error) {
	_, err = s.Store.Setting(ctx, retentionSetting, &days)
	return days, err
}

// SetRetention says how many days messages are kept. InvalidInput under 30: a
// shop must be able to look up what it promised.
func (s *Service) SetRetention(ctx context.Context, days int) error {
	if days != 0 && days < 30 || days > 36_500 {
		return core.Fail(core.InvalidInput, "people.SetRetention", errors.New("30 days at least"))
	}
	return s.Store.SetSetting(ctx, retentionSetting, days)
}

// Purge forgets messages and raw callbacks that are older than the shop keeps
// them, and returns how many messages went.
func (s *Service) Purge(ctx context.Context) (total int, err error) {
	const op = "people.Purge"
	days, err := s.Retention(ctx)
	if err != nil || days == 0 {
		return 0, fail(op, err)
	}
	before := s.Now().AddDate(0, 0, -days)
	for more := true; more; {
		var files []string
		n, m := 0, 0
		err := s.write(ctx, func(tx Tx) (err error) {
			if n, files, err = tx.PurgeMessages(before, chunk); err == nil {
				m, err = tx.PurgeCallbacks(before, chunk)
			}
			return err
		})
		if err == nil {
			err = s.Store.RemoveMedia(files)
		}
		if err != nil {
			return total, fail(op, err)
		}
		total += n
		more = n == chunk || m == chunk
	}
	return total, nil
}

// Dossier is all that is stored on a person (GDPR art. 15 and 20).
type Dossier struct {
	At time.Time
	Detail
	Purchases []core.Purchase
	Tray      []Review
	Talks     []Talk
	Merges    []Merged
}

// Talk is a conversation with its messages, oldest first, and what happened in it.
type Talk struct {
	core.Conversation
	Messages   []core.Message
	Activities []core.Activity
}

// talkPage is how many messages are read at once.
const talkPage = 200

// Dossier gathers all that is stored on a person; NotFound when nothing is.
func (s *Service) Dossier(ctx context.Context, id int64) (d Dossier, err error) {
	const op = "people.Dossier"
	if d.Detail, err = s.Detail(ctx, id); err != nil {
		return d, fail(op, err)
	}
	d.At = s.Now()
	if d.Purchases, err = s.Store.Purchases(ctx, id); err != nil {
		return d, fail(op, err)
	}
	if d.Tray, err = s.Store.TrayOf(ctx, id); err != nil {
		return d, fail(op, err)
	}
	if d.Merges, err = s.Store.Merges(ctx, id); err != nil {
		return d, fail(op, err)
	}
	talks, err := s.Store.ConversationsOf(ctx, id)
	if err != nil {
		return d, fail(op, err)
	}
	for _, c := range talks {
		t := Talk{Conversation: c}
		for before, more := int64(0), true; more; {
			page, err := s.Store.Messages(ctx, c.ID, before, talkPage)
			if err != nil {
				return d, fail(op, err)
			}
			t.Messages = append(page, t.Messages...)
			if more = len(page) == talkPage; more {
				before = page[0].ID
			}
		}
		if t.Activities, err = s.Store.Activities(ctx, c.ID, time.Time{}); err != nil {
			return d, fail(op, err)
		}
		d.Talks = append(d.Talks, t)
	}
	return d, nil
}
