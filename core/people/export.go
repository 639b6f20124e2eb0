package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"bottega/core"
	"bottega/core/consent"
	"bottega/core/contact"
)

// exported are the columns of an export, by names that an import reads back.
var exported = []string{contact.ColName, contact.ColPhone, contact.ColUserID, contact.ColUsername, contact.ColEmail, contact.ColLanguage, contact.ColZone,
	contact.ColBirthday, contact.ColValue, contact.ColTags, contact.ColNote, contact.ColConsent, contact.ColConsentAt, contact.ColConsentText}

// Header names the columns of an export: the built-in ones, then the shop's own.
func (s *Service) Header(ctx context.Context) ([]string, error) {
	own, err := s.Store.CustomFields(ctx)
	if err != nil {
		return nil, err
	}
	h := slices.Clone(exported)
	for _, f := range own {
		h = append(h, contact.CustomPrefix+f.Name)
	}
	return h, nil
}

// exportPage is how many people are read at a time.
const exportPage = 500

// Export gives write a row for each person an expression holds for, in the
// columns of header, and returns how many there were.
func (s *Service) Export(ctx context.Context, expr string, header []string, write func(cells []string) error) (n int, err error) {
	q, err := s.Parse(ctx, expr)
	if err != nil {
		return 0, err
	}
	now := s.Now()
	for after := int64(0); ; {
		page, err := s.Store.FindPeople(ctx, q, now, s.Bands(), after, exportPage)
		if err != nil || len(page) == 0 {
			return n, err
		}
		for _, c := range page {
			cells, err := s.cells(ctx, c.ID, header)
			if err == nil {
				err = write(cells)
			}
			if err != nil {
				return n, err
			}
			n, after = n+1, c.ID
		}
	}
}

func (s *Service) cells(ctx context.Context, id int64, header []string) ([]string, error) {
	c, err := s.Store.Contact(ctx, id)
	if err != nil {
		return nil, err
	}
	p, err := s.Store.Profile(ctx, id)
	if err != nil {
		return nil, err
	}
	es, err := s.Store.Consents(ctx, id)
	if err != nil {
		return nil, err
	}
	all := map[string]string{
		contact.ColName: c.Name, contact.ColPhone: string(c.Phone), contact.ColUsername: c.Username, contact.ColEmail: p.Email, contact.ColLanguage: c.Language,
		contact.ColZone: c.TimeZone, contact.ColBirthday: p.Birthday, contact.ColValue: string(c.Value), contact.ColTags: strings.Join(c.Tags, ","), contact.ColNote: p.Note,
	}
	for _, i := range c.Identities {
		if i.Kind == core.IdentityUser {
			all[contact.ColUserID] = i.Value
		}
	}
	if m := consent.Of(es, false).Marketing; m.Reason != consent.NeverAgreed {
		all[contact.ColConsent] = map[bool]string{true: "yes", false: "no"}[m.Allowed]
		all[contact.ColConsentAt] = m.Entry.At.UTC().Format(time.DateOnly)
		all[contact.ColConsentText] = m.Entry.Words
	}
	for k, v := range p.Custom {
		all[contact.CustomPrefix+k] = v
	}
	cells := make([]string, len(header))
	for i, h := range header {
		cells[i] = contact.Plain(all[h])
	}
	return cells, nil
}
