package template

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Source finds findings again in the text that Decode read: in which line and
// column of a file a rune of a template's part stands. Not for concurrent use:
// it remembers where it counted last, for a file may be one long line.
type Source struct {
	data    []byte
	lines   []int // byte offsets of line starts
	entries []entryAt
	plain   bool
	last    spot
}

// spot is a byte of the file with its column.
type spot struct{ line, at, col int }

// entryAt is where one template stands: its own start and that of each of its
// texts, by path: "body", "components[1].buttons[0].text".
type entryAt struct {
	start int
	texts map[string]int    // byte offset of the opening quote
	kinds map[string]string // of components and buttons: the value of "….type"
}

func newEntry(at int) entryAt { return entryAt{at, map[string]int{}, map[string]string{}} }

// Locate reads where the templates of data stand. What Decode refuses gives a
// source that knows the beginning only.
func Locate(data []byte) *Source {
	s := &Source{data: data, lines: []int{0}}
	for i, b := range data {
		if b == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	text := bytes.TrimPrefix(data, []byte("\uFEFF"))
	head := len(data) - len(text)
	trimmed := bytes.TrimLeftFunc(text, unicode.IsSpace)
	if s.plain = !looksJSON(trimmed); s.plain {
		s.entries = []entryAt{{start: head}}
		return s
	}
	w := walker{data: data, base: len(data) - len(trimmed), d: json.NewDecoder(bytes.NewReader(trimmed))}
	for w.d.More() {
		if !w.top() {
			break
		}
	}
	s.entries = w.entries
	return s
}

// Position is the line and column, from 1, of a rune of a place of the n-th
// template (from 0). Where the place has no text of its own in the file, such
// as a category that is missing, it is the template's beginning.
func (s *Source) Position(n int, at Place, rune int) (line, col int) {
	if n < 0 || n >= len(s.entries) {
		return 1, 1
	}
	e := s.entries[n]
	if s.plain {
		if at.Part == PartBody {
			return s.lineCol(advance(s.data, e.start, rune))
		}
		return s.lineCol(e.start)
	}
	for _, path := range e.paths(at) {
		if from, ok := e.texts[path]; ok {
			return s.lineCol(inLiteral(s.data, from, rune))
		}
	}
	return s.lineCol(e.start)
}

// lineCol counts columns in runes.
func (s *Source) lineCol(at int) (line, col int) {
	at = min(at, len(s.data))
	line, found := slices.BinarySearch(s.lines, at)
	if found {
		line++
	}
	from, col := s.lines[line-1], 1
	if s.last.line == line && s.last.at <= at {
		from, col = s.last.at, s.last.col
	}
	head := s.data[from:at]
	if from == 0 {
		head = bytes.TrimPrefix(head, []byte("\uFEFF"))
	}
	col += utf8.RuneCount(head)
	s.last = spot{line, at, col}
	return line, col
}

// advance goes n runes on from a byte.
func advance(b []byte, at, n int) int {
	for ; n > 0 && at < len(b); n-- {
		_, size := utf8.DecodeRune(b[at:])
		at += size
	}
	return at
}

// inLiteral goes n runes of the value into a JSON string whose quote is at from.
func inLiteral(b []byte, from, n int) int {
	at := from + 1
	for ; n > 0 && at < len(b) && b[at] != '"'; n-- {
		at += unit(b[at:])
	}
	return min(at, len(b))
}

// unit is how many bytes of a JSON string make its next rune.
func unit(b []byte) int {
	switch {
	case b[0] != '\\' || len(b) < 2:
		_, size := utf8.DecodeRune(b)
		return size
	case b[1] != 'u':
		return 2
	}
	const escape = len(`\u0000`)
	if len(b) >= 2*escape && b[escape] == '\\' && b[escape+1] == 'u' && surrogate(b, 'd', "89ab") && surrogate(b[escape:], 'd', "cdef") {
		return 2 * escape
	}
	return min(escape, len(b))
}

// surrogate tells a half of a pair: \uD83D.
func surrogate(b []byte, first byte, second string) bool {
	lower := bytes.ToLower(b[2:4])
	return lower[0] == first && strings.IndexByte(second, lower[1]) >= 0
}

// walker notes where each text of each entry begins.
type walker struct {
	data    []byte
	base    int
	d       *json.Decoder
	entries []entryAt
}

// start is where the next token begins.
func (w *walker) start() int {
	at := w.base + int(w.d.InputOffset())
	for at < len(w.data) && strings.IndexByte(" \t\r\n,:", w.data[at]) >= 0 {
		at++
	}
	return at
}

// top reads one value at the top: an entry or a list of them.
func (w *walker) top() bool {
	at := w.start()
	tok, err := w.d.Token()
	if err != nil {
		return false
	}
	if tok != json.Delim('[') {
		w.entries = append(w.entries, newEntry(at))
		return w.rest(tok, at, "", 0)
	}
	for w.d.More() {
		at := w.start()
		tok, err := w.d.Token()
		if err != nil {
			return false
		}
		w.entries = append(w.entries, newEntry(at))
		if !w.rest(tok, at, "", 0) {
			return false
		}
	}
	_, err = w.d.Token()
	return err == nil
}

// deepest is how far down texts are noted; no template has any below.
const deepest = 8

// rest reads the value that tok began.
func (w *walker) rest(tok json.Token, at int, path string, depth int) bool {
	switch tok := tok.(type) {
	case string:
		if depth > deepest {
			return true
		}
		e := w.entries[len(w.entries)-1]
		if e.texts[path] = at; strings.HasSuffix(path, ".type") {
			e.kinds[path] = strings.ToLower(tok)
		}
	case json.Delim:
		for i := 0; w.d.More(); i++ {
			sub := ""
			if tok == '{' {
				key, err := w.d.Token()
				if err != nil {
					return false
				}
				sub = "." + key.(string) // a decoder gives keys as strings
			} else {
				sub = "[" + strconv.Itoa(i) + "]"
			}
			if depth < deepest {
				sub = strings.TrimPrefix(path+sub, ".")
			}
			at := w.start()
			next, err := w.d.Token()
			if err != nil || !w.rest(next, at, sub, depth+1) {
				return false
			}
		}
		_, err := w.d.Token()
		return err == nil
	}
	return true
}

// paths are where a place's text may stand, in the platform's form and in the
// flat one, the best first.
func (e entryAt) paths(at Place) []string {
	n := "[" + strconv.Itoa(max(at.N-1, 0)) + "]"
	switch at.Part {
	case PartLanguage:
		return []string{"language", "lang"}
	case PartHeader, PartBody, PartFooter:
		return []string{e.below(at.Part, ".text"), string(at.Part)}
	case PartButton:
		fields := map[string][]string{"": {".text"}, fieldURL: {".url"}, fieldPhone: {".phone_number", ".phone"}, fieldExample: {".example[0]", ".example"}}[at.Field]
		var out []string
		for _, f := range append(fields, ".text", ".type") {
			out = append(out, e.below("buttons", ".buttons"+n+f), "buttons"+n+f)
		}
		return out
	case PartSample:
		part := PartBody
		if at.Field == string(PartHeader) {
			part = PartHeader
		}
		var out []string
		for _, p := range []string{".example.body_text[0]" + n, ".example.body_text" + n, ".example.header_text" + n,
			".example.body_text_named_params" + n + ".example", ".example.header_text_named_params" + n + ".example", ".text"} {
			out = append(out, e.below(part, p))
		}
		return append(out, "samples."+string(part)+n, string(part))
	}
	return []string{string(at.Part)}
}

// below is a path in the first component of a kind that has it, "" for none.
func (e entryAt) below(kind Part, path string) string {
	for i := range len(e.kinds) {
		p := "components[" + strconv.Itoa(i) + "]"
		if _, has := e.texts[p+path]; has && e.kinds[p+".type"] == string(kind) {
			return p + path
		}
	}
	return ""
}
