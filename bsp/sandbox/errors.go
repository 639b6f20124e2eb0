package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"bottega/core"
)

// apiError is a refusal in Meta's shape (bsp/meta.md section 3).
type apiError struct {
	Code       int
	Subcode    int
	Status     int
	Title      string
	Details    string
	UserTitle  string
	UserMsg    string
	RetryAfter int // seconds; 0 for none
}

func (e *apiError) Error() string { return strconv.Itoa(e.Code) + " " + e.Title + ": " + e.Details }

// known is one line of the table of bsp/meta.md 3.2.
type known struct {
	status int
	title  string
	async  bool // comes as a failed status after a 200
}

// knownErrors holds the codes that the simulator can answer with.
func knownError(code int) (known, bool) {
	switch code {
	case 0:
		return known{401, "AuthException", false}, true
	case 2:
		return known{503, "Service temporarily unavailable", false}, true
	case 4:
		return known{400, "Application request limit reached", false}, true
	case 10:
		return known{403, "Application does not have permission for this action", false}, true
	case 33:
		return known{400, "Parameter value is not valid", false}, true
	case 100:
		return known{400, "Invalid parameter", false}, true
	case 104:
		return known{401, "An access token is required to request this resource.", false}, true
	case 190:
		return known{401, "Error validating access token: Session has expired.", false}, true
	case 368:
		return known{403, "Temporarily blocked for policies violations", false}, true
	case 80007:
		return known{400, "Rate limit issues", false}, true
	}
	if k, ok := sendErrors(code); ok {
		return k, true
	}
	return templateErrors(code)
}

func sendErrors(code int) (known, bool) {
	switch code {
	case 130403:
		return known{400, "Recipient is blocked by the business", true}, true
	case 130429:
		return known{400, "Rate limit hit", false}, true
	case 130472:
		return known{400, "User's number is part of an experiment", true}, true
	case 130497:
		return known{403, "Business account is restricted from messaging users in this country.", true}, true
	case 131000:
		return known{500, "Something went wrong", false}, true
	case 131005:
		return known{403, "Access denied", false}, true
	case 131008:
		return known{400, "Required parameter is missing", false}, true
	case 131009:
		return known{400, "Parameter value is not valid", false}, true
	case 131016:
		return known{500, "Service unavailable", false}, true
	case 131021:
		return known{400, "Recipient cannot be sender", false}, true
	case 131026:
		return known{400, "Message undeliverable", true}, true
	case 131030:
		return known{400, "Recipient phone number not in allowed list", false}, true
	case 131031:
		return known{403, "Business Account locked", false}, true
	case 131042:
		return known{400, "Business eligibility payment issue", true}, true
	case 131045:
		return known{500, "Incorrect certificate", false}, true
	case 131047:
		return known{400, "Re-engagement message", true}, true
	case 131048:
		return known{400, "Spam rate limit hit", true}, true
	case 131049:
		return known{400, "This message was not delivered to maintain healthy ecosystem engagement.", true}, true
	case 131050:
		return known{400, "User has stopped receipt of marketing messages.", true}, true
	case 131051:
		return known{400, "Unsupported message type", false}, true
	case 131053:
		return known{400, "Media upload error", true}, true
	case 131055:
		return known{400, "Method not allowed", false}, true
	case 131056:
		return known{400, "(Business Account, Consumer Account) pair rate limit hit", false}, true
	case 131057:
		return known{500, "Business Account is in maintenance mode", false}, true
	case 131062:
		return known{400, "Message type is not supported for this recipient", false}, true
	}
	return known{}, false
}

func templateErrors(code int) (known, bool) {
	switch code {
	case 132000:
		return known{400, "Number of parameters does not match the expected number of params", false}, true
	case 132001:
		return known{404, "Template name does not exist in the translation", false}, true
	case 132005:
		return known{400, "Translated text too long", false}, true
	case 132007:
		return known{400, "Template format character policy violated", false}, true
	case 132012:
		return known{400, "Parameter format does not match format in the created template", false}, true
	case 132015:
		return known{400, "Template is paused", false}, true
	case 132016:
		return known{400, "Template is disabled", false}, true
	case 132018:
		return known{400, "There was an issue with the parameters in your template", false}, true
	case 134100:
		return known{400, "Only marketing messages are supported on this endpoint", false}, true
	}
	return known{}, false
}

// refuse builds an error of the table; details is Meta's second, longer sentence.
func refuse(code int, details string, args ...any) *apiError {
	k, ok := knownError(code)
	if !ok {
		k = known{status: http.StatusBadRequest, title: "An unknown error occurred"}
	}
	if len(args) > 0 {
		details = fmt.Sprintf(details, args...)
	}
	return &apiError{Code: code, Status: k.status, Title: k.title, Details: details}
}

// refuseTemplate is how template endpoints say no: code 100, a subcode, and
// the readable reason in error_user_msg.
func refuseTemplate(subcode int, title, msg string) *apiError {
	return &apiError{Code: 100, Subcode: subcode, Status: http.StatusBadRequest, Title: "Invalid parameter", UserTitle: title, UserMsg: msg}
}

// noSuchNode is Graph's answer for an id it does not know.
func noSuchNode(method, id string) *apiError {
	return &apiError{Code: 100, Subcode: 33, Status: http.StatusBadRequest,
		Title: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation",
			method, clip(id, 64))}
}

type errorBody struct {
	Error errorNode `json:"error"`
}

type errorNode struct {
	Message   string     `json:"message"`
	Type      string     `json:"type"`
	Code      int        `json:"code"`
	Subcode   int        `json:"error_subcode,omitempty"`
	Transient *bool      `json:"is_transient,omitempty"`
	UserTitle string     `json:"error_user_title,omitempty"`
	UserMsg   string     `json:"error_user_msg,omitempty"`
	Data      *errorData `json:"error_data,omitempty"`
	Trace     string     `json:"fbtrace_id"`
}

type errorData struct {
	Product string `json:"messaging_product,omitempty"`
	Details string `json:"details"`
}

func (s *Server) writeError(w http.ResponseWriter, e *apiError) {
	n := errorNode{Message: fmt.Sprintf("(#%d) %s", e.Code, e.Title), Type: "OAuthException", Code: e.Code, Subcode: e.Subcode,
		UserTitle: e.UserTitle, UserMsg: e.UserMsg, Trace: s.trace()}
	if e.Subcode == 33 {
		n.Message, n.Type = e.Title, "GraphMethodException"
	}
	if e.Details != "" {
		n.Data = &errorData{Product: "whatsapp", Details: e.Details}
	}
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `OAuth "Facebook Platform" "invalid_token"`)
	}
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	s.writeJSON(w, e.Status, errorBody{n})
}

func (s *Server) writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		s.o.Log.Error("Answer could not be encoded", "err", core.Trace(err))
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	if _, err := w.Write(b); err != nil {
		s.o.Log.Debug("Client went away", "err", core.Trace(err))
	}
}

// clip cuts a caller's value before it is echoed in an error.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}
