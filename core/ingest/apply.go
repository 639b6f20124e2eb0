package ingest

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/library"
)

// Apply carries events of one channel into the store, in the order given. It
// may be called again with the same events, alone or among others. Only errors
// of tx come back; what an event lacks never is one.
//
// Words about consent are read by a worker's Stops alone.
func Apply(tx core.Tx, ch core.Channel, evs []core.Event, r core.Rules, now time.Time) error {
	return (&applier{tx: tx, ch: ch, rules: r, now: now}).all(evs)
}

func (a *applier) all(evs []core.Event) error {
	for i := range evs {
		e, ok := bounded(evs[i])
		if !ok {
			e = core.Event{Kind: core.EvUnknown, Field: "id", At: e.At}
		}
		if err := a.event(&e); err != nil {
			return core.Fail(core.CodeOf(err), "ingest.Apply "+string(e.Kind), err)
		}
	}
	return nil
}

// applier applies events of one channel within one transaction.
type applier struct {
	tx    core.Tx
	ch    core.Channel
	rules core.Rules
	now   time.Time
	deeds library.Deeds // told what stops a template; nil for none
	stops *Stops        // nil reads no words about consent
	// told that a person wrote; nil for nobody
	answered func(tx core.Tx, contact int64, at time.Time) error
}

func (a *applier) event(e *core.Event) error {
	switch e.Kind {
	case core.EvMessage:
		return a.message(e)
	case core.EvEcho:
		return a.echo(e)
	case core.EvStatus:
		return a.status(e)
	case core.EvReaction, core.EvEdit, core.EvRevoke:
		return a.later(e)
	case core.EvPreference:
		return a.preference(e)
	case core.EvIdentity:
		return a.identity(e)
	case core.EvTemplateStatus, core.EvTemplateCategory, core.EvTemplateQuality:
		return a.template(e)
	case core.EvNumberHealth:
		return a.numberHealth(e)
	case core.EvAccount:
		return a.account(e)
	case core.EvError:
		return a.failure(e)
	}
	return a.unknown(e)
}

// at is when an event happened: the provider's time, or now when it gave none.
func (a *applier) at(e *core.Event) time.Time {
	if e.At.IsZero() {
		return a.now
	}
	return e.At
}

// once adds an activity unless the same event added it before, and reports
// whether it did: effects of an event that no row of its own recognises hang on it.
func (a *applier) once(act core.Activity, e *core.Event, parts ...string) (bool, error) {
	act.ChannelID = a.ch.ID
	if act.At.IsZero() {
		act.At = a.at(e)
	}
	key := append([]string{string(e.Kind), strconv.FormatInt(a.ch.ID, 10)}, parts...)
	if !e.At.IsZero() {
		key = append(key, strconv.FormatInt(e.At.Unix(), 10))
	}
	act.Key = bound(strings.Join(key, "|"), maxID)
	err := a.tx.AddActivity(act)
	if is(err, core.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// unknown is an event that the decoder could not name, such as a new field of
// the provider's. It is told once a day for each field; the raw callback stays
// in the journal for a decoder that knows it.
func (a *applier) unknown(e *core.Event) error {
	day := core.Event{Kind: core.EvUnknown}
	field := bound(e.Field, maxShort)
	_, err := a.once(core.Activity{Kind: core.ActUnreadable, Detail: field, At: a.at(e)},
		&day, field, a.at(e).UTC().Format(time.DateOnly))
	return err
}

// failure is an error that the provider reports outside any message.
func (a *applier) failure(e *core.Event) error {
	if e.Error == nil {
		return nil
	}
	first, err := a.once(core.Activity{Kind: core.ActChannel, Detail: "error " + string(e.Error.Class) + " " + e.Error.Code},
		e, e.Error.Code)
	if err != nil || !first {
		return err
	}
	return a.pauseFor(e.Error, a.at(e))
}

// is reports whether err carries a code; false for nil.
func is(err error, code core.Code) bool {
	e, ok := errors.AsType[*core.Error](err)
	return ok && e.Code == code
}
