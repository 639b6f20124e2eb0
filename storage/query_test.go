package storage_test

import (
	"database/sql"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"bottega/core/fold"
	"bottega/storage"
)

func TestFolded(t *testing.T) {
	for in, want := range map[string]string{
		"Perché NO?":              "perche no",
		"Ёлка й Й":                "елка и и",
		"e\u0301t\u0301":          "et",
		"我要iPhone":                "我 要 iphone",
		"がか ﾊﾟ":                   "が か ハ",
		"한국어":                     "한 국 어",
		"ＡＢＣ１２ ﬁ ½":               "abc12 fi 1 2",
		"Straße Œuvre":            "strasse oeuvre",
		"Ὀδυσσεύς":                "οδυσσευσ",
		"İstanbul ISI":            "istanbul isi",
		"a_b-c.d@e":               "a b c d e",
		"🎉 \x00\u202e":            "",
		"\xff\xfeabc":             "abc",
		strings.Repeat("ab", 100): strings.Repeat("ab", 32),
	} {
		if got := storage.Folded(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestSearchFoldsAsSegmentsDo: a word of an alphabet is the same word for
// search, for segments and for keywords.
func TestSearchFoldsAsSegmentsDo(t *testing.T) {
	alphabets := []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian}
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom(nil, alphabets...), 1, 12, -1), 1, 4).Draw(rt, "words")
		text := strings.Join(words, " ")
		other := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && r != ' ' }
		if strings.ContainsFunc(norm.NFKD.String(text), other) {
			rt.Skip("a sign ends a word of the index")
		}
		if got, want := storage.Folded(text), fold.String(text); got != want {
			rt.Fatalf("search folds %q to %q, segments to %q", text, got, want)
		}
	})
}

func TestSnippet(t *testing.T) {
	long := strings.Repeat("parole prima ", 20) + "la grande Città bella " + strings.Repeat("parole dopo ", 20)
	for _, tt := range []struct{ text, words, want, marked string }{
		{"Città", "citta", "Città", "Città"},
		{"una città, due CITTA", "citt", "una città, due CITTA", "città|CITTA"},
		{"我要买手机壳", "手机", "我要买手机壳", "手机"},
		{"a\nb\x1b[31m\u202ec", "b", "a b [31m c", "b"},
		{"nothing here", "absent", "nothing here", ""},
		{long, "citta", "", "Città"},
		{"uno due tre", "due tre uno", "uno due tre", "uno|due|tre"},
		{"e\u0301tude", "etude", "e\u0301tude", "e\u0301tude"},
	} {
		got, marks := storage.Snippet(tt.text, storage.Terms(tt.words))
		rs := []rune(got)
		var parts []string
		for _, m := range marks {
			parts = append(parts, string(rs[m[0]:m[1]]))
		}
		if tt.want != "" && got != tt.want || strings.Join(parts, "|") != tt.marked {
			t.Errorf("%q in %q: %q with %q marked, want %q with %q", tt.words, tt.text, got, parts, tt.want, tt.marked)
		}
		if len(rs) > 122 {
			t.Errorf("a snippet of %d characters", len(rs))
		}
	}
	if got, _ := storage.Snippet(long, storage.Terms("citta")); !strings.HasPrefix(got, "…prima ") || !strings.HasSuffix(got, "…") {
		t.Errorf("cut %q", got)
	}
}

// index is a small search index as the shop's.
func index(t testing.TB) *sql.DB {
	t.Helper()
	pool, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "words.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	pool.SetMaxOpenConns(1)
	for _, q := range []string{
		`CREATE VIRTUAL TABLE w USING fts5(text, content='', contentless_delete=1, prefix='2 3', tokenize="unicode61 remove_diacritics 0")`,
		`CREATE VIRTUAL TABLE d USING fts5(text, content='', contentless_delete=1, tokenize="trigram")`,
	} {
		if _, err := pool.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	return pool
}

// FuzzQuery types anything at all: SQLite never refuses what comes of it, a
// text is always found by its own words, and marks lie where they say.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{`"a" NEAR b`, "NOT", "a* -b ^c", "手机壳", "l'acqua", "перезвонить ёж", "\x00\xff", "+39 (333) 123-45", "{a}:b", "𝔘𝔫𝔦", "กินข้าว", "ﷺ", "١٢٣", "ªº²", "\u0301\u0301", strings.Repeat("a", 300)} {
		f.Add(s, "some text "+s)
	}
	pool := index(f)
	f.Fuzz(func(t *testing.T, typed, text string) {
		ts := storage.Terms(typed)
		if len(ts) > 0 {
			if _, err := pool.Exec("SELECT rowid FROM w WHERE w MATCH ?", storage.Match(ts)); err != nil {
				t.Errorf("%q becomes %q: %v", typed, storage.Match(ts), err)
			}
		}
		if d := storage.MatchDigits(typed); d != "" {
			if _, err := pool.Exec("SELECT rowid FROM d WHERE d MATCH ?", d); err != nil {
				t.Errorf("%q becomes %q: %v", typed, d, err)
			}
		}
		got, marks := storage.Snippet(text, ts)
		n, last := utf8.RuneCountInString(got), 0
		for _, m := range marks {
			if m[0] < last || m[1] <= m[0] || m[1] > n {
				t.Errorf("marks %v in %q", marks, got)
			}
			last = m[1]
		}
		if strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("control characters in %q", got)
		}
	})
}

// TestFoundByItsOwnWords: whatever a text is made of, its words find it.
func TestFoundByItsOwnWords(t *testing.T) {
	pool := index(t)
	id := 0
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom(nil, unicode.Latin, unicode.Cyrillic, unicode.Han, unicode.Hangul, unicode.Katakana, unicode.Thai, unicode.Greek),
			rapid.SampledFrom([]rune(" '-.*\"")), rapid.Rune())).Draw(rt, "text")
		folded := storage.Folded(text)
		ts := storage.Terms(text)
		if len(ts) == 0 || len(ts) == 16 {
			rt.Skip()
		}
		id++
		if _, err := pool.Exec("INSERT INTO w (rowid, text) VALUES (?, ?)", id, folded); err != nil {
			rt.Fatal(err)
		}
		var n int
		if err := pool.QueryRow("SELECT count(*) FROM w WHERE w MATCH ? AND rowid = ?", storage.Match(ts), id).Scan(&n); err != nil || n != 1 {
			rt.Fatalf("%q, indexed as %q, is not found by %q: %v", text, folded, storage.Match(ts), err)
		}
		if _, marks := storage.Snippet(text, ts); len(marks) == 0 && len([]rune(text)) < 100 {
			rt.Fatalf("%q has no mark of %q", text, storage.Match(ts))
		}
	})
}

func TestCards(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k, m := rapid.Make[storage.CardFields]().Draw(rt, "contact"), rapid.Make[storage.LastFields]().Draw(rt, "last")
		m.Text = m.Text[:min(len(m.Text), 400)]
		k2, m2, err := storage.Repack(k, m)
		if err != nil || !reflect.DeepEqual(k, k2) || m.ID != 0 && !reflect.DeepEqual(m, m2) {
			rt.Fatalf("%+v %+v became %+v %+v, %v", k, m, k2, m2, err)
		}
	})
	if _, _, err := storage.Unpack([]byte{2, 2, 2, 200}); err == nil {
		t.Error("a card cut short is read")
	}
}
