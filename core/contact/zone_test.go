package contact_test

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/contact"
)

// A mobile of Italy may lie in the Vatican and one of Britain on Guernsey: the
// hour is the same, and the name is the one that people expect.
func TestGuessZone(t *testing.T) {
	for phone, want := range map[core.Phone]string{
		"+393205550107": "Europe/Rome", "+447400123456": "Europe/London", "+5511955550101": "America/Sao_Paulo",
		"+12025550104":  "America/New_York",
		"+18005550199":  "", // toll-free: any hour of a continent
		"+353861234567": "", // one hour, and no zone of its own name
		"":              "", "user": "", "+999": "",
	} {
		for _, month := range []time.Month{time.January, time.July} {
			if got := contact.GuessZone(phone, time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC)); got != want {
				t.Errorf("%q in %s: %q, want %q", phone, month, got, want)
			}
		}
	}
}
