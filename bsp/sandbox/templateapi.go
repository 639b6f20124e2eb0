package sandbox

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// templateRequest is the body of creating or editing a template.
type templateRequest struct {
	Name            string      `json:"name"`
	Language        string      `json:"language"`
	Category        string      `json:"category"`
	ParameterFormat string      `json:"parameter_format"`
	Components      []component `json:"components"`
	TTL             int         `json:"message_send_ttl_seconds"`
}

// templateNode renders the fields asked for; without fields the answer leaves
// out what Meta leaves out.
func templateNode(t *tmpl, fields []string) map[string]any {
	all := map[string]any{
		"id": t.ID, "name": t.Name, "language": t.Language, "status": t.Status, "category": t.Category,
		"parameter_format": t.ParameterFormat, "components": t.Components,
	}
	if t.Previous != "" {
		all["previous_category"] = t.Previous
	}
	if t.CorrectCategory != "" {
		all["correct_category"] = t.CorrectCategory
	}
	if len(fields) == 0 {
		return all
	}
	all["rejected_reason"] = cmp.Or(t.RejectedReason, "NONE")
	all["quality_score"] = map[string]any{"score": cmp.Or(t.Quality, "UNKNOWN")}
	out := map[string]any{"id": t.ID}
	for _, f := range fields {
		if v, ok := all[f]; ok {
			out[f] = v
		}
	}
	return out
}

// fieldsOf reads ?fields=a,b; nested selections like a{b} count as a.
func fieldsOf(q url.Values) []string {
	var out []string
	for f := range strings.SplitSeq(q.Get("fields"), ",") {
		f, _, _ = strings.Cut(strings.TrimSpace(f), "{")
		f, _, _ = strings.Cut(f, ".")
		if f != "" {
			out = append(out, f)
		}
	}
	return out
}

type page struct {
	Data   []map[string]any `json:"data"`
	Paging *paging          `json:"paging,omitempty"`
}

type paging struct {
	Cursors cursors `json:"cursors"`
	Next    string  `json:"next,omitempty"`
}

type cursors struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

func cursor(id string) string { return base64.RawURLEncoding.EncodeToString([]byte("t" + id)) }

func (s *Server) listTemplates(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.BusinessID {
		return noSuchNode("get", id)
	}
	q := r.URL.Query()
	limit := 25
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return refuse(100, "Param limit must be a positive integer.")
		}
		limit = min(n, 250)
	}
	found, more, e := s.library.page(q, limit)
	if e != nil {
		return e
	}
	p := page{Data: []map[string]any{}}
	for i := range found {
		p.Data = append(p.Data, templateNode(&found[i], fieldsOf(q)))
	}
	if len(found) > 0 {
		p.Paging = &paging{Cursors: cursors{cursor(found[0].ID), cursor(found[len(found)-1].ID)}}
		if more {
			q.Set("after", p.Paging.Cursors.After)
			p.Paging.Next = "http://" + r.Host + r.URL.Path + "?" + q.Encode()
		}
	}
	s.writeJSON(w, http.StatusOK, p)
	return nil
}

