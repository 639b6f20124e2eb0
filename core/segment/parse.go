package segment

import (
	"strings"
	"unicode/utf8"

	"bottega/core/fold"
)

// Bounds of an expression: far over what people write, low enough that a
// hostile one costs nothing.
const (
	MaxRunes = 4000
	maxDepth = 64
)

// Parse reads an expression. An empty one holds for everybody. The error is
// always an *Error.
func Parse(src string, s Schema) (Query, error) {
	if n := utf8.RuneCountInString(src); n > MaxRunes {
		return Query{}, &Error{Code: TooLong, At: MaxRunes, End: n}
	}
	toks, err := lex(src)
	if err != nil {
		return Query{}, err
	}
	p := parser{toks: toks, schema: s}
	if p.peek().kind == tokEnd {
		return Query{Root: And{}}, nil
	}
	n, err := p.or(0)
	if err != nil {
		return Query{}, err
	}
	if t := p.peek(); t.kind != tokEnd {
		return Query{}, &Error{Code: StrayBracket, At: t.start, End: t.end, Found: t.text}
	}
	return Query{Root: n}, nil
}

type parser struct {
	toks   []token
	pos    int
	schema Schema
}

func (p *parser) peek() token { return p.toks[p.pos] }

func (p *parser) next() token {
	t := p.toks[p.pos]
	if t.kind != tokEnd {
		p.pos++
	}
	return t
}

func (t token) is(word string) bool { return t.kind == tokWord && strings.EqualFold(t.text, word) }

// or reads terms joined by "or", the weakest binding.
func (p *parser) or(depth int) (Node, error) {
	if depth > maxDepth {
		t := p.peek()
		return nil, &Error{Code: TooDeep, At: t.start, End: t.end, Found: t.text}
	}
	first, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	parts := Or{first}
	for p.peek().is("or") {
		p.next()
		n, err := p.and(depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
	}
	if len(parts) == 1 {
		return first, nil
	}
	return parts, nil
}

// and reads terms joined by "and" or standing side by side.
func (p *parser) and(depth int) (Node, error) {
	var parts And
	for {
		n, err := p.not(depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
		t := p.peek()
		if t.is("and") {
			p.next()
			continue
		}
		if t.kind == tokEnd || t.kind == tokClose || t.is("or") {
			break
		}
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, nil
}

func (p *parser) not(depth int) (Node, error) {
	t := p.peek()
	switch {
	case t.is("not"), t.kind == tokMinus:
		p.next()
		if depth >= maxDepth {
			return nil, &Error{Code: TooDeep, At: t.start, End: t.end, Found: t.text}
		}
		n, err := p.not(depth + 1)
		if err != nil {
			return nil, err
		}
		return Not{n}, nil
	case t.kind == tokOpen:
		return p.bracket(depth)
	}
	return p.term()
}

func (p *parser) bracket(depth int) (Node, error) {
	open := p.next()
	n, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.peek().kind != tokClose {
		return nil, &Error{Code: OpenBracket, At: open.start, End: open.end, Found: "("}
	}
	p.next()
	return n, nil
}

// term reads a flag, a comparison or a bare word.
func (p *parser) term() (Node, error) {
	t := p.peek()
	if t.kind == tokEnd || t.kind == tokClose || t.is("and") || t.is("or") {
		return nil, &Error{Code: MissingTerm, At: t.start, End: t.end, Found: t.text}
	}
	if t.kind == tokOp {
		return nil, &Error{Code: MissingTerm, At: t.start, End: t.end, Found: t.text}
	}
	p.next()
	if op := p.peek(); op.kind == tokOp {
		return p.comparison(t)
	}
	if t.kind == tokQuoted {
		return Word(fold.String(t.text)), nil
	}
	f, known := p.schema.Field(strings.ToLower(t.text))
	switch {
	case known && f.Type == Flag:
		return Term{Field: f}, nil
	case known && !f.Custom && p.looksLikeField(f.Name):
		return nil, &Error{Code: NeedsOp, At: t.start, End: t.end, Found: t.text, Field: f.Name, Allowed: operators(f.Type)}
	}
	return Word(fold.String(t.text)), nil
}

// looksLikeField keeps words people may well search for ("name") apart from
// those that are surely a field left unfinished ("last_order").
func (p *parser) looksLikeField(name string) bool {
	return strings.Contains(name, "_") || name == FieldSpend || name == FieldHeat || name == FieldAOV || name == FieldLTV
}

func (p *parser) comparison(name token) (Node, error) {
	f, ok := p.schema.Field(strings.ToLower(name.text))
	if !ok {
		return nil, &Error{Code: UnknownField, At: name.start, End: name.end, Found: name.text,
			Suggest: p.nearest(name.text)}
	}
	op := p.next()
	if f.Type == Flag {
		return nil, &Error{Code: FlagHasValue, At: op.start, End: op.end, Found: op.text, Field: f.Name}
	}
	if !allowedOp(f, op.text) {
		return nil, &Error{Code: WrongOp, At: op.start, End: op.end, Found: op.text, Field: f.Name, Allowed: operators(f.Type)}
	}
	v := p.peek()
	if v.kind == tokMinus { // spend>-5
		return nil, &Error{Code: NeedsValue, At: v.start, End: v.end, Found: v.text, Field: f.Name}
	}
	if v.kind != tokWord && v.kind != tokQuoted {
		return nil, &Error{Code: NeedsValue, At: op.start, End: op.end, Found: op.text, Field: f.Name, Allowed: f.Values}
	}
	p.next()
	return value(f, Op(op.text), v)
}

func allowedOp(f Field, op string) bool {
	switch f.Type {
	case Text, Set:
		return op == ":" || op == "=" || op == "!="
	case Choice:
		return f.Ranked || op == ":" || op == "=" || op == "!="
	}
	return true
}

func operators(t Type) []string {
	switch t {
	case Text, Set, Choice:
		return []string{":", "=", "!="}
	case Number, Date:
		return []string{"<", "<=", ">", ">=", "=", "!="}
	}
	return nil
}

// nearest finds the known field closest to a misspelt one.
func (p *parser) nearest(word string) string {
	word = strings.ToLower(word)
	best, dist := "", 3
	for _, f := range p.schema.Fields() {
		if d := distance(word, f.Name); d < dist {
			best, dist = f.Name, d
		}
	}
	return best
}

// distance is Levenshtein's, over runes.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diag := row[0]
		row[0] = i + 1
		for j, q := range y {
			cost := 1
			if r == q {
				cost = 0
			}
			diag, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diag+cost)
		}
	}
	return row[len(y)]
}
