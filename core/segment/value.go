package segment

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"bottega/core/fold"
)

// value checks a comparison's right side against its field.
func value(f Field, op Op, v token) (Node, error) {
	t := Term{Field: f, Op: op}
	switch f.Type {
	case Number:
		if op == Has {
			t.Op = Is
		}
		d, ok := ParseDecimal(v.text)
		if !ok {
			return nil, &Error{Code: BadNumber, At: v.start, End: v.end, Found: v.text, Field: f.Name}
		}
		t.Num = d
	case Date:
		if !t.readDate(v.text) {
			return nil, &Error{Code: BadDate, At: v.start, End: v.end, Found: v.text, Field: f.Name}
		}
	case Choice:
		t.Text = strings.ToLower(v.text)
		if op == Has {
			t.Op = Is
		}
		if i := slices.IndexFunc(f.Values, func(s string) bool { return strings.EqualFold(s, v.text) }); i >= 0 {
			t.Text = f.Values[i]
		} else {
			return nil, &Error{Code: BadChoice, At: v.start, End: v.end, Found: v.text, Field: f.Name, Allowed: f.Values}
		}
	default:
		t.Text = fold.String(v.text)
	}
	return t, nil
}

// readDate takes "never", an age ("90d") or a day ("2026-11-01").
func (t *Term) readDate(s string) bool {
	if strings.EqualFold(s, "never") {
		t.Never = true
		if t.Op == Has {
			t.Op = Is
		}
		return t.Op == Is || t.Op == No
	}
	if t.Op == Has {
		t.Op = Le
	}
	if d, ok := parseAge(s); ok {
		t.Age, t.Ago = d, true
		return true
	}
	for _, layout := range []string{time.DateOnly, "02.01.2006", "02/01/2006"} {
		if at, err := time.Parse(layout, s); err == nil {
			t.At = at
			return true
		}
	}
	return false
}

// parseAge reads 36h, 90d, 4w, 6m (of 30 days), 1y (of 365 days), at most a century.
func parseAge(s string) (time.Duration, bool) {
	if len(s) < 2 {
		return 0, false
	}
	n, err := strconv.Atoi(s[:len(s)-1])
	if err != nil || n < 0 {
		return 0, false
	}
	unit := map[byte]int{'h': 1, 'd': 24, 'w': 7 * 24, 'm': 30 * 24, 'y': 365 * 24}[s[len(s)-1]|0x20]
	const century = 100 * 365 * 24
	if unit == 0 || n > century/unit {
		return 0, false
	}
	return time.Duration(n*unit) * time.Hour, true
}

// ParseDecimal reads "200", "19.90", "19,90", "-3" with at most eight decimals.
func ParseDecimal(s string) (Decimal, bool) {
	s = strings.TrimLeft(strings.ReplaceAll(s, ",", "."), "€$£")
	whole, frac, dot := strings.Cut(s, ".")
	neg := strings.HasPrefix(whole, "-")
	whole = strings.TrimPrefix(strings.TrimPrefix(whole, "-"), "+")
	if whole == "" && frac == "" || dot && frac == "" || len(frac) > 8 || strings.Contains(frac, ".") {
		return Decimal{}, false
	}
	if whole == "" {
		whole = "0"
	}
	digits := whole + frac + strings.Repeat("0", 8-len(frac))
	if strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) >= 0 {
		return Decimal{}, false
	}
	u, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || u > math.MaxInt64/2 {
		return Decimal{}, false
	}
	text := strings.TrimLeft(whole, "0")
	if text == "" {
		text = "0"
	}
	if f := strings.TrimRight(frac, "0"); f != "" {
		text += "." + f
	}
	if neg && u != 0 {
		u, text = -u, "-"+text
	}
	return Decimal{Text: text, Units: u}, true
}
