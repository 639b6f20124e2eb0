package text

import "strings"

// Detect finds the language of the user's environment the way POSIX does: the
// first of LC_ALL, LC_MESSAGES and LANG that is set decides. It returns "" for
// C, POSIX and an empty environment, which Load takes for Fallback.
func Detect(lookup func(string) (string, bool)) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		v, ok := lookup(name)
		if !ok || v == "" {
			continue
		}
		v, _, _ = strings.Cut(v, ".")
		v, _, _ = strings.Cut(v, "@")
		if v == "C" || v == "POSIX" {
			return ""
		}
		return base(v)
	}
	return ""
}
