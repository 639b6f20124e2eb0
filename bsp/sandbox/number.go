package sandbox

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// NumberFacts is the standing of the number. POST /sandbox/number changes what
// it names and leaves the rest.
type NumberFacts struct {
	Quality   string   `json:"quality"`    // GREEN, YELLOW, RED, NA
	Limit     string   `json:"limit"`      // TIER_250, TIER_2K, …
	Status    string   `json:"status"`     // CONNECTED, FLAGGED, RESTRICTED
	CanSend   string   `json:"can_send"`   // AVAILABLE, LIMITED, BLOCKED
	Notes     []string `json:"notes"`      // what Meta adds to LIMITED
	Expired   bool     `json:"expired"`    // the token has run out: 190 to everything
	PerSecond int      `json:"per_second"` // throughput; 0 means Limits.PerSecond

	TokenEnds time.Time `json:"token_ends,omitzero"` // when the token says that it will run out; zero: never
	Scopes    []string  `json:"scopes,omitempty"`    // of the token; none means both that are needed
}

// number is the simulated business number.
type number struct {
	mu        sync.Mutex
	facts     NumberFacts
	perSecond int
	lim       *rate.Limiter
	callback  string
	first     string // the callback address of Options
}

func newNumber(o Options) *number {
	n := &number{perSecond: o.Limits.PerSecond, first: o.Callback}
	n.reset()
	return n
}

func (n *number) reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.facts = NumberFacts{Quality: "GREEN", Limit: "TIER_2K", Status: "CONNECTED", CanSend: "AVAILABLE"}
	n.callback = n.first
	n.limit()
}

// limit builds the throughput limiter: a second's worth may come at once.
func (n *number) limit() {
	per := n.facts.PerSecond
	if per == 0 {
		per = n.perSecond
	}
	n.lim = nil
	if per > 0 {
		n.lim = rate.NewLimiter(rate.Limit(per), per)
	}
}

func (n *number) allows(now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.lim == nil || n.lim.AllowN(now, 1)
}

func (n *number) now() NumberFacts {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.facts
}

func (n *number) set(change func(*NumberFacts)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	before := n.facts.PerSecond
	if change(&n.facts); n.facts.PerSecond != before {
		n.limit()
	}
}

// address is where callbacks go now.
func (n *number) address() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.callback
}

// redirect sends callbacks to url; "" means the address of Options again.
func (n *number) redirect(url string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.callback = url; url == "" {
		n.callback = n.first
	}
}
