package inbox

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
)

func talkOf(from, n int) []core.Message {
	base := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	var ms []core.Message
	for i := from; i < from+n; i++ {
		m := core.Message{ID: int64(i), At: base.Add(time.Duration(i) * 40 * time.Minute), Direction: core.Direction(i % 2)}
		ms = append(ms, m)
	}
	return ms
}

// tall draws each block with a height of its own, 1 to 4 lines.
func tall(t *thread) func(i int) []string {
	return func(i int) []string {
		it := t.items[i]
		n := 1
		if it.kind == messageItem {
			n = 1 + int(it.id%4)
		}
		return strings.Split(strings.TrimSuffix(strings.Repeat("x\n", n), "\n"), "\n")
	}
}

func TestScrollUpAndDownComesBack(t *testing.T) {
	th := &thread{follow: true, newest: true, h: 10, zone: time.UTC}
	th.merge(talkOf(1, 60), true)
	d := tall(th)
	_, ids := th.lines(d)
	end := ids[len(ids)-1]
	if end != (itemID{messageItem, 60}) {
		t.Fatalf("starts at %v", end)
	}
	for range 25 {
		th.scroll(-1, d)
	}
	if th.follow {
		t.Fatal("still follows the end")
	}
	for range 25 {
		th.scroll(1, d)
	}
	if !th.follow || th.cut != 0 || th.bottom != end {
		t.Fatalf("came back to %v cut %d follow %v", th.bottom, th.cut, th.follow)
	}
}

func TestOlderMessagesDoNotMoveTheScreen(t *testing.T) {
	th := &thread{follow: true, newest: true, h: 10, zone: time.UTC}
	th.merge(talkOf(101, 50), true)
	d := tall(th)
	th.scroll(-1000, d)
	_, before := th.lines(d)
	th.prepend(talkOf(51, 50), true)
	_, after := th.lines(d)
	// The first line may change from a day rule to a message of that day.
	if len(before) != len(after) || before[3] != after[3] || before[9] != after[9] {
		t.Fatalf("moved:\n%v\n%v", before, after)
	}
	if !th.more {
		t.Fatal("forgot that there is more")
	}
}

func TestNewMessagesWaitBelowWhileReading(t *testing.T) {
	th := &thread{follow: true, newest: true, h: 10, zone: time.UTC}
	th.merge(talkOf(1, 40), true)
	d := tall(th)
	th.lines(d)
	th.scroll(-12, d)
	_, before := th.lines(d)
	th.merge(talkOf(1, 43), false)
	_, after := th.lines(d)
	if before[0] != after[0] || before[9] != after[9] {
		t.Fatal("the screen moved")
	}
	if n := th.newBelow(); n != 1 { // 41 to 43, of which 42 is a customer's
		t.Fatalf("%d new below", n)
	}
	th.toEnd()
	if th.newBelow() != 0 {
		t.Fatal("still new at the end")
	}
}

func TestMergeKeepsOlderOnes(t *testing.T) {
	th := &thread{zone: time.UTC}
	th.merge(talkOf(1, 100), false)
	fresh := talkOf(71, 32) // two more than were loaded
	fresh[0].Rev = 9
	th.merge(fresh, true)
	if len(th.msgs) != 102 || th.msgs[70].Rev != 9 || th.msgs[0].ID != 1 || th.msgs[101].ID != 102 {
		t.Fatalf("%d messages, %d..%d", len(th.msgs), th.msgs[0].ID, th.msgs[len(th.msgs)-1].ID)
	}
	th.merge(talkOf(500, 32), true) // so many came that there is a gap
	if len(th.msgs) != 32 || !th.more {
		t.Fatalf("%d messages kept over a gap, more %v", len(th.msgs), th.more)
	}
}

func TestMessageCursor(t *testing.T) {
	th := &thread{follow: true, newest: true, h: 10, zone: time.UTC}
	th.merge(talkOf(1, 20), false)
	if th.step(1) || th.sel != 0 {
		t.Fatal("down from no cursor does nothing")
	}
	th.step(-1)
	th.step(-1)
	if th.sel != 19 {
		t.Fatalf("on %d", th.sel)
	}
	th.step(1)
	th.step(1)
	if th.sel != 0 {
		t.Fatal("past the newest the cursor goes")
	}
}

// However one scrolls, the screen is full when there is enough, its lines are
// consecutive, and a block asked for is on it.
func TestThreadScrollProperties(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 50).Draw(rt, "n")
		th := &thread{follow: true, newest: true, h: rapid.IntRange(1, 25).Draw(rt, "h"), zone: time.UTC}
		th.merge(talkOf(1, n), false)
		d := tall(th)
		total := 0
		for i := range th.items {
			total += len(d(i))
		}
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			switch rapid.IntRange(0, 3).Draw(rt, "step") {
			case 0:
				th.scroll(rapid.IntRange(-40, 40).Draw(rt, "by"), d)
			case 1:
				th.toEnd()
			case 2:
				th.h = rapid.IntRange(1, 25).Draw(rt, "h")
			case 3:
				if n > 0 {
					id := itemID{messageItem, int64(rapid.IntRange(1, n).Draw(rt, "id"))}
					th.reveal(id, d)
					if _, ids := th.lines(d); !has(ids, id) {
						rt.Fatalf("%v not on screen: %v", id, ids)
					}
				}
			}
			ls, ids := th.lines(d)
			if len(ls) != len(ids) || len(ls) > th.h {
				rt.Fatalf("%d lines, %d ids, height %d", len(ls), len(ids), th.h)
			}
			if n > 0 && len(ls) == 0 {
				rt.Fatal("nothing on screen")
			}
			for i := 1; i < len(ids); i++ {
				if a, b := th.index(ids[i-1]), th.index(ids[i]); b != a && b != a+1 {
					rt.Fatalf("blocks %d then %d", a, b)
				}
			}
		}
		th.scroll(-10000, d)
		if ls, ids := th.lines(d); n > 0 && (len(ls) != min(th.h, total) || th.index(ids[0]) != 0) {
			rt.Fatalf("top shows %d of %d lines", len(ls), total)
		}
	})
}

func has(ids []itemID, id itemID) bool {
	for _, i := range ids {
		if i == id {
			return true
		}
	}
	return false
}
