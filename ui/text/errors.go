package text

import (
	"errors"
	"strings"
	"time"

	"bottega/core"
)

// Error says what happened and why, and as hint what to do next. It knows
// every code and class of core; an error without a code is a bug of ours and
// says so. The cause itself is for the log and never shown.
func (w *Words) Error(err error) (sentence, hint string) {
	if err == nil {
		return "", ""
	}
	if _, ok := errors.AsType[*core.PanicError](err); ok {
		return w.code(core.Internal)
	}
	if pe := core.ProviderErrorOf(err); pe != nil {
		return w.Reason(pe)
	}
	return w.code(core.CodeOf(err))
}

func (w *Words) code(c core.Code) (sentence, hint string) {
	k := K("error." + string(c))
	if !w.Has(k) {
		k = K("error." + string(core.Internal))
	}
	return w.T(k), w.T(k + ".hint")
}

// Reason says why a provider refused a message and what to do: by its own
// code where that tells more than its class.
func (w *Words) Reason(pe *core.ProviderError) (sentence, hint string) {
	k := K("provider." + pe.Code)
	if pe.Code == "" || !w.Has(k) {
		k = K("class." + string(pe.Class))
	}
	if !w.Has(k) {
		k = K("class." + string(core.ClassUnknown))
	}
	sentence = w.T(k)
	if pe.Code != "" {
		sentence = strings.TrimSuffix(sentence, ".") + " (" + pe.Code + ")."
	}
	return sentence, w.T(k + ".hint")
}

// Away says in a few words that a number sends nothing, why, and since when.
func (w *Words) Away(why core.Code, since, now time.Time) string {
	k := K("away." + string(why))
	if !w.Has(k) {
		k = K("away." + string(core.Unreachable))
	}
	return w.T(k, "Since", w.When(since, now))
}

// Waits says why a message is still in line: in our own words where no provider
// has said any.
func (w *Words) Waits(pe *core.ProviderError) string {
	if k := K("error." + pe.Code); pe.Code != "" && w.Has(k) {
		return w.T(k)
	}
	why, _ := w.Reason(pe)
	return why
}
