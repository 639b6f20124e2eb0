package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"bottega/core"
)

// The byte in a wamid that tells who wrote, as seen in Meta's ids.
const (
	fromShop     = 0x11
	fromCustomer = 0x12
)

// wamid builds a message id of Meta's form: the other side's address, who
// wrote, and 9 bytes that make it unique. The time goes in so that a simulator
// started anew on the same seed does not repeat the ids of its last life.
func wamid(seed, serial uint64, at time.Time, address string, dir byte) string {
	var in [24]byte
	binary.BigEndian.PutUint64(in[:], seed)
	binary.BigEndian.PutUint64(in[8:], serial)
	binary.BigEndian.PutUint64(in[16:], uint64(at.UnixMilli()))
	sum := sha256.Sum256(in[:])
	address = strings.TrimPrefix(address, "+")
	if len(address) > 100 {
		address = address[:100]
	}
	b := append([]byte{0x1c, 0x18, byte(len(address))}, address...)
	b = append(b, 0x15, 0x02, 0x00, dir, 0x18, 0x12)
	b = append(b, strings.ToUpper(hex.EncodeToString(sum[:9]))...)
	b = append(b, 0)
	return "wamid." + base64.StdEncoding.EncodeToString(b)
}

// wamidBy tells who wrote the message of an id of ours; ok is false for ids
// that only look like one.
func wamidBy(id string) (dir byte, ok bool) {
	raw, found := strings.CutPrefix(id, "wamid.")
	b, err := base64.StdEncoding.DecodeString(raw)
	if !found || err != nil || len(b) < 4 || int(b[2])+7 > len(b) {
		return 0, false
	}
	return b[int(b[2])+6], true
}

// trace is a fbtrace_id.
func (s *Server) trace() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "trace %d %d", s.o.Seed, s.next()))
	return "A" + base64.RawURLEncoding.EncodeToString(sum[:12])
}

// sign is the value of X-Hub-Signature-256 over a raw body.
func sign(secret core.Secret, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret.Reveal()))
	_, _ = m.Write(body) // a hash never fails
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

func equalSecret(got string, want core.Secret) bool {
	return hmac.Equal([]byte(got), []byte(want.Reveal()))
}
