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

// Bench implements gauge.Store.
type Bench struct{ Rounds int } // how often each question is asked

// now is when the last message of a synthetic shop came: always the same, so
// that its file is the same.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// Ready makes the shop below root unless a run before left it there. A shop
// whose making was interrupted is made again.
func (b Bench) Ready(ctx context.Context, root string, n gauge.Size) (gauge.Shop, error) {
	s := gauge.Shop{Dir: filepath.Join(root, fmt.Sprintf("%d-%d", n.Conversations, n.Messages)), Size: n}
	whole := filepath.Join(s.Dir, "whole")
	if _, err := os.Stat(whole); err != nil {
		if err := fill(ctx, s); err != nil {
			return s, err
		}
		if err := os.WriteFile(whole, nil, 0o600); err != nil {
			return s, core.Fail(core.Internal, "probe.Ready", err)
		}
	}
	return s, with(s, func(db *storage.DB) error {
		p, err := db.Conversations(ctx, core.ListQuery{View: core.ViewOpen, Order: core.OrderPriority, Limit: top})
		for i := range p.Rows {
			s.Top = append(s.Top, p.Rows[i].Contact.Name)
		}
		return err
	})
}

// top is how many rows of the list a full screen surely shows.
const top = 8

func fill(ctx context.Context, s gauge.Shop) error {
	if err := os.RemoveAll(s.Dir); err != nil {
		return core.Fail(core.Internal, "probe.fill", err)
	}
	return with(s, func(db *storage.DB) error {
		return synth.Fill(ctx, db, synth.Size{Conversations: s.Conversations, Messages: s.Messages, Seed: 1, Now: now}, nil)
	})
}

// with opens the shop for one measurement.
func with(s gauge.Shop, fn func(*storage.DB) error) error {
	db, err := storage.Open(s.Dir, nil, storage.Options{Now: func() time.Time { return now }})
	if err != nil {
		return err
	}
	return errors.Join(fn(db), db.Close())
}

// warm is how many calls are not counted: statements get prepared, pages come into memory.
const warm = 50

// timed calls fn often and keeps the times of all but the first calls.
func (b Bench) timed(ctx context.Context, fn func(i int) error) (took gauge.Samples, err error) {
	for i := range warm + b.Rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := took.Time(func() error { return fn(i) }); err != nil {
			return nil, err
		}
	}
	return took[warm:], nil
}

// pageRows is a page of the list, chatRows the first of a chat, about as the
// screen asks for them.
const pageRows, chatRows = 50, 30

// inbox turns pages of the list in the order of the counter, twenty from each top.
func (b Bench) inbox(ctx context.Context, s gauge.Shop) (r gauge.Samples, err error) {
	err = with(s, func(db *storage.DB) error {
		q := core.ListQuery{View: core.ViewOpen, Order: core.OrderPriority, Limit: pageRows}
		r, err = b.timed(ctx, func(i int) error {
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

// chat opens the newest messages of conversations with a full page of them, as
// far as there are any.
func (b Bench) chat(ctx context.Context, s gauge.Shop) (r gauge.Samples, err error) {
	err = with(s, func(db *storage.DB) error {
		rnd := rand.New(rand.NewPCG(1, 1))
		talkers := int64(max(1, s.Conversations/500)) // the first talk most
		r, err = b.timed(ctx, func(int) error {
			_, err := db.Messages(ctx, 1+rnd.Int64N(talkers), 0, chatRows)
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
func (b Bench) Search(ctx context.Context, s gauge.Shop) (rs []gauge.Reading, err error) {
	err = with(s, func(db *storage.DB) error {
		for _, q := range searches {
			took, err := b.timed(ctx, func(i int) error {
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

// Reads measures list and chat on the middle shop, and how both grow from the
// small one to the large one.
func (b Bench) Reads(ctx context.Context, small, middle, large gauge.Shop) ([]gauge.Reading, error) {
	var out []gauge.Reading
	for _, m := range []struct {
		id   string
		take func(context.Context, gauge.Shop) (gauge.Samples, error)
	}{{"inbox", b.inbox}, {"chat", b.chat}} {
		var at [3]gauge.Reading
		for i, s := range []gauge.Shop{small, middle, large} {
			took, err := m.take(ctx, s)
			if err != nil {
				return out, err
			}
			at[i] = took.Reading(m.id)
		}
		out = append(out, at[1], gauge.Reading{ID: "growth-" + m.id, Value: at[2].P50 / at[0].P50, N: at[2].N})
	}
	return out, nil
}
