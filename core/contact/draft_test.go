package contact_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bottega/assets"
	"bottega/core"
	"bottega/core/contact"
	"bottega/core/segment"
)

func reader(t testing.TB, header string) *contact.Reader {
	t.Helper()
	c := columns(t)
	schema := segment.Schema{}.With(segment.Field{Name: "shoe size", Type: segment.Number},
		segment.Field{Name: "size", Type: segment.Choice, Values: []string{"S", "M"}}, segment.Field{Name: "since", Type: segment.Date})
	return &contact.Reader{Columns: c, Mapping: c.Guess(strings.Split(header, ";"), nil, "IT"), Region: "IT", Schema: schema}
}

func TestDraft(t *testing.T) {
	yes := true
	for _, c := range []struct {
		header, row string
		want        contact.Draft
	}{
		{"Nome;Cognome;Cellulare", "Ana;Rossi;333 1234567", contact.Draft{Name: "Ana Rossi", Phone: "+393331234567"}},
		{"Vorname;Nachname;Handy", "Jörg;Groß;+49 171 1234567", contact.Draft{Name: "Jörg Groß", Phone: "+491711234567"}},
		{"姓名;手机", "王小明;+86 138 0013 8000", contact.Draft{Name: "王小明", Phone: "+8613800138000"}},
		{"phone;tags;groups", "333 1234567;VIP, torte ;* myContacts", contact.Draft{Phone: "+393331234567", Tags: []string{"mycontacts", "torte", "vip"}}},
		{"phone;value;language;time zone", "333 1234567;HIGH;pt_br;Europe/Rome",
			contact.Draft{Phone: "+393331234567", Value: core.ValueHigh, Language: "pt-BR", Zone: "Europe/Rome"}},
		{"phone;consent;birthday", "333 1234567;Sì;3.7.1980", contact.Draft{Phone: "+393331234567", Consent: &yes, Birthday: "1980-07-03"}},
		{"phone;field:shoe size;field:size;field:since;field:pet", "333 1234567;38,50;m;45000;cane",
			contact.Draft{Phone: "+393331234567", Custom: map[string]string{"shoe size": "38.5", "size": "M", "since": "2023-03-15", "pet": "cane"}}},
		{"user_id;name", "IT.900;Ugo", contact.Draft{UserID: "IT.900", Name: "Ugo"}},
		{"phone;name", "333 1234567;'=HYPERLINK(1)", contact.Draft{Phone: "+393331234567", Name: "=HYPERLINK(1)"}},
		{"phone;name", "333 1234567", contact.Draft{Phone: "+393331234567"}},
	} {
		got, bad := reader(t, c.header).Draft(strings.Split(c.row, ";"))
		got.Country, got.NumberZone = "", "" // TestReadNumber has them
		if bad != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s / %s: %+v, %v; want %+v", c.header, c.row, got, bad, c.want)
		}
	}
}

// Nobody knows whose a row without a good address is.
func TestBadAddresses(t *testing.T) {
	for _, c := range []struct {
		header, row string
		col         int
		want        contact.Problem
	}{
		{"name;phone", "Ana;3.9333E+11", 1, contact.PhoneMangled},
		{"name;phone", "Ana;393331E11", 1, contact.PhoneMangled},
		{"name;phone", "Ana;", 1, contact.PhoneMissing},
		{"user id;phone;name", "IT.1;12;Ana", 1, contact.PhoneInvalid}, // one good address does not save a broken one
		{"phone;user id", "333 1234567;" + strings.Repeat("u", 300), 1, contact.ValueTooLong},
	} {
		d, bad := reader(t, c.header).Draft(strings.Split(c.row, ";"))
		if bad == nil || bad.Problem != c.want || bad.Column != c.col || !reflect.DeepEqual(d, contact.Draft{}) {
			t.Errorf("%s / %.40s: %+v, want %s", c.header, c.row, bad, c.want)
		}
	}
}

func TestBadValuesAreLeftOut(t *testing.T) {
	for _, c := range []struct {
		header, row string
		col         int
		want        contact.Problem
	}{
		{"phone;birthday", "333 1234567;30.2.1980", 1, contact.DateInvalid},
		{"phone;language", "333 1234567;klingonish!", 1, contact.LanguageBad},
		{"phone;time zone", "333 1234567;Mars/Base", 1, contact.ZoneBad},
		{"phone;time zone", "333 1234567;Local", 1, contact.ZoneBad},
		{"phone;consent", "333 1234567;perhaps", 1, contact.ConsentBad},
		{"phone;value", "333 1234567;enormous", 1, contact.ChoiceBad},
		{"phone;field:shoe size", "333 1234567;big", 1, contact.NumberBad},
		{"phone;field:size", "333 1234567;XXL", 1, contact.ChoiceBad},
		{"phone;name", "333 1234567;" + strings.Repeat("x", 300), 1, contact.ValueTooLong},
		{"phone;tags", "333 1234567;" + strings.Repeat("y", 100), 1, contact.ValueTooLong},
		{"phone;e-mail", "333 1234567;nonemail", 1, contact.EmailBad},
		{"phone;note", "333 1234567;" + strings.Repeat("n", 5000), 1, contact.ValueTooLong},
	} {
		d, bad := reader(t, c.header).Draft(strings.Split(c.row, ";"))
		if bad != nil || len(d.Left) != 1 || d.Left[0].Problem != c.want || d.Left[0].Column != c.col {
			t.Errorf("%s / %.40s: %+v, %+v, want %s", c.header, c.row, d.Left, bad, c.want)
		}
		unclear := c.want == contact.ConsentBad
		if d.Left, d.Country, d.NumberZone = nil, "", ""; !reflect.DeepEqual(d, contact.Draft{Phone: "+393331234567", ConsentUnclear: unclear}) {
			t.Errorf("%s / %.40s: something of it was taken: %+v", c.header, c.row, d)
		}
	}
}

