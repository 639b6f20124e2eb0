package people_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/inbox"
	"bottega/core/people"
	"bottega/storage"
)

// world is a shop with two channels, whose people have talked and bought.
type world struct {
	*people.Service
	db       *storage.DB
	channels []core.Channel
	n        int
}

func newWorld(t fataler) (*world, func()) {
	t.Helper()
	s, db, end := shop(t)
	w := &world{Service: s, db: db}
	w.Rules = func() core.Rules {
		return core.Rules{Hours: core.Hours{Always: true, TimeZone: "UTC"}, Policy: core.Policy{Window: core.Duration(24 * time.Hour)}}
	}
	for _, name := range []string{"shop", "second"} {
		ch, err := db.SaveChannel(context.Background(), core.Channel{Name: name, Provider: core.Sandbox, State: core.Active})
		if err != nil {
			t.Fatal(err)
		}
		w.channels = append(w.channels, ch)
	}
	return w, end
}

func (w *world) write(t fataler, fn func(people.Tx) error) {
	t.Helper()
	if err := w.db.Write(context.Background(), func(tx core.Tx) error { return fn(tx.(people.Tx)) }); err != nil {
		t.Fatalf("%v", err)
	}
}

// person makes somebody.
func (w *world) person(t fataler, c core.Contact, p core.Profile) int64 {
	t.Helper()
	w.write(t, func(tx people.Tx) error {
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		w.n++
		if c.Phone != "" {
			if err := tx.AddIdentity(c.ID, core.Identity{Kind: core.IdentityPhone, Value: string(c.Phone)}); err != nil {
				return err
			}
		}
		if err := tx.AddIdentity(c.ID, core.Identity{ChannelID: w.channels[0].ID, Kind: core.IdentityUser, Value: fmt.Sprint("IT.", w.n)}); err != nil {
			return err
		}
		return tx.SaveProfile(c.ID, p)
	})
	return c.ID
}

