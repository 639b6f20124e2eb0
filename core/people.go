package core

import (
	"context"
	"time"
)

// CustomType is what a field of the shop's own holds.
type CustomType string

const (
	CustomText   CustomType = "text"
	CustomNumber CustomType = "number"
	CustomDate   CustomType = "date"
	CustomChoice CustomType = "choice"
	CustomTaxID  CustomType = "cpf_cnpj" // a Brazilian tax number, checked and shown masked (S-164)
)

// CustomField is a field that the shop added to its contacts.
type CustomField struct {
	Name    string // lower case, never that of a built-in field
	Type    CustomType
	Choices []string
}

// Profile is what a shop noted of a contact beside core.Contact.
type Profile struct {
	Email    string
	Birthday string // YYYY-MM-DD
	Note     string
	Custom   map[string]string // by field name; numbers with a point, dates as YYYY-MM-DD
}

// SavedSegment is an expression of the segment language under a name.
type SavedSegment struct {
	Name, Expr string
}

// ProfileReader reads what belongs to contacts beside themselves.
type ProfileReader interface {
	// Profile of a contact; NotFound when there is no such contact.
	Profile(ctx context.Context, contact int64) (Profile, error)
	// CustomFields of the shop, by name.
	CustomFields(ctx context.Context) ([]CustomField, error)
}

// ProfileTx writes it.
type ProfileTx interface {
	Profile(contact int64) (Profile, error)
	SaveProfile(contact int64, p Profile) error
	// SaveCustomField adds a field or changes it; values that are there stay.
	SaveCustomField(f CustomField) error
}

// SegmentStore keeps expressions by name. It does not read them.
type SegmentStore interface {
	// Segments by name.
	Segments(ctx context.Context) ([]SavedSegment, error)
	// SaveSegment adds one or changes it.
	SaveSegment(ctx context.Context, s SavedSegment) error
	// RemoveSegment forgets one; NotFound when there is none.
	RemoveSegment(ctx context.Context, name string) error
}

// Purchase is a receipt of the till.
type Purchase struct {
	ID        int64
	Source    string // where it comes from; Ref is unique within it
	Ref       string
	ContactID int64
	At        time.Time
	Amount    Money
	Campaign  string // code of the campaign that brought it, "" when none
}
