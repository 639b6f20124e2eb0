package twilio

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// classesOf says which of our classes may stand for one of the document's.
var classesOf = map[string][]core.Class{
	"RETRY": {core.ClassRetry}, "SLOW": {core.ClassThrottle}, "LATER": {core.ClassMarketingCapped},
	"PAUSE":    {core.ClassPolicy, core.ClassPayment, core.ClassTemplate, core.ClassPairLimit, core.ClassThrottle},
	"TEMPLATE": {core.ClassTemplate}, "AUTH": {core.ClassAuth}, "OPTOUT": {core.ClassOptedOut}, "DEAD": {core.ClassUndeliverable, core.ClassBlocked},
	"WINDOW": {core.ClassWindowClosed}, "FIX": {core.ClassInvalid, core.ClassMedia, core.ClassPolicy}, "FAIL": {core.ClassUnknown}, "-": {core.ClassInvalid},
}

func TestEveryRowMaps(t *testing.T) {
	for code, r := range table() {
		allowed := false
		for _, c := range classesOf[r.Group] {
			allowed = allowed || c == r.Class
		}
		if !allowed {
			t.Errorf("%s: group %s as class %s", code, r.Group, r.Class)
		}
	}
	if len(table()) < 75 {
		t.Errorf("only %d codes", len(table()))
	}
}

// The document's own table must be in the file, code by code.
func TestDocumentIsCovered(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(bsptest.Shared(), "bsp", "twilio.md"))
	if err != nil {
		t.Skip("the provider's notes are not beside the repository (see BOTTEGA_SHARED)")
	}
	_, part, ok := strings.Cut(string(doc), "## 3. Errors")
	part, _, ok2 := strings.Cut(part, "Old mapping")
	if !ok || !ok2 {
		t.Fatal("section 3 has moved")
	}
	rows := regexp.MustCompile(`(?m)^\| ([0-9][^|]*) \|`).FindAllStringSubmatch(part, -1)
	if len(rows) < 30 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		for _, code := range regexp.MustCompile(`\d{5}`).FindAllString(r[1], -1) {
			if _, known := table()[code]; !known {
				t.Errorf("%s is not in codes.tsv", code)
			}
		}
	}
}

func TestLimitOf(t *testing.T) {
	for in, want := range map[string]int{
		"10K Customers/24hr": 10_000, "1M Customers/24hr": 1_000_000, "250 Customers/24hr": 250, "Unlimited": -1, "1,000 people": 1000, "": 0, "soon": 0, "-5": 0, "99999999999 x": 0,
	} {
		if got := limit(in); got != want {
			t.Errorf("%q: %d, want %d", in, got, want)
		}
	}
	if l := limits(); l.Text != 1600 || l.Source == "" || l.Date == "" {
		t.Errorf("%+v", l)
	}
}
