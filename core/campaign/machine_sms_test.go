package campaign_test

import (
	"testing"

	"pgregory.net/rapid"

	"bottega/core"
	"bottega/core/campaign"
)

// TestNeverTwiceBySMS is the same for notices that fall back to SMS, most of
// which cannot be delivered.
func TestNeverTwiceBySMS(t *testing.T) {
	r, book, rome := ground(t)
	unless(t, "rapid.steps", "80")
	left := 0
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine(t, newWorld(t, r, book, rome), notices)
		m.play(t)
		left += len(m.w.smses)
	})
	if left == 0 && !t.Failed() {
		t.Error("no SMS left in any of the plays")
	}
}

// text is what holds for an SMS that leaves.
func (m *machine) text(t *rapid.T, j job) {
	c := m.w.campaign(campaign.ByRef(j.Message.Ref))
	if !c.SMS || c.Marketing() {
		t.Fatalf("an SMS leaves for %+v", c)
	}
	if !c.State.Active() && c.State != campaign.Finished {
		t.Fatalf("an SMS is claimed for a campaign that is %s", c.State)
	}
	if _, out := m.w.optedOut[m.w.key(j.contact)]; out {
		t.Fatal("an SMS is claimed for somebody who opted out")
	}
}

// lost is news of a message that could not be delivered, which the runner hears
// of at once: an SMS may be in line then.
func (m *machine) lost(t *rapid.T) {
	if len(m.w.ledger) == 0 {
		return // nobody got anything
	}
	m.w.report(rapid.SampledFrom(m.w.ledger).Draw(t, "message"), core.Failed, core.ClassUndeliverable)
	m.w.step()
}

// texts holds the SMS of a campaign that is over to what phones got: one for a
// row at most, and what left is neither lost nor waits.
func (m *machine) texts(t *rapid.T, id int64, rows []campaign.Recipient) {
	got, n := 0, m.w.texts(id)
	for _, x := range rows {
		got += m.w.smses[x.SMSRef()]
	}
	if n.InLine != 0 || n.Sent > got || got > n.Sent+n.Unsure || n.Total() > len(rows) {
		t.Fatalf("campaign %d: %d SMS arrived, counted %+v", id, got, n)
	}
}
