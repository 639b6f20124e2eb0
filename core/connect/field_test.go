package connect

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"bottega/core"
)

func TestCheck(t *testing.T) {
	hex := strings.Repeat("a1", 16)
	for _, tt := range []struct {
		p     core.ProviderName
		field string
		value string
		want  Fault
	}{
		{core.Meta, "name", "shop-1_x", ""}, {core.Meta, "name", "My Shop", NoName}, {core.Meta, "name", strings.Repeat("a", 41), NoName}, {core.Meta, "name", "", ""},
		{core.Meta, "phone_number_id", " 106540352242922 ", ""}, {core.Meta, "phone_number_id", "+39 055", NoDigits}, {core.Meta, "phone_number_id", "", Missing},
		{core.Meta, "token", "EAAGx", ""}, {core.Meta, "token", "abc", OddToken}, {core.Meta, "token", "EAA x", Blanks}, {core.Meta, "token", "EAAtökén", Blanks},
		{core.Meta, "app_secret", hex, ""}, {core.Meta, "app_secret", "a", OddHex}, {core.Meta, "verify_token", "short", OddShort}, {core.Meta, "verify_token", "long enough", Blanks},
		{core.Meta, "public_url", "https://x.example/webhooks/shop", ""}, {core.Meta, "public_url", "http://x.example/", NoAddress}, {core.Meta, "public_url", "http://127.0.0.1:8080/webhooks/shop", ""},
		{core.Meta, "public_url", "https://u:p@x.example/", NoAddress}, {core.Meta, "public_url", "https://%zz", NoAddress}, {core.Meta, "version", "v25.0", ""}, {core.Meta, "version", "25", NoVersion},
		{core.Sandbox, "token", "anything", ""}, {core.Sandbox, "base_url", "", Missing},
		{core.Twilio, "account_sid", "AC" + hex, ""}, {core.Twilio, "account_sid", "SK" + hex, NoAccount}, {core.Twilio, "account_sid", "AC1", NoAccount},
		{core.Twilio, "auth_token", hex, ""}, {core.Twilio, "auth_token", "SK" + hex, OddHex}, {core.Twilio, "from", "whatsapp:+573005550100", ""}, {core.Twilio, "from", "300", NoPhone},
		{core.Twilio, "messaging_service_sid", "MG" + hex, ""}, {core.Twilio, "messaging_service_sid", "x", NoService},
		{core.Bird, "api_key", "bk_eu1_abc", ""}, {core.Bird, "api_key", "AccessKey abc", Blanks}, {core.Bird, "api_key", "live_abc", NoKeyForm}, {core.Bird, "webhook_secret", "whsec_x", ""},
		{core.Zenvia, "from", "5511987654321", ""}, {core.Zenvia, "from", "padaria", NoPhone}, {core.Zenvia, "token", "", Missing},
		{core.Zenvia, "no_such_field", "x", ""},
	} {
		if got := FieldNamed(tt.p, tt.field).Check(tt.value); got != tt.want {
			t.Errorf("%s %s %q: %q, want %q", tt.p, tt.field, tt.value, got, tt.want)
		}
	}
	if Fields("pigeon") != nil {
		t.Error("a provider that nobody knows")
	}
}

func TestRead(t *testing.T) {
	ac := "AC" + strings.Repeat("0", 32)
	for name, tt := range map[string]struct {
		p      core.ProviderName
		in     map[string]string
		number core.Phone
		ids    string
		wrong  []Problem
	}{
		"twilio":            {core.Twilio, map[string]string{"account_sid": ac, "auth_token": strings.Repeat("a", 32), "from": "whatsapp:+573005550100"}, "+573005550100", "+573005550100", nil},
		"twilio by service": {core.Twilio, map[string]string{"account_sid": ac, "auth_token": strings.Repeat("a", 32), "messaging_service_sid": "MG" + strings.Repeat("0", 32)}, "", "", nil},
		"twilio, no sender": {core.Twilio, map[string]string{"account_sid": ac, "auth_token": strings.Repeat("a", 32)}, "", "", []Problem{{"from", Missing}}},
		"bird":              {core.Bird, map[string]string{"api_key": "bk_eu1_x", "from": "+390212345678"}, "+390212345678", "+390212345678", nil},
		"bird by number":    {core.Bird, map[string]string{"api_key": "bk_eu1_x", "number": "+390212345678"}, "+390212345678", "+390212345678", nil},
		"bird, no key":      {core.Bird, map[string]string{"from": "+390212345678"}, "+390212345678", "+390212345678", []Problem{{"api_key", Missing}}},
		"zenvia":            {core.Zenvia, map[string]string{"token": "x", "from": "5511987654321"}, "+5511987654321", "+5511987654321", nil},
		"zenvia, no number": {core.Zenvia, map[string]string{"token": "x", "from": "padaria"}, "", "", []Problem{{"from", NoPhone}}},
		"meta":              {core.Meta, map[string]string{"phone_number_id": "1", "waba_id": "2", "token": "EAA", "app_secret": strings.Repeat("a", 32), "verify_token": "long-enough"}, "", "1", nil},
		"meta with number":  {core.Meta, map[string]string{"phone_number_id": "1", "waba_id": "2", "token": "EAA", "app_secret": strings.Repeat("a", 32), "verify_token": "long-enough", "number": "39 055 5550100"}, "", "1", []Problem{{"number", NoPhone}}},
	} {
		d, ps := Read(tt.p, tt.in)
		if d.Channel.Number != tt.number || d.Channel.Account.PhoneNumberID != tt.ids || !slices.Equal(ps, tt.wrong) {
			t.Errorf("%s: %q %q %v", name, d.Channel.Number, d.Channel.Account.PhoneNumberID, ps)
		}
		needed, _ := Secrets(tt.p)
		if len(tt.wrong) == 0 && len(d.Secrets) != len(needed) {
			t.Errorf("%s: %d secrets", name, len(d.Secrets))
		}
	}
}

