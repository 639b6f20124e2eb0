package ingest

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bottega/core"
)

func TestReceipts(t *testing.T) {
	d := newDesk(t)
	d.hear(text("w1", "+39333", "ciao", noon))
	_, conv := d.only()
	unsure := d.reply(conv, "b1:1", "", core.UnsureSent)
	e := status("out1", core.Sent, noon)
	e.Ref = "b1:1"
	d.hear(status("out1", core.Read, noon.Add(3*time.Second))) // before we know that id
	if n := d.mem.KeptReceipts(); n != 1 {
		t.Fatalf("%d kept", n)
	}
	d.hear(e)
	m := d.message("out1")
	if m.ID != unsure.ID || m.State != core.Sent || m.Error != nil || !m.SentAt.Equal(noon) {
		t.Errorf("an unsure message and its receipt: %+v", m)
	}
	read := status("out1", core.Read, noon.Add(3*time.Second))
	read.UserID = "IT.7"
	read.Pricing = &core.Pricing{Category: "service"}
	d.hear(status("out1", core.Delivered, noon.Add(2*time.Second)), read, status("out1", core.Delivered, noon.Add(2*time.Second)))
	m = d.message("out1")
	if m.State != core.Read || m.Pricing == nil || m.DeliveredAt.IsZero() || m.ReadAt.IsZero() {
		t.Errorf("%+v", m)
	}
	foreign := status("out2", core.Sent, noon)
	foreign.Ref = "another app's"
	d.hear(foreign)
	if n := d.mem.KeptReceipts(); n != 2 {
		t.Errorf("%d kept, want the early one and the foreign one", n)
	}
}

// TestQueuedReceipt: a message that left in spite of all we knew leaves the line.
func TestQueuedReceipt(t *testing.T) {
	d := newDesk(t)
	conv := d.mem.AddPerson(t, d.ch, "+39333", noon.Add(time.Hour))
	m := d.mem.Queue(t, conv, "x", noon, core.PriorityReply)
	e := status("out1", core.Delivered, noon)
	e.Ref = m.Ref
	d.hear(e)
	if got := d.message("out1"); got.State != core.Delivered {
		t.Errorf("%+v", got)
	}
	if w, c := d.mem.Outbox(); w+c != 0 {
		t.Errorf("outbox: %d waiting, %d claimed", w, c)
	}
}

// TestFailedReceipt: the clock goes on where the answer had stopped it, and
// what the failure says of the person and of the number is heard.
func TestFailedReceipt(t *testing.T) {
	d := newDesk(t)
	d.hear(text("w1", "+39333", "ciao", noon))
	_, conv := d.only()
	d.reply(conv, "b1:1", "out1", core.Accepted)
	conv.WaitingSince, conv.State = time.Time{}, core.Done
	if err := d.mem.Write(context.Background(), func(tx core.Tx) error { return tx.SaveConversation(&conv) }); err != nil {
		t.Fatal(err)
	}
	e := status("out1", core.Failed, noon)
	e.Error = &core.ProviderError{Code: "131042", Class: core.ClassPayment, Message: "payment"}
	d.hear(e)
	d.hear(e)
	_, conv = d.only()
	if !conv.WaitingSince.Equal(noon) || conv.State != core.Open {
		t.Errorf("conversation %+v", conv)
	}
	if m := d.message("out1"); m.State != core.Failed || m.Error.Code != "131042" {
		t.Errorf("%+v", m)
	}
	ch, _ := d.mem.Channel(context.Background(), d.ch.ID)
	if ch.State != core.Paused || ch.PauseClass != core.ClassPayment {
		t.Errorf("channel %+v", ch)
	}
	if n := len(d.activities(core.ActChannel)); n != 1 {
		t.Errorf("%d activities tell of the pause", n)
	}
	d.reply(conv, "b1:2", "out2", core.Accepted)
	e = status("out2", core.Failed, noon)
	e.Error = &core.ProviderError{Code: "131050", Class: core.ClassOptedOut}
	d.hear(e)
	if as := d.activities(core.ActPreference); len(as) != 1 || as[0].Detail != "marketing_messages stop" {
		t.Errorf("%+v", as)
	}
}

