package storagetest

import (
	"context"
	"testing"
	"time"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/consent"
	"bottega/core/segment"
)

// CampaignStore is all that core/campaign asks of a store.
type CampaignStore interface {
	campaign.Store
	campaign.Audience
	campaign.Records
	campaign.Pulse
	core.ChannelStore
}

// RunCampaigns holds a store to the promises of core/campaign's ports.
func RunCampaigns(t *testing.T, open func(testing.TB, *core.Feed, func() time.Time) CampaignStore) {
	for name, run := range map[string]func(*desk){"campaigns": kept, "audience": audience, "news": news, "people": crowd, "one person twice": twice, "blocks": blocks, "texts": texts, "skipping": skipping} {
		t.Run(name, func(t *testing.T) {
			d := &desk{T: t, clock: Start}
			d.store = open(t, core.NewFeed(), func() time.Time { return d.clock })
			ch, err := d.store.SaveChannel(t.Context(), core.Channel{Name: "shop", Provider: core.Sandbox, State: core.Active, CreatedAt: Start})
			d.must(err)
			d.channel = ch.ID
			run(d)
		})
	}
}

// desk is a store under test with shorthands that fail the test.
type desk struct {
	*testing.T
	store   CampaignStore
	channel int64
	clock   time.Time
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *desk) write(fn func(campaign.Tx) error) {
	d.Helper()
	d.must(d.store.Update(d.Context(), fn))
}

// person makes a contact who agreed at the start.
func (d *desk) person(name string, phone core.Phone) (id int64) {
	d.Helper()
	d.write(func(tx campaign.Tx) error {
		c := core.Contact{Name: name, Phone: phone, Language: "it", CreatedAt: Start}
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		id = c.ID
		if err := tx.AddIdentity(id, core.Identity{Kind: core.IdentityPhone, Value: string(phone)}); err != nil {
			return err
		}
		return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: id, Kind: consent.OptIn, Scope: consent.Marketing, At: Start, Source: consent.BySelf})
	})
	return id
}

// running makes a campaign that runs, with the people in its audience.
func (d *desk) running(people ...int64) (c campaign.Campaign, rows []campaign.Recipient) {
	d.Helper()
	c = campaign.Campaign{Name: "Autumn", ChannelID: d.channel, State: campaign.Running, Templates: []string{"autumn"}, StartedAt: d.clock, ResumedAt: d.clock}
	d.write(func(tx campaign.Tx) error {
		c.ID, rows = 0, nil
		if err := tx.SaveCampaign(&c); err != nil {
			return err
		}
		for _, id := range people {
			p, err := tx.Person(d.channel, id)
			if err != nil {
				return err
			}
			x := campaign.Recipient{CampaignID: c.ID, ContactID: id, Person: campaign.PersonKey(p.Phone, p.UserID), State: campaign.Pending, NotBefore: d.clock}
			if added, err := tx.AddRecipient(&x); err != nil || !added {
				d.Fatalf("not added: %v", err)
			}
			rows = append(rows, x)
		}
		return nil
	})
	return c, rows
}

// hand makes the message of a row, queued or in another state.
func (d *desk) hand(x *campaign.Recipient, s core.State) (m core.Message) {
	d.Helper()
	d.write(func(tx campaign.Tx) error {
		conv, err := tx.ConversationOf(d.channel, x.ContactID)
		if core.CodeOf(err) == core.NotFound {
			conv = core.Conversation{ChannelID: d.channel, ContactID: x.ContactID, State: core.Done}
			err = tx.SaveConversation(&conv)
		}
		if err != nil {
			return err
		}
		m = core.Message{ConversationID: conv.ID, ChannelID: d.channel, Direction: core.Out, Ref: x.Ref(), State: core.Queued, At: d.clock,
			Content: core.Content{Type: core.TypeTemplate, Text: "Ciao", Template: &core.TemplateCall{Name: "autumn", Language: "it", Category: "MARKETING"}}}
		if _, err := tx.InsertMessage(&m); err != nil {
			return err
		}
		if err := tx.Enqueue(m, core.PriorityCampaign); err != nil {
			return err
		}
		x.State, x.MessageID, x.SentAt = campaign.Sending, m.ID, d.clock
		x.Attempts++
		return tx.SaveRecipient(x)
	})
	if s != core.Queued {
		d.become(&m, s, "")
	}
	return m
}

// become moves a message on.
func (d *desk) become(m *core.Message, s core.State, class core.Class) {
	d.Helper()
	d.write(func(tx campaign.Tx) error {
		if m.State = s; class != "" {
			m.Error = &core.ProviderError{Code: "1", Class: class}
		}
		return tx.SaveMessage(m)
	})
}

