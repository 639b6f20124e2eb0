package template

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"bottega/assets"
)

// rules are those that ship.
func rules() fs.FS { return assets.Rules() }

// linter is compiled once for all tests.
var linter = sync.OnceValue(func() *Linter {
	l, err := NewLinter(rules())
	if err != nil {
		panic(err)
	}
	return l
})

// labelled is one line of a corpus: a template and what is wrong with it.
type labelled struct {
	ID       string   `json:"id"`
	Errors   []string `json:"errors"`
	Warnings []string `json:"warnings"`
	Optional []string `json:"optional"`
	Note     string   `json:"note"`
	raw      []byte
}

func readCorpus(t testing.TB, name string) []labelled {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out []labelled
	s := bufio.NewScanner(bytes.NewReader(data))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		r := labelled{raw: bytes.Clone(s.Bytes())}
		if err := json.Unmarshal(r.raw, &r); err != nil {
			t.Fatalf("%s line %d: %v", name, len(out)+1, err)
		}
		out = append(out, r)
	}
	if s.Err() != nil || len(out) == 0 {
		t.Fatalf("%s: %d records, %v", name, len(out), s.Err())
	}
	return out
}

// score counts what was found against what should be.
type score struct{ right, wrong, missed int }

func (s score) precision() float64 { return share(s.right, s.right+s.wrong) }
func (s score) recall() float64    { return share(s.right, s.right+s.missed) }

func share(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

func (s *score) add(o score) { s.right += o.right; s.wrong += o.wrong; s.missed += o.missed }

// judge lints one record and gives the sets of rules found, by severity.
func judge(t testing.TB, r labelled) map[Severity]map[string]bool {
	t.Helper()
	ts, err := Decode(r.raw)
	if err != nil || len(ts) != 1 {
		t.Fatalf("%s: %d templates, %v", r.ID, len(ts), err)
	}
	out := map[Severity]map[string]bool{SevError: {}, SevWarning: {}, SevHint: {}}
	for _, f := range linter().Lint(ts[0], Context{}) {
		out[f.Severity][string(f.Rule)] = true
	}
	return out
}

// floors are what precision, recall and the share of whole records may not fall
// below, for errors and warnings. All of these corpora have been mended on; most
// of those from the eighth on were written by people who had not seen the rules.
var floors = []struct {
	corpus           string
	errors, warnings [3]float64
}{
	{"corpus.jsonl", [3]float64{0.98, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"second.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"third.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"fourth.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"fifth.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"sixth.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"seventh.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"eighth.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"ninth.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.97, 0.99, 0.99}},
	{"tenth.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.97, 0.99}},
	{"eleventh.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"twelfth.jsonl", [3]float64{0.99, 0.99, 0.99}, [3]float64{0.99, 0.99, 0.99}},
	{"thirteenth.jsonl", [3]float64{0.97, 0.97, 0.97}, [3]float64{0.97, 0.97, 0.97}},
	{"fourteenth.jsonl", [3]float64{0.97, 0.97, 0.97}, [3]float64{0.97, 0.97, 0.97}},
}

// TestCorpora prints precision and recall of each rule on the given corpus and
// on our own ones, and fails where one falls below its floor.
func TestCorpora(t *testing.T) {
	for _, f := range floors {
		name := f.corpus
		t.Run(name, func(t *testing.T) {
			records := readCorpus(t, name)
			rules, sum := map[string]*score{}, map[Severity]*score{SevError: {}, SevWarning: {}}
			agree := map[Severity]int{}
			for _, r := range records {
				found := judge(t, r)
				for sev, want := range map[Severity][]string{SevError: r.Errors, SevWarning: r.Warnings} {
					wrong, missed := compareSets(found[sev], want, r.Optional, rules, sum[sev])
					if len(wrong)+len(missed) == 0 {
						agree[sev]++
					} else {
						t.Logf("%s %s: too many %v, missing %v (%s)", r.ID, sev, wrong, missed, r.Note)
					}
				}
			}
			for _, rule := range slices.Sorted(maps.Keys(rules)) {
				s := rules[rule]
				t.Logf("%-24s precision %.3f recall %.3f (%d right, %d wrong, %d missed)", rule, s.precision(), s.recall(), s.right, s.wrong, s.missed)
			}
			for sev, floor := range map[Severity][3]float64{SevError: f.errors, SevWarning: f.warnings} {
				s, whole := sum[sev], float64(agree[sev])/float64(len(records))
				t.Logf("%-24s precision %.3f recall %.3f, whole records %.3f of %d", strings.ToUpper(string(sev)), s.precision(), s.recall(), whole, len(records))
				if s.precision() < floor[0] || s.recall() < floor[1] || whole < floor[2] {
					t.Errorf("%s below the floor of %.2f", sev, floor)
				}
			}
		})
	}
}

func compareSets(found map[string]bool, want, optional []string, rules map[string]*score, sum *score) (wrong, missed []string) {
	at := func(rule string) *score {
		if rules[rule] == nil {
			rules[rule] = &score{}
		}
		return rules[rule]
	}
	for rule := range found {
		one := score{}
		switch {
		case slices.Contains(want, rule):
			one.right = 1
		case slices.Contains(optional, rule):
			continue
		default:
			one.wrong = 1
			wrong = append(wrong, rule)
		}
		at(rule).add(one)
		sum.add(one)
	}
	for _, rule := range want {
		if !found[rule] && !slices.Contains(optional, rule) {
			at(rule).add(score{missed: 1})
			sum.add(score{missed: 1})
			missed = append(missed, rule)
		}
	}
	return wrong, missed
}

// Findings must point at what they speak of.
func checkSpans(t testing.TB, tpl Template, fs []Finding) {
	t.Helper()
	tpl = tpl.clean()
	texts := map[Place][]rune{}
	for _, f := range fs {
		rs, ok := texts[f.Place]
		if !ok {
			rs = []rune(tpl.TextAt(f.Place))
			texts[f.Place] = rs
		}
		if f.Start < 0 || f.Start > f.End || f.End > len(rs) {
			t.Fatalf("%s at %s: [%d,%d) of %d", f.Rule, f.Place, f.Start, f.End, len(rs))
		}
		if f.Text != string(rs[f.Start:f.End]) {
			t.Fatalf("%s at %s: %q is not %q", f.Rule, f.Place, f.Text, string(rs[f.Start:f.End]))
		}
		if f.Source == "" || f.Severity == "" {
			t.Fatalf("%s has no source or severity: %+v", f.Rule, f)
		}
	}
}

func ExampleLinter_Lint() {
	t := Template{Name: "mugs", Language: "en", Category: Marketing, Body: "Hi {{1}}, our mugs are back for £14.50 each. Come in!", Footer: "Reply STOP to opt out"}
	for _, f := range linter().Lint(t, Context{}) {
		fmt.Println(f.Severity, f.Rule, f.Place, f.Start, f.End, f.Text)
	}
	// Output: error price body 32 38 £14.50
}
