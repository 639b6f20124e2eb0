package coretest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"bottega/core"
)

// Rules are those of a shop that is always open.
func Rules() core.Rules {
	return core.Rules{
		Hours: core.Hours{TimeZone: "UTC", Always: true},
		Targets: core.Targets{First: core.Duration(5 * time.Minute), Late: core.Duration(30 * time.Minute),
			Red: core.Duration(2 * time.Hour)},
		Policy: core.Policy{Window: core.Duration(24 * time.Hour), EntryPoint: core.Duration(72 * time.Hour),
			UndoGrace: core.Duration(5 * time.Second)},
		Courtesy: map[string][]string{"it": {"grazie"}},
	}
}

// AddChannel adds an active channel.
func (m *Mem) AddChannel(t testing.TB, name string) core.Channel {
	t.Helper()
	ch, err := m.SaveChannel(context.Background(), core.Channel{
		Name: name, Provider: core.Meta, State: core.Active, Account: core.Account{PhoneNumberID: "id-" + name}})
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// AddPerson adds a contact with a conversation whose window is open until closes.
func (m *Mem) AddPerson(t testing.TB, ch core.Channel, phone core.Phone, closes time.Time) core.Conversation {
	t.Helper()
	var conv core.Conversation
	err := m.Write(context.Background(), func(tx core.Tx) error {
		c := core.Contact{Name: "Ana", Phone: phone}
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		id := core.Identity{ChannelID: ch.ID, Kind: core.IdentityPhone, Value: string(phone)}
		if err := tx.AddIdentity(c.ID, id); err != nil {
			return err
		}
		conv = core.Conversation{ChannelID: ch.ID, ContactID: c.ID, State: core.Open, WindowCloses: closes}
		return tx.SaveConversation(&conv)
	})
	if err != nil {
		t.Fatal(err)
	}
	return conv
}

// Queue puts a text of the shop in line.
func (m *Mem) Queue(t testing.TB, conv core.Conversation, text string, at time.Time, p core.Priority) core.Message {
	t.Helper()
	return m.QueueContent(t, conv, core.Content{Type: core.TypeText, Text: text}, at, p)
}

// QueueContent puts a message in line.
func (m *Mem) QueueContent(t testing.TB, conv core.Conversation, c core.Content, at time.Time, p core.Priority) core.Message {
	t.Helper()
	msg := core.Message{ConversationID: conv.ID, ChannelID: conv.ChannelID, Direction: core.Out, State: core.Queued,
		Content: c, At: at, Author: "ada", NotBefore: at, Waited: conv.WaitingSince}
	err := m.Write(context.Background(), func(tx core.Tx) error {
		msg.Ref = fmt.Sprintf("b1:%s:%d", c.Text, len(m.s.messages)) // the transaction holds the lock
		if _, err := tx.InsertMessage(&msg); err != nil {
			return err
		}
		return tx.Enqueue(msg, p)
	})
	if err != nil {
		t.Fatal(err)
	}
	return msg
}