func (d *desk) counts(id int64) campaign.Counts {
	d.Helper()
	n, err := d.store.Counts(d.Context(), id)
	d.must(err)
	return n
}

// kept: a campaign comes back as it was saved, in the state asked for, and a
// change over somebody else's is refused.
func kept(d *desk) {
	c := campaign.Campaign{Name: "Autumn", ChannelID: d.channel, State: campaign.Draft, Segment: "tag:vip", Exclude: "optout", Code: "A1",
		Templates: []string{"a", "b"}, Languages: []string{"it"}, Category: "marketing", Values: []campaign.Value{{Variable: "1", Field: "name", Text: "x"}},
		Pace:     campaign.Pace{PerMinute: 12, Override: "ada"},
		Schedule: campaign.Schedule{When: campaign.At, At: Start.Add(time.Hour), Local: true}, IncludeCold: true, Urgent: true, SMS: true, Countries: []string{"IT"}, HoldBack: 0.1,
		Wait: campaign.Wait{Reason: campaign.TierLimit, Until: Start}, Pause: campaign.ByHand, PauseDetail: "x", Agent: "ada", Host: "here", Resumes: 2, ResumedAt: Start,
		CreatedAt: Start, StartedAt: Start, EndedAt: Start,
		Foreseen: &campaign.Foreseen{Matched: 3, Included: 2, Excluded: []campaign.Exclusion{{Reason: campaign.Cold, N: 1}}, High: core.Money{Amount: "1.5", Currency: "EUR"}, End: Start}}
	d.write(func(tx campaign.Tx) error { return tx.SaveCampaign(&c) })
	got, err := d.store.Campaign(d.Context(), c.ID)
	d.must(err)
	same(d.T, got, c)
	old := c
	c.State = campaign.Running
	d.write(func(tx campaign.Tx) error { return tx.SaveCampaign(&c) })
	err = d.store.Update(d.Context(), func(tx campaign.Tx) error { return tx.SaveCampaign(&old) })
	if core.CodeOf(err) != core.Conflict {
		d.Errorf("over another's change: %v", err)
	}
	for state, n := range map[campaign.State]int{campaign.Running: 1, campaign.Draft: 0} {
		if cs, err := d.store.Campaigns(d.Context(), state); err != nil || len(cs) != n {
			d.Errorf("%d are %s, %v", len(cs), state, err)
		}
	}
	if _, err := d.store.Campaign(d.Context(), 999); core.CodeOf(err) != core.NotFound {
		d.Errorf("one that is not there: %v", err)
	}
	d.write(func(tx campaign.Tx) error {
		if b, err := tx.Pace(d.channel); err != nil || b != nil {
			d.Errorf("pace %s, %v", b, err)
		}
		if err := tx.SavePace(d.channel, []byte("{}")); err != nil {
			return err
		}
		b, err := tx.Pace(d.channel)
		if string(b) != "{}" {
			d.Errorf("pace %s", b)
		}
		return err
	})
}

// audience: a person is in it once, the longest due come first, and the counts
// add up through every move.
func audience(d *desk) {
	a, b := d.person("Ana", "+393331234561"), d.person("Ugo", "+393331234562")
	c, rows := d.running(a, b)
	again := rows[0]
	d.write(func(tx campaign.Tx) error {
		added, err := tx.AddRecipient(&again)
		if added {
			d.Error("there twice")
		}
		return err
	})
	later := Start.Add(time.Hour)
	d.write(func(tx campaign.Tx) error {
		rows[0].NotBefore, rows[0].Hold = later, campaign.QuietHours
		if err := tx.SaveRecipient(&rows[0]); err != nil {
			return err
		}
		due, _, err := tx.NextRecipients(c.ID, Start, 5)
		if len(due) != 1 || due[0].ID != rows[1].ID {
			d.Errorf("due are %+v", due)
		}
		return err
	})
	m := d.hand(&rows[1], core.Queued)
	if n := d.counts(c.ID); n.Total() != 2 || n[campaign.Pending] != 1 || n[campaign.Sending] != 1 {
		d.Errorf("counts %v", n)
	}
	d.write(func(tx campaign.Tx) error {
		due, wait, err := tx.NextRecipients(c.ID, Start, 5)
		if len(due) != 0 || wait != (campaign.Wait{Reason: campaign.QuietHours, Until: later}) {
			d.Errorf("%+v, waiting %+v", due, wait)
		}
		if err != nil {
			return err
		}
		handed, err := tx.Handed(c.ID)
		if len(handed) != 1 || handed[0].MessageID != m.ID {
			d.Errorf("handed over are %+v", handed)
		}
		if err != nil {
			return err
		}
		n, err := tx.InLine(d.channel)
		if n != 1 {
			d.Errorf("%d in line", n)
		}
		return err
	})
	if n, err := d.store.Handed(d.Context(), d.channel, Start.Add(-time.Minute)); err != nil || n != 1 {
		d.Errorf("%d handed over in that minute, %v", n, err)
	}
	d.write(func(tx campaign.Tx) error { return tx.ClearAudience(c.ID) })
	if n := d.counts(c.ID); n.Total() != 0 {
		d.Errorf("counts after clearing: %v", n)
	}
}

