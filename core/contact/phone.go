package contact

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"

	"bottega/core"
)

// Problem says why a value is refused; ui/text has the sentence.
type Problem string

const (
	PhoneMissing Problem = "phone_missing" // a row without any address
	PhoneMangled Problem = "phone_mangled" // 3.9333E+11: the spreadsheet lost its digits
	PhoneInvalid Problem = "phone_invalid" // no such number in any plan
	PhoneRegion  Problem = "phone_region"  // a national number, and no region given
	DateInvalid  Problem = "date_invalid"
	NumberBad    Problem = "number_invalid"
	ChoiceBad    Problem = "choice_invalid"
	LanguageBad  Problem = "language_invalid"
	ZoneBad      Problem = "time_zone_invalid"
	ConsentBad   Problem = "consent_invalid" // neither yes nor no
	EmailBad     Problem = "email_invalid"
	DateFuture   Problem = "date_future" // a purchase that has not happened yet
	ValueTooLong Problem = "value_too_long"
	TagBad       Problem = "tag_invalid"
	FieldUnknown Problem = "field_unknown"
	TaxIDBad     Problem = "tax_id_invalid"
	AmountBad    Problem = "amount_invalid"
	CurrencyBad  Problem = "currency_invalid"
	OrderNoID    Problem = "order_id_missing"
	NoCustomer   Problem = "customer_unknown"
	Erased       Problem = "erased" // a person who asked to be forgotten
)

// ReadPhone turns what people type into E.164. region (ISO 3166, "IT") reads
// national numbers; "" refuses them. Spaces, brackets, dots, a leading
// apostrophe, "tel:", full-width digits and 00 do not matter; a number that a
// spreadsheet turned into an exponent is refused, for its digits are gone.
func ReadPhone(raw, region string) (core.Phone, Problem) {
	n, p := ReadNumber(raw, region)
	return n.Phone, p
}

// Number is a phone number with what its plan tells.
type Number struct {
	Phone   core.Phone
	Country string // as Country
	Zone    string // as Zone, when it is sure; "" otherwise
}

// ReadNumber is ReadPhone with what follows from the number: reading one is
// what costs most in an import.
func ReadNumber(raw, region string) (Number, Problem) {
	s := norm.NFKC.String(raw)
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "'\"’`"))
	for _, p := range []string{"tel:", "whatsapp:", "wa.me/", "https://wa.me/"} {
		s = strings.TrimPrefix(strings.ToLower(s), p)
	}
	if s == "" {
		return Number{}, PhoneMissing
	}
	if mangled(s) {
		return Number{}, PhoneMangled
	}
	s = strings.TrimSuffix(s, ".0") // a number cell without its format
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	n, err := phonenumbers.Parse(s, region)
	if err != nil {
		if region == "" && !strings.HasPrefix(s, "+") && digits(s) >= 6 {
			return Number{}, PhoneRegion
		}
		return Number{}, PhoneInvalid
	}
	if !phonenumbers.IsValidNumber(n) && !mobileQuirk(n) {
		return Number{}, PhoneInvalid
	}
	out := Number{Phone: core.Phone(phonenumbers.Format(n, phonenumbers.E164)), Country: countryOf(n)}
	if zone, sure := zoneOf(n); sure {
		out.Zone = zone
	}
	return out, ""
}

// mangled recognises 3.9333E+11, 3,9333E+11 and 39333E7.
func mangled(s string) bool {
	s = strings.ToUpper(strings.ReplaceAll(s, ",", "."))
	mantissa, exp, ok := strings.Cut(s, "E")
	if !ok {
		return false
	}
	exp = strings.TrimPrefix(exp, "+")
	return mantissa != "" && strings.Trim(mantissa, "0123456789.") == "" && exp != "" && strings.Trim(exp, "0123456789") == ""
}

