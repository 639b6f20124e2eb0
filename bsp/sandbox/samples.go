package sandbox

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"strconv"
	"sync"
)

// A customer's file is drawn by code: no file of the world is needed.
// Samples have fixed ids, so that a history can name them before a server runs.

// firstSample is the id of the first sample.
const firstSample = 900000000000001

// samples are built once, when first asked for.
var samples = sync.OnceValue(func() []*file {
	list := []*file{
		{mime: "image/jpeg", name: "photo-bread.jpg", body: picture(320, 240, bread)},
		{mime: "image/jpeg", name: "photo-cake.jpg", body: picture(240, 320, cake)},
		{mime: "image/jpeg", name: "photo-bolt.jpg", body: picture(320, 240, bolt)},
		{mime: "audio/ogg; codecs=opus", name: "voice.ogg", body: voice(7)},
		{mime: "audio/ogg; codecs=opus", name: "voice-long.ogg", body: voice(42)},
		{mime: "video/mp4", name: "video.mp4", body: video(picture(160, 120, bread), picture(160, 120, cake))},
		{mime: "application/pdf", name: "list.pdf", body: document("Lista della spesa / Shopping list: 2 kg pane, 12 viti M6")},
		{mime: "image/webp", name: "sticker.webp", body: sticker(512, color.NRGBA{0xf2, 0xa9, 0x3b, 0xff})},
	}
	for i, f := range list {
		f.id = strconv.Itoa(firstSample + i)
	}
	return list
})

// sample finds a sample by name without its ending: "photo-cake", "voice".
// An empty name gives the first of the kind; nil when there is none.
func sample(kind, name string) *file {
	for _, f := range samples() {
		base, _, _ := bytes.Cut([]byte(f.name), []byte{'.'})
		if string(base) == name || name == "" && kindOf(f.mime) == kind {
			return f
		}
	}
	return nil
}

func sampleByID(id string) *file {
	n, err := strconv.Atoi(id)
	if err != nil || n < firstSample || n >= firstSample+len(samples()) {
		return nil
	}
	return samples()[n-firstSample]
}

// picture paints w×h pixels as JPEG.
func picture(w, h int, paint func(x, y float64) color.RGBA) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetRGBA(x, y, paint(float64(x)/float64(w), float64(y)/float64(h)))
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		panic("sandbox: a picture of ours does not encode: " + err.Error())
	}
	return b.Bytes()
}

// oval reports whether a point lies in an ellipse.
func oval(x, y, cx, cy, rx, ry float64) bool {
	dx, dy := (x-cx)/rx, (y-cy)/ry
	return dx*dx+dy*dy <= 1
}

func bread(x, y float64) color.RGBA {
	switch {
	case oval(x, y, 0.35, 0.5, 0.02, 0.14), oval(x, y, 0.5, 0.48, 0.02, 0.16), oval(x, y, 0.65, 0.5, 0.02, 0.14):
		return color.RGBA{0xf3, 0xdf, 0xb0, 0xff}
	case oval(x, y, 0.5, 0.52, 0.36, 0.27):
		return color.RGBA{0xb8, 0x78 - uint8(40*y), 0x36, 0xff}
	case y > 0.68:
		return color.RGBA{0x6b, 0x4a, 0x2f, 0xff}
	}
	return color.RGBA{0xdd, 0xe6, 0xe4, 0xff}
}

func cake(x, y float64) color.RGBA {
	switch {
	case oval(x, y, 0.5, 0.30, 0.05, 0.04):
		return color.RGBA{0xd6, 0x24, 0x3c, 0xff}
	case oval(x, y, 0.5, 0.42, 0.34, 0.10):
		return color.RGBA{0xff, 0xf4, 0xf0, 0xff}
	case x > 0.16 && x < 0.84 && y > 0.42 && y < 0.74:
		return color.RGBA{0xe9, 0x9a, 0xa8, 0xff}
	case oval(x, y, 0.5, 0.76, 0.46, 0.08):
		return color.RGBA{0xb9, 0xc4, 0xcf, 0xff}
	}
	return color.RGBA{0x46, 0x60, 0x7a, 0xff}
}

func bolt(x, y float64) color.RGBA {
	grey := uint8(0x70 + 80*y)
	switch {
	case x > 0.15 && x < 0.3 && y > 0.3 && y < 0.7:
		return color.RGBA{grey, grey, grey + 10, 0xff}
	case x >= 0.3 && x < 0.85 && y > 0.42 && y < 0.58:
		if int(x*60)%2 == 0 {
			grey -= 0x30
		}
		return color.RGBA{grey, grey, grey, 0xff}
	}
	return color.RGBA{0xc9, 0xa8, 0x6a, 0xff}
}
