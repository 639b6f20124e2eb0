package sheet

import (
	"bytes"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	uni "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"bottega/core"
)

// candidate is a legacy encoding that a shop's program may have written.
type candidate struct {
	name string
	enc  encoding.Encoding
}

// candidates in the order that settles a tie: the commonest first.
var candidates = []candidate{
	{"windows-1252", charmap.Windows1252},
	{"windows-1251", charmap.Windows1251},
	{"windows-1250", charmap.Windows1250},
	{"windows-1253", charmap.Windows1253},
	{"windows-1254", charmap.Windows1254},
	{"gb18030", simplifiedchinese.GB18030},
}

// decode finds the encoding of a text and gives it as UTF-8, without its mark.
func decode(r io.Reader, head []byte, forced string) (io.Reader, string, error) {
	name := forced
	if name == "" {
		name = detect(head)
	}
	var enc encoding.Encoding
	switch name {
	case "utf-8":
		enc = uni.UTF8BOM
	case "utf-16le":
		enc = uni.UTF16(uni.LittleEndian, uni.UseBOM)
	case "utf-16be":
		enc = uni.UTF16(uni.BigEndian, uni.UseBOM)
	default:
		var err error
		if enc, err = ianaindex.IANA.Encoding(name); err != nil || enc == nil {
			return nil, "", core.Fail(core.InvalidInput, "sheet.Open", err)
		}
	}
	return transform.NewReader(r, enc.NewDecoder()), name, nil
}

// detect names the encoding of a text by its first bytes.
func detect(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return "utf-8"
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "utf-16be"
	}
	if g := utf16Guess(head); g != "" {
		return g
	}
	if validUTF8(head) {
		return "utf-8"
	}
	best, least := candidates[0].name, int(^uint(0)>>1)
	for _, c := range candidates {
		if p := penalty(c.enc, head); p < least {
			best, least = c.name, p
		}
	}
	return best
}

// utf16Guess recognises UTF-16 without a mark: half of the bytes of Latin text are zero.
func utf16Guess(head []byte) string {
	if len(head) < 4 {
		return ""
	}
	var zero [2]int
	for i, b := range head[:len(head)&^1] {
		if b == 0 {
			zero[i&1]++
		}
	}
	half := len(head) / 2
	switch {
	case zero[1] > half/3 && zero[0] < half/50+1:
		return "utf-16le"
	case zero[0] > half/3 && zero[1] < half/50+1:
		return "utf-16be"
	}
	return ""
}

// validUTF8 ignores a rune cut at the end of the head.
func validUTF8(head []byte) bool {
	for i := 0; i < utf8.UTFMax && len(head) > 0; i++ {
		if utf8.Valid(head) {
			return true
		}
		head = head[:len(head)-1]
	}
	return false
}

// penalty counts what is odd in a text read with an encoding: signs inside
// words, letters of two scripts side by side, capitals after small letters,
// bytes that it does not have, rare ideographs.
func penalty(enc encoding.Encoding, head []byte) int {
	out, _, err := transform.Bytes(enc.NewDecoder(), head)
	if err != nil && len(out) == 0 {
		return int(^uint(0) >> 2)
	}
	p := 0
	prev, before := rune(' '), rune(' ')
	for _, r := range string(out) {
		switch {
		case r == utf8.RuneError, r >= 0x80 && r < 0xa0:
			p += 50
		case unicode.Is(unicode.Han, r):
			if r < 0x4e00 || r > 0x9fa5 {
				p += 20
			}
			if unicode.Is(unicode.Latin, prev) && unicode.Is(unicode.Latin, before) {
				p += 10 // "Mü" read as an ideograph after letters
			}
		case unicode.IsLetter(r):
			if r > 0x7f {
				p++ // reading fewer letters beyond ASCII is simpler
				if prev > 0x7f && unicode.Is(unicode.Latin, r) && unicode.Is(unicode.Latin, prev) {
					p += 2 // accented letters seldom stand side by side
				}
			}
			if prev > 0x7f && unicode.IsOneOf([]*unicode.RangeTable{unicode.S, unicode.No}, prev) {
				p += 6 // "£ukasz"
			}
			if unicode.IsLetter(prev) && script(prev) != script(r) {
				p += 10
			}
			if unicode.IsUpper(r) && unicode.IsLower(prev) {
				p += 4
			}
		case r > 0x7f && unicode.IsLetter(prev):
			p += 6
		}
		before, prev = prev, r
	}
	return p
}

func script(r rune) string {
	switch {
	case unicode.Is(unicode.Cyrillic, r):
		return "cyrillic"
	case unicode.Is(unicode.Greek, r):
		return "greek"
	case unicode.Is(unicode.Han, r):
		return "han"
	case unicode.Is(unicode.Latin, r):
		return "latin"
	}
	return "other"
}
