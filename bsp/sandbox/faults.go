package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"bottega/core"
)

// Places where a fault can strike.
const (
	onMessages  = "messages"
	onMedia     = "media"
	onTemplates = "templates"
	onAccount   = "account"
	onStatuses  = "statuses"
	onInbound   = "inbound"
	onEvents    = "events" // template and account callbacks
	onCallbacks = "callbacks"
	onAll       = "*"
)

// Faults are rules for bad days; see the package comment for an example.
type Faults struct {
	Rules []Fault `json:"rules"`
}

// Fault is one rule.
type Fault struct {
	On   string `json:"on"`
	Kind string `json:"kind"`

	Delay      core.Duration `json:"delay,omitzero"`       // delay, late; timeout: how long the line stays open, 1 min
	RetryAfter core.Duration `json:"retry_after,omitzero"` // throttle
	Status     int           `json:"status,omitzero"`      // error: 500; down: none, the line is cut
	Body       string        `json:"body,omitzero"`        // error: json or html
	Accepted   bool          `json:"accepted,omitzero"`    // error: the message was taken all the same
	Times      int           `json:"times,omitzero"`       // duplicate: how often it comes, 2

	Probability float64       `json:"probability,omitzero"`
	Every       int           `json:"every,omitzero"`
	After       core.Duration `json:"after,omitzero"` // since the faults were set
	For         core.Duration `json:"for,omitzero"`   // zero means for ever
	Limit       int           `json:"limit,omitzero"` // strikes, then it is spent
}

// FaultsError says what is wrong in a faults file: a rule counted from 1 (0
// when it is the file), the field, its value, and one of the reasons syntax,
// unknown_field, unknown, range, exclusive, misplaced.
type FaultsError struct {
	Rule   int
	Field  string
	Value  string
	Reason string
}

func (e *FaultsError) Error() string {
	if e.Rule == 0 {
		return fmt.Sprintf("faults: %s %s %s", e.Field, e.Value, e.Reason)
	}
	return fmt.Sprintf("faults: rule %d: %s %q: %s", e.Rule, e.Field, e.Value, e.Reason)
}

// Fault tells the parts, for whoever puts them into words.
func (e *FaultsError) Fault() (rule int, field, value, reason string) {
	return e.Rule, e.Field, e.Value, e.Reason
}

// maxFaults bounds a faults file.
const maxFaults = 1 << 20

// DecodeFaults reads a faults file strictly. Its error is InvalidInput with a
// *FaultsError inside.
func DecodeFaults(r io.Reader) (Faults, error) {
	var f Faults
	d := json.NewDecoder(io.LimitReader(r, maxFaults))
	d.DisallowUnknownFields()
	err := d.Decode(&f)
	if err == nil {
		if _, extra := d.Token(); !errors.Is(extra, io.EOF) {
			err = errors.New("something after the object")
		}
	}
	if err != nil {
		return Faults{}, core.Fail(core.InvalidInput, "sandbox.DecodeFaults", syntaxOf(err))
	}
	for i, rule := range f.Rules {
		if e := rule.check(); e != nil {
			e.Rule = i + 1
			return Faults{}, core.Fail(core.InvalidInput, "sandbox.DecodeFaults", e)
		}
	}
	return f, nil
}

func syntaxOf(err error) *FaultsError {
	if key, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return &FaultsError{Field: strings.Trim(key, `"`), Reason: "unknown_field"}
	}
	if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return &FaultsError{Field: t.Field, Value: t.Value, Reason: "syntax"}
	}
	return &FaultsError{Field: "file", Value: err.Error(), Reason: "syntax"}
}

// ofCallbacks reports whether a kind strikes callbacks rather than answers.
func ofCallbacks(kind string) bool {
	return slices.Contains([]string{"duplicate", "reorder", "late", "lost"}, kind)
}

