// Package probe measures the store on synthetic shops: lists, chats and search,
// what the disk can do, and what a killed process leaves behind.
package probe

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"bottega/core"
	"bottega/core/gauge"
	"bottega/storage"
	"bottega/storage/synth"
)

// Shop is a synthetic shop in a folder of its own.
type Shop struct {
	Dir           string
	Conversations int
	Messages      int
	Rounds        int // how often each question is asked
}

// now is when the last message of a synthetic shop came: always the same, so
// that its file is the same.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// Ready makes the shop below root unless a run before left it there, and
// returns its folder. A shop whose making was interrupted is made again.
func Ready(ctx context.Context, root string, conversations, messages, rounds int) (Shop, error) {
	s := Shop{Dir: filepath.Join(root, fmt.Sprintf("%d-%d", conversations, messages)), Conversations: conversations, Messages: messages, Rounds: rounds}
	whole := filepath.Join(s.Dir, "whole")
	if _, err := os.Stat(whole); err == nil {
		return s, nil
	}
	if err := os.RemoveAll(s.Dir); err != nil {
		return s, core.Fail(core.Internal, "probe.Ready", err)
	}
	db, err := storage.Open(s.Dir, nil, storage.Options{Now: func() time.Time { return now }})
	if err != nil {
		return s, err
	}
	err = synth.Fill(ctx, db, synth.Size{Conversations: conversations, Messages: messages, Seed: 1, Now: now}, nil)
	if err = errors.Join(err, db.Close()); err != nil {
		return s, err
	}
	return s, os.WriteFile(whole, nil, 0o600)
}

// with opens the shop for one measurement.
func (s Shop) with(fn func(*storage.DB) error) error {
	db, err := storage.Open(s.Dir, nil, storage.Options{Now: func() time.Time { return now }})
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}

// warm is how many calls are not counted: statements get prepared, pages come into memory.
const warm = 50

// timed calls fn often and keeps the times of all but the first calls.
func (s Shop) timed(ctx context.Context, fn func(i int) error) (took gauge.Samples, err error) {
	for i := range warm + s.Rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := took.Time(func() error { return fn(i) }); err != nil {
			return nil, err
		}
	}
	return took[warm:], nil
}

// pageRows is a page of the list as the screen asks for it.
const pageRows = 50

// Inbox turns pages of the list in the order of the counter, twenty from each top.
func (s Shop) Inbox(ctx context.Context) (r gauge.Samples, err error) {
	err = s.with(func(db *storage.DB) error {
		q := core.ListQuery{View: core.ViewOpen, Order: core.OrderPriority, Limit: pageRows}
		r, err = s.timed(ctx, func(i int) error {
			p, err := db.Conversations(ctx, q)
			if err != nil {
				return err
			}
			if q.After = nil; i%20 != 19 && p.More {
				q.After = &p.Last
			}
			return nil
		})
		return err
	})
	return r, err
}

// Chat opens the newest messages of conversations with a full page of them, as
// far as there are any.
func (s Shop) Chat(ctx context.Context) (r gauge.Samples, err error) {
	err = s.with(func(db *storage.DB) error {
		rnd := rand.New(rand.NewPCG(1, 1))
		talkers := int64(max(1, s.Conversations/500)) // the first talk most
		r, err = s.timed(ctx, func(int) error {
			_, err := db.Messages(ctx, 1+rnd.Int64N(talkers), 0, pageRows)
			return err
		})
		return err
	})
	return r, err
}

// searches are what people type, by the row that they are counted in. The last
// word of a search is a beginning; a space behind it makes it a word.
var searches = []struct {
	id    string
	words []string
}{
	{"search-latin", []string{"grazie .", "danke bitte .", "ordine consegna .", "perche quando .", "grosse strasse .", "schon lieferung ."}},
	{"search-latin-prefix", []string{"gra", "best", "conse", "scho", "vor", "buon"}},
	{"search-cyrillic", []string{"спасибо заказ .", "еще доставка .", "посылка мой .", "привет когда .", "размер цена ."}},
	{"search-cyrillic-prefix", []string{"спас", "дост", "зак", "пос", "здрав"}},
	{"search-han", []string{"我", "壳", "手机", "谢谢", "手机壳", "我的你", "手机壳谢", "我的你是"}},
}

// Search looks words, beginnings and runs of Chinese up.
func (s Shop) Search(ctx context.Context) (rs []gauge.Reading, err error) {
	err = s.with(func(db *storage.DB) error {
		for _, q := range searches {
			took, err := s.timed(ctx, func(i int) error {
				_, err := db.Search(ctx, core.SearchQuery{Words: q.words[i%len(q.words)], Limit: pageRows})
				return err
			})
			if err != nil {
				return err
			}
			rs = append(rs, took.Reading(q.id))
		}
		return nil
	})
	return rs, err
}

// Top are the names in the list's first rows, as the screen shows them.
func (s Shop) Top(ctx context.Context, n int) (names []string, err error) {
	err = s.with(func(db *storage.DB) error {
		p, err := db.Conversations(ctx, core.ListQuery{View: core.ViewOpen, Order: core.OrderPriority, Limit: n})
		for i := range p.Rows {
			names = append(names, p.Rows[i].Contact.Name)
		}
		return err
	})
	return names, err
}

// Reads measures list and chat on the middle shop, and how both grow from the
// small one to the large one.
func Reads(ctx context.Context, small, middle, large Shop) ([]gauge.Reading, error) {
	var out []gauge.Reading
	for _, m := range []struct {
		id   string
		take func(Shop) (gauge.Samples, error)
	}{
		{"inbox", func(s Shop) (gauge.Samples, error) { return s.Inbox(ctx) }},
		{"chat", func(s Shop) (gauge.Samples, error) { return s.Chat(ctx) }},
	} {
		var at [3]gauge.Reading
		for i, s := range []Shop{small, middle, large} {
			took, err := m.take(s)
			if err != nil {
				return out, err
			}
			at[i] = took.Reading(m.id)
		}
		out = append(out, at[1], gauge.Reading{ID: "growth-" + m.id, Value: at[2].P50 / at[0].P50, N: at[2].N})
	}
	return out, nil
}
