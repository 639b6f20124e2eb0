package segment

import (
	"strconv"
	"strings"
	"time"
)

// Op compares a field with a value.
type Op string

const (
	Is Op = "="
	No Op = "!="
	Lt Op = "<"
	Le Op = "<="
	Gt Op = ">"
	Ge Op = ">="
	// Has is ":" and "~": a text contains the words, a set has the member.
	Has Op = ":"
)

// Node is one part of a query: And, Or, Not, Term or Word.
type Node interface {
	write(b *strings.Builder, parent int)
}

// And holds when all parts do; with no parts it holds always.
type And []Node

// Or holds when one part does.
type Or []Node

// Not turns its part round.
type Not struct{ Node Node }

// Word is looked for in name, phone, user name and tags, folded.
type Word string

// Term is one comparison. Which of the values is set follows Field.Type.
type Term struct {
	Field Field
	Op    Op
	Text  string        // Text, Set, Choice: folded for Text and Set
	Num   Decimal       // Number
	At    time.Time     // Date, absolute: midnight UTC of the day written
	Age   time.Duration // Date, relative to now
	Ago   bool          // Age is meant, not At
	Never bool          // Date: no such date
}

// Decimal keeps a number as written and as hundred-millionths, so that the
// store compares integers.
type Decimal struct {
	Text  string
	Units int64 // value × 10^8
}

// DecimalScale is the number of Units in 1.
const DecimalScale = 100_000_000

// Query is a checked expression.
type Query struct{ Root Node }

// All reports whether the query holds for everybody.
func (q Query) All() bool {
	a, ok := q.Root.(And)
	return q.Root == nil || ok && len(a) == 0
}

// String writes the query in its normal form; parsing that gives the same query.
func (q Query) String() string {
	if q.All() {
		return ""
	}
	var b strings.Builder
	q.Root.write(&b, 0)
	return b.String()
}

// Binding strength, for brackets in String.
const (
	inOr = iota + 1
	inAnd
	inNot
)

func (a And) write(b *strings.Builder, parent int) { writeJoined(b, a, " and ", inAnd, parent) }
func (o Or) write(b *strings.Builder, parent int)  { writeJoined(b, o, " or ", inOr, parent) }

func writeJoined(b *strings.Builder, nodes []Node, sep string, own, parent int) {
	if parent > own {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	for i, n := range nodes {
		if i > 0 {
			b.WriteString(sep)
		}
		n.write(b, own+1)
	}
}

func (n Not) write(b *strings.Builder, _ int) {
	b.WriteString("not ")
	n.Node.write(b, inNot)
}

func (w Word) write(b *strings.Builder, _ int) { b.WriteString(quote(string(w))) }

func (t Term) write(b *strings.Builder, _ int) {
	b.WriteString(quoteName(t.Field.Name))
	if t.Field.Type == Flag {
		return
	}
	b.WriteString(string(t.Op))
	switch t.Field.Type {
	case Number:
		b.WriteString(t.Num.Text)
	case Date:
		b.WriteString(t.dateText())
	default:
		b.WriteString(quote(t.Text))
	}
}

func (t Term) dateText() string {
	switch {
	case t.Never:
		return "never"
	case t.Ago:
		return ageText(t.Age)
	}
	return t.At.Format(time.DateOnly)
}

func ageText(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return strconv.FormatInt(int64(d/(24*time.Hour)), 10) + "d"
	}
	return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
}

func quoteName(s string) string {
	if plain(s) {
		return s
	}
	return quote(s)
}

// quote writes a value so that the lexer reads it back as one word.
func quote(s string) string {
	if plain(s) && !keyword(s) {
		return s
	}
	r := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	return `"` + r.Replace(s) + `"`
}

func plain(s string) bool {
	if s == "" || s[0] == '-' {
		return false
	}
	for _, r := range s {
		if !wordRune(r) {
			return false
		}
	}
	return true
}

func keyword(s string) bool {
	switch strings.ToLower(s) {
	case "and", "or", "not":
		return true
	}
	return false
}
