package ingest

import (
	"testing"
	"time"

	"bottega/core"
)

// TestUpgradeReads: what an older decoder could not read gets its content.
func TestUpgradeReads(t *testing.T) {
	d := newDesk(t)
	e := text("w1", "+39333", "", noon)
	e.Type = core.TypeUnsupported
	d.hear(e)
	d.hear(text("w1", "+39333", "now readable", noon))
	if m := d.message("w1"); m.Type != core.TypeText || m.Text != "now readable" {
		t.Errorf("%+v", m)
	}
	d.hear(text("w1", "+39333", "something else", noon))
	if m := d.message("w1"); m.Text != "now readable" {
		t.Errorf("%+v", m)
	}
}

// TestUpgradeOpensWindowAndClock: a message that an older decoder could not
// read counts as of its own time once it can be read, unless somebody has
// answered or closed the conversation since.
func TestUpgradeOpensWindowAndClock(t *testing.T) {
	strange := func(id string, at time.Time) core.Event {
		e := text(id, "+39333", "", at)
		e.Type = core.TypeUnsupported
		return e
	}
	answered := noon.Add(10 * time.Minute)
	for _, c := range []struct {
		name  string
		first []core.Event
		words string
		done  bool
		want  time.Time // of the clock
	}{
		{"nobody has answered", nil, "Quanto costa?", false, noon},
		{"another waits since before", []core.Event{text("w0", "+39333", "Ci siete?", noon.Add(-time.Minute))}, "Quanto costa?", false, noon.Add(-time.Minute)},
		{"another waits since later", []core.Event{text("w2", "+39333", "Ci siete?", noon.Add(time.Minute))}, "Quanto costa?", false, noon},
		{"answered since", []core.Event{{Kind: core.EvEcho, ID: "e1", To: "+39333", Type: core.TypeText, Text: "ecco", At: answered}}, "Quanto costa?", false, time.Time{}},
		{"answered before", []core.Event{{Kind: core.EvEcho, ID: "e1", To: "+39333", Type: core.TypeText, Text: "ecco", At: noon.Add(-time.Minute)}}, "Quanto costa?", false, noon},
		{"thanks for an answer", []core.Event{{Kind: core.EvEcho, ID: "e1", To: "+39333", Type: core.TypeText, Text: "ecco", At: noon.Add(-time.Minute)}}, "grazie", false, time.Time{}},
		{"closed since", nil, "Quanto costa?", true, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.hear(strange("w1", noon))
			d.hear(c.first...)
			if c.done {
				_, conv := d.only()
				conv.State = core.Done
				if err := d.mem.Write(t.Context(), func(tx core.Tx) error { return tx.SaveConversation(&conv) }); err != nil {
					t.Fatal(err)
				}
			}
			d.now = noon.Add(3 * time.Hour) // the upgrade
			d.hear(text("w1", "+39333", c.words, noon))
			contact, conv := d.only()
			if !conv.WaitingSince.Equal(c.want) || conv.WaitingSince.IsZero() != conv.DueAt.IsZero() {
				t.Errorf("waits since %v, due %v, want %v", conv.WaitingSince, conv.DueAt, c.want)
			}
			if min := noon.Add(24 * time.Hour); conv.WindowCloses.Before(min) || conv.LastInAt.Before(noon) || contact.LastInAt.Before(noon) {
				t.Errorf("window closes %v, last in %v and %v", conv.WindowCloses, conv.LastInAt, contact.LastInAt)
			}
			if conv.LastMessageID == d.message("w1").ID && conv.Last.Text != c.words {
				t.Errorf("the list shows %q", conv.Last.Text)
			}
			if c.done != (conv.State == core.Done) {
				t.Errorf("state %s", conv.State)
			}
		})
	}
}
