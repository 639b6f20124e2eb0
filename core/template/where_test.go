package template

import (
	"strings"
	"testing"
)

// place marks where a finding should be with ^ under the text.
func TestPosition(t *testing.T) {
	flat := "\uFEFF[\n  {\"name\": \"a\", \"body\": \"Ciao \\u20ac 5\\n🎉 x\",\n   \"buttons\": [{\"text\": \"Sì\"}, {\"type\": \"URL\", \"text\": \"Vai\", \"url\": \"http://x\"}], \"samples\": {\"body\": [\"un\", \"due\"]}},\n{\"body\":\"\\ud83c\\udf89 due\"}]"
	meta := `{"name":"x","language":"it","components":[
 {"type":"HEADER","format":"TEXT","text":"Titolo"},
 {"text":"Ciao {{1}}","type":"BODY","example":{"body_text":[["Ana"]]}},
 {"type":"BUTTONS","buttons":[{"type":"URL","url":"https://a/{{1}}","example":["b"]}]}]}`
	for name, tt := range map[string]struct {
		data      string
		n         int
		at        Place
		rune      int
		line, col int
	}{
		"plain text":            {"Ciao\nètu", 0, Place{Part: PartBody}, 6, 2, 2},
		"plain, nowhere":        {"Ciao\nètu", 0, Place{Part: PartCategory}, 3, 1, 1},
		"byte order mark":       {"\uFEFFCiao", 0, Place{Part: PartBody}, 2, 1, 3},
		"escaped rune counts 1": {flat, 0, Place{Part: PartBody}, 6, 2, 37},
		"after an escape":       {flat, 0, Place{Part: PartBody}, 9, 2, 41},
		"a real emoji":          {flat, 0, Place{Part: PartBody}, 10, 2, 42},
		"surrogates":            {flat, 1, Place{Part: PartBody}, 1, 4, 22},
		"a button":              {flat, 0, Place{Part: PartButton, N: 1}, 0, 3, 26},
		"a button's link":       {flat, 0, Place{Part: PartButton, N: 2, Field: "url"}, 4, 3, 75},
		"a sample":              {flat, 0, Place{Part: PartSample, N: 2}, 0, 3, 112},
		"what is not there":     {flat, 1, Place{Part: PartFooter}, 0, 4, 1},
		"no such entry":         {flat, 7, Place{Part: PartBody}, 0, 1, 1},
		"meta body":             {meta, 0, Place{Part: PartBody}, 5, 3, 16},
		"meta header":           {meta, 0, Place{Part: PartHeader}, 0, 2, 43},
		"meta sample":           {meta, 0, Place{Part: PartSample, N: 1}, 0, 3, 63},
		"meta button":           {meta, 0, Place{Part: PartButton, N: 1, Field: "url"}, 10, 4, 62},
		"meta label":            {meta, 0, Place{Part: PartButton, N: 1}, 0, 4, 40},
		"not JSON after all":    {`{"body": "x`, 0, Place{Part: PartBody}, 3, 1, 1},
	} {
		line, col := Locate([]byte(tt.data)).Position(tt.n, tt.at, tt.rune)
		if line != tt.line || col != tt.col {
			t.Errorf("%s: %d:%d, want %d:%d", name, line, col, tt.line, tt.col)
		}
	}
}

// FuzzLocate: whatever Decode reads, each place is somewhere in the file.
func FuzzLocate(f *testing.F) {
	for _, s := range []string{`{"body":"a"}`, `[{"body":"\u00e9\ud83d\ude00"}]`, "plain", `{"components":[{"type":"BODY","text":"x"}]}`, `{"body":"\`, `[[{"body":"x"}]]`, `{"body":"\ud83`} {
		f.Add([]byte(s), 0, 3)
	}
	f.Fuzz(func(t *testing.T, data []byte, n, rune int) {
		s := Locate(data)
		lines := strings.Count(string(data), "\n") + 1
		for _, p := range []Part{PartName, PartBody, PartButton, PartSample} {
			line, col := s.Position(n%4, Place{Part: p, N: 1}, max(rune%2000, 0))
			if line < 1 || line > lines || col < 1 || col > len(data)+1 {
				t.Fatalf("%d:%d of %d lines, %d bytes", line, col, lines, len(data))
			}
		}
		ts, err := Decode(data)
		if err == nil && len(ts) != len(s.entries) && len(ts) > 0 {
			t.Fatalf("%d templates, %d places", len(ts), len(s.entries))
		}
	})
}
