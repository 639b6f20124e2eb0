package inbox

import (
	"testing"

	"pgregory.net/rapid"

	"bottega/ui/kit"
)

func TestColumnsByWidth(t *testing.T) {
	for _, c := range []struct {
		w                int
		focus            focus
		list, chat, card bool
	}{
		{40, onList, true, false, false}, {40, onChat, false, true, false}, {99, onComposer, false, true, false},
		{100, onList, true, true, false}, {149, onChat, true, true, false}, {150, onList, true, true, true}, {300, onComposer, true, true, true},
	} {
		a := layout(c.w, 30, look{composer: 2, focus: c.focus})
		if got := [3]bool{a.List.W > 0, a.Chat.W > 0, a.Card.W > 0}; got != [3]bool{c.list, c.chat, c.card} {
			t.Errorf("%d columns, focus %d: list, chat, card %v", c.w, c.focus, got)
		}
	}
}

// Every cell belongs to exactly one part, at any size and wherever the divider
// was dragged to.
func TestPartsCoverThePane(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, h := rapid.IntRange(1, 220).Draw(rt, "w"), rapid.IntRange(1, 70).Draw(rt, "h")
		l := look{split: rapid.IntRange(0, 300).Draw(rt, "split"), composer: rapid.IntRange(0, 9).Draw(rt, "composer"), focus: focus(rapid.IntRange(0, 2).Draw(rt, "focus"))}
		a := layout(w, h, l)
		parts := []kit.Rect{a.Filter, a.List, a.Divider, a.Head, a.Chat, a.Composer, a.CardDivider, a.Card}
		for y := range h {
			for x := range w {
				n := 0
				for _, r := range parts {
					if r.Has(x, y) {
						n++
					}
				}
				if n != 1 {
					rt.Fatalf("cell %d,%d of %d×%d is in %d parts: %+v", x, y, w, h, n, a)
				}
			}
		}
	})
}
