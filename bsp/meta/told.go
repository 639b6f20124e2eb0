package meta

import (
	"encoding/json"

	"bottega/bsp/wire"
	forms "bottega/core/template"
)

// toldExample is the example of a header or body in the list of templates
// (bsp/meta.md 4.1). That of a file is an address that expires, not the handle
// that another submission needs, and is left out.
type toldExample struct {
	Header      json.RawMessage `json:"header_text"`
	HeaderNamed list            `json:"header_text_named_params"`
	Body        json.RawMessage `json:"body_text"`
	BodyNamed   list            `json:"body_text_named_params"`
}

// told are the samples of a part's variables in the order of
// core.Template.Samples, nil where one of them is missing: half a set would
// stand with the wrong variables.
func told(p templatePart, byName bool) []string {
	names := forms.Placeholders(string(p.Text))
	var e toldExample
	if len(names) == 0 || wire.Lenient(p.Example, &e) != nil {
		return nil
	}
	if !byName {
		values := texts(e.Body)
		if len(values) == 0 {
			values = texts(e.Header)
		}
		if len(values) < len(names) {
			return nil
		}
		return values[:len(names)]
	}
	of := map[string]string{}
	for _, raw := range append(e.HeaderNamed, e.BodyNamed...) {
		var x struct {
			Name    text `json:"param_name"`
			Example text `json:"example"`
		}
		if wire.Lenient(raw, &x) == nil {
			of[string(x.Name)] = string(x.Example)
		}
	}
	values := make([]string, len(names))
	for i, n := range names {
		if values[i] = of[n]; values[i] == "" {
			return nil
		}
	}
	return values
}

// texts reads one text, a list of them, or the first list in a list.
func texts(raw json.RawMessage) []string {
	var l list
	if len(raw) == 0 || wire.Lenient(raw, &l) != nil || len(l) == 0 {
		var one text
		if len(raw) == 0 || wire.Lenient(raw, &one) != nil || one == "" {
			return nil
		}
		return []string{string(one)}
	}
	var inner list
	if wire.Lenient(l[0], &inner) == nil && len(inner) > 0 {
		l = inner
	}
	out := make([]string, 0, len(l))
	for _, r := range l {
		var v text
		if wire.Lenient(r, &v) != nil || v == "" {
			return nil
		}
		out = append(out, string(v))
	}
	return out
}
