package kit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

var grey = Ink{"\x1b[48;5;7m"}

func TestFitIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.IntRange(0, 40).Draw(t, "w")
		s := strings.NewReplacer("\n", " ", "\r", " ").Replace(anyText(t, "s"))
		for name, got := range map[string]string{"Fit": Fit(s, w), "FitRight": FitRight(s, w), "Center": Center(s, w)} {
			if ansi.StringWidth(got) != w {
				t.Fatalf("%s(%q, %d) = %q: %d cells", name, s, w, got, ansi.StringWidth(got))
			}
		}
	})
}

// A row made of clean parts is exact, whatever the parts are.
func TestRowsOfCleanTextAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.IntRange(1, 60).Draw(t, "w")
		a, b := CleanLine(anyText(t, "a")), CleanLine(anyText(t, "b"))
		row := Ends("▌ "+a, b+" ✓", w)
		exact(t, "row", []string{row, grey.Line(row, w)}, w, 2)
		both := Zip([]string{Fit(a, w)}, []string{"│"}, []string{Fit(b, w)})
		exact(t, "zip", both, 2*w+1, 1)
	})
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		s    string
		w    int
		want []string
	}{
		{"", 5, []string{""}},
		{"uno due tre", 7, []string{"uno due", "tre"}},
		{"uno due", 3, []string{"uno", "due"}},
		{"lunghissimo", 4, []string{"lung", "hiss", "imo"}},
		{"a\n\nb", 4, []string{"a", "", "b"}},
		{"你好世界", 5, []string{"你好", "世界"}},
		{"ab你好", 4, []string{"ab你", "好"}},
		{"👩‍🍳👩‍🍳", 3, []string{"👩‍🍳", "👩‍🍳"}},
		{"你", 1, []string{"…"}},
		{"ben-fatto oggi", 6, []string{"ben-", "fatto", "oggi"}},
	} {
		if got := Wrap(c.s, c.w); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.s, c.w, got, c.want)
		}
	}
}

// No line is too wide and no letter is lost.
func TestWrapKeepsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, w := Clean(anyText(t, "s")), rapid.IntRange(2, 30).Draw(t, "w")
		var got strings.Builder
		for _, l := range Wrap(s, w) {
			if Width(l) > w {
				t.Fatalf("%q is %d cells, over %d", l, Width(l), w)
			}
			got.WriteString(l)
		}
		squeeze := strings.NewReplacer(" ", "", "\n", "", "…", "")
		if a, b := squeeze.Replace(s), squeeze.Replace(got.String()); a != b && !strings.Contains(s, "ﷺ") && maxCluster(s) <= w {
			t.Fatalf("%q became %q", a, b)
		}
	})
}

func maxCluster(s string) (n int) {
	for _, w := range Clusters(s) {
		n = max(n, w)
	}
	return n
}

func FuzzClean(f *testing.F) {
	f.Add("oi \x1b]8;;http://evil\x07link\x1b]8;;\x07 \x9b31m \r\u202e")
	f.Add(strings.Join(scripts, ""))
	f.Add("a" + strings.Repeat("\u0301", 500))
	f.Add("\U0001f3f4\U000e0067\U000e0062\U000e007f\U000e0041")
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if strings.ContainsAny(c, "\x1b\x07\r\u202e\u009b\u200b\u2066\ufeff") || Clean(c) != c || ansi.Strip(c) != c {
			t.Fatalf("%q -> %q -> %q", s, c, Clean(c))
		}
		if len(c) > 3*len(s)+3 {
			t.Fatalf("grew from %d to %d bytes", len(s), len(c))
		}
		for line := range strings.SplitSeq(c, "\n") {
			if got := "|" + line + "|"; ansi.StringWidth(got) != ansi.StringWidth(line)+2 {
				t.Fatalf("%q joins its neighbours", line)
			}
			if n := ansi.StringWidth(Fit(line, 20)); n != 20 {
				t.Fatalf("%q fits to %d cells", line, n)
			}
		}
	})
}

func TestCleanKeepsScripts(t *testing.T) {
	for _, s := range []string{
		"Ferramenta Rossi", "面包店 👩‍🍳", "नमस्ते", "می\u200cخواهم", "שָׁלוֹם", "ก็ได้", "1️⃣ ❤️ 🇮🇹 👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "e\u0301", "a\nb",
	} {
		if got := Clean(s); got != s {
			t.Errorf("Clean(%q) = %q", s, got)
		}
	}
	if got := Clean("a" + strings.Repeat("\u0336", 40)); strings.Count(got, "\u0336") != maxMarks {
		t.Errorf("marks: %q", got)
	}
	if got := CleanLine("a\tb\r\nc"); got != "a b c" {
		t.Errorf("line: %q", got)
	}
}

