package template

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"bottega/core"
)

// Linter knows the rules of a review. It never changes after NewLinter and is
// safe for concurrent use.
type Linter struct {
	limits      limitsFile
	rules       map[Rule]ruleInfo
	order       map[Rule]int
	prices      *prices
	discounts   *discounts
	hosts       *hosts
	urgency     *lists
	urgencySoft *lists // in marketing only
	share       *lists
	shareSoft   *lists // in marketing only
	shareNot    *phrases
	shareLater  byLang
	threat      *lists
	goods       *lists
	cta         *lists
	optout      *optouts
	category    *categories
	sensitive   *sensitives
	languages   *languages
	dummies     map[string]bool
	numerals    map[string]*numerals
	rewrites    rewritesFile
}

// groupContent are the rules that the shop may silence.
const groupContent = "content"

type ruleInfo struct {
	strict, official Severity
	group, source    string
	risk             int
}

// NewLinter compiles the rule files below fsys (assets.Rules()). A missing or
// faulty file gives InvalidInput with the file's name in the cause.
func NewLinter(fsys fs.FS) (*Linter, error) {
	l := &Linter{}
	if err := l.load(fsys); err != nil {
		return nil, core.Fail(core.InvalidInput, "template.NewLinter", err)
	}
	return l, nil
}

