package text

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"bottega/assets"
)

// catalog is one language: area → key → plural form → words.
type catalog map[string]map[string]map[string]string

func readCatalog(t *testing.T, lang string) catalog {
	t.Helper()
	out := catalog{}
	files, err := fs.Glob(assets.Locale(), lang+"/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := fs.ReadFile(assets.Locale(), f)
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]any
		if err := json.Unmarshal(data, &raw); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		area := map[string]map[string]string{}
		for k, v := range raw {
			switch v := v.(type) {
			case string:
				area[k] = map[string]string{"": v}
			case map[string]any:
				forms := map[string]string{}
				for form, s := range v {
					forms[form], _ = s.(string)
				}
				area[k] = forms
			default:
				t.Fatalf("%s: %s is %T", f, k, v)
			}
		}
		out[strings.TrimSuffix(filepath.Base(f), ".json")] = area
	}
	return out
}

func languages(t *testing.T) []string {
	t.Helper()
	ls, err := Languages()
	if err != nil || !slices.Contains(ls, "en") || !slices.Contains(ls, "it") {
		t.Fatalf("languages %v, %v", ls, err)
	}
	return ls
}

var holes = regexp.MustCompile(`\{\{\.[A-Za-z0-9]+\}\}`)

func placeholders(s string) []string {
	hs := holes.FindAllString(s, -1)
	slices.Sort(hs)
	return slices.Compact(hs)
}

// Every language has the same areas, keys, plural messages and placeholders,
// and nothing is empty.
func TestLanguagesMatch(t *testing.T) {
	en := readCatalog(t, "en")
	for _, lang := range languages(t) {
		other := readCatalog(t, lang)
		for area, keys := range en {
			for k, forms := range keys {
				got, ok := other[area][k]
				if !ok {
					t.Errorf("%s/%s.json has no %q", lang, area, k)
					continue
				}
				matchForms(t, lang+"/"+area+" "+k, forms, got)
			}
			for k := range other[area] {
				if _, ok := keys[k]; !ok {
					t.Errorf("%s/%s.json has %q, English has not", lang, area, k)
				}
			}
		}
		for area := range other {
			if _, ok := en[area]; !ok {
				t.Errorf("%s has the area %s, English has not", lang, area)
			}
		}
	}
}

func matchForms(t *testing.T, where string, en, got map[string]string) {
	t.Helper()
	_, plain := en[""]
	if _, p := got[""]; p != plain {
		t.Errorf("%s is a plural in one language only", where)
		return
	}
	if !plain && (got["one"] == "" || got["other"] == "") {
		t.Errorf("%s needs the forms one and other: %v", where, got)
	}
	want := placeholders(en["other"] + en[""])
	for form, s := range got {
		if strings.TrimSpace(s) == "" {
			t.Errorf("%s %s is empty", where, form)
		}
		if strings.Count(s, open) != len(holes.FindAllString(s, -1)) {
			t.Errorf("%s has a broken placeholder: %q", where, s)
		}
		have := placeholders(s)
		if form == "one" { // "one message" may do without the number
			have = append(have, "{{.Count}}")
			slices.Sort(have)
			have = slices.Compact(have)
			want := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(want), "{{.Count}}"))))
			if !slices.Equal(have, want) {
				t.Errorf("%s %s has %v, want %v", where, form, have, want)
			}
			continue
		}
		if !slices.Equal(have, want) {
			t.Errorf("%s %s has %v, want %v", where, form, have, want)
		}
	}
}

// typedKeys are the constants of type K in this package: name → key.
func typedKeys(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("k_*.go")
	if err != nil {
		t.Fatal(err)
	}
	out, fset := map[string]string{}, token.NewFileSet()
	for _, name := range files {
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := v.Type.(*ast.Ident); !ok || id.Name != "K" {
				t.Errorf("%s: %s is a constant without the type K", name, v.Names[0].Name)
				return true
			}
			for i, n := range v.Names {
				lit, ok := v.Values[i].(*ast.BasicLit)
				if !ok {
					t.Errorf("%s: %s is no literal", name, n.Name)
					continue
				}
				s, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Fatal(err)
				}
				out[n.Name] = s
			}
			return true
		})
	}
	return out
}

// byCode are the key prefixes that are built from core's codes at run time.
var byCode = []string{"error.", "class.", "provider.", "away."}

// built matches keys that code puts together: text.K("cli.state." + …) or a
// prefix kept under a name, K = "cli.cmd.".
var built = regexp.MustCompile(`"([a-z_]+(?:\.[a-z_]+)*\.)"`)

// builtPrefixes finds them in all code that is no test.
func builtPrefixes(t *testing.T) []string {
	out := slices.Clone(byCode)
	eachSource(t, func(_, src string) {
		for _, m := range built.FindAllStringSubmatch(src, -1) {
			out = append(out, m[1])
		}
	})
	return out
}

// Each typed key has words, each entry has a typed key or belongs to a code,
// and no two constants share a key.
func TestKeysHaveWords(t *testing.T) {
	words := map[string]bool{}
	for _, keys := range readCatalog(t, "en") {
		for k := range keys {
			words[k] = true
		}
	}
	used, prefixes := map[string]string{}, builtPrefixes(t)
	for name, k := range typedKeys(t) {
		if !words[k] {
			t.Errorf("%s = %q has no words", name, k)
		}
		if other, ok := used[k]; ok {
			t.Errorf("%s and %s are the same key %q", name, other, k)
		}
		used[k] = name
	}
	for k := range words {
		coded := slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(k, p) })
		if used[k] == "" && !coded {
			t.Errorf("%q has words and no constant", k)
		}
	}
}

// eachSource reads the program's Go files, without tests and the keys themselves.
func eachSource(t *testing.T, do func(path, src string)) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n == "testdata" || strings.HasPrefix(n, ".") && n != ".." {
				return filepath.SkipDir
			}
			return nil
		}
		base := filepath.Base(path)
		if !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") || strings.HasPrefix(base, "k_") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err == nil {
			do(path, string(src))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every constant is used by some code that is no test.
func TestKeysAreUsed(t *testing.T) {
	seen := map[string]bool{}
	eachSource(t, func(path, src string) {
		inside := filepath.Base(filepath.Dir(path)) == "text"
		for _, m := range word.FindAllStringSubmatch(src, -1) {
			if m[1] != "" || inside {
				seen[m[2]] = true
			}
		}
	})
	for name := range typedKeys(t) {
		if !seen[name] {
			t.Errorf("%s is never used", name)
		}
	}
}

// word matches exported names, with the package's name before them or without.
var word = regexp.MustCompile(`\b(text\.)?([A-Z][A-Za-z0-9]*)\b`)

// The words of keys stand in the footer: the longest must leave room for a
// key, another hint and the help at 60 columns.
func TestFooterWordsFit(t *testing.T) {
	const most = 26
	for _, lang := range languages(t) {
		for area, keys := range readCatalog(t, lang) {
			for k, forms := range keys {
				if !strings.HasPrefix(k, "key.") && !strings.HasPrefix(k, area+".key.") {
					continue
				}
				for _, s := range forms {
					if n := ansi.StringWidth(s); n > most {
						t.Errorf("%s %s: %q takes %d cells, more than %d", lang, k, s, n, most)
					}
				}
			}
		}
	}
}