type testRow struct {
	id, rev int64
	s       string
}

func (r testRow) Key() int64 { return r.id }
func (r testRow) Rev() int64 { return r.rev }
func (r testRow) Draw(w int, st RowState) []string {
	m := "  "
	if st.Cursor {
		m = "▌ "
	}
	return []string{m + r.s, fmt.Sprint(r.rev, st.Focus, st.Marked)}
}

func rowsFrom(ids ...int64) []Row {
	out := make([]Row, len(ids))
	for i, id := range ids {
		out[i] = testRow{id, 1, fmt.Sprint("row ", id)}
	}
	return out
}

func seq(from, to int64) (ids []int64) {
	for ; from < to; from++ {
		ids = append(ids, from)
	}
	return ids
}

func TestListProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := List{RowHeight: rapid.IntRange(1, 3).Draw(t, "rows")}
		for range rapid.IntRange(1, 15).Draw(t, "steps") {
			w, h := rapid.IntRange(1, 50).Draw(t, "w"), rapid.IntRange(1, 30).Draw(t, "h")
			switch rapid.IntRange(0, 6).Draw(t, "step") {
			case 0:
				var rows []Row
				for i := range rapid.IntRange(0, 60).Draw(t, "n") {
					rows = append(rows, testRow{int64(i), 1, CleanLine(anyText(t, "name"))})
				}
				off := rapid.IntRange(0, 100).Draw(t, "offset")
				l.SetWindow(rows, off, off+len(rows)+rapid.IntRange(0, 100).Draw(t, "more"))
			case 1:
				l.Move(rapid.IntRange(-70, 70).Draw(t, "move"))
			case 2:
				l.Scroll(rapid.IntRange(-9, 9).Draw(t, "scroll"))
			case 3:
				l.Page(rapid.IntRange(-2, 2).Draw(t, "page"))
			case 4:
				l.Select(rapid.Int64Range(0, 70).Draw(t, "key"))
			case 5:
				l.Mark(rapid.Int64Range(0, 70).Draw(t, "mark"), true)
			}
			lines := l.Lines(w, h, rapid.Bool().Draw(t, "focus"))
			exact(t, "list", lines, w, h)
			if l.Len() > 0 && w > 1 && h >= l.RowHeight && !strings.Contains(strings.Join(lines, ""), "▌") {
				t.Fatalf("the cursor is not on the screen: %q", lines)
			}
			if at, n := l.Thumb(h); at < 0 || n < 0 || at+n > h {
				t.Fatalf("thumb %d+%d of %d", at, n, h)
			}
		}
	})
}

func TestListKeepsItsRow(t *testing.T) {
	l := List{}
	l.SetRows(rowsFrom(seq(0, 100)...))
	l.Lines(20, 10, true)
	l.Select(40)
	l.Lines(20, 10, true)
	from, _ := l.Visible()
	l.SetRows(rowsFrom(append([]int64{900, 901}, seq(0, 100)...)...)) // two rows came above
	if r, _ := l.Current(); r.Key() != 40 {
		t.Fatalf("cursor on %d", r.Key())
	}
	l.Lines(20, 10, true)
	if now, _ := l.Visible(); now != from+2 {
		t.Fatalf("the picture jumped from row %d to %d", from, now-2)
	}
	l.SetRows(rowsFrom(1, 2, 3)) // its row is gone: the nearest place
	if r, ok := l.Current(); !ok || r.Key() != 3 {
		t.Fatalf("cursor on %v", r)
	}
	l.SetRows(nil)
	if _, ok := l.Current(); ok {
		t.Fatal("a row in an empty list")
	}
}