func (f Fault) check() *FaultsError {
	bad := func(field, value, reason string) *FaultsError {
		return &FaultsError{Field: field, Value: value, Reason: reason}
	}
	answers := []string{onMessages, onMedia, onTemplates, onAccount, onAll}
	callbacks := []string{onStatuses, onInbound, onEvents, onCallbacks, onAll}
	kinds := []string{"delay", "error", "timeout", "reset", "throttle", "expired", "down"}
	switch {
	case !slices.Contains(answers, f.On) && !slices.Contains(callbacks, f.On):
		return bad("on", f.On, "unknown")
	case !ofCallbacks(f.Kind) && !slices.Contains(kinds, f.Kind):
		return bad("kind", f.Kind, "unknown")
	case ofCallbacks(f.Kind) && !slices.Contains(callbacks, f.On), !ofCallbacks(f.Kind) && !slices.Contains(answers, f.On):
		return bad("on", f.On, "misplaced")
	case (f.Kind == "delay" || f.Kind == "late") && f.Delay <= 0:
		return bad("delay", f.Delay.D().String(), "range")
	case f.Delay < 0 || f.RetryAfter < 0 || f.After < 0 || f.For < 0:
		return bad("delay", f.Delay.D().String(), "range")
	case f.Probability < 0 || f.Probability > 1:
		return bad("probability", fmt.Sprint(f.Probability), "range")
	case f.Every < 0 || f.Limit < 0 || f.Times < 0 || f.Times > 1000:
		return bad("every", fmt.Sprint(f.Every), "range")
	case f.Every > 0 && f.Probability > 0:
		return bad("every", fmt.Sprint(f.Every), "exclusive")
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return bad("status", fmt.Sprint(f.Status), "range")
	case f.Body != "" && f.Body != "json" && f.Body != "html":
		return bad("body", f.Body, "unknown")
	}
	return nil
}

// faultSet is the rules in force.
type faultSet struct {
	seed uint64
	now  func() time.Time

	mu    sync.Mutex
	since time.Time
	rules []ruleState
}

type ruleState struct {
	Fault
	chances, strikes int
	rand             *rand.Rand
}

func newFaultSet(f Faults, seed uint64, now func() time.Time) *faultSet {
	s := &faultSet{seed: seed, now: now}
	s.set(f)
	return s
}

func (s *faultSet) set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since, s.rules = s.now(), nil
	for i, r := range f.Rules {
		s.rules = append(s.rules, ruleState{Fault: r, rand: dice(s.seed, uint64(i), "fault")})
	}
}

func (s *faultSet) get() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := Faults{Rules: []Fault{}}
	for _, r := range s.rules {
		f.Rules = append(f.Rules, r.Fault)
	}
	return f
}

// strike returns the rules that fire at a place, at most one of each kind.
func (s *faultSet) strike(on string) []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rules) == 0 {
		return nil
	}
	var out []Fault
	callback := on == onStatuses || on == onInbound || on == onEvents
	for i := range s.rules {
		r := &s.rules[i]
		here := r.On == on || r.On == onAll || callback && r.On == onCallbacks
		if !here || ofCallbacks(r.Kind) != callback {
			continue
		}
		if r.fires(s.now().Sub(s.since)) && !slices.ContainsFunc(out, func(f Fault) bool { return f.Kind == r.Kind }) {
			r.strikes++
			out = append(out, r.Fault)
		}
	}
	return out
}

// fires counts a chance and decides.
func (r *ruleState) fires(age time.Duration) bool {
	if age < r.After.D() || r.For > 0 && age >= r.After.D()+r.For.D() || r.Limit > 0 && r.strikes >= r.Limit {
		return false
	}
	r.chances++
	switch {
	case r.Every > 0:
		return r.chances%r.Every == 0
	case r.Probability > 0:
		return r.rand.Float64() < r.Probability
	}
	return true
}

// down reports whether the whole provider is away: then callbacks wait too.
func (s *faultSet) down() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	age := s.now().Sub(s.since)
	return slices.ContainsFunc(s.rules, func(r ruleState) bool {
		return r.Kind == "down" && r.On == onAll && r.Every == 0 && r.Probability == 0 &&
			age >= r.After.D() && (r.For == 0 || age < r.After.D()+r.For.D())
	})
}
