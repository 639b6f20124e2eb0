package ingest

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"bottega/core"
)

// What was asked for counts as such, and does not look like a call of the
// provider's: a channel whose callbacks are lost must not seem to be called.
func TestPolledIsNoCallback(t *testing.T) {
	d := newDesk(t)
	d.hear(text("w1", "+393331234567", "Ciao", noon))
	called := d.now
	d.now = d.now.Add(3 * time.Hour)
	b, err := json.Marshal([]core.Event{text("w2", "+393331234567", "Siete aperti?", d.now)})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := d.mem.AppendPolled(context.Background(), d.ch.ID, b, d.now); err != nil {
			t.Fatal(err)
		}
	}
	d.drain()
	if d.message("w2").Text == "" {
		t.Error("what was asked for is not kept")
	}
	if ch, err := d.mem.Channel(context.Background(), d.ch.ID); err != nil || !ch.LastCallbackAt.Equal(called) {
		t.Errorf("last callback %v, want %v (%v)", ch.LastCallbackAt, called, err)
	}
	if c, p := d.mem.Arrived(d.ch.ID); c != 1 || p != 2 {
		t.Errorf("%d called, %d asked for; want 1 and 2", c, p)
	}
}

// A decoder that reads more reads the journal again; the rhythm counts once.
func TestReadAgainCountsOnce(t *testing.T) {
	d := newDesk(t)
	d.hear(text("w1", "+393331234567", "Ciao", noon))
	d.w.Version++
	if n := d.drain(); n != 1 {
		t.Fatalf("%d rows read again", n)
	}
	if c, _ := d.mem.Arrived(d.ch.ID); c != 1 {
		t.Errorf("%d arrivals", c)
	}
}
