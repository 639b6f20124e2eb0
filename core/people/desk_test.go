package people_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
	"bottega/core/people"
	"bottega/core/segment"
	"bottega/storage"
)

// crowd brings in three people: Ana (1), Bo (2), and one without a name (3).
func crowd(t *testing.T) (*people.Service, *storage.DB) {
	t.Helper()
	s, db, end := shop(t)
	t.Cleanup(end)
	bring(t, s, people.Import{Table: table([]string{"name", "phone", "tags"}, [][]string{
		{"Ana", "+393331234567", "vip"}, {"Bo", "+393331234568", ""}, {"", "+393331234569", "vip,new"},
	})})
	return s, db
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestListAndRows(t *testing.T) {
	s, db := crowd(t)
	ctx := context.Background()
	for _, c := range []struct {
		expr string
		by   people.Sort
		desc bool
		want []int64
	}{
		{"", people.ByName, false, []int64{1, 2, 3}},
		{"", people.ByName, true, []int64{2, 1, 3}}, // the nameless stay last
		{"", people.ByPhone, true, []int64{3, 2, 1}},
		{"", people.BySeen, true, []int64{1, 2, 3}},
		{"tag:vip", "", false, []int64{1, 3}},
		{"tag:none", people.BySpend, false, []int64{}},
	} {
		got := must[[]int64](t)(s.List(ctx, c.expr, c.by, c.desc))
		if !slices.Equal(got, c.want) || got == nil {
			t.Errorf("%q by %s %v: %v, want %v", c.expr, c.by, c.desc, got, c.want)
		}
	}
	if _, err := s.List(ctx, "tga:vip", people.ByName, false); err == nil {
		t.Error("a wrong expression lists people")
	}
	rows := must[[]people.Listed](t)(s.Rows(ctx, []int64{3, 99, 1}))
	if len(rows) != 2 || rows[0].ID != 3 || rows[1].Name != "Ana" || rows[1].Country != "IT" || !slices.Equal(rows[0].Tags, []string{"new", "vip"}) {
		t.Errorf("rows %+v", rows)
	}
	if err := s.ColourTag(ctx, "vip", "accent"); err != nil {
		t.Fatal(err)
	}
	tags := must[[]people.Tag](t)(s.Tags(ctx))
	if len(tags) != 2 || tags[0].Tag != "vip" || tags[0].Count != 2 || tags[0].Colour != "accent" || tags[1].Colour != "" {
		t.Errorf("tags %+v", tags)
	}
	if err := db.Check(ctx); err != nil {
		t.Error(err)
	}
}

func TestEditAndUndo(t *testing.T) {
	s, db := crowd(t)
	ctx := context.Background()
	if err := s.SaveField(ctx, core.CustomField{Name: " Size ", Type: core.CustomNumber}); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]core.CustomField{"built-in": {Name: "tag", Type: core.CustomText}, "no type": {Name: "x"}, "no values": {Name: "x", Type: core.CustomChoice}, "no name": {Type: core.CustomText}} {
		if err := s.SaveField(ctx, f); core.CodeOf(err) != core.InvalidInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	name, lang, tier := " Anna ", "pt_BR", core.ValueHigh
	undo, err := s.Edit(ctx, 1, "bea", people.Patch{Name: &name, Language: &lang, Value: &tier, Custom: map[string]string{"size": "38,50"}})
	if err != nil {
		t.Fatal(err)
	}
	d := must[people.Detail](t)(s.Detail(ctx, 1))
	if d.Contact.Name != "Anna" || d.Contact.Language != "pt-BR" || d.Contact.Value != tier || d.Profile.Custom["size"] != "38.5" || d.Heat != segment.HeatNever || d.Currency != "EUR" {
		t.Errorf("%+v", d)
	}
	if again, err := s.Edit(ctx, 1, "bea", people.Patch{Name: &name}); err != nil || again != nil {
		t.Errorf("the same again: %v", err)
	}
	for field, p := range map[string]people.Patch{contact.ColLanguage: {Language: ptr("klingonese")}, contact.ColZone: {TimeZone: ptr("Mars")}, contact.ColBirthday: {Birthday: ptr("soon")},
		contact.ColValue: {Value: (*core.ValueTier)(ptr("gold"))}, "field:size": {Custom: map[string]string{"size": "big"}}, "field:shoe": {Custom: map[string]string{"shoe": "1"}}} {
		var bad *people.BadValue
		if _, err := s.Edit(ctx, 1, "bea", p); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := undo(ctx); err != nil {
		t.Fatal(err)
	}
	if d := must[people.Detail](t)(s.Detail(ctx, 1)); d.Contact.Name != "Ana" || d.Contact.Value != "" || len(d.Profile.Custom) != 0 {
		t.Errorf("undone: %+v", d)
	}
	if err := undo(ctx); core.CodeOf(err) != core.Conflict {
		t.Errorf("a second undo: %v", err)
	}
	if _, err := s.Detail(ctx, 99); core.CodeOf(err) != core.NotFound {
		t.Errorf("nobody: %v", err)
	}
	if err := db.Check(ctx); err != nil {
		t.Error(err)
	}
}

func ptr(s string) *string { return &s }

func TestTagMany(t *testing.T) {
	s, _ := crowd(t)
	ctx := context.Background()
	told := 0
	n, undo, err := s.TagMany(ctx, []int64{1, 2, 3, 99}, "bea", "#VIP ", true, func(n int) { told = n })
	if err != nil || n != 1 || told != 4 {
		t.Fatalf("%d changed, %d told, %v", n, told, err)
	}
	count := func() int { return must[int](t)(s.Count(ctx, "tag:vip")) }
	if count() != 3 {
		t.Errorf("%d are vip", count())
	}
	if err := undo(ctx); err != nil || count() != 2 {
		t.Errorf("undone: %d, %v", count(), err)
	}
	if _, _, err := s.TagMany(ctx, []int64{1}, "bea", "a,b", true, nil); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("no tag: %v", err)
	}
	ev := must[[]people.Event](t)(s.Timeline(ctx, 2, time.Time{}, 10))
	if len(ev) != 2 || ev[0].Activity == nil || ev[0].Activity.Kind != core.ActUntagged || ev[1].Activity.Kind != core.ActTagged {
		t.Errorf("timeline %+v", ev)
	}
}

func TestRecordConsent(t *testing.T) {
	s, _ := crowd(t)
	ctx := context.Background()
	in := consent.Entry{Kind: consent.OptIn, Scope: consent.Marketing, Words: "signed at the counter", Agent: "bea"}
	got, undo, err := s.Record(ctx, []int64{1, 2}, in, nil)
	if err != nil || got.Done != 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, again, err := s.Record(ctx, []int64{1, 2}, in, nil); err != nil || got.Same != 2 || again != nil {
		t.Errorf("again %+v, %v", got, err)
	}
	if n := must[int](t)(s.Count(ctx, "optin")); n != 2 {
		t.Errorf("%d opted in", n)
	}
	out := in
	out.Kind = consent.OptOut
	if got, _, err := s.Record(ctx, []int64{2}, out, nil); err != nil || got.Done != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, _, err := s.Record(ctx, []int64{2, 3}, in, nil); err != nil || got.Skipped != 1 || got.Done != 1 {
		t.Errorf("in passing %+v, %v", got, err)
	}
	silent := in
	silent.Words = ""
	if got, _, err := s.Record(ctx, []int64{2}, silent, nil); err != nil || got.Skipped != 1 {
		t.Errorf("without words %+v, %v", got, err)
	}
	if got, _, err := s.Record(ctx, []int64{2}, in, nil); err != nil || got.Done != 1 {
		t.Errorf("with words %+v, %v", got, err)
	}
	if err := undo(ctx); err != nil {
		t.Fatal(err)
	}
	d := must[people.Detail](t)(s.Detail(ctx, 1))
	if d.Standing.Marketing.Reason != consent.NeverAgreed || len(d.Ledger) != 2 {
		t.Errorf("undone %+v", d.Ledger)
	}
	if err := s.Mistake(ctx, 1, d.Ledger[0].ID, "bea"); core.CodeOf(err) != core.Conflict {
		t.Errorf("a mistake twice: %v", err)
	}
	if _, _, err := s.Record(ctx, []int64{1}, consent.Entry{Kind: consent.OptIn, Scope: consent.Marketing}, nil); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("without an agent: %v", err)
	}
}

