package cli

import (
	"slices"
	"strings"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/steps"
	"bottega/ui/text"
)

// SecretFields are the keys that a channel of a provider keeps in the keyring:
// those that it needs, and those that it may have.
func SecretFields(p core.ProviderName) (needed, optional []string) { return connect.Secrets(p) }

// readValues reads a JSON object of texts. Its errors never quote it.
func readValues(b []byte) (map[string]string, error) {
	values := connect.Values(b)
	if values == nil {
		return nil, usage(text.UseKeysJSON)
	}
	return values, nil
}

// readDraft reads the input of connect. Remarks on the form do not stop it: the
// provider knows better.
func (a *app) readDraft(p core.ProviderName, values map[string]string) (connect.Draft, error) {
	d, problems := connect.Read(p, values)
	var missing []string
	for _, x := range problems {
		if x.Fault == connect.Missing && !slices.Contains(missing, x.Field) {
			missing = append(missing, x.Field)
		}
	}
	if len(missing) > 0 {
		return d, usage(text.UseKeysMissing, "Fields", strings.Join(missing, ", "))
	}
	for _, x := range problems {
		switch {
		case x.Fault == connect.NoName:
			return d, usage(text.UseName, "Name", clip(values[x.Field]))
		case !x.Fault.Odd():
			return d, usage(text.UseFieldForm, "Field", x.Field, "Fault", steps.Fault(a.w, x.Fault))
		}
	}
	return d, nil
}
