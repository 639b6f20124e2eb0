package sandbox

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ReviewWords drive the simulated review: plain words, looked for without
// regard to case. They are the simulator's taste, not Meta's list, which is not public.
type ReviewWords struct {
	Promotional []string `json:"promotional"` // make a UTILITY template MARKETING (P-11)
	Scam        []string `json:"scam"`
	Abusive     []string `json:"abusive"`
}

func (w ReviewWords) promotional(q *templateRequest) bool {
	return has(w.Promotional, textOf(q.Components))
}

func has(words []string, text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, strings.ToLower(w)) })
}

func textOf(cs []component) string {
	var b strings.Builder
	for _, c := range cs {
		b.WriteString(c.Text + "\n")
		for _, btn := range c.Buttons {
			b.WriteString(btn.Text + "\n")
		}
	}
	return b.String()
}

// The limits of bsp/meta.md 4.1.
const (
	maxTemplateName = 512
	maxTplButtons   = 10
	maxButtonText   = 25
	maxURL          = 2000
	maxPhone        = 20
	maxCode         = 15
)

var (
	templateName = regexp.MustCompile(`^[a-z0-9_]+$`)
	languageCode = regexp.MustCompile(`^[a-z]{2,3}(_[A-Z]{2})?$`)
	anyBraces    = regexp.MustCompile(`\{\{([^{}]*)\}\}`)
)

// check refuses what the create call refuses at once.
func (q *templateRequest) check() *apiError {
	switch {
	case !templateName.MatchString(q.Name) || len(q.Name) > maxTemplateName:
		return refuse(100, "Param name must have lower-case letters, digits and underscores only.")
	case !languageCode.MatchString(q.Language):
		return refuse(100, "Param language is not supported.")
	case !slices.Contains([]string{"MARKETING", "UTILITY", "AUTHENTICATION"}, q.Category):
		return refuse(100, "Param category must be one of {AUTHENTICATION, MARKETING, UTILITY}.")
	case !slices.Contains([]string{"", "NAMED", "POSITIONAL"}, strings.ToUpper(q.ParameterFormat)):
		return refuse(100, "Param parameter_format must be one of {NAMED, POSITIONAL}.")
	}
	body := false
	for _, c := range q.Components {
		if e := c.check(strings.EqualFold(q.ParameterFormat, "NAMED")); e != nil {
			return e
		}
		body = body || c.Type == "BODY"
	}
	if !body {
		return missing("components: a BODY")
	}
	return nil
}

func (c component) check(named bool) *apiError {
	switch c.Type {
	case "HEADER":
		return c.checkHeader(named)
	case "BODY":
		return c.checkBody(named)
	case "FOOTER":
		if c.Text == "" || over(c.Text, maxFooter) {
			return refuseTemplate(2388040, "Footer too long", "The footer must have 1 to 60 characters.")
		}
		if strings.Contains(c.Text, "{{") {
			return refuseTemplate(2388073, "Footer format", "The footer cannot have variables.")
		}
	case "BUTTONS":
		return checkButtons(c.Buttons)
	default:
		return refuse(100, "Param components['type'] must be one of {HEADER, BODY, FOOTER, BUTTONS}.")
	}
	return nil
}

func (c component) checkHeader(named bool) *apiError {
	switch c.Format {
	case "TEXT":
		if c.Text == "" || over(c.Text, maxHeader) {
			return refuseTemplate(2388040, "Header too long", "The header must have 1 to 60 characters.")
		}
		if len(variables(c.Text)) > 1 || strings.Contains(c.Text, "\n") {
			return refuseTemplate(2388047, "Header format", "The header can have one variable and no line breaks.")
		}
		return checkVariables(c, named, 2388047)
	case "IMAGE", "VIDEO", "DOCUMENT", "GIF":
		if len(c.Example) == 0 {
			return refuseTemplate(2388273, "Missing sample", "A media header needs a sample.")
		}
	case "LOCATION":
	default:
		return refuseTemplate(2388047, "Header format", "The header's format is not supported.")
	}
	return nil
}

func (c component) checkBody(named bool) *apiError {
	text := strings.TrimSpace(c.Text)
	vars := variables(text)
	switch {
	case text == "" || over(c.Text, maxBodyText):
		return refuseTemplate(2388040, "Body too long", "The body must have 1 to 1024 characters.")
	case strings.HasPrefix(text, "{{") || strings.HasSuffix(strings.TrimRight(text, ".!?"), "}}"):
		return refuseTemplate(2388299, "Variables at start or end", "Variables can't be at the start or end of the template.")
	case regexp.MustCompile(`\}\}\s*\{\{`).MatchString(text):
		return refuseTemplate(2388072, "Body format", "Two variables cannot stand next to each other.")
	case len(vars) > 0 && len(strings.Fields(variable.ReplaceAllString(text, " "))) < 2*len(vars)+1:
		return refuseTemplate(2388293, "Too many variables", "This template has too many variables for its length.")
	}
	return checkVariables(c, named, 2388072)
}

