// Package template knows what stands in a template's braces and fills it. Both
// {{1}} and {{name}} are read; a template uses one kind or the other
// (bsp/meta.md 4.1).
package template

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bottega/core"
)

// approved is the provider's word for a template that may be sent.
const approved = "APPROVED"

var variable = regexp.MustCompile(`\{\{\s*([a-z0-9_]+)\s*\}\}`)

// Variables lists what stands in the braces of s, each once, in order of
// appearance: "1", "2" or names.
func Variables(s string) []string {
	var vs []string
	for _, m := range variable.FindAllStringSubmatch(s, -1) {
		if !slices.Contains(vs, m[1]) {
			vs = append(vs, m[1])
		}
	}
	return vs
}

// Find picks an approved template by name and language. With language "" the
// only approved one of that name is taken. "es-CO" and "es_CO" are the same.
// Errors: NotFound when there is no such template or it is not approved,
// Conflict when several languages would fit.
func Find(all []core.Template, name, language string) (core.Template, error) {
	var fit []core.Template
	for _, t := range all {
		if t.Name == name && t.Status == approved && (language == "" || sameLanguage(t.Language, language)) {
			fit = append(fit, t)
		}
	}
	switch len(fit) {
	case 0:
		return core.Template{}, core.Fail(core.NotFound, "template.Find", fmt.Errorf("no approved template %q", name))
	case 1:
		return fit[0], nil
	}
	return core.Template{}, core.Fail(core.Conflict, "template.Find", fmt.Errorf("%d languages of %q", len(fit), name))
}

func sameLanguage(a, b string) bool {
	return strings.EqualFold(strings.ReplaceAll(a, "-", "_"), strings.ReplaceAll(b, "-", "_"))
}

// Fill fills a template's header and body with values by variable name ("1",
// "name") and returns what to send, its Text as the customer will read it.
// Header and body count their variables apart: "header.1" is the header's own
// value where it differs from the body's "1".
// "button.2" is the value of the second button: what stands for the variable
// in its link, or the code to copy.
// Every variable needs a value and every value a variable: otherwise the
// provider refuses (132000, S-182), and Fill returns a ProviderError of class
// template with that code. A header that is a file or a place takes
// HeaderValue.
func Fill(t core.Template, values map[string]string) (core.Content, error) {
	body, header := Variables(t.Body), []string(nil)
	call := &core.TemplateCall{Name: t.Name, Language: t.Language, Category: t.Category}
	buttons, rest, err := pressed(t.Buttons, values)
	if err != nil {
		return core.Content{}, err
	}
	call.Buttons = buttons
	switch t.Header.Format {
	case "":
	case HeaderText:
		header = Variables(t.Header.Text)
	default:
		if err := above(t, rest, call); err != nil {
			return core.Content{}, err
		}
		delete(rest, HeaderValue)
	}
	inHeader, inBody, err := assign(header, body, rest)
	if err != nil {
		return core.Content{}, err
	}
	for _, v := range header {
		if !t.NamedVars {
			call.Header = append(call.Header, inHeader[v])
			continue
		}
		if call.HeaderNamed == nil {
			call.HeaderNamed = map[string]string{}
		}
		call.HeaderNamed[v] = inHeader[v]
	}
	if t.NamedVars {
		for _, v := range body {
			if call.Named == nil {
				call.Named = map[string]string{}
			}
			call.Named[v] = inBody[v]
		}
	} else {
		slices.SortFunc(body, byNumber)
		for _, v := range body {
			call.Body = append(call.Body, inBody[v])
		}
	}
	return core.Content{Type: core.TypeTemplate, Template: call, Text: lines(
		fillText(t.Header.Text, inHeader), fillText(t.Body, inBody), t.Footer)}, nil
}

// Values lists the names under which Fill takes a template's values, in the
// order of reading. A variable that header and body share stands once: the
// header takes the body's value where it is given none of its own.
func Values(t core.Template) []string {
	body := Variables(t.Body)
	var names []string
	if HeaderKind(t.Header.Format) != "" || t.Header.Format == HeaderLocation {
		names = append(names, HeaderValue)
	}
	if t.Header.Format == "TEXT" {
		for _, v := range Variables(t.Header.Text) {
			if slices.Contains(body, v) {
				continue // the body's will do
			}
			names = append(names, v)
		}
	}
	if !t.NamedVars {
		slices.SortFunc(body, byNumber)
	}
	names = append(names, body...)
	for i, b := range t.Buttons {
		if takesValue(b) != "" {
			names = append(names, ButtonValue(i+1))
		}
	}
	return names
}

// ButtonValue names the value of a button, n from 1, in what Fill takes.
func ButtonValue(n int) string { return "button." + strconv.Itoa(n) }

// takesValue is the kind of a button that needs a value, "" for one that needs none.
func takesValue(b core.TemplateButtonDef) string {
	switch {
	case b.Type == CopyCode:
		return "copy_code"
	case b.Type == "OTP", b.Type == URLButton && len(Vars(b.URL)) > 0: // a one-time code goes out as the value of a link
		return "url"
	}
	return ""
}

// pressed fills the buttons that take a value and returns the values that are
// left for the texts.
func pressed(bs []core.TemplateButtonDef, values map[string]string) (out []core.TemplateButton, rest map[string]string, err error) {
	rest = maps.Clone(values)
	for i, b := range bs {
		kind := takesValue(b)
		if kind == "" {
			continue
		}
		name := ButtonValue(i + 1)
		if strings.TrimSpace(values[name]) == "" {
			return nil, nil, wrong("no value for button " + strconv.Itoa(i+1))
		}
		out = append(out, core.TemplateButton{Index: i, SubType: kind, Value: values[name]})
		delete(rest, name)
	}
	return out, rest, nil
}

// assign gives each variable its value. No value may be left over or blank.
func assign(header, body []string, values map[string]string) (inHeader, inBody map[string]string, err error) {
	inHeader, inBody = map[string]string{}, map[string]string{}
	used := map[string]bool{}
	take := func(into map[string]string, v string, names ...string) error {
		for _, n := range names {
			if strings.TrimSpace(values[n]) != "" {
				into[v], used[n] = values[n], true
				return nil
			}
		}
		return wrong("no value for {{" + v + "}}")
	}
	for _, v := range header {
		if err := take(inHeader, v, "header."+v, v); err != nil {
			return nil, nil, err
		}
	}
	for _, v := range body {
		if err := take(inBody, v, v); err != nil {
			return nil, nil, err
		}
	}
	for n := range values {
		if !used[n] {
			return nil, nil, wrong("no {{" + n + "}} in the template")
		}
	}
	return inHeader, inBody, nil
}

// lines joins the parts of a template that are there.
func lines(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "\n")
}

func fillText(s string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(s, func(m string) string {
		return values[variable.FindStringSubmatch(m)[1]]
	})
}

// byNumber orders positional variables: 2 before 10.
func byNumber(a, b string) int {
	x, xerr := strconv.Atoi(a)
	y, yerr := strconv.Atoi(b)
	if xerr != nil || yerr != nil {
		return strings.Compare(a, b)
	}
	return x - y
}

// wrong is the error of values that do not fit, as the provider would give it.
func wrong(why string) error {
	return core.Fail(core.ProviderRefused, "template.Fill",
		&core.ProviderError{Code: "132000", Class: core.ClassTemplate, Message: why})
}