// mobileQuirk accepts the forms that WhatsApp itself writes and the number
// plans have given up: Brazil without the ninth digit, Mexico with 1.
func mobileQuirk(n *phonenumbers.PhoneNumber) bool {
	for _, f := range core.Phone(phonenumbers.Format(n, phonenumbers.E164)).Forms()[1:] {
		if m, err := phonenumbers.Parse(string(f), ""); err == nil && phonenumbers.IsValidNumber(m) {
			return true
		}
	}
	return false
}

func digits(s string) (n int) {
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// Country is the ISO 3166 code of a number, "" when it belongs to none.
func Country(p core.Phone) string {
	n, err := phonenumbers.Parse(string(p), "")
	if err != nil {
		return ""
	}
	return countryOf(n)
}

func countryOf(n *phonenumbers.PhoneNumber) string {
	if c := phonenumbers.GetRegionCodeForNumber(n); c != "ZZ" && c != "001" {
		return c
	}
	return ""
}

// CountryOfUser reads the two letters before the dot of a business-scoped user
// id (bsp/meta.md 10), "" when there are none.
func CountryOfUser(userID string) string {
	c, _, ok := strings.Cut(userID, ".")
	if !ok || len(c) != 2 || strings.ToUpper(c) != c {
		return ""
	}
	return c
}

// CountryOf is the ISO 3166 code of a person's number, else of their user id,
// "" when neither tells.
func CountryOf(p core.Phone, userID string) string {
	if c := Country(p); c != "" {
		return c
	}
	return CountryOfUser(userID)
}

// Zone guesses the IANA time zone of a number: the only one of its area, or
// the first of several. sure tells which it was.
func Zone(p core.Phone) (zone string, sure bool) {
	n, err := phonenumbers.Parse(string(p), "")
	if err != nil {
		return "", false
	}
	return zoneOf(n)
}

func zoneOf(n *phonenumbers.PhoneNumber) (zone string, sure bool) {
	zones, err := phonenumbers.GetTimezonesForNumber(n)
	if err != nil || len(zones) == 0 || zones[0] == phonenumbers.UNKNOWN_TIMEZONE {
		return "", false
	}
	return zones[0], len(zones) == 1
}

// GuessZone is the time zone that a number tells, for people to read: the only
// one of its area, or of several that keep the same time at t the one in which
// the numbers of the country lie. "" when the number leaves the hour or the name open.
func GuessZone(p core.Phone, t time.Time) string {
	zones := Zones(p)
	switch len(zones) {
	case 0:
		return ""
	case 1:
		return zones[0]
	}
	first := offset(zones[0], t)
	if slices.ContainsFunc(zones[1:], func(z string) bool { return offset(z, t) != first }) {
		return ""
	}
	n, err := phonenumbers.Parse(string(p), "")
	if err != nil {
		return zones[0]
	}
	usual := phonenumbers.GetExampleNumber(phonenumbers.GetRegionCodeForCountryCode(int(n.GetCountryCode()))) // +44 is Guernsey's too
	if zone, sure := zoneOf(usual); sure && slices.Contains(zones, zone) {
		return zone
	}
	return "" // the hour is known, the name would be somebody else's: Ireland is not Guernsey
}

// offset of a zone from UTC in seconds at t; zones that this computer does not
// know are all taken for UTC.
func offset(zone string, t time.Time) int {
	loc, err := core.LoadZone(zone)
	if err != nil {
		loc = time.UTC
	}
	_, secs := t.In(loc).Zone()
	return secs
}

// Zones lists the IANA time zones that a number may be in, the likeliest
// first; nil when it tells none. A mobile number of a wide country has many.
// Cheap: the number is taken as the E.164 it is and not parsed.
func Zones(p core.Phone) []string {
	if !strings.HasPrefix(string(p), "+") {
		return nil
	}
	zones, err := phonenumbers.GetTimezonesForPrefix(string(p))
	if err != nil || len(zones) == 0 || zones[0] == phonenumbers.UNKNOWN_TIMEZONE {
		return nil
	}
	return zones
}

// Pretty writes a number as people of its country do, with the country code.
func Pretty(p core.Phone) string {
	n, err := phonenumbers.Parse(string(p), "")
	if err != nil {
		return string(p)
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}
