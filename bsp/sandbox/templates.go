package sandbox

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// TemplateSeed is a template the account has from the start, in the words of
// Meta's own node plus how it came to its status.
type TemplateSeed struct {
	ID              string      `json:"id,omitempty"` // "" for the next one
	Name            string      `json:"name"`
	Language        string      `json:"language"`
	Category        string      `json:"category"`
	CorrectCategory string      `json:"correct_category,omitempty"`
	Status          string      `json:"status"`
	RejectedReason  string      `json:"rejected_reason,omitempty"`
	Quality         string      `json:"quality,omitempty"`
	ParameterFormat string      `json:"parameter_format,omitempty"`
	Components      []component `json:"components"`
}

// component of a template as created (bsp/meta.md 4.1).
type component struct {
	Type    string          `json:"type"`
	Format  string          `json:"format,omitempty"`
	Text    string          `json:"text,omitempty"`
	Example json.RawMessage `json:"example,omitempty"`
	Buttons []button        `json:"buttons,omitempty"`
	// of authentication templates
	Recommendation *bool `json:"add_security_recommendation,omitempty"`
	Expiration     int   `json:"code_expiration_minutes,omitempty"`
}

type button struct {
	Type    string          `json:"type"`
	Text    string          `json:"text,omitempty"`
	URL     string          `json:"url,omitempty"`
	Phone   string          `json:"phone_number,omitempty"`
	OTP     string          `json:"otp_type,omitempty"`
	Example json.RawMessage `json:"example,omitempty"`
}

// tmpl is a template of the library; guarded by library.mu, handed out as copies.
type tmpl struct {
	TemplateSeed
	ID       string
	Previous string // category before the last change
	sends    int
	edits    []int64 // unix times of edits while approved
}

func (t *tmpl) part(kind string) *component {
	for i := range t.Components {
		if strings.EqualFold(t.Components[i].Type, kind) {
			return &t.Components[i]
		}
	}
	return nil
}

func (t *tmpl) body() string { return t.Body() }

// Body is the text of the seed's body.
func (s TemplateSeed) Body() string {
	for _, c := range s.Components {
		if strings.EqualFold(c.Type, "BODY") {
			return c.Text
		}
	}
	return ""
}

// library is the account's templates.
type library struct {
	seeds []TemplateSeed

	mu     sync.Mutex
	list   []*tmpl // in the order of creation
	serial int64
	burnt  map[string]int64 // deleted approved names, by unix time
}

// firstTemplate is the id the counting starts from.
const firstTemplate = 800000000000000

func newLibrary(seeds []TemplateSeed) *library {
	l := &library{seeds: seeds}
	l.reset()
	return l
}

func (l *library) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list, l.serial, l.burnt = nil, firstTemplate, map[string]int64{}
	for _, s := range l.seeds {
		l.add(s)
	}
}

// add needs l.mu.
func (l *library) add(s TemplateSeed) *tmpl {
	l.serial++
	if s.ParameterFormat == "" {
		s.ParameterFormat = "POSITIONAL"
	}
	t := &tmpl{TemplateSeed: s, ID: strconv.FormatInt(l.serial, 10)}
	if n := number64(s.ID); n > firstTemplate {
		t.ID, l.serial = s.ID, max(l.serial-1, n)
	}
	l.list = append(l.list, t)
	return t
}

// find needs l.mu.
func (l *library) find(ok func(*tmpl) bool) *tmpl {
	if i := slices.IndexFunc(l.list, ok); i >= 0 {
		return l.list[i]
	}
	return nil
}

func (l *library) byID(id string) (tmpl, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.find(func(t *tmpl) bool { return t.ID == id }); t != nil {
		return *t, true
	}
	return tmpl{}, false
}

// change runs fn on the template with the id and returns the result; false when there is none.
func (l *library) change(id string, fn func(*tmpl)) (tmpl, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.find(func(t *tmpl) bool { return t.ID == id })
	if t == nil {
		return tmpl{}, false
	}
	fn(t)
	return *t, true
}

// holds counts a send and reports whether pacing holds it (P-54).
func (l *library) holds(t *tmpl, after int) bool {
	if after <= 0 || t.Category != "MARKETING" || t.Quality == "GREEN" {
		return false
	}
	c, ok := l.change(t.ID, func(t *tmpl) { t.sends++ })
	return ok && c.sends > after
}

// call checks a template message against its template (codes 132xxx).
func (l *library) call(q *templateCall) (*tmpl, *apiError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.find(func(t *tmpl) bool { return t.Name == q.Name && t.Language == q.Language.Code })
	if t == nil {
		return nil, refuse(132001, "template name (%s) does not exist in %s", clip(q.Name, 80), clip(q.Language.Code, 10))
	}
	switch t.Status {
	case "APPROVED":
	case "PAUSED":
		return nil, refuse(132015, "Template is paused due to low quality so it cannot be sent in a template message.")
	case "DISABLED":
		return nil, refuse(132016, "Template has been paused too many times due to low quality and is now permanently disabled.")
	default:
		return nil, refuse(132001, "template name (%s) is not approved in %s", clip(q.Name, 80), q.Language.Code)
	}
	copied := *t
	return &copied, copied.fits(q)
}

