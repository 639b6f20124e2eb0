package template

import (
	"slices"
	"unicode"
)

// cluster is one emoji, or another piece, in runes.
type cluster struct{ from, to int }

// pictographs are the characters of Unicode 17 that are emoji by themselves;
// asText become emoji with U+FE0F only. © ® ™ and the digits are such too.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x231A, 0x231B, 1}, {0x2328, 0x2328, 1}, {0x23CF, 0x23CF, 1}, {0x23E9, 0x23F3, 1}, {0x23F8, 0x23FA, 1}, {0x25FD, 0x25FE, 1},
		{0x2600, 0x2604, 1}, {0x260E, 0x260E, 1}, {0x2611, 0x2611, 1}, {0x2614, 0x2615, 1}, {0x2618, 0x2618, 1}, {0x261D, 0x261D, 1},
		{0x2620, 0x2620, 1}, {0x2622, 0x2623, 1}, {0x2626, 0x2626, 1}, {0x262A, 0x262A, 1}, {0x262E, 0x262F, 1}, {0x2638, 0x263A, 1},
		{0x2640, 0x2640, 1}, {0x2642, 0x2642, 1}, {0x2648, 0x2653, 1}, {0x265F, 0x2660, 1}, {0x2663, 0x2663, 1}, {0x2665, 0x2666, 1},
		{0x2668, 0x2668, 1}, {0x267B, 0x267B, 1}, {0x267E, 0x267F, 1}, {0x2692, 0x2697, 1}, {0x2699, 0x2699, 1}, {0x269B, 0x269C, 1},
		{0x26A0, 0x26A1, 1}, {0x26A7, 0x26A7, 1}, {0x26AA, 0x26AB, 1}, {0x26B0, 0x26B1, 1}, {0x26BD, 0x26BE, 1}, {0x26C4, 0x26C5, 1},
		{0x26C8, 0x26C8, 1}, {0x26CE, 0x26CF, 1}, {0x26D1, 0x26D1, 1}, {0x26D3, 0x26D4, 1}, {0x26E9, 0x26EA, 1}, {0x26F0, 0x26F5, 1},
		{0x26F7, 0x26FA, 1}, {0x26FD, 0x26FD, 1}, {0x2702, 0x2702, 1}, {0x2705, 0x2705, 1}, {0x2708, 0x270D, 1}, {0x270F, 0x270F, 1},
		{0x2712, 0x2712, 1}, {0x2714, 0x2714, 1}, {0x2716, 0x2716, 1}, {0x271D, 0x271D, 1}, {0x2721, 0x2721, 1}, {0x2728, 0x2728, 1},
		{0x2733, 0x2734, 1}, {0x2744, 0x2744, 1}, {0x2747, 0x2747, 1}, {0x274C, 0x274C, 1}, {0x274E, 0x274E, 1}, {0x2753, 0x2755, 1},
		{0x2757, 0x2757, 1}, {0x2763, 0x2764, 1}, {0x2795, 0x2797, 1}, {0x27A1, 0x27A1, 1}, {0x27B0, 0x27B0, 1}, {0x27BF, 0x27BF, 1},
		{0x2B05, 0x2B07, 1}, {0x2B1B, 0x2B1C, 1}, {0x2B50, 0x2B50, 1}, {0x2B55, 0x2B55, 1}, {0x3297, 0x3297, 1}, {0x3299, 0x3299, 1},
	},
	R32: []unicode.Range32{
		{0x1F004, 0x1F004, 1}, {0x1F0CF, 0x1F0CF, 1}, {0x1F170, 0x1F171, 1}, {0x1F17E, 0x1F17F, 1}, {0x1F18E, 0x1F18E, 1},
		{0x1F191, 0x1F19A, 1}, {0x1F201, 0x1F202, 1}, {0x1F21A, 0x1F21A, 1}, {0x1F22F, 0x1F22F, 1}, {0x1F232, 0x1F23A, 1},
		{0x1F250, 0x1F251, 1}, {0x1F300, 0x1F64F, 1}, {0x1F680, 0x1F6FF, 1}, {0x1F7E0, 0x1F7EB, 1}, {0x1F7F0, 0x1F7F0, 1},
		{0x1F900, 0x1FAFF, 1},
	},
}

func asText(r rune) bool {
	return r == '#' || r == '*' || '0' <= r && r <= '9' || r == 0xA9 || r == 0xAE || r == 0x203C || r == 0x2049 || r == 0x2122 || r == 0x2139 ||
		r >= 0x2194 && r <= 0x2199 || r >= 0x21A9 && r <= 0x21AA || r == 0x24C2 || r >= 0x25AA && r <= 0x25AB || r == 0x25B6 || r == 0x25C0 ||
		r >= 0x25FB && r <= 0x25FC || r >= 0x2934 && r <= 0x2935 || r == 0x3030 || r == 0x303D
}

const (
	joiner    = 0x200D
	emojiForm = 0xFE0F
	keycap    = 0x20E3
)

func regional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// emojiAt lists the emoji of a text: families joined by U+200D, flags, keycaps
// and skin tones count once.
func emojiAt(rs []rune) []cluster {
	var out []cluster
	for i := 0; i < len(rs); {
		end := emojiEnd(rs, i)
		if end == i {
			i++
			continue
		}
		for end+1 < len(rs) && rs[end] == joiner {
			next := emojiEnd(rs, end+1)
			if next == end+1 {
				break
			}
			end = next
		}
		out = append(out, cluster{i, end})
		i = end
	}
	return out
}

// emojiEnd is where one emoji without joiners ends, i when none starts there.
func emojiEnd(rs []rune, i int) int {
	r := rs[i]
	end := i + 1
	switch {
	case r < 0x80 && !asText(r):
		return i
	case regional(r):
		if end < len(rs) && regional(rs[end]) {
			end++
		}
		return end
	case asText(r):
		if end < len(rs) && rs[end] == emojiForm {
			end++
		}
		if end < len(rs) && rs[end] == keycap {
			return end + 1
		}
		if end == i+1 || r < 0x80 {
			return i
		}
		return end
	case !unicode.Is(pictographs, r):
		return i
	}
	for end < len(rs) && (rs[end] == emojiForm || rs[end] >= 0x1F3FB && rs[end] <= 0x1F3FF || rs[end] >= 0xE0020 && rs[end] <= 0xE007F) {
		end++
	}
	return end
}

// inCluster reports whether rune i lies in one of the clusters, which are in order.
func inCluster(cs []cluster, i int) bool {
	n, found := slices.BinarySearchFunc(cs, i, func(c cluster, at int) int { return c.from - at })
	return found || n > 0 && i < cs[n-1].to
}
