package people

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"bottega/core"
	"bottega/core/contact"
)

// saltSetting is where the shop's salt of tombstones is kept.
const saltSetting = "people.salt"

// salt is the shop's own, made when first needed: without it a tombstone could
// be read by hashing all phone numbers there are.
func (s *Service) salt(ctx context.Context) (string, error) {
	var salt string
	ok, err := s.Store.Setting(ctx, saltSetting, &salt)
	if err != nil || ok {
		return salt, err
	}
	salt = rand.Text()
	if err := s.Store.SetSetting(ctx, saltSetting, salt); core.CodeOf(err) != core.ReadOnly {
		return salt, err
	}
	return salt, nil // a shop that cannot be written has buried nobody yet
}

// tombstone is the hash of an address of somebody who was erased.
func tombstone(salt string, kind core.IdentityKind, value string) string {
	m := hmac.New(sha256.New, []byte(salt))
	m.Write([]byte(string(kind) + "\x00" + value))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

func cutCustom(field string) (string, bool) { return strings.CutPrefix(field, contact.CustomPrefix) }
