package ingest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"bottega/bsp/meta"
	"bottega/core"
	"bottega/core/ingest"
)

func TestPoisonedRowsStopNobody(t *testing.T) {
	d := open(t)
	d.w.Decoders[d.Channel.Provider] = panics{meta.Decoder{}}
	n := d.post(`{"object":`, text(ana, "wamid.1", "boom", d.Clock), `[]`, `{}`, text(ana, "wamid.2", "Ciao", d.Clock))
	if n != 5 {
		t.Fatalf("%d rows finished", n)
	}
	if ms := d.messages(d.only().ID); len(ms) != 1 || ms[0].Text != "Ciao" {
		t.Fatalf("%+v", ms)
	}
	if d.post() != 0 {
		t.Error("an unreadable row is tried for ever")
	}
	rows, err := d.store.PendingJournal(t.Context(), meta.DecoderVersion+1, 10, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	bad := 0
	for _, r := range rows {
		if r.State == core.JournalUnreadable && r.Error != "" && len(r.Body) > 0 {
			bad++
		}
	}
	if bad < 2 {
		t.Errorf("%d rows are kept as unreadable: %+v", bad, rows)
	}
}

func TestUpgradeReadsAgainAndDoublesNothing(t *testing.T) {
	d := open(t)
	d.w.Decoders[d.Channel.Provider] = panics{meta.Decoder{}}
	d.post(text(ana, "wamid.1", "boom", d.Clock), text(ana, "wamid.2", "Ciao", d.Clock.Add(time.Second)))
	d.w = d.worker("one")
	d.w.Version = meta.DecoderVersion + 1
	if n := d.post(); n != 2 {
		t.Fatalf("%d rows read again", n)
	}
	c := d.only()
	if ms := d.messages(c.ID); len(ms) != 2 || c.Unread != 2 {
		t.Fatalf("%d messages, %d unread", len(ms), c.Unread)
	}
}

func TestOneWorkerAtATime(t *testing.T) {
	d := open(t)
	d.post(text(ana, "wamid.1", "Ciao", d.Clock)) // takes the lease
	two := d.worker("two")
	if _, err := d.store.AppendJournal(t.Context(), d.Channel.ID, []byte(text(ana, "wamid.2", "Ehi", d.Clock)), d.Clock); err != nil {
		t.Fatal(err)
	}
	if n, err := two.Drain(t.Context()); n != 0 || err != nil {
		t.Fatalf("the second worker finished %d rows, %v", n, err)
	}
	d.Clock = d.Clock.Add(time.Minute) // the first is gone
	if n, err := two.Drain(t.Context()); n != 1 || err != nil {
		t.Fatalf("after its lease: %d rows, %v", n, err)
	}
	if n := len(d.messages(d.only().ID)); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// full is a store whose disk is full.
type full struct{ ingest.Store }

func (full) Write(context.Context, func(core.Tx) error) error {
	return core.Fail(core.DiskFull, "test", nil)
}

func TestFullDiskKeepsRowsWaiting(t *testing.T) {
	d := open(t)
	if _, err := d.store.AppendJournal(t.Context(), d.Channel.ID, []byte(text(ana, "wamid.1", "Ciao", d.Clock)), d.Clock); err != nil {
		t.Fatal(err)
	}
	w := d.worker("one")
	w.Store = full{d.store}
	if n, err := w.Drain(t.Context()); n != 0 || core.CodeOf(err) != core.DiskFull {
		t.Fatalf("%d rows, %v", n, err)
	}
	if n := d.post(); n != 1 {
		t.Fatalf("%d rows once there is room", n)
	}
}

func TestHostileText(t *testing.T) {
	d := open(t)
	d.post(text(ana, "wamid.1", "a\x00b"+strings.Repeat("x", 300_000), d.Clock))
	m := d.messages(d.only().ID)[0]
	if strings.ContainsRune(m.Text, 0) || len(m.Text) > 200_000 || !strings.HasPrefix(m.Text, "a") {
		t.Errorf("%d bytes, begins %.5q", len(m.Text), m.Text)
	}
}

func TestEchoFromThePhoneAnswers(t *testing.T) {
	d := open(t)
	d.post(text(ana, "wamid.1", "Ci siete?", d.Clock))
	d.post(fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"smb_message_echoes","value":{"messaging_product":"whatsapp","message_echoes":[{"from":"390555550100","to":%q,"id":"wamid.echo","timestamp":%q,"type":"text","text":{"body":"Sì!"}}]}}]}]}`,
		ana, unix(d.Clock.Add(time.Minute))))
	c := d.only()
	ms := d.messages(c.ID)
	if !c.WaitingSince.IsZero() || len(ms) != 2 || ms[1].Direction != core.Out || !ms[1].Echo {
		t.Errorf("waits since %v, %+v", c.WaitingSince, ms)
	}
}

func TestRestrictionPausesSendingOnly(t *testing.T) {
	d := open(t)
	d.post(`{"object":"whatsapp_business_account","entry":[{"id":"1","time":1763000000,"changes":[{"field":"account_update","value":{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"RESTRICTED_CUSTOMER_INITIATED_MESSAGING","expiration":1863000000}]}}]}]}`)
	ch, err := d.Store.Channel(t.Context(), d.Channel.ID)
	if err != nil || ch.State != core.Paused || ch.PauseClass != core.ClassPolicy {
		t.Fatalf("%s %s, %v", ch.State, ch.PauseClass, err)
	}
	d.post(text(ana, "wamid.1", "Ciao", d.Clock))
	if n := len(d.messages(d.only().ID)); n != 1 {
		t.Error("a paused channel does not receive")
	}
}
