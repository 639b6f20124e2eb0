package contact

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// IsRegion reports whether letters are the ISO 3166 code of a place with a
// numbering plan, so that ReadPhone can read its national numbers.
func IsRegion(code string) bool {
	return len(code) == 2 && phonenumbers.GetCountryCodeForRegion(strings.ToUpper(code)) != 0
}
