package campaign

import (
	"strconv"
	"strings"
)

// ByRef reads the reference of a campaign's message: the campaign it belongs
// to, 0 for any other message. See Recipient.Ref and Recipient.SMSRef.
func ByRef(ref string) int64 {
	rest, ok := strings.CutPrefix(ref, "c")
	colons := 1
	if !ok {
		rest, ok = strings.CutPrefix(ref, "s")
		colons = 0
	}
	id, tail, found := strings.Cut(rest, ":")
	if !ok || !found || strings.Count(tail, ":") != colons {
		return 0
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 1 {
		return 0
	}
	return n
}
