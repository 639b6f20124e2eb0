package template

import (
	"slices"
	"strconv"
	"strings"
)

// SimilarRule warns of too many templates of one kind (S-209).
const SimilarRule Rule = "similar-templates"

// Rules that compare with other templates.
const (
	duplicate Rule = "duplicate-template"
	similar        = SimilarRule
)

// Library is a set of templates prepared for comparing. It never changes.
type Library struct {
	by map[string][]*shelved // by language as written
}

// shelved is a template with what it is compared by.
type shelved struct {
	t        Template
	key      string   // body and footer, folded, placeholders by position
	shingles []uint64 // of the body, sorted, each once
}

// NewLibrary prepares templates; those of a language are compared with new
// ones of the same language only.
func NewLibrary(ts []Template) *Library {
	l := &Library{by: map[string][]*shelved{}}
	for _, t := range ts {
		t = t.clean()
		l.by[langKey(t.Language)] = append(l.by[langKey(t.Language)], shelve(t, newText(t.Body)))
	}
	return l
}

func langKey(code string) string { return strings.ToLower(strings.ReplaceAll(code, "-", "_")) }

func shelve(t Template, body *text) *shelved {
	return &shelved{t: t, key: canonical(body) + "\n" + canonical(newText(t.Footer)), shingles: shinglesOf(body)}
}

// canonical is a text for telling duplicates: without case, single blanks,
// placeholders numbered by position.
func canonical(t *text) string {
	var b strings.Builder
	n := 0
	for i, r := range t.fold {
		switch {
		case r == holeRune:
			n++
			b.WriteString("{" + strconv.Itoa(n) + "}")
		case isSpaceRune(r) && (i == 0 || isSpaceRune(t.fold[i-1])):
		case isSpaceRune(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

func isSpaceRune(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }

// shingle is how many characters are compared at a time.
const shingle = 3

// shinglesOf hashes each three characters of a text in which numbers are all
// the same and placeholders too.
func shinglesOf(t *text) []uint64 {
	rs := make([]rune, 0, len(t.fold))
	for _, r := range t.fold {
		switch {
		case isDigit(r):
			r = '0'
		case isSpaceRune(r):
			r = ' '
		}
		rs = append(rs, r)
	}
	if len(rs) < shingle {
		return nil
	}
	out := make([]uint64, 0, len(rs))
	for i := 0; i+shingle <= len(rs); i++ {
		out = append(out, uint64(rs[i])<<42|uint64(rs[i+1])<<21|uint64(rs[i+2]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// alike reports that the Jaccard index of two sorted sets is at least percent.
func alike(a, b []uint64, percent int) bool {
	if len(a) == 0 || len(b) == 0 || min(len(a), len(b))*100 < percent*max(len(a), len(b)) {
		return false
	}
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			both, i, j = both+1, i+1, j+1
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return both*100 >= percent*(len(a)+len(b)-both)
}

// same reports that two entries are one template in two states, which is no
// duplicate of itself.
func same(a, b Template) bool { return a.ID != "" && a.ID == b.ID }

// compare looks for duplicates and for too many of a kind.
func (p *pass) compare() {
	lib := p.c.Library
	if len(p.t.Library) > 0 {
		lib = NewLibrary(p.t.Library)
	}
	if lib == nil {
		return
	}
	me := shelve(p.t, p.body)
	var group []Template
	var twin *Template
	for _, s := range lib.by[langKey(p.t.Language)] {
		if same(s.t, p.t) {
			continue
		}
		if s.key == me.key && strings.TrimSpace(me.key) != "" || s.t.Name != "" && s.t.Name == p.t.Name {
			if twin == nil {
				twin = &s.t
			}
		}
		if alike(s.shingles, me.shingles, p.limits.SimilarPercent.Value) {
			group = append(group, s.t)
		}
	}
	at := Place{Part: PartBody}
	if twin != nil {
		if twin.Name != "" && twin.Name == p.t.Name {
			at = Place{Part: PartName}
		}
		p.add(duplicate, at, 0, 0, "other", ids([]Template{*twin}))
	}
	if most := p.limits.SimilarMax.Value; len(group) >= most {
		p.add(similar, Place{Part: PartBody}, 0, 0, "max", strconv.Itoa(most), "count", strconv.Itoa(len(group)), "group", ids(group))
	}
}

// Similar lists the templates of a library that are of one kind with t, in
// the library's order: the group that similar-templates speaks of.
func (l *Linter) Similar(t Template, lib *Library) []Template {
	t = t.clean()
	me := shelve(t, newText(t.Body))
	var out []Template
	for _, s := range lib.by[langKey(t.Language)] {
		if !same(s.t, t) && alike(s.shingles, me.shingles, l.limits.SimilarPercent.Value) {
			out = append(out, s.t)
		}
	}
	return out
}
