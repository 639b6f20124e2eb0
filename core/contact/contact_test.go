package contact_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/contact"
)

func TestReadPhone(t *testing.T) {
	for _, c := range []struct {
		raw, region string
		want        core.Phone
		problem     contact.Problem
	}{
		{"+39 333 123 4567", "", "+393331234567", ""},
		{"333.123.4567", "IT", "+393331234567", ""},
		{"'+393331234567", "IT", "+393331234567", ""},
		{"0039 333 1234567", "", "+393331234567", ""},
		{"tel:+39-333-1234567", "", "+393331234567", ""},
		{"whatsapp:+393331234567", "", "+393331234567", ""},
		{"https://wa.me/393331234567", "IT", "+393331234567", ""},
		{"393331234567.0", "IT", "+393331234567", ""},
		{"８ ９１６ １２３ ４５ ６７", "RU", "+79161234567", ""},
		{"8 (916) 123-45-67", "RU", "+79161234567", ""},
		{"138 0013 8000", "CN", "+8613800138000", ""},
		{"0171 1234567", "DE", "+491711234567", ""},
		{"+55 11 98765-4321", "", "+5511987654321", ""},
		{"+55 11 8765-4321", "", "+551187654321", ""}, // without the ninth digit
		{"+52 1 55 1234 5678", "", "+5215512345678", ""},
		{"+54 9 11 2345-6789", "", "+5491123456789", ""},
		{"06 1234567", "IT", "+39061234567", ""}, // the zero of Italian landlines stays
		{"3.9333E+11", "IT", "", contact.PhoneMangled},
		{"3,9333E+11", "IT", "", contact.PhoneMangled},
		{"333 1234567", "", "", contact.PhoneRegion},
		{"12", "IT", "", contact.PhoneInvalid},
		{"+999 123456", "", "", contact.PhoneInvalid},
		{"call me", "IT", "", contact.PhoneInvalid},
		{"  ", "IT", "", contact.PhoneMissing},
	} {
		got, p := contact.ReadPhone(c.raw, c.region)
		if got != c.want && !slices.Contains(c.want.Forms(), got) || p != c.problem {
			t.Errorf("%q in %q: %s %q, want %s %q", c.raw, c.region, string(got), p, string(c.want), c.problem)
		}
	}
}

func TestReadingAgainChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.StringMatching(`(\+|00|)[1-9][0-9 ()./-]{5,16}`).Draw(t, "raw")
		p, problem := contact.ReadPhone(raw, "IT")
		if problem != "" {
			return
		}
		if again, problem := contact.ReadPhone(string(p), ""); again != p || problem != "" {
			t.Fatalf("%q reads %s, that reads %s %q", raw, string(p), string(again), problem)
		}
		if pretty, problem := contact.ReadPhone(contact.Pretty(p), ""); pretty != p {
			t.Fatalf("%s is written %q and read %s %q", string(p), contact.Pretty(p), string(pretty), problem)
		}
	})
}

func TestPlace(t *testing.T) {
	for p, want := range map[core.Phone][2]string{
		"+393331234567": {"IT", "Europe/Rome"}, "+79161234567": {"RU", "Europe/Moscow"}, "+8613800138000": {"CN", "Asia/Shanghai"},
		"+491711234567": {"DE", "Europe/Berlin"}, "bad": {"", ""},
	} {
		zone, _ := contact.Zone(p)
		if got := [2]string{contact.Country(p), zone}; got != want {
			t.Errorf("%s lies in %v, want %v", string(p), got, want)
		}
	}
	for _, c := range []struct {
		phone      core.Phone
		user, want string
	}{{"+393331234567", "CO.1", "IT"}, {"", "CO.1", "CO"}, {"+999", "CO.1", "CO"}, {"", "user", ""}} {
		if got := contact.CountryOf(c.phone, c.user); got != c.want {
			t.Errorf("%s %s is from %q, want %q", string(c.phone), c.user, got, c.want)
		}
	}
	if c := contact.CountryOfUser("CO.9000000000000000001"); c != "CO" {
		t.Errorf("user of %q", c)
	}
	if c := contact.CountryOfUser("user.abc"); c != "" {
		t.Errorf("user of %q", c)
	}
}

