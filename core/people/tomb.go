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

// salt is the shop's own, "" until somebody was erased: without it a tombstone
// could be read by hashing all phone numbers there are.
func (s *Service) salt(ctx context.Context) (salt string, err error) {
	_, err = s.Store.Setting(ctx, saltSetting, &salt)
	return salt, err
}

// makeSalt makes one where there is none.
func (s *Service) makeSalt(ctx context.Context) (string, error) {
	salt, err := s.salt(ctx)
	if err != nil || salt != "" {
		return salt, err
	}
	return s.Store.SettingOnce(ctx, saltSetting, rand.Text())
}

// tombstone is the hash of an address of somebody who was erased.
func tombstone(salt string, kind core.IdentityKind, value string) string {
	m := hmac.New(sha256.New, []byte(salt))
	m.Write([]byte(string(kind) + "\x00" + value))
	return hex.EncodeToString(m.Sum(nil)[:16])
}

func cutCustom(field string) (string, bool) { return strings.CutPrefix(field, contact.CustomPrefix) }