// news: rows whose message moved on are found until they have followed, and
// vitals count what became of the run.
func news(d *desk) {
	c, rows := d.running(d.person("Ana", "+393331234561"), d.person("Ugo", "+393331234562"), d.person("Eva", "+393331234563"))
	d.clock = Start.Add(time.Minute)
	first, second := d.hand(&rows[0], core.Queued), d.hand(&rows[1], core.Queued)
	behind := func() []campaign.Recipient {
		d.Helper()
		b, err := d.store.Behind(d.Context(), d.channel, 10)
		d.must(err)
		return b
	}
	if b := behind(); len(b) != 0 {
		d.Errorf("before anything happened: %+v", b)
	}
	d.become(&first, core.Accepted, "")
	d.become(&second, core.Failed, core.ClassInvalid)
	if b := behind(); len(b) != 2 {
		d.Fatalf("behind are %+v", b)
	}
	d.write(func(tx campaign.Tx) error {
		rows[0].State = campaign.Accepted
		rows[1].State, rows[1].Class = campaign.Failed, core.ClassInvalid
		for i := range rows[:2] {
			if err := tx.SaveRecipient(&rows[i]); err != nil {
				return err
			}
		}
		v, err := tx.Vitals(c.ID, c.ResumedAt)
		if v.Settled != 2 || v.Failed != 1 || v.Blocked != 0 {
			d.Errorf("vitals %+v", v)
		}
		return err
	})
	if b := behind(); len(b) != 0 {
		d.Errorf("after they followed: %+v", b)
	}
	d.become(&first, core.Sent, "") // no news for a row
	if b := behind(); len(b) != 0 {
		d.Errorf("sent after accepted: %+v", b)
	}
	d.write(func(tx campaign.Tx) error {
		return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: rows[0].ContactID, Kind: consent.OptOut, Scope: consent.Marketing, At: d.clock, Source: consent.BySelf})
	})
	d.write(func(tx campaign.Tx) error {
		v, err := tx.Vitals(c.ID, c.ResumedAt)
		if v.Blocked != 1 {
			d.Errorf("after a stop %+v", v)
		}
		if v, err := tx.Vitals(c.ID, d.clock.Add(time.Hour)); err != nil || v.Settled != 0 || v.Blocked != 0 {
			d.Errorf("of a later run %+v, %v", v, err)
		}
		return err
	})
	met := map[int64]bool{}
	d.must(d.store.Met(d.Context(), Start, func(contact int64, _ time.Time) bool { met[contact] = true; return true }))
	if len(met) != 2 {
		d.Errorf("met %v", met)
	}
	r, err := d.store.Recent(d.Context(), d.channel, Start.Add(-time.Hour))
	d.must(err)
	same(d.T, r, campaign.Recent{Messages: 2, Templates: 2, Sent: 1, Failed: 1, Left: 1})
}

// crowd: a plan reads what each person's decision at sending reads, in one walk.
func crowd(d *desk) {
	a, b := d.person("Ana", "+393331234561"), d.person("Ugo", "+5511987654321")
	_, rows := d.running(a)
	d.hand(&rows[0], core.Accepted)
	d.write(func(tx campaign.Tx) error {
		conv, err := tx.ConversationOf(d.channel, a)
		if err != nil {
			return err
		}
		m := core.Message{ConversationID: conv.ID, ChannelID: d.channel, ProviderID: "in", Content: core.Content{Type: core.TypeText, Text: "ciao"}, At: Start.Add(2 * time.Hour)}
		if _, err := tx.InsertMessage(&m); err != nil {
			return err
		}
		return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: b, Kind: consent.OptOut, Scope: consent.Everything, At: Start.Add(time.Hour), Source: consent.BySelf})
	})
	var got []campaign.Person
	q := campaign.PeopleQuery{Now: d.clock, Channel: d.channel, Since: Start.Add(-time.Hour), Hours: true}
	d.must(d.store.People(d.Context(), q, func(p *campaign.Person) bool { got = append(got, *p); return true }))
	if len(got) != 2 || got[0].Contact != a || got[1].Contact != b {
		d.Fatalf("%+v", got)
	}
	for _, p := range got {
		var one campaign.Person
		d.write(func(tx campaign.Tx) (err error) { one, err = tx.Person(d.channel, p.Contact); return err })
		same(d.T, p, one)
		many, err := d.store.Persons(d.Context(), d.channel, []int64{999, p.Contact})
		d.must(err)
		if len(many) != 2 || many[0].Contact != 0 {
			d.Fatalf("among many: %+v", many)
		}
		same(d.T, many[1], one)
	}
	ana, ugo := got[0], got[1]
	if ana.Marketing != consent.Agreed || ana.Country != "IT" || !ana.PromoAt.Equal(d.clock) || !ana.ActiveAt.Equal(Start) || ana.Hours[11] != 1 {
		d.Errorf("Ana is %+v", ana)
	}
	if ugo.Marketing != consent.StoppedAll || ugo.Utility != consent.StoppedAll || ugo.Country != "BR" || !ugo.PromoAt.IsZero() {
		d.Errorf("Ugo is %+v", ugo)
	}
	who, err := segment.Parse("country:br", segment.Schema{})
	d.must(err)
	q.Who, q.Not = segment.Query{}, &who
	n := 0
	d.must(d.store.People(d.Context(), q, func(*campaign.Person) bool { n++; return false }))
	if n != 1 {
		d.Errorf("%d people without those of Brazil", n)
	}
	if err := d.store.Update(d.Context(), func(tx campaign.Tx) error { _, err := tx.Person(d.channel, 999); return err }); core.CodeOf(err) != core.NotFound {
		d.Errorf("somebody who is gone: %v", err)
	}
}

