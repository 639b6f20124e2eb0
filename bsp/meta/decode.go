package meta

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// DecoderVersion grows when Decode reads more than before; the journal is then
// read again.
const DecoderVersion = 1

// Decoder reads callbacks of Meta's (bsp/meta.md 6 and 10). Pure; safe for
// concurrent use.
type Decoder struct{}

var _ core.Decoder = Decoder{}

// Decode returns the events of a callback in payload order. Whatever is valid
// JSON gives at least one event, unless its list of entries is empty: what is
// not understood becomes EvUnknown. A body that is no JSON is InvalidInput.
func (Decoder) Decode(body []byte) ([]core.Event, error) {
	if !json.Valid(body) {
		return nil, core.Fail(core.InvalidInput, "meta.Decode", errors.New("body is not JSON"))
	}
	var d decoding
	known := false
	for _, m := range wire.Members(body) {
		if m.Key != "entry" || !wire.Starts(m.Value, '[') {
			continue
		}
		known = true
		var entries list
		if err := wire.Lenient(m.Value, &entries); err != nil {
			return nil, core.Fail(core.Internal, "meta.Decode", err)
		}
		for _, raw := range entries {
			d.entry(raw)
		}
	}
	if !known {
		d.unknown("")
	}
	return d.events, nil
}

// decoding gathers the events of one callback; the other fields are those of
// the part that is being read.
type decoding struct {
	events  []core.Event
	at      time.Time // entry.time: fields other than messages have no other
	field   string
	channel string
	person  []person
}

// person is one of value.contacts.
type person struct {
	WaID   text `json:"wa_id"`
	User   text `json:"user_id"`
	Parent text `json:"parent_user_id"`
	Who    struct {
		Name     text `json:"name"`
		Username text `json:"username"`
	} `json:"profile"`
}

func (d *decoding) add(e core.Event) {
	e.Provider = core.Meta
	if e.Channel == "" {
		e.Channel = d.channel
	}
	d.events = append(d.events, e)
}

func (d *decoding) unknown(field string) {
	d.add(core.Event{Kind: core.EvUnknown, Field: field, At: d.at})
}

func (d *decoding) entry(raw json.RawMessage) {
	var e struct {
		Time    text `json:"time"`
		Changes list `json:"changes"`
	}
	d.channel, d.field, d.person, d.at = "", "", nil, time.Time{}
	if wire.Lenient(raw, &e) != nil || len(e.Changes) == 0 {
		d.unknown("entry")
		return
	}
	d.at = e.Time.Time()
	for _, c := range e.Changes {
		d.change(c)
	}
}

// change reads one {"field":…,"value":…}.
func (d *decoding) change(raw json.RawMessage) {
	var c struct {
		Field text            `json:"field"`
		Value json.RawMessage `json:"value"`
	}
	if wire.Lenient(raw, &c) != nil || c.Field == "" {
		d.field, d.channel, d.person = "", "", nil
		d.unknown("changes")
		return
	}
	var head struct {
		Metadata struct {
			PhoneNumberID text `json:"phone_number_id"`
		} `json:"metadata"`
		Contacts list `json:"contacts"`
	}
	if wire.Lenient(c.Value, &head) != nil { // no value at all
		head.Contacts = nil
	}
	d.field, d.channel, d.person = string(c.Field), string(head.Metadata.PhoneNumberID), nil
	for _, r := range head.Contacts {
		var p person
		if wire.Lenient(r, &p) == nil {
			d.person = append(d.person, p)
		}
	}
	before := len(d.events)
	d.value(c.Value)
	if len(d.events) == before {
		d.unknown(d.field)
	}
}

func (d *decoding) value(v json.RawMessage) {
	switch d.field {
	case "messages", "user_preferences", "smb_message_echoes":
		d.lists(v)
	case "user_id_update":
		d.userIDUpdates(v)
	case "message_template_status_update", "message_template_quality_update",
		"template_category_update", "message_template_components_update":
		d.template(v)
	case "phone_number_quality_update", "phone_number_name_update":
		d.number(v)
	case "account_update", "account_alerts", "account_review_update", "business_capability_update",
		"business_username_update", "security":
		d.account(v)
	}
}

// lists reads the lists of a value in the order they stand in.
func (d *decoding) lists(v json.RawMessage) {
	for _, m := range wire.Members(v) {
		read := map[string]func(json.RawMessage){
			"messages": d.message, "message_echoes": d.echo, "statuses": d.status,
			"user_preferences": d.preference, "errors": d.failure,
		}[m.Key]
		var items list
		switch {
		case m.Key == "contacts" || !wire.Starts(m.Value, '[') || wire.Lenient(m.Value, &items) != nil:
		case read == nil && len(items) > 0:
			d.unknown(d.field + "." + m.Key)
		default:
			for _, raw := range items {
				read(raw)
			}
		}
	}
}

// failure reads one of value.errors, which concerns no message of its own.
func (d *decoding) failure(raw json.RawMessage) {
	pe := providerError(raw)
	if pe == nil {
		d.unknown(d.field + ".errors")
		return
	}
	d.add(core.Event{Kind: core.EvError, At: d.at, Error: pe})
}

// providerError reads one error of a callback; nil when it says nothing.
func providerError(raw json.RawMessage) *core.ProviderError {
	var e graphError
	if wire.Lenient(raw, &e) != nil || e.Code == "" && e.words() == "" {
		return nil
	}
	class, wait, _ := classify(string(e.Code))
	return &core.ProviderError{Code: string(e.Code), Class: class, Message: wire.Scrub(e.words(), ""), RetryAfter: wait}
}

// firstError is the error of a list that counts; Meta sends one.
func firstError(l list) *core.ProviderError {
	for _, raw := range l {
		if pe := providerError(raw); pe != nil {
			return pe
		}
	}
	return nil
}

// address splits what Meta calls a wa_id: digits of a phone become E.164, all
// else stays an opaque address (people can hide their number).
func address(waID text) (core.Phone, string) {
	digits := strings.TrimPrefix(string(waID), "+")
	if wire.Digits(digits) {
		return core.Phone("+" + digits), ""
	}
	return "", string(waID)
}

// find returns the contact that a message or status belongs to: the one with
// its number or user id, or the only one when it names neither.
func (d *decoding) find(waID, user text) person {
	for _, p := range d.person {
		if waID != "" && p.WaID == waID || user != "" && p.User == user {
			return p
		}
	}
	if len(d.person) == 1 && waID == "" && user == "" {
		return d.person[0]
	}
	return person{}
}

// or returns the first that is not empty.
func or(ts ...text) text {
	for _, t := range ts {
		if t != "" {
			return t
		}
	}
	return ""
}
