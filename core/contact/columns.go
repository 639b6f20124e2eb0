package contact

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/fold"
)

// Fields that a column can mean. A shop's own field is "field:NAME".
const (
	ColPhone       = "phone"
	ColName        = "name"
	ColFirstName   = "first_name"
	ColLastName    = "last_name"
	ColEmail       = "email"
	ColLanguage    = "language"
	ColZone        = "time_zone"
	ColTags        = "tags"
	ColNote        = "note"
	ColValue       = "value"
	ColBirthday    = "birthday"
	ColConsent     = "consent"
	ColConsentAt   = "consent_at"
	ColConsentText = "consent_text"
	ColUsername    = "username"
	ColUserID      = "user_id"

	// Columns of receipts, beside ColPhone and ColUserID for the customer.
	ColOrderID   = "order_id"
	ColDate      = "date"
	ColContactID = "contact_id"
	ColAmount    = "amount"
	ColCurrency  = "currency"
	ColCampaign  = "campaign"

	// CustomPrefix marks a field of the shop's own.
	CustomPrefix = "field:"
)

// Columns is what column names and words of files mean, as data.
type Columns struct {
	Fields map[string][]string `json:"fields"`
	Yes    []string            `json:"yes"`
	No     []string            `json:"no"`
	Source string              `json:"source"`
	Date   string              `json:"date"`

	byName map[string]string
}

// LoadColumns reads columns.json of the rule data. A name that stands under
// two fields is InvalidInput.
func LoadColumns(rules fs.FS) (Columns, error) { return loadColumns(rules, "columns.json") }

// LoadOrderColumns reads orders.json, the columns of till receipts.
func LoadOrderColumns(rules fs.FS) (Columns, error) { return loadColumns(rules, "orders.json") }

func loadColumns(rules fs.FS, name string) (Columns, error) {
	var c Columns
	b, err := fs.ReadFile(rules, name)
	if err != nil {
		return c, core.Fail(core.NotFound, "contact.LoadColumns", err)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, core.Fail(core.InvalidInput, "contact.LoadColumns", err)
	}
	c.byName = map[string]string{}
	for field, names := range c.Fields {
		for _, n := range append([]string{field}, names...) { // its own name is what an export writes
			key := columnKey(n)
			if other, taken := c.byName[key]; taken && other != field {
				return c, core.Fail(core.InvalidInput, "contact.LoadColumns "+key, nil)
			}
			c.byName[key] = field
		}
	}
	return c, nil
}

func columnKey(name string) string {
	return strings.Join(strings.FieldsFunc(fold.String(name), func(r rune) bool {
		return strings.ContainsRune(" _-.:/()*#", r)
	}), " ")
}

// Mapping gives for each column the field it fills, "" to leave it out.
type Mapping []string

// Guess reads the meaning of each column from its name, and where no name says
// "phone" from what stands in it. samples are some rows; region as in ReadPhone.
// No field is given twice but tags and notes, which add up.
func (c Columns) Guess(header []string, samples [][]string, region string) Mapping {
	m := make(Mapping, len(header))
	for i, h := range header {
		f := c.byName[columnKey(h)]
		if name, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(h)), CustomPrefix); ok && name != "" {
			f = CustomPrefix + name
		}
		if f != "" && f != ColTags && f != ColNote && slices.Contains(m[:i], f) {
			f = ""
		}
		m[i] = f
	}
	if !slices.Contains(m, ColPhone) && !slices.Contains(m, ColUserID) {
		if i := phoneColumn(m, samples, region); i >= 0 {
			m[i] = ColPhone
		}
	}
	return m
}

// phoneColumn finds the unused column in which most values are phone numbers.
func phoneColumn(m Mapping, samples [][]string, region string) int {
	best, most := -1, 0
	for i := range m {
		if m[i] != "" {
			continue
		}
		good, all := 0, 0
		for _, row := range samples {
			if i >= len(row) || strings.TrimSpace(row[i]) == "" {
				continue
			}
			all++
			if _, p := ReadPhone(row[i], region); p == "" {
				good++
			}
		}
		if good*2 > all && good > most {
			best, most = i, good
		}
	}
	return best
}

// Apply overrides guesses by "column=field" pairs; a field of "" or "-" leaves
// the column out. The bad pair is returned when a column or field is unknown.
func (c Columns) Apply(m Mapping, header []string, pairs []string) (Mapping, string) {
	out := slices.Clone(m)
	for _, p := range pairs {
		col, field, ok := strings.Cut(p, "=")
		i := slices.IndexFunc(header, func(h string) bool { return columnKey(h) == columnKey(col) })
		if !ok || i < 0 {
			return m, p
		}
		field = strings.ToLower(strings.TrimSpace(field))
		if field == "-" {
			field = ""
		}
		if _, known := c.Fields[field]; !known && field != "" && !strings.HasPrefix(field, CustomPrefix) {
			return m, p
		}
		out[i] = field
	}
	return out, ""
}

// YesNo reads a cell of a consent column; ok is false for anything else.
func (c Columns) YesNo(cell string) (yes, ok bool) {
	w := fold.String(cell)
	is := func(list []string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return fold.String(s) == w })
	}
	switch {
	case is(c.Yes):
		return true, true
	case is(c.No):
		return false, true
	}
	return false, false
}