// TestOldFailureLeavesChannel: a late receipt says nothing of the number now.
func TestOldFailureLeavesChannel(t *testing.T) {
	d := newDesk(t)
	conv := d.mem.AddPerson(t, d.ch, "+39333", noon.Add(time.Hour))
	d.reply(conv, "b1:1", "out1", core.Accepted)
	e := status("out1", core.Failed, noon.Add(-5*time.Hour))
	e.Error = &core.ProviderError{Code: "131042", Class: core.ClassPayment}
	d.hear(e)
	if ch, _ := d.mem.Channel(context.Background(), d.ch.ID); ch.State != core.Active {
		t.Errorf("channel %+v", ch)
	}
}

func reaction(target, emoji string, at time.Time) core.Event {
	removed := emoji == ""
	return core.Event{Kind: core.EvReaction, ID: "r" + at.String(), From: "+39333", Target: target, Emoji: emoji, Removed: &removed, At: at}
}

// TestLater: reactions, edits and revokes, before and after their message.
func TestLater(t *testing.T) {
	d := newDesk(t)
	early := []core.Event{
		reaction("w1", "👍", noon.Add(time.Second)), reaction("w1", "❤️", noon.Add(2*time.Second)),
		{Kind: core.EvEdit, ID: "e1", Target: "w1", Text: "two loaves", At: noon.Add(2 * time.Second)},
		{Kind: core.EvEdit, ID: "e0", Target: "w1", Text: "no, one", At: noon.Add(time.Second)},
		{Kind: core.EvRevoke, ID: "v1", Target: "w2", At: noon.Add(time.Second)},
	}
	d.hear(early...)
	d.hear(text("w1", "+39333", "bread", noon), text("w2", "+39333", "oops", noon.Add(time.Second)))
	d.hear(early...)
	m := d.message("w1")
	if m.Text != "two loaves" || len(m.Reactions) != 1 || m.Reactions[0].Emoji != "❤️" || m.EditedAt.IsZero() {
		t.Errorf("%+v", m)
	}
	if m := d.message("w2"); !m.Revoked || m.Text != "oops" {
		t.Errorf("%+v", m)
	}
	d.hear(reaction("w1", "", noon.Add(3*time.Second)))
	if m := d.message("w1"); len(m.Reactions) != 0 {
		t.Errorf("%+v", m.Reactions)
	}
	d.hear(early...) // callbacks come again for a week
	if m := d.message("w1"); len(m.Reactions) != 0 {
		t.Errorf("a reaction came back: %+v", m.Reactions)
	}
	d.hear(reaction("w2", "", noon.Add(3*time.Second)), reaction("w2", "👍", noon.Add(time.Second)))
	if m := d.message("w2"); len(m.Reactions) != 0 {
		t.Errorf("taken back before it came: %+v", m.Reactions)
	}
	d.hear(core.Event{Kind: core.EvRevoke, ID: "v2"}) // of nothing
	if n := d.mem.KeptReceipts(); n != 0 {
		t.Errorf("%d events kept", n)
	}
	_, conv := d.only()
	if conv.Unread != 2 {
		t.Errorf("unread %d: reactions and edits are no messages", conv.Unread)
	}
}

// TestEcho: an answer typed on the phone stops the clock and gets its receipts.
func TestEcho(t *testing.T) {
	d := newDesk(t)
	d.hear(status("out1", core.Read, noon.Add(3*time.Minute)), text("w1", "+39333", "ciao", noon))
	d.hear(core.Event{Kind: core.EvEcho, ID: "out1", To: "+39333", Type: core.TypeText, Text: "arrivo", At: noon.Add(2 * time.Minute)})
	_, conv := d.only()
	if !conv.WaitingSince.IsZero() || conv.Unread != 0 {
		t.Errorf("conversation %+v", conv)
	}
	if m := d.message("out1"); !m.Echo || m.Direction != core.Out || m.State != core.Read {
		t.Errorf("%+v", m)
	}
	as := d.activities(core.ActAnswered)
	if len(as) != 1 || as[0].Detail != "120000" {
		t.Errorf("%+v", as)
	}
}

