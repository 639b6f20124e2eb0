package text

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/text/currency"
	"golang.org/x/text/number"

	"bottega/core"
)

// Num writes a whole number with the language's grouping: "12,345", "12.345".
func (w *Words) Num(n int) string {
	if n > -1000 && n < 1000 {
		return strconv.Itoa(n)
	}
	return w.nums.Sprint(number.Decimal(n))
}

// Dec writes a number with at most digits decimals.
func (w *Words) Dec(v float64, digits int) string {
	return w.nums.Sprint(number.Decimal(v, number.MaxFractionDigits(digits)))
}

// Percent writes a share of one: 0.634 → "63%".
func (w *Words) Percent(v float64) string {
	return w.nums.Sprint(number.Percent(v, number.MaxFractionDigits(0)))
}

// Bytes writes a size in the units that people know, powers of 1000: "1.4 MB".
func (w *Words) Bytes(n int64) string {
	v, unit := float64(n), "B"
	for _, u := range []string{"kB", "MB", "GB", "TB"} {
		if v < 999.5 {
			break
		}
		v, unit = v/1000, u
	}
	digits := 0
	if unit != "B" && v < 10 {
		digits = 1
	}
	return w.Dec(v, digits) + " " + unit
}

// Money writes an amount with its currency; two decimals at least, four at
// most since a message may cost less than a cent.
func (w *Words) Money(m core.Money) string { return w.money(m, 4) }

// Sum writes an amount that many messages cost together: to the cent once it
// is more than a few.
func (w *Words) Sum(m core.Money) string {
	if v, err := strconv.ParseFloat(m.Amount, 64); err == nil && math.Abs(v) >= 0.1 {
		return w.money(m, 2)
	}
	return w.money(m, 4)
}

func (w *Words) money(m core.Money, most int) string {
	v, err := strconv.ParseFloat(m.Amount, 64)
	if err != nil {
		return strings.TrimSpace(m.Amount + " " + m.Currency)
	}
	s := w.nums.Sprint(number.Decimal(v, number.MinFractionDigits(2), number.MaxFractionDigits(most)))
	unit, err := currency.ParseISO(m.Currency)
	if err != nil {
		return strings.TrimSpace(s + " " + m.Currency)
	}
	sym := w.nums.Sprint(currency.NarrowSymbol(unit))
	if w.lang == "en" {
		if amount, minus := strings.CutPrefix(s, "-"); minus {
			return "-" + sym + amount
		}
		return sym + s
	}
	return s + " " + sym
}
