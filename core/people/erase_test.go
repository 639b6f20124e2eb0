package people_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/contact"
	"bottega/core/people"
)

func TestErase(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	ctx := context.Background()
	a := w.person(t, core.Contact{Name: "Ana Rossi", Phone: "+5511987654321", Tags: []string{"vip"}}, core.Profile{Email: "secret@b.it", Note: "secret"})
	b := w.person(t, core.Contact{Name: "Bo", Phone: "+393331234568"}, core.Profile{})
	w.talk(t, a, w.channels[0].ID, 3)
	w.talk(t, b, w.channels[0].ID, 1)
	w.buy(t, a, "50", now)
	j, err := w.db.AppendJournal(ctx, w.channels[0].ID, []byte(`{"from":"551187654321","text":"secret"}`), now)
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, func(tx people.Tx) error {
		if err := tx.KeepReceipt(w.channels[0].ID, core.Event{Kind: core.EvStatus, ID: "wamid.x", Recipient: "+5511987654321"}); err != nil {
			return err
		}
		return tx.FinishJournal(j, core.JournalDone, "", 1)
	})
	mw, err := w.db.CreateMedia(1, "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mw.Write([]byte("picture")); err != nil {
		t.Fatal(err)
	}
	path, err := mw.Commit()
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, func(tx people.Tx) error {
		m, err := tx.Message(1)
		if err != nil {
			return err
		}
		m.Type, m.Media = core.TypeImage, &core.Media{MIME: "image/jpeg", Path: path}
		return tx.SaveMessage(&m)
	})
	got, err := w.Erase(ctx, a)
	if want := (people.Erased{Messages: 3, Files: 1, Purchases: 1, Callbacks: 1, Tombstones: 2}); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	if w.told(t, a) != "nobody" {
		t.Error("they are still told of")
	}
	if _, err := w.db.OpenMedia(path); err == nil {
		t.Error("the file is still there")
	}
	if left, err := w.db.CallbacksWith(ctx, []string{"551187654321"}); err != nil || len(left) != 0 {
		t.Errorf("callbacks %v, %v", left, err)
	}
	for _, words := range []string{"rossi", "ciao"} {
		hits, err := w.db.Search(ctx, core.SearchQuery{Words: words, Limit: 10})
		if err != nil || slices.ContainsFunc(hits, func(h core.Hit) bool { return h.ContactID == a }) {
			t.Errorf("%s finds %+v, %v", words, hits, err)
		}
	}
	again := func(o people.Import) people.Imported {
		o.Table = table([]string{"name", "phone", "user_id"}, [][]string{{"Ana", "+551187654321", ""}, {"", "", "IT.1"}})
		return bring(t, w.Service, o)
	}
	if got := again(people.Import{}); got.Refused != 2 || got.Problems[0].Code != string(contact.Erased) {
		t.Errorf("they came back: %+v", got)
	}
	if got := again(people.Import{Return: true}); got.New != 2 {
		t.Errorf("asked for: %+v", got)
	}
	if _, err := w.Erase(ctx, a); core.CodeOf(err) != core.NotFound {
		t.Errorf("twice: %v", err)
	}
}

func TestRetention(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	ctx := context.Background()
	a := w.person(t, core.Contact{Name: "Ana"}, core.Profile{})
	w.talk(t, a, w.channels[0].ID, 3)
	if n, err := w.Purge(ctx); n != 0 || err != nil {
		t.Errorf("without a setting: %d, %v", n, err)
	}
	for _, days := range []int{-1, 1, 29, 40_000} {
		if err := w.SetRetention(ctx, days); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%d days: %v", days, err)
		}
	}
	if err := w.SetRetention(ctx, 30); err != nil {
		t.Fatal(err)
	}
	clock := now.Add(29 * 24 * time.Hour)
	w.Now = func() time.Time { return clock }
	if n, err := w.Purge(ctx); n != 0 || err != nil {
		t.Errorf("too early: %d, %v", n, err)
	}
	clock = now.Add(31 * 24 * time.Hour)
	if n, err := w.Purge(ctx); n != 3 || err != nil {
		t.Errorf("%d went, %v", n, err)
	}
	if d, err := w.Dossier(ctx, a); err != nil || len(d.Talks) != 1 || len(d.Talks[0].Messages) != 0 || d.Talks[0].Last.ID != 0 {
		t.Errorf("%+v, %v", d.Talks, err)
	}
	if err := w.db.Check(ctx); err != nil {
		t.Error(err)
	}
}

// TestOrdersBringNobodyBack: a file of purchases makes no contact of somebody
// who asked to be forgotten, in whatever form their number stands there.
func TestOrdersBringNobodyBack(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	ctx := context.Background()
	a := w.person(t, core.Contact{Name: "Ana", Phone: "+5511987654321"}, core.Profile{})
	if _, err := w.Erase(ctx, a); err != nil {
		t.Fatal(err)
	}
	got := w.till(t, people.OrderImport{Create: true},
		[]string{"1", "2026-11-01", "+5511987654321", "70", ""}, []string{"2", "2026-11-01", "+551187654321", "70", ""}, []string{"3", "2026-11-01", "+393331234567", "70", ""})
	if got.New != 1 || got.Refused != 2 || len(got.Problems) != 2 || got.Problems[0].Code != "erased" {
		t.Errorf("%+v", got)
	}
}
