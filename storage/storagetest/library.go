package storagetest

import (
	"slices"
	"testing"
	"time"

	"bottega/core"
)

// stored is a version with everything set.
func stored(s *Shop, name, language string, version int, state core.TemplateState) core.StoredTemplate {
	return core.StoredTemplate{
		ChannelID: s.Channel.ID, Version: version, State: state, Family: "f", Role: core.RoleStandard, Wanted: "UTILITY", Drift: "UTILITY",
		Author: "ana", Agent: "ugo", Detail: "why",
		Template: core.Template{ID: "8", Name: name, Language: language, Category: "MARKETING", Status: "APPROVED", Quality: "green", Reason: "SCAM",
			Correct: "UTILITY", NamedVars: true, Header: core.TemplateHeader{Format: "TEXT", Text: "Ciao {{a}}", Samples: []string{"Ana"}},
			Body: "Corpo {{b}} 🎉", Samples: []string{"x"}, Footer: "Piè",
			Buttons: []core.TemplateButtonDef{{Type: "URL", Text: "Vai", URL: "https://x.example/{{1}}", Phone: "+39", Example: "7"}}},
		CreatedAt: Start, UpdatedAt: Start.Add(time.Second), SubmittedAt: Start.Add(2 * time.Second), DecidedAt: Start.Add(3 * time.Second), ApprovedAt: Start.Add(4 * time.Second),
	}
}

// templates: what is saved comes back whole, and a version is one row.
func templates(t *testing.T, open Opener) {
	s := NewShop(t, open)
	v1 := stored(s, "ready", "it", 1, core.TemplateApproved)
	s.save(&v1)
	got, err := s.Store.StoredTemplate(s.ctx(), v1.ID)
	s.must(err)
	same(t, got, v1)
	if v1.ID == 0 || v1.Rev != 1 {
		t.Errorf("id %d, rev %d", v1.ID, v1.Rev)
	}
	v1.Body = "anders"
	s.save(&v1)
	if v1.Rev != 2 {
		t.Errorf("rev %d after a change", v1.Rev)
	}
	twice := stored(s, "ready", "it", 1, core.TemplateDraft)
	s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.SaveTemplate(&twice) }), core.Conflict)
	_, err = s.Store.StoredTemplate(s.ctx(), 999)
	s.code(err, core.NotFound)
	s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.DeleteTemplate(999) }), core.NotFound)
	missing := core.StoredTemplate{ID: 999}
	s.code(s.Store.Write(s.ctx(), func(tx core.Tx) error { return tx.SaveTemplate(&missing) }), core.NotFound)
}

// selects: a query finds what is current, all versions, or what it names.
func selects(t *testing.T, open Opener) {
	s := NewShop(t, open)
	v1 := stored(s, "ready", "it", 1, core.TemplateApproved)
	s.save(&v1)
	other := s.AddChannel("other")
	rows := []core.StoredTemplate{
		stored(s, "ready", "it", 2, core.TemplateDraft), stored(s, "ready", "pt_BR", 1, core.TemplateReplaced),
		stored(s, "ready", "pt_BR", 2, core.TemplatePaused), stored(s, "gone", "it", 1, core.TemplateGone), stored(s, "sale", "it", 1, core.TemplateRejected),
	}
	foreign := stored(s, "ready", "it", 1, core.TemplateApproved)
	foreign.ChannelID, foreign.Family = other.ID, ""
	rows = append(rows, foreign)
	for i := range rows {
		s.save(&rows[i])
	}
	for name, tt := range map[string]struct {
		q    core.TemplateQuery
		want []string
	}{
		"current":       {core.TemplateQuery{}, []string{"ready it 2", "ready it 1", "ready it 1", "ready pt_BR 2", "sale it 1"}},
		"all":           {core.TemplateQuery{Channel: s.Channel.ID, All: true}, []string{"gone it 1", "ready it 2", "ready it 1", "ready pt_BR 2", "ready pt_BR 1", "sale it 1"}},
		"by channel":    {core.TemplateQuery{Channel: other.ID}, []string{"ready it 1"}},
		"by language":   {core.TemplateQuery{Language: "pt-br"}, []string{"ready pt_BR 2"}},
		"by state":      {core.TemplateQuery{States: []core.TemplateState{core.TemplateRejected}}, []string{"sale it 1"}},
		"by name":       {core.TemplateQuery{Name: "sale"}, []string{"sale it 1"}},
		"by words":      {core.TemplateQuery{Words: "CORPO sal"}, []string{"sale it 1"}},
		"by family":     {core.TemplateQuery{Family: "f", Name: "ready", Language: "it"}, []string{"ready it 2", "ready it 1"}},
		"nothing there": {core.TemplateQuery{Words: "nowhere"}, nil},
	} {
		got, err := s.Store.StoredTemplates(s.ctx(), tt.q)
		s.must(err)
		if names := namesOf(got); !slices.Equal(names, tt.want) {
			t.Errorf("%s: %q, want %q", name, names, tt.want)
		}
	}
	s.Write(func(tx core.Tx) error {
		vs, err := tx.TemplateVersions(s.Channel.ID, "ready", "IT")
		if names := namesOf(vs); err == nil && !slices.Equal(names, []string{"ready it 2", "ready it 1"}) {
			t.Errorf("versions %q", names)
		}
		if err != nil {
			return err
		}
		all, err := tx.TemplatesOf(s.Channel.ID)
		if len(all) != 6 {
			t.Errorf("%d of the channel", len(all))
		}
		return err
	})
	s.Write(func(tx core.Tx) error { return tx.DeleteTemplate(rows[0].ID) })
	_, err := s.Store.StoredTemplate(s.ctx(), rows[0].ID)
	s.code(err, core.NotFound)
}

