package outbox

import (
	"errors"
	"time"

	"bottega/core"
)

// verdict is what became of one claimed message.
type verdict uint8

const (
	taken   verdict = iota // the provider has it
	later                  // certain that it does not: try again after a wait
	refused                // certain that it does not, and it will not
	unsure                 // open: never again by itself
	unbegun                // the request was not begun: back in line as it was
)

func (v verdict) String() string {
	return [...]string{taken: "taken", later: "later", refused: "refused", unsure: "unsure", unbegun: "unbegun"}[v]
}

// outcome is a verdict with all the sender does about it.
type outcome struct {
	verdict verdict
	accept  core.Accept
	err     *core.ProviderError
	wait    wait
	counts  bool // one of the tries that Policy.Tries limits
	pause   bool // sending on the channel stops
	slow    bool // the channel's rate goes down
	trouble bool // says that the provider may be out of reach, nothing of this message
	shut    bool // the service window closed before it left
	down    bool // no connection at all
}

// wait is how the time until the next try is found.
type wait uint8

const (
	none        wait = iota
	grow             // exponential, by the tries of this message
	pair             // PairBase^X, for this recipient
	channelwide      // exponential, by the answers in a row of the whole channel
)

// judge reads a gateway's answer by the table of classes (bsp/meta.md 3.1).
// With idempotent the provider itself takes a repeated ref once only, so an
// open outcome may be tried again.
func judge(a core.Accept, err error, idempotent bool) outcome {
	if err == nil {
		return outcome{verdict: taken, accept: a, counts: true}
	}
	pe := core.ProviderErrorOf(err)
	if pe == nil {
		return judgeOurs(err, idempotent)
	}
	if pe.Uncertain {
		return open(pe, idempotent)
	}
	if pe.Code == "" && unreached(err) { // no provider has said a word: the way there is shut for all
		return judgeOurs(err, idempotent)
	}
	o := outcome{verdict: refused, err: pe, counts: true}
	switch pe.Class {
	case core.ClassRetry:
		o.verdict, o.wait, o.trouble = later, grow, true
	case core.ClassThrottle:
		o.verdict, o.wait, o.slow, o.counts = later, channelwide, true, false
	case core.ClassPairLimit:
		o.verdict, o.wait, o.counts = later, pair, false
	case core.ClassAuth, core.ClassPolicy, core.ClassPayment:
		o.verdict, o.pause, o.counts = later, true, false
	}
	return o
}

// unreached reports whether the message did not get as far as the provider.
func unreached(err error) bool {
	switch core.CodeOf(err) {
	case core.Unreachable, core.NoKeyring, core.WrongPassphrase, core.Busy, core.DiskFull:
		return true
	}
	return false
}

// open is an outcome that the network left open.
func open(pe *core.ProviderError, idempotent bool) outcome {
	if idempotent {
		return outcome{verdict: later, err: pe, wait: channelwide, trouble: true}
	}
	return outcome{verdict: unsure, err: pe, trouble: true}
}

// judgeOurs reads an error without a provider's answer. Only what is certain
// not to have left is tried again; all else is open.
func judgeOurs(err error, idempotent bool) outcome {
	code := core.CodeOf(err)
	pe := &core.ProviderError{Code: string(code), Class: core.ClassInvalid}
	switch code {
	case core.Unreachable, core.NoKeyring, core.WrongPassphrase, core.Busy, core.DiskFull:
		pe.Class = core.ClassRetry
		return outcome{verdict: later, err: pe, wait: channelwide, trouble: true, down: true}
	case core.RateLimited:
		pe.Class = core.ClassThrottle
		return outcome{verdict: later, err: pe, wait: channelwide}
	case core.NoSecret, core.NoChannel:
		pe.Class = core.ClassAuth
		return outcome{verdict: later, err: pe, pause: true}
	case core.BadMedia, core.TooLarge, core.NotFound:
		pe.Class = core.ClassMedia
		return outcome{verdict: refused, err: pe, counts: true}
	case core.InvalidInput, core.TextTooLong, core.EmptyMessage, core.NoRecipient, core.NotYet, core.Unsupported:
		return outcome{verdict: refused, err: pe, counts: true}
	case core.WindowClosed:
		pe.Class = core.ClassWindowClosed
		return outcome{verdict: refused, err: pe, counts: true}
	}
	pe.Class, pe.Uncertain = core.ClassUnknown, true
	if p, ok := errors.AsType[*core.PanicError](err); ok {
		pe.Message = p.Where
	}
	return open(pe, idempotent)
}

// certain turns the failure of an upload into one that says that the message
// did not leave, whatever became of the file: what is open or unknown counts as
// a try and is repeated.
func certain(err error) error {
	pe := core.ProviderErrorOf(err)
	switch {
	case pe == nil && core.CodeOf(err) == core.Internal:
		return &core.ProviderError{Code: string(core.Internal), Class: core.ClassRetry}
	case pe != nil && pe.Uncertain:
		return &core.ProviderError{Code: pe.Code, Class: core.ClassRetry, Message: pe.Message}
	}
	return err
}

// retryAfter is the wait the provider asked for, zero when it asked for none.
func (o *outcome) retryAfter() time.Duration {
	if o.err == nil {
		return 0
	}
	return o.err.RetryAfter
}
