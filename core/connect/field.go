package connect

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/contact"
)

// Fault is what is wrong with the form of a value. "" means nothing.
type Fault string

// What may be wrong. Odd faults are remarks: the value is unusual and may be
// right, so only the provider can tell.
const (
	Missing   Fault = "missing"
	NoName    Fault = "name"      // not small letters, digits, "-" and "_"
	NoDigits  Fault = "digits"    // an id of Meta's is digits
	NoAccount Fault = "account"   // AC and 32 hexadecimal digits
	NoService Fault = "service"   // MG and 32 hexadecimal digits
	NoPhone   Fault = "phone"     // no number in international form
	NoAddress Fault = "address"   // not https://…
	NoKeyForm Fault = "key"       // Bird: bk_region_…
	Blanks    Fault = "blanks"    // a key has no blanks inside
	NoVersion Fault = "version"   // not v25.0
	OddToken  Fault = "odd-token" // Meta's begin with EAA
	OddHex    Fault = "odd-hex"   // 32 hexadecimal digits are usual
	OddShort  Fault = "odd-short" // easily guessed
)

// Odd reports whether a fault is only a remark.
func (f Fault) Odd() bool { return strings.HasPrefix(string(f), "odd-") }

// Field is one thing that a provider's account is made of.
type Field struct {
	Name   string // as in the JSON of `connect --from-stdin`
	Secret bool   // goes into the keyring, and is masked
	Needed bool
	Rare   bool // most shops leave it alone
	form   func(string) Fault
}

// Check says what is wrong with a value, blanks round it set aside.
func (f Field) Check(value string) Fault {
	v := strings.TrimSpace(value)
	switch {
	case v == "" && f.Needed:
		return Missing
	case v == "":
		return ""
	case f.Secret && strings.ContainsFunc(v, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Blanks
	case f.form != nil:
		return f.form(v)
	}
	return ""
}

var (
	nameForm    = regexp.MustCompile(`^[a-z0-9_-]{1,40}$`)
	digitsForm  = regexp.MustCompile(`^[0-9]{1,32}$`)
	sidForm     = regexp.MustCompile(`^[A-Z]{2}[0-9a-fA-F]{32}$`)
	hexForm     = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)
	birdForm    = regexp.MustCompile(`^bk_[a-z]{2}[0-9]+_.+$`)
	versionForm = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)
)

func form(re *regexp.Regexp, fault Fault) func(string) Fault {
	return func(v string) Fault {
		if re.MatchString(v) {
			return ""
		}
		return fault
	}
}

func sid(kind string, fault Fault) func(string) Fault {
	return func(v string) Fault {
		if strings.HasPrefix(v, kind) && sidForm.MatchString(v) {
			return ""
		}
		return fault
	}
}

func begins(with string, fault Fault) func(string) Fault {
	return func(v string) Fault {
		if strings.HasPrefix(v, with) {
			return ""
		}
		return fault
	}
}

// minGuess is the length below which a secret of one's own is easily guessed.
const minGuess = 8

func long(v string) Fault {
	if len(v) < minGuess {
		return OddShort
	}
	return ""
}

func phone(v string) Fault {
	if _, ok := number(v); !ok {
		return NoPhone
	}
	return ""
}

// number reads a sender as each provider writes it: "+57…", "whatsapp:+57…",
// "57…".
func number(v string) (core.Phone, bool) {
	n := strings.TrimPrefix(strings.TrimSpace(v), "whatsapp:")
	if strings.Trim(n, "0123456789") == "" {
		n = "+" + n
	}
	p, wrong := contact.ReadPhone(n, "")
	return p, wrong == "" && p != ""
}

// address wants https, or http on this machine, where a test or proxy listens.
func address(v string) Fault {
	u, err := url.Parse(v)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return NoAddress
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return ""
	}
	return NoAddress
}

// Fields of a provider in the order in which they are asked for; nil for one
// that nobody knows.
func Fields(p core.ProviderName) []Field {
	name := Field{Name: "name", form: form(nameForm, NoName)}
	from := Field{Name: "from", Needed: true, form: phone}
	public := Field{Name: "public_url", form: address}
	base := Field{Name: "base_url", Rare: true, form: address}
	sms := Field{Name: "sms_from", Rare: true}
	switch p {
	case core.Meta, core.Sandbox:
		base.Needed, base.Rare = p == core.Sandbox, p != core.Sandbox
		token, secret := Field{Name: "token", Secret: true, Needed: true}, Field{Name: "app_secret", Secret: true, Needed: true}
		if p == core.Meta {
			token.form, secret.form = begins("EAA", OddToken), form(hexForm, OddHex)
		}
		return []Field{name,
			{Name: "phone_number_id", Needed: true, form: form(digitsForm, NoDigits)},
			{Name: "waba_id", Needed: true, form: form(digitsForm, NoDigits)},
			token, secret,
			{Name: "verify_token", Secret: true, Needed: true, form: long},
			public, {Name: "number", Rare: true, form: phone}, base, {Name: "version", Rare: true, form: form(versionForm, NoVersion)}}
	case core.Twilio:
		from.Needed = false // a messaging service stands for it
		return []Field{name,
			{Name: "account_sid", Needed: true, form: sid("AC", NoAccount)},
			{Name: "auth_token", Secret: true, Needed: true, form: form(hexForm, OddHex)},
			from, public, {Name: "messaging_service_sid", Rare: true, form: sid("MG", NoService)}, sms, base}
	case core.Bird:
		return []Field{name, {Name: "api_key", Secret: true, Needed: true, form: form(birdForm, NoKeyForm)}, from, public,
			{Name: "webhook_secret", Secret: true, Rare: true, form: begins("whsec_", OddToken)}, sms, base}
	case core.Zenvia:
		return []Field{name, {Name: "token", Secret: true, Needed: true}, from, public,
			{Name: "webhook_secret", Secret: true, Rare: true, form: long}, {Name: "token_secret", Secret: true, Rare: true}, sms, base}
	}
	return nil
}

