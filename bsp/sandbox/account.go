package sandbox

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// getNode answers GET /{id}: the number, the account, a template or a file.
func (s *Server) getNode(w http.ResponseWriter, r *http.Request) *apiError {
	id := r.PathValue("id")
	switch id {
	case "app": // the alias of the token's app
		return s.writeFields(w, r, "Application", map[string]any{"id": appID, "name": s.o.VerifiedName}, "id", "name")
	case s.o.PhoneNumberID:
		return s.writeFields(w, r, "WhatsAppBusinessPhoneNumber", s.phoneNode(), "id", "verified_name", "display_phone_number", "quality_rating", "code_verification_status", "platform_type", "throughput")
	case s.o.BusinessID:
		node := map[string]any{"id": id, "name": s.o.VerifiedName, "currency": "EUR", "timezone_id": "83", "health_status": s.health(),
			"message_template_namespace": "b07e9a_3a7e_4c47", "account_review_status": "APPROVED"}
		return s.writeFields(w, r, "WhatsAppBusinessAccount", node, "id", "name", "currency", "timezone_id", "message_template_namespace")
	}
	if t, ok := s.library.byID(id); ok {
		s.writeJSON(w, http.StatusOK, templateNode(&t, fieldsOf(r.URL.Query())))
		return nil
	}
	if f := s.media.get(id); f != nil {
		return s.mediaNode(w, r, f)
	}
	return noSuchNode("get", id)
}

// writeFields answers with the fields asked for, or the node's usual ones; a
// field the node does not have is an error, as in Graph.
func (s *Server) writeFields(w http.ResponseWriter, r *http.Request, kind string, node map[string]any, usual ...string) *apiError {
	fields := fieldsOf(r.URL.Query())
	if len(fields) == 0 {
		fields = usual
	}
	out := map[string]any{"id": node["id"]}
	for _, f := range fields {
		v, ok := node[f]
		if !ok {
			return &apiError{Code: 100, Status: http.StatusBadRequest, Title: "Tried accessing nonexisting field (" + clip(f, 64) + ") on node type (" + kind + ")"}
		}
		out[f] = v
	}
	s.writeJSON(w, http.StatusOK, out)
	return nil
}

// phoneNode has every field of bsp/meta.md 5.
func (s *Server) phoneNode() map[string]any {
	n := s.number.now()
	return map[string]any{
		"id": s.o.PhoneNumberID, "display_phone_number": string(s.o.Number), "verified_name": s.o.VerifiedName,
		"quality_rating": n.Quality, "status": n.Status, "name_status": "APPROVED", "code_verification_status": "VERIFIED",
		"throughput": map[string]string{"level": "STANDARD"}, "platform_type": "CLOUD_API", "account_mode": "LIVE",
		"whatsapp_business_manager_messaging_limit": n.Limit, "health_status": s.health(),
		"webhook_configuration": map[string]string{"application": s.number.address()},
	}
}

// health is the state of each node on the way of a message.
func (s *Server) health() map[string]any {
	n := s.number.now()
	phone := map[string]any{"entity_type": "PHONE_NUMBER", "id": s.o.PhoneNumberID, "can_send_message": n.CanSend}
	if len(n.Notes) > 0 {
		phone["additional_info"] = n.Notes
	}
	other := func(kind, id string) map[string]any {
		return map[string]any{"entity_type": kind, "id": id, "can_send_message": "AVAILABLE"}
	}
	return map[string]any{"can_send_message": n.CanSend, "entities": []any{
		phone, other("WABA", s.o.BusinessID), other("BUSINESS", "100000000000301"), other("APP", appID),
	}}
}

func (s *Server) phoneNumbers(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.BusinessID {
		return noSuchNode("get", id)
	}
	node := s.phoneNode()
	out := map[string]any{"id": node["id"]}
	fields := fieldsOf(r.URL.Query())
	if len(fields) == 0 {
		fields = []string{"status", "verified_name", "code_verification_status", "display_phone_number", "quality_rating", "platform_type", "throughput"}
	}
	for _, f := range fields {
		if v, ok := node[f]; ok {
			out[f] = v
		}
	}
	s.writeJSON(w, http.StatusOK, page{Data: []map[string]any{out}, Paging: &paging{Cursors: cursors{cursor(s.o.PhoneNumberID), cursor(s.o.PhoneNumberID)}}})
	return nil
}