// The good tags of a cell are taken, and what stands in the other columns.
func TestTheRestIsTaken(t *testing.T) {
	d, bad := reader(t, "name;phone;tags;birthday;e-mail").Draft([]string{"Ana", "333 1234567", "vip, " + strings.Repeat("y", 100) + ", torte", "31/02/1980", "a@b.it"})
	if bad != nil || d.Name != "Ana" || d.Email != "a@b.it" || !slices.Equal(d.Tags, []string{"torte", "vip"}) || len(d.Left) != 2 ||
		d.Left[0].Problem != contact.ValueTooLong || d.Left[1] != (contact.Bad{Column: 3, Value: "31/02/1980", Problem: contact.DateInvalid}) {
		t.Errorf("%+v, %+v", d, bad)
	}
}

func TestEmails(t *testing.T) {
	for _, good := range []string{"a@b.it", "maria.rossi+shop@mail.example.com", "o'neil@example.co.uk", "info@caffè.it", "名前@例え.テスト"} {
		if v, p := contact.Value(contact.ColEmail, good); v != good || p != "" {
			t.Errorf("%s: %q, %s", good, v, p)
		}
	}
	for _, bad := range []string{"nonemail", "a@", "@b.it", "a@b", "a@b.i", "a@@b.it", "a b@c.it", "a@.it", "a@b..it", "Ana <a@b.it>", "a@b.it, c@d.it", strings.Repeat("a", 200) + "@b.it"} {
		if v, p := contact.Value(contact.ColEmail, bad); v != "" || p == "" {
			t.Errorf("%s: taken as %q", bad, v)
		}
	}
}

func FuzzDraft(f *testing.F) {
	f.Add("Ana", "333 1234567", "vip;#x", "45000", "sì")
	f.Fuzz(func(t *testing.T, name, phone, tags, since, consent string) {
		r := reader(t, "name;phone;tags;field:since;consent")
		d, bad := r.Draft([]string{name, phone, tags, since, consent})
		if (bad == nil) == (d.Phone == "") {
			t.Fatalf("%+v and %+v", d, bad)
		}
		if s := fmt.Sprint(d.Tags); strings.ContainsAny(s, "\n;|") {
			t.Fatalf("tags %q", s)
		}
	})
}

// S-160: the exports of shops and address books are read without a --map. What
// they say of e-mail or SMS is no consent to this and stays out unless mapped.
func TestExportsOfOthers(t *testing.T) {
	cols, err := contact.LoadColumns(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string][][2]string{
		"Shopify": {{"First Name", contact.ColFirstName}, {"Last Name", contact.ColLastName}, {"Email", contact.ColEmail},
			{"Phone", contact.ColPhone}, {"Tags", contact.ColTags}, {"Note", contact.ColNote}},
		"WooCommerce":     {{"First Name", contact.ColFirstName}, {"Last Name", contact.ColLastName}, {"Billing Phone", contact.ColPhone}, {"Email", contact.ColEmail}},
		"Square":          {{"First Name", contact.ColFirstName}, {"Last Name", contact.ColLastName}, {"Email Address", contact.ColEmail}, {"Phone Number", contact.ColPhone}, {"Birthday", contact.ColBirthday}},
		"Zendesk":         {{"name", contact.ColName}, {"email", contact.ColEmail}, {"phone", contact.ColPhone}, {"tags", contact.ColTags}, {"notes", contact.ColNote}},
		"Google Contacts": {{"First Name", contact.ColFirstName}, {"Last Name", contact.ColLastName}, {"Labels", contact.ColTags}, {"E-mail 1 - Value", contact.ColEmail}, {"Phone 1 - Value", contact.ColPhone}},
	} {
		var header []string
		for _, p := range want {
			header = append(header, p[0])
		}
		got := cols.Guess(header, nil, "")
		for i, p := range want {
			if got[i] != p[1] {
				t.Errorf("%s: %q is %q, want %q", from, p[0], got[i], p[1])
			}
		}
	}
}
