package people_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"testing"

	"bottega/assets"
	"bottega/core"
	"bottega/core/consent"
	"bottega/core/ingest"
	"bottega/core/people"
)

// events is a decoder of callbacks that are lists of events.
type events struct{}

func (events) Decode(body []byte) (evs []core.Event, err error) {
	return evs, json.Unmarshal(body, &evs)
}

// listen is a customer who writes, through the real reader and the real store.
func listen(t *testing.T, w *world) (says func(words string)) {
	t.Helper()
	ctx := context.Background()
	k, err := consent.LoadKeywords(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	batch, err := ingest.LoadBatch(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	reader := &ingest.Worker{Batch: batch, Store: w.db, Decoders: map[core.ProviderName]core.Decoder{core.Sandbox: events{}}, Rules: w.Rules, Feed: core.NewFeed(), Now: w.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Owner: "x", Stops: &ingest.Stops{Keywords: k, NewRef: func() string { return "ref" }}}
	n := 0
	return func(words string) {
		n++
		b, err := json.Marshal([]core.Event{{Kind: core.EvMessage, ID: string(rune('a' + n)), From: "+393331234567", Type: core.TypeText, Text: words, At: now}})
		if err == nil {
			_, err = w.db.AppendJournal(ctx, w.channels[0].ID, b, now)
		}
		if err == nil {
			_, err = reader.Drain(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A stop that was written goes through the real store: into the ledger, the
// tray, the facts, and out again when an agent says that it was none.
func TestTray(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	ctx := context.Background()
	says := listen(t, w)
	says("stop, oggi non vengo")
	says("STOP")
	tray := reviews(t, w, 2)
	if tray[0].Text != "stop, oggi non vengo" || tray[0].Reading != consent.Propose || tray[1].EntryID == 0 || tray[1].Phone != "+393331234567" {
		t.Errorf("%+v", tray)
	}
	count := func(expr string) int {
		n, err := w.Count(ctx, expr)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if count("optout") != 1 {
		t.Error("the stop does not count")
	}
	if _, err := w.Decide(ctx, tray[1].ID, "bea", false); err != nil || count("optout") != 0 {
		t.Errorf("undone: %d, %v", count("optout"), err)
	}
	if _, err := w.Decide(ctx, tray[0].ID, "bea", true); err != nil || count("optout") != 1 {
		t.Errorf("taken for a stop: %d, %v", count("optout"), err)
	}
	if _, err := w.Decide(ctx, tray[0].ID, "bea", false); core.CodeOf(err) != core.Conflict {
		t.Errorf("decided twice: %v", err)
	}
	if _, err := w.Decide(ctx, 99, "bea", false); core.CodeOf(err) != core.NotFound {
		t.Errorf("nothing to decide: %v", err)
	}
	reviews(t, w, 0)
	if err := w.db.Check(ctx); err != nil {
		t.Error(err)
	}
	d, err := w.Dossier(ctx, tray[0].ContactID)
	if err != nil || len(d.Tray) != 2 || len(d.Ledger) != 3 || len(d.Talks) != 1 || len(d.Talks[0].Messages) != 3 {
		t.Errorf("%d in the tray, %d in the ledger, %d talks, %v", len(d.Tray), len(d.Ledger), len(d.Talks), err)
	}
}

// reviews are what the tray holds; as many as there must be.
func reviews(t *testing.T, w *world, want int) []people.Review {
	t.Helper()
	rs, err := w.Tray(context.Background(), 10)
	if err != nil || len(rs) != want {
		t.Fatalf("%d reviews, %v, want %d", len(rs), err, want)
	}
	return rs
}

// A decision that was taken back waits again, whatever it was, and stands as if
// it had not been; the ledger keeps both.
func TestDecisionsAreTakenBack(t *testing.T) {
	for _, stop := range []bool{true, false} {
		for _, words := range []string{"stop, oggi non vengo", "STOP"} {
			w, end := newWorld(t)
			ctx := context.Background()
			listen(t, w)(words)
			before := reviews(t, w, 1)[0]
			standing := func() consent.Standing {
				es, err := w.db.Consents(ctx, before.ContactID)
				if err != nil {
					t.Fatal(err)
				}
				st := consent.Of(es, false)
				st.Marketing.Entry, st.Utility.Entry, st.Service.Entry = consent.Entry{}, consent.Entry{}, consent.Entry{}
				return st
			}
			was := standing()
			undo, err := w.Decide(ctx, before.ID, "bea", stop)
			if err != nil {
				t.Fatal(err)
			}
			reviews(t, w, 0)
			decided := standing()
			if out := decided.Marketing.Reason.Out(); out != stop {
				t.Errorf("%q, stop %t: out %t", words, stop, out)
			}
			if err := undo(ctx); err != nil {
				t.Fatal(err)
			}
			after := reviews(t, w, 1)[0]
			if now := standing(); now != was {
				t.Errorf("%q, stop %t: %+v, was %+v", words, stop, now, was)
			}
			if after.Waits() != before.Waits() || (after.EntryID == 0) != (before.EntryID == 0) {
				t.Errorf("%q, stop %t: %+v, was %+v", words, stop, after, before)
			}
			if err := undo(ctx); core.CodeOf(err) != core.Conflict {
				t.Errorf("twice: %v", err)
			}
			if now := standing(); now != was {
				t.Errorf("%q, stop %t: the second undo changed it", words, stop)
			}
			if _, err := w.Decide(ctx, after.ID, "bea", !stop); err != nil || standing().Marketing.Reason.Out() == stop {
				t.Errorf("decided anew: %+v, %v", standing(), err)
			}
			end()
		}
	}
}

// Questions come first, in the order in which they came; a stop that counts
// already is none.
func TestTrayOrder(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	says := listen(t, w)
	says("STOP")
	says("stop, oggi non vengo")
	says("non voglio stop")
	rs := reviews(t, w, 3)
	if rs[0].Text != "stop, oggi non vengo" || !rs[0].Waits() || !rs[1].Waits() || rs[2].Text != "STOP" || rs[2].Waits() {
		t.Errorf("%+v", rs)
	}
}
