package inbox

import "unicode"

// fold maps a rune to the form in which words are compared: lower case,
// without accents, full-width forms as plain ones. It returns a space for what
// parts words and -1 for what is not seen: combining marks, joiners, skin tones.
func fold(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return r
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	case r < 0x80:
		return ' '
	case 0xff01 <= r && r <= 0xff5e: // full-width ASCII
		return fold(r - 0xfee0)
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Sk):
		return -1
	case pictograph(r):
		return r
	}
	l := unaccent(unicode.ToLower(r))
	if unicode.IsLetter(l) || unicode.IsNumber(l) {
		return l
	}
	return ' '
}

// unaccent strips the accent of a lower-case letter of the languages we have
// lists for. ß becomes one s since runs of a letter count once.
func unaccent(r rune) rune {
	switch r {
	case 'à', 'á', 'â', 'ã', 'ä', 'å', 'ā', 'ă', 'ą', 'æ', 'ª':
		return 'a'
	case 'ç', 'ć', 'č':
		return 'c'
	case 'ď', 'đ':
		return 'd'
	case 'è', 'é', 'ê', 'ë', 'ē', 'ė', 'ę', 'ě':
		return 'e'
	case 'ğ':
		return 'g'
	case 'ì', 'í', 'î', 'ï', 'ī', 'į', 'ı':
		return 'i'
	case 'ł', 'ľ', 'ĺ':
		return 'l'
	case 'ñ', 'ń', 'ň':
		return 'n'
	case 'ò', 'ó', 'ô', 'õ', 'ö', 'ø', 'ō', 'ő', 'œ', 'º':
		return 'o'
	case 'ŕ', 'ř':
		return 'r'
	case 'ß', 'ś', 'š', 'ş', 'ș':
		return 's'
	case 'ţ', 'ț', 'ť':
		return 't'
	case 'ù', 'ú', 'û', 'ü', 'ū', 'ů', 'ű':
		return 'u'
	case 'ý', 'ÿ':
		return 'y'
	case 'ź', 'ż', 'ž':
		return 'z'
	case 'ё':
		return 'е'
	case 'й':
		return 'и'
	}
	return r
}
