package ingest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"
	"testing/fstest"
	"time"

	"bottega/core"
	"bottega/core/coretest"
)

// noon is when everything happens.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// plain is a decoder of callbacks that are lists of events; "panic" makes it panic.
type plain struct{}

func (plain) Decode(body []byte) ([]core.Event, error) {
	if string(body) == "panic" {
		panic("decoder bug")
	}
	var evs []core.Event
	if err := json.Unmarshal(body, &evs); err != nil {
		return nil, core.Fail(core.InvalidInput, "plain.Decode", err)
	}
	return evs, nil
}

// desk is a store and a worker.
type desk struct {
	t    testing.TB
	feed *core.Feed
	mem  *coretest.Mem
	ch   core.Channel
	w    *Worker
	now  time.Time
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := &desk{t: t, feed: core.NewFeed(), now: noon}
	d.mem = coretest.New(d.feed)
	d.ch = d.mem.AddChannel(t, "shop")
	d.w = d.worker("one", 1)
	return d
}

func (d *desk) worker(owner string, version int) *Worker {
	batch, err := LoadBatch(os.DirFS("../../assets/rules"))
	if err != nil {
		d.t.Fatal(err)
	}
	return &Worker{Batch: batch, Store: d.mem, Decoders: map[core.ProviderName]core.Decoder{core.Meta: plain{}}, Version: version,
		Rules: coretest.Rules, Feed: d.feed, Now: func() time.Time { return d.now },
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Owner: owner}
}

func (d *desk) post(body []byte) {
	d.t.Helper()
	if _, err := d.mem.AppendJournal(context.Background(), d.ch.ID, body, d.now); err != nil {
		d.t.Fatal(err)
	}
}

// call journals one callback of these events.
func (d *desk) call(evs ...core.Event) {
	d.t.Helper()
	b, err := json.Marshal(evs)
	if err != nil {
		d.t.Fatal(err)
	}
	d.post(b)
}

func (d *desk) drain() int {
	d.t.Helper()
	n, err := d.w.Drain(context.Background())
	if err != nil {
		d.t.Fatal(err)
	}
	return n
}

// hear journals and decodes.
func (d *desk) hear(evs ...core.Event) {
	d.t.Helper()
	d.call(evs...)
	d.drain()
}

func (d *desk) message(providerID string) core.Message {
	d.t.Helper()
	for _, m := range d.mem.Messages() {
		if m.ProviderID == providerID {
			return m
		}
	}
	d.t.Fatalf("no message %s", providerID)
	return core.Message{}
}

func (d *desk) only() (core.Contact, core.Conversation) {
	d.t.Helper()
	cs, convs := d.mem.Contacts(), d.mem.Conversations()
	if len(cs) != 1 || len(convs) != 1 {
		d.t.Fatalf("%d contacts, %d conversations", len(cs), len(convs))
	}
	return cs[0], convs[0]
}

func (d *desk) activities(kind core.ActivityKind) (as []core.Activity) {
	for _, a := range d.mem.Activities() {
		if a.Kind == kind {
			as = append(as, a)
		}
	}
	return as
}

// text is a customer's message.
func text(id, from, body string, at time.Time) core.Event {
	return core.Event{Kind: core.EvMessage, ID: id, From: core.Phone(from), Name: "Ana", Type: core.TypeText, Text: body, At: at}
}

func status(id string, s core.State, at time.Time) core.Event {
	return core.Event{Kind: core.EvStatus, ID: id, Status: s, At: at}
}

// reply puts an outbound message in the store, as the sender would have left it.
func (d *desk) reply(conv core.Conversation, ref, providerID string, state core.State) core.Message {
	d.t.Helper()
	m := core.Message{ConversationID: conv.ID, ChannelID: conv.ChannelID, Direction: core.Out, State: state, Ref: ref, ProviderID: providerID,
		Content: core.Content{Type: core.TypeText, Text: "sì"}, At: d.now, Author: "ada", Waited: conv.WaitingSince}
	if state == core.UnsureSent {
		m.Error = &core.ProviderError{Class: core.ClassUnknown, Uncertain: true}
	}
	err := d.mem.Write(context.Background(), func(tx core.Tx) error { _, err := tx.InsertMessage(&m); return err })
	if err != nil {
		d.t.Fatal(err)
	}
	return m
}

