package sandbox

import (
	"errors"
	"net/http"
	"strconv"

	"bottega/core"
)

// controlRoutes are the simulator's own endpoints.
func (s *Server) controlRoutes(m *http.ServeMux) {
	own := func(pattern string, h func(http.ResponseWriter, *http.Request) *apiError) {
		m.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if e := h(w, r); e != nil {
				s.writeError(w, e)
			}
		})
	}
	own("GET /sandbox/ledger", s.getLedger)
	own("GET /sandbox/sms", func(w http.ResponseWriter, _ *http.Request) *apiError {
		s.writeJSON(w, http.StatusOK, LedgerPage{s.Texts(), s.texts.len()})
		return nil
	})
	own("GET /sandbox/state", s.getState)
	own("GET /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) *apiError {
		s.writeJSON(w, http.StatusOK, s.faults.get())
		return nil
	})
	own("POST /sandbox/faults", s.postFaults)
	own("POST /sandbox/inbound", s.postInbound)
	own("POST /sandbox/reset", s.postReset)
	own("POST /sandbox/template", s.postTemplate)
	own("POST /sandbox/number", s.postNumber)
}

// LedgerPage is the answer of GET /sandbox/ledger.
type LedgerPage struct {
	Entries []Entry `json:"entries"`
	Total   int     `json:"total"` // of the whole ledger
}

func (s *Server) getLedger(w http.ResponseWriter, r *http.Request) *apiError {
	v := r.URL.Query()
	q := ledgerQuery{Ref: v.Get("ref"), To: v.Get("to"), Type: v.Get("type")}
	for key, n := range map[string]*int{"after": &q.After, "limit": &q.Limit} {
		if t := v.Get(key); t != "" {
			i, err := strconv.Atoi(t)
			if err != nil || i < 0 {
				return refuse(100, "Param %s must be a number.", key)
			}
			*n = i
		}
	}
	s.writeJSON(w, http.StatusOK, LedgerPage{s.ledger.list(q), s.ledger.len()})
	return nil
}

func (l *ledger) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.entries)
}

// State is the answer of GET /sandbox/state.
type State struct {
	Accepted  int         `json:"accepted"` // sends in the ledger
	People    int         `json:"people"`   // addresses known
	Planned   int         `json:"planned"`  // things that will happen
	Queued    int         `json:"queued"`   // updates waiting for delivery now
	Delivered int64       `json:"delivered"`
	Retried   int64       `json:"retried"`
	Lost      int64       `json:"lost"`
	Callback  string      `json:"callback,omitempty"`
	Number    NumberFacts `json:"number"`
}

func (s *Server) getState(w http.ResponseWriter, _ *http.Request) *apiError {
	s.writeJSON(w, http.StatusOK, State{
		Accepted: s.ledger.len(), People: s.crowd.len(), Planned: s.agenda.len(), Queued: s.courier.len(),
		Delivered: s.courier.delivered.Load(), Retried: s.courier.retried.Load(), Lost: s.courier.lost.Load(),
		Callback: s.number.address(), Number: s.number.now(),
	})
	return nil
}

func (s *Server) postFaults(w http.ResponseWriter, r *http.Request) *apiError {
	f, err := DecodeFaults(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return refuse(100, "%s", err.Error())
	}
	s.faults.set(f)
	s.writeJSON(w, http.StatusOK, success{true})
	return nil
}

func (s *Server) postInbound(w http.ResponseWriter, r *http.Request) *apiError {
	var in Inbound
	if e := decodeJSON(w, r, &in); e != nil {
		return e
	}
	p, e := s.inboundPerson(in)
	if e != nil {
		return e
	}
	id, err := s.write(p, in)
	if err != nil {
		return refuse(131009, "%s", err.Error())
	}
	s.writeJSON(w, http.StatusOK, map[string]string{"id": id})
	return nil
}

// postReset puts everything back to the beginning, the ledger's file too.
func (s *Server) postReset(w http.ResponseWriter, _ *http.Request) *apiError {
	s.agenda.clear()
	s.courier.clear()
	s.crowd.reset(s.o.World.People)
	s.library.reset()
	s.media.reset()
	s.number.reset()
	s.faults.set(s.o.Faults)
	if err := errors.Join(s.ledger.reset(), s.texts.reset()); err != nil {
		return refuse(131000, "The ledger's file could not be emptied.")
	}
	if s.o.Life {
		s.startLife()
	}
	s.writeJSON(w, http.StatusOK, success{true})
	return nil
}

// postTemplate gives a template a status as review or quality would.
func (s *Server) postTemplate(w http.ResponseWriter, r *http.Request) *apiError {
	var q struct {
		ID     string `json:"id"`
		Name   string `json:"name"` // with Language instead of ID
		Lang   string `json:"language"`
		Status string `json:"status"` // APPROVED, REJECTED, PAUSED, DISABLED, …
		Reason string `json:"reason"`
		Title  string `json:"title"` // FIRST_PAUSE, …
		// Category and Quality change and are told as drift and rating are.
		Category string `json:"category"`
		Quality  string `json:"quality"`
	}
	if e := decodeJSON(w, r, &q); e != nil {
		return e
	}
	if q.ID == "" {
		q.ID = s.library.named(q.Name, q.Lang)
	}
	if q.Status == "" && q.Category == "" && q.Quality == "" {
		return missing("status")
	}
	if q.Category != "" && !s.recategorise(q.ID, q.Category) || q.Quality != "" && !s.rate(q.ID, q.Quality) ||
		q.Status != "" && !s.setTemplate(q.ID, q.Status, q.Reason, q.Title) {
		return noSuchNode("post", q.ID)
	}
	s.writeJSON(w, http.StatusOK, success{true})
	return nil
}

// named is the id of a template, "" when there is none.
func (l *library) named(name, lang string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.find(func(t *tmpl) bool { return t.Name == name && t.Language == lang }); t != nil {
		return t.ID
	}
	return ""
}

// postNumber changes the number's standing.
func (s *Server) postNumber(w http.ResponseWriter, r *http.Request) *apiError {
	next := s.number.now()
	if e := decodeJSON(w, r, &next); e != nil {
		return e
	}
	s.number.set(func(f *NumberFacts) { *f = next })
	s.writeJSON(w, http.StatusOK, s.number.now())
	return nil
}

// Write makes a customer do something now, as POST /sandbox/inbound does, and
// returns the id of the message. Its error is InvalidInput.
func (s *Server) Write(in Inbound) (string, error) {
	p, e := s.inboundPerson(in)
	if e != nil {
		return "", core.Fail(core.InvalidInput, "sandbox.Write", e)
	}
	id, err := s.write(p, in)
	if err != nil {
		return "", core.Fail(core.InvalidInput, "sandbox.Write", err)
	}
	return id, nil
}
