package meta

import (
	"encoding/json"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// words of value.statuses[].status; "played" is a voice note that was heard.
var states = map[text]core.State{
	"accepted": core.Accepted, "sent": core.Sent, "delivered": core.Delivered,
	"read": core.Read, "played": core.Read, "failed": core.Failed,
}

// status reads one receipt (bsp/meta.md 6.4). A word that is not known stays,
// with the ids, as an unknown event.
func (d *decoding) status(raw json.RawMessage) {
	var s struct {
		ID            text `json:"id"`
		Status        text `json:"status"`
		Timestamp     text `json:"timestamp"`
		Recipient     text `json:"recipient_id"`
		RecipientType text `json:"recipient_type"`
		User          text `json:"recipient_user_id"`
		Parent        text `json:"recipient_parent_user_id"`
		Participant   text `json:"recipient_participant_id"`
		PartUser      text `json:"recipient_participant_user_id"`
		Ref           text `json:"biz_opaque_callback_data"`
		Errors        list `json:"errors"`
		Pricing       struct {
			Billable flag `json:"billable"`
			Model    text `json:"pricing_model"`
			Type     text `json:"type"`
			Category text `json:"category"`
			Cost     struct {
				Amount   text `json:"amount"`
				Currency text `json:"currency"`
			} `json:"cost"`
		} `json:"pricing"`
	}
	if !wire.Starts(raw, '{') || wire.Lenient(raw, &s) != nil {
		d.unknown(d.field + ".statuses")
		return
	}
	ev := core.Event{Kind: core.EvStatus, ID: string(s.ID), At: s.Timestamp.Time(), Ref: string(s.Ref), Error: firstError(s.Errors)}
	if s.RecipientType == "group" {
		ev.Address = string(s.Recipient)
		s.Recipient, s.User = s.Participant, s.PartUser
		ev.Recipient, _ = address(s.Recipient)
	} else {
		ev.Recipient, ev.Address = address(s.Recipient)
	}
	p := d.find(s.Recipient, s.User)
	ev.UserID, ev.ParentUserID = string(or(s.User, p.User)), string(or(s.Parent, p.Parent))
	if pr := s.Pricing; pr.Billable.V != nil || or(pr.Model, pr.Type, pr.Category) != "" {
		ev.Pricing = &core.Pricing{
			Category: strings.ReplaceAll(string(pr.Category), "-", "_"), // authentication-international comes both ways
			Billable: pr.Billable.V, Model: string(pr.Model), Type: string(pr.Type),
		}
	}
	if _, ok := s.Pricing.Cost.Amount.Float(); ok && s.Pricing.Cost.Currency != "" {
		ev.Cost = &core.Money{Amount: string(s.Pricing.Cost.Amount), Currency: string(s.Pricing.Cost.Currency)}
	}
	state, ok := states[s.Status]
	if !ok {
		ev.Kind, ev.Field = core.EvUnknown, d.field+".statuses."+string(s.Status)
	}
	ev.Status = state
	d.add(ev)
}

// preference reads a person's choice about marketing. The entry's own ids
// count, not those of value.contacts (bsp/meta.md 6.5).
func (d *decoding) preference(raw json.RawMessage) {
	var p struct {
		WaID      text `json:"wa_id"`
		User      text `json:"user_id"`
		Parent    text `json:"parent_user_id"`
		Detail    text `json:"detail"`
		Category  text `json:"category"`
		Value     text `json:"value"`
		Timestamp text `json:"timestamp"`
	}
	if !wire.Starts(raw, '{') || wire.Lenient(raw, &p) != nil {
		d.unknown(d.field + ".user_preferences")
		return
	}
	ev := core.Event{
		Kind: core.EvPreference, At: p.Timestamp.Time(), UserID: string(p.User), ParentUserID: string(p.Parent),
		Category: string(p.Category), Value: string(p.Value), Reason: string(p.Detail),
	}
	ev.From, ev.Address = address(p.WaID)
	if ev.At.IsZero() {
		ev.At = d.at
	}
	d.add(ev)
}

// userIDUpdates reads the field user_id_update: one update as the value itself
// or several in a list of the same name.
func (d *decoding) userIDUpdates(v json.RawMessage) {
	for _, m := range wire.Members(v) {
		var items list
		if m.Key == "user_id_update" && wire.Starts(m.Value, '[') && wire.Lenient(m.Value, &items) == nil {
			for _, raw := range items {
				d.userIDUpdate(raw)
			}
			return
		}
	}
	d.userIDUpdate(v)
}

func (d *decoding) userIDUpdate(raw json.RawMessage) {
	type change struct {
		Previous text `json:"previous"`
		Current  text `json:"current"`
	}
	var u struct {
		WaID      text   `json:"wa_id"`
		Detail    text   `json:"detail"`
		User      change `json:"user_id"`
		Parent    change `json:"parent_user_id"`
		Timestamp text   `json:"timestamp"`
	}
	if len(raw) == 0 || wire.Lenient(raw, &u) != nil || u.User.Current == "" {
		return // change notes that nothing was understood
	}
	ev := core.Event{
		Kind: core.EvIdentity, At: u.Timestamp.Time(), UserID: string(u.User.Current), ParentUserID: string(u.Parent.Current),
		Previous: string(u.User.Previous), Text: string(u.Detail),
	}
	ev.From, ev.Address = address(u.WaID)
	if ev.At.IsZero() {
		ev.At = d.at
	}
	d.add(ev)
}