func TestListWindow(t *testing.T) {
	l := List{RowHeight: 2}
	l.SetWindow(rowsFrom(seq(500, 600)...), 500, 10_000)
	l.Lines(20, 20, true)
	if !l.NearStart() || l.NearEnd() || l.Index() != 500 {
		t.Fatalf("start %v end %v index %d", l.NearStart(), l.NearEnd(), l.Index())
	}
	l.End()
	l.Lines(20, 20, true)
	if !l.NearEnd() || l.NearStart() {
		t.Fatal("the end is near")
	}
	l.SetWindow(rowsFrom(seq(550, 650)...), 550, 10_000)
	if r, _ := l.Current(); r.Key() != 599 || l.Index() != 599 {
		t.Fatalf("after the window moved: row %d, index %d", r.Key(), l.Index())
	}
	l.Lines(20, 20, true)
	from, _ := l.Visible()
	if r, ok := l.At(3); !ok || r.Key() != l.Rows()[from+1].Key() {
		t.Fatalf("line 3 is %v", r)
	}
	if _, ok := l.At(25); ok {
		t.Fatal("a row below the picture")
	}
}

// Rows are drawn once per revision, width, state and epoch.
func TestListDrawsOnce(t *testing.T) {
	l := List{}
	l.SetRows(rowsFrom(seq(0, 10_000)...))
	l.Lines(20, 10, true)
	if l.Drawn() != 10 {
		t.Fatalf("drew %d rows", l.Drawn())
	}
	l.Lines(20, 10, true)
	l.SetRows(rowsFrom(seq(0, 10_000)...))
	l.Lines(20, 10, true)
	if l.Drawn() != 10 {
		t.Fatalf("drew %d rows again", l.Drawn()-10)
	}
	l.Move(1) // the row left and the row entered
	l.Lines(20, 10, true)
	if l.Drawn() != 12 {
		t.Fatalf("a move drew %d rows", l.Drawn()-10)
	}
	l.SetEpoch(1)
	l.Lines(20, 10, true)
	if l.Drawn() != 22 {
		t.Fatalf("a new epoch drew %d rows", l.Drawn()-12)
	}
}

func BenchmarkListFrame(b *testing.B) {
	l := List{RowHeight: 2}
	l.SetRows(rowsFrom(seq(0, 100_000)...))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Move(1 - 2*(i/50_000%2))
		_ = l.Lines(200, 60, true)
	}
}

func BenchmarkInput(b *testing.B) {
	in := Input{Multi: true}
	in.SetValue(strings.Repeat("buongiorno 你好 👩‍🍳 ", 100))
	for b.Loop() {
		in.Handle(keyOf("x"))
		in.Insert("x")
		_ = in.Lines(80, in.Height(80), InputStyle{})
	}
}

// Whatever the line, a terminal that counts by character has its borders in
// the same columns, and a cursor stays on its letter.
func TestPortable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.IntRange(1, 40).Draw(t, "w")
		s := Fit(CleanLine(anyText(t, "s")), w) + grey.Render("│") + Fit(CleanLine(anyText(t, "right")), w)
		x := rapid.IntRange(0, 2*w+1).Draw(t, "x")
		got, at := Portable(s, x)
		if n := ansi.StringWidthWc(got); n != 2*w+1 {
			t.Fatalf("Portable(%q) = %q: %d cells by character, want %d", s, got, n, 2*w+1)
		}
		if left, _, _ := strings.Cut(got, "\x1b"); ansi.StringWidthWc(left) != w {
			t.Fatalf("Portable(%q) = %q: the border moved", s, got)
		}
		if at < 0 || at > 2*w+1 {
			t.Fatalf("cursor at %d", at)
		}
	})
	for _, c := range []struct {
		in, want string
		x, at    int
	}{
		{"👩‍🍳    │", "👩    │", 6, 6},
		{"रारा    │", "रारा  │", 2, 4},
		{"रारा│", "रर│", 2, 2},
		{"👩‍🍳│", "👩│", 2, 2},
		{"❤️.", "❤ .", 2, 2},
		{"a👍🏽b     │", "a👍b     │", 3, 3},
		{"1️⃣ x", "1  x", 3, 3},
		{"⭐️.", "⭐️.", 2, 2},
		{"你好", "你好", 2, 2},
	} {
		got, at := Portable(c.in, c.x)
		if got != c.want || at != c.at {
			t.Errorf("Portable(%q, %d) = %q, %d, want %q, %d", c.in, c.x, got, at, c.want, c.at)
		}
	}
}

func TestBox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, n := rapid.IntRange(4, 50).Draw(t, "w"), rapid.IntRange(0, 5).Draw(t, "n")
		var lines []string
		for range n {
			lines = append(lines, CleanLine(anyText(t, "line")))
		}
		exact(t, "box", Box(CleanLine(anyText(t, "title")), lines, w, grey, grey), w, n+2)
	})
}
