package segment

import (
	"strings"
	"unicode"
)

type kind uint8

const (
	tokEnd kind = iota
	tokWord
	tokQuoted
	tokOp
	tokOpen
	tokClose
	tokMinus
)

// token is one word of an expression with its rune offsets.
type token struct {
	kind       kind
	text       string
	start, end int
	// tight tells that no space stands before the token: an operator must
	// follow its field at once, or "a > b" would be read two ways.
	tight bool
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("_-+.,@#/*&'%€$£", r)
}

// lex splits an expression into tokens. Only an unclosed quote or a rune that
// can start nothing is an error.
func lex(src string) ([]token, error) {
	rs := []rune(src)
	var out []token
	for i := 0; ; {
		from := i
		for i < len(rs) && unicode.IsSpace(rs[i]) {
			i++
		}
		tight := i == from && len(out) > 0
		if i == len(rs) {
			return append(out, token{kind: tokEnd, start: i, end: i}), nil
		}
		t, next, err := scan(rs, i)
		if err != nil {
			return nil, err
		}
		t.tight = tight
		out = append(out, t)
		i = next
	}
}

func scan(rs []rune, i int) (token, int, error) {
	switch r := rs[i]; {
	case r == '(':
		return token{kind: tokOpen, text: "(", start: i, end: i + 1}, i + 1, nil
	case r == ')':
		return token{kind: tokClose, text: ")", start: i, end: i + 1}, i + 1, nil
	case r == '"' || r == '“' || r == '”' || r == '„':
		return scanQuoted(rs, i)
	case strings.ContainsRune(":=<>!~", r):
		return scanOp(rs, i)
	case r == '-' && i+1 < len(rs) && !unicode.IsDigit(rs[i+1]):
		return token{kind: tokMinus, text: "-", start: i, end: i + 1}, i + 1, nil
	case wordRune(r):
		j := i
		for j < len(rs) && wordRune(rs[j]) {
			j++
		}
		return token{kind: tokWord, text: string(rs[i:j]), start: i, end: j}, j, nil
	}
	return token{}, 0, &Error{Code: BadCharacter, At: i, End: i + 1, Found: string(rs[i])}
}

func scanQuoted(rs []rune, i int) (token, int, error) {
	var b strings.Builder
	for j := i + 1; j < len(rs); j++ {
		switch r := rs[j]; {
		case r == '\\' && j+1 < len(rs):
			j++
			b.WriteRune(rs[j])
		case r == '"' || r == '”' || r == '“':
			return token{kind: tokQuoted, text: b.String(), start: i, end: j + 1}, j + 1, nil
		default:
			b.WriteRune(r)
		}
	}
	return token{}, 0, &Error{Code: OpenQuote, At: i, End: len(rs)}
}

func scanOp(rs []rune, i int) (token, int, error) {
	two := ""
	if i+1 < len(rs) {
		two = string(rs[i : i+2])
	}
	switch two {
	case "<=", ">=", "!=":
		return token{kind: tokOp, text: two, start: i, end: i + 2}, i + 2, nil
	case "==":
		return token{kind: tokOp, text: "=", start: i, end: i + 2}, i + 2, nil
	}
	text := string(rs[i])
	switch text {
	case "~":
		text = ":"
	case "!":
		return token{}, 0, &Error{Code: BadCharacter, At: i, End: i + 1, Found: "!"}
	}
	return token{kind: tokOp, text: text, start: i, end: i + 1}, i + 1, nil
}
