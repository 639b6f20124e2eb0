package segment

import (
	"slices"
	"strings"
	"time"

	"bottega/core/fold"
)

// Person is all that a query may ask about somebody. Text facts are as stored;
// Match folds them. A zero time means never.
type Person struct {
	Name, Username, Phone string
	Lang, Zone, Country   string
	Tags, Channels        []string
	Value, Freq, AOVTier  string // "" counts as "none"
	AOV, Spend, LTV       int64  // in Decimal units; only meaningful with Orders > 0
	Orders                int64
	LastOrder             time.Time
	LastIn, LastOut       time.Time
	Created               time.Time
	OptOut, OptIn         bool
	Blocked, Waiting      bool
	Kept                  bool
	Custom                map[string]string // by field name; numbers and dates as text
}

// HeatBands are the ages that part the heat values, as data with their source.
type HeatBands struct {
	Hot  time.Duration // S-061: 7 days
	Warm time.Duration // S-230: 30 days
	Cold time.Duration // S-064: 90 days
}

// Match judges a query in memory. The store's SQL means the same.
func (q Query) Match(p Person, now time.Time, bands HeatBands) bool {
	if q.Root == nil {
		return true
	}
	m := matcher{p: p, now: now, bands: bands}
	return m.node(q.Root)
}

type matcher struct {
	p     Person
	now   time.Time
	bands HeatBands
}

func (m matcher) node(n Node) bool {
	switch n := n.(type) {
	case And:
		return !slices.ContainsFunc(n, func(c Node) bool { return !m.node(c) })
	case Or:
		return slices.ContainsFunc(n, m.node)
	case Not:
		return !m.node(n.Node)
	case Word:
		return m.word(string(n))
	case Term:
		return m.term(n)
	}
	return false
}

func (m matcher) word(w string) bool {
	if strings.Contains(fold.String(m.p.Name), w) || strings.Contains(fold.String(m.p.Username), w) || strings.Contains(m.p.Phone, w) {
		return true
	}
	return slices.ContainsFunc(m.p.Tags, func(t string) bool { return strings.Contains(fold.String(t), w) })
}

func (m matcher) term(t Term) bool {
	switch t.Field.Type {
	case Flag:
		return m.flag(t.Field.Name)
	case Set:
		has := slices.ContainsFunc(m.set(t.Field.Name), func(s string) bool { return fold.String(s) == t.Text })
		return has != (t.Op == No)
	case Text:
		return matchText(t, m.text(t.Field))
	case Choice:
		return m.choice(t)
	case Number:
		v, ok := m.number(t.Field)
		return ok && compare(t.Op, v, t.Num.Units)
	case Date:
		return m.date(t)
	}
	return false
}

func (m matcher) flag(name string) bool {
	switch name {
	case FieldOptOut:
		return m.p.OptOut
	case FieldOptIn:
		return m.p.OptIn
	case FieldBlocked:
		return m.p.Blocked
	case FieldWaiting:
		return m.p.Waiting
	case FieldAnswered:
		return !m.p.LastIn.IsZero()
	case FieldNoPhone:
		return m.p.Phone == ""
	case FieldLowFreq:
		return !m.p.Kept && !m.p.LastIn.IsZero() && m.now.Sub(m.p.LastIn) >= m.bands.Warm
	case FieldKept:
		return m.p.Kept
	}
	return false
}

func (m matcher) set(name string) []string {
	switch name {
	case FieldTag:
		return m.p.Tags
	case FieldChannel:
		return m.p.Channels
	case FieldLang:
		return one(m.p.Lang)
	case FieldCountry:
		return one(m.p.Country)
	}
	return nil
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (m matcher) text(f Field) string {
	switch f.Name {
	case FieldName:
		return m.p.Name
	case FieldPhone:
		return m.p.Phone
	case FieldUsername:
		return m.p.Username
	case FieldZone:
		return m.p.Zone
	}
	return m.p.Custom[f.Name]
}

// matchText: a missing text equals nothing and contains nothing, so "!=" holds.
func matchText(t Term, s string) bool {
	s = fold.String(s)
	switch t.Op {
	case Is:
		return s != "" && s == t.Text
	case No:
		return s != t.Text
	}
	return s != "" && strings.Contains(s, t.Text)
}

func (m matcher) choice(t Term) bool {
	if t.Field.Name == FieldHeat {
		return m.heat(t.Text) != (t.Op == No)
	}
	var v string
	switch t.Field.Name {
	case FieldValue:
		v = m.p.Value
	case FieldFreq:
		v = m.p.Freq
	case FieldAOVTier:
		v = m.p.AOVTier
	default:
		v = m.p.Custom[t.Field.Name]
		if v == "" {
			return t.Op == No
		}
	}
	if v == "" {
		v = "none"
	}
	if !t.Field.Ranked {
		return strings.EqualFold(v, t.Text) != (t.Op == No)
	}
	return compare(t.Op, int64(slices.Index(t.Field.Values, v)), int64(slices.Index(t.Field.Values, t.Text)))
}

func (m matcher) heat(band string) bool {
	if m.p.LastIn.IsZero() {
		return band == HeatNever
	}
	age := m.now.Sub(m.p.LastIn)
	switch band {
	case Heat7d:
		return age < m.bands.Hot
	case Heat30d:
		return age < m.bands.Warm
	case HeatQuiet:
		return age >= m.bands.Warm
	case HeatCold:
		return age >= m.bands.Cold
	}
	return false
}

func (m matcher) number(f Field) (int64, bool) {
	switch f.Name {
	case FieldOrders:
		return m.p.Orders * DecimalScale, true
	case FieldSpend:
		return m.p.Spend, true
	case FieldLTV:
		return m.p.LTV, m.p.Orders > 0
	case FieldAOV:
		return m.p.AOV, m.p.Orders > 0
	}
	d, ok := ParseDecimal(m.p.Custom[f.Name])
	return d.Units, ok
}

func (m matcher) date(t Term) bool {
	v := m.day(t.Field)
	if t.Never {
		return v.IsZero() == (t.Op == Is)
	}
	if v.IsZero() {
		return false
	}
	if t.Ago { // ages: younger is smaller
		return compare(t.Op, int64(m.now.Sub(v)/time.Millisecond), int64(t.Age/time.Millisecond))
	}
	day := v.UTC().Truncate(24 * time.Hour)
	return compare(t.Op, day.UnixMilli(), t.At.UnixMilli())
}

func (m matcher) day(f Field) time.Time {
	switch f.Name {
	case FieldLastOrder:
		return m.p.LastOrder
	case FieldLastIn:
		return m.p.LastIn
	case FieldLastOut:
		return m.p.LastOut
	case FieldCreated:
		return m.p.Created
	}
	at, err := time.Parse(time.DateOnly, m.p.Custom[f.Name])
	if err != nil {
		return time.Time{}
	}
	return at
}

func compare(op Op, a, b int64) bool {
	switch op {
	case Is:
		return a == b
	case No:
		return a != b
	case Lt:
		return a < b
	case Le:
		return a <= b
	case Gt:
		return a > b
	case Ge:
		return a >= b
	}
	return false
}
