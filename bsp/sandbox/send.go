package sandbox

import (
	"net/http"
	"strings"
	"time"

	"bottega/core"
)

// sendAnswer is the 200 of a send (bsp/meta.md 2.3).
type sendAnswer struct {
	Product  string         `json:"messaging_product"`
	Contacts []sendContact  `json:"contacts"`
	Messages []sendAccepted `json:"messages"`
}

type sendContact struct {
	Input  string `json:"input"`
	WaID   string `json:"wa_id,omitempty"`
	UserID string `json:"user_id,omitempty"`
}

type sendAccepted struct {
	ID     string `json:"id"`
	Status string `json:"message_status,omitempty"`
}

type success struct {
	Success bool `json:"success"`
}

func (s *Server) postMessages(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.PhoneNumberID {
		return noSuchNode("post", id)
	}
	body, e := readBody(w, r)
	if e != nil {
		return e
	}
	q, e := parseSend(body)
	if e != nil {
		return e
	}
	if q.Status != "" {
		s.writeJSON(w, http.StatusOK, success{true})
		return nil
	}
	ans, e := s.accept(q, strings.HasSuffix(r.URL.Path, "/marketing_messages"))
	if e != nil {
		return e
	}
	s.writeJSON(w, http.StatusOK, ans)
	return nil
}

// accept takes a message or refuses it. What it takes stands in the ledger
// before the answer leaves.
func (s *Server) accept(q *sendRequest, marketing bool) (*sendAnswer, *apiError) {
	now := s.o.Now()
	p, e := s.crowd.recipient(q, s.o.Number)
	if e != nil {
		return nil, e
	}
	t, e := s.checkTemplate(q, p, marketing)
	if e != nil {
		return nil, e
	}
	mediaCode, e := s.checkMedia(q)
	if e != nil {
		return nil, e
	}
	if e := s.checkRates(p, now); e != nil {
		return nil, e
	}
	code := s.crowd.verdict(p, t, now, s.o.World.Platform)
	if code == 0 {
		code = mediaCode
	}
	if k, _ := knownError(code); code != 0 && (!k.async || s.o.Limits.Direct) {
		return nil, refuse(code, asyncDetails(code))
	}
	held := t != nil && s.library.holds(t, s.o.Limits.HoldAfter)
	m := s.record(q, p, t, held, now)
	s.decide(p, m, code, held)
	return s.answer(q, p, m), nil
}

func (s *Server) checkTemplate(q *sendRequest, p *person, marketing bool) (*tmpl, *apiError) {
	if q.Type != "template" {
		if marketing {
			return nil, refuse(134100, "Only templates of the marketing category can be sent here.")
		}
		return nil, nil
	}
	t, e := s.library.call(q.Template)
	switch {
	case e != nil:
		return nil, e
	case marketing && t.Category != "MARKETING":
		return nil, refuse(134100, "The template is not of the marketing category.")
	case t.Category == "AUTHENTICATION" && q.To == "" && p.Phone == "":
		return nil, refuse(131062, "Authentication templates cannot be sent to a user id.")
	}
	return t, nil
}

// checkRates charges the number's throughput and the pair's (section 8).
func (s *Server) checkRates(p *person, now time.Time) *apiError {
	if !s.number.allows(now) {
		return refuse(130429, "Cloud API message throughput has been reached.")
	}
	if !s.crowd.pairAllows(p, now) {
		return refuse(131056, "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.")
	}
	return nil
}

// asyncDetails are Meta's second sentences for what comes by callback.
func asyncDetails(code int) string {
	switch code {
	case 131026:
		return "Message Undeliverable."
	case 131047:
		return "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
	case 131049:
		return "In order to maintain a healthy ecosystem engagement, the message failed to be delivered."
	case 131050:
		return "Recipient has chosen to stop receiving marketing messages on WhatsApp from your business"
	case 131053:
		return "The media file is of another kind than the message says, or cannot be used."
	case 130472:
		return "Failed to send message because this user's phone number is part of an experiment"
	case 132015:
		return "Template is paused due to low quality."
	}
	k, _ := knownError(code)
	return k.title
}

// sent is an accepted message on its way to a person.
type sent struct {
	seq     int // place in the ledger
	id      string
	ref     string
	at      time.Time
	toUser  bool // addressed by user id
	priced  bool // delivered or read has carried the price
	pricing *pricing
	heard   *heard // what a customer with a life makes of it
}

func (s *Server) record(q *sendRequest, p *person, t *tmpl, held bool, now time.Time) *sent {
	m := &sent{ref: q.Ref, at: now, toUser: q.To == "", pricing: s.price(p, t, now)}
	m.id = wamid(s.o.Seed, s.next(), now, p.address(), fromShop)
	e := Entry{ID: m.id, Ref: q.Ref, To: p.Phone, UserID: p.UserID, Type: q.Type, Hash: q.hash(), At: now, State: core.Accepted, Held: held}
	if t != nil {
		e.Template = t.Name
	}
	m.seq = s.ledger.add(e)
	if p.Persona != "" {
		m.heard = hear(q, t, m.id)
	}
	return m
}

// price is the pricing object of the message's statuses (bsp/meta.md 6.4, 11.1).
func (s *Server) price(p *person, t *tmpl, now time.Time) *pricing {
	pr := &pricing{Billable: true, Model: "PMP", Type: "regular", Category: "service"}
	s.crowd.change(p, func(p *person) {
		switch {
		case now.Before(p.freeUntil):
			pr.Billable, pr.Type = false, "free_entry_point"
		case t == nil && now.Before(s.o.World.Platform.ServiceChargedFrom):
			pr.Billable, pr.Type = false, "free_customer_service"
		}
	})
	if t != nil {
		pr.Category = strings.ToLower(t.Category)
	}
	return pr
}

func (s *Server) answer(q *sendRequest, p *person, m *sent) *sendAnswer {
	a := &sendAnswer{Product: "whatsapp", Messages: []sendAccepted{{ID: m.id}}}
	if q.To != "" {
		a.Contacts = []sendContact{{Input: q.To, WaID: waID(p.Phone)}}
	} else {
		a.Contacts = []sendContact{{Input: q.Recipient, UserID: p.UserID}}
	}
	if q.Type == "template" {
		a.Messages[0].Status = "accepted"
		if e, ok := s.ledger.entry(m.seq); ok && e.Held {
			a.Messages[0].Status = "held_for_quality_assessment"
		}
	}
	return a
}
