package people_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"testing"

	"bottega/assets"
	"bottega/core"
	"bottega/core/inbox"
	"bottega/core/ingest"
	"bottega/core/people"
)

// Whom a file brought in is known when they write, and when the shop writes to
// them first: by any form of their number, and by a user id of no channel.
func TestImportedPeopleAreKnown(t *testing.T) {
	s, db, end := shop(t)
	defer end()
	ctx := context.Background()
	bring(t, s, people.Import{Table: table([]string{"name", "phone", "user_id"}, [][]string{{"Ana", "+5511987654321", ""}, {"Bo", "", "IT.7"}, {"Cy", "+393331234567", ""}})})
	ch, err := db.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Sandbox, State: core.Active})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := ingest.LoadBatch(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	rules := func() core.Rules {
		return core.Rules{Hours: core.Hours{Always: true, TimeZone: "UTC"}, Limits: core.Limits{Text: 4096}}
	}
	reader := &ingest.Worker{Batch: batch, Store: db, Decoders: map[core.ProviderName]core.Decoder{core.Sandbox: events{}}, Rules: rules, Feed: core.NewFeed(), Now: s.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Owner: "x"}
	for i, e := range []core.Event{{From: "+551187654321"}, {UserID: "IT.7"}, {UserID: "IT.8"}} {
		e.Kind, e.Type, e.Text, e.ID, e.At = core.EvMessage, core.TypeText, "ciao", fmt.Sprint("wamid.", i), now
		b, err := json.Marshal([]core.Event{e})
		if err == nil {
			_, err = db.AppendJournal(ctx, ch.ID, b, now)
		}
		if err == nil {
			_, err = reader.Drain(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	work := &inbox.Service{Store: db, Rules: rules, Now: s.Now, NewRef: func() string { return "ref" }}
	if _, err := work.SendTo(ctx, ch.ID, "+393331234567", "bea", core.Content{Type: core.TypeTemplate, Text: "Ciao", Template: &core.TemplateCall{Name: "hello", Language: "it"}}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range must[[]people.Listed](t)(s.Rows(ctx, []int64{1, 2, 3, 4, 5})) {
		names = append(names, fmt.Sprint(r.Name, " ", r.LastIn.IsZero()))
	}
	if want := "[Ana false Bo false Cy true  false]"; fmt.Sprint(names) != want {
		t.Errorf("%v, want %s", names, want)
	}
	if err := db.Check(ctx); err != nil {
		t.Error(err)
	}
}
