package consent_test

import (
	"strings"
	"testing"

	"bottega/core"
	"bottega/core/consent"
)

func TestConfirmSpeaksTheirLanguage(t *testing.T) {
	k := keywords(t)
	for want, c := range map[string]core.Contact{
		"Non ":   {Language: "it"},
		"Você ":  {Language: "pt-BR", Phone: "+393331234567"},
		"Sie ":   {Phone: "+4915112345678"},
		"您":      {Phone: "+8613800138000", Language: "xx"},
		"You ":   {Phone: "+12125550100"},
		"Мы ":    {Phone: "+79161234567"},
		"Vous ":  {Language: "FR"},
		"Ya no ": {Phone: "+5215512345678"},
	} {
		got := k.Confirm.Text(consent.Marketing, &c)
		if !strings.HasPrefix(got, want) {
			t.Errorf("%+v is told %q, want %q…", c, got, want)
		}
	}
	for lang := range k.Out {
		for scope, texts := range map[consent.Scope]map[string]string{consent.Marketing: k.Confirm.Marketing, consent.Everything: k.Confirm.Everything} {
			if texts[lang] == "" {
				t.Errorf("no confirmation of %s in %s", scope, lang)
			}
			back := k.Read(k.In[lang][0], consent.Context{OptedOut: true})
			if back.Reading != consent.SaysIn {
				t.Errorf("%s: what we ask for does not bring back", lang)
			}
		}
	}
}
