package storage

import "bottega/core"

// block notes who may not be written to when a message comes back for that
// reason, unless they have written since; one that arrives shows otherwise.
func (t *tx) block(old, m *core.Message) error {
	switch {
	case m.Direction != core.Out || m.State == old.State || m.Type == core.TypeSMS:
		return nil
	case m.State == core.Failed && m.Error != nil && m.Error.Class == core.ClassBlocked:
		_, err := t.exec(`UPDATE facts SET blocked = 1 WHERE blocked = 0 AND last_in <= ?
			AND contact_id = (SELECT contact_id FROM conversations WHERE id = ?)`, ms(m.At), m.ConversationID)
		return err
	case m.State == core.Delivered, m.State == core.Read:
		if old.State == core.Failed {
			return t.unblock(m)
		}
	}
	return nil
}

// unblock notes that a person can be written to after all.
func (t *tx) unblock(m *core.Message) error {
	_, err := t.exec("UPDATE facts SET blocked = 0 WHERE blocked = 1 AND contact_id = (SELECT contact_id FROM conversations WHERE id = ?)", m.ConversationID)
	return err
}
