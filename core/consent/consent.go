// Package consent says what a shop may send to a person: a ledger of opt-ins
// and opt-outs, what follows from it now with the reason, and the reading of
// keywords such as STOP in what people write.
//
// Consent to marketing needs an opt-in (P-20); an opt-out holds against
// everything but a later opt-in of the person's own (P-122). Service messages
// inside the window stay allowed after a marketing opt-out, not after one that
// covers everything.
package consent

import (
	"slices"
	"time"
)

// Kind of a ledger entry.
type Kind string

const (
	OptIn          Kind = "opt_in"          // the person agreed
	OptOut         Kind = "opt_out"         // the person said stop, to us
	ProviderStop   Kind = "provider_stop"   // the person said stop in WhatsApp, or the provider told us so (131050, 21610)
	ProviderResume Kind = "provider_resume" // and took that back
	Mistaken       Kind = "mistaken"        // an agent undid a keyword that was none; Undoes names the entry
)

// Scope of an entry.
type Scope string

const (
	Marketing  Scope = "marketing"
	Everything Scope = "everything"
)

// Source is where an entry comes from.
type Source string

const (
	BySelf     Source = "message"  // words of the person's own
	ByAgent    Source = "agent"    // entered at the counter
	ByImport   Source = "import"   // a column or --consent of a file
	ByProvider Source = "provider" // an event or error code
	ByForm     Source = "form"     // a web page or paper
	ByAPI      Source = "api"
)

// Entry is one line of the ledger: the proof that P-25 asks for. Entries are
// added, never changed.
type Entry struct {
	ID        int64
	ContactID int64
	Kind      Kind
	Scope     Scope
	At        time.Time
	Source    Source
	Words     string // what was said or shown, with its version
	Place     string // page, paper, file, provider code
	Agent     string // who entered it; "" for the program
	ChannelID int64
	Undoes    int64 // of a Mistaken entry
}

// Reason is why something is or is not allowed, for words in ui/text.
type Reason string

const (
	Agreed       Reason = "opted_in"
	NeverAgreed  Reason = "no_consent"
	SaidStop     Reason = "opted_out"
	StoppedInApp Reason = "provider_stop"
	StoppedAll   Reason = "opted_out_all"
	InWindow     Reason = "window_open"
	WindowShut   Reason = "window_closed"
	NotObjected  Reason = "not_objected" // utility about the person's own business
)

// Verdict on one kind of message, with the entry that decided; Entry.ID is 0
// when none did.
type Verdict struct {
	Allowed bool
	Reason  Reason
	Entry   Entry
}

// Standing is what the ledger allows now.
type Standing struct {
	Marketing Verdict // promotion, whatever the window
	Utility   Verdict // a template about the person's own order or appointment
	Service   Verdict // a free-form answer
}

// Of folds a ledger. Entries may come in any order; equal times go by ID. An
// entry that a Mistaken one undoes does not count.
func Of(entries []Entry, windowOpen bool) Standing {
	es := slices.Clone(entries)
	slices.SortFunc(es, func(a, b Entry) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	undone := map[int64]bool{}
	for _, e := range es {
		if e.Kind == Mistaken {
			undone[e.Undoes] = true
		}
	}
	marketing := Verdict{Reason: NeverAgreed}
	all := Verdict{Allowed: true}
	inApp := Verdict{Allowed: true}
	for _, e := range es {
		if undone[e.ID] && e.ID != 0 {
			continue
		}
		switch e.Kind {
		case OptIn:
			marketing, all = Verdict{Allowed: true, Reason: Agreed, Entry: e}, Verdict{Allowed: true}
		case OptOut:
			marketing = Verdict{Reason: SaidStop, Entry: e}
			if e.Scope == Everything {
				all = Verdict{Reason: StoppedAll, Entry: e}
			}
		case ProviderStop:
			inApp = Verdict{Reason: StoppedInApp, Entry: e}
		case ProviderResume: // lifts the provider's own stop only, never an opt-out made to us
			inApp = Verdict{Allowed: true}
		}
	}
	return judge(marketing, inApp, all, windowOpen)
}

func judge(marketing, inApp, all Verdict, windowOpen bool) Standing {
	s := Standing{Marketing: marketing}
	if !inApp.Allowed {
		s.Marketing = inApp
	}
	if !all.Allowed {
		s.Marketing = all
	}
	s.Utility = Verdict{Allowed: all.Allowed, Reason: NotObjected}
	s.Service = Verdict{Allowed: windowOpen, Reason: WindowShut}
	if windowOpen { // an answer to somebody who writes is always owed
		s.Service.Reason = InWindow
	}
	if !all.Allowed {
		s.Utility = all
	}
	return s
}
