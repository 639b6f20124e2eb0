package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/carrier"
	"bottega/core/inbox"
)

func strconv64(n int64) string { return strconv.FormatInt(n, 10) }

// ignore drops an error of one code.
func ignore(err error, code core.Code) error {
	if is(err, code) {
		return nil
	}
	return err
}

// idOf is the event's id; one that the provider sent without gets one made of
// what it says, so that its repetition is recognised too.
func idOf(e *core.Event) string {
	if e.ID != "" {
		return e.ID
	}
	b, err := json.Marshal(e)
	if err != nil { // an event is plain data; without JSON it cannot have come here
		return ""
	}
	sum := sha256.Sum256(b)
	return "none:" + hex.EncodeToString(sum[:16])
}

// content is what an event says, as a message says it.
func content(e *core.Event) core.Content {
	c := core.Content{Type: e.Type, Text: e.Text, ReplyTo: e.ReplyTo, Media: e.Media, Choice: e.Choice,
		Location: e.Location, Referral: e.Referral}
	if c.Type == "" {
		c.Type = core.TypeUnsupported
	}
	switch {
	case c.Text != "":
	case e.Media != nil && e.Media.Caption != "":
		c.Text = e.Media.Caption
	case e.Choice != nil:
		c.Text = e.Choice.Title
	case e.Location != nil:
		c.Text = strings.TrimSpace(e.Location.Name + " " + e.Location.Address)
	}
	return c
}

// message is what a customer wrote.
func (a *applier) message(e *core.Event) error {
	id := idOf(e)
	known, err := a.tx.MessageByProviderID(a.ch.ID, id)
	if err == nil {
		return a.better(&known, e)
	}
	if !is(err, core.NotFound) {
		return err
	}
	m := core.Message{ChannelID: a.ch.ID, Direction: core.In, Content: content(e), ProviderID: id, At: e.At}
	m.At = inbox.At(&m, a.now)
	in := m.At
	if !m.Type.CountsAsContact() {
		in = time.Time{}
	}
	c, err := a.person(sender(e), in)
	if is(err, core.NotFound) {
		return a.unknown(&core.Event{Kind: core.EvUnknown, Field: "messages.from", At: e.At}) // nobody to answer to
	}
	if err != nil {
		return err
	}
	conv, err := a.conversation(c)
	if err != nil {
		return err
	}
	m.ConversationID = conv.ID
	if ok, err := a.tx.InsertMessage(&m); err != nil || !ok {
		return err
	}
	return a.arrived(&conv, &m)
}

// arrived carries a new customer message to its conversation, with what came
// before it (a reaction, an edit).
func (a *applier) arrived(conv *core.Conversation, m *core.Message) error {
	back := inbox.Inbound(conv, m, a.rules, a.now)
	if err := a.tx.SaveConversation(conv); err != nil {
		return err
	}
	act := core.Activity{ConversationID: conv.ID, ContactID: conv.ContactID, ChannelID: a.ch.ID, At: m.At}
	if m.Courtesy {
		if err := a.tx.SaveMessage(m); err != nil {
			return err
		}
		act.Kind = core.ActCourtesy
	} else if back {
		act.Kind = core.ActReopened
	}
	if act.Kind != "" {
		if err := a.tx.AddActivity(act); err != nil {
			return err
		}
	}
	a.show(conv.ID)
	if a.answered != nil && m.Type.CountsAsContact() {
		if err := a.answered(a.tx, conv.ContactID, m.At); err != nil {
			return err
		}
	}
	if err := a.wishes(conv, m); err != nil {
		return err
	}
	early, err := a.tx.TakeReceipts(a.ch.ID, m.ProviderID, "")
	for i := range early {
		if err == nil {
			err = a.later(&early[i])
		}
	}
	return err
}

// better replaces what an older decoder could not read, with what follows from
// it for window and clock; everything else about a message that is here already
// stays as it is.
func (a *applier) better(m *core.Message, e *core.Event) error {
	if m.Type != core.TypeUnsupported || m.Direction != core.In || e.Type == "" || e.Type == core.TypeUnsupported {
		return nil
	}
	m.Content = content(e)
	conv, err := a.tx.Conversation(m.ConversationID)
	if err != nil {
		return err
	}
	if inbox.Understood(&conv, m, a.rules) {
		if err := a.heard(conv.ContactID, m.At); err != nil {
			return err
		}
		if err := a.tx.SaveConversation(&conv); err != nil {
			return err
		}
	}
	a.show(m.ConversationID)
	return a.tx.SaveMessage(m)
}

// heard notes when a person last wrote.
func (a *applier) heard(contact int64, at time.Time) error {
	c, err := a.tx.Contact(contact)
	if err != nil || !a.update(&c, who{}, at) {
		return err
	}
	a.tx.Changed(core.Change{Kind: core.Contacts, ID: c.ID})
	return a.tx.SaveContact(&c)
}

// show tells lists and chats to draw a conversation again.
func (a *applier) show(conv int64) {
	a.tx.Changed(core.Change{Kind: core.Conversations, ID: conv}, core.Change{Kind: core.Messages, ID: conv})
}

// echo is a message that the shop typed on its phone: it stops the clock like
// any answer.
func (a *applier) echo(e *core.Event) error {
	id := idOf(e)
	if _, err := a.tx.MessageByProviderID(a.ch.ID, id); !is(err, core.NotFound) {
		return err
	}
	to := who{phone: e.To, user: e.UserID, parent: e.ParentUserID, address: e.Address, name: e.Name, username: e.Username}
	c, err := a.person(to, time.Time{})
	if is(err, core.NotFound) {
		return a.unknown(&core.Event{Kind: core.EvUnknown, Field: "message_echoes.to", At: e.At})
	}
	if err != nil {
		return err
	}
	conv, err := a.conversation(c)
	if err != nil {
		return err
	}
	m := core.Message{ConversationID: conv.ID, ChannelID: a.ch.ID, Direction: core.Out, Echo: true, Content: content(e),
		ProviderID: id, State: core.Accepted, At: e.At}
	m.At = inbox.At(&m, a.now)
	if ok, err := a.tx.InsertMessage(&m); err != nil || !ok {
		return err
	}
	waited, stopped := inbox.Answered(&conv, &m, a.rules)
	if err := a.tx.SaveConversation(&conv); err != nil {
		return err
	}
	if stopped {
		act := core.Activity{ConversationID: conv.ID, ContactID: c.ID, ChannelID: a.ch.ID, Kind: core.ActAnswered,
			Detail: strconv64(waited.Milliseconds()), At: m.At}
		if err := a.tx.AddActivity(act); err != nil {
			return err
		}
	}
	a.show(conv.ID)
	return a.receipts(&m, stopped)
}

// receipts applies what was kept for a message that is new here.
func (a *applier) receipts(m *core.Message, save bool) error {
	early, err := a.tx.TakeReceipts(a.ch.ID, m.ProviderID, m.Ref)
	if err != nil {
		return err
	}
	changed, err := carrier.Receipts(a.tx, m, early, a.rules)
	if err == nil && (changed || save) {
		err = a.tx.SaveMessage(m)
	}
	for i := range early {
		if err == nil && early[i].Kind != core.EvStatus {
			err = a.later(&early[i])
		}
	}
	return err
}
