package coretest

import (
	"bytes"
	"context"
	"io"
	"slices"
	"time"

	"bottega/core"
)

var (
	_ core.Writer       = (*Mem)(nil)
	_ core.OutboxReader = (*Mem)(nil)
	_ core.ChannelStore = (*Mem)(nil)
	_ core.LeaseStore   = (*Mem)(nil)
	_ core.JournalStore = (*Mem)(nil)
	_ core.MediaStore   = (*Mem)(nil)
)

// NextDue is when the channel's first free message may go.
func (m *Mem) NextDue(_ context.Context, channel int64) (due time.Time, err error) {
	m.read(func(s *state) {
		for _, q := range s.outbox {
			if q.owner != "" || s.messages[q.message].ChannelID != channel {
				continue
			}
			if at := q.notBefore; due.IsZero() || at.Before(due) {
				due = at
			}
		}
	})
	return due, nil
}

// UnsureMessages lists those whose outcome is open.
func (m *Mem) UnsureMessages(_ context.Context, limit int) (ms []core.Message, err error) {
	for _, v := range m.Messages() {
		if v.State == core.UnsureSent && v.Type != core.TypeReaction && len(ms) < limit {
			ms = append(ms, v)
		}
	}
	return ms, nil
}

// Channels lists all.
func (m *Mem) Channels(context.Context) (cs []core.Channel, err error) {
	m.read(func(s *state) { cs = sortedBy(s.channels, func(v core.Channel) int64 { return v.ID }) })
	return cs, nil
}

// Channel returns one.
func (m *Mem) Channel(_ context.Context, id int64) (ch core.Channel, err error) {
	err = notFound("Channel")
	m.read(func(s *state) {
		if v, ok := s.channels[id]; ok {
			ch, err = v, nil
		}
	})
	return ch, err
}

// ChannelByName returns one.
func (m *Mem) ChannelByName(ctx context.Context, name string) (core.Channel, error) {
	cs, err := m.Channels(ctx)
	if err != nil {
		return core.Channel{}, err
	}
	for _, ch := range cs {
		if ch.Name == name {
			return ch, nil
		}
	}
	return core.Channel{}, notFound("ChannelByName")
}

// SaveChannel inserts or updates one.
func (m *Mem) SaveChannel(ctx context.Context, ch core.Channel) (core.Channel, error) {
	err := m.Write(ctx, func(tx core.Tx) error {
		tx.Changed(core.Change{Kind: core.Channels, ID: ch.ID})
		return tx.SaveChannel(&ch)
	})
	return ch, err
}

// RemoveChannel forgets one.
func (m *Mem) RemoveChannel(_ context.Context, id int64) error {
	m.read(func(s *state) { delete(s.channels, id) })
	m.feed.Publish(core.Change{Kind: core.Channels, ID: id})
	return nil
}

// Lease takes or renews a named lease.
func (m *Mem) Lease(_ context.Context, name, owner string, now time.Time, ttl time.Duration) (bool, error) {
	if err := m.ask("lease"); err != nil {
		return false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if l, ok := m.leases[name]; ok && l.owner != owner && now.Before(l.until) {
		return false, nil
	}
	m.leases[name] = lease{owner, now.Add(ttl)}
	m.changes++
	return true, nil
}

// ReleaseLease gives a lease back.
func (m *Mem) ReleaseLease(_ context.Context, name, owner string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leases[name].owner == owner {
		delete(m.leases, name)
	}
	return nil
}

// AppendJournal keeps a callback.
func (m *Mem) AppendJournal(_ context.Context, channel int64, body []byte, at time.Time) (id int64, err error) {
	return m.append(channel, body, at, false), nil
}

// AppendPolled keeps what was asked for.
func (m *Mem) AppendPolled(_ context.Context, channel int64, body []byte, at time.Time) (id int64, err error) {
	return m.append(channel, body, at, true), nil
}

func (m *Mem) append(channel int64, body []byte, at time.Time, polled bool) (id int64) {
	m.read(func(s *state) {
		id = s.id()
		s.journal[id] = core.JournalEntry{ID: id, ChannelID: channel, ReceivedAt: at, Body: slices.Clone(body), State: core.JournalNew, Polled: polled}
	})
	m.feed.Publish(core.Change{Kind: core.Journal, ID: id})
	return id
}

// PendingJournal lists what no decoder of this version has read.
func (m *Mem) PendingJournal(_ context.Context, version, limit int, size int64) (es []core.JournalEntry, err error) {
	for _, e := range m.Journal() {
		if e.Version >= version {
			continue
		}
		if size -= int64(len(e.Body)); len(es) == limit || len(es) > 0 && size < 0 {
			break
		}
		es = append(es, e)
	}
	return es, nil
}

// PendingMedia lists inbound messages whose file is awaited.
func (m *Mem) PendingMedia(_ context.Context, limit int) (ms []core.Message, err error) {
	for _, v := range m.Messages() {
		if v.Direction == core.In && v.Media != nil && v.Media.Path == "" && v.Media.Lost == "" && len(ms) < limit {
			ms = append(ms, v)
		}
	}
	return ms, nil
}

// OpenMedia reads a committed file.
func (m *Mem) OpenMedia(path string) (io.ReadCloser, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.files[path]
	if !ok {
		return nil, notFound("OpenMedia")
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

// PutMedia stores a file under a path.
func (m *Mem) PutMedia(path string, b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[path] = b
}

// CreateMedia opens a new file.
func (m *Mem) CreateMedia(messageID int64, mime string) (core.MediaWriter, error) {
	if err := m.ask("media"); err != nil {
		return nil, err
	}
	return &mediaFile{m: m, path: "media/" + mime + "/" + time.Duration(messageID).String()}, nil
}

type mediaFile struct {
	bytes.Buffer
	m    *Mem
	path string
}

func (f *mediaFile) Commit() (string, error) {
	f.m.PutMedia(f.path, slices.Clone(f.Bytes()))
	return f.path, nil
}

func (f *mediaFile) Abort() { f.Reset() }
