package cli

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/inbox"
	"bottega/ui/text"
)

// The structs of this file are the JSON shapes of the contract: ids are opaque
// strings, times RFC 3339 in UTC, a missing fact is absent.

type contactJSON struct {
	ID    string         `json:"id"`
	Name  string         `json:"name,omitempty"`
	Phone core.Phone     `json:"phone,omitempty"`
	Tags  []string       `json:"tags"`
	Value core.ValueTier `json:"value,omitempty"`
}

type lastJSON struct {
	ID        string     `json:"id"`
	Direction string     `json:"direction"`
	Type      string     `json:"type,omitempty"`
	Text      string     `json:"text,omitempty"`
	At        *time.Time `json:"at,omitempty"`
	Status    core.State `json:"status,omitempty"`
}

type slaJSON struct {
	WaitingSince *time.Time  `json:"waiting_since,omitempty"`
	Due          *time.Time  `json:"due,omitempty"`
	Level        inbox.Level `json:"level"`
	Paused       string      `json:"paused,omitempty"`
}

type windowJSON struct {
	Open   bool       `json:"open"`
	Closes *time.Time `json:"closes,omitempty"`
}

type conversationJSON struct {
	ID       string                 `json:"id"`
	Channel  string                 `json:"channel"`
	Contact  contactJSON            `json:"contact"`
	State    core.ConversationState `json:"state"`
	Unread   int                    `json:"unread"`
	Assignee string                 `json:"assignee,omitempty"`
	Snooze   *time.Time             `json:"snoozed_until,omitempty"`
	Last     *lastJSON              `json:"last,omitempty"`
	SLA      slaJSON                `json:"sla"`
	Window   windowJSON             `json:"window"`
	Priority int                    `json:"priority"`
	Why      string                 `json:"why,omitempty"`
}

type messageJSON struct {
	ID           string              `json:"id"`
	Conversation string              `json:"conversation"`
	Direction    string              `json:"direction"`
	Type         string              `json:"type"`
	Text         string              `json:"text,omitempty"`
	At           *time.Time          `json:"at,omitempty"`
	Status       core.State          `json:"status,omitempty"`
	Author       string              `json:"author,omitempty"`
	Auto         bool                `json:"auto,omitempty"`
	ProviderID   string              `json:"provider_id,omitempty"`
	Ref          string              `json:"ref,omitempty"`
	ReplyTo      string              `json:"reply_to,omitempty"`
	Media        *core.Media         `json:"media,omitempty"`
	Choice       *core.Choice        `json:"choice,omitempty"`
	Location     *core.Location      `json:"location,omitempty"`
	Template     *core.TemplateCall  `json:"template,omitempty"`
	Reactions    []reactionJSON      `json:"reactions,omitempty"`
	Error        *core.ProviderError `json:"error,omitempty"`
	Revoked      bool                `json:"revoked,omitempty"`
	Courtesy     bool                `json:"courtesy,omitempty"`
}

type reactionJSON struct {
	Emoji string `json:"emoji"`
	From  string `json:"from"`
}

type hitJSON struct {
	Conversation string           `json:"conversation,omitempty"`
	Message      string           `json:"message,omitempty"`
	Contact      *contactJSON     `json:"contact,omitempty"`
	Template     *templateHitJSON `json:"template,omitempty"`
	Direction    string           `json:"direction,omitempty"`
	At           *time.Time       `json:"at,omitempty"`
	Snippet      string           `json:"snippet"`
	Marks        [][2]int         `json:"marks,omitempty"` // rune ranges in snippet
}

// templateHitJSON is a template that the words were found in.
type templateHitJSON struct {
	ID       string             `json:"id"`
	Name     string             `json:"name"`
	Language string             `json:"language"`
	State    core.TemplateState `json:"state"`
}

type channelJSON struct {
	Name         string                `json:"name"`
	Provider     core.ProviderName     `json:"provider"`
	Number       core.Phone            `json:"number,omitempty"`
	Account      core.Account          `json:"account"`
	State        core.ChannelState     `json:"state"`
	Reason       *core.ProviderError   `json:"reason,omitempty"` // why it is paused
	Health       core.Health           `json:"health"`
	Balance      *core.Money           `json:"balance,omitempty"` // what is left, where the provider tells
	LastCallback *time.Time            `json:"last_callback,omitempty"`
	LastPoll     *time.Time            `json:"last_poll,omitempty"`
	Webhook      string                `json:"webhook"` // path of its callbacks
	Way          core.Way              `json:"way,omitempty"`
	Receiving    *signJSON             `json:"receiving,omitempty"`
	Abilities    *abilitiesJSON        `json:"capabilities,omitempty"`
	Cannot       map[string]reasonJSON `json:"cannot,omitempty"` // why not what is false there
	Keys         []connect.Kept        `json:"keys,omitempty"`   // where each secret lies
	Steps        []stepJSON            `json:"steps,omitempty"`  // of connect, test, subscribe and rotate
}