func columns(t testing.TB) contact.Columns {
	t.Helper()
	c, err := contact.LoadColumns(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestGuess(t *testing.T) {
	c := columns(t)
	for header, want := range map[string]string{
		"Nome;Cognome;Cellulare;Etichette":       "name;last_name;phone;tags",
		"ФИО;Телефон;Комментарий":                "name;phone;note",
		"姓名;手机号;标签;生日":                           "name;phone;tags;birthday",
		"Vorname;Nachname;Handynummer;E-Mail":    "first_name;last_name;phone;email",
		"NOMBRE;Teléfono móvil;Idioma":           "name;phone;language",
		"Nome completo;Telemóvel;Observações":    "name;phone;note",
		"Customer_Name;Mobile-Number;Opt-In":     "name;phone;consent",
		"Name;Phone;Phone;field:shoe size;Whims": "name;phone;;field:shoe size;",
	} {
		if got := strings.Join(c.Guess(strings.Split(header, ";"), nil, "IT"), ";"); got != want {
			t.Errorf("%s reads %s, want %s", header, got, want)
		}
	}
}

func TestGuessByContent(t *testing.T) {
	m := columns(t).Guess([]string{"who", "where", "x1"}, [][]string{{"Ana", "Roma", "333 1234567"}, {"Bo", "Bari", "333 7654321"}, {"Ci", "", ""}}, "IT")
	if strings.Join(m, ";") != ";;phone" {
		t.Fatalf("%q", m)
	}
}

func TestApply(t *testing.T) {
	c := columns(t)
	header := []string{"who", "Cellulare", "scarpe"}
	m := c.Guess(header, nil, "IT")
	got, bad := c.Apply(m, header, []string{"WHO=name", "scarpe=field:shoe size"})
	if bad != "" || strings.Join(got, ";") != "name;phone;field:shoe size" {
		t.Errorf("%q, bad %q", got, bad)
	}
	for _, pair := range []string{"nobody=name", "who=nonsense", "who"} {
		if _, bad := c.Apply(m, header, []string{pair}); bad != pair {
			t.Errorf("%q is taken", pair)
		}
	}
	if got, _ := c.Apply(m, header, []string{"Cellulare=-"}); got[1] != "" {
		t.Errorf("%q", got)
	}
}

func TestYesNo(t *testing.T) {
	c := columns(t)
	for cell, want := range map[string][2]bool{"SÌ": {true, true}, "да": {true, true}, "x": {true, true}, "": {false, true}, "Nein": {false, true}, "maybe": {false, false}} {
		yes, ok := c.YesNo(cell)
		if [2]bool{yes, ok} != want {
			t.Errorf("%q reads %v, %v", cell, yes, ok)
		}
	}
}

func FuzzReadPhone(f *testing.F) {
	for _, s := range []string{"+39 333", "3.9E+11", "tel:;ext=5", "'", "00", "\xff+1"} {
		f.Add(s, "IT")
	}
	f.Fuzz(func(t *testing.T, raw, region string) {
		p, problem := contact.ReadPhone(raw, region)
		if (p == "") == (problem == "") {
			t.Fatalf("%q: %q and %q", raw, string(p), problem)
		}
		if p != "" && (p[0] != '+' || strings.Trim(string(p[1:]), "0123456789") != "" || len(p) > 18) {
			t.Fatalf("%q gives %q", raw, string(p))
		}
	})
}

func TestReadNumber(t *testing.T) {
	for raw, want := range map[string]contact.Number{
		"+33612345678":   {Phone: "+33612345678", Country: "FR", Zone: "Europe/Paris"},
		"+393331234567":  {Phone: "+393331234567", Country: "IT"}, // Rome or the Vatican
		"+4915112345678": {Phone: "+4915112345678", Country: "DE"},
	} {
		n, p := contact.ReadNumber(raw, "")
		if zone, sure := contact.Zone(n.Phone); sure {
			want.Zone = zone
		}
		if p != "" || n != want || contact.Country(n.Phone) != want.Country {
			t.Errorf("%s: %+v %s, want %+v", raw, n, p, want)
		}
	}
}

func TestZones(t *testing.T) {
	for phone, want := range map[core.Phone]string{
		"+12025550123": "America/New_York", "+39333123456": "Europe/Rome", "": "", "333123456": "", "+": "", "+abc": "", "+999123456789": "",
	} {
		got := contact.Zones(phone)
		if want == "" && got != nil || want != "" && (len(got) == 0 || got[0] != want) {
			t.Errorf("%q: %v, want %q first", phone, got, want)
		}
	}
	if got := contact.Zones("+18005550123"); len(got) < 20 {
		t.Errorf("a number of all North America has %d zones", len(got))
	}
	for _, phone := range []core.Phone{"+39333123456", "+5511987654321", "+79161234567", "+14155550123"} {
		if first, _ := contact.Zone(phone); contact.Zones(phone)[0] != first {
			t.Errorf("%s: %v, and alone %s", phone, contact.Zones(phone), first)
		}
	}
}
