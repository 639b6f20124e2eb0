package template

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Rules of buttons.
const (
	buttonCount    Rule = "button-count"
	buttonGrouping Rule = "button-grouping"
	labelLength    Rule = "button-text-length"
	labelFormat    Rule = "button-text-format"
	labelTwice     Rule = "button-text-duplicate"
	urlLength      Rule = "button-url-length"
	urlInvalid     Rule = "button-url-invalid"
	urlVariable    Rule = "button-url-variable"
	urlWhatsApp    Rule = "button-url-whatsapp"
	phoneInvalid   Rule = "button-phone-invalid"
	copyCodeLength Rule = "copy-code-length"
)

func (p *pass) buttons() {
	p.buttonNumbers()
	p.grouping()
	seen := map[string]int{}
	for i, b := range p.t.Buttons {
		at := Place{Part: PartButton, N: i + 1}
		p.label(at, p.parts[3+i].text)
		if key := foldAll(b.Text); key != "" {
			if first, twice := seen[key]; twice {
				p.add(labelTwice, at, 0, len([]rune(b.Text)), "other", strconv.Itoa(first))
			} else {
				seen[key] = i + 1
			}
		}
		switch b.Type {
		case URLButton:
			p.urlButton(at, b)
		case PhoneButton:
			p.phoneButton(at, b)
		case CopyCode:
			at.Field = fieldExample
			p.tooLong(copyCodeLength, at, len([]rune(b.Example)), p.limits.CopyCodeLength.Value)
		}
	}
}

// buttonNumbers notes the first button that is one too many, once for all of
// them and once for each type.
func (p *pass) buttonNumbers() {
	most := map[string]int{"": p.limits.ButtonsMax.Value, URLButton: p.limits.URLButtonsMax.Value,
		PhoneButton: p.limits.PhoneButtonsMax.Value, CopyCode: p.limits.CopyCodeMax.Value}
	count := map[string]int{}
	for i, b := range p.t.Buttons {
		for _, kind := range []string{"", b.Type} {
			if count[kind]++; most[kind] > 0 && count[kind] == most[kind]+1 {
				p.add(buttonCount, Place{Part: PartButton, N: i + 1}, 0, 0, "max", strconv.Itoa(most[kind]), "type", kind)
			}
			if b.Type == "" {
				break
			}
		}
	}
}

// grouping wants quick replies side by side.
func (p *pass) grouping() {
	changes, last := 0, 0
	for i, b := range p.t.Buttons {
		if i > 0 && (b.Type == QuickReply) != (p.t.Buttons[i-1].Type == QuickReply) {
			changes++
			if last == 0 && changes > 1 {
				last = i + 1
			}
		}
	}
	if changes < 2 {
		return
	}
	order := make([]int, len(p.t.Buttons))
	for i := range order {
		order[i] = i
	}
	quickFirst := p.t.Buttons[0].Type == QuickReply
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := p.t.Buttons[a].Type == QuickReply, p.t.Buttons[b].Type == QuickReply
		switch {
		case x == y:
			return 0
		case x == quickFirst:
			return -1
		}
		return 1
	})
	p.add(buttonGrouping, Place{Part: PartButton, N: last}, 0, 0).Fix = &Fix{Buttons: order}
}

func (p *pass) label(at Place, t *text) {
	p.tooLong(labelLength, at, len(t.src), p.limits.LabelMax.Value)
	bad := emojiAt(t.src)
	for i, c := range t.src {
		if c == '\n' || c == '\r' || isMarkup(c) && !t.inVar(i) {
			bad = append(bad, cluster{i, i + 1})
		}
	}
	fixable := len(t.vars) == 0
	for _, v := range t.vars {
		bad = append(bad, cluster{v.Start, v.End})
	}
	if len(bad) == 0 {
		return
	}
	slices.SortFunc(bad, func(a, b cluster) int { return a.from - b.from })
	f := p.add(labelFormat, at, bad[0].from, bad[len(bad)-1].to)
	if fixable {
		f.Fix = strip(at, t.src, bad)
	}
}

// inVar reports whether rune i of the original lies in a placeholder.
func (t *text) inVar(i int) bool {
	n, found := slices.BinarySearchFunc(t.vars, i, func(v Var, at int) int { return v.Start - at })
	return found || n > 0 && i < t.vars[n-1].End
}

func (p *pass) urlButton(at Place, b Button) {
	at.Field = fieldURL
	n, vars := len([]rune(b.URL)), Vars(b.URL)
	p.tooLong(urlLength, at, n, p.limits.URLMax.Value)
	host, ok := publicHost(withoutHoles(b.URL, vars))
	if !ok {
		f := p.add(urlInvalid, at, 0, n)
		if _, ok := publicHost("https://" + withoutHoles(b.URL, vars)); ok && !strings.Contains(b.URL, "://") {
			f.Fix = &Fix{Edits: []Edit{{at, 0, 0, "https://"}}}
		}
	} else if under(p.hosts.button, host) {
		p.add(urlWhatsApp, at, 0, n, "host", host)
	}
	if len(vars) > 1 || len(vars) == 1 && vars[0].End != n {
		p.add(urlVariable, at, vars[0].Start, vars[len(vars)-1].End)
	} else if len(vars) == 1 && vars[0].Number != 0 && vars[0].Number != 1 {
		p.add(varSequence, at, vars[0].Start, vars[0].End).Fix = &Fix{Edits: []Edit{{at, vars[0].Start, vars[0].End, "{{1}}"}}}
	}
}

// withoutHoles writes an x for each placeholder.
func withoutHoles(s string, vars []Var) string {
	if len(vars) == 0 {
		return s
	}
	rs, out, at := []rune(s), []rune(nil), 0
	for _, v := range vars {
		out = append(append(out, rs[at:v.Start]...), 'x')
		at = v.End
	}
	return string(append(out, rs[at:]...))
}

// publicHost is the host of an absolute web address that the whole world may
// reach, folded. Nothing is asked of the network.
func publicHost(s string) (string, bool) {
	if strings.ContainsAny(s, " \t\r\n") {
		return "", false
	}
	u, err := url.Parse(s)
	if err != nil || !strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https") {
		return "", false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return host, !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsUnspecified() && !ip.IsLinkLocalUnicast() && !ip.IsMulticast()
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") {
		return "", false
	}
	return host, strings.Contains(host, ".") && !strings.HasPrefix(host, ".") && !strings.Contains(host, "..")
}

// phoneForm is what the platform takes for a number to call.
var phoneForm = regexp.MustCompile(`^\+?[0-9 ()-]{5,}$`)

func (p *pass) phoneButton(at Place, b Button) {
	at.Field = fieldPhone
	n := len([]rune(b.Phone))
	if !phoneForm.MatchString(b.Phone) || n > p.limits.PhoneMax.Value {
		p.add(phoneInvalid, at, 0, n, "max", strconv.Itoa(p.limits.PhoneMax.Value))
	}
}
