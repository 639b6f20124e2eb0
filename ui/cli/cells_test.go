package cli

import (
	"testing"
)

func TestColumn(t *testing.T) {
	for answer, want := range map[string]int{"\x1b[1;5R": 4, "noise\x1b[12;1R": 0, "\x1b[1;80Rmore": 79} {
		if n, ok := column([]byte(answer)); !ok || n != want {
			t.Errorf("%q: %d, %v", answer, n, ok)
		}
	}
	for _, answer := range []string{"", "R", "\x1b[R", "\x1b[1;R", "\x1b[1;xR", "\x1b[1;0R", "\x1b[5R", "\x1b[1;-3R"} {
		if n, ok := column([]byte(answer)); ok {
			t.Errorf("%q is taken for %d", answer, n)
		}
	}
}

func FuzzColumn(f *testing.F) {
	for _, s := range []string{"\x1b[1;5R", "", "\x1b[;R", "\x1b[1;99999999999999999999R"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, ok := column(b); ok && n < 0 {
			t.Errorf("%q: %d", b, n)
		}
	})
}
