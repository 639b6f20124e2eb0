package template

import (
	"slices"
	"strconv"
	"strings"
)

// Var is one placeholder as it stands in a text.
type Var struct {
	Start, End int    // runes
	Raw        string // between the braces
	Name       string // Raw without spaces and leading zeros: "1", "first_name"
	Number     int    // 0 when it is a name
}

// Vars lists the placeholders of s in order, repeated ones again. Whatever
// stands between double braces without a brace in it is one, well formed or not.
func Vars(s string) []Var {
	if !strings.Contains(s, "{{") {
		return nil
	}
	var out []Var
	rs := []rune(s)
	for i := 0; i+1 < len(rs); i++ {
		if rs[i] != '{' || rs[i+1] != '{' || i+2 < len(rs) && rs[i+2] == '{' {
			continue
		}
		j := i + 2
		for j < len(rs) && rs[j] != '{' && rs[j] != '}' {
			j++
		}
		if j > i+2 && j+1 < len(rs) && rs[j] == '}' && rs[j+1] == '}' {
			out = append(out, newVar(i, j+2, string(rs[i+2:j])))
			i = j + 1
		} else {
			i = j - 1
		}
	}
	return out
}

func newVar(start, end int, raw string) Var {
	v := Var{Start: start, End: end, Raw: raw, Name: strings.TrimSpace(raw)}
	if !digitsOnly(v.Name) {
		return v
	}
	n, err := strconv.Atoi(v.Name)
	if err != nil || n == 0 {
		n = -1 // {{0}} or a number beyond counting: positional, and never in order
	} else {
		v.Name = strconv.Itoa(n)
	}
	v.Number = n
	return v
}

func digitsOnly(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Braces reads <<1>> and <<first_name>> as they are often typed by hand:
// {{1}}, {{first_name}}. No rune is added or lost, so offsets stay.
func Braces(s string) string {
	if !strings.Contains(s, "<<") {
		return s
	}
	b := []byte(s)
	for i := 0; i+1 < len(b); i++ {
		if b[i] != '<' || b[i+1] != '<' {
			continue
		}
		j := i + 2
		for j < len(b) && inName(b[j]) {
			j++
		}
		if j > i+2 && j+1 < len(b) && b[j] == '>' && b[j+1] == '>' {
			copy(b[i:], "{{")
			copy(b[j:], "}}")
		}
		i = j - 1
	}
	return string(b)
}

func inName(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// distinct names of vars in the order in which samples stand for them: by
// number, or for names by first appearance.
func distinct(vs []Var) []string {
	var out []string
	seen := make(map[string]bool, len(vs))
	numbers := len(vs) > 0
	for _, v := range vs {
		if !seen[v.Name] {
			seen[v.Name] = true
			out = append(out, v.Name)
		}
		numbers = numbers && v.Number != 0
	}
	if numbers {
		slices.SortFunc(out, byNumber)
	}
	return out
}

// Placeholders are the variables of a text, each once, in the order in which
// samples stand for them: by number, or for names by first appearance.
func Placeholders(text string) []string { return distinct(Vars(Braces(valid(text)))) }

// values gives each variable of a text its sample; one without is left out.
func values(text string, samples []string) map[string]string {
	out := map[string]string{}
	for i, name := range distinct(Vars(text)) {
		if i < len(samples) && strings.TrimSpace(samples[i]) != "" {
			out[name] = samples[i]
		}
	}
	return out
}

// Hydrate is a text with its samples filled in; variables without a sample stay.
func Hydrate(text string, samples []string) string {
	text = Braces(valid(text))
	vs := Vars(text)
	if len(vs) == 0 {
		return text
	}
	val, rs := values(text, samples), []rune(text)
	var b strings.Builder
	at := 0
	for _, v := range vs {
		b.WriteString(string(rs[at:v.Start]))
		if s, ok := val[v.Name]; ok {
			b.WriteString(s)
		} else {
			b.WriteString(string(rs[v.Start:v.End]))
		}
		at = v.End
	}
	b.WriteString(string(rs[at:]))
	return b.String()
}
