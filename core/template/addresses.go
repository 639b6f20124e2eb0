package template

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"
)

// address is a web or mail address in a text.
type address struct {
	start, end int    // into text.fold
	host       string // folded; "" for mail
	hostStart  int
	hostEnd    int
	scheme     string // "" when none was written
	path       bool   // a slash follows the host
}

// hostRune reports what may stand in a host: also letters that only look
// Latin, but no Han, which touches addresses without a space.
func hostRune(r rune) bool {
	if r < 0x80 {
		return r == '-' || r == '.' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek)
}

func pathRune(r rune) bool {
	return r > ' ' && r != 0x7F && (r < 0x80 || r == holeRune || unicode.IsLetter(r) && !isGlyph(r)) && !strings.ContainsRune("<>\"'`", r)
}

// addresses finds links and mail addresses in the folded text, in order: any
// scheme://, and without a scheme what has a dot and a slash, or starts with
// www., or stands behind an @.
func addresses(t *text) []address {
	if !slices.Contains(t.fold, '.') && !slices.Contains(t.fold, '。') {
		return nil
	}
	var out []address
	for i := 0; i < len(t.fold); {
		if !hostRune(t.fold[i]) || t.fold[i] == '.' {
			i++
			continue
		}
		end := t.hostEnd(i)
		if a, ok := t.addressAt(i, end); ok {
			out = append(out, a)
			i = max(a.end, i+1)
		} else {
			i = end
		}
	}
	return out
}

// hostEnd runs over host characters from i. An ideographic full stop between
// two of them is read as a dot, as browsers do.
func (t *text) hostEnd(i int) int {
	for i < len(t.fold) && (hostRune(t.fold[i]) || t.wideDot(i)) {
		i++
	}
	return i
}

func (t *text) wideDot(i int) bool {
	return t.fold[i] == '。' && i > 0 && i+1 < len(t.fold) && t.fold[i-1] < 0x80 && hostRune(t.fold[i-1]) && t.fold[i+1] < 0x80 && hostRune(t.fold[i+1])
}

func (t *text) has(i int, s string) bool {
	for _, r := range s {
		if i >= len(t.fold) || t.fold[i] != r {
			return false
		}
		i++
	}
	return true
}

// addressAt reads the address whose first run of host characters is [i, end).
func (t *text) addressAt(i, end int) (address, bool) {
	a := address{start: i, hostStart: i, hostEnd: end}
	if t.has(end, "://") {
		a.scheme = string(t.fold[i:end])
		a.hostStart = t.userEnd(end + 3)
		a.hostEnd = t.hostEnd(a.hostStart)
	} else if end < len(t.fold) && t.fold[end] == '@' {
		a.end = t.hostEnd(end + 1)
		return a, a.end > end+1 && slices.Contains(t.fold[end+1:a.end], '.')
	}
	for a.hostEnd > a.hostStart && (t.fold[a.hostEnd-1] == '.' || t.fold[a.hostEnd-1] == '-') && !t.has(a.hostEnd, "/") {
		a.hostEnd--
	}
	a.host = strings.Trim(strings.ReplaceAll(string(t.fold[a.hostStart:a.hostEnd]), "。", "."), ".-")
	at := a.hostEnd
	if t.has(at, ":") && at+1 < len(t.fold) && unicode.IsDigit(t.fold[at+1]) {
		for at++; at < len(t.fold) && t.fold[at] >= '0' && t.fold[at] <= '9'; at++ {
		}
	}
	a.path = t.has(at, "/")
	if a.scheme == "" && !(a.path || strings.HasPrefix(a.host, "www.")) || !plausible(a) {
		return address{}, false
	}
	a.end = t.pathEnd(at)
	return a, a.end > a.start
}

// userEnd skips "user:password@" after a scheme.
func (t *text) userEnd(i int) int {
	for j := i; j < len(t.fold) && j < i+256 && pathRune(t.fold[j]) && t.fold[j] != '/' && t.fold[j] != '?' && t.fold[j] != '#'; j++ {
		if t.fold[j] == '@' {
			return j + 1
		}
	}
	return i
}

func (t *text) pathEnd(i int) int {
	for i < len(t.fold) && pathRune(t.fold[i]) {
		i++
	}
	for i > 0 && strings.ContainsRune(".,;:!?)]}*_~", t.fold[i-1]) {
		i--
	}
	return i
}

// plausible keeps "and/or", "9.30/10.00" and "S.p.A./x" from being addresses.
func plausible(a address) bool {
	if a.scheme != "" {
		return len(a.host) > 0
	}
	if _, err := netip.ParseAddr(a.host); err == nil {
		return true
	}
	dot := strings.LastIndexByte(a.host, '.')
	if dot <= 0 || strings.Contains(a.host, "..") {
		return false
	}
	top := a.host[dot+1:]
	if strings.HasPrefix(top, "xn--") {
		return true
	}
	for _, r := range top {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	return len([]rune(top)) >= 2
}