// talk lets somebody write n messages on a channel.
func (w *world) talk(t fataler, contact, channel int64, n int) {
	t.Helper()
	w.write(t, func(tx people.Tx) error {
		c, err := tx.ConversationOf(channel, contact)
		if core.CodeOf(err) == core.NotFound {
			c, err = core.Conversation{ChannelID: channel, ContactID: contact, State: core.Open}, nil
			c.Contact, _ = tx.Contact(contact)
			if err := tx.SaveConversation(&c); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
		for range n {
			w.n++
			m := core.Message{ConversationID: c.ID, ChannelID: channel, Content: core.Content{Type: core.TypeText, Text: fmt.Sprint("ciao ", w.n)},
				ProviderID: fmt.Sprint("wamid.", w.n), At: now.Add(time.Duration(w.n) * time.Second)}
			if _, err := tx.InsertMessage(&m); err != nil {
				return err
			}
			c.LastMessageID, c.Last, c.LastAt, c.LastInAt, c.Unread = m.ID, m, m.At, m.At, c.Unread+1
			if c.WaitingSince.IsZero() {
				c.WaitingSince = m.At
			}
			c.WindowCloses = m.At.Add(24 * time.Hour)
		}
		inbox.Refresh(&c, w.Rules())
		return tx.SaveConversation(&c)
	})
}

func (w *world) buy(t fataler, contact int64, amount string, at time.Time) {
	t.Helper()
	w.write(t, func(tx people.Tx) error {
		w.n++
		_, _, err := tx.SavePurchase(&core.Purchase{Source: "till", Ref: fmt.Sprint(w.n), ContactID: contact, At: at, Amount: core.Money{Amount: amount, Currency: "EUR"}}, units(amount))
		return err
	})
}

func units(amount string) int64 {
	var n int64
	fmt.Sscan(amount, &n)
	return n * 100_000_000
}

// told is all that a shop would tell of people, but how often they changed.
func (w *world) told(t fataler, ids ...int64) string {
	t.Helper()
	ctx := context.Background()
	var out []string
	for _, id := range ids {
		d, err := w.Dossier(ctx, id)
		if core.CodeOf(err) == core.NotFound {
			out = append(out, "nobody")
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		d.Contact.Rev, d.Merges = 0, nil
		for i := range d.Talks {
			c := &d.Talks[i].Conversation
			c.Rev, c.SortKey, c.Contact = 0, 0, core.Contact{} // the order of the inbox is its own
			for j := range d.Talks[i].Messages {
				d.Talks[i].Messages[j].Rev = 0
			}
			d.Talks[i].Activities = nil
		}
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return strings.Join(out, "\n")
}

// Whatever two people are, merged and parted they are as they were; merged,
// nothing of either is lost.
func TestMergeLaws(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		of := func(vs ...string) string { return rapid.SampledFrom(append(vs, "")).Draw(t, "v") }
		person := func(phone core.Phone) int64 {
			c := core.Contact{Name: of("Ana Rossi", "Bo"), Phone: phone, Language: of("it", "de"), Value: core.ValueTier(of("high", "low")),
				CreatedAt: now.Add(-time.Duration(rapid.IntRange(1, 9).Draw(t, "age")) * time.Hour)}
			if tag := of("vip", "new"); tag != "" {
				c.Tags = []string{tag}
			}
			id := w.person(t, c, core.Profile{Email: of("a@b.it", "c@d.it"), Note: of("x"), Custom: map[string]string{"pet": of("cane", "gatto")}})
			for _, ch := range w.channels {
				if n := rapid.IntRange(-1, 3).Draw(t, "messages"); n >= 0 {
					w.talk(t, id, ch.ID, n)
				}
			}
			for range rapid.IntRange(0, 3).Draw(t, "orders") {
				w.buy(t, id, of("10", "60", "300")+"0", now.AddDate(0, 0, -rapid.IntRange(1, 400).Draw(t, "ago")))
			}
			for range rapid.IntRange(0, 2).Draw(t, "entries") {
				e := consent.Entry{ContactID: id, Kind: rapid.SampledFrom([]consent.Kind{consent.OptOut, consent.OptIn, consent.ProviderStop}).Draw(t, "kind"),
					Scope: rapid.SampledFrom([]consent.Scope{consent.Marketing, consent.Everything}).Draw(t, "scope"),
					At:    now.Add(-time.Duration(rapid.IntRange(1, 5).Draw(t, "entered")) * time.Hour), Source: consent.BySelf}
				w.write(t, func(tx people.Tx) error { return tx.AddConsent(&e) })
			}
			return id
		}
		a, b := person(core.Phone(fmt.Sprintf("+3933312%05d", w.n))), person(core.Phone(fmt.Sprintf("+3933313%05d", w.n)))
		w.write(t, func(tx people.Tx) error { return w.RefreshFor(tx, a, b) })
		before := w.told(t, a, b)
		out := false
		for _, id := range []int64{a, b} {
			es, err := w.db.Consents(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			out = out || consent.Of(es, false).Marketing.Reason.Out()
		}
		preview, err := w.PreviewMerge(ctx, a, b)
		if err != nil {
			t.Fatal(err)
		}
		id, err := w.Merge(ctx, a, b, "bea")
		if err != nil {
			t.Fatal(err)
		}
		d, err := w.Dossier(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		if d.Contact.Name != preview.After.Name || !slices.Equal(d.Contact.Tags, preview.After.Tags) || d.Profile.Email != preview.Profile.Email || len(d.Contact.Identities) != 4 {
			t.Fatalf("%+v after %+v", d.Contact, preview.After)
		}
		if out != d.Standing.Marketing.Reason.Out() || out != d.Facts.OptOut {
			t.Fatalf("an opt-out is gone: %+v", d.Standing)
		}
		said := 0
		for _, talk := range d.Talks {
			said += len(talk.Messages)
		}
		if want := strings.Count(before, `"wamid.`); said != want || len(d.Purchases) != strings.Count(before, `"till"`) {
			t.Fatalf("%d messages, want %d", said, want)
		}
		if _, err := w.db.Contact(ctx, b); core.CodeOf(err) != core.NotFound {
			t.Fatalf("the other one: %v", err)
		}
		w.told(t, a)
		if err := w.Unmerge(ctx, id, "bea"); err != nil {
			t.Fatal(err)
		}
		if after := w.told(t, a, b); after != before {
			i := 0
			for i < min(len(before), len(after)) && before[i] == after[i] {
				i++
			}
			t.Fatalf("before …%.200s\nafter  …%.200s", before[max(0, i-80):], after[max(0, i-80):])
		}
		if err := w.Unmerge(ctx, id, "bea"); core.CodeOf(err) != core.Conflict {
			t.Fatalf("parted twice: %v", err)
		}
	})
	if err := w.db.Check(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestMergesThatCannotBe(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	ctx := context.Background()
	var ids []int64
	for i := range 3 {
		ids = append(ids, w.person(t, core.Contact{Name: fmt.Sprint("P", i)}, core.Profile{}))
	}
	a, b, c := ids[0], ids[1], ids[2]
	if _, err := w.Merge(ctx, a, a, "bea"); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("with itself: %v", err)
	}
	if _, err := w.PreviewMerge(ctx, a, a); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("with itself: %v", err)
	}
	if _, err := w.Merge(ctx, a, 99, "bea"); core.CodeOf(err) != core.NotFound {
		t.Errorf("with nobody: %v", err)
	}
	first, err := w.Merge(ctx, b, a, "bea")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Merge(ctx, a, b, "bea"); core.CodeOf(err) != core.NotFound {
		t.Errorf("in a circle: %v", err)
	}
	second, err := w.Merge(ctx, c, b, "bea")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Unmerge(ctx, first, "bea"); core.CodeOf(err) != core.Conflict {
		t.Errorf("the inner one first: %v", err)
	}
	for _, id := range []int64{second, first} {
		if err := w.Unmerge(ctx, id, "bea"); err != nil {
			t.Errorf("from the outside in: %v", err)
		}
	}
	if err := w.Unmerge(ctx, 99, "bea"); core.CodeOf(err) != core.NotFound && core.CodeOf(err) != core.Conflict {
		t.Errorf("no merge: %v", err)
	}
	w.told(t, a, b, c)
}

func TestDuplicates(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	w.person(t, core.Contact{Name: "Ana Rossi", Phone: "+5511987654321"}, core.Profile{Email: "A@b.it"})
	w.person(t, core.Contact{Name: "Ana R", Phone: "+551187654321"}, core.Profile{})             // 2: the same number
	w.person(t, core.Contact{Name: "Cy", Phone: "+393331234567"}, core.Profile{Email: "a@B.it"}) // 3: the same e-mail
	w.person(t, core.Contact{Name: "ana  rossi"}, core.Profile{})                                // 4: the same name, no number
	w.person(t, core.Contact{Name: "Dan", Phone: "+5521987654321"}, core.Profile{})              // another area
	w.person(t, core.Contact{Name: "Cy", Phone: "+393331234568"}, core.Profile{})                // one word is no name
	got, err := w.Duplicates(context.Background(), 10)
	if err != nil {
		t.Fatal(err)
	}
	var s []string
	for _, p := range got {
		s = append(s, fmt.Sprint(p.A.ID, p.B.ID, p.Why))
	}
	slices.Sort(s)
	if want := []string{"1 2 [phone]", "1 3 [email]", "1 4 [name]"}; !slices.Equal(s, want) {
		t.Errorf("%q, want %q", s, want)
	}
}
