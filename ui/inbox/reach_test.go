package inbox

import (
	"context"
	"testing"

	"bottega/core"
)

// A message that a search found far back is reached in growing steps; beyond
// what is worth reading the chat begins at it, and the newer ones are left out.
func TestReach(t *testing.T) {
	s := newShop(nil)
	s.convs = []core.Conversation{{ID: 1, ContactID: 1, State: core.Open}}
	s.msgs[1] = talkOf(1, 2*maxJump)
	last := int64(2 * maxJump)
	for _, c := range []struct {
		name      string
		jump      int64
		far, more bool
		atMost    int // reads of messages
	}{
		{"among the newest", last - 3, false, true, 1},
		{"a little back", last - 500, false, true, 6},
		{"no jump", 0, false, true, 1},
		{"too far", 40, true, true, 12},
		{"the very first", 1, true, false, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.calls["Messages"] = 0
			got, err := readTalk(context.Background(), s, 1, c.jump, firstMessages)
			if err != nil {
				t.Fatal(err)
			}
			if got.far != c.far || got.more != c.more || s.calls["Messages"] > c.atMost {
				t.Errorf("far %v, more %v, %d reads", got.far, got.more, s.calls["Messages"])
			}
			if c.jump != 0 && !hasMessage(got.msgs, c.jump) {
				t.Errorf("%d is not among %d messages", c.jump, len(got.msgs))
			}
			end := last
			if c.far {
				end = c.jump
			}
			if n := len(got.msgs); got.msgs[n-1].ID != end {
				t.Errorf("ends with %d, want %d", got.msgs[n-1].ID, end)
			}
			for i := 1; i < len(got.msgs); i++ {
				if got.msgs[i].ID != got.msgs[i-1].ID+1 {
					t.Fatalf("%d follows %d", got.msgs[i].ID, got.msgs[i-1].ID)
				}
			}
		})
	}
}

func TestReadTalkFails(t *testing.T) {
	for _, call := range []string{"Conversation", "Messages", "Activities"} {
		s := newShop(nil)
		s.convs = []core.Conversation{{ID: 1, ContactID: 1, State: core.Open}}
		s.msgs[1] = talkOf(1, 40)
		s.fail[call] = core.Fail(core.Busy, "test", nil)
		if _, err := readTalk(context.Background(), s, 1, 0, firstMessages); core.CodeOf(err) != core.Busy {
			t.Errorf("%s failed: %v", call, err)
		}
	}
}
