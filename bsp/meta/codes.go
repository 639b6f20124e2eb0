package meta

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"bottega/core"
)

//go:embed codes.tsv
var codesTSV string

// rule is one row of codes.tsv: the class of every code from..to.
type rule struct {
	from, to int
	class    core.Class
	wait     time.Duration // the document's wait; 0 when it names none
}

// table reads codes.tsv once. It is part of the program, so a row that cannot
// be read is a bug and a test finds it first.
var table = sync.OnceValue(func() []rule {
	rules, err := parseRules(codesTSV)
	if err != nil {
		panic(err)
	}
	return rules
})

func parseRules(tsv string) ([]rule, error) {
	var rules []rule
	for line := range strings.Lines(tsv) {
		line = strings.TrimRight(line, "\n")
		f := strings.Split(line, "\t")
		if strings.HasPrefix(line, "#") || f[0] == "from" {
			continue
		}
		if len(f) != 7 {
			return nil, fmt.Errorf("codes.tsv: %d fields in %q", len(f), line)
		}
		r := rule{class: core.Class(f[4])}
		var err error
		if r.from, err = strconv.Atoi(f[0]); err != nil {
			return nil, fmt.Errorf("codes.tsv: %w", err)
		}
		if r.to, err = strconv.Atoi(f[1]); err != nil {
			return nil, fmt.Errorf("codes.tsv: %w", err)
		}
		if f[5] != "" {
			if r.wait, err = time.ParseDuration(f[5]); err != nil {
				return nil, fmt.Errorf("codes.tsv: %w", err)
			}
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// ClassOf judges one of Meta's codes that another provider passes on; false for
// one that the table does not know.
func ClassOf(code string) (class core.Class, wait time.Duration, known bool) { return classify(code) }

// classify finds a code of Meta's in the table. Decide by the code alone:
// HTTP status, title and subcode say less (bsp/meta.md 3).
func classify(code string) (class core.Class, wait time.Duration, known bool) {
	n, err := strconv.Atoi(code)
	if err != nil {
		return core.ClassUnknown, 0, false
	}
	for _, r := range table() {
		if n >= r.from && n <= r.to {
			return r.class, r.wait, true
		}
	}
	return core.ClassUnknown, 0, false
}
