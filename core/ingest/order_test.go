package ingest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/storage/storagetest"
)

// TestAnyOrderSameEnd: callbacks come twice and in any order, in batches of
// any size; the shop ends up the same.
func TestAnyOrderSameEnd(t *testing.T) {
	start := storagetest.Start
	events := []string{
		text(ana, "wamid.1", "Avete la farina?", start.Add(1*time.Second)),
		text(ana, "wamid.2", "E il lievito?", start.Add(2*time.Second)),
		text("393337654321", "wamid.3", "Buongiorno", start.Add(3*time.Second)),
		special(ana, "wamid.e", `"type":"edit","edit":{"original_message_id":"wamid.2","message":{"type":"text","text":{"body":"E il burro?"}}}`, start.Add(4*time.Second)),
		special(ana, "wamid.r", `"type":"reaction","reaction":{"message_id":"wamid.out","emoji":"👍"}`, start.Add(5*time.Second)),
		status("wamid.out", "sent", "", start.Add(6*time.Second)),
		status("wamid.out", "delivered", "", start.Add(7*time.Second)),
		status("wamid.out", "read", "", start.Add(8*time.Second)),
		special("393337654321", "wamid.v", `"type":"revoke","revoke":{"original_message_id":"wamid.3"}`, start.Add(9*time.Second)),
	}
	run := func(tb testing.TB, bodies [][]string) string {
		d := open(tb)
		d.sent(d.Person("Ana", core.Phone("+"+ana)), "wamid.out", "ref", core.Accepted)
		for _, b := range bodies {
			d.post(b...)
		}
		return d.summary()
	}
	var all [][]string
	for _, e := range events {
		all = append(all, []string{e})
	}
	want := run(t, all)
	orders := rapid.Custom(func(rt *rapid.T) [][]string {
		var bodies [][]string
		for _, e := range rapid.Permutation(append(slices.Clone(events), rapid.SliceOf(rapid.SampledFrom(events)).Draw(rt, "twice")...)).Draw(rt, "order") {
			if len(bodies) == 0 || rapid.Bool().Draw(rt, "alone") {
				bodies = append(bodies, nil)
			}
			bodies[len(bodies)-1] = append(bodies[len(bodies)-1], e)
		}
		return bodies
	})
	for seed := range 25 { // each on a store of its own, which is what takes time
		bodies := orders.Example(seed)
		if got := run(t, bodies); got != want {
			t.Fatalf("order %q\ngot\n%s\nwant\n%s", bodies, got, want)
		}
	}
}

// summary tells what a shop would see.
func (d *desk) summary() string {
	var lines []string
	for _, c := range d.conversations() {
		head := fmt.Sprintf("%s %s unread %d window %s waits %s", c.Contact.Phone, c.State, c.Unread, c.WindowCloses.UTC(), c.WaitingSince.UTC())
		var ms []string
		for _, m := range d.messages(c.ID) {
			ms = append(ms, fmt.Sprintf("  %s %s %q %s edited %v revoked %v %v", m.ProviderID, m.Direction, m.Text, m.State, !m.EditedAt.IsZero(), m.Revoked, m.Reactions))
		}
		slices.Sort(ms)
		lines = append(lines, head+"\n"+strings.Join(ms, "\n"))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
