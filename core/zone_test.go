package core_test

import (
	"testing"
	"time"

	"bottega/core"
)

func TestLoadZone(t *testing.T) {
	for _, name := range []string{"", "UTC", "Local", "Europe/Rome", "Mars/Base", "../etc/passwd"} {
		want, bad := time.LoadLocation(name)
		for range 2 { // as read, and as kept
			got, err := core.LoadZone(name)
			if (err == nil) != (bad == nil) || bad == nil && got.String() != want.String() {
				t.Errorf("%q: %v %v, want %v %v", name, got, err, want, bad)
			}
		}
	}
	a, _ := core.LoadZone("Europe/Rome")
	if b, _ := core.LoadZone("Europe/Rome"); a != b {
		t.Error("read twice")
	}
}
