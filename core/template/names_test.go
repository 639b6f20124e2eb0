package template

import (
	"slices"
	"testing"
)

func TestNames(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"no braces", nil},
		{"{{2}} and {{1}} and {{2}}", []string{"1", "2"}},
		{"{{10}} after {{9}}", []string{"9", "10"}},
		{"{{order}} for {{first_name}}", []string{"order", "first_name"}},
		{"<<1>> by hand", []string{"1"}},
		{"{{ 1 }} is {{1}}", []string{"1"}},
		{"{{a}} and {{1}}", []string{"a", "1"}},
		{"\xff{{x}}", []string{"x"}},
	} {
		if got := Names(c.text); !slices.Equal(got, c.want) {
			t.Errorf("Names(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}
