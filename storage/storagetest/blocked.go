package storagetest

import (
	"time"

	"bottega/core"
	"bottega/core/campaign"
)

func (d *desk) facts(contact int64) (p campaign.Person) {
	d.Helper()
	d.write(func(tx campaign.Tx) (err error) { p, err = tx.Person(d.channel, contact); return err })
	return p
}

// blocks: a failure of that class marks the person and counts as a block of the
// campaign, another class does not; who writes again is no longer blocked, and
// an old failure that is told late changes nothing then.
func blocks(d *desk) {
	a, b := d.person("Ana", "+393331234561"), d.person("Ugo", "+393331234562")
	c, rows := d.running(a, b)
	first, other := d.hand(&rows[0], core.Queued), d.hand(&rows[1], core.Queued)
	d.become(&first, core.Failed, core.ClassBlocked)
	d.become(&other, core.Failed, core.ClassUndeliverable)
	if !d.facts(a).Blocked || d.facts(b).Blocked {
		d.Errorf("Ana %t, Ugo %t", d.facts(a).Blocked, d.facts(b).Blocked)
	}
	d.write(func(tx campaign.Tx) error {
		x, err := tx.Recipient(rows[0].ID)
		if err != nil {
			return err
		}
		x.State, x.Class = campaign.Failed, core.ClassBlocked
		if err := tx.SaveRecipient(&x); err != nil {
			return err
		}
		return nil
	})
	d.write(func(tx campaign.Tx) error {
		v, err := tx.Vitals(c.ID, c.ResumedAt)
		if v.Blocked != 1 {
			d.Errorf("vitals %+v", v)
		}
		return err
	})
	if r, err := d.store.Recent(d.Context(), d.channel, Start.Add(-time.Hour)); err != nil || r.Left != 1 {
		d.Errorf("recent %+v, %v", r, err)
	}

	d.clock = d.clock.Add(time.Hour)
	d.write(func(tx campaign.Tx) error {
		m := core.Message{ConversationID: first.ConversationID, ChannelID: d.channel, ProviderID: "wamid.in", Content: core.Content{Type: core.TypeText, Text: "Ciao"}, At: d.clock}
		if _, err := tx.InsertMessage(&m); err != nil {
			return err
		}
		k, err := tx.Contact(a)
		if err != nil {
			return err
		}
		k.LastInAt = d.clock
		return tx.SaveContact(&k)
	})
	if d.facts(a).Blocked {
		d.Error("blocked, though they wrote")
	}
	d.become(&first, core.Accepted, "")
	d.become(&first, core.Failed, core.ClassBlocked) // written before they wrote
	if d.facts(a).Blocked {
		d.Error("blocked again by an old message")
	}
}

// texts: a campaign's SMS are counted by their state, those of another and
// whatever is no SMS are not.
func texts(d *desk) {
	a := d.person("Ana", "+393331234561")
	c, rows := d.running(a)
	m := d.hand(&rows[0], core.Queued)
	put := func(ref string, s core.State) {
		d.write(func(tx campaign.Tx) error {
			x := core.Message{ConversationID: m.ConversationID, ChannelID: d.channel, Direction: core.Out, Ref: ref, State: s, At: d.clock, Content: core.Content{Type: core.TypeSMS, Text: "Pronto"}}
			_, err := tx.InsertMessage(&x)
			return err
		})
	}
	put(rows[0].SMSRef(), core.Queued)
	for ref, s := range map[string]core.State{"2": core.Sending, "3": core.Failed, "4": core.UnsureSent, "5": core.Delivered, "6": core.Accepted} {
		put(campaign.SMSRefs(c.ID)+"9"+ref, s)
	}
	put(campaign.SMSRefs(c.ID*10)+"1", core.Accepted)
	put("s", core.Accepted)
	if n, err := d.store.Texts(d.Context(), c.ID); err != nil || n != (campaign.Texts{InLine: 2, Sent: 2, Failed: 1, Unsure: 1}) {
		d.Errorf("%+v, %v", n, err)
	}
	d.write(func(tx campaign.Tx) error {
		ms, err := tx.TextsInLine(c.ID)
		if len(ms) != 1 || ms[0].Ref != rows[0].SMSRef() {
			d.Errorf("in line: %+v", ms)
		}
		return err
	})
}
