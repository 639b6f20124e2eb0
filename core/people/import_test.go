package people_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/people"
	"bottega/storage"
)

// long is a table of n people, some of whom are in shop already.
func long(n int, at func(row int)) people.Table {
	i := 0
	return people.Table{Header: []string{"name", "phone", "tags", "field:pet"}, Next: func() (people.Row, error) {
		if i == n {
			return people.Row{}, io.EOF
		}
		i++
		if at != nil {
			at(i)
		}
		return people.Row{Line: i + 1, Cells: []string{fmt.Sprint("Maria ", i), fmt.Sprintf("+39333%07d", i), "torte", "cane"}}, nil
	}}
}

// everything is what a shop knows of people, as text.
func everything(t fataler, s *people.Service, db *storage.DB) string {
	t.Helper()
	ctx := context.Background()
	fields, err := db.CustomFields(ctx)
	tags, err2 := db.Tags(ctx)
	if err := errors.Join(err, err2, db.Check(ctx)); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(export(t, s), fields, tags)
}

func TestCancelLeavesNothing(t *testing.T) {
	s, db, end := shop(t)
	defer end()
	bring(t, s, people.Import{Table: table([]string{"phone", "tags"}, [][]string{{"+393330000002", "vip"}, {"+393330000700", ""}})})
	before := everything(t, s, db)
	ctx, cancel := context.WithCancel(context.Background())
	back := 0
	_, err := s.Import(ctx, people.Import{Consent: "signed", Table: long(5000, func(row int) {
		if row == 3000 {
			cancel()
		}
	}), Back: func(n int) { back = n }})
	if !errors.Is(err, context.Canceled) || back == 0 {
		t.Errorf("error %v, %d rows taken back", err, back)
	}
	if after := everything(t, s, db); after != before {
		t.Errorf("%s before, %s after", before, after)
	}
	if got := bring(t, s, people.Import{Table: long(3, nil)}); got.New != 2 || got.Updated != 1 {
		t.Errorf("the next one %+v", got)
	}
}

// dying is a store whose process dies after some writes.
type dying struct {
	*storage.DB
	left int
}

var errDead = errors.New("dead")

func (d *dying) Write(ctx context.Context, fn func(core.Tx) error) error {
	if d.left--; d.left < 0 {
		return errDead
	}
	return d.DB.Write(ctx, fn)
}

func (d *dying) RevertImport(ctx context.Context, id int64, until time.Time) error {
	if d.left < 0 {
		return errDead
	}
	return d.DB.RevertImport(ctx, id, until)
}

// A process that dies in the middle of an import, or of taking it back, leaves
// what the next one to open the shop takes back whole.
func TestCrashLeavesNothing(t *testing.T) {
	for writes := range 6 {
		s, db, end := shop(t)
		bring(t, s, people.Import{Table: table([]string{"phone", "tags"}, [][]string{{"+393330000002", "vip"}})})
		before := everything(t, s, db)
		clock := now
		mortal, err := people.New(&dying{db, writes}, assets.Rules(), func() time.Time { return clock })
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		_, err = mortal.Import(ctx, people.Import{Table: long(2000, func(row int) {
			if row == 900 {
				cancel()
			}
		})})
		if err == nil {
			t.Fatal("nobody died")
		}
		other, err := people.New(db, assets.Rules(), func() time.Time { return clock })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := other.Import(context.Background(), people.Import{Table: long(2, nil)}); errors.Is(err, errDead) || err != nil && core.CodeOf(err) != core.AlreadyRunning {
			t.Errorf("while the dead one may live: %v", err)
		} else if err == nil {
			t.Logf("%d writes: all was taken back at once", writes)
			end()
			continue
		}
		clock = clock.Add(time.Minute)
		if err := other.Mend(context.Background(), nil); err != nil {
			t.Fatal(err)
		}
		if after := everything(t, other, db); after != before {
			t.Errorf("%d writes: %s before, %s after", writes, before, after)
		}
		end()
	}
}

