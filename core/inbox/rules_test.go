package inbox_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"bottega/assets"
	"bottega/core"
	"bottega/core/inbox"
)

// TestShippedNumbers holds the seeds' thresholds; whoever changes one must
// change its source as well.
func TestShippedNumbers(t *testing.T) {
	r := shopRules(t)
	for what, c := range map[string]struct {
		got  core.Duration
		want time.Duration
	}{
		"S-072 first answer": {r.Targets.First, 5 * time.Minute},
		"S-073 late":         {r.Targets.Late, 30 * time.Minute},
		"S-074 red":          {r.Targets.Red, 2 * time.Hour},
		"P-01 window":        {r.Policy.Window, 24 * time.Hour},
		"P-03 entry point":   {r.Policy.EntryPoint, 72 * time.Hour},
		"undo":               {r.Policy.UndoGrace, 5 * time.Second},
	} {
		if c.got.D() != c.want {
			t.Errorf("%s: %v, want %v", what, c.got.D(), c.want)
		}
	}
	h := r.Targets.HeadStart
	if !(h[core.ValueHigh] > h[core.ValueMid] && h[core.ValueMid] > h[core.ValueLow]) {
		t.Errorf("S-075: valued customers first: %v", h)
	}
	for _, source := range []string{"S-072", "S-073", "S-074", "S-075"} {
		if !strings.Contains(r.Targets.Source, source) {
			t.Errorf("the targets do not name %s: %s", source, r.Targets.Source)
		}
	}
	for _, s := range []string{r.Targets.Date, r.Policy.Date, r.Limits.Date} {
		if _, err := time.Parse(time.DateOnly, s); err != nil {
			t.Error(err)
		}
	}
	if !strings.Contains(r.Policy.Source, "P-01") || !strings.Contains(r.Policy.Source, "P-03") || r.Limits.Source == "" {
		t.Errorf("%q %q", r.Policy.Source, r.Limits.Source)
	}
	if r.Limits.Text != 4096 || r.Limits.Caption != 1024 || r.Limits.Buttons != 3 {
		t.Errorf("%+v", r.Limits)
	}
	if !r.Hours.Always {
		t.Error("a shop that has set no hours is always open")
	}
	for _, lang := range append(languages, inbox.AnyLanguage) {
		if len(r.Courtesy[lang]) == 0 {
			t.Errorf("no courtesies in %s", lang)
		}
	}
}

// broken returns the shipped rules with one file changed.
func broken(t *testing.T, name string, change func(map[string]any)) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(assets.Rules(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(assets.Rules(), p)
		files[p] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if change == nil {
		delete(files, name)
		return files
	}
	var v map[string]any
	if err := json.Unmarshal(files[name].Data, &v); err != nil {
		t.Fatal(err)
	}
	change(v)
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	files[name] = &fstest.MapFile{Data: b}
	return files
}

func TestLoadRulesSaysWhatIsWrong(t *testing.T) {
	number := func(v any) map[string]any { return map[string]any{"value": v, "source": "here", "date": "2026-11-22"} }
	for name, c := range map[string]struct {
		file   string
		change func(map[string]any)
		says   string
	}{
		"missing file":    {"policy.json", nil, "policy.json"},
		"no value":        {"targets.json", func(v map[string]any) { delete(v, "red") }, "red: no value"},
		"no source":       {"targets.json", func(v map[string]any) { v["late"] = map[string]any{"value": "30m", "date": "2026-11-22"} }, "late: no source"},
		"no date":         {"policy.json", func(v map[string]any) { v["window"] = map[string]any{"value": "24h", "source": "x"} }, "window: date"},
		"not a time":      {"policy.json", func(v map[string]any) { v["window"] = number("a day") }, "policy.json"},
		"out of order":    {"targets.json", func(v map[string]any) { v["late"] = number("1m") }, "first < late < red"},
		"no tier":         {"targets.json", func(v map[string]any) { v["head_start"] = map[string]any{"high": number("1m")} }, "head_start"},
		"negative":        {"targets.json", func(v map[string]any) { v["head_start"].(map[string]any)["high"] = number("-1m") }, "negative"},
		"tier's source":   {"targets.json", func(v map[string]any) { v["head_start"].(map[string]any)["high"] = map[string]any{"value": "1m"} }, "head_start.high"},
		"unknown field":   {"limits.json", func(v map[string]any) { v["texts"] = number(1) }, "texts"},
		"zero limit":      {"limits.json", func(v map[string]any) { v["text"] = number(0) }, "text: not above 0"},
		"limit's source":  {"limits.json", func(v map[string]any) { delete(v, "buttons") }, "buttons: no value"},
		"short entry":     {"policy.json", func(v map[string]any) { v["entry_point"] = number("1h") }, "entry_point"},
		"zone":            {"hours.json", func(v map[string]any) { v["time_zone"] = "Mars/Base" }, "hours.json"},
		"hours' source":   {"hours.json", func(v map[string]any) { delete(v, "source") }, "hours: no source"},
		"wrong language":  {"courtesy/it.json", func(v map[string]any) { v["language"] = "en" }, "not the file's"},
		"list's source":   {"courtesy/it.json", func(v map[string]any) { delete(v, "source") }, "list: no source"},
		"empty word":      {"courtesy/it.json", func(v map[string]any) { v["thanks"] = []string{"grazie", " "} }, "bad entry"},
		"mark for a word": {"courtesy/it.json", func(v map[string]any) { v["thanks"] = []string{"+1"} }, "bad entry"},
	} {
		_, err := inbox.LoadRules(broken(t, c.file, c.change))
		if core.CodeOf(err) != core.InvalidInput || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), strings.TrimSuffix(c.file, ".json")) {
			t.Errorf("%s: %v, want it to name %s and say %q", name, err, c.file, c.says)
		}
	}
	if _, err := inbox.LoadRules(fstest.MapFS{}); core.CodeOf(err) != core.InvalidInput {
		t.Errorf("no files: %v", err)
	}
	none := broken(t, "courtesy/it.json", nil)
	for name := range none {
		if strings.HasPrefix(name, "courtesy/") {
			delete(none, name)
		}
	}
	if _, err := inbox.LoadRules(none); err == nil || !strings.Contains(err.Error(), "no lists") {
		t.Errorf("no lists: %v", err)
	}
}

// TestCourtesyFilesHaveNoDoubles keeps the lists tidy: a word has one part.
func TestCourtesyFilesHaveNoDoubles(t *testing.T) {
	for lang, list := range shopRules(t).Courtesy {
		seen := map[string]string{}
		for _, e := range list {
			word := strings.TrimLeft(e, "~+-")
			if other, ok := seen[word]; ok && other[0] == e[0] && word != "" && !strings.HasPrefix(word, "(") {
				t.Errorf("%s: %q stands twice", lang, word)
			}
			seen[word] = e
		}
	}
}
