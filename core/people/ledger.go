package people

import (
	"context"
	"maps"
	"slices"

	"bottega/core"
	"bottega/core/consent"
)

// Recorded is what became of an entry for many people.
type Recorded struct {
	Done    int
	Same    int // nothing new: their standing is so already
	Skipped int // said stop: an opt-in of theirs is entered one by one, with their words
}

// Record adds an agent's entry to the ledgers of people: an opt-in with the
// words they agreed to, or an opt-out. Nobody is opted in again in passing: of
// several people those who said stop are left out, and one alone needs Words.
// The Undo marks the entries as mistaken, for the ledger forgets nothing.
func (s *Service) Record(ctx context.Context, ids []int64, e consent.Entry, done func(int)) (out Recorded, undo Undo, err error) {
	const op = "people.Record"
	if e.Agent == "" || e.Kind != consent.OptIn && e.Kind != consent.OptOut || e.Scope != consent.Marketing && e.Scope != consent.Everything {
		return out, nil, core.Fail(core.InvalidInput, op, nil)
	}
	e.At, e.Source = s.Now(), consent.ByAgent
	result := map[int64]int64{} // the entry; 0 for the same, -1 for skipped: what a repeated transaction says counts
	err = s.each(ctx, ids, done, func(tx Tx, id int64) error {
		es, err := tx.Consents(id)
		if err != nil {
			return err
		}
		if _, err := tx.Contact(id); err != nil {
			return err
		}
		switch verdict := consent.Of(es, false).Marketing; {
		case verdict.Reason == wanted(e):
			result[id] = 0
			return nil
		case e.Kind == consent.OptIn && verdict.Reason.Out() && (len(ids) > 1 || e.Words == ""):
			result[id] = -1
			return nil
		}
		own := e
		own.ContactID = id
		if err := tx.AddConsent(&own); err != nil {
			return err
		}
		result[id] = own.ID
		tx.Changed(core.Change{Kind: core.Contacts, ID: id})
		return nil
	})
	var entered []int64
	for _, id := range slices.Sorted(maps.Keys(result)) {
		switch result[id] {
		case 0:
			out.Same++
		case -1:
			out.Skipped++
		default:
			out.Done++
			entered = append(entered, id)
		}
	}
	if len(entered) == 0 {
		return out, nil, fail(op, err)
	}
	return out, func(ctx context.Context) error {
		return fail(op+".Undo", s.each(ctx, entered, done, func(tx Tx, id int64) error {
			return s.mistaken(tx, consent.Entry{ContactID: id, Undoes: result[id], Agent: e.Agent})
		}))
	}, fail(op, err)
}

// wanted is the reason that an entry would give.
func wanted(e consent.Entry) consent.Reason {
	switch {
	case e.Kind == consent.OptIn:
		return consent.Agreed
	case e.Scope == consent.Everything:
		return consent.StoppedAll
	}
	return consent.SaidStop
}

// mistaken undoes an entry of the ledger; e names it.
func (s *Service) mistaken(tx Tx, e consent.Entry) error {
	e.Kind, e.Scope, e.At, e.Source = consent.Mistaken, consent.Marketing, s.Now(), consent.ByAgent
	tx.Changed(core.Change{Kind: core.Contacts, ID: e.ContactID})
	return tx.AddConsent(&e)
}

// Mistake undoes one entry of a person's ledger that was none: a keyword that
// meant something else. NotFound when it is not there, Conflict when it is
// undone already or is itself an undoing.
func (s *Service) Mistake(ctx context.Context, id, entry int64, agent string) error {
	const op = "people.Mistake"
	return fail(op, s.write(ctx, func(tx Tx) error {
		es, err := tx.Consents(id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(es, func(e consent.Entry) bool { return e.ID == entry })
		if i < 0 {
			return core.Fail(core.NotFound, op, nil)
		}
		if es[i].Kind == consent.Mistaken || slices.ContainsFunc(es, func(e consent.Entry) bool { return e.Undoes == entry }) {
			return core.Fail(core.Conflict, op, nil)
		}
		return s.mistaken(tx, consent.Entry{ContactID: id, Undoes: entry, Agent: agent})
	}))
}

// Review is a message whose words may mean stop, waiting for a person to decide
// (consent.Ask, consent.Propose), or a stop that was applied (consent.SaysOut)
// and may be undone.
type Review struct {
	ID             int64
	ContactID      int64
	ConversationID int64
	MessageID      int64
	Name           string
	Phone          core.Phone
	Text           string // of the message
	consent.Pending
}

// Waits reports whether somebody must decide; else it is a stop that counts
// already and can be taken back.
func (r *Review) Waits() bool { return r.Reading != consent.SaysOut }

// Tray lists what waits for a decision, oldest first, then the stops that count
// already and may be taken back, newest first.
func (s *Service) Tray(ctx context.Context, limit int) ([]Review, error) {
	return s.Store.ConsentTray(ctx, limit)
}

// Decide ends a review: with stop the person is opted out as they asked, else
// the words meant nothing, and an opt-out that was applied is undone. Conflict
// when somebody decided already. The Undo makes it wait again; the ledger keeps
// both.
func (s *Service) Decide(ctx context.Context, review int64, agent string, stop bool) (Undo, error) {
	const op = "people.Decide"
	var r Review
	var said consent.Entry // what the decision entered as the person's words
	err := s.write(ctx, func(tx Tx) (err error) {
		if r, err = tx.DecideConsent(review, agent, s.Now()); err != nil {
			return err
		}
		said = consent.Entry{}
		tx.Changed(core.Change{Kind: core.Contacts, ID: r.ContactID})
		switch {
		case stop && r.EntryID == 0:
			said = s.stopped(&r, agent)
			return tx.AddConsent(&said)
		case !stop && r.EntryID != 0:
			return s.mistaken(tx, consent.Entry{ContactID: r.ContactID, Undoes: r.EntryID, Agent: agent})
		}
		return nil
	})
	if err != nil {
		return nil, fail(op, err)
	}
	return func(ctx context.Context) error {
		return fail(op+".Undo", s.write(ctx, func(tx Tx) error {
			entry := r.EntryID
			var err error
			switch {
			case said.ID != 0:
				err = s.mistaken(tx, consent.Entry{ContactID: r.ContactID, Undoes: said.ID, Agent: agent})
			case !stop && r.EntryID != 0: // it counts again
				back := s.stopped(&r, agent)
				err = tx.AddConsent(&back)
				entry = back.ID
			}
			if err != nil {
				return err
			}
			tx.Changed(core.Change{Kind: core.Contacts, ID: r.ContactID})
			return tx.ReopenConsent(review, entry)
		}))
	}, nil
}

// stopped is what a message in the tray says when it means stop.
func (s *Service) stopped(r *Review, agent string) consent.Entry {
	return consent.Entry{ContactID: r.ContactID, Kind: consent.OptOut, Scope: r.Scope, At: s.Now(), Source: consent.BySelf, Words: r.Word, Agent: agent, ChannelID: r.ChannelID}
}