// twice: what one contact of a person says holds for the other, and a stop
// takes back what the other has in line.
func twice(d *desk) {
	a, b := d.person("Ana", "+5511987654321"), d.person("Ana", "+551187654321")
	c, rows := d.running(a)
	d.hand(&rows[0], core.Queued)
	d.write(func(tx campaign.Tx) error {
		p, err := tx.Person(d.channel, b)
		if !p.PromoAt.Equal(d.clock) {
			d.Errorf("the other contact got its promotion at %v", p.PromoAt)
		}
		if err != nil {
			return err
		}
		of, err := tx.RowsOf(b, Start)
		if err != nil {
			return err
		}
		if len(of) != 1 || of[0].ID != rows[0].ID {
			d.Errorf("rows of the person: %+v", of)
		}
		c.Category = "marketing"
		if err := tx.SaveCampaign(&c); err != nil {
			return err
		}
		return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: b, Kind: consent.OptOut, Scope: consent.Marketing, At: d.clock, Source: consent.BySelf})
	})
	x := d.row(rows[0].ID)
	if x.State != campaign.Skipped || x.Why != campaign.OptedOut || x.MessageID != 0 {
		d.Errorf("after the stop the row is %+v", x)
	}
	d.write(func(tx campaign.Tx) error {
		p, err := tx.Person(d.channel, a)
		if p.Marketing != consent.SaidStop {
			d.Errorf("the first contact's consent is %s", p.Marketing)
		}
		return err
	})
	both, err := d.store.Persons(d.Context(), d.channel, []int64{b, a})
	d.must(err)
	for i, id := range []int64{b, a} {
		d.write(func(tx campaign.Tx) error { p, err := tx.Person(d.channel, id); same(d.T, p, both[i]); return err })
	}
}

// skipping leaves out who is pending, and nobody else; the counts say so.
func skipping(d *desk) {
	c, rows := d.running(d.person("Ana", "+393330000001"), d.person("Bo", "+393330000002"), d.person("Eva", "+393330000003"))
	other, _ := d.running(d.person("Ugo", "+393330000004"))
	d.hand(&rows[0], core.Queued)
	d.write(func(tx campaign.Tx) error {
		rows[1].State = campaign.Failed // in the same transaction
		if err := tx.SaveRecipient(&rows[1]); err != nil {
			return err
		}
		return tx.SkipPending(c.ID, campaign.Stopped)
	})
	for i, want := range []campaign.RecipientState{campaign.Sending, campaign.Failed, campaign.Skipped} {
		if x := d.row(rows[i].ID); x.State != want || (want == campaign.Skipped) != (x.Why == campaign.Stopped) {
			d.Errorf("row %d is %+v", i, x)
		}
	}
	n, err := d.store.Counts(d.Context(), c.ID)
	d.must(err)
	if n.Total() != 3 || n[campaign.Sending] != 1 || n[campaign.Failed] != 1 || n[campaign.Skipped] != 1 {
		d.Errorf("counts %v", n)
	}
	if n, err = d.store.Counts(d.Context(), other.ID); err != nil || n[campaign.Pending] != 1 {
		d.Errorf("the other campaign: %v, %v", n, err)
	}
}

func (d *desk) row(id int64) (x campaign.Recipient) {
	d.Helper()
	d.must(d.store.Update(context.WithoutCancel(d.Context()), func(tx campaign.Tx) (err error) { x, err = tx.Recipient(id); return err }))
	return x
}
