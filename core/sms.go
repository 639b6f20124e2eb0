package core

import (
	"context"
	"strings"
)

// SMS is one plain text message to a phone, for what WhatsApp could not deliver.
type SMS struct {
	Ref  string // ours, echoed in receipts where the provider can
	To   Phone  // E.164
	Text string
}

// Texter is an account that sends SMS as well. SendSMS promises of its error
// and its outcome what Sender.Send does: nothing is repeated by itself, and an
// uncertain send says so. The id it returns is one among those of Send, so that
// receipts find their message. Unsupported where the account has no sender that
// SMS can come from.
type Texter interface {
	SendSMS(ctx context.Context, m SMS) (Accept, error)
}

// The alphabet that SMS counts in seven bits a character, and the characters
// that take two places in it (3GPP TS 23.038, 6.2.1); everything else makes the
// whole message 16 bits a character.
const (
	smsOne = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	smsTwo = "^{}\\[~]|€\f"
)

// Parts is how many SMS a text goes out as, each of which costs: of 160
// characters of the plain alphabet, or 70 where one character lies outside it
// (wide); a text of several has 153 or 67 in each. No text has none.
func (m SMS) Parts() (parts int, wide bool) {
	plain, units := 0, 0
	for _, r := range m.Text {
		switch {
		case strings.ContainsRune(smsOne, r):
			plain++
		case strings.ContainsRune(smsTwo, r):
			plain += 2
		default:
			wide = true
		}
		units++
		if r > 0xffff {
			units++ // a surrogate pair
		}
	}
	one, each, n := 160, 153, plain
	if wide {
		one, each, n = 70, 67, units
	}
	if n <= one {
		return min(n, 1), wide
	}
	return (n + each - 1) / each, wide
}
