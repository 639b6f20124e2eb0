package inbox

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
)

func many(n int) *shop {
	s := newShop(time.Now)
	base := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for i := range n {
		s.convs = append(s.convs, core.Conversation{ID: int64(i + 1), ContactID: int64(i + 1), State: core.Open,
			SortKey: int64(i * 10), LastAt: base.Add(-time.Duration(i) * time.Minute)})
	}
	return s
}

func doLoad(t testing.TB, s *shop, l *window, e edge) {
	t.Helper()
	a, err := load(context.Background(), s, l.query(core.ListQuery{View: core.ViewOpen, Order: core.OrderPriority}, e), e, l.sel, false)
	if err != nil {
		t.Fatal(err)
	}
	l.take(a)
}

func follow(t testing.TB, s *shop, l *window) {
	t.Helper()
	for range 20 {
		e, ok := l.wants()
		if !ok {
			return
		}
		doLoad(t, s, l, e)
	}
	t.Fatal("the list never has enough")
}

func TestWindowWalksTheWholeListAndKeepsLittle(t *testing.T) {
	s, l := many(2500), &window{shown: 20}
	doLoad(t, s, l, fromTop)
	for i := range 2500 {
		if want := int64(i + 1); l.sel != want {
			t.Fatalf("step %d: on %d, want %d", i, l.sel, want)
		}
		l.move(1)
		follow(t, s, l)
		if len(l.rows) > maxRows+pageRows {
			t.Fatalf("%d rows kept", len(l.rows))
		}
	}
	if l.sel != 2500 || !l.atEnd {
		t.Fatalf("ends on %d, at end %v", l.sel, l.atEnd)
	}
	for range 2499 {
		l.move(-1)
		follow(t, s, l)
	}
	if l.sel != 1 || !l.atTop {
		t.Fatalf("back on %d, at top %v", l.sel, l.atTop)
	}
	doLoad(t, s, l, fromEnd)
	if l.sel != 2500 {
		t.Fatalf("end jumps to %d", l.sel)
	}
}

func TestSelectedRowStaysWhenOthersMove(t *testing.T) {
	s, l := many(300), &window{shown: 20}
	doLoad(t, s, l, fromTop)
	l.move(40)
	line := l.cur - l.top
	s.at(200).SortKey = -5 // becomes the most urgent
	doLoad(t, s, l, sameAgain)
	if l.sel != 41 || l.rows[l.cur].ID != 41 {
		t.Fatalf("selection went to %d", l.sel)
	}
	if l.cur-l.top != line {
		t.Fatalf("row moved from line %d to %d", line, l.cur-l.top)
	}
}

func TestSelectedRowThatLeavesStaysUntilTheCursorDoes(t *testing.T) {
	s, l := many(50), &window{shown: 10}
	doLoad(t, s, l, fromTop)
	l.move(5)
	s.at(6).State = core.Done // by another agent
	doLoad(t, s, l, sameAgain)
	if l.sel != 6 || !l.ghost || l.chosen().State != core.Done || len(l.rows) != 50 {
		t.Fatalf("sel %d ghost %v rows %d", l.sel, l.ghost, len(l.rows))
	}
	doLoad(t, s, l, sameAgain)
	if l.sel != 6 || !l.ghost || l.cur != 5 {
		t.Fatal("a second change drove the ghost away")
	}
	l.move(1)
	if l.sel != 7 || len(l.rows) != 49 || l.cur != 5 {
		t.Fatalf("after leaving: on %d at %d of %d", l.sel, l.cur, len(l.rows))
	}
}

// A conversation that is gone altogether leaves the cursor at its place, on
// whoever stands there now; at the end of the list on the last.
func TestSelectedRowThatIsGone(t *testing.T) {
	for _, c := range []struct {
		move int
		want int64
	}{{5, 7}, {49, 49}} {
		s, l := many(50), &window{shown: 10}
		doLoad(t, s, l, fromTop)
		l.move(c.move)
		gone := l.sel
		s.convs = slices.DeleteFunc(s.convs, func(x core.Conversation) bool { return x.ID == gone })
		doLoad(t, s, l, sameAgain)
		if l.sel != c.want || l.ghost || len(l.rows) != 49 {
			t.Errorf("after %d was gone: on %d, ghost %v, %d rows", gone, l.sel, l.ghost, len(l.rows))
		}
	}
}

func TestTopStaysTopWhenSomethingUrgentComes(t *testing.T) {
	s, l := many(50), &window{shown: 10}
	doLoad(t, s, l, fromTop)
	s.convs = append(s.convs, core.Conversation{ID: 900, State: core.Open, SortKey: -1})
	doLoad(t, s, l, sameAgain)
	if l.top != 0 || l.rows[0].ID != 900 || l.sel != 1 {
		t.Fatalf("top %d first %d sel %d", l.top, l.rows[0].ID, l.sel)
	}
}

// Whatever the shop and the reader do in whatever order, the cursor is on the
// row it names, on screen, and rows come once each in the list's order.
func TestWindowInvariants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, l := many(rapid.IntRange(0, 700).Draw(rt, "rows")), &window{shown: rapid.IntRange(1, 30).Draw(rt, "shown")}
		doLoad(t, s, l, fromTop)
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 6).Draw(rt, "step") {
			case 0:
				l.move(rapid.IntRange(-60, 60).Draw(rt, "by"))
			case 1:
				l.scroll(rapid.IntRange(-60, 60).Draw(rt, "by"))
			case 2:
				if len(s.convs) > 0 {
					i := rapid.IntRange(0, len(s.convs)-1).Draw(rt, "which")
					s.convs[i].SortKey = int64(rapid.IntRange(-10, 8000).Draw(rt, "key"))
					s.convs[i].State = rapid.SampledFrom([]core.ConversationState{core.Open, core.Done}).Draw(rt, "state")
				}
				doLoad(t, s, l, sameAgain)
			case 3:
				doLoad(t, s, l, fromEnd)
			case 4:
				doLoad(t, s, l, fromTop)
			case 5:
				doLoad(t, s, l, sameAgain)
			case 6:
				l.shown = rapid.IntRange(1, 30).Draw(rt, "shown")
				l.show()
			}
			follow(t, s, l)
			seen := map[int64]bool{}
			for i, r := range l.rows {
				if seen[r.ID] {
					rt.Fatalf("row %d twice", r.ID)
				}
				seen[r.ID] = true
				if i > 0 && !l.ghost && l.rows[i-1].SortKey > r.SortKey {
					rt.Fatalf("row %d out of order", i)
				}
			}
			if c := l.chosen(); (c == nil) != (l.sel == 0) || (c != nil && c.ID != l.sel) {
				rt.Fatalf("cursor %d names %d", l.cur, l.sel)
			}
			if l.top < 0 || l.cur < l.top || l.cur >= l.top+l.shown {
				rt.Fatalf("cursor %d not on screen %d+%d", l.cur, l.top, l.shown)
			}
		}
	})
}
