package sandbox

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"bottega/bsp/meta"
	"bottega/core"
	"bottega/core/inbox"
	"bottega/core/ingest"
	"bottega/storage"
)

// TestDemoOnDisk puts the past into the real store, journal and all: who
// opens the demo must see the angry customer first.
func TestDemoOnDisk(t *testing.T) {
	now := func() time.Time { return demoNow }
	feed := core.NewFeed()
	db, err := storage.Open(t.TempDir(), feed, storage.Options{Now: now, Process: "test", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	ch, err := db.SaveChannel(t.Context(), core.Channel{Name: "demo", Provider: core.Sandbox, State: core.Active, Account: core.Account{PhoneNumberID: phoneID}})
	if err != nil {
		t.Fatal(err)
	}
	rules := newShop(t).rules
	batch, err := ingest.LoadBatch(os.DirFS("../../assets/rules"))
	if err != nil {
		t.Fatal(err)
	}
	w := &ingest.Worker{Store: db, Decoders: map[core.ProviderName]core.Decoder{core.Sandbox: meta.Decoder{}}, Version: meta.DecoderVersion,
		Rules: func() core.Rules { return rules }, Feed: feed, Now: now, Log: slog.New(slog.DiscardHandler), Batch: batch}
	_, d := demo(t, demoNow)
	err = Load(t.Context(), d, Ports{
		Store: db, Channel: ch,
		Post: func(ctx context.Context, b []byte) error {
			_, err := db.AppendJournal(ctx, ch.ID, b, demoNow)
			return err
		},
		Drain:    func(ctx context.Context) error { _, err := w.Drain(ctx); return err },
		Answered: func(c *core.Conversation, m *core.Message) { inbox.Answered(c, m, rules); inbox.Reached(c, m, rules) },
		Failed:   func(c *core.Conversation, m *core.Message) { inbox.AnswerFailed(c, m, rules) },
		Refresh:  func(c *core.Conversation) { inbox.Refresh(c, rules) },
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := db.Conversations(t.Context(), core.ListQuery{View: core.ViewAll, Order: core.OrderPriority, Limit: 100})
	if err != nil || len(p.Rows) != len(world(t).Stories) {
		t.Fatalf("%d conversations, %v", len(p.Rows), err)
	}
	if top := p.Rows[0].Contact; top.Name != "Ottavia Bellafonte" || top.Value != core.ValueHigh {
		t.Errorf("first in line is %s", top.Name)
	}
	for _, c := range p.Rows {
		if c.Last.ID == 0 || c.Contact.Name == "" {
			t.Errorf("conversation %d is empty", c.ID)
		}
	}
	hits, err := db.Search(t.Context(), core.SearchQuery{Words: "外婆", Limit: 10})
	if err != nil || len(hits) != 1 {
		t.Errorf("search: %v %v", hits, err)
	}
}