// stepJSON is a step with the words for what went wrong in it.
type stepJSON struct {
	connect.Result
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// id writes a row's id; "" for none.
func id(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// parseID reads an id back.
func parseID(s string) (int64, error) { return number(s, text.UseID) }

// number reads the number of something; what is none is told in the words of k.
func number(s string, k text.K) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 || strings.HasPrefix(s, "+") { // a phone number is no number of ours
		return 0, usage(k, "ID", clip(s))
	}
	return n, nil
}

// person reads the number of a contact.
func person(s string) (int64, error) { return number(s, text.UsePerson) }

// at is a time for JSON: UTC, absent when zero.
func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}

func contactShape(c *core.Contact) contactJSON {
	tags := c.Tags
	if tags == nil {
		tags = []string{}
	}
	return contactJSON{ID: id(c.ID), Name: c.Name, Phone: c.Phone, Tags: tags, Value: c.Value}
}

// conversationShape judges a conversation at now and puts it into the contract's shape.
func (a *app) conversationShape(c *core.Conversation, channel string, r core.Rules, now time.Time) conversationJSON {
	sla := inbox.SLAOf(c, r, now)
	prio := inbox.PriorityOf(c, r, now)
	j := conversationJSON{
		ID: id(c.ID), Channel: channel, Contact: contactShape(&c.Contact),
		State: c.State, Unread: c.Unread, Assignee: c.Assignee,
		SLA:      slaJSON{WaitingSince: at(sla.WaitingSince), Due: at(sla.Due), Level: sla.Level},
		Window:   windowJSON{Open: c.WindowOpen(now), Closes: at(c.WindowEnds())},
		Priority: prio.Score, Why: a.why(prio),
	}
	if c.State == core.Snoozed {
		j.Snooze = at(c.SnoozeUntil)
	}
	if !sla.ClosedUntil.IsZero() {
		j.SLA.Paused = a.w.T(text.SLAClosed, "When", a.w.When(sla.ClosedUntil.In(inbox.Zone(r.Hours)), now.In(inbox.Zone(r.Hours))))
	}
	if c.Last.ID != 0 {
		m := &c.Last
		j.Last = &lastJSON{ID: id(m.ID), Direction: m.Direction.String(), Type: string(m.Type), Text: m.Text, At: at(m.At), Status: m.State}
	}
	return j
}

func messageShape(m *core.Message) messageJSON {
	j := messageJSON{
		ID: id(m.ID), Conversation: id(m.ConversationID), Direction: m.Direction.String(), Type: string(m.Type), Text: m.Text,
		At: at(m.At), Status: m.State, Author: m.Author, Auto: m.Auto, ProviderID: m.ProviderID, Ref: m.Ref, ReplyTo: m.ReplyTo,
		Media: m.Media, Choice: m.Choice, Location: m.Location, Template: m.Template, Error: m.Error, Revoked: m.Revoked, Courtesy: m.Courtesy,
	}
	for _, r := range m.Reactions {
		j.Reactions = append(j.Reactions, reactionJSON{Emoji: r.Emoji, From: r.From.String()})
	}
	return j
}

func hitShape(h *core.Hit) hitJSON {
	who := contactShape(&core.Contact{ID: h.ContactID, Name: h.Name, Phone: h.Phone})
	j := hitJSON{Conversation: id(h.ConversationID), Message: id(h.MessageID), At: at(h.At), Snippet: h.Snippet, Marks: h.Marks, Contact: &who}
	if h.MessageID != 0 {
		j.Direction = h.Direction.String()
	}
	return j
}

func channelShape(c *core.Channel) channelJSON {
	j := channelJSON{
		Name: c.Name, Provider: c.Provider, Number: c.Number, Account: c.Account, State: c.State,
		Health: c.Health, LastCallback: at(c.LastCallbackAt), Webhook: "/webhooks/" + c.Name,
	}
	if c.State == core.Paused {
		j.Reason = &core.ProviderError{Class: c.PauseClass, Message: c.Detail}
	}
	return j
}

// printJSON writes one value and a line end; text of customers stays readable.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.h.Out)
	enc.SetEscapeHTML(false)
	return a.printed(enc.Encode(v))
}