// checkVariables holds the variables of one text to the parameter format and
// asks for a sample of each.
func checkVariables(c component, named bool, subcode int) *apiError {
	vars := variables(c.Text)
	if len(anyBraces.FindAllString(c.Text, -1)) != len(variable.FindAllString(c.Text, -1)) {
		return refuseTemplate(subcode, "Variable format", "A variable has characters that are not allowed.")
	}
	for i, v := range vars {
		switch {
		case named && (digits(v) || v != strings.ToLower(v)):
			return refuseTemplate(subcode, "Variable format", "Named variables have lower-case letters and underscores.")
		case !named && !slices.Contains(vars, strconv.Itoa(i+1)):
			return refuseTemplate(subcode, "Variable format", "Variables must be numbered from {{1}} without gaps.")
		}
	}
	if len(vars) > 0 && len(c.Example) == 0 {
		return refuseTemplate(2388273, "Missing sample", "Every variable needs a sample.")
	}
	return nil
}

func checkButtons(bs []button) *apiError {
	if len(bs) == 0 || len(bs) > maxTplButtons {
		return refuseTemplate(2388060, "Buttons", "A template has 1 to 10 buttons.")
	}
	count := map[string]int{}
	changes, last := 0, ""
	for _, b := range bs {
		count[b.Type]++
		group := "other"
		if b.Type == "QUICK_REPLY" {
			group = "quick"
		}
		if group != last {
			changes, last = changes+1, group
		}
		phone := b.Type == "PHONE_NUMBER" && (b.Phone == "" || utf8.RuneCountInString(b.Phone) > maxPhone)
		url := b.Type == "URL" && (b.URL == "" || over(b.URL, maxURL) || strings.Contains(b.URL, "{{") && !strings.HasSuffix(b.URL, "}}"))
		if over(b.Text, maxButtonText) || b.Text == "" && b.Type != "COPY_CODE" && b.Type != "REQUEST_CONTACT_INFO" && b.Type != "OTP" || phone || url {
			return refuseTemplate(2388040, "Button too long", "A button's text, address or number is missing or too long.")
		}
		if !slices.Contains([]string{"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "OTP", "REQUEST_CONTACT_INFO"}, b.Type) {
			return refuse(100, "Param buttons['type'] is not supported.")
		}
	}
	if count["URL"] > 2 || count["PHONE_NUMBER"] > 1 || count["COPY_CODE"] > 1 || changes > 2 {
		return refuseTemplate(2388060, "Buttons", "At most 2 URL, 1 phone and 1 code buttons, and quick replies in one group.")
	}
	return nil
}

// submit plans the review of a pending template: it takes a minute or so here,
// up to a day at Meta.
func (s *Server) submit(t tmpl) {
	r := s.dice(0x7e1e, t.ID)
	s.agenda.in(between(r, 20*time.Second, 60*time.Second), func() { s.review(t.ID) })
}

// shorteners hide where a link leads; review refuses them.
var shorteners = []string{"bit.ly/", "tinyurl.com/", "wa.me/", "t.co/"}

func (s *Server) review(id string) {
	t, ok := s.library.byID(id)
	if !ok || t.Status != "PENDING" {
		return
	}
	text, words := textOf(t.Components), s.o.World.Review
	switch {
	case has(words.Abusive, text):
		s.setTemplate(id, "REJECTED", "ABUSIVE_CONTENT", "")
	case has(words.Scam, text):
		s.setTemplate(id, "REJECTED", "SCAM", "")
	case has(shorteners, text) || slices.ContainsFunc(t.Components, func(c component) bool {
		return slices.ContainsFunc(c.Buttons, func(b button) bool { return has(shorteners, b.URL) })
	}):
		s.setTemplate(id, "REJECTED", "INVALID_FORMAT", "")
	default:
		s.judge(t)
	}
}

// judge asks the reviewer that Options name. What belongs to another category
// is approved as MARKETING, as the platform does since it takes no wishes (P-11).
func (s *Server) judge(t tmpl) {
	reason := ""
	if s.o.Review != nil {
		reason = s.o.Review(t.form())
	}
	switch reason {
	case "":
		s.setTemplate(t.ID, "APPROVED", "NONE", "")
	case "INCORRECT_CATEGORY", "PROMOTIONAL", "TAG_CONTENT_MISMATCH":
		if t.Category == "UTILITY" {
			s.recategorise(t.ID, "MARKETING")
			s.setTemplate(t.ID, "APPROVED", "NONE", "")
			return
		}
		fallthrough
	default:
		s.setTemplate(t.ID, "REJECTED", reason, "")
	}
}

// templateStatus is the value of message_template_status_update: ids are
// numbers and languages have a hyphen here, as at Meta (bsp/meta.md 6.6).
type templateStatus struct {
	Event    string     `json:"event"`
	ID       int64      `json:"message_template_id"`
	Name     string     `json:"message_template_name"`
	Language string     `json:"message_template_language"`
	Reason   *string    `json:"reason"`
	Category string     `json:"message_template_category"`
	Other    *otherInfo `json:"other_info,omitempty"`
}

type otherInfo struct {
	Title       string `json:"title"`
	Description string `json:"description"`
}

// setTemplate changes a template's status and tells it; false when there is none.
func (s *Server) setTemplate(id, status, reason, title string) bool {
	t, ok := s.library.change(id, func(t *tmpl) {
		t.Status = status
		if t.RejectedReason = ""; status == "REJECTED" {
			t.RejectedReason = reason
		}
	})
	if !ok {
		return false
	}
	v := templateStatus{Event: status, ID: number64(t.ID), Name: t.Name, Language: hyphen(t.Language), Category: t.Category}
	if reason != "" {
		v.Reason = &reason
	}
	if title != "" {
		v.Other = &otherInfo{title, "Set by the simulator."}
	}
	s.courier.add(note{change: change{"message_template_status_update", v}, on: onEvents, at: s.o.Now()})
	return true
}