func (s *Shop) save(v *core.StoredTemplate) {
	s.T.Helper()
	s.Write(func(tx core.Tx) error { return tx.SaveTemplate(v) })
}

func namesOf(ts []core.StoredTemplate) (out []string) {
	for _, t := range ts {
		out = append(out, t.Name+" "+t.Language+" "+string(rune('0'+t.Version)))
	}
	return out
}

// uses: messages are counted by template and by what became of them; what
// waits with one is found.
func uses(t *testing.T, open Opener) {
	s := NewShop(t, open)
	ana, ugo := s.Person("Ana", "+393331234567"), s.Person("Ugo", "+491711234567")
	send := func(c core.Conversation, name, language string, state core.State, at time.Time) core.Message {
		s.refs++
		m := core.Message{ConversationID: c.ID, ChannelID: c.ChannelID, Direction: core.Out, State: state, At: at, Ref: "use" + string(rune('a'+s.refs)),
			Content: core.Content{Type: core.TypeTemplate, Text: "x", Template: &core.TemplateCall{Name: name, Language: language}}}
		s.Insert(&m)
		return m
	}
	send(ana, "ready", "it", core.Read, Start.Add(-100*24*time.Hour)) // long ago
	send(ana, "ready", "it", core.Read, Start)
	reply := core.Message{ConversationID: ana.ID, ChannelID: ana.ChannelID, Direction: core.In, ProviderID: "w1", At: Start.Add(time.Hour), Content: core.Content{Type: core.TypeText, Text: "ok"}}
	s.Insert(&reply)
	send(ugo, "ready", "it", core.Delivered, Start.Add(time.Minute))
	late := core.Message{ConversationID: ugo.ID, ChannelID: ugo.ChannelID, Direction: core.In, ProviderID: "w2", At: Start.Add(48 * time.Hour), Content: core.Content{Type: core.TypeText, Text: "ok"}}
	s.Insert(&late)
	send(ugo, "ready", "pt-BR", core.Failed, Start.Add(2*time.Minute))
	send(ugo, "news", "it", core.Accepted, Start.Add(3*time.Minute))
	plain := core.Message{ConversationID: ana.ID, ChannelID: ana.ChannelID, Direction: core.Out, State: core.Sent, Ref: "plain", At: Start, Content: core.Content{Type: core.TypeText, Text: "y"}}
	s.Insert(&plain)
	note := core.Message{ConversationID: ana.ID, ChannelID: ana.ChannelID, Direction: core.Out, Ref: "note", At: Start, Content: core.Content{Type: core.TypeNote, Text: "n"}}
	s.Insert(&note)

	us, all, err := s.Store.TemplateUses(s.ctx(), core.UseQuery{Since: Start.Add(-24 * time.Hour), Replies: 24 * time.Hour})
	s.must(err)
	if all != 5 || len(us) != 3 {
		t.Fatalf("%d messages, %+v", all, us)
	}
	same(t, us[0], core.TemplateUse{ChannelID: s.Channel.ID, Name: "ready", Language: "it", Sent: 2, Delivered: 2, Read: 1, Replied: 1, LastAt: Start.Add(time.Minute)})
	same(t, us[1], core.TemplateUse{ChannelID: s.Channel.ID, Name: "news", Language: "it", Sent: 1, LastAt: Start.Add(3 * time.Minute)})
	same(t, us[2], core.TemplateUse{ChannelID: s.Channel.ID, Name: "ready", Language: "pt_BR", Failed: 1, LastAt: Start.Add(2 * time.Minute)})
	if us, all, err := s.Store.TemplateUses(s.ctx(), core.UseQuery{Channel: s.AddChannel("empty").ID}); err != nil || len(us) != 0 || all != 0 {
		t.Errorf("another channel: %d, %+v, %v", all, us, err)
	}

	people := func(name, language string, since time.Time, want, without int) {
		t.Helper()
		n, not, err := s.Store.TemplatePeople(s.ctx(), s.Channel.ID, name, language, since)
		if err != nil || n != want || not != without {
			t.Errorf("%s %s since %s: %d people, %d without, %v", name, language, since, n, not, err)
		}
	}
	people("ready", "IT", Start.Add(-time.Hour), 2, 2)
	people("ready", "it", Start.Add(time.Second), 1, 1)
	people("ready", "pt_BR", Start, 1, 1)
	people("ready", "de", Start, 0, 0)

	waits, sent := send(ana, "ready", "it", core.Queued, Start), send(ugo, "ready", "it", core.Queued, Start)
	s.Write(func(tx core.Tx) error {
		for _, m := range []core.Message{waits, sent} {
			if err := tx.Enqueue(m, core.PriorityAuto); err != nil {
				return err
			}
		}
		jobs, err := tx.Claim(s.Channel.ID, "o", Start, time.Minute, 1)
		if err == nil && len(jobs) == 1 && jobs[0].Message.ID != waits.ID {
			t.Errorf("claimed %d", jobs[0].Message.ID)
		}
		return err
	})
	s.Write(func(tx core.Tx) error {
		for language, want := range map[string]int{"IT": 1, "de": 0} {
			ms, err := tx.QueuedWith(s.Channel.ID, "ready", language, 10)
			if err != nil || len(ms) != want || want == 1 && ms[0].ID != sent.ID {
				t.Errorf("%s: %+v, %v", language, ms, err)
			}
		}
		return nil
	})
}
