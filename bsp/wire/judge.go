package wire

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bottega/core"
)

// maxWords bounds the provider's words that are kept.
const maxWords = 500

// maxRetryAfter bounds the wait a provider can ask for.
const maxRetryAfter = 24 * time.Hour

// Rule is one row of a table of codes: the class of a code and how long to
// wait where the answer itself does not say.
type Rule struct {
	Group string // the document's own class
	Class core.Class
	Wait  time.Duration
}

// Table is what a provider's document says of its codes.
type Table map[string]Rule

// ReadTable reads lines of "code group class wait meaning", tabs between; "#"
// begins a remark, and the head line is skipped.
func ReadTable(tsv string) (Table, error) {
	t := Table{}
	for line := range strings.Lines(tsv) {
		line = strings.TrimRight(line, "\n")
		f := strings.Split(line, "\t")
		if strings.HasPrefix(line, "#") || f[0] == "code" {
			continue
		}
		if len(f) != 5 || f[0] == "" || f[2] == "" {
			return nil, fmt.Errorf("codes: %q is no row", line)
		}
		if _, twice := t[f[0]]; twice {
			return nil, fmt.Errorf("codes: %s stands twice", f[0])
		}
		r := Rule{Group: f[1], Class: core.Class(f[2])}
		if f[3] != "" {
			var err error
			if r.Wait, err = time.ParseDuration(f[3]); err != nil {
				return nil, fmt.Errorf("codes: %w", err)
			}
		}
		t[f[0]] = r
	}
	return t, nil
}

// Must reads a table that is part of the program: one that cannot be read is a
// bug, and a test finds it first.
func Must(tsv string) Table {
	t, err := ReadTable(tsv)
	if err != nil {
		panic(err)
	}
	return t
}

// Said is what an answer or callback says of a failure, before judgement.
type Said struct {
	Codes []string // the provider's own, the most telling first
	Words string
}

// Find returns the first code that the table knows, else the first of all.
func (t Table) Find(codes ...string) (code string, r Rule, known bool) {
	for _, c := range codes {
		if r, ok := t[c]; ok {
			return c, r, true
		}
	}
	for _, c := range codes {
		if c != "" {
			return c, Rule{Class: core.ClassUnknown}, false
		}
	}
	return "", Rule{Class: core.ClassUnknown}, false
}

// Failure is a failure told by a callback.
func (t Table) Failure(s Said) *core.ProviderError {
	code, r, _ := t.Find(s.Codes...)
	return &core.ProviderError{Code: code, Class: r.Class, Message: Scrub(s.Words), RetryAfter: r.Wait}
}

// Refusal judges an answer that is no success. A code decides by the table.
// Without a code, or with one that the table does not know, the status does:
// 4xx is a refusal, 5xx of a send leaves the outcome open, and a redirect, which
// is never followed, refuses.
func (l *Line) Refusal(c Call, a Answer, t Table, s Said) error {
	code, r, known := t.Find(s.Codes...)
	pe := &core.ProviderError{Code: code, Class: r.Class, Message: s.Words, RetryAfter: r.Wait}
	if !known {
		pe.Class, pe.Uncertain = byStatus(a.Status)
		if pe.Code == "" {
			pe.Code, pe.Message = httpCode(a.Status), string(a.Body) // kept raw
		}
	} else if (a.Status >= 500 || a.Status == http.StatusConflict) && pe.Class == core.ClassRetry && c.Send {
		pe.Uncertain = true // a server's trouble does not say when it struck; a conflict is our own earlier try
	}
	if !c.Send {
		pe.Uncertain = false
		if pe.Class == core.ClassUnknown && a.Status >= 500 {
			pe.Class = core.ClassRetry // reading or marking again harms nobody
		}
	}
	if asked := l.retryAfter(a.Header); asked > 0 {
		pe.RetryAfter = asked
	}
	pe.Message = Scrub(pe.Message, c.Secrets...)
	return core.Fail(CodeOf(pe, a.Status), c.Op, pe)
}

func httpCode(status int) string { return "http_" + strconv.Itoa(status) }

// byStatus judges an answer whose code says nothing.
func byStatus(status int) (class core.Class, uncertain bool) {
	switch {
	case status >= 500:
		return core.ClassUnknown, true
	case status < 300: // an error in a 200
		return core.ClassUnknown, true
	case status == http.StatusRequestTimeout:
		return core.ClassRetry, true
	case status == http.StatusTooManyRequests:
		return core.ClassThrottle, false
	case status == http.StatusUnauthorized, status == http.StatusMisdirectedRequest, status == http.StatusForbidden:
		return core.ClassAuth, false
	case status == http.StatusPaymentRequired:
		return core.ClassPayment, false
	}
	return core.ClassInvalid, false
}

// CodeOf is the program's code for a provider's refusal with that HTTP status.
func CodeOf(pe *core.ProviderError, status int) core.Code {
	switch {
	case pe.Uncertain:
		return core.OutcomeUnsure
	case pe.Class == core.ClassWindowClosed:
		return core.WindowClosed
	case pe.Class == core.ClassThrottle, pe.Class == core.ClassPairLimit:
		return core.RateLimited
	case pe.Class == core.ClassMedia:
		return core.BadMedia
	case pe.Class == core.ClassRetry && status >= 500:
		return core.Unreachable
	}
	return core.ProviderRefused
}

// Unsure is a 2xx to a send without the id that would prove it.
func (c *Call) Unsure(a Answer) error {
	pe := &core.ProviderError{Code: httpCode(a.Status), Class: core.ClassUnknown, Message: "accepted without a message id", Uncertain: true}
	return core.Fail(core.OutcomeUnsure, c.Op, pe)
}

// retryAfter reads how long to wait: seconds or a date.
func (l *Line) retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	var d time.Duration
	if n, err := strconv.Atoi(v); err == nil {
		d = time.Duration(min(max(n, 0), int(maxRetryAfter/time.Second))) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		d = at.Sub(l.Now())
	}
	return min(max(d, 0), maxRetryAfter)
}

// Scrub makes a provider's words fit to keep: without secrets, without phone
// numbers, without control characters, bounded.
func Scrub(s string, secrets ...core.Secret) string {
	if len(s) > 8*maxWords {
		s = s[:8*maxWords]
	}
	for _, t := range secrets {
		if v := t.Reveal(); v != "" {
			s = strings.ReplaceAll(s, v, t.String())
		}
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, maskNumbers(strings.ToValidUTF8(s, "\uFFFD")))
	if s = strings.TrimSpace(s); utf8.RuneCountInString(s) > maxWords {
		s = string([]rune(s)[:maxWords-1]) + "…"
	}
	return s
}

// phoneLike is what stands after a plus sign and is long enough to be a phone
// number, or a run of digits of such a number's length: providers quote the
// recipient in their errors. The ids of Meta's are longer.
var phoneLike = regexp.MustCompile(`\+\d{7,}|\b\d{10,14}\b`)

// maskNumbers leaves of a phone number its plus sign and its last two digits.
func maskNumbers(s string) string {
	return phoneLike.ReplaceAllStringFunc(s, func(n string) string {
		digits := strings.TrimPrefix(n, "+")
		return n[:len(n)-len(digits)] + "•••" + digits[len(digits)-2:]
	})
}
