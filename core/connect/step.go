package connect

import (
	"time"

	"bottega/core"
)

// Step is a part of the way from a typed key to a message on a phone.
type Step string

// The steps, in the order in which they are taken.
const (
	StepKey       Step = "key"       // what the key may do, and until when
	StepNumber    Step = "number"    // number, name, quality, limit
	StepTemplates Step = "templates" // how many there are
	StepKeep      Step = "keep"      // secrets and channel are kept
	StepAddress   Step = "address"   // the callbacks' address answers as ours
	StepWebhook   Step = "webhook"   // the provider knows the address
	StepTest      Step = "test"      // a message to the owner's own phone
)

// State of a step.
type State string

const (
	Done    State = "done"
	Warned  State = "warn"    // done, but somebody should look
	ToDo    State = "todo"    // something is left to do by hand
	Skipped State = "skipped" // not needed here
	Failed  State = "failed"
)

// Result is how a step ended. Why names what Warned, ToDo and Skipped mean; the
// facts are those of the step.
type Result struct {
	Step  Step   `json:"step"`
	State State  `json:"state"`
	Why   string `json:"why,omitempty"`

	Key       *core.Key    `json:"key,omitempty"`
	Before    *core.Key    `json:"before,omitempty"` // rotation: of the key in use so far
	Number    *Number      `json:"number,omitempty"`
	Templates *Templates   `json:"templates,omitempty"`
	Kept      []Kept       `json:"kept,omitempty"`
	Reached   *Reached     `json:"reached,omitempty"`
	Hook      *core.Hooked `json:"webhook,omitempty"`
	Paste     *Paste       `json:"paste,omitempty"`
	Test      *Test        `json:"test,omitempty"`
	// Err is why a step failed; whoever prints it finds the words.
	Err error `json:"-"`
}

// What Why may say.
const (
	WhyExpires    = "expires"     // the key runs out soon
	WhyScopes     = "scopes"      // the key lacks something that bottega needs
	WhyUntold     = "untold"      // the provider does not tell
	WhyRefused    = "refused"     // the provider refused the question; Err says why
	WhyBlocked    = "blocked"     // the number may not send everything now
	WhyNone       = "none"        // no approved template
	WhyPolled     = "polled"      // what comes in is asked for: no callback is needed
	WhyNoAddress  = "no-address"  // no address was given, and callbacks need one
	WhyPaste      = "paste"       // the address is put in on the provider's page
	WhyHandshake  = "handshake"   // the provider did not get its challenge back
	WhyState      = "state"       // the provider has slowed or stopped its callbacks
	WhyNoTick     = "no-tick"     // taken, but no delivery was heard of
	WhyWrite      = "write-first" // no template fits and the window is shut: write to the number first
	WhySent       = "sent"        // on its way: taken by the provider
	WhyUnreached  = "unreached"   // nothing answers at the address
	WhyName       = "dns"         // the name of the address is not known
	WhyTLS        = "tls"         // no TLS of the asked version, or a certificate nobody trusts
	WhyElsewhere  = "elsewhere"   // something else answers at the address
	WhyRedirected = "redirect"    // the address sends on to another
	WhyOther      = "other"       // the provider sends its callbacks to another address
	WhyNowhere    = "nowhere"     // the provider sends them nowhere
	WhyLacks      = "lacks"       // some of them are not sent
	WhyUnseen     = "unseen"      // where they go is seen on the provider's page only
)

// Number is what the provider tells of the number.
type Number struct {
	Phone   core.Phone   `json:"phone,omitempty"`
	Name    string       `json:"name,omitempty"`
	Quality core.Quality `json:"quality,omitempty"`
	Limit   int          `json:"limit,omitempty"` // people in 24 h; 0 unknown, -1 none
	Status  string       `json:"status,omitempty"`
	Notes   []string     `json:"notes,omitempty"`
}

// Templates are counted by what can be sent.
type Templates struct {
	Total    int `json:"total"`
	Approved int `json:"approved"`
}

// Kept says where a secret lies: core.Keyring.Where of the rung.
type Kept struct {
	Field string `json:"field"`
	Where string `json:"where"`
}

// Reached is what answered at a callback's address.
type Reached struct {
	URL    string        `json:"url"`
	TLS    string        `json:"tls,omitempty"` // "1.3"; "" without TLS
	Status int           `json:"status,omitempty"`
	Took   time.Duration `json:"took_ns,omitempty"`
}

// Paste is what goes into the provider's own page where there is no call for it.
type Paste struct {
	Path   string `json:"path"`          // of the callbacks below the shop's address
	URL    string `json:"url,omitempty"` // the whole address, where it is known
	Verify bool   `json:"verify_token"`  // the verify token goes along
	// Token is what goes along, for whoever copies it there, and Field its name;
	// "" for nothing.
	Token core.Secret `json:"-"`
	Field string      `json:"-"`
}

// Test is how a message to the owner's phone fared.
type Test struct {
	Message  int64         `json:"message,omitempty"`
	Template string        `json:"template,omitempty"` // "" for a plain text
	State    core.State    `json:"state,omitempty"`
	Took     time.Duration `json:"took_ns,omitempty"` // until State
}
