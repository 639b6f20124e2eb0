package segment

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Head is the longest beginning of an expression that is right by itself, up to
// a whole term: what can be shown while the rest is wrong or half typed. Of a
// right expression it is the whole; of one that is wrong from its first term on
// it holds for everybody.
func Head(src string, s Schema) Query {
	for {
		q, err := Parse(src, s)
		var bad *Error
		if err == nil || !errors.As(err, &bad) {
			return q
		}
		head := before(src, min(bad.At, utf8.RuneCountInString(src)))
		if head == src { // nothing is cut off: there is no right beginning
			head = ""
		}
		src = head
	}
}

// before cuts an expression before the term in which a rune stands. A field and
// its operator stand together with their value, so a term begins behind a space;
// words that join it to the rest go as well.
func before(src string, at int) string {
	rs := []rune(src)
	if at < len(rs) || at > 0 && !unicode.IsSpace(rs[at-1]) {
		for at > 0 && !unicode.IsSpace(rs[at-1]) {
			at--
		}
	}
	head := string(rs[:at])
	for {
		head = strings.TrimRightFunc(head, func(r rune) bool { return unicode.IsSpace(r) || r == '(' || r == '-' })
		rest := head
		for _, w := range []string{"and", "or", "not"} {
			if n := len(head) - len(w); n >= 0 && strings.EqualFold(head[n:], w) && (n == 0 || head[n-1] == ' ' || head[n-1] == '(' || head[n-1] == ')') {
				rest = head[:n]
				break
			}
		}
		if rest == head {
			return head
		}
		head = rest
	}
}
