package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"bottega/core"
)

// Decode reads templates from what a person or a program hands in: a JSON
// object, an array or JSON lines, each entry the body of the platform's
// create call (bsp/meta.md 4.1) or the flat form, or plain text, which is one
// body. Order is kept. Errors: InvalidInput for what looks like JSON and is
// none, with the number of the entry in the cause.
func Decode(data []byte) ([]Template, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	trimmed := bytes.TrimLeftFunc(data, unicode.IsSpace)
	if !looksJSON(trimmed) {
		if len(trimmed) == 0 {
			return nil, nil
		}
		return []Template{{Body: strings.TrimRight(valid(string(data)), "\r\n")}}, nil
	}
	var out []Template
	d := json.NewDecoder(bytes.NewReader(trimmed))
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, core.Fail(core.InvalidInput, "template.Decode", fmt.Errorf("entry %d: %w", len(out)+1, err))
		}
		ts, err := decodeValue(raw)
		if err != nil {
			return nil, core.Fail(core.InvalidInput, "template.Decode", fmt.Errorf("entry %d: %w", len(out)+1, err))
		}
		out = append(out, ts...)
	}
	if _, err := d.Token(); err != nil && d.InputOffset() < int64(len(bytes.TrimRightFunc(trimmed, unicode.IsSpace))) {
		return nil, core.Fail(core.InvalidInput, "template.Decode", fmt.Errorf("after entry %d: %w", len(out), err))
	}
	return out, nil
}

// looksJSON tells {"name": …} and [{…}] from a text that starts with a
// placeholder or a bracket.
func looksJSON(b []byte) bool {
	if len(b) == 0 || b[0] != '{' && b[0] != '[' {
		return false
	}
	next := bytes.TrimLeftFunc(b[1:], unicode.IsSpace)
	if len(next) == 0 {
		return false
	}
	if b[0] == '{' {
		return next[0] == '"' || next[0] == '}'
	}
	return next[0] == ']' || next[0] == '{' && looksJSON(next)
}

func decodeValue(raw json.RawMessage) ([]Template, error) {
	if raw[0] == '[' {
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, err
		}
		var out []Template
		for i, r := range list {
			t, err := decodeOne(r)
			if err != nil {
				return nil, fmt.Errorf("element %d: %w", i+1, err)
			}
			out = append(out, t)
		}
		return out, nil
	}
	t, err := decodeOne(raw)
	return []Template{t}, err
}

func decodeOne(raw json.RawMessage) (Template, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(raw, &keys); err != nil {
		return Template{}, err
	}
	if keys == nil {
		return Template{}, errors.New("no object")
	}
	if _, meta := keys["components"]; meta {
		return decodeMeta(raw)
	}
	return decodeFlat(raw, keys)
}

// flat is the short form, also of the starter set and of lists on disk.
type flat struct {
	ID              text0       `json:"id,omitempty"`
	Name            string      `json:"name,omitempty"`
	Lang            string      `json:"lang,omitempty"`
	Language        string      `json:"language,omitempty"`
	Category        string      `json:"category,omitempty"`
	ParameterFormat string      `json:"parameter_format,omitempty"`
	HeaderFormat    string      `json:"header_format,omitempty"`
	Header          string      `json:"header,omitempty"`
	Body            string      `json:"body"`
	Footer          string      `json:"footer,omitempty"`
	Buttons         []flatKey   `json:"buttons,omitempty"`
	Samples         *flatSample `json:"samples,omitempty"`
	Existing        []flat      `json:"existing,omitempty"`
}

type flatKey struct {
	Type    string `json:"type,omitempty"`
	Text    string `json:"text,omitempty"`
	URL     string `json:"url,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Number  string `json:"phone_number,omitempty"`
	Example text0  `json:"example,omitempty"`
}

type flatSample struct {
	Body   []string `json:"body,omitempty"`
	Header []string `json:"header,omitempty"`
}

// text0 is a text that may come as a number, or as a list whose first entry
// counts.
type text0 string

// UnmarshalJSON takes a string, a number, a list of them, or null.
func (t *text0) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			return nil
		}
		v = list[0]
	}
	switch v := v.(type) {
	case nil:
	case string:
		*t = text0(v)
	case float64:
		*t = text0(strings.TrimSpace(string(bytes.Trim(b, "[] \n"))))
	default:
		return fmt.Errorf("a text is wanted, not %T", v)
	}
	return nil
}

func decodeFlat(raw json.RawMessage, keys map[string]json.RawMessage) (Template, error) {
	var f flat
	if err := json.Unmarshal(raw, &f); err != nil {
		return Template{}, err
	}
	t := f.template()
	_, t.Typed.Name = keys["name"]
	_, lang := keys["lang"]
	_, language := keys["language"]
	t.Typed.Language = lang || language
	_, t.Typed.Category = keys["category"]
	return t.clean(), nil
}

func (f flat) template() Template {
	t := Template{ID: string(f.ID), Name: f.Name, Language: f.Lang, Category: f.Category, Format: f.ParameterFormat,
		Header: Header{Format: f.HeaderFormat, Text: f.Header}, Body: f.Body, Footer: f.Footer}
	if t.Language == "" {
		t.Language = f.Language
	}
	for _, b := range f.Buttons {
		if b.Phone == "" {
			b.Phone = b.Number
		}
		t.Buttons = append(t.Buttons, Button{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone, Example: string(b.Example)})
	}
	if f.Samples != nil {
		t.Samples, t.Header.Samples, t.Sampled = f.Samples.Body, f.Samples.Header, true
	}
	for _, e := range f.Existing {
		t.Library = append(t.Library, e.template())
	}
	return t
}

// MarshalJSON writes the flat form, which Decode reads.
func (t Template) MarshalJSON() ([]byte, error) {
	f := flat{ID: text0(t.ID), Name: t.Name, Lang: t.Language, Category: t.Category, ParameterFormat: t.Format,
		Header: t.Header.Text, HeaderFormat: t.Header.Format, Body: t.Body, Footer: t.Footer}
	if t.Header.Format == HeaderText {
		f.HeaderFormat = ""
	}
	for _, b := range t.Buttons {
		f.Buttons = append(f.Buttons, flatKey{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone, Example: text0(b.Example)})
	}
	if t.Sampled {
		f.Samples = &flatSample{t.Samples, t.Header.Samples}
	}
	return json.Marshal(f)
}