// fits compares the values of a call with the template's places.
func (t *tmpl) fits(q *templateCall) *apiError {
	var header, body *callComponent
	buttons := map[int]*callComponent{}
	for i := range q.Components {
		c := &q.Components[i]
		switch c.Type {
		case "header":
			header = c
		case "body":
			body = c
		case "button":
			buttons[int(c.Index.float())] = c
		}
	}
	if e := t.fitsHeader(header); e != nil {
		return e
	}
	if e := t.fitsText("body", t.body(), body, maxBodyText); e != nil {
		return e
	}
	return t.fitsButtons(buttons)
}

func (t *tmpl) fitsHeader(c *callComponent) *apiError {
	h := t.part("HEADER")
	switch {
	case h == nil || h.Format == "" || h.Format == "TEXT":
		text := ""
		if h != nil {
			text = h.Text
		}
		return t.fitsText("header", text, c, maxHeader)
	case c == nil || len(c.Parameters) != 1 || !strings.EqualFold(c.Parameters[0].Type, h.Format):
		got := "UNKNOWN"
		if c != nil && len(c.Parameters) > 0 {
			got = strings.ToUpper(clip(c.Parameters[0].Type, 20))
		}
		return refuse(132012, "header: Format mismatch, expected %s, received %s", h.Format, got)
	}
	p := c.Parameters[0]
	switch h.Format {
	case "IMAGE":
		return p.Image.valid("image")
	case "VIDEO":
		return p.Video.valid("video")
	case "DOCUMENT":
		return p.Document.valid("document")
	}
	return p.Location.valid()
}

var variable = regexp.MustCompile(`\{\{\s*([A-Za-z0-9_]+)\s*\}\}`)

// variables lists the distinct variables of a text in order of appearance.
func variables(text string) []string {
	var out []string
	for _, m := range variable.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// fitsText checks number, names, form and length of a component's values.
func (t *tmpl) fitsText(where, text string, c *callComponent, limit int) *apiError {
	want := variables(text)
	var got []callParameter
	if c != nil {
		got = c.Parameters
	}
	if len(got) != len(want) {
		return refuse(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)", where, len(got), len(want))
	}
	values := map[string]string{}
	for i, p := range got {
		key := strconv.Itoa(i + 1)
		switch {
		case p.Type != "text" && p.Type != "currency" && p.Type != "date_time":
			return refuse(132012, "%s: Format mismatch, expected TEXT, received %s", where, strings.ToUpper(clip(p.Type, 20)))
		case p.Type == "text" && p.Text == "":
			return refuse(131008, "Parameter of type text is missing text value")
		case strings.ContainsAny(p.Text, "\n\t") || strings.Contains(p.Text, "     "):
			return refuse(132018, "%s: Param text cannot have new-line/tab characters or more than 4 consecutive spaces", where)
		}
		if t.ParameterFormat == "NAMED" {
			if key = p.Name; !slices.Contains(want, key) {
				return refuse(100, "%s: Parameter name is missing or empty", where)
			}
		}
		values[key] = p.Text
	}
	if len(values) != len(want) {
		return refuse(132000, "%s: a parameter is given twice", where)
	}
	if utf8.RuneCountInString(fill(text, values)) > limit {
		return refuse(132005, "%s: the text is longer than %d characters with its values", where, limit)
	}
	return nil
}

// fill puts values into a text.
func fill(text string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		return values[variable.FindStringSubmatch(m)[1]]
	})
}

// fitsButtons checks that dynamic buttons, and only they, have a value.
func (t *tmpl) fitsButtons(got map[int]*callComponent) *apiError {
	var defined []button
	if c := t.part("BUTTONS"); c != nil {
		defined = c.Buttons
	}
	for i := range maps.Keys(got) {
		if i < 0 || i >= len(defined) {
			return refuse(132012, "buttons: there is no button at index %d", i)
		}
	}
	for i, b := range defined {
		c := got[i]
		switch b.Type {
		case "URL", "COPY_CODE", "OTP":
			dynamic := b.Type != "URL" || strings.Contains(b.URL, "{{")
			if dynamic && (c == nil || len(c.Parameters) != 1) {
				return refuse(131008, "buttons: Button at index %d of type %s requires a parameter", i, b.Type)
			}
			if !dynamic && c != nil {
				return refuse(132012, "buttons: Button at index %d is static and takes no parameter", i)
			}
		case "PHONE_NUMBER", "REQUEST_CONTACT_INFO":
			if c != nil {
				return refuse(132012, "buttons: Button at index %d takes no parameter", i)
			}
		}
	}
	return nil
}
