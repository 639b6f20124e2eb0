package segment_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"bottega/core/segment"
)

func TestHead(t *testing.T) {
	for src, want := range map[string]string{
		"":                                      "",
		"tag:vip":                               "tag:vip",
		"maria rossi":                           "maria and rossi",
		"tag:vip not":                           "tag:vip",
		"tag:vip AND ":                          "tag:vip",
		"tag:vip or not (":                      "tag:vip",
		"tag:vip last_order<90":                 "tag:vip",
		"tag:vip and lang:":                     "tag:vip",
		"tag:vip and spend > many":              "tag:vip",
		"tag:vip spend":                         "tag:vip",
		`tag:vip and name:"ab`:                  "tag:vip",
		"tag:vip (optin or":                     "tag:vip",
		"tag:vip (optin or lang:it":             "tag:vip",
		"(tag:vip or optin) and wrong:word":     "tag:vip or optin",
		"(tag:vip or optin) and":                "tag:vip or optin",
		"wrong:word and tag:vip":                "",
		"last_order<90":                         "",
		"not":                                   "",
		"tag:vip !":                             "tag:vip",
		"anna brand":                            "anna and brand",
		"tag:vip) optin":                        "",
		strings.Repeat("x", segment.MaxRunes+5): "",
	} {
		if got := segment.Head(src, segment.Schema{}).String(); got != want {
			t.Errorf("%.60q: %q, want %q", src, got, want)
		}
	}
}

// Whatever is typed, its head is right, and of what is right it is the whole.
func TestHeadIsRight(t *testing.T) {
	words := []string{"tag:vip", "and", "or", "not", "(", ")", "optin", "spend>200", "spend>", "last_order<90", "last_order<90d", "wrong:word", `"a b"`, `"`, "-", "maria", "heat:7d", "heat", "é:", "land", "< 3"}
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 8).Draw(t, "words"), rapid.SampledFrom([]string{" ", "  ", ""}).Draw(t, "space"))
		head := segment.Head(src, segment.Schema{}).String()
		if _, err := segment.Parse(head, segment.Schema{}); err != nil {
			t.Fatalf("%q: the head %q is wrong: %v", src, head, err)
		}
		if q, err := segment.Parse(src, segment.Schema{}); err == nil && q.String() != head {
			t.Fatalf("%q is right, and its head is %q", src, head)
		}
	})
}