func TestIdentityChanges(t *testing.T) {
	d := newDesk(t)
	first := text("w1", "+39333", "ciao", noon)
	first.UserID = "IT.1"
	d.hear(first)
	e := core.Event{Kind: core.EvIdentity, From: "+39333", New: "+39444", At: noon.Add(time.Hour)}
	d.hear(e, e)
	c, conv := d.only()
	if c.Phone != "+39444" || len(c.Identities) != 3 {
		t.Errorf("contact %+v", c)
	}
	if as := d.activities(core.ActIdentity); len(as) != 1 || as[0].ConversationID != conv.ID {
		t.Errorf("%+v", as)
	}
	d.hear(core.Event{Kind: core.EvIdentity, UserID: "IT.2", Previous: "IT.1", At: noon.Add(2 * time.Hour)})
	hidden := text("w2", "", "sono io", noon.Add(3*time.Hour))
	hidden.UserID = "IT.2"
	d.hear(hidden)
	if c, conv := d.only(); len(c.Identities) != 4 || conv.Unread != 2 {
		t.Errorf("contact %+v, unread %d", c, conv.Unread)
	}
	d.hear(core.Event{Kind: core.EvIdentity, From: "+39999", New: "+39888", At: noon}) // a stranger
	if len(d.mem.Contacts()) != 1 {
		t.Errorf("%d contacts", len(d.mem.Contacts()))
	}
}

func TestAccount(t *testing.T) {
	d := newDesk(t)
	other := d.mem.AddChannel(t, "other")
	for _, id := range []int64{d.ch.ID, other.ID} {
		ch, _ := d.mem.Channel(context.Background(), id)
		ch.Account.BusinessID = "waba"
		if _, err := d.mem.SaveChannel(context.Background(), ch); err != nil {
			t.Fatal(err)
		}
	}
	states := func() (out []core.ChannelState) {
		chs, _ := d.mem.Channels(context.Background())
		for _, ch := range chs {
			out = append(out, ch.State)
		}
		return out
	}
	both := func(want core.ChannelState) {
		t.Helper()
		if s := states(); s[0] != want || s[1] != want {
			t.Errorf("channels %v, want %s", s, want)
		}
	}
	d.hear(core.Event{Kind: core.EvAccount, AccountEvent: "ACCOUNT_RESTRICTION", Restriction: "RESTRICTED_BIZ_INITIATED_MESSAGING", At: noon})
	both(core.Active) // replies may still go
	ban := core.Event{Kind: core.EvAccount, AccountEvent: "DISABLED_UPDATE", Restriction: "DISABLE", At: noon}
	d.hear(ban)
	both(core.Paused)
	d.hear(core.Event{Kind: core.EvAccount, AccountEvent: "DISABLED_UPDATE", Restriction: "REINSTATE", At: noon.Add(time.Hour)})
	both(core.Active)
	d.hear(ban) // once more, late
	both(core.Active)
	d.hear(core.Event{Kind: core.EvNumberHealth, AccountEvent: "THROUGHPUT_UPGRADE", Limit: "TIER_2K", Quality: core.QualityGreen, At: noon})
	if ch, _ := d.mem.Channel(context.Background(), d.ch.ID); ch.Health.Limit != 2000 || ch.Health.Quality != core.QualityGreen {
		t.Errorf("health %+v", ch.Health)
	}
	d.hear(core.Event{Kind: core.EvError, Error: &core.ProviderError{Code: "131031", Class: core.ClassPolicy}, At: noon})
	if s := states(); s[0] != core.Paused {
		t.Errorf("channels %v", s)
	}
	d.hear(core.Event{Kind: core.EvTemplateStatus, Name: "ready", Language: "it", TemplateStatus: "PAUSED", At: noon})
}

