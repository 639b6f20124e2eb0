package storage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
	"bottega/storage/storagetest"
)

// TestClaimWalksOverWhatIsDue: the time is part of what the index is searched
// by, so that messages planned for later are not looked at, and nothing is sorted.
func TestClaimWalksOverWhatIsDue(t *testing.T) {
	db := open(t, t.TempDir(), storage.Options{})
	plan, err := db.Explain(storage.Claimable)
	if err != nil {
		t.Fatal(err)
	}
	if want := "USING COVERING INDEX outbox_turn (channel_id=? AND priority=? AND not_before<?)"; !strings.Contains(plan, want) {
		t.Errorf("%s\nwant %s", plan, want)
	}
	if strings.Contains(plan, "TEMP B-TREE") {
		t.Errorf("sorts:\n%s", plan)
	}
}

// planned is a shop with n messages that are to leave tomorrow, a third of
// them as replies, and five that may leave now.
func planned(t testing.TB, db *storage.DB, n int) (s *storagetest.Shop, due []int64) {
	t.Helper()
	s = storagetest.NewShop(t, func(testing.TB, *core.Feed, func() time.Time) storagetest.Store { return db })
	c := s.Person("Ana", "+391")
	tomorrow := storagetest.Start.AddDate(0, 0, 1).UnixMilli()
	for _, q := range []string{
		fmt.Sprintf(`INSERT INTO conversations (id, channel_id, contact_id, state, assignee, unread, last_message_id, last_at, last_in_at, last_out_at,
			waiting_since, due_at, courtesy_since, window_closes, free_until, referral_at, snooze_until, sort_key, card)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT 1000 + i, 1000 + i, %d, 'open', '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, x'' FROM n`, n, c.ContactID),
		fmt.Sprintf(`INSERT INTO messages (id, conversation_id, channel_id, direction, type, text, reply_to, media_path, media_wanted, state, author,
			flags, retry_of, retried_by, not_before, attempts, at, sent_at, delivered_at, read_at, edited_at, waited)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT 1000 + i, 1000 + i, %d, 1, 'text', 'x', '', '', 0, 'queued', 'ada', 0, 0, 0, %d, 0, 1, 0, 0, 0, 0, 0 FROM n`, n, c.ChannelID, tomorrow),
		fmt.Sprintf(`INSERT INTO outbox (message_id, channel_id, conversation_id, priority, not_before)
			SELECT id, channel_id, conversation_id, iif(id %% 3 = 0, 0, 9), %d FROM messages WHERE id > 1000`, tomorrow),
	} {
		if err := db.Exec("PRAGMA foreign_keys = OFF"); err != nil { // the planned ones need no people
			t.Fatal(err)
		}
		if err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 5 {
		m := s.Queue(s.Person("Bo", core.Phone(fmt.Sprint("+392", i))), "now", storagetest.Start, core.PriorityReply)
		due = append(due, m.ID)
	}
	return s, due
}

func TestClaimAmongPlanned(t *testing.T) {
	db := storagetest.Open(t, core.NewFeed(), func() time.Time { return storagetest.Start })
	s, due := planned(t, db, 3000)
	for _, want := range [][]int64{due[:3], due[3:], nil} {
		var got []int64
		s.Write(func(tx core.Tx) error {
			jobs, err := tx.Claim(s.Channel.ID, "me", storagetest.Start, time.Minute, 3)
			for _, j := range jobs {
				got = append(got, j.Message.ID)
			}
			return err
		})
		if !slices.Equal(got, want) {
			t.Errorf("claimed %v, want %v", got, want)
		}
	}
}

// BenchmarkClaim claims five due messages, and gives them back, beside none
// and beside 300,000 that are planned for tomorrow: the two should cost the same.
func BenchmarkClaim(b *testing.B) {
	for _, n := range []int{1, 300_000} {
		b.Run(fmt.Sprint(n, " planned"), func(b *testing.B) {
			db := storagetest.Open(b, core.NewFeed(), func() time.Time { return storagetest.Start })
			s, due := planned(b, db, n)
			for b.Loop() {
				s.Write(func(tx core.Tx) error {
					jobs, err := tx.Claim(s.Channel.ID, "me", storagetest.Start, time.Minute, 50)
					if err == nil && len(jobs) != len(due) {
						err = fmt.Errorf("%d claimed", len(jobs))
					}
					for _, j := range jobs {
						if err == nil {
							err = tx.Release(j.Message.ID, false, storagetest.Start)
						}
					}
					return err
				})
			}
		})
	}
}
