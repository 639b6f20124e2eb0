package sandbox

import (
	"time"

	"bottega/core"
)

// step is one thing that happens to a message, some time after the step before.
type step struct {
	state core.State
	after time.Duration
	code  int // of a failure
}

// holdFor is how long a paced template waits for its assessment (P-54: 99 % within the hour).
const holdFor = 12 * time.Minute

// decide plans what becomes of an accepted message. The times are those seen
// at Meta: sent at once, delivered within seconds, read when the person looks.
func (s *Server) decide(p *person, m *sent, code int, held bool) {
	r := s.dice(0xfa7e, m.id)
	var way []step
	if held {
		way = append(way, step{core.Accepted, holdFor, 0})
	}
	switch code {
	case 0:
	case 131047, 131053: // never leave Meta
		s.walk(p, m, append(way, step{core.Failed, between(r, 300*time.Millisecond, 2*time.Second), code}))
		return
	default:
		s.walk(p, m, append(way, step{core.Sent, between(r, 150*time.Millisecond, 700*time.Millisecond), 0},
			step{core.Failed, between(r, 500*time.Millisecond, 3*time.Second), code}))
		return
	}
	way = append(way, step{core.Sent, between(r, 150*time.Millisecond, 700*time.Millisecond), 0})
	looks, after := s.o.World.persona(p.Persona).looks(r)
	if !looks {
		s.walk(p, m, append(way, step{core.Delivered, between(r, 300*time.Millisecond, 2500*time.Millisecond), 0}))
		return
	}
	if r.IntN(12) > 0 { // else they had the chat open: read comes without delivered
		way = append(way, step{core.Delivered, between(r, 300*time.Millisecond, 2500*time.Millisecond), 0})
	}
	s.walk(p, m, append(way, step{core.Read, after, 0}))
}

// walk lets the steps happen one after the other.
func (s *Server) walk(p *person, m *sent, way []step) {
	if len(way) == 0 {
		return
	}
	s.agenda.in(way[0].after, func() {
		s.happen(p, m, way[0])
		s.walk(p, m, way[1:])
	})
}

// happen makes one step true, tells it, and lets the person react.
func (s *Server) happen(p *person, m *sent, st step) {
	if st.state == core.Accepted {
		return // the assessment is over
	}
	s.ledger.happened(m.seq, st.state, st.code)
	s.tell(p, m, st.state, st.code, m.prices(st.state))
	if m.heard != nil && st.state == core.Read && s.o.Life {
		s.react(p, m.heard)
	}
}

// prices reports whether the status of this state carries the price: sent
// does, and the first of delivered and read (bsp/meta.md 6.4).
func (m *sent) prices(st core.State) bool {
	switch st {
	case core.Sent:
		return true
	case core.Delivered, core.Read:
		first := !m.priced
		m.priced = true
		return first
	}
	return false
}

// tell queues the status callback of a state.
func (s *Server) tell(p *person, m *sent, st core.State, code int, withPrice bool) {
	c := s.o.sender().status(&p.Person, m, st, code, s.o.Now(), withPrice)
	s.courier.add(note{change: c, on: onStatuses, told: func() { s.ledger.tell(m.id, st) }})
}
