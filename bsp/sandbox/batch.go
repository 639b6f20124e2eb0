package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxBatch is how many questions one batch may have, as at Graph.
const maxBatch = 50

// batch answers POST /{version}/ with a form key "batch": a JSON list of
// questions. The simulator knows one of them, debug_token; the others are
// refused one by one, as at Graph.
func (s *Server) batch(w http.ResponseWriter, r *http.Request) *apiError {
	raw, e := readBody(w, r)
	if e != nil {
		return e
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return refuse(100, "The body is no form.")
	}
	var asked []struct {
		Method string `json:"method"`
		URL    string `json:"relative_url"`
	}
	if json.Unmarshal([]byte(form.Get("batch")), &asked) != nil || len(asked) == 0 || len(asked) > maxBatch {
		return refuse(100, "The parameter batch must be a list of 1 to 50 questions.")
	}
	type answer struct {
		Code int    `json:"code"`
		Body string `json:"body"`
	}
	out := make([]answer, len(asked))
	for i, q := range asked {
		path, query, _ := strings.Cut(q.URL, "?")
		var v any
		out[i].Code = http.StatusOK
		if q.Method == http.MethodGet && strings.Trim(path, "/") == "debug_token" {
			v = s.debugToken(query)
		} else {
			out[i].Code = http.StatusBadRequest
			v = map[string]any{"error": map[string]any{"message": "Unknown path components: /" + clip(path, 64), "type": "OAuthException", "code": 2500, "fbtrace_id": s.trace()}}
		}
		b, err := json.Marshal(v)
		if err != nil {
			return refuse(131000, "The answer could not be written.")
		}
		out[i].Body = string(b)
	}
	s.writeJSON(w, http.StatusOK, out)
	return nil
}

// debugToken tells of a token what Graph's debug_token does.
func (s *Server) debugToken(query string) any {
	q, err := url.ParseQuery(query)
	token := q.Get("input_token")
	if err != nil || s.o.Token != "" && !equalSecret(token, s.o.Token) {
		return map[string]any{"data": map[string]any{"is_valid": false, "scopes": []string{}, "error": map[string]any{"code": 190, "message": "The access token could not be decrypted"}}}
	}
	n := s.number.now()
	ends := int64(0)
	if !n.TokenEnds.IsZero() {
		ends = n.TokenEnds.Unix()
	}
	scopes := n.Scopes
	if len(scopes) == 0 {
		scopes = []string{"whatsapp_business_management", "whatsapp_business_messaging"}
	}
	granular := []map[string]any{}
	if slices.Contains(scopes, "whatsapp_business_management") {
		granular = append(granular, map[string]any{"scope": "whatsapp_business_management", "target_ids": []string{s.o.BusinessID}})
	}
	return map[string]any{"data": map[string]any{
		"app_id": appID, "type": "SYSTEM_USER", "application": "bottega", "data_access_expires_at": 0,
		"expires_at": ends, "is_valid": true, "issued_at": 1763000000, "scopes": scopes, "granular_scopes": granular, "user_id": "100000000000501",
	}}
}
