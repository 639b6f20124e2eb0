package sandbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/color"
)

// voice is an Ogg/Opus file of so many seconds of silence, mono, as phones
// record them: 20 ms a packet, each the three bytes that mean silence.
func voice(seconds int) []byte {
	head := append([]byte("OpusHead\x01\x01"), 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0) // preskip 312, 48 kHz
	tags := append([]byte("OpusTags"), 7, 0, 0, 0)
	tags = append(append(tags, "bottega"...), 0, 0, 0, 0)
	out := oggPage(nil, 0, 0, 2, [][]byte{head})
	out = oggPage(out, 1, 0, 0, [][]byte{tags})
	packets, seq := seconds*50, uint32(2)
	for done := 0; done < packets; seq++ {
		n := min(50, packets-done)
		part := make([][]byte, n)
		for i := range part {
			part[i] = []byte{0xf8, 0xff, 0xfe}
		}
		done += n
		flags := byte(0)
		if done == packets {
			flags = 4
		}
		out = oggPage(out, seq, uint64(done)*960, flags, part)
	}
	return out
}

// oggPage appends one page; its packets are shorter than 255 bytes each.
func oggPage(out []byte, seq uint32, granule uint64, flags byte, packets [][]byte) []byte {
	p := append([]byte("OggS\x00"), flags)
	p = binary.LittleEndian.AppendUint64(p, granule)
	p = binary.LittleEndian.AppendUint32(p, 1) // serial
	p = binary.LittleEndian.AppendUint32(p, seq)
	p = append(p, 0, 0, 0, 0, byte(len(packets)))
	for _, k := range packets {
		p = append(p, byte(len(k)))
	}
	for _, k := range packets {
		p = append(p, k...)
	}
	var crc uint32
	for _, b := range p {
		crc ^= uint32(b) << 24
		for range 8 {
			if crc&0x80000000 != 0 {
				crc = crc<<1 ^ 0x04c11db7
			} else {
				crc <<= 1
			}
		}
	}
	binary.LittleEndian.PutUint32(p[22:], crc)
	return append(out, p...)
}

// document is a PDF of one page with one line of text.
func document(line string) []byte {
	var b bytes.Buffer
	var offsets []int
	obj := func(format string, args ...any) {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n"+format+"\nendobj\n", append([]any{len(offsets)}, args...)...)
	}
	b.WriteString("%PDF-1.4\n")
	page := fmt.Sprintf("BT /F1 14 Tf 60 760 Td (%s) Tj ET", line)
	obj("<< /Type /Catalog /Pages 2 0 R >>")
	obj("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	obj("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>")
	obj("<< /Length %d >>\nstream\n%s\nendstream", len(page), page)
	obj("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return b.Bytes()
}

// sticker is a lossless WebP of one colour: every code of it has one symbol,
// so its pixels need no bits at all.
func sticker(side uint32, c color.NRGBA) []byte {
	var bits bitWriter
	bits.put(0x2f, 8)
	bits.put(side-1, 14)
	bits.put(side-1, 14)
	bits.put(1, 1) // alpha is used
	bits.put(0, 3) // version
	bits.put(0, 1) // no transform
	bits.put(0, 1) // no colour cache
	bits.put(0, 1) // one set of codes
	for _, symbol := range []byte{c.G, c.R, c.B, c.A, 0} {
		bits.put(1, 1) // simple code
		bits.put(0, 1) // of one symbol
		bits.put(1, 1) // in 8 bits
		bits.put(uint32(symbol), 8)
	}
	data := bits.out
	if len(data)%2 == 1 {
		data = append(data, 0)
	}
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(data)))
	out = append(out, "WEBPVP8L"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	return append(out, data...)
}

// bitWriter packs bits, least significant first.
type bitWriter struct {
	out []byte
	n   uint
}

func (w *bitWriter) put(v uint32, count uint) {
	for i := range count {
		if w.n%8 == 0 {
			w.out = append(w.out, 0)
		}
		w.out[len(w.out)-1] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

// video is an MP4 with one picture a second, each a JPEG (Motion JPEG).
func video(frames ...[]byte) []byte {
	n, w, h := uint32(len(frames)), uint32(160), uint32(120)
	ftyp := box("ftyp", []byte("isom\x00\x00\x02\x00isommp42"))
	var sizes, data []byte
	for _, f := range frames {
		sizes = append(sizes, be32(uint32(len(f)))...)
		data = append(data, f...)
	}
	matrix := be32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
	moov := func(offset uint32) []byte {
		entry := box("jpeg", be32(0, 1), make([]byte, 16), be32(w<<16|h, 0x480000, 0x480000, 0), []byte{0, 1}, make([]byte, 32), []byte{0, 24, 0xff, 0xff})
		stbl := box("stbl", box("stsd", be32(0, 1), entry), box("stts", be32(0, 1, n, 1)), box("stsc", be32(0, 1, 1, n, 1)),
			box("stsz", be32(0, 0, n), sizes), box("stco", be32(0, 1, offset)))
		minf := box("minf", box("vmhd", be32(1, 0, 0)), box("dinf", box("dref", be32(0, 1), box("url ", be32(1)))), stbl)
		mdia := box("mdia", box("mdhd", be32(0, 0, 0, 1, n, 0x55c40000)), box("hdlr", be32(0, 0), []byte("vide"), make([]byte, 13)), minf)
		tkhd := box("tkhd", be32(3, 0, 0, 1, 0, n, 0, 0, 0, 0), matrix, be32(w<<16, h<<16))
		mvhd := box("mvhd", be32(0, 0, 0, 1, n, 0x10000, 0x01000000, 0, 0), matrix, make([]byte, 24), be32(2))
		return box("moov", mvhd, box("trak", tkhd, mdia))
	}
	offset := uint32(len(ftyp)+len(moov(0))) + 8
	return append(append(ftyp, moov(offset)...), box("mdat", data)...)
}

// box is an MP4 box.
func box(name string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(be32(uint32(len(body)+8)), name...), body...)
}

func be32(vs ...uint32) []byte {
	var b []byte
	for _, v := range vs {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}
