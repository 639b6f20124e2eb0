package ingest

import (
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/carrier"
	"bottega/core/consent"
	"bottega/core/fold"
	"bottega/core/inbox"
)

// Stops is how a worker reads words about consent.
type Stops struct {
	Keywords consent.Keywords
	NewRef   func() string // a new reference for a message, unique for ever
}

// maxSaid is how much of a message the ledger keeps as proof, bytes.
const maxSaid = 500

// wishes reads a new customer message for what it says about consent. A stop is
// entered at once and confirmed once; what may be none is put before a person.
// "START" counts for who had said stop: others may mean anything by it.
func (a *applier) wishes(conv *core.Conversation, m *core.Message) error {
	if a.stops == nil || m.Text == "" || !slices.Contains([]core.MessageType{core.TypeText, core.TypeButton, core.TypeInteractive}, m.Type) {
		return nil
	}
	l, err := carrier.Ledger(a.tx)
	if err != nil {
		return err
	}
	es, err := l.Consents(conv.ContactID)
	if err != nil {
		return err
	}
	now := consent.Of(es, false).Marketing.Reason
	c := consent.Context{At: m.At, OptedOut: now == consent.SaidStop || now == consent.StoppedAll}
	if c, err = a.spoken(c, conv.ID, m); err != nil {
		return err
	}
	said := a.stops.Keywords.Read(m.Text, c)
	e := consent.Entry{ContactID: conv.ContactID, Scope: said.Scope, At: m.At, Source: consent.BySelf, Words: bound(m.Text, maxSaid), ChannelID: a.ch.ID}
	p := consent.Pending{Reading: said.Reading, Word: said.Word, Scope: said.Scope, At: m.At, ChannelID: a.ch.ID}
	switch said.Reading {
	case consent.SaysIn:
		if e.Kind = consent.OptIn; !c.OptedOut {
			return nil
		}
		a.tx.Changed(core.Change{Kind: core.Contacts, ID: conv.ContactID})
		return l.AddConsent(&e)
	case consent.SaysOut:
		if now == consent.StoppedAll {
			return nil // said before, and more than that cannot be
		}
		e.Kind = consent.OptOut
		if err := l.AddConsent(&e); err != nil {
			return err
		}
		p.EntryID = e.ID
		if !c.OptedOut { // confirmed once, then silence (P-26)
			if err := a.confirm(conv, said.Scope); err != nil {
				return err
			}
		}
	case consent.Ask, consent.Propose:
	default:
		return nil
	}
	a.tx.Changed(core.Change{Kind: core.Contacts, ID: conv.ContactID})
	return l.PendConsent(conv.ContactID, conv.ID, m.ID, p)
}

// spoken adds to c what the shop said last: a utility template, or a text that
// itself names the word, is something that can be cancelled.
func (a *applier) spoken(c consent.Context, conv int64, m *core.Message) (consent.Context, error) {
	last, err := a.tx.LastOutbound(conv)
	if is(err, core.NotFound) {
		return c, nil
	}
	if err != nil || last.At.After(m.At) {
		return c, err
	}
	utility := last.Template != nil && strings.EqualFold(last.Template.Category, "UTILITY")
	if utility || !last.Auto && strings.Contains(fold.String(last.Text), fold.String(m.Text)) {
		c.LastUtilityAt = last.At
	}
	return c, nil
}

// confirm answers a stop, by itself and once; outside the window nothing may be said.
func (a *applier) confirm(conv *core.Conversation, scope consent.Scope) error {
	if !conv.WindowOpen(a.now) {
		return nil
	}
	m := core.Message{ConversationID: conv.ID, ChannelID: conv.ChannelID, Direction: core.Out, Auto: true, State: core.Queued, Ref: a.stops.NewRef(),
		Content: core.Content{Type: core.TypeText, Text: a.stops.Keywords.Confirm.Text(scope, &conv.Contact)}, At: a.now}
	if conv.LastAt.After(m.At) {
		m.At = conv.LastAt
	}
	inbox.Answered(conv, &m, a.rules)
	if ok, err := a.tx.InsertMessage(&m); err != nil || !ok {
		return err
	}
	conv.LastMessageID, conv.Last = m.ID, m
	if err := a.tx.SaveConversation(conv); err != nil {
		return err
	}
	a.tx.Changed(core.Change{Kind: core.Work, ID: conv.ChannelID})
	return a.tx.Enqueue(m, core.PriorityAuto)
}
