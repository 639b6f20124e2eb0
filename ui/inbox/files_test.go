package inbox

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"bottega/assets"
	"bottega/core"
)

func TestLimitsNameTheirSource(t *testing.T) {
	l, err := ReadLimits(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	if l.Source == "" || l.Date == "" || len(l.Kinds) < 5 {
		t.Fatalf("%+v", l)
	}
	seen := map[string]bool{}
	for _, k := range l.Kinds {
		if k.Max <= 0 || len(k.MIME) == 0 {
			t.Errorf("%s: no limit or no types", k.Type)
		}
		for ext := range k.MIME {
			if seen[ext] {
				t.Errorf("%s is of two kinds", ext)
			}
			seen[ext] = true
		}
	}
}

func TestJudge(t *testing.T) {
	l, err := ReadLimits(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	for name, size := range map[string]int64{"a.PDF": 10, "b.png": 0, "c.webp": 200 << 10, "d.exe": 1, "e.ogg": 5} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]core.Code{
		filepath.Join(dir, "a.PDF"): "", "~/a.PDF": "", "'" + dir + "/e.ogg' ": "", "file://" + dir + "/e.ogg": "",
		"~/b.png": core.EmptyMessage, "~/c.webp": core.TooLarge, "~/d.exe": core.BadMedia, "~/nope.pdf": core.NotFound, "~": core.NotFound, "": core.NotFound,
	} {
		if f := l.judge(context.Background(), path); f.code != want {
			t.Errorf("%q: %q, want %q", path, f.code, want)
		}
	}
	if f := l.judge(context.Background(), "~/a.PDF"); f.mime != "application/pdf" || f.kind.Type != core.TypeDocument || f.size != 10 {
		t.Errorf("%+v", f)
	}
}
