package template

import (
	"encoding/json"
	"strings"
)

// created is the body of the platform's create call (bsp/meta.md 4.1).
type created struct {
	ID              text0       `json:"id"`
	Name            string      `json:"name"`
	Language        string      `json:"language"`
	Category        string      `json:"category"`
	ParameterFormat string      `json:"parameter_format"`
	Components      []component `json:"components"`
}

type component struct {
	Type    string       `json:"type"`
	Format  string       `json:"format"`
	Text    string       `json:"text"`
	Example *example     `json:"example"`
	Buttons []metaButton `json:"buttons"`
}

type metaButton struct {
	Type    string `json:"type"`
	Text    string `json:"text"`
	URL     string `json:"url"`
	Phone   string `json:"phone_number"`
	Example text0  `json:"example"`
}

type example struct {
	HeaderText  []string     `json:"header_text"`
	HeaderNamed []namedValue `json:"header_text_named_params"`
	BodyText    bodyValues   `json:"body_text"`
	BodyNamed   []namedValue `json:"body_text_named_params"`
}

type namedValue struct {
	Name    string `json:"param_name"`
	Example text0  `json:"example"`
}

// bodyValues are a list in a list; a plain list is taken as well.
type bodyValues []string

// UnmarshalJSON takes both forms.
func (v *bodyValues) UnmarshalJSON(b []byte) error {
	var nested [][]string
	if json.Unmarshal(b, &nested) == nil {
		if len(nested) > 0 {
			*v = nested[0]
		}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(v))
}

func decodeMeta(raw json.RawMessage) (Template, error) {
	var c created
	if err := json.Unmarshal(raw, &c); err != nil {
		return Template{}, err
	}
	t := Template{ID: string(c.ID), Name: c.Name, Language: c.Language, Category: c.Category, Format: c.ParameterFormat,
		Typed: Fields{true, true, true}, Sampled: true}
	for _, part := range c.Components {
		switch strings.ToUpper(part.Type) {
		case "HEADER":
			t.Header = Header{Format: part.Format, Text: part.Text}
			if part.Example != nil {
				t.Header.Samples = part.Example.samples(part.Text, part.Example.HeaderText, part.Example.HeaderNamed)
			}
		case "BODY":
			t.Body = part.Text
			if part.Example != nil {
				t.Samples = part.Example.samples(part.Text, part.Example.BodyText, part.Example.BodyNamed)
			}
		case "FOOTER":
			t.Footer = part.Text
		case "BUTTONS":
			for _, b := range part.Buttons {
				t.Buttons = append(t.Buttons, Button{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone, Example: string(b.Example)})
			}
		}
	}
	return t.clean(), nil
}

// samples brings named values into the order of the text. A name that the
// text has not comes last, so that the number is seen to differ.
func (*example) samples(text string, positional []string, named []namedValue) []string {
	if len(named) == 0 {
		return positional
	}
	var out []string
	used := map[int]bool{}
	for _, name := range distinct(Vars(Braces(valid(text)))) {
		value := ""
		for i, n := range named {
			if n.Name == name && !used[i] {
				value, used[i] = string(n.Example), true
				break
			}
		}
		out = append(out, value)
	}
	for i, n := range named {
		if !used[i] {
			out = append(out, string(n.Example))
		}
	}
	return out
}
