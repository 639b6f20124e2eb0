package main

import (
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"slices"
)

// shrink writes a PNG again with a palette of 256 of its colours: a screen has
// few, the rest are the soft edges of letters. A quarter of the size.
func shrink(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	src, err := png.Decode(f)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	count := map[color.RGBA]int{}
	b := src.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[rgba(src.At(x, y))]++
		}
	}
	often := slices.SortedFunc(maps.Keys(count), func(p, q color.RGBA) int {
		return cmp.Or(cmp.Compare(count[q], count[p]), cmp.Compare(key(p), key(q)))
	})
	pal := palette256(often)
	nearest := map[color.RGBA]uint8{}
	dst := image.NewPaletted(b, pal)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := rgba(src.At(x, y))
			i, known := nearest[c]
			if !known {
				i = uint8(pal.Index(c))
				nearest[c] = i
			}
			dst.SetColorIndex(x, y, i)
		}
	}
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(out, dst); err != nil {
		return err
	}
	return out.Close()
}

// palette256 takes the most frequent colours, those first that are unlike all
// taken before: a rare green must not become grey for want of a place.
func palette256(often []color.RGBA) color.Palette {
	const unlike = 24 // in one of the three channels
	pal := make(color.Palette, 0, 256)
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) < unlike }
	var rest []color.RGBA
	for _, c := range often {
		known := slices.ContainsFunc(pal, func(p color.Color) bool {
			q := rgba(p)
			return near(c.R, q.R) && near(c.G, q.G) && near(c.B, q.B)
		})
		if known || len(pal) == cap(pal)*3/4 {
			rest = append(rest, c)
			continue
		}
		pal = append(pal, c)
	}
	for _, c := range rest[:min(cap(pal)-len(pal), len(rest))] {
		pal = append(pal, c)
	}
	return pal
}

func rgba(c color.Color) color.RGBA { return color.RGBAModel.Convert(c).(color.RGBA) }

func key(c color.RGBA) uint32 {
	return uint32(c.R)<<24 | uint32(c.G)<<16 | uint32(c.B)<<8 | uint32(c.A)
}
