package template

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Rules of form that look at one field.
const (
	nameCharset     Rule = "name-charset"
	nameLength      Rule = "name-length"
	nameLock        Rule = "name-reuse-lock"
	categoryInvalid Rule = "category-invalid"
	langCode        Rule = "lang-code"
	langMismatch    Rule = "lang-mismatch"
	bodyMissing     Rule = "body-missing"
	bodyLength      Rule = "body-length"
	bodyHydrated    Rule = "body-length-hydrated"
	bodyWhitespace  Rule = "body-whitespace"
	headerLength    Rule = "header-length"
	headerVariables Rule = "header-variables"
	headerFormat    Rule = "header-format"
	footerLength    Rule = "footer-length"
	footerVariables Rule = "footer-variables"
	footerFormat    Rule = "footer-format"
	footerEmoji     Rule = "footer-emoji"
	emojiLimit      Rule = "emoji-limit"
)

func (p *pass) form() {
	p.name()
	p.language()
	p.categoryWord()
	p.bodyForm()
	p.headerForm()
	p.footerForm()
}

// tooLong notes a text beyond its limit, from the first rune too many on.
func (p *pass) tooLong(r Rule, at Place, n, most int) {
	if n > most {
		p.add(r, at, most, n, "count", strconv.Itoa(n), "max", strconv.Itoa(most))
	}
}

func (p *pass) name() {
	at, name := Place{Part: PartName}, []rune(p.t.Name)
	if len(name) == 0 && !p.t.Typed.Name {
		return
	}
	bad := slices.IndexFunc(name, func(r rune) bool { return !nameRune(r) })
	if bad >= 0 || len(name) == 0 {
		end := bad + 1
		for bad >= 0 && end < len(name) && !nameRune(name[end]) {
			end++
		}
		f := p.add(nameCharset, at, max(bad, 0), max(end, 0))
		if s := Slug(p.t.Name); s != "" {
			f.Fix = &Fix{Edits: []Edit{{at, 0, len(name), s}}}
		}
	}
	p.tooLong(nameLength, at, len(name), p.limits.NameMax.Value)
	for _, d := range p.c.Deleted {
		age := p.c.Now.Sub(d.At)
		if d.Name == p.t.Name && p.t.Name != "" && age < time.Duration(p.limits.NameLockDays.Value)*24*time.Hour {
			free := d.At.AddDate(0, 0, p.limits.NameLockDays.Value)
			f := p.add(nameLock, at, 0, len(name), "free", free.Format(time.DateOnly))
			f.Fix = &Fix{Edits: []Edit{{at, 0, len(name), nextName(p.t.Name)}}}
			return
		}
	}
}

func nameRune(r rune) bool { return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' }

// Slug makes a name that the platform accepts: lower case, without accents,
// everything else an underscore. "" when nothing is left.
func Slug(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		r = unicode.ToLower(r)
		switch {
		case nameRune(r) && r != '_':
			b.WriteRune(r)
		case unicode.IsMark(r):
		default:
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "_") {
				b.WriteByte('_')
			}
		}
		if b.Len() >= 512 {
			break
		}
	}
	return strings.Trim(b.String(), "_")
}

