package people_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/people"
)

// S-055 to S-058, S-062, S-063: what others reached stands beside what this
// shop's own groups read.
func TestBenchmarks(t *testing.T) {
	w, end := newWorld(t)
	defer end()
	ctx := context.Background()
	a := w.person(t, core.Contact{Name: "Ana", Value: core.ValueHigh, LastInAt: now.AddDate(0, 0, -1)}, core.Profile{})
	b := w.person(t, core.Contact{Name: "Bo", LastInAt: now.AddDate(0, 0, -100)}, core.Profile{})
	for n, state := range []core.State{core.Read, core.Delivered, core.Read, core.Failed, core.Sent} {
		id := []int64{a, b}[n%2]
		w.write(t, func(tx people.Tx) error {
			c, err := tx.ConversationOf(w.channels[0].ID, id)
			if core.CodeOf(err) == core.NotFound {
				c, err = core.Conversation{ChannelID: w.channels[0].ID, ContactID: id, State: core.Open}, nil
				if err := tx.SaveConversation(&c); err != nil {
					return err
				}
			}
			if err != nil {
				return err
			}
			at := now.Add(-time.Duration(n+1) * time.Hour)
			if c.LastOutAt.Before(at) {
				c.LastOutAt = at
			}
			m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, State: state, Ref: fmt.Sprint("r", n), At: at, Content: core.Content{Type: core.TypeText, Text: "x"}}
			if _, err := tx.InsertMessage(&m); err != nil {
				return err
			}
			return tx.SaveConversation(&c)
		})
	}
	all, err := w.Benchmarks(ctx)
	if err != nil || len(all) != 5 {
		t.Fatalf("%d, %v", len(all), err)
	}
	own := map[string]people.GroupRead{}
	for _, c := range all {
		for _, g := range c.Own {
			own[g.Expr] = g
		}
	}
	for expr, want := range map[string]people.GroupRead{
		"":                         {People: 2, Sent: 3, Read: 2},
		"heat:7d":                  {People: 1, Sent: 2, Read: 2},
		"heat:cold":                {People: 1, Sent: 1, Read: 0},
		"value:high and heat:7d":   {People: 1, Sent: 2, Read: 2},
		"freq:monthly":             {},
		"heat:30d and not heat:7d": {},
	} {
		want.Expr = expr
		if own[expr] != want {
			t.Errorf("%+v, want %+v", own[expr], want)
		}
	}
	if b := all[3].Benchmark; b.By != "heat" || b.Open != 0.72 || b.Conversion != 0.48 || b.Cost != -0.40 {
		t.Errorf("%+v", b)
	}
}

func TestTaxNumbersAreMasked(t *testing.T) {
	s, _ := crowd(t)
	ctx := context.Background()
	f := core.CustomField{Name: "cpf", Type: core.CustomTaxID}
	if err := s.SaveField(ctx, f); err != nil {
		t.Fatal(err)
	}
	got := bring(t, s, people.Import{Table: table([]string{"phone", "field:cpf"}, [][]string{{"+393331234567", "529.982.247-25"}, {"+393331234568", "529.982.247-26"}})})
	if got.Updated != 1 || got.Same != 1 || got.LeftOut != 1 || got.Problems[0].Code != "tax_id_invalid" {
		t.Errorf("%+v", got)
	}
	d := must[people.Detail](t)(s.Detail(ctx, 1))
	if v := d.Profile.Custom["cpf"]; v != "52998224725" || people.Shown(f, v) != "***.982.247-**" {
		t.Errorf("%q shows as %q", v, people.Shown(f, v))
	}
}
