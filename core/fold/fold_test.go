package fold_test

import (
	"testing"

	"pgregory.net/rapid"

	"bottega/core/fold"
)

func TestString(t *testing.T) {
	for in, want := range map[string]string{
		"":                "",
		"  Ana   María\t": "ana maria",
		"MÜLLER":          "muller",
		"Straße":          "strasse",
		"Þór Guðrún":      "thor gudrun",
		"Ħal Għaxaq":      "hal ghaxaq",
		"ΟΔΥΣΣΕΎΣ":        "οδυσσευσ",
		"Ὀδυσσεύς":        "οδυσσευσ",
		"Ёлка и Йод":      "елка и иод",
		"ｆｕｌｌ　ｗｉｄｔｈ １２":   "full width 12",
		"ﬁne":             "fine",
		"İstanbul":        "istanbul",
		"小王 👩‍🍳":          "小王 👩‍🍳",
		"한국":              "한국",
		"ЙОГУРТ":          "иогурт",
	} {
		if got := fold.String(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

func TestTwiceIsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := fold.String(rapid.String().Draw(t, "s"))
		if twice := fold.String(once); twice != once {
			t.Fatalf("%q folds on to %q", once, twice)
		}
	})
}

func FuzzString(f *testing.F) {
	f.Add("Ǆ ẛ̣ ῼ ꭰ ﷺ")
	f.Fuzz(func(t *testing.T, s string) {
		once := fold.String(s)
		if twice := fold.String(once); twice != once {
			t.Fatalf("%q → %q → %q", s, once, twice)
		}
	})
}

func BenchmarkString(b *testing.B) {
	for b.Loop() {
		fold.String("Buongiorno, è pronta la torta per María? Спасибо")
	}
}
