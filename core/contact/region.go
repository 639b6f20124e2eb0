package contact

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
)

// IsLanguage reports whether letters are a language that there is, as a BCP 47
// tag or as the platform writes it: "pt-BR", "pt_BR".
func IsLanguage(code string) bool {
	_, err := language.Parse(strings.ReplaceAll(code, "_", "-"))
	return err == nil
}

// IsRegion reports whether letters are the ISO 3166 code of a place with a
// numbering plan, so that ReadPhone can read its national numbers.
func IsRegion(code string) bool {
	return len(code) == 2 && phonenumbers.GetCountryCodeForRegion(strings.ToUpper(code)) != 0
}
