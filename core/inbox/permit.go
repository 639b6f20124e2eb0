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
	if m.Type != core.TypeTemplate || m.Template == nil {
		return nil
	}
	const op = "inbox.permitted"
	l, ok := tx.(consent.Tx)
	if !ok {
		return core.Fail(core.Internal, op, errors.New("the store keeps no consents"))
	}
	es, err := l.Consents(c.ContactID)
	if err != nil {
		return err
	}
	vs, err := tx.TemplateVersions(c.ChannelID, m.Template.Name, m.Template.Language)
	if err != nil {
		return err
	}
	standing := consent.Of(es, c.WindowOpen(now))
	v, promotes := standing.Utility, false
	for i := range vs {
		if vs[i].State == core.TemplateDraft { // not what is sent
			continue
		}
		if strings.EqualFold(vs[i].Category, promotion) {
			v, promotes = standing.Marketing, true
		}
		break
	}
	if !v.Allowed {
		return core.Fail(core.NoConsent, op, errors.New(string(v.Reason)))
	}
	if !promotes {
		return nil
	}
	call := *m.Template
	call.Category = promotion // as of now, for the next that asks; the caller's stays as it is
	m.Template = &call
	at, err := l.Promoted(c.ContactID, s.Rules().Policy.PromoSince(now))
	if err == nil && !at.IsZero() {
		err = core.Fail(core.PromoRest, op, nil)
	}
	return err
}
