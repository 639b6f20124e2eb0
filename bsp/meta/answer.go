package meta

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// maxRetryAfter bounds the wait a provider can ask for.
const maxRetryAfter = 24 * time.Hour

// graphError is Meta's error object, in answers and in callbacks (bsp/meta.md 3).
type graphError struct {
	Code        text `json:"code"`
	Subcode     text `json:"error_subcode"`
	Title       text `json:"title"`
	Message     text `json:"message"`
	UserMessage text `json:"error_user_msg"`
	Data        struct {
		Details text `json:"details"`
	} `json:"error_data"`
}

// words picks the most telling text: the details, the text for people, the message.
func (e *graphError) words() string {
	for _, s := range []text{e.Data.Details, e.UserMessage, e.Message, e.Title} {
		if s != "" {
			return string(s)
		}
	}
	return ""
}

// failure finds Meta's error in an answer, whatever the HTTP status.
func failure(body []byte) (graphError, bool) {
	var a struct {
		Error *graphError `json:"error"`
	}
	if wire.Lenient(body, &a) != nil || a.Error == nil || a.Error.Code == "" {
		return graphError{}, false
	}
	return *a.Error, true
}

// refusal turns an answer that is no success into an error.
//
// A code decides by the table. Without a code, or with one that the table does
// not know, the status does: 4xx is a refusal, 5xx of a send leaves the outcome
// open (bsp/meta.md 3.2, last rows), and a redirect is never followed.
func (g *Gateway) refusal(c call, token core.Secret, a wire.Answer, e graphError) error {
	class, wait, known := classify(string(e.Code))
	pe := &core.ProviderError{Code: string(e.Code), Class: class, Message: e.words(), RetryAfter: wait}
	if !known {
		pe.Class, pe.Uncertain = byStatus(a.Status, e.Code != "")
		pe.Message = string(a.Body) // kept raw
		if pe.Code == "" {
			pe.Code = "http_" + strconv.Itoa(a.Status)
		}
	}
	if !c.send {
		pe.Uncertain = false
		if pe.Class == core.ClassUnknown && a.Status >= 500 {
			pe.Class = core.ClassRetry // reading or marking again harms nobody
		}
	}
	if asked := g.retryAfter(a.Header); asked > 0 {
		pe.RetryAfter = asked
	}
	if c.subcode && e.Subcode != "" {
		pe.Code += "/" + string(e.Subcode)
	}
	pe.Message = wire.Scrub(pe.Message, token)
	return core.Fail(wire.CodeOf(pe, a.Status), c.op, pe)
}

// byStatus judges an answer that the table does not know.
func byStatus(status int, hasCode bool) (class core.Class, uncertain bool) {
	switch {
	case status >= 500 || status < 300: // below 300: an error object with a strange code in a 200
		return core.ClassUnknown, status >= 500 || !hasCode
	case status == http.StatusRequestTimeout:
		return core.ClassRetry, true
	case status == http.StatusTooManyRequests:
		return core.ClassThrottle, false
	case status == http.StatusUnauthorized:
		return core.ClassAuth, false
	}
	return core.ClassInvalid, false
}

// retryAfter reads how long to wait: Retry-After in seconds or as a date, or
// the minutes in Meta's own usage header.
func (g *Gateway) retryAfter(h http.Header) time.Duration {
	var d time.Duration
	if v := h.Get("Retry-After"); v != "" {
		if n, err := strconv.Atoi(v); err == nil {
			d = time.Duration(min(max(n, 0), int(maxRetryAfter/time.Second))) * time.Second
		} else if at, err := http.ParseTime(v); err == nil {
			d = at.Sub(g.line.Now())
		}
	}
	var usage map[string][]struct {
		Minutes int `json:"estimated_time_to_regain_access"`
	}
	if json.Unmarshal([]byte(h.Get("X-Business-Use-Case-Usage")), &usage) == nil {
		for _, uses := range usage {
			for _, u := range uses {
				m := min(max(u.Minutes, 0), int(maxRetryAfter/time.Minute))
				d = max(d, time.Duration(m)*time.Minute)
			}
		}
	}
	return min(max(d, 0), maxRetryAfter)
}
