// Package steps says in words how the steps of connecting a number went: the
// commands and the wizard tell the same.
package steps

import (
	"strings"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/kit"
	"bottega/ui/text"
)

// Sign is a state as a sign: done, look at it, to do, not needed, failed.
func Sign(s connect.State) string {
	switch s {
	case connect.Done:
		return "✓"
	case connect.Warned:
		return "!"
	case connect.ToDo:
		return "○"
	case connect.Failed:
		return "✗"
	}
	return "–"
}

// Said is a result in words.
type Said struct{ Label, What, Hint string }

// Teller puts results into words.
type Teller struct {
	Words   *text.Words
	Now     time.Time
	Channel *core.Channel
}

// Say tells what a step found and, where something is to do, what.
func (t Teller) Say(r connect.Result) Said {
	w := t.Words
	state := r.Why
	if state == "" {
		state = string(r.State)
	}
	k := text.K("connect." + string(r.Step) + "." + state)
	if r.Step == connect.StepKey { // ".key." is the footer's
		k = text.K("connect.opens." + state)
	}
	kv := t.facts(r)
	s := Said{Label: w.T(text.K("connect.step." + string(r.Step))), What: strings.TrimPrefix(strings.Join(strings.Fields(w.T(k, kv...)), " "), "· ")}
	if hint := text.K(string(k) + ".hint"); w.Has(hint) {
		s.Hint = w.T(hint, kv...)
	}
	if page := t.page(r); page != "" {
		s.Hint = w.T(page+text.K(t.Channel.Provider), kv...)
	}
	if r.Before != nil {
		s.Hint = strings.TrimSpace(w.T("connect.opens.before", "Scopes", t.scopes(r.Before.Scopes), "Until", t.Until(*r.Before)) + " " + s.Hint)
	}
	return s
}

// page begins the key of what to do, or to look at, on the provider's own page;
// "" where there is nothing.
func (t Teller) page(r connect.Result) text.K {
	switch {
	case t.Channel == nil || r.Step != connect.StepWebhook:
		return ""
	case r.Why == connect.WhyPaste:
		return "connect.paste."
	case r.Why == connect.WhyUnseen:
		return "connect.look."
	}
	return ""
}

// facts are the values of all placeholders that a step's words may have.
func (t Teller) facts(r connect.Result) []any {
	w := t.Words
	var kv []any
	add := func(name string, v any) { kv = append(kv, name, v) }
	if t.Channel != nil {
		add("Channel", t.Channel.Name)
	}
	if k := r.Key; k != nil {
		add("Scopes", t.scopes(k.Scopes))
		add("Missing", kit.CleanLine(strings.Join(k.Missing, ", ")))
		add("Until", t.Until(*k))
	}
	if n := r.Number; n != nil {
		add("Number", string(n.Phone))
		add("Name", kit.CleanLine(n.Name))
		add("Quality", t.quality(n.Quality))
		add("Limit", t.limit(n.Limit))
		add("Status", kit.CleanLine(n.Status))
		add("Notes", kit.CleanLine(strings.Join(n.Notes, " · ")))
	}
	if n := r.Templates; n != nil {
		add("Total", w.Num(n.Total))
		add("Approved", w.Num(n.Approved))
	}
	add("Kept", t.Kept(r.Kept))
	if p := r.Paste; p != nil {
		add("Path", p.Path)
		add("URL", p.URL)
		if p.URL == "" {
			add("URL", w.T("connect.paste.somewhere", "Path", p.Path))
		}
	}
	if h := r.Hook; h != nil {
		if h.URL != "" {
			add("URL", kit.CleanLine(h.URL))
		}
		add("State", kit.CleanLine(h.State))
		add("Lacking", kit.CleanLine(strings.Join(h.Missing, ", ")))
	}
	if a := r.Reached; a != nil {
		add("URL", kit.CleanLine(a.URL))
		add("Status", a.Status)
		tls := w.T("connect.address.plain")
		if a.TLS != "" {
			tls = "TLS " + a.TLS
		}
		add("TLS", tls)
	}
	if m := r.Test; m != nil {
		add("Took", w.Short(m.Took))
		if m.Took < time.Minute {
			add("Took", w.Dec(m.Took.Seconds(), 1)+" s")
		}
		add("Tick", w.T(text.K("connect.test."+string(m.State))))
	}
	if r.Err != nil {
		what, hint := w.Error(r.Err)
		add("Error", what)
		add("Hint", hint)
	}
	return kv
}

