package storage_test

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/core"
	"bottega/storage"
	"bottega/storage/storagetest"
)

// TestSuite runs the suite, checks each file it leaves behind, and then asks
// SQLite how it runs every statement that was met on the way.
func TestSuite(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]bool{}
	storagetest.Run(t, func(t testing.TB, feed *core.Feed, now func() time.Time) storagetest.Store {
		db := storagetest.Open(t, feed, now)
		t.Cleanup(func() {
			if err := db.Check(context.Background()); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, q := range db.Statements() {
				seen[q] = true
			}
		})
		return db
	})
	storagetest.RunCampaigns(t, func(t testing.TB, feed *core.Feed, now func() time.Time) storagetest.CampaignStore {
		db := storagetest.Open(t, feed, now)
		t.Cleanup(func() {
			if err := db.Check(context.Background()); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, q := range db.Statements() {
				seen[q] = true
			}
		})
		return storage.Campaigns{DB: db}
	})
	if len(seen) < 100 {
		t.Fatalf("only %d statements were met", len(seen))
	}
	db := open(t, t.TempDir(), storage.Options{})
	for q := range seen {
		if regexp.MustCompile(`^(PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)`).MatchString(q) {
			continue
		}
		if strings.Contains(q, "LIMIT ?") { // "LIMIT +?" is not looked into, so the statement need not be prepared anew for each call
			t.Errorf("SQLite prepares this again for each limit: %s", q)
		}
		plan, err := db.Explain(q)
		if err != nil {
			t.Errorf("%s\n%v", q, err)
		}
		for step := range strings.Lines(plan) {
			if slow(q, strings.TrimSpace(step)) {
				t.Errorf("%s\n%s", q, plan)
			}
		}
	}
}

// fine are steps that look slow and are not: tables of a handful of rows, the
// virtual tables of search, and subqueries of their own.
var fine = regexp.MustCompile(`^SCAN (campaigns|c|r USING INDEX recipients_behind|conversation_counts|tag_counts|channels|templates|presence|CONSTANT ROW|\d+-ROW VALUES CLAUSE` +
	`|\(subquery-\d+\)|\w+ VIRTUAL TABLE INDEX .*)$`)

// few are statements that sort no more than a handful of rows.
var few = []string{
	"FROM tag_counts", "FROM presence", "FROM receipts", // of one message
	"kind IN ('user_id', 'address')", "WHERE contact_id = ?1", "WHERE c.contact_id = k.id", // of one contact
	"FROM drafts",                             // of one conversation
	"count(DISTINCT v.contact_id)",            // the people a template got to in a day
	"count(DISTINCT c.contact_id)",            // the people a template was sent to in a month
	"FROM templates",                          // some hundred
	"FROM campaigns", "FROM recipient_counts", // some dozen
	"FROM recipients r WHERE r.contact_id IN", "UNION SELECT 'phone'", "i.kind = 'user_id' ORDER BY", // of one person
	"count(DISTINCT e.contact_id)",    // who said stop in a month
	"FROM json_each(?",                // of a page of people
	"AS replied",                      // what was sent of each template in a month, and the templates
	"FROM conversations c CROSS JOIN", // a list that its filter leaves short, see sparseLimit
}

// slow reports whether a step reads a whole table or sorts.
func slow(q, step string) bool {
	switch {
	case strings.HasPrefix(step, "SCAN"):
		counted := strings.Contains(q, "FROM conversation_counts") && strings.Contains(step, "INDEX messages_unsure") // partial and small
		return !fine.MatchString(step) && !counted &&
			!(strings.Contains(q, "LIMIT") && regexp.MustCompile(`USING (COVERING )?INDEX (list|messages|conversations)_`).MatchString(step))
	case strings.HasPrefix(step, "USE TEMP B-TREE"):
		return !slices.ContainsFunc(few, func(f string) bool { return strings.Contains(q, f) })
	}
	return false
}
