package contact

import "testing"

func TestIsRegion(t *testing.T) {
	for code, want := range map[string]bool{"IT": true, "it": true, "BR": true, "XX": false, "ITA": false, "": false, "39": false, "ZZ": false, "001": false} {
		if got := IsRegion(code); got != want {
			t.Errorf("%q: %v", code, got)
		}
	}
}
