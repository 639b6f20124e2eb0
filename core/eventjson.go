package core

import (
	"encoding/json"
	"time"
)

// eventFields is Event without its methods, so that encoding/json sees the tags only.
type eventFields Event

// eventJSON overrides the fields whose JSON differs from the struct: an outer
// field hides the embedded one of the same name.
type eventJSON struct {
	eventFields
	At             *time.Time `json:"at,omitempty"`
	Status         string     `json:"status,omitempty"`
	TemplateStatus string     `json:"template_status,omitempty"` // always empty: hides the embedded one
}

// aboutTemplate reports whether "status" is a template's word and not a receipt's.
func (k EventKind) aboutTemplate() bool {
	return k == EvTemplateStatus || k == EvTemplateCategory || k == EvTemplateQuality
}

// MarshalJSON writes the contract's "normalised event": the time in UTC, the
// template's status under "status", and for reactions "removed" in any case.
// A fact the provider did not give is absent.
func (e Event) MarshalJSON() ([]byte, error) {
	j := eventJSON{eventFields: eventFields(e), Status: string(e.Status)}
	if e.Kind.aboutTemplate() {
		j.Status = e.TemplateStatus
	}
	if !e.At.IsZero() {
		at := e.At.UTC()
		j.At = &at
	}
	if e.Kind == EvReaction && e.Removed == nil {
		removed := e.Emoji == ""
		j.Removed = &removed
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes, so that a kept event comes back whole.
func (e *Event) UnmarshalJSON(b []byte) error {
	var j eventJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*e = Event(j.eventFields)
	if j.At != nil {
		e.At = j.At.UTC()
	}
	if e.Kind.aboutTemplate() {
		e.TemplateStatus = j.Status
	} else {
		e.Status = State(j.Status)
	}
	return nil
}
