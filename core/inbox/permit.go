package inbox

import (
	"errors"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/consent"
)

// promotion is the category of templates that need an opt-in (policy.md 3).
const promotion = "MARKETING"

// permitted refuses a template that the person's ledger forbids with NoConsent:
// promotion without an opt-in or after a stop, and anything but an answer to
// who stopped everything. A second promotion within Policy.PromoRest of the
// last is refused with PromoRest, whoever sent that one. Both are asked in the
// transaction that queues the message, so that nothing comes between. A template
// that the library does not have counts as promotion only where the provider
// says so, which is then the provider's to refuse.
func (s *Service) permitted(tx core.Tx, c *core.Conversation, m *core.Message, now time.Time) error {
	const op = "inbox.permitted"
	v, promotes, err := s.judge(tx, c, m, now)
	if err != nil {
		return err
	}
	if !v.Allowed {
		return core.Fail(core.NoConsent, op, errors.New(string(v.Reason)))
	}
	if !promotes {
		return nil
	}
	categorise(m, promotion) // as of now, for the next that asks
	at, err := tx.(consent.Tx).Promoted(c.ContactID, s.Rules().Policy.PromoSince(now))
	if err == nil && !at.IsZero() {
		err = core.Fail(core.PromoRest, op, nil)
	}
	return err
}

// trial is permitted for a phone of the shop's own: nobody there has to agree to
// promotion, and it is none to anybody, so that it neither waits for the last one
// nor keeps the next away. Who has said stop is left alone there as well.
func (s *Service) trial(tx core.Tx, c *core.Conversation, m *core.Message, now time.Time) error {
	v, promotes, err := s.judge(tx, c, m, now)
	if err != nil {
		return err
	}
	if !v.Allowed && v.Reason != consent.NeverAgreed {
		return core.Fail(core.NoConsent, "inbox.trial", errors.New(string(v.Reason)))
	}
	if promotes {
		categorise(m, "")
	}
	return nil
}

// categorise sets the category that a message is kept with; the caller's
// template call stays as it is.
func categorise(m *core.Message, category string) {
	call := *m.Template
	call.Category = category
	m.Template = &call
}

// judge says what the person's ledger has to say to a message, and whether it is
// a promotion. Only of templates it has anything to say.
func (s *Service) judge(tx core.Tx, c *core.Conversation, m *core.Message, now time.Time) (v consent.Verdict, promotes bool, err error) {
	if m.Type != core.TypeTemplate || m.Template == nil {
		return consent.Verdict{Allowed: true}, false, nil
	}
	const op = "inbox.judge"
	l, ok := tx.(consent.Tx)
	if !ok {
		return v, false, core.Fail(core.Internal, op, errors.New("the store keeps no consents"))
	}
	es, err := l.Consents(c.ContactID)
	if err != nil {
		return v, false, err
	}
	vs, err := tx.TemplateVersions(c.ChannelID, m.Template.Name, m.Template.Language)
	if err != nil {
		return v, false, err
	}
	standing := consent.Of(es, c.WindowOpen(now))
	for i := range vs {
		if vs[i].State == core.TemplateDraft { // not what is sent
			continue
		}
		if strings.EqualFold(vs[i].Category, promotion) {
			return standing.Marketing, true, nil
		}
		break
	}
	return standing.Utility, false, nil
}
