package sandbox

import (
	"encoding/json"
	"net/http"
	"time"

	"bottega/core"
)

// smsRequest is what a shop posts to have a text sent as SMS. Meta has no such
// thing: the simulator's is its own.
type smsRequest struct {
	To   string `json:"to"`
	Text string `json:"text"`
	Ref  string `json:"ref"`
}

// smsAnswer is the 200 of it.
type smsAnswer struct {
	ID    string `json:"id"`
	Parts int    `json:"parts"`
}

// postSMS takes a text for a phone, WhatsApp or not. What it takes stands in
// the ledger of SMS before the answer leaves, and arrives soon after: the
// receipts come among those of messages, under the id of the answer.
func (s *Server) postSMS(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.PhoneNumberID {
		return noSuchNode("post", id)
	}
	body, e := readBody(w, r)
	if e != nil {
		return e
	}
	var q smsRequest
	if json.Unmarshal(body, &q) != nil || q.Text == "" {
		return refuse(100, "An SMS needs to and text.")
	}
	p, e := s.crowd.recipient(&sendRequest{To: q.To}, s.o.Number)
	if e != nil {
		return e
	}
	now := s.o.Now()
	if !s.number.allows(now) {
		return refuse(130429, "The account sends too many messages a second.")
	}
	parts, _ := core.SMS{Text: q.Text}.Parts()
	m := &sent{id: "sms." + wamid(s.o.Seed, s.next(), now, p.address(), fromShop), ref: q.Ref, at: now}
	shown := sendRequest{Type: "sms"}
	shown.Text = &textPart{Body: q.Text}
	m.seq = s.texts.add(Entry{ID: m.id, Ref: q.Ref, To: p.Phone, Type: shown.Type, Hash: shown.hash(), At: now, State: core.Accepted, Parts: parts})
	s.agenda.in(between(s.dice(0x5135, m.id), 300*time.Millisecond, 2*time.Second), func() {
		s.texts.happened(m.seq, core.Delivered, 0)
		s.courier.add(note{change: s.o.sender().status(&p.Person, m, core.Delivered, 0, s.o.Now(), false), on: onStatuses, told: func() {}})
	})
	s.writeJSON(w, http.StatusOK, smsAnswer{m.id, parts})
	return nil
}

// Texts returns every SMS taken so far, in the order of acceptance.
func (s *Server) Texts() []Entry { return s.texts.list(ledgerQuery{}) }
