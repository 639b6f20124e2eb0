package meta

import (
	"encoding/json"
	"strings"
	"time"

	"bottega/bsp/wire"
	"bottega/core"
)

// templateNotice holds the keys of the four template fields (bsp/meta.md 6.6).
type templateNotice struct {
	Event      text `json:"event"`
	ID         text `json:"message_template_id"`
	Name       text `json:"message_template_name"`
	Language   text `json:"message_template_language"`
	Category   text `json:"message_template_category"`
	Reason     text `json:"reason"`
	Previous   text `json:"previous_category"`
	New        text `json:"new_category"`
	Correct    text `json:"correct_category"`
	When       text `json:"category_update_timestamp"`
	OldQuality text `json:"previous_quality_score"`
	NewQuality text `json:"new_quality_score"`
	Other      struct {
		Title       text `json:"title"`
		Description text `json:"description"`
	} `json:"other_info"`
	Disable struct {
		Date text `json:"disable_date"`
	} `json:"disable_info"`
	Rejection struct {
		Reason         text `json:"reason"`
		Recommendation text `json:"recommendation"`
	} `json:"rejection_info"`
}

// template reads what became of a template. A quality update is known by its
// new_quality_score, since Meta's page shows it under the status field's name.
func (d *decoding) template(v json.RawMessage) {
	var n templateNotice
	if len(v) == 0 || wire.Lenient(v, &n) != nil || or(n.ID, n.Name) == "" {
		return // change notes that nothing was understood
	}
	ev := core.Event{
		At: d.at, TemplateID: string(n.ID), Name: string(n.Name), Language: underscore(n.Language), Category: string(n.Category),
	}
	switch {
	case n.NewQuality != "":
		ev.Kind, ev.Quality = core.EvTemplateQuality, quality(n.NewQuality)
		ev.Previous = strings.ToLower(string(n.OldQuality))
	case d.field == "template_category_update":
		// In an announcement new_category is the category of now (trap 6).
		ev.Kind, ev.Category = core.EvTemplateCategory, string(or(n.New, n.Category))
		ev.Previous, ev.Correct = string(n.Previous), string(n.Correct)
		if at := n.When.Time(); !at.IsZero() {
			ev.Value = at.Format(time.RFC3339)
		}
	case d.field == "message_template_components_update":
		ev.Kind, ev.AccountEvent = core.EvTemplateStatus, "COMPONENTS_UPDATE"
	default:
		ev.Kind, ev.TemplateStatus = core.EvTemplateStatus, string(n.Event)
		ev.Reason = reasonOf(n.Reason)
		if ev.Reason == "" {
			ev.Reason = string(or(n.Other.Title, n.Rejection.Reason))
		}
		ev.Text = string(or(n.Rejection.Recommendation, n.Other.Description))
		ev.Value = string(n.Disable.Date)
	}
	d.add(ev)
}

// number reads the fields about one number. They name it by its digits, not by
// its id: From is our own number here.
func (d *decoding) number(v json.RawMessage) {
	var n struct {
		Display  text `json:"display_phone_number"`
		Event    text `json:"event"`
		MaxDaily text `json:"max_daily_conversations_per_business"`
		Current  text `json:"current_limit"`
		Decision text `json:"decision"`
		Rejected text `json:"rejection_reason"`
	}
	if !wire.Starts(v, '{') || wire.Lenient(v, &n) != nil {
		return
	}
	ev := core.Event{
		Kind: core.EvNumberHealth, At: d.at, AccountEvent: string(or(n.Event, text(d.field))),
		Limit: limitOf(or(n.MaxDaily, n.Current)), Value: string(n.Decision), Reason: reasonOf(n.Rejected),
	}
	ev.From, ev.Address = address(text(strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "\u00a0", "").Replace(string(n.Display))))
	d.add(ev)
}

// accountNotice holds the keys of the account fields (bsp/meta.md 6.7).
type accountNotice struct {
	Event        text `json:"event"`
	Decision     text `json:"decision"`
	MaxDaily     text `json:"max_daily_conversations_per_business"`
	Username     text `json:"username"`
	Status       text `json:"status"`
	Restrictions []struct {
		Type text `json:"restriction_type"`
	} `json:"restriction_info"`
	Violation struct {
		Type text `json:"violation_type"`
	} `json:"violation_info"`
	Ban struct {
		State text `json:"waba_ban_state"`
		Date  text `json:"waba_ban_date"`
	} `json:"ban_info"`
	Alert struct {
		Severity    text `json:"alert_severity"`
		Status      text `json:"alert_status"`
		Type        text `json:"alert_type"`
		Description text `json:"alert_description"`
	} `json:"alert_info"`
	Tier struct {
		Category text `json:"pricing_category"`
		Tier     text `json:"tier"`
	} `json:"volume_tier_info"`
}

// account reads what concerns the whole account. Several restrictions come as
// one event, joined by commas: RESTRICTED_BIZ_INITIATED_MESSAGING stops
// campaigns, RESTRICTED_CUSTOMER_INITIATED_MESSAGING replies too.
func (d *decoding) account(v json.RawMessage) {
	var n accountNotice
	if !wire.Starts(v, '{') || wire.Lenient(v, &n) != nil {
		return
	}
	var restrictions []string
	for _, r := range n.Restrictions {
		if r.Type != "" {
			restrictions = append(restrictions, string(r.Type))
		}
	}
	if n.Ban.State != "" {
		restrictions = append(restrictions, string(n.Ban.State))
	}
	d.add(core.Event{
		Kind: core.EvAccount, At: d.at,
		AccountEvent: string(or(n.Event, n.Alert.Type, text(d.field))),
		Restriction:  strings.Join(restrictions, ","),
		Reason:       string(or(n.Violation.Type, n.Alert.Severity)),
		Value:        string(or(n.Decision, n.Ban.Date, n.Alert.Status, n.Tier.Tier, n.Status)),
		Category:     string(n.Tier.Category),
		Username:     string(n.Username),
		Limit:        limitOf(n.MaxDaily),
		Text:         string(n.Alert.Description),
	})
}
