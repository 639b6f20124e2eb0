package contact

import "strings"

// TaxID checks a Brazilian CPF (11 digits) or CNPJ (14 characters; letters are
// allowed in new ones since July 2026) by its check digits, and returns it in
// the form in which it is kept: without marks, letters in upper case (S-164).
func TaxID(s string) (string, bool) {
	s = strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(".-/ ", r) {
			return -1
		}
		return r
	}, s))
	for i, r := range s {
		digit := r >= '0' && r <= '9'
		if !digit && (r < 'A' || r > 'Z' || len(s) != 14 || i > 11) {
			return "", false
		}
	}
	if strings.Trim(s, s[:min(1, len(s))]) == "" {
		return "", false // 111.111.111-11 has the right digits and is nobody's
	}
	switch len(s) {
	case 11:
		return s, checked(s, 9, 10) && checked(s, 10, 11)
	case 14:
		return s, checked(s, 12, 9) && checked(s, 13, 9)
	}
	return "", false
}

// checked reports whether the character at place n is the check digit of those
// before it: weights grow from 2 at its left, up to top and then from 2 again.
func checked(s string, n, top int) bool {
	sum, w := 0, 2
	for i := n - 1; i >= 0; i-- {
		sum += int(s[i]-'0') * w
		if w++; w > top && top == 9 {
			w = 2
		}
	}
	want := 11 - sum%11
	if want > 9 {
		want = 0
	}
	return int(s[n]-'0') == want
}

// MaskTaxID shows of a CPF or CNPJ what tells two apart and nothing more:
// "***.456.789-**", "**.345.678/****-**".
func MaskTaxID(s string) string {
	switch len(s) {
	case 11:
		return "***." + s[3:6] + "." + s[6:9] + "-**"
	case 14:
		return "**." + s[2:5] + "." + s[5:8] + "/****-**"
	}
	return strings.Repeat("*", len(s))
}
