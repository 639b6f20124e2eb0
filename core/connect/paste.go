package connect

import (
	"encoding/json"
	"strings"
	"unicode"

	"bottega/core"
)

// quotes that a value may be copied in.
var quotes = []string{`""`, `''`, "``", "“”", "„“", "‘’", "«»"}

// Clean is a value as it was meant when it is copied from a page: without blanks
// and line ends, which a long key gets where the page breaks it, without
// characters that are not seen, and without the quotes round it.
func Clean(v string) string {
	v = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\ufeff' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(v, ""))
	for _, q := range quotes {
		from, to := string([]rune(q)[0]), string([]rune(q)[1])
		for _, end := range []string{to, to + ",", to + ";"} { // as it stands in JSON, or in a program
			if rest, ok := strings.CutPrefix(v, from); ok && strings.HasSuffix(rest, end) {
				return strings.TrimSuffix(rest, end)
			}
		}
	}
	return v
}

// Values reads an account as a JSON object of texts, nil for what is none.
// Values of other kinds are left out, so that what `bottega sandbox` prints can
// be given as it is.
func Values(b []byte) map[string]string {
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil || raw == nil {
		return nil
	}
	out := map[string]string{}
	for k, v := range raw {
		if s, ok := v.(string); ok {
			out[k] = s
		}
	}
	return out
}

// Start is where the wizard begins.
type Start struct {
	Provider core.ProviderName // "" asks which
	Given    map[string]string // fields that are known already
}