// page returns up to limit templates after the cursor that pass the filters.
func (l *library) page(q url.Values, limit int) (found []tmpl, more bool, e *apiError) {
	after := int64(0)
	if c := q.Get("after"); c != "" {
		raw, err := base64.RawURLEncoding.DecodeString(c)
		if err != nil || len(raw) < 2 {
			return nil, false, refuse(100, "Param after is no cursor.")
		}
		if after, err = strconv.ParseInt(string(raw[1:]), 10, 64); err != nil {
			return nil, false, refuse(100, "Param after is no cursor.")
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.list {
		id, _ := strconv.ParseInt(t.ID, 10, 64) // ids are ours
		if id <= after || !t.matches(q) {
			continue
		}
		if len(found) == limit {
			return found, true, nil
		}
		found = append(found, *t)
	}
	return found, false, nil
}

func (t *tmpl) matches(q url.Values) bool {
	is := func(key, v string) bool { return q.Get(key) == "" || strings.EqualFold(q.Get(key), v) }
	return is("status", t.Status) && is("category", t.Category) && is("language", t.Language) &&
		is("quality_score", cmp.Or(t.Quality, "UNKNOWN")) && strings.Contains(t.Name, q.Get("name"))
}

func (s *Server) createTemplate(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.BusinessID {
		return noSuchNode("post", id)
	}
	q, e := readTemplate(w, r)
	if e != nil {
		return e
	}
	if e := q.check(); e != nil {
		return e
	}
	if e := s.samples.known(q); e != nil {
		return e
	}
	t, e := s.library.create(q, s.o.Now().Unix())
	if e != nil {
		return e
	}
	if s.o.World.Review.promotional(q) && t.Category == "UTILITY" {
		t, _ = s.library.change(t.ID, func(t *tmpl) { t.Category = "MARKETING" }) // it was created a moment ago
	}
	s.submit(t)
	s.writeJSON(w, http.StatusOK, map[string]string{"id": t.ID, "status": t.Status, "category": t.Category})
	return nil
}

func readTemplate(w http.ResponseWriter, r *http.Request) (*templateRequest, *apiError) {
	b, e := readBody(w, r)
	if e != nil {
		return nil, e
	}
	var raw map[string]json.RawMessage
	if json.Unmarshal(b, &raw) == nil {
		if _, dead := raw["allow_category_change"]; dead {
			return nil, refuse(100, "Unexpected key \"allow_category_change\": it is no longer supported.")
		}
	}
	var q templateRequest
	if e := decodeStrict(b, &q); e != nil {
		return nil, e
	}
	return &q, nil
}

// create adds a pending template, unless the name is taken or burnt.
func (l *library) create(q *templateRequest, now int64) (tmpl, *apiError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.list) >= 250 {
		return tmpl{}, refuseTemplate(2388019, "Too many templates", "You have reached the limit of 250 message templates.")
	}
	if at, ok := l.burnt[q.Name]; ok && now-at < int64(30*24*time.Hour/time.Second) {
		return tmpl{}, refuseTemplate(2388023, "Name was deleted", "A template of this name was deleted; the name can be used again after 30 days.")
	}
	if l.find(func(t *tmpl) bool { return t.Name == q.Name && t.Language == q.Language }) != nil {
		return tmpl{}, refuseTemplate(2388024, "Content in this language already exists", "There is already content in this language for this template.")
	}
	made := &tmpl{TemplateSeed: TemplateSeed{Components: q.Components}}
	if l.find(func(t *tmpl) bool { return t.Language == q.Language && t.sameText(made) }) != nil {
		return tmpl{}, refuseTemplate(2388025, "Duplicate", "Another template has the same body and footer.")
	}
	return *l.add(TemplateSeed{Name: q.Name, Language: q.Language, Category: q.Category, Status: "PENDING",
		ParameterFormat: strings.ToUpper(q.ParameterFormat), Components: q.Components}), nil
}

func (t *tmpl) sameText(o *tmpl) bool {
	footer := func(t *tmpl) string {
		if c := t.part("FOOTER"); c != nil {
			return c.Text
		}
		return ""
	}
	return t.body() == o.body() && footer(t) == footer(o)
}

// editTemplate answers POST /{template}; the only other node that takes a POST
// is the number, whose webhook_configuration can be set.
func (s *Server) editTemplate(w http.ResponseWriter, r *http.Request) *apiError {
	id := r.PathValue("id")
	switch {
	case id == s.o.PhoneNumberID:
		return s.configureNumber(w, r)
	case strings.HasPrefix(id, uploadPrefix):
		return s.fillSample(w, r)
	}
	t, ok := s.library.byID(id)
	if !ok {
		return noSuchNode("post", id)
	}
	q, e := readTemplate(w, r)
	if e != nil {
		return e
	}
	switch {
	case !slices.Contains([]string{"APPROVED", "REJECTED", "PAUSED"}, t.Status):
		return refuseTemplate(2388039, "Cannot be edited", "Only approved, rejected or paused templates can be edited.")
	case q.Category != "" && q.Category != t.Category && t.Status == "APPROVED":
		return refuseTemplate(2388039, "Cannot be edited", "The category of an approved template cannot be changed.")
	}
	now := s.o.Now().Unix()
	t.edits = slices.DeleteFunc(slices.Clone(t.edits), func(at int64) bool { return now-at >= 30*86400 })
	if n := len(t.edits); t.Status == "APPROVED" && n > 0 && (n >= 10 || now-t.edits[n-1] < 86400) {
		return refuseTemplate(2388039, "Cannot be edited now", "An approved template can be edited once in 24 hours and 10 times in 30 days.")
	}
	next := templateRequest{Name: t.Name, Language: t.Language, Category: cmp.Or(q.Category, t.Category), ParameterFormat: t.ParameterFormat, Components: t.Components}
	if q.Components != nil {
		next.Components = q.Components
	}
	if e := next.check(); e != nil {
		return e
	}
	if e := s.samples.known(q); e != nil {
		return e
	}
	t, _ = s.library.change(id, func(c *tmpl) { // deleted meanwhile: then the edit is lost, as it would be
		c.Category, c.Components, c.Status, c.RejectedReason = next.Category, next.Components, "PENDING", ""
		c.edits = append(t.edits, now)
	})
	s.submit(t)
	s.writeJSON(w, http.StatusOK, success{true})
	return nil
}

// deleteTemplates removes by name (every language), by name and hsm_id, or by hsm_ids.
func (s *Server) deleteTemplates(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.BusinessID {
		return noSuchNode("delete", id)
	}
	q := r.URL.Query()
	name, one := q.Get("name"), q.Get("hsm_id")
	var many []string
	if v := q.Get("hsm_ids"); v != "" && (json.Unmarshal([]byte(v), &many) != nil || len(many) > 100) {
		return refuse(100, "Param hsm_ids must be a list of at most 100 ids.")
	}
	if name == "" && len(many) == 0 {
		return missing("name")
	}
	gone := s.library.remove(s.o.Now().Unix(), func(t *tmpl) bool {
		return name != "" && t.Name == name && (one == "" || t.ID == one) || slices.Contains(many, t.ID)
	})
	if gone == 0 {
		return refuseTemplate(2593002, "Message template not found", "There is no such message template.")
	}
	s.writeJSON(w, http.StatusOK, success{true})
	return nil
}

func (l *library) remove(now int64, which func(*tmpl) bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := len(l.list)
	l.list = slices.DeleteFunc(l.list, func(t *tmpl) bool {
		gone := which(t)
		if gone && t.Status == "APPROVED" {
			l.burnt[t.Name] = now
		}
		return gone
	})
	return before - len(l.list)
}

func (s *Server) unpauseTemplate(w http.ResponseWriter, r *http.Request) *apiError {
	id := r.PathValue("id")
	t, ok := s.library.byID(id)
	switch {
	case !ok:
		return noSuchNode("post", id)
	case t.Status != "PAUSED":
		return refuse(100, "Only paused templates can be unpaused.")
	}
	s.setTemplate(id, "APPROVED", "", "UNPAUSE")
	s.writeJSON(w, http.StatusOK, success{true})
	return nil
}