// TestBounds: what cannot be stored is cut, at the border of a character.
func TestBounds(t *testing.T) {
	d := newDesk(t)
	e := text("w1", "+39333", "a\x00b\x1b[31m"+strings.Repeat("é", 1<<17), noon)
	e.Name = strings.Repeat("名", 1<<12)
	d.hear(e)
	m := d.message("w1")
	if !strings.HasPrefix(m.Text, "ab\x1b[31mé") || len(m.Text) > 64<<10 || !utf8.ValidString(m.Text) {
		t.Errorf("%d bytes, %q…", len(m.Text), m.Text[:20])
	}
	if c, _ := d.only(); len(c.Name) > 512 || !utf8.ValidString(c.Name) {
		t.Errorf("name of %d bytes", len(c.Name))
	}
	d.hear(text(strings.Repeat("i", 5000), "+39333", "long id", noon))
	if len(d.mem.Messages()) != 1 || len(d.activities(core.ActUnreadable)) != 1 {
		t.Errorf("%d messages, %+v", len(d.mem.Messages()), d.mem.Activities())
	}
	noID := text("", "+39333", "no id", noon)
	d.hear(noID, noID)
	if len(d.mem.Messages()) != 2 {
		t.Errorf("%d messages", len(d.mem.Messages()))
	}
}

// TestTemplateNews: what a callback says of a template is in the library once,
// and what waits with a stopped one fails in the same transaction.
func TestTemplateNews(t *testing.T) {
	d := newDesk(t)
	at := noon.Add(-time.Hour)
	approved := core.Event{Kind: core.EvTemplateStatus, TemplateID: "8", Name: "ready", Language: "it", TemplateStatus: "APPROVED", Category: "UTILITY", At: at}
	d.hear(approved, approved)
	versions := func() []core.StoredTemplate {
		t.Helper()
		ts, err := d.mem.StoredTemplates(context.Background(), core.TemplateQuery{All: true})
		if err != nil {
			t.Fatal(err)
		}
		return ts
	}
	if ts := versions(); len(ts) != 1 || ts[0].State != core.TemplateApproved || !ts[0].ApprovedAt.Equal(at) || ts[0].ChannelID != d.ch.ID {
		t.Fatalf("%+v", ts)
	}
	conv := d.mem.AddPerson(t, d.ch, "+39333", noon.Add(time.Hour))
	m := d.mem.QueueContent(t, conv, core.Content{Type: core.TypeTemplate, Text: "x", Template: &core.TemplateCall{Name: "ready", Language: "it"}}, noon, core.PriorityAuto)
	paused := core.Event{Kind: core.EvTemplateStatus, TemplateID: "8", Name: "ready", Language: "it", TemplateStatus: "PAUSED", Reason: "FIRST_PAUSE", At: noon}
	d.hear(paused)
	d.hear(approved) // comes again, late
	if ts := versions(); ts[0].State != core.TemplatePaused {
		t.Errorf("%+v", ts)
	}
	for _, got := range d.mem.Messages() {
		if got.ID == m.ID && (got.State != core.Failed || got.Error.Code != "template_paused") {
			t.Errorf("%+v", got)
		}
	}
	long := core.Event{Kind: core.EvTemplateStatus, TemplateID: strings.Repeat("9", 5000), Name: strings.Repeat("n", 5000), Language: strings.Repeat("l", 5000),
		TemplateStatus: strings.Repeat("S", 5000), Category: strings.Repeat("C", 5000), Reason: strings.Repeat("R", 5000), At: noon}
	d.hear(long)
	for _, v := range versions() {
		if len(v.Name) > 512 || len(v.Language) > 255 || len(v.Status) > 255 || len(v.Category) > 255 || len(v.Reason) > 255 || len(v.Template.ID) > 255 {
			t.Errorf("kept whole: %d bytes of name, %d of language", len(v.Name), len(v.Language))
		}
	}
}
