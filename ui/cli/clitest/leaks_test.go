package clitest

import (
	"net/url"
	"slices"
	"testing"
)

// The search finds a key in each of the forms that a program could write.
func TestTold(t *testing.T) {
	for name, key := range keys {
		for _, form := range append(forms(key), "x="+url.QueryEscape(key)) {
			if got := told([]byte("… " + form + " …")); !slices.Contains(got, name) {
				t.Errorf("%s as %q is not found: %v", name, form, got)
			}
		}
	}
	if got := told([]byte("meta, EAAG, whsec_ and leak")); got != nil {
		t.Errorf("found %v where nothing is", got)
	}
}
