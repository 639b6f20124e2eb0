package cli

import (
	"encoding/json"
	"slices"
	"strings"

	"bottega/core"
	"bottega/ui/text"
)

// SecretFields are the keys that a channel of a provider keeps in the keyring:
// those that it needs, and those that it may have.
func SecretFields(p core.ProviderName) (needed, optional []string) {
	switch p {
	case core.Meta, core.Sandbox:
		return []string{"token", "app_secret", "verify_token"}, nil
	case core.Twilio:
		return []string{"auth_token"}, nil
	case core.Bird:
		return []string{"api_key"}, []string{"webhook_secret"}
	case core.Zenvia:
		return []string{"token"}, []string{"webhook_secret", "token_secret"}
	}
	return nil, nil
}

func allSecrets(p core.ProviderName) []string {
	needed, optional := SecretFields(p)
	return append(slices.Clone(needed), optional...)
}

// keys is what `connect` is told on its input: the account, and the secrets.
type keys struct {
	Name          string     `json:"name"`
	Number        core.Phone `json:"number"`
	From          string     `json:"from"` // the number, in the word of Twilio, Bird and Zenvia
	PhoneNumberID string     `json:"phone_number_id"`
	BusinessID    string     `json:"waba_id"`
	AccountSID    string     `json:"account_sid"`
	Service       string     `json:"messaging_service_sid"`
	BaseURL       string     `json:"base_url"`
	PublicURL     string     `json:"public_url"`
	SMSFrom       string     `json:"sms_from"`
	Version       string     `json:"version"`
	Token         string     `json:"token"`
	AppSecret     string     `json:"app_secret"`
	VerifyToken   string     `json:"verify_token"`
	AuthToken     string     `json:"auth_token"`
	APIKey        string     `json:"api_key"`
	WebhookSecret string     `json:"webhook_secret"`
	TokenSecret   string     `json:"token_secret"`
}

// secret is one of the keys by its name.
func (k *keys) secret(field string) string {
	return map[string]string{"token": k.Token, "app_secret": k.AppSecret, "verify_token": k.VerifyToken, "auth_token": k.AuthToken,
		"api_key": k.APIKey, "webhook_secret": k.WebhookSecret, "token_secret": k.TokenSecret}[field]
}

// secrets maps the fields of the keyring to what was given.
func (k *keys) secrets(p core.ProviderName) map[string]core.Secret {
	out := map[string]core.Secret{}
	for _, f := range allSecrets(p) {
		if v := k.secret(f); v != "" {
			out[f] = core.Secret(v)
		}
	}
	return out
}

// account is what is kept beside the secrets. Where a provider knows numbers
// by nothing but themselves, the number is its id.
func (k *keys) account() core.Account {
	a := core.Account{PhoneNumberID: k.PhoneNumberID, BusinessID: k.BusinessID, BaseURL: k.BaseURL, Version: k.Version,
		SID: k.AccountSID, Service: k.Service, PublicURL: k.PublicURL, SMSFrom: k.SMSFrom}
	if a.PhoneNumberID == "" {
		a.PhoneNumberID = string(k.Number)
	}
	return a
}

// needs names what a provider's account cannot do without, with what was given.
func (k *keys) needs(p core.ProviderName) map[string]string {
	sender := k.From + string(k.Number)
	switch p {
	case core.Twilio:
		return map[string]string{"account_sid": k.AccountSID, "from": sender + k.Service}
	case core.Bird, core.Zenvia:
		return map[string]string{"from": sender}
	}
	return map[string]string{"phone_number_id": k.PhoneNumberID, "waba_id": k.BusinessID}
}

// readKeys reads the input of connect. Its errors never quote it.
func readKeys(p core.ProviderName, b []byte) (keys, error) {
	var k keys
	if err := json.Unmarshal(b, &k); err != nil {
		return keys{}, usage(text.UseKeysJSON)
	}
	var missing []string
	for f, v := range k.needs(p) {
		if strings.TrimSpace(v) == "" {
			missing = append(missing, f)
		}
	}
	slices.Sort(missing)
	needed, _ := SecretFields(p)
	for _, f := range needed {
		if strings.TrimSpace(k.secret(f)) == "" {
			missing = append(missing, f)
		}
	}
	if len(missing) > 0 {
		return keys{}, usage(text.UseKeysMissing, "Fields", strings.Join(missing, ", "))
	}
	if k.Number == "" && k.From != "" && p != core.Meta && p != core.Sandbox {
		n := strings.TrimPrefix(k.From, "whatsapp:")
		if strings.Trim(n, "0123456789") == "" {
			n = "+" + n // Zenvia writes numbers without it
		}
		k.Number = core.Phone(n)
	}
	if k.Number != "" {
		n, err := phone(string(k.Number))
		if err != nil {
			return keys{}, err
		}
		k.Number = n
	}
	return k, nil
}
