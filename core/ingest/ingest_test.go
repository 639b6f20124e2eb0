package ingest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bottega/assets"
	"bottega/bsp/meta"
	"bottega/core"
	"bottega/core/carrier"
	"bottega/core/inbox"
	"bottega/core/ingest"
	"bottega/storage/storagetest"
)

// desk is a shop whose callbacks are decoded on a real store.
type desk struct {
	*storagetest.Shop
	w     *ingest.Worker
	rules core.Rules
	store ingest.Store
}

func open(tb testing.TB) *desk {
	tb.Helper()
	rules, err := inbox.LoadRules(assets.Rules())
	if err != nil {
		tb.Fatal(err)
	}
	d := &desk{rules: rules}
	d.Shop = storagetest.NewShop(tb, func(t testing.TB, f *core.Feed, now func() time.Time) storagetest.Store {
		db := storagetest.Open(t, f, now)
		d.store = db
		return db
	})
	d.w = d.worker("one")
	return d
}

func (d *desk) worker(owner string) *ingest.Worker {
	batch, err := ingest.LoadBatch(os.DirFS("../../assets/rules"))
	if err != nil {
		d.T.Fatal(err)
	}
	return &ingest.Worker{Batch: batch, Store: d.store, Decoders: map[core.ProviderName]core.Decoder{d.Channel.Provider: meta.Decoder{}}, Version: meta.DecoderVersion,
		Rules: func() core.Rules { return d.rules }, Feed: d.Feed, Now: func() time.Time { return d.Clock },
		Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Owner: owner}
}

// post puts callbacks into the journal and decodes them.
func (d *desk) post(bodies ...string) int {
	d.T.Helper()
	for _, b := range bodies {
		if _, err := d.store.AppendJournal(context.Background(), d.Channel.ID, []byte(b), d.Clock); err != nil {
			d.T.Fatal(err)
		}
	}
	n, err := d.w.Drain(context.Background())
	if err != nil {
		d.T.Fatal(err)
	}
	return n
}

func (d *desk) conversations() []core.Conversation {
	d.T.Helper()
	p, err := d.Store.Conversations(context.Background(), core.ListQuery{View: core.ViewAll, Order: core.OrderNewest, Limit: 100})
	if err != nil {
		d.T.Fatal(err)
	}
	return p.Rows
}

func (d *desk) messages(conv int64) []core.Message {
	d.T.Helper()
	ms, err := d.Store.Messages(context.Background(), conv, 0, 500)
	if err != nil {
		d.T.Fatal(err)
	}
	return ms
}

// only returns the one conversation there must be.
func (d *desk) only() core.Conversation {
	d.T.Helper()
	cs := d.conversations()
	if len(cs) != 1 {
		d.T.Fatalf("%d conversations", len(cs))
	}
	return cs[0]
}

func unix(t time.Time) string { return fmt.Sprint(t.Unix()) }

// value wraps one change of the field "messages" in Meta's envelope.
func value(parts string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messaging_product":"whatsapp",` + parts + `}}]}]}`
}

// text is a customer's message.
func text(from, id, body string, at time.Time) string {
	b, _ := json.Marshal(body) // a string always marshals
	return value(fmt.Sprintf(`"contacts":[{"profile":{"name":"Ana Ruiz"},"wa_id":%q,"user_id":"IT.%s"}],"messages":[{"from":%q,"from_user_id":"IT.%s","id":%q,"timestamp":%q,"type":"text","text":{"body":%s}}]`,
		from, from, from, from, id, unix(at), b))
}

// status is a receipt.
func status(id, word, ref string, at time.Time) string {
	more := ""
	if ref != "" {
		more = fmt.Sprintf(`,"biz_opaque_callback_data":%q`, ref)
	}
	if word == "failed" {
		more += `,"errors":[{"code":131026,"title":"Message undeliverable"}]`
	}
	return value(fmt.Sprintf(`"statuses":[{"id":%q,"status":%q,"timestamp":%q,"recipient_id":"393331234567"%s}]`, id, word, unix(at), more))
}

// special is a message of another type.
func special(from, id, rest string, at time.Time) string {
	return value(fmt.Sprintf(`"messages":[{"from":%q,"id":%q,"timestamp":%q,%s}]`, from, id, unix(at), rest))
}

const ana = "393331234567"

func TestSameCallbackFiftyTimes(t *testing.T) {
	d := open(t)
	body := text(ana, "wamid.1", "Ciao!", d.Clock)
	if n := d.post(slices.Repeat([]string{body}, 50)...); n != 50 {
		t.Fatalf("%d rows finished", n)
	}
	c := d.only()
	if ms := d.messages(c.ID); len(ms) != 1 || c.Unread != 1 {
		t.Fatalf("%d messages, %d unread", len(ms), c.Unread)
	}
	if d.post() != 0 {
		t.Error("a finished row was read again")
	}
}

