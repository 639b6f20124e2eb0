package storage

import (
	"bottega/core"
)

// touchContact brings a contact's card into its conversations, with a new Rev
// since lists show it.
func (t *tx) touchContact(c *core.Contact) error {
	_, err := t.exec("UPDATE conversations SET card = ?, rev = rev + 1 WHERE contact_id = ?", packCard(c), c.ID)
	return err
}

// touchLast does the same for the conversation whose last message this is, if
// there is one.
func (t *tx) touchLast(m *core.Message) error {
	if t.newest.ID == m.ID {
		t.newest = *m
	}
	_, err := t.exec("UPDATE conversations SET last = ?, rev = rev + 1 WHERE id = ? AND last_message_id = ?",
		packLast(m), m.ConversationID, m.ID)
	return err
}

// touchMessage is touchLast for a message of which only the id is at hand.
func (t *tx) touchMessage(id int64) error {
	m, err := one(t, scanMessage, messageFrom+"WHERE m.id = ?", id)
	if err == nil {
		err = t.touchLast(&m)
	}
	return err
}

// lastOf packs a conversation's last message. The one that this transaction
// has just inserted is at hand; 0 or a message that is gone is none.
func (t *tx) lastOf(message int64) ([]byte, error) {
	if message == 0 {
		return nil, nil
	}
	if t.newest.ID == message {
		return packLast(&t.newest), nil
	}
	ms, err := all(t, scanMessage, messageFrom+"WHERE m.id = ?", message)
	if err != nil || len(ms) == 0 {
		return nil, err
	}
	return packLast(&ms[0]), nil
}
