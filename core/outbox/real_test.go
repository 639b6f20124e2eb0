package outbox_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"testing"
	"testing/fstest"
	"time"

	"bottega/assets"
	"bottega/bsp/sandbox"
	"bottega/bsp/traffic"
	"bottega/core"
	"bottega/core/inbox"
	"bottega/storage"
	"bottega/storage/secret"
)

// Keys of the real parts' channel.
const (
	token  = core.Secret("EAAtoken")
	appKey = core.Secret("app-secret")
	name   = "shop"
)

// house is a shop on the real store, with its number at the simulator.
type house struct {
	feed  *core.Feed
	db    *storage.DB
	ch    core.Channel
	t     *traffic.Traffic
	rules core.Rules
}

// quick is a sender without a rate, whose leases run out soon.
const quick = `{"first":"20ms","max":"200ms","jitter":0.25,"tries":5,"pair_base":4,"pair_max":"4s","trip":3,
	"per_second":0,"floor":1,"recover":"1s","send_timeout":"5s","claim":"30s","hold":"150ms","poll":"50ms","grace":"2s"}`

// fataler is a test, or the child of one.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

// open opens the shop in dir; api is where the simulator listens, sender the
// sender's policy.
func open(t fataler, dir, api, process, sender string) *house {
	t.Helper()
	ctx := context.Background()
	h := &house{feed: core.NewFeed()}
	log := slog.New(slog.DiscardHandler)
	fail := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	var err error
	h.rules, err = inbox.LoadRules(assets.Rules())
	fail(err)
	h.db, err = storage.Open(dir, h.feed, storage.Options{Now: time.Now, Log: log, Process: process})
	fail(err)
	h.ch, err = h.db.ChannelByName(ctx, name)
	if core.CodeOf(err) == core.NotFound {
		h.ch, err = h.db.SaveChannel(ctx, core.Channel{Name: name, Provider: core.Sandbox, State: core.Active, Number: "+390555550100",
			Account: core.Account{PhoneNumberID: "100000000000101", BusinessID: "100000000000201", BaseURL: api}, CreatedAt: time.Now()})
	}
	fail(err)
	keys := secret.Memory()
	for field, v := range map[string]core.Secret{"token": token, "app_secret": appKey, "verify_token": "v"} {
		fail(keys.Set(ctx, name, field, v))
	}
	rules := fstest.MapFS{"outbox.json": {Data: []byte(sender)}}
	for _, name := range []string{"fetch.json", "ingest.json", "consent.json", "campaign.json", "connect.json"} {
		b, err := fs.ReadFile(assets.Rules(), name)
		fail(err)
		rules[name] = &fstest.MapFile{Data: b}
	}
	h.t, err = traffic.New(traffic.Options{Store: h.db, Keys: keys, Feed: h.feed, Rules: func() core.Rules { return h.rules },
		Policy: rules, Now: time.Now, Log: log, ID: process, Campaigns: storage.Campaigns{DB: h.db}, Host: "here"})
	fail(err)
	return h
}

// people makes n customers with an open window.
func (h *house) people(t testing.TB, n int) (convs []int64) {
	t.Helper()
	err := h.db.Write(context.Background(), func(tx core.Tx) error {
		convs = convs[:0]
		for i := range n {
			phone := fmt.Sprintf("+39333%07d", i)
			c := core.Contact{Name: "Ana", Phone: core.Phone(phone), CreatedAt: time.Now()}
			if err := tx.SaveContact(&c); err != nil {
				return err
			}
			if err := tx.AddIdentity(c.ID, core.Identity{ChannelID: h.ch.ID, Kind: core.IdentityPhone, Value: phone}); err != nil {
				return err
			}
			conv := core.Conversation{ChannelID: h.ch.ID, ContactID: c.ID, State: core.Open, WindowCloses: time.Now().Add(24 * time.Hour)}
			if err := tx.SaveConversation(&conv); err != nil {
				return err
			}
			convs = append(convs, conv.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return convs
}

// line puts a message to each conversation in line.
func (h *house) line(ctx context.Context, convs []int64, ref func(int) string) error {
	return h.db.Write(ctx, func(tx core.Tx) error {
		for i, c := range convs {
			m := core.Message{ConversationID: c, ChannelID: h.ch.ID, Direction: core.Out, State: core.Queued, Ref: ref(i), Author: "ada",
				Content: core.Content{Type: core.TypeText, Text: "Il pane è pronto, vi aspettiamo."}, At: time.Now(), NotBefore: time.Now()}
			if _, err := tx.InsertMessage(&m); err != nil {
				return err
			}
			if err := tx.Enqueue(m, core.PriorityReply); err != nil {
				return err
			}
		}
		tx.Changed(core.Change{Kind: core.Work, ID: h.ch.ID})
		return nil
	})
}

// provider starts a simulator that answers at once and has no limits.
func provider(t testing.TB, callback string) (*sandbox.Server, *httptest.Server) {
	t.Helper()
	s := sandbox.New(sandbox.Options{Seed: 1, Speed: 1000, Token: token, AppSecret: appKey, Callback: callback,
		Limits: sandbox.Unlimited(), Log: slog.New(slog.DiscardHandler)})
	ts := httptest.NewServer(s.Handler())
	t.Cleanup(ts.Close)
	return s, ts
}
