package assets_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bottega/assets"
)

var (
	testName = regexp.MustCompile("`(Test[A-Z][A-Za-z0-9_]*)`")
	testFunc = regexp.MustCompile(`(?m)^func (Test[A-Z][A-Za-z0-9_]*)\(`)
)

// TestManualNamesRealTests holds the tables of the manual to the tests that
// they say show a thing.
func TestManualNamesRealTests(t *testing.T) {
	have := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range testFunc.FindAllSubmatch(b, -1) {
			have[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := fs.Glob(assets.Manual(), "*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	named := 0
	for _, p := range pages {
		b, err := fs.ReadFile(assets.Manual(), p)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testName.FindAllSubmatch(b, -1) {
			named++
			if !have[string(m[1])] {
				t.Errorf("%s names %s, which does not exist", p, m[1])
			}
		}
	}
	if named < 20 {
		t.Errorf("the manual names only %d tests", named)
	}
}

// TestCoverageHasItsRows: each row that must work stands in the table once.
func TestCoverageHasItsRows(t *testing.T) {
	b, err := fs.ReadFile(assets.Manual(), "coverage.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range strings.Fields("S-002 S-010 S-025 S-026 S-027 S-029 S-031 S-032 S-033 S-034 S-035 S-036 S-037 S-038 S-042 S-046 S-051 S-055 S-056 S-057 S-058 S-059 S-060 S-061 S-062 S-063 S-064 " +
		"S-069 S-070 S-072 S-073 S-074 S-075 S-087 S-160 S-164 S-180 S-181 S-182 S-183 S-188 S-189 S-190 S-191 S-192 S-193 S-194 S-205 S-206 S-207 S-208 S-209 S-210 S-219 S-230") {
		if n := strings.Count(string(b), "\n| "+row+" |"); n != 1 {
			t.Errorf("%s stands in the table %d times", row, n)
		}
	}
}

// TestBadDaysAreShown: each bad day of the table names a test.
func TestBadDaysAreShown(t *testing.T) {
	b, err := fs.ReadFile(assets.Manual(), "bad-days.md")
	if err != nil {
		t.Fatal(err)
	}
	days := 0
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || strings.HasPrefix(line, "| the day") || strings.HasPrefix(line, "|---") {
			continue
		}
		days++
		if !testName.MatchString(cells[3]) {
			t.Errorf("nothing shows %q", strings.TrimSpace(cells[1]))
		}
	}
	if days < 30 {
		t.Errorf("%d bad days", days)
	}
}
