package meta

import (
	"encoding/json"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// readContacts summarises shared contact cards, one line each: name, numbers.
func readContacts(ev *core.Event, part json.RawMessage) bool {
	var cards list
	if wire.Lenient(part, &cards) != nil {
		return false
	}
	var lines []string
	for _, raw := range cards {
		var c struct {
			Name struct {
				Formatted text `json:"formatted_name"`
				First     text `json:"first_name"`
				Last      text `json:"last_name"`
			} `json:"name"`
			Phones []struct {
				Phone text `json:"phone"`
				WaID  text `json:"wa_id"`
			} `json:"phones"`
			VCard text `json:"vcard"`
		}
		if wire.Lenient(raw, &c) != nil {
			continue // cannot be: the list around it was valid JSON
		}
		name := string(c.Name.Formatted)
		if name == "" {
			name = strings.TrimSpace(string(c.Name.First) + " " + string(c.Name.Last))
		}
		words := []string{}
		if name != "" {
			words = append(words, name)
		}
		for _, p := range c.Phones {
			if n := or(p.Phone, p.WaID); n != "" {
				words = append(words, string(n))
			}
		}
		if len(c.Phones) == 0 { // the answer to our request for the number has a vCard only
			words = append(words, vcardPhones(string(c.VCard))...)
		}
		if len(words) > 0 {
			lines = append(lines, strings.Join(words, ", "))
		}
	}
	ev.Type, ev.Text = core.TypeContacts, strings.Join(lines, "\n")
	return len(lines) > 0
}

// vcardPhones finds the numbers of a vCard: the value of each TEL line.
func vcardPhones(card string) []string {
	var out []string
	for line := range strings.Lines(card) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		name, _, _ := strings.Cut(key, ";")
		if _, after, grouped := strings.Cut(name, "."); grouped {
			name = after // "item1.TEL"
		}
		if ok && strings.EqualFold(name, "TEL") && value != "" {
			out = append(out, value)
		}
	}
	return out
}

// readInteractive reads taps on buttons and lists, answers of Flows and of
// call permission requests. Meta may leave the inner object out beside an error.
func readInteractive(ev *core.Event, part json.RawMessage) bool {
	var p struct {
		Button, List *struct {
			ID    text `json:"id"`
			Title text `json:"title"`
		}
		Flow *struct {
			Name text `json:"name"`
			Body text `json:"body"`
			JSON text `json:"response_json"`
		}
		Call *struct {
			Response text `json:"response"`
		}
	}
	for _, m := range wire.Members(part) {
		var into any
		switch m.Key {
		case "button_reply":
			into = &p.Button
		case "list_reply":
			into = &p.List
		case "nfm_reply":
			into = &p.Flow
		case "call_permission_reply":
			into = &p.Call
		default:
			continue
		}
		if wire.Lenient(m.Value, into) != nil {
			return false
		}
	}
	tap := p.Button
	if tap == nil {
		tap = p.List
	}
	switch {
	case tap != nil && or(tap.Title, tap.ID) != "":
		ev.Type, ev.Text = core.TypeInteractive, string(or(tap.Title, tap.ID))
		ev.Choice = &core.Choice{ID: string(tap.ID), Title: string(tap.Title)}
	case p.Flow != nil:
		ev.Type, ev.Text = core.TypeFlow, flowText(string(p.Flow.JSON), string(or(p.Flow.Body, p.Flow.Name)))
		if p.Flow.Name != "" {
			ev.Choice = &core.Choice{ID: string(p.Flow.Name), Title: string(p.Flow.Body)}
		}
	case p.Call != nil && p.Call.Response != "":
		ev.Type, ev.Choice = core.TypeInteractive, &core.Choice{ID: "call_permission", Title: string(p.Call.Response)}
	default:
		return false
	}
	return true
}

// flowText writes the answers of a Flow one a line, "key: value", in their
// order; the token that Meta adds is no answer.
func flowText(response, fallback string) string {
	var lines []string
	for _, m := range wire.Members([]byte(response)) {
		if m.Key == "flow_token" {
			continue
		}
		var t text
		value := string(m.Value)
		if err := wire.Lenient(m.Value, &t); err == nil && t != "" {
			value = string(t)
		}
		lines = append(lines, m.Key+": "+value)
	}
	switch {
	case len(lines) > 0:
		return strings.Join(lines, "\n")
	case fallback != "":
		return fallback
	}
	return response
}

// readOrder summarises a basket: the customer's words, then one line an item.
func readOrder(ev *core.Event, part json.RawMessage) bool {
	var p struct {
		Text  text `json:"text"`
		Items list `json:"product_items"`
	}
	if wire.Lenient(part, &p) != nil {
		return false
	}
	var lines []string
	if p.Text != "" {
		lines = append(lines, string(p.Text))
	}
	for _, raw := range p.Items {
		var it struct {
			ID       text `json:"product_retailer_id"`
			Quantity text `json:"quantity"`
			Price    text `json:"item_price"`
			Currency text `json:"currency"`
		}
		if wire.Lenient(raw, &it) != nil || it.ID == "" {
			continue
		}
		line := string(or(it.Quantity, "1")) + " × " + string(it.ID)
		if it.Price != "" {
			line += " " + strings.TrimSpace(string(it.Price)+" "+string(it.Currency))
		}
		lines = append(lines, line)
	}
	ev.Type, ev.Text = core.TypeOrder, strings.Join(lines, "\n")
	return len(lines) > 0
}

// readSystem reads changes of number and user id as identity events, other
// notices as messages of type system (bsp/meta.md 6.3, 10).
func readSystem(ev *core.Event, part json.RawMessage) bool {
	var p struct {
		Type       text `json:"type"`
		Body       text `json:"body"`
		WaID       text `json:"wa_id"`
		NewWaID    text `json:"new_wa_id"`
		User       text `json:"user_id"`
		Parent     text `json:"parent_user_id"`
		PrevUser   text `json:"previous_user_id"`
		PrevParent text `json:"previous_parent_user_id"`
	}
	if wire.Lenient(part, &p) != nil {
		return false
	}
	number, _ := address(or(p.WaID, p.NewWaID))
	switch {
	case p.Type == "user_changed_user_id" && p.User != "":
		ev.Previous = string(or(p.PrevUser, text(ev.UserID)))
		if ev.Previous == string(p.User) {
			ev.Previous = previousID(string(p.Body), string(p.User))
		}
	case (p.Type == "user_changed_number" || p.Type == "customer_changed_number") && number != "":
		ev.New = number
	default:
		ev.Type, ev.Text = core.TypeSystem, string(p.Body)
		ev.Field = string(p.Type)
		return true
	}
	ev.Kind, ev.Text = core.EvIdentity, string(p.Body)
	if p.User != "" {
		ev.UserID, ev.ParentUserID = string(p.User), string(or(p.Parent, text(ev.ParentUserID)))
	}
	return true
}

// previousID finds OLD in "User … changed from OLD to NEW", the only place
// where some receivers learn it.
func previousID(body, now string) string {
	head, ok := strings.CutSuffix(strings.TrimSpace(body), " to "+now)
	if !ok {
		return ""
	}
	_, old, ok := strings.Cut(head, " changed from ")
	if !ok || old == now || strings.ContainsAny(old, " \n") {
		return ""
	}
	return old
}
