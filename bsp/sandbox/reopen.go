package sandbox

import (
	"time"

	"bottega/core"
)

// OpenLedger keeps the ledger in a file from now on and takes up what it
// holds: past sends, their unfinished statuses, and when customers last wrote.
// Call it before Run and before the first request. Close ends it.
func (s *Server) OpenLedger(path string) error {
	if err := s.ledger.open(path); err != nil {
		return err
	}
	for address, at := range s.ledger.contact {
		p := Person{Phone: core.Phone(address)}
		if address != "" && address[0] != '+' {
			p = Person{UserID: address}
		}
		s.crowd.wrote(s.crowd.meet(p), at, true, false)
	}
	for _, e := range s.ledger.list(ledgerQuery{}) {
		s.takeUp(e)
	}
	return nil
}

// Untold counts the accepted sends whose state no callback was taken for yet:
// whoever compares an inbox with the ledger waits until it is 0. It needs
// OpenLedger.
func (s *Server) Untold() (n int) {
	l := s.ledger
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		if e.State == core.Accepted || l.told[e.ID] != l.told[e.ID].Merge(e.State) {
			n++
		}
	}
	return n
}

// Close closes the ledger's file, if there is one.
func (s *Server) Close() error {
	s.ledger.mu.Lock()
	defer s.ledger.mu.Unlock()
	if s.ledger.file == nil {
		return nil
	}
	err := s.ledger.file.Close()
	s.ledger.file = nil
	return err
}

// takeUp goes on with a message of the simulator's last life: it tells the
// state that no callback was taken for, and plans the rest of the way. What a
// customer would have answered is forgotten.
func (s *Server) takeUp(e Entry) {
	p := s.crowd.meet(Person{Phone: e.To, UserID: e.UserID})
	m := &sent{seq: e.Seq, id: e.ID, ref: e.Ref, at: e.At, toUser: e.To == ""}
	if e.State != core.Accepted && s.ledger.told[e.ID] != e.State {
		s.tell(p, m, e.State, e.Error, true)
	}
	var rest []step
	for _, st := range []core.State{core.Sent, core.Delivered} {
		if e.State != core.Failed && e.State.Merge(st) == st {
			rest = append(rest, step{st, time.Second, 0})
		}
	}
	if e.Held && e.State == core.Accepted {
		rest = append([]step{{core.Accepted, holdFor, 0}}, rest...)
	}
	s.walk(p, m, rest)
}
