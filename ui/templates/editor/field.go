package editor

import (
	"slices"

	"bottega/core/template"
)

// Kind of a field.
type Kind uint8

const (
	Line   Kind = iota // one line of text
	Area               // lines of text
	Choice             // one of a few, stepped through
	List               // one of many, picked from a list
	Action             // something to do: add a button
)

// Field is one thing in the editor that the cursor can stand on.
type Field struct {
	Place template.Place
	Kind  Kind
	// Locked fields are shown and cannot be changed.
	Locked bool
	// Of is the variable whose sample it is, "" for all others.
	Of string
}

// Text reports that letters are typed into the field.
func (f Field) Text() bool { return f.Kind == Line || f.Kind == Area }

func (f Field) lines() int {
	if f.Kind == Area {
		return 12
	}
	return 3
}

// limit bounds what a field takes in. It is far above what the platform
// allows, so that a text can be pasted and then cut down.
func (f Field) limit() int {
	if f.Kind == Area {
		return 8192
	}
	return 2500
}

// Fields of a place that are no text of the template.
const (
	Format = "format" // of the header
	Type   = "type"   // of a button
	Add    = "add"    // one more button

	url     = "url"
	phone   = "phone"
	example = "example"
)

// fileSample is the handle of a header's sample file.
var fileSample = template.Place{Part: template.PartSample, N: 1, Field: string(template.PartHeader)}

// HeaderFormats are the choices above the text, "" for none.
var HeaderFormats = []string{"", template.HeaderText, "IMAGE", "VIDEO", "DOCUMENT", "LOCATION"}

// Categories are the choices of the category field.
var Categories = []string{template.Utility, template.Marketing, template.Authentication}

// ButtonTypes are the choices of a button's type.
var ButtonTypes = []string{template.QuickReply, template.URLButton, template.PhoneButton, template.CopyCode}

// Choices are the values that a field of kind Choice goes through.
func Choices(p template.Place) []string {
	switch {
	case p.Part == template.PartCategory:
		return Categories
	case p.Part == template.PartHeader && p.Field == Format:
		return HeaderFormats
	case p.Part == template.PartButton && p.Field == Type:
		return ButtonTypes
	}
	return nil
}

// fieldsOf lists the fields that a document has.
func fieldsOf(t *template.Template, locked map[template.Part]bool) []Field {
	var out []Field
	add := func(k Kind, p template.Place, of string) {
		out = append(out, Field{Place: p, Kind: k, Locked: locked[p.Part], Of: of})
	}
	samples := func(field, text string) {
		for i, n := range template.Names(text) {
			add(Line, template.Place{Part: template.PartSample, N: i + 1, Field: field}, n)
		}
	}
	add(Line, template.Place{Part: template.PartName}, "")
	add(List, template.Place{Part: template.PartLanguage}, "")
	add(Choice, template.Place{Part: template.PartCategory}, "")
	add(Choice, template.Place{Part: template.PartHeader, Field: Format}, "")
	if t.Header.Format == template.HeaderText {
		add(Line, template.Place{Part: template.PartHeader}, "")
		samples(string(template.PartHeader), t.Header.Text)
	} else if t.Header.File() {
		add(Line, fileSample, "")
	}
	add(Area, template.Place{Part: template.PartBody}, "")
	samples("", t.Body)
	add(Line, template.Place{Part: template.PartFooter}, "")
	for i, b := range t.Buttons {
		at := func(field string) template.Place {
			return template.Place{Part: template.PartButton, N: i + 1, Field: field}
		}
		add(Choice, at(Type), "")
		add(Line, at(""), "")
		switch b.Type {
		case template.URLButton:
			add(Line, at(url), "")
			if len(template.Vars(b.URL)) > 0 {
				add(Line, at(example), "")
			}
		case template.PhoneButton:
			add(Line, at(phone), "")
		case template.CopyCode:
			add(Line, at(example), "")
		}
	}
	add(Action, template.Place{Part: template.PartButton, Field: Add}, "")
	return out
}

// get is the text of a place, "" where there is none.
func get(t *template.Template, p template.Place) string {
	switch p.Part {
	case template.PartHeader:
		if p.Field == Format {
			return t.Header.Format
		}
	case template.PartButton:
		if p.Field == Type && p.N >= 1 && p.N <= len(t.Buttons) {
			return t.Buttons[p.N-1].Type
		}
	}
	return t.TextAt(p)
}

// put changes the text of a place; samples are not its business.
func put(t *template.Template, p template.Place, v string) {
	switch p.Part {
	case template.PartName:
		t.Name = v
	case template.PartLanguage:
		t.Language = v
	case template.PartCategory:
		t.Category = v
	case template.PartHeader:
		if p.Field == Format {
			t.Header.Format = v
			return
		}
		t.Header.Text = v
	case template.PartBody:
		t.Body = v
	case template.PartFooter:
		t.Footer = v
	case template.PartButton:
		if p.N >= 1 && p.N <= len(t.Buttons) {
			putButton(&t.Buttons[p.N-1], p.Field, v)
		}
	}
}

func putButton(b *template.Button, field, v string) {
	switch field {
	case Type:
		b.Type = v
	case "":
		b.Text = v
	case url:
		b.URL = v
	case phone:
		b.Phone = v
	case example:
		b.Example = v
	}
}

// Step takes the next (1) or previous (-1) value of the choice under the
// cursor and reports whether it is one.
func (e *Editor) Step(d int) bool {
	f := e.At()
	cs := Choices(f.Place)
	if f.Kind != Choice || f.Locked {
		return false
	}
	n := len(cs)
	i := slices.Index(cs, get(&e.doc, f.Place))
	if i < 0 && d < 0 {
		i = 0
	}
	e.Set(f.Place, cs[((i+d)%n+n)%n])
	return true
}