// sent puts an answer of ours into the store as the sender leaves it: the clock
// stopped, the receipts taken that came before.
func (d *desk) sent(c core.Conversation, id, ref string, state core.State) core.Message {
	m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, Content: core.Content{Type: core.TypeText, Text: "Pronto!"},
		ProviderID: id, Ref: ref, State: state, At: d.Clock, Author: "lucia"}
	d.Write(func(tx core.Tx) error {
		cur, err := tx.Conversation(c.ID)
		if err != nil {
			return err
		}
		inbox.Answered(&cur, &m, d.rules)
		if ok, err := tx.InsertMessage(&m); err != nil || !ok {
			return errors.Join(err, errors.New("not inserted"))
		}
		if err := tx.SaveConversation(&cur); err != nil {
			return err
		}
		early, err := tx.TakeReceipts(m.ChannelID, id, ref)
		if err != nil {
			return err
		}
		if _, err := carrier.Receipts(tx, &m, early, d.rules); err != nil {
			return err
		}
		if err := tx.SaveMessage(&m); err != nil {
			return err
		}
		for i := range early {
			if _, err := carrier.Later(tx, &m, &early[i], early[i].At); err != nil {
				return err
			}
		}
		return nil
	})
	return m
}

func TestStatusesBeforeTheirMessage(t *testing.T) {
	d := open(t)
	d.post(text(ana, "wamid.1", "È pronto?", d.Clock))
	d.post(status("wamid.out", "read", "", d.Clock.Add(3*time.Second)), status("wamid.out", "delivered", "", d.Clock.Add(2*time.Second)))
	m := d.sent(d.only(), "wamid.out", "ref-1", core.Accepted)
	d.post(status("wamid.out", "sent", "", d.Clock.Add(time.Second)))
	if got := d.Message(m.ID); got.State != core.Read {
		t.Errorf("state %s", got.State)
	}
}

func TestReceiptSettlesUnsureByRef(t *testing.T) {
	d := open(t)
	d.post(text(ana, "wamid.1", "È pronto?", d.Clock))
	m := d.sent(d.only(), "", "ref-1", core.UnsureSent)
	d.post(status("wamid.out", "delivered", "ref-1", d.Clock.Add(time.Second)))
	if got := d.Message(m.ID); got.State != core.Delivered || got.ProviderID != "wamid.out" {
		t.Errorf("state %s, id %q", got.State, got.ProviderID)
	}
}

func TestFailedReceiptPutsTheClockBack(t *testing.T) {
	d := open(t)
	asked := d.Clock
	d.post(text(ana, "wamid.1", "È pronto?", asked))
	d.Clock = d.Clock.Add(time.Minute)
	m := d.sent(d.only(), "wamid.out", "ref-1", core.Sent)
	if c := d.only(); !c.WaitingSince.IsZero() {
		t.Fatal("the answer did not stop the clock")
	}
	d.post(status("wamid.out", "failed", "", d.Clock.Add(time.Second)))
	got, c := d.Message(m.ID), d.only()
	if got.State != core.Failed || got.Error == nil || got.Error.Class != core.ClassUndeliverable {
		t.Errorf("state %s, %v", got.State, got.Error)
	}
	if !c.WaitingSince.Equal(asked) {
		t.Errorf("waits since %v, want %v", c.WaitingSince, asked)
	}
}

func TestWithoutPhoneNumber(t *testing.T) {
	d := open(t)
	d.post(value(fmt.Sprintf(`"contacts":[{"profile":{"name":"Ugo","username":"@ugo"},"user_id":"IT.900"}],"messages":[{"from":"","from_user_id":"IT.900","id":"wamid.u","timestamp":%q,"type":"text","text":{"body":"Salve"}}]`, unix(d.Clock))))
	c := d.only()
	if c.Contact.Phone != "" || c.Contact.Username != "@ugo" || c.Contact.Name != "Ugo" {
		t.Fatalf("%+v", c.Contact)
	}
	if k, err := d.Store.FindContact(t.Context(), d.Channel.ID, core.IdentityUser, "IT.900"); err != nil || k.ID != c.ContactID {
		t.Errorf("by user id: %v, %v", k.ID, err)
	}
}

func TestNinthDigitIsOnePerson(t *testing.T) {
	d := open(t)
	d.post(special("5511987654321", "wamid.1", `"type":"text","text":{"body":"Oi"}`, d.Clock),
		special("551187654321", "wamid.2", `"type":"text","text":{"body":"Tudo bem?"}`, d.Clock.Add(time.Second)))
	if n := len(d.messages(d.only().ID)); n != 2 {
		t.Errorf("%d messages", n)
	}
}