// An import that is done can be taken back: whoever was dealt with since stays.
func TestUndoImport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, db, end := shop(t)
		defer end()
		first := bring(t, s, people.Import{Table: table(header, drawRows(t))})
		before := everything(t, s, db)
		second := bring(t, s, people.Import{Table: table(header, drawRows(t)), Tags: []string{"x"}, Consent: "signed"})
		ctx := context.Background()
		if _, err := s.UndoImport(ctx, first.ID, nil); core.CodeOf(err) != core.NotFound {
			t.Fatalf("an older one: %v", err)
		}
		if _, err := s.UndoImport(ctx, second.ID, nil); err != nil {
			t.Fatal(err)
		}
		if after := everything(t, s, db); after != before {
			t.Fatalf("%s before, %s after", before, after)
		}
		if _, err := s.UndoImport(ctx, second.ID, nil); core.CodeOf(err) != core.NotFound {
			t.Fatalf("twice: %v", err)
		}
	})
}

func TestUndoImportKeepsWhatPeopleDid(t *testing.T) {
	s, _, end := shop(t)
	defer end()
	ctx := context.Background()
	bring(t, s, people.Import{Table: table([]string{"name", "phone"}, [][]string{{"Ana", "+393331234567"}})})
	got := bring(t, s, people.Import{Table: table([]string{"name", "phone"}, [][]string{{"Anna", "+393331234567"}, {"Bo", "+393331234568"}, {"Cy", "+393331234569"}, {"Di", "+393331234570"}, {"Ed", "+393331234571"}})})
	if _, err := s.Edit(ctx, 1, "bea", people.Patch{Name: ptr("Annamaria")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Store.Write(ctx, func(tx core.Tx) error {
		return tx.SaveConversation(&core.Conversation{ChannelID: 1, ContactID: 2, State: core.Open})
	}); err == nil {
		t.Fatal("a conversation on no channel")
	}
	ch, err := s.Store.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Sandbox, State: core.Active})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Store.Write(ctx, func(tx core.Tx) error {
		return tx.SaveConversation(&core.Conversation{ChannelID: ch.ID, ContactID: 2, State: core.Open})
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Edit(ctx, 4, "bea", people.Patch{Note: ptr("pays on Fridays")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Merge(ctx, 2, 5, "bea"); err != nil {
		t.Fatal(err)
	}
	told, err := s.UndoImport(ctx, got.ID, nil)
	if want := (people.TakenBack{Removed: 1, Stayed: 2, Partly: 1, Missing: 1}); err != nil || told != want {
		t.Errorf("told %+v, %v, want %+v", told, err, want)
	}
	rows := export(t, s)
	if len(rows) != 3 || rows[0][0] != "Annamaria" || rows[1][0] != "Bo" || rows[2][0] != "Di" {
		t.Errorf("%q", rows)
	}
}

// What an import changed and nobody touched since is told as put back.
func TestUndoImportCountsWhatIsAsBefore(t *testing.T) {
	s, _, end := shop(t)
	defer end()
	bring(t, s, people.Import{Table: table([]string{"name", "phone"}, [][]string{{"Ana", "+393331234567"}})})
	got := bring(t, s, people.Import{Table: table([]string{"name", "phone"}, [][]string{{"Anna", "+393331234567"}, {"Bo", "+393331234568"}}), Tags: []string{"fair"}})
	told, err := s.UndoImport(context.Background(), got.ID, nil)
	if want := (people.TakenBack{Removed: 1, Restored: 1}); err != nil || told != want {
		t.Errorf("told %+v, %v, want %+v", told, err, want)
	}
}

// A bad value of a person costs the value, not the person; it is told.
func TestBadValuesAreLeftOut(t *testing.T) {
	s, _, end := shop(t)
	defer end()
	ctx := context.Background()
	h := []string{"name", "phone", "birthday", "email", "tags", "consent", "language"}
	rows := [][]string{
		{"Ana", "+393331234567", "31/02/1980", "nonemail", "vip, ", "yes", "it"},
		{"Bo", "+393331234568", "1980-02-28", "bo@example.com", "", "perhaps", "it"},
		{"Cy", "3.9E+11", "1980-02-28", "", "", "", ""},
		{"Di", "+393331234567", "soon", "", "", "", ""}, // Ana's number: nothing of it counts
	}
	var each []people.Outcome
	dry := bring(t, s, people.Import{Table: table(h, rows), DryRun: true, Consent: "card at the till"})
	got := bring(t, s, people.Import{Table: table(h, rows), Consent: "card at the till", Each: func(o people.Outcome) { each = append(each, o) }})
	got.ID = 0
	if !reflect.DeepEqual(dry, got) {
		t.Errorf("dry %+v, then %+v", dry, got)
	}
	want := []people.Problem{
		{Row: 2, Column: "birthday", Value: "31/02/1980", Code: "date_invalid", Left: true},
		{Row: 2, Column: "email", Value: "nonemail", Code: "email_invalid", Left: true},
		{Row: 3, Column: "consent", Value: "perhaps", Code: "consent_invalid", Left: true},
		{Row: 4, Column: "phone", Value: "3.9E+11", Code: "phone_mangled"},
	}
	if got.New != 2 || got.Duplicate != 1 || got.Refused != 1 || got.LeftOut != 2 || !reflect.DeepEqual(got.Problems, want) {
		t.Errorf("%+v", got)
	}
	if len(each) != 4 || len(each[0].Left) != 2 || len(each[1].Left) != 1 || len(each[3].Left) != 0 {
		t.Errorf("told %+v", each)
	}
	for expr, n := range map[string]int{"optin": 1, "tag:vip and lang:it and optin": 1, "bo and not optin and not optout": 1} {
		if got, err := s.Count(ctx, expr); err != nil || got != n {
			t.Errorf("%s: %d, %v", expr, got, err)
		}
	}
	p, err := s.Store.Profile(ctx, 1)
	if err != nil || p.Birthday != "" || p.Email != "" {
		t.Errorf("%+v, %v", p, err)
	}
	again := bring(t, s, people.Import{Table: table(h, rows[:2])})
	if again.Same != 2 || again.LeftOut != 2 {
		t.Errorf("a second run %+v", again)
	}
}

// The counter writes while an import is under way.
func TestImportLetsTheCounterWork(t *testing.T) {
	s, db, end := shop(t)
	defer end()
	ctx := context.Background()
	wrote, last := 0, 0
	bring(t, s, people.Import{Table: long(2000, nil), Each: func(o people.Outcome) {
		if o.Row%500 != 0 {
			return
		}
		if err := db.SetSetting(ctx, "x", o.Row); err != nil {
			t.Error(err)
		}
		wrote++
	}, Progress: func(n int) { last = n }})
	if wrote != 4 || last != 2000 {
		t.Errorf("%d writes, %d rows told", wrote, last)
	}
	if err := db.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestUserIDsGoToTheirChannels(t *testing.T) {
	s, db, end := shop(t)
	defer end()
	ctx := context.Background()
	rows := [][]string{{"Ana", "IT.100"}}
	importing := func(channel int64) people.Imported {
		return bring(t, s, people.Import{Table: table([]string{"name", "user_id"}, rows), Channel: channel})
	}
	importing(0)
	channel := func(name, business string) int64 {
		ch, err := db.SaveChannel(ctx, core.Channel{Name: name, Provider: core.Meta, State: core.Active, Account: core.Account{BusinessID: business}})
		if err != nil {
			t.Fatal(err)
		}
		return ch.ID
	}
	a, b := channel("a", "1"), channel("b", "1")
	rows[0][1] = "IT.200"
	importing(0)
	c := channel("c", "2")
	rows[0][1] = "IT.300"
	importing(0)
	rows[0][1] = "IT.400"
	importing(c)
	for id, want := range map[int64][]int64{1: {0}, 2: {a, b}, 3: {0}, 4: {c}} {
		k, err := db.Contact(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, i := range k.Identities {
			got = append(got, i.ChannelID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is known on %v, want %v", k.Identities[0].Value, got, want)
		}
	}
	if _, err := s.Import(ctx, people.Import{Table: table([]string{"user_id"}, nil), Channel: 99}); core.CodeOf(err) != core.NotFound {
		t.Errorf("no such channel: %v", err)
	}
}

// What a row says becomes an outcome that names all that changes.
func TestOutcomes(t *testing.T) {
	s, _, end := shop(t)
	defer end()
	head := []string{"name", "phone", "user_id", "tags", "consent", "field:pet"}
	bring(t, s, people.Import{Table: table(head, [][]string{{"Ana", "+393331234567", "", "", "", ""}, {"Bo", "", "IT.7", "vip", "no", "cane"}})})
	var got []people.Outcome
	bring(t, s, people.Import{DryRun: true, Each: func(o people.Outcome) { got = append(got, o) }, Table: table(head, [][]string{
		{"Anna", "+39 333 123 4567", "IT.9", "vip", "yes", "gatto"}, // 2
		{"", "", "IT.9", "", "", ""},                                // the user id of row 2
		{"Bo", "+393331234568", "IT.7", "VIP", "yes", "Cane"},       // known by user id; said no
		{"", "+393331234568", "", "", "", ""},                       // the number of row 4
		{"Cy", "+5511987654321", "", "", "", ""},
		{"Cy", "+551187654321", "", "", "", ""}, // the same number in another form
		{"", "+393331234560", "IT.9", "", "", ""},
		{"", "12", "", "", "", ""},
		{"Bo", "", "IT.7", "", "", ""},
	})})
	want := []people.Outcome{
		{Row: 2, Fate: people.FateUpdated, Contact: 1, What: []string{"field:pet", "name", "user_id", "tags", "consent"}},
		{Row: 3, Fate: people.FateDuplicate, Duplicate: 2},
		{Row: 4, Fate: people.FateUpdated, Contact: 2, What: []string{"field:pet", "phone"}},
		{Row: 5, Fate: people.FateDuplicate, Duplicate: 4},
		{Row: 6, Fate: people.FateNew},
		{Row: 7, Fate: people.FateDuplicate, Duplicate: 6},
		{Row: 8, Fate: people.FateDuplicate, Duplicate: 2},
		{Row: 9, Fate: people.FateRefused, Problem: people.Problem{Row: 9, Column: "phone", Value: "12", Code: "phone_invalid"}},
		{Row: 10, Fate: people.FateDuplicate, Contact: 2, Duplicate: 4},
	}
	for i := range got {
		got[i].Name, got[i].Phone = "", ""
		if i < len(want) && !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d outcomes", len(got))
	}
}

// BenchmarkImport brings 100,000 people into an empty shop.
func BenchmarkImport(b *testing.B) {
	const rows = 100_000
	for b.Loop() {
		s, _, end := shop(b)
		n := 0
		start := time.Now()
		got, err := s.Import(context.Background(), people.Import{Consent: "signed", Table: people.Table{Header: []string{"name", "phone", "tags"}, Next: func() (people.Row, error) {
			if n == rows {
				return people.Row{}, io.EOF
			}
			n++
			return people.Row{Line: n + 1, Cells: []string{"Maria " + strings.Repeat("x", n%20), fmt.Sprintf("+393%09d", 300_000_000+n), "vip"}}, nil
		}}})
		if err != nil || got.New != rows {
			b.Fatal(got.New, err)
		}
		b.ReportMetric(rows/time.Since(start).Seconds(), "rows/s")
		end()
	}
}
