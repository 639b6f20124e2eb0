package segment

import (
	"maps"
	"slices"
	"strings"
)

// Type of a field decides which operators and values it takes.
type Type uint8

const (
	Text   Type = iota // = != : (contains) ~ (contains), case and accents ignored
	Number             // = != < <= > >= with a decimal number
	Date               // < <= > >= = with a date (2026-11-01) or an age (90d, 4w, 6m, 1y); :never
	Choice             // : = != with one of the field's values
	Set                // : = != with any word: the person has it
	Flag               // stands alone
)

// Field is one fact about a person that the language knows.
type Field struct {
	Name   string
	Type   Type
	Values []string // of a Choice, and what completion offers for a Set
	Custom bool     // a field the shop added itself
	Check  string   // what a text must be beside: CheckTaxID
	// Ranked choices compare by the order of Values: value>=mid.
	Ranked bool
}

// CheckTaxID marks a text that must be a Brazilian CPF or CNPJ (S-164).
const CheckTaxID = "cpf_cnpj"

// Names of the built-in fields. The store has a column or expression for each.
const (
	FieldTag       = "tag"
	FieldName      = "name"
	FieldPhone     = "phone"
	FieldUsername  = "username"
	FieldLang      = "lang"
	FieldZone      = "zone"
	FieldCountry   = "country" // ISO 3166 letters, from the number or the user id
	FieldChannel   = "channel"
	FieldValue     = "value" // tier
	FieldFreq      = "freq"
	FieldHeat      = "heat"
	FieldAOV       = "aov"      // average order value in the shop's currency
	FieldAOVTier   = "aov_tier" // S-060
	FieldSpend     = "spend"
	FieldLTV       = "ltv" // spend per year of acquaintance
	FieldOrders    = "orders"
	FieldLastOrder = "last_order"
	FieldLastIn    = "last_in"  // their last message
	FieldLastOut   = "last_out" // our last message
	FieldCreated   = "created"
	FieldOptOut    = "optout"
	FieldOptIn     = "optin"
	FieldBlocked   = "blocked"
	FieldWaiting   = "waiting"  // a question of theirs is open
	FieldAnswered  = "answered" // they wrote to us at least once
	FieldNoPhone   = "nophone"
	FieldLowFreq   = "lowfreq" // 30 quiet days and not kept: the low-frequency group (S-230)
	FieldKept      = "kept"    // never in that group, by an agent's word
)

// Heat values (S-061, S-064, S-230): the youngest band a person falls in.
const (
	Heat7d    = "7d"    // wrote within 7 days
	Heat30d   = "30d"   // within 30 days; includes 7d
	HeatQuiet = "quiet" // 30 days or longer ago; includes cold
	HeatCold  = "cold"  // 90 days or longer ago
	HeatNever = "never" // never wrote
)

var builtin = []Field{
	{Name: FieldTag, Type: Set},
	{Name: FieldName, Type: Text},
	{Name: FieldPhone, Type: Text},
	{Name: FieldUsername, Type: Text},
	{Name: FieldLang, Type: Set},
	{Name: FieldZone, Type: Text},
	{Name: FieldCountry, Type: Set},
	{Name: FieldChannel, Type: Set},
	{Name: FieldValue, Type: Choice, Values: []string{"none", "low", "mid", "high"}, Ranked: true},
	{Name: FieldFreq, Type: Choice, Values: []string{"none", "rarer", "quarterly", "monthly"}, Ranked: true},
	{Name: FieldHeat, Type: Choice, Values: []string{Heat7d, Heat30d, HeatQuiet, HeatCold, HeatNever}},
	{Name: FieldAOV, Type: Number},
	{Name: FieldAOVTier, Type: Choice, Values: []string{"none", "low", "mid", "high"}, Ranked: true},
	{Name: FieldSpend, Type: Number},
	{Name: FieldLTV, Type: Number},
	{Name: FieldOrders, Type: Number},
	{Name: FieldLastOrder, Type: Date},
	{Name: FieldLastIn, Type: Date},
	{Name: FieldLastOut, Type: Date},
	{Name: FieldCreated, Type: Date},
	{Name: FieldOptOut, Type: Flag},
	{Name: FieldOptIn, Type: Flag},
	{Name: FieldBlocked, Type: Flag},
	{Name: FieldWaiting, Type: Flag},
	{Name: FieldAnswered, Type: Flag},
	{Name: FieldNoPhone, Type: Flag},
	{Name: FieldLowFreq, Type: Flag},
	{Name: FieldKept, Type: Flag},
}

// Schema is the set of fields that an expression may use. The zero value
// knows the built-in ones.
type Schema struct{ custom map[string]Field }

// With returns the schema with the shop's own fields added; a built-in name wins.
func (s Schema) With(fields ...Field) Schema {
	m := maps.Clone(s.custom)
	if m == nil {
		m = map[string]Field{}
	}
	for _, f := range fields {
		f.Custom = true
		f.Name = strings.ToLower(f.Name)
		m[f.Name] = f
	}
	return Schema{custom: m}
}

// Field looks a field up by its name in lower case.
func (s Schema) Field(name string) (Field, bool) {
	for _, f := range builtin {
		if f.Name == name {
			return f, true
		}
	}
	f, ok := s.custom[name]
	return f, ok
}

// Fields lists all of them: the built-in ones first, the shop's own by name.
func (s Schema) Fields() []Field {
	out := slices.Clone(builtin)
	for _, k := range slices.Sorted(maps.Keys(s.custom)) {
		if _, taken := s.builtinNamed(k); !taken {
			out = append(out, s.custom[k])
		}
	}
	return out
}

func (Schema) builtinNamed(name string) (Field, bool) {
	i := slices.IndexFunc(builtin, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return builtin[i], true
}