func (t Teller) scopes(ss []string) string {
	if len(ss) == 0 {
		return t.Words.T("connect.scopes.all")
	}
	return kit.CleanLine(strings.Join(ss, ", "))
}

// Until says when a key runs out.
func (t Teller) Until(k core.Key) string {
	w := t.Words
	switch {
	case k.Endless:
		return w.T("connect.until.endless")
	case k.Expires.IsZero():
		return w.T("connect.until.untold")
	case !k.Expires.After(t.Now):
		return w.T("connect.until.past", "When", w.When(k.Expires.In(t.Now.Location()), t.Now))
	}
	return w.T("connect.until.date", "When", w.When(k.Expires.In(t.Now.Location()), t.Now))
}

// Ends is Until in the few words of a list, "" while the end is far: warn is
// how long before it that changes.
func (t Teller) Ends(k core.Key, warn time.Duration) string {
	switch {
	case !k.RunsOut(t.Now, warn):
		return ""
	case !k.Expires.After(t.Now):
		return t.Words.T(text.ConnectEnded)
	}
	return t.Words.T(text.ConnectEnds, "When", t.Words.When(k.Expires.In(t.Now.Location()), t.Now))
}

func (t Teller) quality(q core.Quality) string {
	if q == core.QualityUnknown {
		return t.Words.T("connect.quality.unknown")
	}
	return t.Words.T(text.K("connect.quality." + string(q)))
}

func (t Teller) limit(n int) string {
	switch {
	case n < 0:
		return t.Words.T("connect.limit.none")
	case n == 0:
		return t.Words.T("connect.limit.unknown")
	}
	return t.Words.T("connect.limit.some", "Limit", t.Words.Num(n))
}

// Kept says where each secret lies, those in the same place together.
func (t Teller) Kept(ks []connect.Kept) string {
	var places, out []string
	fields := map[string][]string{}
	for _, k := range ks {
		if fields[k.Where] == nil {
			places = append(places, k.Where)
		}
		fields[k.Where] = append(fields[k.Where], t.Words.T(text.K("connect.field."+k.Field)))
	}
	for _, p := range places {
		out = append(out, strings.Join(fields[p], ", ")+" → "+t.Place(p))
	}
	return strings.Join(out, "; ")
}

// Place says where a secret lies; "" is nowhere.
func (t Teller) Place(where string) string {
	if where == "" {
		return t.Words.T("connect.place.none")
	}
	return t.Words.T(text.K("cli.where." + where))
}

// Find says where a field's value is found.
func Find(w *text.Words, p core.ProviderName, field string) string {
	if k := text.K("connect.find." + string(p) + "." + field); w.Has(k) {
		return w.T(k)
	}
	return w.T(text.K("connect.find." + field))
}

// Provider is a provider's name for people.
func Provider(w *text.Words, p core.ProviderName) string {
	return w.T(text.K("setup.provider." + string(p)))
}

// Field is a field's name for people.
func Field(w *text.Words, field string) string { return w.T(text.K("connect.field." + field)) }

// Fault says what is wrong with a value; "" is nothing.
func Fault(w *text.Words, f connect.Fault) string {
	if f == "" {
		return w.T("connect.fault.ok")
	}
	return w.T(text.K("connect.fault." + string(f)))
}

// Can is an ability of connect.Abilities for people.
func Can(w *text.Words, ability string) string { return w.T(text.K("can." + ability)) }

// Cannot says why a provider cannot do something, and what to do instead.
func Cannot(w *text.Words, p core.ProviderName, ability string) string {
	if k := text.K("cannot." + string(p) + "." + ability); w.Has(k) {
		return w.T(k)
	}
	return w.T("cannot.other") // an adapter that can less than those there are
}
