package template

import (
	"slices"
	"strings"

	"bottega/core"
)

// Template is a message form as it is written, read from a file or shown in
// the editor: all that a review sees. Offsets into its parts are always runes.
type Template struct {
	ID       string // echoed, never judged
	Name     string
	Language string // "pt_BR"
	Category string // MARKETING, UTILITY, AUTHENTICATION
	Format   string // POSITIONAL, NAMED or "" when it does not say
	Header   Header
	Body     string
	Footer   string
	Buttons  []Button
	// Samples of the body's variables: by number, or for names by first
	// appearance. Sampled tells that the source speaks of samples at all, for a
	// template without any is not judged on them.
	Samples []string
	Sampled bool
	// Typed are the fields that were given, even if empty. A field neither given
	// nor filled is not judged: plain text has no category.
	Typed Fields
	// Library are templates that came along in the same record to compare with.
	Library []Template
}

// Fields marks parts of a template.
type Fields struct{ Name, Language, Category bool }

// Header is the part above the body.
type Header struct {
	Format  string // "", TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION
	Text    string
	Samples []string
}

// File reports that the header is a file: then its one sample is what the
// provider calls the handle of a sample file.
func (h Header) File() bool {
	return HeaderKind(h.Format) != ""
}

// Button is one button below the footer.
type Button struct {
	Type    string // QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, …
	Text    string // label
	URL     string
	Phone   string
	Example string // of the URL's variable, or the code to copy
}

// Categories of the platform (P-10).
const (
	Marketing      = "MARKETING"
	Utility        = "UTILITY"
	Authentication = "AUTHENTICATION"
)

// Formats of variables and headers, and types of buttons.
const (
	Positional = "POSITIONAL"
	Named      = "NAMED"

	HeaderText = "TEXT"

	QuickReply  = "QUICK_REPLY"
	URLButton   = "URL"
	PhoneButton = "PHONE_NUMBER"
	CopyCode    = "COPY_CODE"
)

// Of takes over a template as the rest of the program knows it. Providers do
// not hand out samples: one without any is not judged on them.
func Of(t core.Template) Template {
	out := Template{ID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Body: t.Body, Footer: t.Footer,
		Header: Header{Format: t.Header.Format, Text: t.Header.Text, Samples: t.Header.Samples}, Samples: t.Samples,
		Sampled: len(t.Samples)+len(t.Header.Samples) > 0, Typed: Fields{true, true, true}}
	if t.NamedVars {
		out.Format = Named
	}
	for _, b := range t.Buttons {
		out.Buttons = append(out.Buttons, Button{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone, Example: b.Example})
	}
	return out.clean()
}

// Core is the template as the rest of the program knows it, with every <<1>>
// written {{1}}: the form that may leave for a provider.
func (t Template) Core() core.Template {
	t = t.clean()
	out := core.Template{ID: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, NamedVars: t.named(),
		Header: core.TemplateHeader{Format: t.Header.Format, Text: t.Header.Text, Samples: t.Header.Samples}, Body: t.Body,
		Samples: t.Samples, Footer: t.Footer}
	for _, b := range t.Buttons {
		out.Buttons = append(out.Buttons, core.TemplateButtonDef{Type: b.Type, Text: b.Text, URL: b.URL, Phone: b.Phone, Example: b.Example})
	}
	return out
}

// named reports whether the template's variables are names: as it says, or as
// they are where it does not say.
func (t Template) named() bool {
	if t.Format != "" {
		return t.Format == Named
	}
	for _, v := range append(Vars(t.Body), Vars(t.Header.Text)...) {
		if v.Number == 0 {
			return true
		}
	}
	return false
}

// Submitted is the template as it is about to be sent for review: nothing may
// be missing any more, samples included.
func (t Template) Submitted() Template {
	t = t.clean()
	t.Typed, t.Sampled = Fields{true, true, true}, true
	return t
}

// clean gives a copy in the one spelling that rules read: <<1>> as {{1}},
// invalid bytes as U+FFFD, words of the platform in capitals. Rune offsets stay.
func (t Template) clean() Template {
	t.Name, t.Body, t.Footer = valid(t.Name), Braces(valid(t.Body)), Braces(valid(t.Footer))
	t.Format = strings.ToUpper(strings.TrimSpace(t.Format))
	t.Header.Text = Braces(valid(t.Header.Text))
	t.Header.Format = strings.ToUpper(strings.TrimSpace(t.Header.Format))
	if t.Header.Format == "" && t.Header.Text != "" {
		t.Header.Format = HeaderText
	}
	t.Header.Samples, t.Samples = validAll(t.Header.Samples), validAll(t.Samples)
	t.Buttons = slices.Clone(t.Buttons)
	for i, b := range t.Buttons {
		t.Buttons[i] = Button{Type: buttonType(b.Type), Text: Braces(valid(b.Text)), URL: Braces(valid(b.URL)),
			Phone: valid(b.Phone), Example: valid(b.Example)}
	}
	return t
}

// buttonType brings the names that providers and files use to Meta's.
func buttonType(s string) string {
	s = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), "-", "_"))
	switch s {
	case "PHONE", "CALL":
		return PhoneButton
	case "QUICKREPLY", "REPLY":
		return QuickReply
	}
	return s
}

// valid writes each invalid byte as U+FFFD, so that runes count the same
// before and after.
func valid(s string) string {
	for i, r := range s {
		if r == '\uFFFD' && !strings.HasPrefix(s[i:], "\uFFFD") {
			return string([]rune(s))
		}
	}
	return s
}

func validAll(ss []string) []string {
	out := slices.Clone(ss)
	for i, s := range out {
		out[i] = valid(s)
	}
	return out
}

// base is the language without its region: "pt" of "pt_BR".
func base(language string) string {
	b, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(language)), "-", "_"), "_")
	return b
}
