package people

import (
	"context"
	"maps"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/contact"
)

// Create makes somebody who never wrote, known by their number. Whoever has the
// number already, in any of the forms that are one, is returned instead, and
// made is false. InvalidInput without a number or with a name that is too long.
func (s *Service) Create(ctx context.Context, phone core.Phone, name string) (id int64, made bool, err error) {
	const op = "people.Create"
	if phone == "" {
		return 0, false, core.Fail(core.InvalidInput, op, nil)
	}
	if name = strings.TrimSpace(name); name != "" {
		if _, bad := contact.Value(contact.ColName, name); bad != "" {
			return 0, false, &BadValue{contact.ColName, bad}
		}
	}
	err = s.write(ctx, func(tx Tx) error {
		owners, err := tx.Owners(core.IdentityPhone, phoneForms(string(phone)))
		if err != nil {
			return err
		}
		if id, made = 0, false; len(owners) > 0 {
			id = slices.Min(slices.Collect(maps.Values(owners)))
			return nil
		}
		c := core.Contact{Name: name, Phone: phone, CreatedAt: s.Now()}
		if zone, sure := contact.Zone(phone); sure {
			c.TimeZone = zone
		}
		if err := tx.SaveContact(&c); err != nil {
			return err
		}
		id, made = c.ID, true
		tx.Changed(core.Change{Kind: core.Contacts, ID: id})
		return tx.AddIdentity(id, core.Identity{Kind: core.IdentityPhone, Value: string(phone)})
	})
	return id, made, fail(op, err)
}
