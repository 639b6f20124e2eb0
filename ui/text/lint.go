package text

import "strings"

// Finding says what a rule of the template linter complains about and what to
// do. params are the finding's own (core/template.Finding.Params). A rule
// without words comes back as its id, without a hint.
func (w *Words) Finding(rule string, params map[string]string) (message, hint string) {
	message = rule
	kv := []any{"One", "{{1}}"}
	for k, v := range params {
		if k != "" {
			kv = append(kv, strings.ToUpper(k[:1])+k[1:], v)
		}
	}
	if k := K("lint.rule." + rule); w.Has(k) {
		message = w.T(k, kv...)
	}
	if k := K("lint.hint." + rule); w.Has(k) {
		hint = w.T(k, kv...)
	}
	return message, hint
}