func TestFirstMessage(t *testing.T) {
	d := newDesk(t)
	e := text("w1", "+393331234567", "Ciao, avete pane?", noon.Add(-time.Minute))
	e.UserID, e.ParentUserID, e.Username = "IT.1", "IT.ENT.1", "@ana"
	d.hear(e)
	c, conv := d.only()
	if c.Name != "Ana" || c.Username != "@ana" || c.Phone != "+393331234567" || !c.LastInAt.Equal(e.At) || len(c.Identities) != 3 {
		t.Errorf("contact %+v", c)
	}
	if conv.State != core.Open || conv.Unread != 1 || !conv.WaitingSince.Equal(e.At) || !conv.WindowCloses.Equal(e.At.Add(24*time.Hour)) {
		t.Errorf("conversation %+v", conv)
	}
	m := d.message("w1")
	if m.Text != "Ciao, avete pane?" || m.Direction != core.In || m.ConversationID != conv.ID || !m.At.Equal(e.At) {
		t.Errorf("message %+v", m)
	}
	if j := d.mem.Journal(); j[0].State != core.JournalDone || j[0].Version != 1 {
		t.Errorf("journal %+v", j[0])
	}
	if ch, _ := d.mem.Channel(context.Background(), d.ch.ID); !ch.LastCallbackAt.Equal(noon) {
		t.Errorf("last callback %v", ch.LastCallbackAt)
	}
}

// TestSameCallbackOften: 50 times the same, in one batch and in many.
func TestSameCallbackOften(t *testing.T) {
	d := newDesk(t)
	e := []core.Event{text("w1", "+39333", "ciao", noon), text("w2", "+39333", "c'è qualcuno?", noon.Add(time.Second)),
		{Kind: core.EvPreference, From: "+39333", Category: "marketing_messages", Value: "stop", At: noon},
		{Kind: core.EvAccount, AccountEvent: "ACCOUNT_UPDATE", At: noon},
		{Kind: core.EvUnknown, Field: "new_thing", At: noon}}
	for range 25 {
		d.call(e...)
	}
	d.drain()
	for range 25 {
		d.hear(e...)
	}
	_, conv := d.only()
	if conv.Unread != 2 || len(d.mem.Messages()) != 2 {
		t.Errorf("unread %d, %d messages", conv.Unread, len(d.mem.Messages()))
	}
	if n := len(d.mem.Activities()); n != 3 {
		t.Errorf("%d activities: %+v", n, d.mem.Activities())
	}
}

// TestWithoutPhone: people may hide their number; the opaque id leads to them,
// and a number shown later is theirs.
func TestWithoutPhone(t *testing.T) {
	d := newDesk(t)
	e := text("w1", "", "ciao", noon)
	e.UserID = "IT.1"
	d.hear(e)
	c, _ := d.only()
	if c.Phone != "" || len(c.Identities) != 1 {
		t.Errorf("contact %+v", c)
	}
	e = text("w2", "+39333", "sono io", noon.Add(time.Second))
	e.UserID = "IT.1"
	d.hear(e)
	c, conv := d.only()
	if c.Phone != "+39333" || len(c.Identities) != 2 || conv.Unread != 2 {
		t.Errorf("contact %+v", c)
	}
	d.hear(core.Event{Kind: core.EvMessage, ID: "w3", Type: core.TypeText, Text: "from nobody", At: noon})
	if n := len(d.activities(core.ActUnreadable)); n != 1 || len(d.mem.Messages()) != 2 {
		t.Errorf("a message from nobody: %d activities, %d messages", n, len(d.mem.Messages()))
	}
}

// TestTwoNumbersOfTheShop: who writes to both is one person with two talks.
func TestTwoNumbersOfTheShop(t *testing.T) {
	d := newDesk(t)
	other := d.mem.AddChannel(t, "other")
	one, two := text("w1", "+39333", "a", noon), text("w2", "+39333", "b", noon)
	one.Channel, two.Channel = "id-shop", "id-other" // one app, one address for callbacks
	d.hear(one, two)
	if len(d.mem.Contacts()) != 1 || len(d.mem.Conversations()) != 2 {
		t.Fatalf("%d contacts, %d conversations", len(d.mem.Contacts()), len(d.mem.Conversations()))
	}
	if m := d.message("w2"); m.ChannelID != other.ID {
		t.Errorf("w2 on channel %d", m.ChannelID)
	}
	stranger := text("w3", "+39333", "c", noon)
	stranger.Channel = "id-unknown"
	d.hear(stranger)
	if len(d.mem.Messages()) != 2 || len(d.activities(core.ActUnreadable)) != 1 {
		t.Error("a message to a number that is not connected went to one that is")
	}
	if j := d.mem.Journal(); j[1].Error == "" {
		t.Error("the journal does not say so")
	}
}

