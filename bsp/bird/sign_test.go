package bird

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bottega/bsp/bsptest"
	"bottega/core"
)

const (
	whsec  core.Secret = "whsec_Ym90dGVnYS10ZXN0LXNpZ25pbmcta2V5LTAwMDAwMDE="
	signed string      = `{"type":"whatsapp.received","timestamp":"2026-11-22T06:40:12Z","data":{"whatsapp_id":"wam_01kb0ttegaexamp1e000000001","workspace_id":"ws_01kb0ttegaexamp1e000000001","direction":"inbound","from":{"phone_number":"+393331234567","display_name":"Giulia"},"to":{"phone_number":"+390212345678"},"tags":null,"metadata":null,"text":{"body":"Buongiorno, avete il pane integrale?"}}}`
	good   string      = "v1,ZpW/bmUiEImoNL06JcVVnZdWO22R0ftf/2NNd2rYBRk="
	older  string      = "v1,16MYPjDkcCHHHd2QYObb8jiqxk5E56V38jPMmMilp2o="
)

func TestVerify(t *testing.T) {
	at := time.Unix(1795329612, 0)
	if got := Sign(whsec, "msg_bottega_0001", at, []byte(signed)); got != good {
		t.Errorf("Sign = %s", got)
	}
	for name, tt := range map[string]struct {
		secret                  core.Secret
		id, stamp, header, body string
		now                     time.Time
		want                    bool
	}{
		"the vector":          {whsec, "msg_bottega_0001", "1795329612", good, signed, at, true},
		"rotation":            {whsec, "msg_bottega_0001", "1795329612", older + " " + good, signed, at, true},
		"other versions":      {whsec, "msg_bottega_0001", "1795329612", "v2,xx junk v1 " + good, signed, at, true},
		"the other secret":    {"whsec_Ym90dGVnYS10ZXN0LXNpZ25pbmcta2V5LTAwMDAwMDI=", "msg_bottega_0001", "1795329612", older, signed, at, true},
		"wrong secret":        {"whsec_Ym90dGVnYS10ZXN0LXNpZ25pbmcta2V5LTAwMDAwMDI=", "msg_bottega_0001", "1795329612", good, signed, at, false},
		"only as v2":          {whsec, "msg_bottega_0001", "1795329612", strings.Replace(good, "v1", "v2", 1), signed, at, false},
		"another body":        {whsec, "msg_bottega_0001", "1795329612", good, signed + " ", at, false},
		"another id":          {whsec, "msg_bottega_0002", "1795329612", good, signed, at, false},
		"too late":            {whsec, "msg_bottega_0001", "1795329612", good, signed, at.Add(6 * time.Minute), false},
		"too early":           {whsec, "msg_bottega_0001", "1795329612", good, signed, at.Add(-6 * time.Minute), false},
		"a slow clock":        {whsec, "msg_bottega_0001", "1795329612", good, signed, at.Add(-4 * time.Minute), true},
		"no time":             {whsec, "msg_bottega_0001", "", good, signed, at, false},
		"strange time":        {whsec, "msg_bottega_0001", "9223372036854775807", good, signed, at, false},
		"no id":               {whsec, "", "1795329612", good, signed, at, false},
		"no signature":        {whsec, "msg_bottega_0001", "1795329612", "", signed, at, false},
		"no secret":           {"", "msg_bottega_0001", "1795329612", good, signed, at, false},
		"a secret of no form": {"whsec_***", "msg_bottega_0001", "1795329612", good, signed, at, false},
	} {
		h := http.Header{}
		h.Set(IDHeader, tt.id)
		h.Set(TimeHeader, tt.stamp)
		h.Set(SignatureHeader, tt.header)
		if got := Verify(tt.secret, h, []byte(tt.body), tt.now); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
		err := Callback(tt.secret, func() time.Time { return tt.now })(h, []byte(tt.body))
		if (err == nil) != tt.want || err != nil && core.CodeOf(err) != core.BadSignature {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The document's own table must be in the file, name by name.
func TestDocumentIsCovered(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join(bsptest.Shared(), "bsp", "bird.md"))
	if err != nil {
		t.Skip("the provider's notes are not beside the repository (see BOTTEGA_SHARED)")
	}
	_, part, ok := strings.Cut(string(doc), "| answer | class for the app |")
	part, _, ok2 := strings.Cut(part, "Asynchronous errors arrive")
	if !ok || !ok2 {
		t.Fatal("section 9 has moved")
	}
	names := 0
	for line := range strings.Lines(part) {
		answer, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for _, m := range regexp.MustCompile("`([A-Za-z0-9_]+)`").FindAllStringSubmatch(answer, -1) {
			names++
			if _, known := table()[m[1]]; !known {
				t.Errorf("%s is not in codes.tsv", m[1])
			}
		}
	}
	if names < 25 {
		t.Fatalf("%d names", names)
	}
}

func TestClassesOfGroups(t *testing.T) {
	want := map[string]core.Class{"RETRY": core.ClassRetry, "WAIT": core.ClassRetry, "AUTH": core.ClassAuth, "SCOPE": core.ClassAuth, "TEMPLATE": core.ClassTemplate,
		"CONTACT": core.ClassUndeliverable, "WINDOW": core.ClassWindowClosed, "FIX": core.ClassInvalid, "QUOTE": core.ClassInvalid, "OPTOUT": core.ClassOptedOut,
		"SLOW": core.ClassThrottle, "MEDIA": core.ClassMedia, "HIDE": core.ClassInvalid}
	for code, r := range table() {
		if r.Group == "PAUSE" && (r.Class == core.ClassPayment || r.Class == core.ClassPolicy) {
			continue
		}
		if want[r.Group] != r.Class {
			t.Errorf("%s: group %s as class %s", code, r.Group, r.Class)
		}
	}
}