// subscribedApps tells and sets where callbacks go. A new address must pass
// the handshake first.
func (s *Server) subscribedApps(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.BusinessID {
		return noSuchNode(strings.ToLower(r.Method), id)
	}
	switch r.Method {
	case http.MethodGet:
		app := map[string]any{"whatsapp_business_api_data": map[string]string{"id": appID, "name": "bottega", "link": "https://example.com/"}}
		if a := s.number.address(); a != "" && a != s.o.Callback {
			app["override_callback_uri"] = a
		}
		s.writeJSON(w, http.StatusOK, page{Data: []map[string]any{app}})
		return nil
	case http.MethodDelete:
		s.number.redirect("")
		s.writeJSON(w, http.StatusOK, success{true})
		return nil
	case http.MethodPost:
		var q struct {
			Callback string `json:"override_callback_uri"`
			Verify   string `json:"verify_token"`
		}
		if e := readOptional(w, r, &q); e != nil {
			return e
		}
		return s.subscribe(w, r, q.Callback, q.Verify)
	}
	return refuse(131055, "")
}

// configureNumber takes the webhook_configuration of POST /{phone}.
func (s *Server) configureNumber(w http.ResponseWriter, r *http.Request) *apiError {
	var q struct {
		Hook struct {
			Callback string `json:"override_callback_uri"`
			Verify   string `json:"verify_token"`
		} `json:"webhook_configuration"`
	}
	if e := readOptional(w, r, &q); e != nil {
		return e
	}
	return s.subscribe(w, r, q.Hook.Callback, q.Hook.Verify)
}

func (s *Server) subscribe(w http.ResponseWriter, r *http.Request, address, verify string) *apiError {
	if address != "" {
		if e := s.handshake(r, address, verify); e != nil {
			return e
		}
	}
	s.number.redirect(address)
	s.writeJSON(w, http.StatusOK, success{true})
	return nil
}

// handshake asks a callback address to prove itself (bsp/meta.md 6.1).
func (s *Server) handshake(r *http.Request, address, verify string) *apiError {
	failed := func(why string) *apiError {
		return &apiError{Code: 2200, Status: http.StatusBadRequest, Title: "Callback verification failed: " + why}
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || len(address) > 200 {
		return failed("no valid address of at most 200 characters")
	}
	challenge := s.trace()
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.verify_token", cmp.Or(verify, s.o.VerifyToken.Reveal()))
	q.Set("hub.challenge", challenge)
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodGet, u.String(), nil)
	if err != nil {
		return failed("no valid address")
	}
	res, err := s.o.Client.Do(req)
	if err != nil {
		return failed("no answer")
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, 1024))
	if cerr := res.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil || res.StatusCode != http.StatusOK || string(b) != challenge {
		return failed("the challenge did not come back")
	}
	return nil
}

// readOptional decodes a body that may be absent.
func readOptional(w http.ResponseWriter, r *http.Request, v any) *apiError {
	b, e := readBody(w, r)
	if e != nil || len(b) == 0 {
		return e
	}
	return decodeStrict(b, v)
}

// blockUsers is the shop's own block list.
func (s *Server) blockUsers(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.PhoneNumberID {
		return noSuchNode(strings.ToLower(r.Method), id)
	}
	if r.Method == http.MethodGet {
		data := []map[string]any{}
		for _, p := range s.crowd.shunned() {
			data = append(data, map[string]any{"messaging_product": "whatsapp", "wa_id": waID(p)})
		}
		s.writeJSON(w, http.StatusOK, page{Data: data})
		return nil
	}
	var q struct {
		Product string `json:"messaging_product"`
		Users   []struct {
			User string `json:"user"`
		} `json:"block_users"`
	}
	b, e := readBody(w, r)
	if e == nil {
		e = decodeStrict(b, &q)
	}
	if e != nil {
		return e
	}
	if len(q.Users) == 0 {
		return missing("block_users")
	}
	done, key := []map[string]string{}, map[bool]string{true: "added_users", false: "removed_users"}[r.Method == http.MethodPost]
	for _, u := range q.Users {
		p, e := s.crowd.recipient(&sendRequest{To: u.User}, s.o.Number)
		if e != nil {
			return e
		}
		s.crowd.change(p, func(p *person) { p.shunned = r.Method == http.MethodPost })
		done = append(done, map[string]string{"input": u.User, "wa_id": waID(p.Phone)})
	}
	s.writeJSON(w, http.StatusOK, map[string]any{"messaging_product": "whatsapp", "block_users": map[string]any{key: done}})
	return nil
}

func (s *Server) businessProfile(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.PhoneNumberID {
		return noSuchNode("get", id)
	}
	shop := s.o.World.Shop
	s.writeJSON(w, http.StatusOK, page{Data: []map[string]any{{
		"messaging_product": "whatsapp", "about": shop.About, "address": shop.Address, "description": shop.Description,
		"email": shop.Email, "websites": []string{}, "vertical": "RETAIL",
	}}})
	return nil
}

// decodeJSON reads a control request strictly.
func decodeJSON(w http.ResponseWriter, r *http.Request, v any) *apiError {
	b, e := readBody(w, r)
	if e != nil {
		return e
	}
	return decodeStrict(b, v)
}
