package wire

import (
	"net/url"
	"strings"

	"bottega/core"
)

// E164 reports whether s is "+" and 7 to 15 digits.
func E164(s string) bool {
	digits, ok := strings.CutPrefix(s, "+")
	return ok && Digits(digits)
}

// Digits reports whether s is a phone number's 7 to 15 digits (E.164 without "+").
func Digits(s string) bool {
	return len(s) >= 7 && len(s) <= 15 && strings.Trim(s, "0123456789") == ""
}

// Address splits what a provider calls a sender: a phone becomes E.164, all
// else stays an opaque address (people can hide their number).
func Address(s string) (core.Phone, string) {
	digits := strings.TrimPrefix(s, "+")
	if Digits(digits) {
		return core.Phone("+" + digits), ""
	}
	return "", s
}

// UserID reports whether s has the form of a business-scoped user id: two
// capital letters, a dot, letters and digits ("CO.9000…", "US.ENT.9000…").
func UserID(s string) bool {
	country, rest, ok := strings.Cut(s, ".")
	return ok && len(country) == 2 && strings.ToUpper(country) == country && rest != "" && len(s) <= 200 &&
		!strings.ContainsFunc(rest, func(r rune) bool {
			return r != '.' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
		})
}

// Underscore writes a language code as templates have it: es_CO.
func Underscore(l string) string { return strings.ReplaceAll(l, "-", "_") }

// Link reports whether s is an address of the web that a provider can fetch.
func Link(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// ID reports whether s may stand in a path: letters, digits, "-" and "_".
func ID(s string) bool {
	return s != "" && len(s) <= 200 && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}