func (l *Linter) load(fsys fs.FS) error {
	var (
		rules     rulesFile
		price     priceFile
		discount  discountFile
		deals     dealsFile
		links     linksFile
		optout    optoutFile
		category  categoryFile
		sensitive sensitiveFile
		langs     languagesFile
		samples   samplesFile
		numbers   numbersFile
	)
	for name, into := range map[string]interface{ check() error }{
		"rules.json": &rules, "limits.json": &l.limits, "price.json": &price, "discount.json": &discount, "deals.json": &deals, "links.json": &links,
		"optout.json": &optout, "category.json": &category, "sensitive.json": &sensitive, "languages.json": &langs,
		"samples.json": &samples, "rewrites.json": &l.rewrites,
		"numbers.json": &numbers,
	} {
		if err := read(fsys, name, into); err != nil {
			return err
		}
	}
	l.setRules(rules)
	l.hosts, l.dummies = newHosts(links), map[string]bool{}
	for _, s := range samples.Dummies {
		l.dummies[foldAll(s)] = true
	}
	var err error
	if l.numerals, err = newNumerals(numbers); err != nil {
		return fmt.Errorf("numbers.json: %w", err)
	}
	for name, build := range map[string]func() error{
		"price.json":     func() (err error) { l.prices, err = newPrices(price, l.numerals); return },
		"discount.json":  func() (err error) { l.discounts, err = newDiscounts(discount, deals, l.limits); return },
		"optout.json":    func() (err error) { l.optout, err = newOptouts(optout); return },
		"category.json":  func() (err error) { l.category, err = newCategories(category); return },
		"sensitive.json": func() (err error) { l.sensitive, err = newSensitives(sensitive); return },
		"languages.json": func() (err error) { l.languages, err = newLanguages(langs); return },
	} {
		if err := build(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return l.loadPhrases(fsys)
}

func (l *Linter) loadPhrases(fsys fs.FS) error {
	for name, into := range map[string]**lists{
		"urgency.json": &l.urgency, "share.json": &l.share, "threat.json": &l.threat, "restricted.json": &l.goods, "cta.json": &l.cta,
	} {
		soft := map[string]**lists{"urgency.json": &l.urgencySoft, "share.json": &l.shareSoft}[name]
		var f phraseFile
		if err := read(fsys, name, &f); err != nil {
			return err
		}
		err := f.Sets.check()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if *into, err = f.Sets.lists(f.Phrases, f.Patterns, f.Except, nil); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if soft != nil {
			if *soft, err = f.Sets.lists(f.Marketing, f.MarketingPatterns, f.Except, nil); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		if name == "share.json" {
			l.shareLater = f.Later
			if l.shareNot, err = newPhrases(f.Negators); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func (l *Linter) setRules(f rulesFile) {
	l.rules, l.order = map[Rule]ruleInfo{}, map[Rule]int{}
	for i, r := range f.Rules {
		var sources []string
		for _, code := range strings.Fields(r.Source) {
			sources = append(sources, cmp.Or(f.Sources[code], code))
		}
		l.rules[r.ID] = ruleInfo{r.Strict, r.Official, r.Group, strings.Join(sources, "; "), r.Risk}
		l.order[r.ID] = i
	}
}

// Context is what a template is judged against beside itself. The zero value
// judges the text alone, in profile Strict.
type Context struct {
	Profile Profile
	Now     time.Time
	Library *Library  // the account's templates in all languages
	Deleted []Deleted // templates gone lately
	// Shorteners are hosts that the shop adds; Allowed are hosts it lets pass,
	// with the reason why; Silent are rules it wants to hear no more about, with
	// the reason why: of the group "content" only, for what a provider refuses by
	// its form stays refused.
	Shorteners []string
	Allowed    map[string]string
	Silent     map[Rule]string
}

// Deleted is a template that was deleted.
type Deleted struct {
	Name string
	At   time.Time
}

func (c *Context) allowed(host string) bool {
	for h, why := range c.Allowed {
		if why != "" && under(map[string]bool{strings.ToLower(h): true}, host) {
			return true
		}
	}
	return false
}

func (c *Context) added(host string) bool {
	return slices.ContainsFunc(c.Shorteners, func(h string) bool { return under(map[string]bool{strings.ToLower(h): true}, host) })
}

// pass is one run over one template.
type pass struct {
	*Linter
	c       *Context
	t       Template
	lang    string
	parts   []part // texts that a customer reads, in order
	body    *text
	header  *text
	footer  *text
	found   []Finding
	amounts [][]amount // of each part
	read    map[Place][]rune
}

// part is one text with its place.
type part struct {
	place Place
	*text
}

// Lint judges a template: every rule broken and where, in the order of the
// template's parts, then of the text. It changes nothing and asks nobody.
func (l *Linter) Lint(t Template, c Context) []Finding {
	t = t.clean()
	p := &pass{Linter: l, c: &c, t: t, lang: base(t.Language), read: map[Place][]rune{},
		header: newText(t.Header.Text), body: newText(t.Body), footer: newText(t.Footer)}
	p.parts = append(p.parts, part{Place{Part: PartHeader}, p.header}, part{Place{Part: PartBody}, p.body}, part{Place{Part: PartFooter}, p.footer})
	for i, b := range t.Buttons {
		p.parts = append(p.parts, part{Place{Part: PartButton, N: i + 1}, newText(b.Text)})
	}
	for _, in := range p.parts {
		p.numerals[p.lang].count(in.text)
	}
	p.form()
	p.buttons()
	if t.Category == Authentication {
		p.authentication()
	} else {
		p.variables()
		p.samples()
		p.content()
	}
	return p.sorted()
}

func (p *pass) content() {
	p.money()
	p.webLinks()
	p.pressure()
	p.people()
	p.style()
	p.missing()
	p.mismatch()
	p.oneTimeCode()
	p.compare()
}

// add notes a finding; start and end are runes of the place's text.
func (p *pass) add(r Rule, at Place, start, end int, kv ...string) *Finding {
	info := p.rules[r]
	f := Finding{Rule: r, Severity: info.strict, Place: at, Start: start, End: end, Source: info.source}
	if p.c.Profile == Official {
		f.Severity = info.official
	}
	if end > start {
		f.Text = string(p.runes(at)[start:end])
	}
	if info.risk > 0 {
		kv = append(kv, "risk", strconv.Itoa(info.risk))
	}
	for i := 0; i+1 < len(kv); i += 2 {
		if f.Params == nil {
			f.Params = map[string]string{}
		}
		f.Params[kv[i]] = kv[i+1]
	}
	p.found = append(p.found, f)
	return &p.found[len(p.found)-1]
}

// runes of a place, kept for the next finding there.
func (p *pass) runes(at Place) []rune {
	rs, ok := p.read[at]
	if !ok {
		rs = []rune(p.t.TextAt(at))
		p.read[at] = rs
	}
	return rs
}

// addHits notes a rule for each hit of fold positions in a part.
func (p *pass) addHits(r Rule, in part, hits []hit, kv ...string) {
	for _, h := range hits {
		start, end := in.span(h.from, h.to)
		p.add(r, in.place, start, end, kv...)
	}
}

// addTokens does the same for hits of tokens.
func (p *pass) addTokens(r Rule, in part, hits []hit, kv ...string) {
	for _, h := range hits {
		start, end := in.span(in.tokens[h.from].start, in.tokens[h.to-1].end)
		p.add(r, in.place, start, end, kv...)
	}
}

func (p *pass) has(rules ...Rule) bool {
	return slices.ContainsFunc(p.found, func(f Finding) bool { return slices.Contains(rules, f.Rule) })
}

var partOrder = []Part{PartName, PartLanguage, PartCategory, PartHeader, PartBody, PartFooter, PartButton, PartSample}

func (p *pass) sorted() []Finding {
	out := slices.DeleteFunc(p.found, func(f Finding) bool {
		return p.c.Silent[f.Rule] != "" && p.rules[f.Rule].group == groupContent
	})
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(slices.Index(partOrder, a.Place.Part)-slices.Index(partOrder, b.Place.Part), a.Place.N-b.Place.N,
			a.Start-b.Start, p.order[a.Rule]-p.order[b.Rule])
	})
	return out
}

// foldAll folds a short text for comparing as a whole.
func foldAll(s string) string {
	return strings.Join(strings.Fields(string(newText(valid(s)).fold)), " ")
}