// nextName counts a name up: order_ready, order_ready_v2, order_ready_v3.
func nextName(name string) string {
	head, tail, found := cutLast(name, "_v")
	if n, err := strconv.Atoi(tail); found && err == nil {
		return head + "_v" + strconv.Itoa(n+1)
	}
	return name + "_v2"
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func (p *pass) categoryWord() {
	c := p.t.Category
	if c == "" && !p.t.Typed.Category || slices.Contains(p.category.words, c) {
		return
	}
	at := Place{Part: PartCategory}
	f := p.add(categoryInvalid, at, 0, len([]rune(c)))
	word := strings.ToUpper(strings.TrimSpace(c))
	if old, ok := p.category.old[word]; ok {
		word = old
	}
	if slices.Contains(p.category.words, word) {
		f.Fix = &Fix{Edits: []Edit{{at, 0, len([]rune(c)), word}}}
	}
}

func (p *pass) bodyForm() {
	at, body := Place{Part: PartBody}, p.body
	if onlySpace(p.t.Body) && p.t.Category != Authentication {
		p.add(bodyMissing, at, 0, 0)
	}
	n := len(body.src)
	p.tooLong(bodyLength, at, n, p.limits.BodyMax.Value)
	if n <= p.limits.BodyMax.Value && len(body.vars) > 0 {
		if full := len([]rune(Hydrate(p.t.Body, p.t.Samples))); full > p.limits.BodyMax.Value {
			p.add(bodyHydrated, at, 0, n, "count", strconv.Itoa(full), "max", strconv.Itoa(p.limits.BodyMax.Value))
		}
	}
	p.whitespace(body)
	if at := emojiAt(body.src); len(at) > p.limits.EmojiMax.Value {
		first := at[p.limits.EmojiMax.Value]
		p.add(emojiLimit, Place{Part: PartBody}, first.from, at[len(at)-1].to, "count", strconv.Itoa(len(at)), "max", strconv.Itoa(p.limits.EmojiMax.Value))
	}
}

// whitespace looks for tabs, long runs of spaces and more than one empty line.
func (p *pass) whitespace(body *text) {
	at := Place{Part: PartBody}
	for i := 0; i < len(body.src); {
		if !unicode.IsSpace(body.src[i]) {
			i++
			continue
		}
		j, lines, spaces, longest, tab := i, 0, 0, 0, false
		for ; j < len(body.src) && unicode.IsSpace(body.src[j]); j++ {
			switch body.src[j] {
			case '\n':
				lines++
				spaces = 0
			case '\t':
				tab = true
			case '\r':
			default:
				spaces++
				longest = max(longest, spaces)
			}
		}
		if tab || lines > 2 || longest > p.limits.SpacesMax.Value {
			f := p.add(bodyWhitespace, at, i, j)
			f.Fix = &Fix{Edits: []Edit{{at, i, j, " "}}}
			if lines > 0 {
				f.Fix.Edits[0].With = strings.Repeat("\n", min(lines, 2))
			}
		}
		i = j
	}
}

func (p *pass) headerForm() {
	at, h := Place{Part: PartHeader}, p.header
	p.tooLong(headerLength, at, len(h.src), p.limits.HeaderMax.Value)
	if n := p.limits.HeaderVariables.Value; len(h.vars) > n {
		p.add(headerVariables, at, h.vars[n].Start, h.vars[len(h.vars)-1].End, "count", strconv.Itoa(len(h.vars)))
	}
	p.plain(headerFormat, at, h, true)
}

func (p *pass) footerForm() {
	at, f := Place{Part: PartFooter}, p.footer
	p.tooLong(footerLength, at, len(f.src), p.limits.FooterMax.Value)
	if len(f.vars) > 0 {
		p.add(footerVariables, at, f.vars[0].Start, f.vars[len(f.vars)-1].End)
	}
	p.plain(footerFormat, at, f, false)
	if emoji := emojiAt(f.src); len(emoji) > 0 {
		p.add(footerEmoji, at, emoji[0].from, emoji[len(emoji)-1].to).Fix = strip(at, f.src, emoji)
	}
}

// plain notes new lines, WhatsApp's marks and, if asked, emoji in a text that
// must have none; one fix strips them all.
func (p *pass) plain(r Rule, at Place, t *text, emoji bool) {
	var bad []cluster
	for i, c := range t.src {
		if c == '\n' || c == '\r' || c == '*' || c == '`' {
			bad = append(bad, cluster{i, i + 1})
		}
	}
	for _, m := range markPairs(withoutVars(t)) {
		if c := t.src[m.from]; c == '_' || c == '~' {
			bad = append(bad, cluster{m.from, m.from + 1}, cluster{m.to - 1, m.to})
		}
	}
	if emoji {
		bad = append(bad, emojiAt(t.src)...)
	}
	if len(bad) == 0 {
		return
	}
	slices.SortFunc(bad, func(a, b cluster) int { return a.from - b.from })
	p.add(r, at, bad[0].from, bad[len(bad)-1].to).Fix = strip(at, t.src, bad)
}

// withoutVars is the text with a letter in place of each rune of a placeholder.
func withoutVars(t *text) []rune {
	if len(t.vars) == 0 {
		return t.src
	}
	rs := slices.Clone(t.src)
	for _, v := range t.vars {
		for i := v.Start; i < v.End; i++ {
			rs[i] = 'x'
		}
	}
	return rs
}

// strip takes clusters out, and a space that would then stand twice or at the
// edge; a new line becomes a space.
func strip(at Place, src []rune, bad []cluster) *Fix {
	var edits []Edit
	for _, c := range bad {
		from, to, with := c.from, c.to, ""
		if n := len(edits); n > 0 && from < edits[n-1].End {
			continue
		}
		if src[from] == '\n' {
			with = " "
		} else if to < len(src) && src[to] == ' ' && (from == 0 || src[from-1] == ' ') {
			to++
		} else if to == len(src) && from > 0 && src[from-1] == ' ' && (len(edits) == 0 || edits[len(edits)-1].End < from) {
			from--
		}
		edits = append(edits, Edit{at, from, to, with})
	}
	return &Fix{Edits: edits}
}
