package ingest

import (
	"slices"
	"time"

	"bottega/core"
	"bottega/core/carrier"
	"bottega/core/consent"
)

// who is under which addresses an event knows a person. Providers leave out or
// blank any of them (bsp/meta.md 10).
type who struct {
	phone                 core.Phone
	user, parent, address string
	name, username        string
}

func sender(e *core.Event) who {
	return who{e.From, e.UserID, e.ParentUserID, e.Address, e.Name, e.Username}
}

// identities in the order in which they decide whose message it is: the phone
// first, in all its forms, for that is what people are found under; then the
// opaque ids.
func (a *applier) identities(w who) (ids []core.Identity) {
	add := func(k core.IdentityKind, v string) {
		if v != "" {
			ids = append(ids, core.Identity{ChannelID: a.ch.ID, Kind: k, Value: v})
		}
	}
	if w.phone != "" {
		for _, p := range w.phone.Forms() {
			add(core.IdentityPhone, string(p))
		}
	}
	add(core.IdentityUser, w.user)
	add(core.IdentityAddress, w.address)
	add(core.IdentityParent, w.parent)
	return ids
}

// person finds the contact an event speaks of, or makes a new one, and keeps
// what is new about them. With in the event is a message of theirs, from then.
// It returns NotFound when the event names nobody.
func (a *applier) person(w who, in time.Time) (core.Contact, error) {
	ids := a.identities(w)
	if len(ids) == 0 {
		return core.Contact{}, core.Fail(core.NotFound, "ingest.person", nil)
	}
	c, err := a.tx.FindIdentity(ids...)
	if is(err, core.NotFound) && w.phone != "" {
		c, err = a.elsewhere(w.phone)
	}
	if is(err, core.NotFound) && w.user != "" {
		c, err = a.fromFile(w.user)
	}
	if is(err, core.NotFound) {
		c, err = core.Contact{CreatedAt: a.now}, nil
	}
	if err != nil {
		return c, err
	}
	if a.update(&c, w, in) {
		a.tx.Changed(core.Change{Kind: core.Contacts, ID: c.ID})
		if err := a.tx.SaveContact(&c); err != nil {
			return c, err
		}
	}
	return c, a.keepIdentities(&c, w)
}

// elsewhere finds a person by phone on any channel: who writes to two numbers
// of the shop is one person.
func (a *applier) elsewhere(p core.Phone) (core.Contact, error) {
	var ids []core.Identity
	for _, f := range p.Forms() {
		ids = append(ids, core.Identity{Kind: core.IdentityPhone, Value: string(f)})
	}
	return a.tx.FindIdentity(ids...)
}

// fromFile finds whom a file brought in under a user id before it was known
// which channel the id belongs to. An id that another channel knows does not
// count: ids are a business's own (bsp/meta.md 10).
func (a *applier) fromFile(user string) (core.Contact, error) {
	id := core.Identity{Kind: core.IdentityUser, Value: user}
	c, err := a.tx.FindIdentity(id)
	if err == nil && !slices.Contains(c.Identities, id) {
		err = core.Fail(core.NotFound, "ingest.fromFile", nil)
	}
	return c, err
}

// update takes over what the provider says of a person and reports whether
// anything changed. A name fills an empty one only, since agents edit names;
// the username follows. The phone follows the one they write from, which is
// where answers go.
func (a *applier) update(c *core.Contact, w who, in time.Time) bool {
	changed := c.ID == 0
	if c.Name == "" && w.name != "" {
		c.Name, changed = w.name, true
	}
	if w.username != "" && c.Username != w.username {
		c.Username, changed = w.username, true
	}
	if w.phone != "" && c.Phone != w.phone {
		c.Phone, changed = w.phone, true
	}
	if in.After(c.LastInAt) {
		c.LastInAt, changed = in, true
	}
	return changed
}