// S-230 and S-064: quiet people move to the low-frequency group by themselves,
// and stay out of it when an agent says so.
func TestHeatAndTheLowFrequencyGroup(t *testing.T) {
	s, db := crowd(t)
	ctx := context.Background()
	for _, c := range []struct {
		days int
		heat string
		low  bool
	}{{-1, segment.HeatNever, false}, {1, segment.Heat7d, false}, {8, segment.Heat30d, false}, {31, segment.HeatQuiet, true}, {91, segment.HeatCold, true}} {
		err := db.Write(ctx, func(tx core.Tx) error {
			k, err := tx.Contact(1)
			if err != nil {
				return err
			}
			if c.days >= 0 {
				k.LastInAt = now.AddDate(0, 0, -c.days)
			}
			return tx.SaveContact(&k)
		})
		if err != nil {
			t.Fatal(err)
		}
		d := must[people.Detail](t)(s.Detail(ctx, 1))
		low := must[int](t)(s.Count(ctx, "lowfreq"))
		if d.Heat != c.heat || d.LowFreq != c.low || (low == 1) != c.low {
			t.Errorf("%d days: %s %v, %d in the group", c.days, d.Heat, d.LowFreq, low)
		}
	}
	if n, err := s.KeepMany(ctx, []int64{1, 99}, true, nil); n != 1 || err != nil {
		t.Errorf("%d kept, %v", n, err)
	}
	d := must[people.Detail](t)(s.Detail(ctx, 1))
	if n := must[int](t)(s.Count(ctx, "lowfreq")); n != 0 || d.LowFreq || d.Heat != segment.HeatCold {
		t.Errorf("kept: %d in the group, %+v", n, d.Facts)
	}
	if n, err := s.KeepMany(ctx, []int64{1}, true, nil); n != 0 || err != nil {
		t.Errorf("again %d, %v", n, err)
	}
}
