package storage

import (
	"slices"
	"strings"
	"time"

	"bottega/core/segment"
)

// compiler turns a query into a condition on facts f. Every part of it is 0 or
// 1, never NULL, so that "not" is SQL's NOT; every value is a parameter. What
// it means is segment.Query.Match, to which a property test holds it.
type compiler struct {
	now   int64
	bands segment.HeatBands
	b     strings.Builder
	args  []any
}

// condition compiles q as of now.
func condition(q segment.Query, now time.Time, bands segment.HeatBands) (where string, args []any) {
	c := &compiler{now: ms(now), bands: bands}
	if q.Root == nil {
		return "1", nil
	}
	c.node(q.Root)
	return c.b.String(), c.args
}

func (c *compiler) add(sql string, args ...any) {
	c.b.WriteString(sql)
	c.args = append(c.args, args...)
}

func (c *compiler) node(n segment.Node) {
	switch n := n.(type) {
	case segment.And:
		c.join(n, " AND ", "1")
	case segment.Or:
		c.join(n, " OR ", "0")
	case segment.Not:
		c.add("NOT (")
		c.node(n.Node)
		c.add(")")
	case segment.Word:
		c.word(string(n))
	case segment.Term:
		c.term(n)
	default:
		c.add("0")
	}
}

func (c *compiler) join(nodes []segment.Node, sep, none string) {
	if len(nodes) == 0 {
		c.add(none)
		return
	}
	for i, n := range nodes {
		if i > 0 {
			c.add(sep)
		}
		c.add("(")
		c.node(n)
		c.add(")")
	}
}

// taggedWith finds people by tags whose folded form meets a condition; there
// are few tags, so folding them all costs nothing.
const taggedWith = "f.contact_id IN (SELECT contact_id FROM contact_tags WHERE tag IN (SELECT tag FROM tag_counts WHERE "

func (c *compiler) word(w string) {
	c.add("instr(f.words, ?) > 0 OR "+taggedWith+"instr(fold(tag), ?) > 0))", w, w)
}

func (c *compiler) term(t segment.Term) {
	switch t.Field.Type {
	case segment.Flag:
		c.flag(t.Field.Name)
	case segment.Set:
		c.set(t)
	case segment.Text:
		c.text(t)
	case segment.Choice:
		c.choice(t)
	case segment.Number:
		c.number(t)
	case segment.Date:
		c.date(t)
	default:
		c.add("0")
	}
}

func (c *compiler) flag(name string) {
	switch name {
	case segment.FieldOptOut:
		c.add("f.optout")
	case segment.FieldOptIn:
		c.add("f.optin")
	case segment.FieldBlocked:
		c.add("f.blocked")
	case segment.FieldWaiting:
		c.add("f.waiting")
	case segment.FieldAnswered:
		c.add("f.last_in <> 0")
	case segment.FieldNoPhone:
		c.add("f.phone = ''")
	case segment.FieldLowFreq:
		c.add("NOT f.kept AND f.last_in <> 0 AND f.last_in <= ?", c.before(c.bands.Warm))
	case segment.FieldKept:
		c.add("f.kept")
	default:
		c.add("0")
	}
}

// before is the time an age ago, in milliseconds.
func (c *compiler) before(age time.Duration) int64 { return c.now - age.Milliseconds() }

func (c *compiler) set(t segment.Term) {
	if t.Op == segment.No {
		c.add("NOT (")
		defer c.add(")")
	}
	switch t.Field.Name {
	case segment.FieldTag:
		c.add(taggedWith+"fold(tag) = ?))", t.Text)
	case segment.FieldChannel:
		c.add("f.contact_id IN (SELECT i.contact_id FROM channels n JOIN identities i ON i.channel_id = n.id WHERE fold(n.name) = ?)", t.Text)
	case segment.FieldLang:
		c.add("f.lang <> '' AND f.lang = ?", t.Text)
	case segment.FieldCountry:
		c.add("f.country <> '' AND f.country = ?", t.Text)
	default:
		c.add("0")
	}
}

// column is where a built-in field lies; a custom one is looked up by name.
// The expression is written with add, since it may bring a parameter.
func (c *compiler) column(f segment.Field, custom string) {
	if f.Custom {
		c.add("(SELECT v."+custom+" FROM custom_values v WHERE v.field = ? AND v.contact_id = f.contact_id)", f.Name)
		return
	}
	c.add("f." + builtin[f.Name])
}

// builtin are the columns of facts by field; names of the language never reach a statement.
var builtin = map[string]string{
	segment.FieldName: "name", segment.FieldPhone: "phone", segment.FieldUsername: "username", segment.FieldZone: "zone",
	segment.FieldValue: "value", segment.FieldFreq: "freq", segment.FieldAOVTier: "aov_tier",
	segment.FieldAOV: "aov", segment.FieldSpend: "spend", segment.FieldLTV: "ltv", segment.FieldOrders: "orders",
	segment.FieldLastOrder: "last_order", segment.FieldLastIn: "last_in", segment.FieldLastOut: "last_out", segment.FieldCreated: "created",
}