func TestPhoneAndUserOfTwoPeople(t *testing.T) {
	d := open(t)
	d.post(special(ana, "wamid.1", `"type":"text","text":{"body":"Ana"}`, d.Clock),
		value(fmt.Sprintf(`"messages":[{"from":"","from_user_id":"IT.77","id":"wamid.2","timestamp":%q,"type":"text","text":{"body":"Bea"}}]`, unix(d.Clock))))
	if n := len(d.conversations()); n != 2 {
		t.Fatalf("%d people", n)
	}
	d.post(value(fmt.Sprintf(`"messages":[{"from":%q,"from_user_id":"IT.77","id":"wamid.3","timestamp":%q,"type":"text","text":{"body":"who?"}}]`, ana, unix(d.Clock.Add(time.Minute)))))
	cs := d.conversations()
	if len(cs) != 2 {
		t.Fatalf("%d people: two were merged, or a third was made", len(cs))
	}
	total := 0
	for _, c := range cs {
		total += len(d.messages(c.ID))
	}
	if total != 3 {
		t.Errorf("%d messages", total)
	}
}

func TestReactions(t *testing.T) {
	d := open(t)
	react := func(id, emoji string, after time.Duration) string {
		return special(ana, id, fmt.Sprintf(`"type":"reaction","reaction":{"message_id":"wamid.out","emoji":%q}`, emoji), d.Clock.Add(after))
	}
	d.post(text(ana, "wamid.1", "Ciao", d.Clock))
	before := d.only().WindowCloses
	d.post(react("wamid.r1", "👍", time.Minute)) // before the store knows its target
	m := d.sent(d.only(), "wamid.out", "ref-1", core.Accepted)
	d.post(status("wamid.out", "sent", "", d.Clock))
	if got := d.messages(d.only().ID); len(got) != 2 || len(got[1].Reactions) != 1 || got[1].Reactions[0].Emoji != "👍" {
		t.Fatalf("%+v", got[len(got)-1].Reactions)
	}
	d.post(react("wamid.r2", "❤️", 2*time.Minute))
	if r := d.Message(m.ID).Reactions; len(r) != 1 || r[0].Emoji != "❤️" {
		t.Errorf("changed: %+v", r)
	}
	d.post(react("wamid.r3", "", 3*time.Minute))
	if r := d.Message(m.ID).Reactions; len(r) != 0 {
		t.Errorf("taken back: %+v", r)
	}
	if c := d.only(); !c.WindowCloses.Equal(before) {
		t.Error("a reaction moved the service window")
	}
}

func TestEditAndRevoke(t *testing.T) {
	d := open(t)
	d.post(text(ana, "wamid.1", "Una torta", d.Clock),
		special(ana, "wamid.e", `"type":"edit","edit":{"original_message_id":"wamid.1","message":{"type":"text","text":{"body":"Due torte"}}}`, d.Clock.Add(time.Minute)))
	m := d.messages(d.only().ID)[0]
	if m.Text != "Due torte" || m.EditedAt.IsZero() {
		t.Errorf("%q edited %v", m.Text, m.EditedAt)
	}
	d.post(special(ana, "wamid.v", `"type":"revoke","revoke":{"original_message_id":"wamid.1"}`, d.Clock.Add(2*time.Minute)))
	if ms := d.messages(d.only().ID); len(ms) != 1 || !ms[0].Revoked {
		t.Errorf("%+v", ms)
	}
}

func TestDoneIsOpenedByAQuestionNotByThanks(t *testing.T) {
	d := open(t)
	d.post(text(ana, "wamid.1", "È pronto?", d.Clock))
	d.Clock = d.Clock.Add(time.Minute)
	d.sent(d.only(), "wamid.out", "ref-1", core.Read)
	set := func(s core.ConversationState) {
		d.Write(func(tx core.Tx) error {
			c, err := tx.Conversation(d.only().ID)
			if err != nil {
				return err
			}
			c.State = s
			return tx.SaveConversation(&c)
		})
	}
	set(core.Done)
	d.post(text(ana, "wamid.2", "Grazie mille!", d.Clock.Add(time.Minute)))
	if c := d.only(); c.State != core.Done || !c.WaitingSince.IsZero() {
		t.Errorf("thanks: %s, waits since %v", c.State, c.WaitingSince)
	}
	d.post(text(ana, "wamid.3", "Ma a che ora chiudete?", d.Clock.Add(2*time.Minute)))
	if c := d.only(); c.State != core.Open || c.WaitingSince.IsZero() {
		t.Errorf("a question: %s, waits since %v", c.State, c.WaitingSince)
	}
}

// panics is a decoder with a bug.
type panics struct{ core.Decoder }

func (p panics) Decode(b []byte) ([]core.Event, error) {
	if strings.Contains(string(b), "boom") {
		panic("boom")
	}
	return p.Decoder.Decode(b)
}