// TestSecretsStayOutOfTheChannel: whatever is typed into a secret field stands
// in no part of what goes into the database.
func TestSecretsStayOutOfTheChannel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(Providers()).Draw(t, "provider")
		in := map[string]string{}
		for _, f := range Fields(p) {
			v := rapid.StringMatching(`[a-z0-9]{0,12}`).Draw(t, f.Name)
			if f.Secret && v != "" {
				v = "SECRET" + v
			}
			in[f.Name] = v
		}
		d, ps := Read(p, in)
		if s := fmt.Sprintf("%+v %+v", d.Channel, ps); strings.Contains(s, "SECRET") {
			t.Fatalf("%s", s)
		}
		for _, f := range Fields(p) {
			if _, kept := d.Secrets[f.Name]; kept != (f.Secret && in[f.Name] != "") {
				t.Fatalf("%s: kept %v", f.Name, kept)
			}
		}
	})
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{"", "EAAG", "https://x", "whatsapp:+39333", "AC0", "\x00", "https://[::1", "+", "39\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, v string) {
		for _, p := range Providers() {
			for _, fd := range Fields(p) {
				fault := fd.Check(v)
				if strings.TrimSpace(v) == "" && fault != "" && fault != Missing {
					t.Errorf("%s %s: %q of nothing", p, fd.Name, fault)
				}
			}
			d, ps := Read(p, map[string]string{"from": v, "name": v, "token": v, "public_url": v})
			accepted(t, p, d, ps)
		}
	})
}

// accepted looks what of a draft was taken without a fault: a name is a part of
// a path, a key fits into a header, an address is one that a provider may call.
func accepted(t *testing.T, p core.ProviderName, d Draft, ps []Problem) {
	faulty := func(field string) bool {
		return slices.ContainsFunc(ps, func(x Problem) bool { return x.Field == field && !x.Fault.Odd() })
	}
	if n := d.Channel.Name; !faulty("name") && (n == "" || strings.ContainsAny(n, "/.\\ ") || strings.IndexFunc(n, unicode.IsControl) >= 0) {
		t.Errorf("%s: name %q", p, n)
	}
	for field, v := range d.Secrets {
		if !faulty(field) && strings.IndexFunc(v.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
			t.Errorf("%s: %s %q", p, field, v.Reveal())
		}
	}
	if a := d.Channel.Account.PublicURL; a != "" && !faulty("public_url") {
		if u, err := url.Parse(a); err != nil || u.Host == "" || u.User != nil {
			t.Errorf("%s: address %q", p, a)
		}
	}
	if n := string(d.Channel.Number); n != "" && strings.Trim(n, "0123456789") != "+" {
		t.Errorf("%s: number %q", p, n)
	}
}

func TestSecrets(t *testing.T) {
	if n, o := Secrets(core.Zenvia); !reflect.DeepEqual(n, []string{"token"}) || !reflect.DeepEqual(o, []string{"webhook_secret", "token_secret"}) {
		t.Error(n, o)
	}
}

// TestAbilities: each capability stands in the list once, so that none is kept
// from the shop.
func TestAbilities(t *testing.T) {
	kind := reflect.TypeFor[core.Capabilities]()
	seen := map[string]bool{}
	for i := range kind.NumField() {
		if kind.Field(i).Type.Kind() != reflect.Bool {
			continue
		}
		var c core.Capabilities
		reflect.ValueOf(&c).Elem().Field(i).SetBool(true)
		var can []string
		for _, a := range Abilities(c) {
			if a.Can {
				can = append(can, a.Name)
			}
		}
		if len(can) != 1 || seen[can[0]] {
			t.Errorf("%s is shown as %v", kind.Field(i).Name, can)
			continue
		}
		seen[can[0]] = true
	}
	if got := Abilities(core.Capabilities{}); len(got) != len(seen) {
		t.Errorf("%d capabilities, %d shown", len(seen), len(got))
	}
}
