package meta

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bsptest"
	"bottega/core"
)

// classesOf says which of our classes may stand for one of the document's.
var classesOf = map[string][]core.Class{
	"RETRY":    {core.ClassRetry},
	"PAIR":     {core.ClassPairLimit},
	"SLOW":     {core.ClassThrottle},
	"LATER":    {core.ClassMarketingCapped},
	"PAUSE":    {core.ClassPolicy, core.ClassPayment, core.ClassTemplate, core.ClassUndeliverable},
	"TEMPLATE": {core.ClassTemplate},
	"AUTH":     {core.ClassAuth},
	"OPTOUT":   {core.ClassOptedOut},
	"DEAD":     {core.ClassUndeliverable, core.ClassBlocked},
	"WINDOW":   {core.ClassWindowClosed},
	"FIX":      {core.ClassInvalid, core.ClassMedia},
	"SHOW":     {core.ClassUnknown, core.ClassMedia},
}

func TestEveryRowMaps(t *testing.T) {
	seen := map[int]bool{}
	for line := range strings.Lines(codesTSV) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) != 7 || f[0] == "from" {
			continue
		}
		from, err1 := strconv.Atoi(f[0])
		to, err2 := strconv.Atoi(f[1])
		if err1 != nil || err2 != nil || from > to {
			t.Errorf("row %q", line)
			continue
		}
		allowed := false
		for _, c := range classesOf[f[3]] {
			allowed = allowed || string(c) == f[4]
		}
		if !allowed {
			t.Errorf("%s: group %s as class %s", f[0], f[3], f[4])
		}
		for n := from; n <= to; n++ {
			if seen[n] {
				t.Errorf("%d stands twice", n)
			}
			seen[n] = true
			class, wait, known := classify(strconv.Itoa(n))
			if !known || string(class) != f[4] {
				t.Errorf("%d: class %s, known %v; want %s", n, class, known, f[4])
			}
			if want, _ := time.ParseDuration(f[5]); wait != want {
				t.Errorf("%d: wait %s, want %q", n, wait, f[5])
			}
		}
	}
	if len(seen) < 150 {
		t.Errorf("only %d codes", len(seen))
	}
}

func TestClassifyUnknown(t *testing.T) {
	for _, code := range []string{"", "199999", "9", "300", "-1", "131047x", "99999999999999999999"} {
		if class, wait, known := classify(code); known || class != core.ClassUnknown || wait != 0 {
			t.Errorf("%q: %s %s %v", code, class, wait, known)
		}
	}
}

// The document's own table must be in the file, code by code.
func TestDocumentIsCovered(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(bsptest.Shared(), "bsp", "meta.md"))
	if err != nil {
		t.Skip("the provider's notes are not beside the repository (see BOTTEGA_SHARED)")
	}
	_, part, ok := strings.Cut(string(doc), "### 3.2 Codes")
	part, _, ok2 := strings.Cut(part, "Template creation errors")
	if !ok || !ok2 {
		t.Fatal("section 3.2 has moved")
	}
	rows := regexp.MustCompile(`(?m)^\| ([0-9, –]+) \|`).FindAllStringSubmatch(part, -1)
	if len(rows) < 50 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, r := range rows {
		for _, code := range regexp.MustCompile(`\d+`).FindAllString(r[1], -1) {
			if _, _, known := classify(code); !known {
				t.Errorf("%s is not in codes.tsv", code)
			}
		}
	}
}

func TestParseRulesRefuses(t *testing.T) {
	for _, tsv := range []string{"1\t2\n", "x\t1\t\t\tauth\t\t\n", "1\tx\t\t\tauth\t\t\n", "1\t1\t\t\tauth\tsoon\t\n"} {
		if _, err := parseRules(tsv); err == nil {
			t.Errorf("%q was read", tsv)
		}
	}
}

func TestLimitsAreRead(t *testing.T) {
	l := limits()
	if l.Text != 4096 || l.Caption != 1024 || l.Buttons != 3 || l.Source == "" || l.Date == "" || len(l.Media) != 5 {
		t.Errorf("%+v", l)
	}
	for mime, want := range map[string]core.MessageType{
		"image/jpeg": core.TypeImage, "audio/ogg; codecs=opus": core.TypeAudio, "application/pdf": core.TypeDocument,
		"image/webp": core.TypeSticker, "VIDEO/MP4": core.TypeVideo, "image/gif": "", "": "", "nonsense": "",
	} {
		if kind, ok := KindOf(mime); kind != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", mime, kind, ok, want)
		}
	}
	MediaLimits()[core.TypeImage] = MediaLimit{}
	if limits().Media[core.TypeImage].Bytes == 0 {
		t.Error("a caller can change the limits")
	}
}

func TestLimitOf(t *testing.T) {
	for in, want := range map[text]string{
		"TIER_250": "250", "TIER_2K": "2000", "TIER_100K": "100000", "TIER_UNLIMITED": "-1", "2000": "2000", "-1": "-1",
		"tier_1k": "1000", "TIER_50": "50", "TIER_NOT_SET": "TIER_NOT_SET", "": "", "K": "K", "99999999999": "99999999999", "-5": "-5",
	} {
		if got := limitOf(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