// FieldNamed is one of a provider's fields; the zero Field, which takes
// anything, for one that it does not have.
func FieldNamed(p core.ProviderName, name string) Field {
	fs := Fields(p)
	if i := slices.IndexFunc(fs, func(f Field) bool { return f.Name == name }); i >= 0 {
		return fs[i]
	}
	return Field{}
}

// Ability is one thing that a provider can or cannot do.
type Ability struct {
	Name string // stays the same in every language
	Can  bool
}

// Abilities are a provider's capabilities by name, in the order in which they
// are shown.
func Abilities(c core.Capabilities) []Ability {
	return []Ability{{"poll_inbound", c.PollInbound}, {"interactive", c.Interactive}, {"reactions", c.Reactions}, {"typing", c.Typing},
		{"media_upload", c.MediaUpload}, {"media_by_link", c.MediaByLink}, {"create_templates", c.CreateTemplates}, {"edit_templates", c.EditTemplates},
		{"delete_templates", c.DeleteTemplates}, {"idempotent", c.Idempotent}, {"echoes_ref", c.EchoesRef}, {"sms", c.SMS}, {"real_cost", c.RealCost}, {"balance", c.Balance}}
}

// Providers that a number may be connected to, in the order in which they are
// offered.
func Providers() []core.ProviderName {
	return []core.ProviderName{core.Meta, core.Twilio, core.Bird, core.Zenvia, core.Sandbox}
}

// Secrets are the keys that a channel of a provider keeps in the keyring: those
// that it needs, and those that it may have.
func Secrets(p core.ProviderName) (needed, optional []string) {
	for _, f := range Fields(p) {
		switch {
		case f.Secret && f.Needed:
			needed = append(needed, f.Name)
		case f.Secret:
			optional = append(optional, f.Name)
		}
	}
	return needed, optional
}

// Problem is a field whose value will not do.
type Problem struct {
	Field string `json:"field"`
	Fault Fault  `json:"fault"`
}

// Draft is an account as it was typed: a channel that is not kept yet, and its
// secrets by field.
type Draft struct {
	Channel core.Channel
	Secrets map[string]core.Secret
}

// Read makes a draft of typed values by field; problems are in the order of the
// fields, remarks among them. A sender that is missing where a messaging
// service could stand for it is a problem of "from".
func Read(p core.ProviderName, values map[string]string) (Draft, []Problem) {
	d := Draft{Channel: core.Channel{Provider: p, Name: string(p), State: core.Active}, Secrets: map[string]core.Secret{}}
	var ps []Problem
	v := map[string]string{}
	for _, f := range Fields(p) {
		v[f.Name] = strings.TrimSpace(values[f.Name])
		if fault := f.Check(v[f.Name]); fault != "" {
			ps = append(ps, Problem{f.Name, fault})
		}
		if f.Secret && v[f.Name] != "" {
			d.Secrets[f.Name] = core.Secret(v[f.Name])
		}
	}
	sender := v["from"]
	if sender == "" { // either word was always taken
		sender = strings.TrimSpace(values["number"])
		ps = slices.DeleteFunc(ps, func(x Problem) bool { return sender != "" && x == Problem{"from", Missing} })
	}
	if p == core.Twilio && sender == "" && v["messaging_service_sid"] == "" {
		ps = append(ps, Problem{"from", Missing})
	}
	if v["name"] != "" {
		d.Channel.Name = v["name"]
	}
	if n, ok := number(sender); ok {
		d.Channel.Number = n
	} else if sender != "" && !slices.ContainsFunc(ps, func(x Problem) bool { return x.Fault == NoPhone }) {
		ps = append(ps, Problem{"from", NoPhone})
	}
	d.Channel.Account = core.Account{PhoneNumberID: v["phone_number_id"], BusinessID: v["waba_id"], BaseURL: v["base_url"], Version: v["version"],
		SID: v["account_sid"], Service: v["messaging_service_sid"], PublicURL: v["public_url"], SMSFrom: v["sms_from"]}
	if d.Channel.Account.PhoneNumberID == "" { // providers that know numbers by nothing but themselves
		d.Channel.Account.PhoneNumberID = string(d.Channel.Number)
	}
	return d, ps
}