// keepIdentities gives the contact every address the event names. One that
// belongs to somebody else stays there: the address a message came by decides
// whose it is, and whether two contacts are one person is for a person to say.
func (a *applier) keepIdentities(c *core.Contact, w who) error {
	w2 := w
	for _, id := range a.identities(w2) {
		if id.Kind == core.IdentityPhone && id.Value != string(w.phone) {
			continue // another form of the same number
		}
		if slices.Contains(c.Identities, id) {
			continue
		}
		err := a.tx.AddIdentity(c.ID, id)
		if is(err, core.Conflict) {
			_, err = a.once(core.Activity{ContactID: c.ID, Kind: core.ActIdentity, Detail: "two " + string(id.Kind)},
				&core.Event{Kind: core.EvIdentity}, "two", id.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// conversation finds or makes the talk with a contact on this channel, with
// the contact filled in for the transitions.
func (a *applier) conversation(c core.Contact) (core.Conversation, error) {
	conv, err := a.tx.ConversationOf(a.ch.ID, c.ID)
	if is(err, core.NotFound) {
		conv = core.Conversation{ChannelID: a.ch.ID, ContactID: c.ID, State: core.Open}
		err = a.tx.SaveConversation(&conv)
	}
	conv.Contact = c
	return conv, err
}

// preference is a person's wish about marketing, told to the provider.
func (a *applier) preference(e *core.Event) error {
	c, err := a.person(sender(e), time.Time{})
	if err != nil {
		return ignore(err, core.NotFound)
	}
	return a.wish(c, e, e.Category, e.Value)
}

func (a *applier) wish(c core.Contact, e *core.Event, category, value string) error {
	act := core.Activity{ContactID: c.ID, Kind: core.ActPreference, Detail: category + " " + value}
	conv, err := a.tx.ConversationOf(a.ch.ID, c.ID)
	if err == nil {
		act.ConversationID = conv.ID
		a.tx.Changed(core.Change{Kind: core.Messages, ID: conv.ID})
	} else if !is(err, core.NotFound) {
		return err
	}
	first, err := a.once(act, e, strconv64(c.ID), category, value)
	if err != nil || !first || category != marketing {
		return err
	}
	place := "user_preferences"
	if e.Error != nil {
		place = e.Error.Code
	}
	kind := consent.ProviderStop
	if value == "resume" {
		kind = consent.ProviderResume
	} else if value != "stop" {
		return nil
	}
	return carrier.Prefers(a.tx, c.ID, a.ch.ID, kind, place, a.at(e))
}

// marketing is the only category that people can stop at the provider (P-23).
const marketing = "marketing_messages"

// identity is a customer's change of number or of id. The old address keeps
// leading to them, for what is still on its way.
func (a *applier) identity(e *core.Event) error {
	old := who{phone: e.From, user: e.Previous, address: e.Address}
	if e.Previous == "" && e.New == "" { // neither new: nothing but an id to learn
		old.user = e.UserID
	}
	ids := a.identities(old)
	now := who{phone: e.New, user: e.UserID, parent: e.ParentUserID}
	c, err := a.tx.FindIdentity(append(ids, a.identities(now)...)...)
	if err != nil {
		return ignore(err, core.NotFound) // a stranger: the next message tells us who they are
	}
	first, err := a.once(core.Activity{ContactID: c.ID, ConversationID: a.talkOf(c.ID), Kind: core.ActIdentity},
		e, strconv64(c.ID), string(e.New), e.UserID)
	if err != nil || !first {
		return err
	}
	if e.New != "" && e.New != c.Phone {
		c.Phone = e.New
		a.tx.Changed(core.Change{Kind: core.Contacts, ID: c.ID})
		if err := a.tx.SaveContact(&c); err != nil {
			return err
		}
	}
	return a.keepIdentities(&c, now)
}

// talkOf is the conversation with a contact, 0 when there is none.
func (a *applier) talkOf(contact int64) int64 {
	conv, err := a.tx.ConversationOf(a.ch.ID, contact)
	if err != nil {
		return 0 // the activity then stands with the shop's; a broken store says so at the next write
	}
	a.tx.Changed(core.Change{Kind: core.Messages, ID: conv.ID})
	return conv.ID
}