func TestNameAndUsername(t *testing.T) {
	d := newDesk(t)
	d.hear(text("w1", "+39333", "a", noon))
	err := d.mem.Write(context.Background(), func(tx core.Tx) error {
		c, err := tx.FindIdentity(core.Identity{ChannelID: d.ch.ID, Kind: core.IdentityPhone, Value: "+39333"})
		if err != nil {
			return err
		}
		c.Name = "Ana (torta del sabato)"
		return tx.SaveContact(&c)
	})
	if err != nil {
		t.Fatal(err)
	}
	e := text("w2", "+39333", "b", noon.Add(time.Second))
	e.Name, e.Username = "Anita", "@anita"
	d.hear(e)
	if c, _ := d.only(); c.Name != "Ana (torta del sabato)" || c.Username != "@anita" {
		t.Errorf("contact %+v", c)
	}
}

// TestPoison: a row that cannot be read, and one whose events the store
// refuses, stop none of the others.
func TestPoison(t *testing.T) {
	d := newDesk(t)
	d.mem.FailTx = func(op string, _ int64) error {
		if op == "InsertMessage" && d.now.Equal(noon.Add(time.Hour)) {
			return fmt.Errorf("a constraint nobody thought of")
		}
		return nil
	}
	d.call(text("w1", "+39333", "a", noon))
	d.post([]byte(`{"truncated":`))
	d.post([]byte("panic"))
	d.call(text("w2", "+39333", "b", noon))
	if n := d.drain(); n != 4 {
		t.Errorf("%d rows finished, want 4", n)
	}
	if len(d.mem.Messages()) != 2 {
		t.Errorf("%d messages", len(d.mem.Messages()))
	}
	states := ""
	for _, j := range d.mem.Journal() {
		states += string(j.State) + " "
		if (j.Error != "") != (j.State == core.JournalUnreadable) {
			t.Errorf("row %d: %s %q", j.ID, j.State, j.Error)
		}
	}
	if states != "done unreadable unreadable done " {
		t.Error(states)
	}
	if n := len(d.activities(core.ActUnreadable)); n != 2 {
		t.Errorf("%d activities tell of it", n)
	}
	d.now = noon.Add(time.Hour)
	d.call(status("w9", core.Sent, noon))
	d.call(text("w3", "+39333", "poison", noon))
	d.call(status("w8", core.Sent, noon))
	if n := d.drain(); n != 3 {
		t.Errorf("%d rows finished, want 3", n)
	}
	if n := d.mem.KeptReceipts(); n != 2 {
		t.Errorf("%d of the others' receipts kept, want 2", n)
	}
	// A newer program reads all of it again, doubles nothing, and finds what it could not apply.
	d.mem.FailTx = nil
	d.w = d.worker("one", 2)
	if n := d.drain(); n != 7 {
		t.Errorf("%d rows read again, want 7", n)
	}
	if _, conv := d.only(); conv.Unread != 3 || len(d.mem.Messages()) != 3 {
		t.Errorf("unread %d, %d messages after the upgrade", conv.Unread, len(d.mem.Messages()))
	}
	if n := d.drain(); n != 0 {
		t.Errorf("%d rows read a third time", n)
	}
}

// counted is a store that tells how many bodies were read at once.
type counted struct {
	*coretest.Mem
	most int64
}

func (c *counted) PendingJournal(ctx context.Context, version, limit int, size int64) ([]core.JournalEntry, error) {
	es, err := c.Mem.PendingJournal(ctx, version, limit, size)
	sum := int64(0)
	for _, e := range es {
		sum += int64(len(e.Body))
	}
	c.most = max(c.most, sum)
	return es, err
}

// TestLargeCallbacks: after a night of large callbacks they are read a few at
// a time, not a hundred megabytes at once.
func TestLargeCallbacks(t *testing.T) {
	d := newDesk(t)
	c := &counted{Mem: d.mem}
	d.w.Store = c
	body := append([]byte("[]"), bytes.Repeat([]byte(" "), 3<<20)...)
	for range 20 {
		d.post(body)
	}
	if n, err := d.w.Drain(t.Context()); n != 20 || err != nil {
		t.Fatalf("%d rows, %v", n, err)
	}
	if c.most > d.w.Batch.Bytes {
		t.Errorf("%d bytes at once, want at most %d", c.most, d.w.Batch.Bytes)
	}
}

func TestLoadBatch(t *testing.T) {
	for name, file := range map[string]string{
		"no rows":   `{"rows": 0, "bytes": 1, "events": 1}`,
		"no bytes":  `{"rows": 1, "events": 1}`,
		"no events": `{"rows": 1, "bytes": 1}`,
		"no JSON":   `rows`,
	} {
		if _, err := LoadBatch(fstest.MapFS{"ingest.json": {Data: []byte(file)}}); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadBatch(fstest.MapFS{}); core.CodeOf(err) != core.NotFound {
		t.Errorf("no file: %v", err)
	}
	w := newDesk(t).w
	w.Batch = Batch{}
	if _, err := w.Drain(t.Context()); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("a worker without batches: %v", err)
	}
}