// text compares folded texts; a missing one is ” here as in Match.
func (c *compiler) text(t segment.Term) {
	value := func() {
		c.add("coalesce(")
		c.column(t.Field, "folded")
		c.add(", '')")
	}
	switch t.Op {
	case segment.No:
		value()
		c.add(" <> ?", t.Text)
	case segment.Is:
		value()
		c.add(" = ? AND ? <> ''", t.Text, t.Text)
	default:
		value()
		c.add(" <> '' AND instr(")
		value()
		c.add(", ?) > 0", t.Text)
	}
}

func (c *compiler) choice(t segment.Term) {
	switch {
	case t.Field.Name == segment.FieldHeat && !t.Field.Custom:
		c.heat(t)
	case t.Field.Custom:
		c.customChoice(t)
	default:
		c.column(t.Field, "")
		c.compare(t.Op, int64(slices.Index(t.Field.Values, t.Text)))
	}
}

// customChoice of a person without the value: "!=" holds, nothing else does.
func (c *compiler) customChoice(t segment.Term) {
	c.add("coalesce(")
	switch {
	case !t.Field.Ranked && t.Op == segment.No:
		c.column(t.Field, "cased")
		c.add(" <> ?, 1)", cased(t.Text))
		return
	case !t.Field.Ranked:
		c.column(t.Field, "cased")
		c.add(" = ?, 0)", cased(t.Text))
		return
	}
	c.add("CASE ")
	c.column(t.Field, "value")
	for i, v := range t.Field.Values {
		c.add(" WHEN ? THEN ?", v, i)
	}
	c.add(" ELSE CASE WHEN ")
	c.column(t.Field, "value")
	c.add(" IS NULL THEN NULL ELSE -1 END END")
	c.compare(t.Op, int64(slices.Index(t.Field.Values, t.Text)))
	c.add(", ?)", number(t.Op == segment.No))
}

func (c *compiler) heat(t segment.Term) {
	if t.Op == segment.No {
		c.add("NOT (")
		defer c.add(")")
	}
	switch t.Text {
	case segment.HeatNever:
		c.add("f.last_in = 0")
	case segment.Heat7d:
		c.add("f.last_in <> 0 AND f.last_in > ?", c.before(c.bands.Hot))
	case segment.Heat30d:
		c.add("f.last_in <> 0 AND f.last_in > ?", c.before(c.bands.Warm))
	case segment.HeatQuiet:
		c.add("f.last_in <> 0 AND f.last_in <= ?", c.before(c.bands.Warm))
	case segment.HeatCold:
		c.add("f.last_in <> 0 AND f.last_in <= ?", c.before(c.bands.Cold))
	default:
		c.add("0")
	}
}

// operators of SQL; an operator of the language never reaches a statement itself.
var operators = map[segment.Op]string{segment.Is: " = ?", segment.No: " <> ?", segment.Lt: " < ?", segment.Le: " <= ?", segment.Gt: " > ?", segment.Ge: " >= ?"}

func (c *compiler) compare(op segment.Op, v int64) {
	if sql, ok := operators[op]; ok {
		c.add(sql, v)
		return
	}
	c.add(" AND 0")
}

func (c *compiler) number(t segment.Term) {
	if t.Field.Custom {
		c.add("coalesce(")
		c.column(t.Field, "number")
		c.compare(t.Op, t.Num.Units)
		c.add(", 0)")
		return
	}
	switch t.Field.Name {
	case segment.FieldOrders:
		c.add("f.orders * ?", segment.DecimalScale)
	case segment.FieldAOV, segment.FieldLTV:
		c.add("f.orders > 0 AND ")
		c.column(t.Field, "")
	default:
		c.column(t.Field, "")
	}
	c.compare(t.Op, t.Num.Units)
}

const dayMillis = int64(24 * time.Hour / time.Millisecond)

// date compares times, with NULL for a missing one inside and 0 outside.
func (c *compiler) date(t segment.Term) {
	value := func() {
		if t.Field.Custom {
			c.column(t.Field, "day")
			return
		}
		c.add("nullif(")
		c.column(t.Field, "")
		c.add(", 0)")
	}
	if t.Never {
		value()
		c.add(map[bool]string{true: " IS NULL", false: " IS NOT NULL"}[t.Op == segment.Is])
		return
	}
	c.add("coalesce(")
	defer c.add(", 0)")
	if t.Ago { // ages: younger is smaller
		c.add("? - ", c.now)
		value()
		c.compare(t.Op, t.Age.Milliseconds())
		return
	}
	from, to := t.At.UnixMilli(), t.At.UnixMilli()+dayMillis
	switch t.Op {
	case segment.Is:
		value()
		c.add(" BETWEEN ? AND ?", from, to-1)
	case segment.No:
		value()
		c.add(" NOT BETWEEN ? AND ?", from, to-1)
	case segment.Le:
		value()
		c.compare(segment.Lt, to)
	case segment.Gt:
		value()
		c.compare(segment.Ge, to)
	default:
		value()
		c.compare(t.Op, from)
	}
}
