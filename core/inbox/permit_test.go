package inbox_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/consent"
)

// TestConsentStandsBeforeTemplates: promotion needs an opt-in and ends with a
// stop; what concerns the person's own order goes until they stop everything.
func TestConsentStandsBeforeTemplates(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		said := func(kind consent.Kind, scope consent.Scope) {
			s.now = s.now.Add(time.Minute)
			contact := s.conversation(s.conv).ContactID
			s.write(func(tx core.Tx) error {
				return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: contact, Kind: kind, Scope: scope, At: s.now, Source: consent.BySelf, ChannelID: s.ch.ID})
			})
		}
		s.write(func(tx core.Tx) error {
			for name, category := range map[string]string{"news": "MARKETING", "ready": "UTILITY", "draft_news": "MARKETING"} {
				v := core.StoredTemplate{ChannelID: s.ch.ID, Version: 1, State: core.TemplateApproved}
				v.Name, v.Language, v.Category = name, "it", category
				if name == "draft_news" {
					v.State = core.TemplateDraft
				}
				if err := tx.SaveTemplate(&v); err != nil {
					return err
				}
			}
			return nil
		})
		sends := func(when string, want map[string]core.Code) {
			t.Helper()
			for name, wanted := range want {
				c := core.Content{Type: core.TypeTemplate, Text: "Ciao", Template: &core.TemplateCall{Name: name, Language: "it"}}
				_, err := s.Reply(s.ctx, s.conv, "ada", c)
				if wanted == "" && err != nil || wanted != "" && core.CodeOf(err) != wanted {
					t.Errorf("%s, %s: %v, want %q", when, name, err, wanted)
				}
			}
		}
		sends("never asked", map[string]core.Code{"news": core.NoConsent, "ready": "", "draft_news": "", "unknown": ""})
		said(consent.OptIn, consent.Marketing)
		sends("agreed", map[string]core.Code{"news": "", "ready": ""})
		sends("a second one so soon", map[string]core.Code{"news": core.PromoRest, "ready": ""})
		_, err := s.SendTo(s.ctx, s.ch.ID, s.conversation(s.conv).Contact.Phone, "ada",
			core.Content{Type: core.TypeTemplate, Text: "Ciao", Template: &core.TemplateCall{Name: "news", Language: "it", Category: "MARKETING"}})
		code(t, err, core.PromoRest, "by number, so soon")
		s.now = s.now.Add(24 * time.Hour)
		sends("a day later", map[string]core.Code{"news": ""})
		said(consent.OptOut, consent.Marketing)
		sends("stopped", map[string]core.Code{"news": core.NoConsent, "ready": ""})
		said(consent.OptOut, consent.Everything)
		sends("stopped all", map[string]core.Code{"news": core.NoConsent, "ready": core.NoConsent})
		_, err = s.SendTo(s.ctx, s.ch.ID, s.conversation(s.conv).Contact.Phone, "ada",
			core.Content{Type: core.TypeTemplate, Text: "Ciao", Template: &core.TemplateCall{Name: "news", Language: "it"}})
		code(t, err, core.NoConsent, "by number")
	})
}

// TestATrialGoesToOwnPhones: a phone of the shop's own gets a promotion without
// an opt-in and twice a day, and it counts as none; not after a stop.
func TestATrialGoesToOwnPhones(t *testing.T) {
	onEachStore(t, func(t *testing.T, s *shop) {
		s.write(func(tx core.Tx) error {
			v := core.StoredTemplate{ChannelID: s.ch.ID, Version: 1, State: core.TemplateApproved}
			v.Name, v.Language, v.Category = "news", "it", "MARKETING"
			return tx.SaveTemplate(&v)
		})
		c := core.Content{Type: core.TypeTemplate, Text: "Ciao", Template: &core.TemplateCall{Name: "news", Language: "it", Category: "MARKETING"}}
		const own = core.Phone("+393339999999")
		for i := range 2 {
			m, err := s.SendOwn(s.ctx, s.ch.ID, own, "ada", c)
			if err != nil || m.Template.Category != "" || c.Template.Category != "MARKETING" {
				t.Errorf("trial %d: %+v, %v", i, m.Template, err)
			}
		}
		m, err := s.SendOwn(s.ctx, s.ch.ID, own, "ada", text("ciao"))
		code(t, err, core.WindowClosed, "a trial opens no window")
		_, err = s.SendTo(s.ctx, s.ch.ID, own, "ada", c)
		code(t, err, core.NoConsent, "as a customer")
		_, err = s.SendOwn(s.ctx, s.ch.ID, "333", "ada", c)
		code(t, err, core.InvalidInput, "no number")
		m, err = s.SendOwn(s.ctx, s.ch.ID, own, "ada", c)
		if err != nil {
			t.Fatal(err)
		}
		contact := s.conversation(m.ConversationID).ContactID
		say := func(kind consent.Kind) {
			s.now = s.now.Add(time.Minute)
			s.write(func(tx core.Tx) error {
				return tx.(consent.Tx).AddConsent(&consent.Entry{ContactID: contact, Kind: kind, Scope: consent.Marketing, At: s.now, Source: consent.BySelf, ChannelID: s.ch.ID})
			})
		}
		say(consent.OptIn)
		if _, err := s.SendTo(s.ctx, s.ch.ID, own, "ada", c); err != nil {
			t.Errorf("trials keep a promotion away: %v", err)
		}
		say(consent.OptOut)
		_, err = s.SendOwn(s.ctx, s.ch.ID, own, "ada", c)
		code(t, err, core.NoConsent, "after a stop")
	})
}
