package templates

import (
	"testing"

	"pgregory.net/rapid"

	"bottega/ui/kit"
)

func (a areas) all() []kit.Rect {
	return []kit.Rect{a.Bar, a.Filter, a.List, a.Divider, a.Card, a.Strip, a.Fields, a.Rule, a.Phone}
}

// At any size the parts cover the pane, each cell once.
func TestLayoutCoversThePane(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, h := rapid.IntRange(1, 180).Draw(rt, "w"), rapid.IntRange(1, 60).Draw(rt, "h")
		l := look{focus: rapid.SampledFrom([]focus{onList, onCard, onFilter, onEditor}).Draw(rt, "focus"), filter: rapid.Bool().Draw(rt, "filter"), phone: rapid.Bool().Draw(rt, "phone")}
		a := layout(w, h, l)
		cells := 0
		for _, r := range a.all() {
			if r.W > 0 && r.H > 0 && (r.X < 0 || r.Y < 0 || r.X+r.W > w || r.Y+r.H > h) {
				rt.Fatalf("%+v lies outside %d×%d", r, w, h)
			}
			cells += max(0, r.W) * max(0, r.H)
		}
		if cells != w*h {
			rt.Fatalf("%d cells of %d are given: %+v", cells, w*h, a)
		}
		for range 5 {
			x, y := rapid.IntRange(0, w-1).Draw(rt, "x"), rapid.IntRange(0, h-1).Draw(rt, "y")
			n := 0
			for _, r := range a.all() {
				if r.Has(x, y) {
					n++
				}
			}
			if n != 1 {
				rt.Fatalf("cell %d,%d belongs to %d parts: %+v", x, y, n, a)
			}
		}
	})
}

func TestLayoutShapes(t *testing.T) {
	for _, c := range []struct {
		name                            string
		w, h                            int
		l                               look
		list, card, fields, phone, filt bool
	}{
		{"narrow list", 80, 20, look{}, true, false, false, false, false},
		{"narrow card", 80, 20, look{focus: onCard}, false, true, false, false, false},
		{"wide", 100, 20, look{}, true, true, false, false, false},
		{"wide card", 120, 20, look{focus: onCard}, true, true, false, false, false},
		{"filter", 80, 20, look{filter: true}, true, false, false, false, true},
		{"editor", 80, 20, look{focus: onEditor}, false, false, true, true, false},
		{"narrow editor", 60, 20, look{focus: onEditor}, false, false, true, false, false},
		{"narrow phone", 60, 20, look{focus: onEditor, phone: true}, false, false, false, true, false},
		{"nothing", 0, 20, look{}, false, false, false, false, false},
	} {
		a := layout(c.w, c.h, c.l)
		got := [5]bool{a.List.W > 0, a.Card.W > 0, a.Fields.W > 0, a.Phone.W > 0, a.Filter.W > 0}
		if got != [5]bool{c.list, c.card, c.fields, c.phone, c.filt} {
			t.Errorf("%s: list, card, fields, phone, filter %v", c.name, got)
		}
	}
}

// The labels beside the fields leave room for the text.
func TestLabelWidth(t *testing.T) {
	for w := 3; w < 200; w++ {
		if in := (&Pane{}).inputWidth(w); in < 1 || in > w {
			t.Fatalf("%d columns leave %d for the text", w, in)
		}
		if l := labelWidth(w); l > 0 && w-l < 25 {
			t.Fatalf("%d columns leave %d beside the label", w, w-l)
		}
	}
}
