package sandbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"
)

// upload posts a file and returns status and answer.
func (b *bench) upload(mimeType string, body []byte) (int, map[string]any) {
	b.t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="a.bin"`}, "Content-Type": {mimeType}}
	part, err := w.CreatePart(h)
	if err != nil {
		b.t.Fatal(err)
	}
	_, err = part.Write(body)
	for _, e := range []error{err, w.WriteField("messaging_product", "whatsapp"), w.WriteField("type", mimeType), w.Close()} {
		if e != nil {
			b.t.Fatal(e)
		}
	}
	r := httptest.NewRequest("POST", "/v23.0/"+phoneID+"/media", &buf)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(r)
}

func TestMediaLife(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	photo := sample("image", "photo-cake").body
	status, v := b.upload("image/jpeg", photo)
	if status != 200 {
		t.Fatal(status, v)
	}
	id := v["id"].(string)
	_, v = b.call("GET", "/v23.0/"+id+"?phone_number_id="+phoneID, "")
	sum := sha256.Sum256(photo)
	if v["sha256"] != hex.EncodeToString(sum[:]) || v["mime_type"] != "image/jpeg" || int(v["file_size"].(float64)) != len(photo) {
		t.Errorf("node %v", v)
	}
	path := strings.TrimPrefix(v["url"].(string), "http://example.com")
	fetch := func(auth string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Authorization", auth)
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, r)
		return w
	}
	if w := fetch("Bearer " + token); w.Code != 200 || !bytes.Equal(w.Body.Bytes(), photo) {
		t.Errorf("fetch: %d", w.Code)
	}
	if w := fetch(""); w.Code != 401 {
		t.Errorf("without token: %d", w.Code)
	}
	b.clock.add(6 * time.Minute)
	if w := fetch("Bearer " + token); w.Code != http.StatusNotFound {
		t.Errorf("after six minutes: %d", w.Code)
	}
	if status, v := b.send(`{"to":"+393205550102","type":"image","image":{"id":"` + id + `"}}`); status != 200 {
		t.Errorf("send: %d %v", status, v)
	}
	b.clock.add(30 * 24 * time.Hour)
	if _, v := b.send(`{"to":"+393205550102","type":"image","image":{"id":"` + id + `"}}`); code(v) != 131009 {
		t.Errorf("after 30 days: %v", v)
	}
}

func TestMediaRefusals(t *testing.T) {
	b := start(t, nil)
	for name, c := range map[string]struct {
		mime string
		size int
		code int
	}{
		"type":          {"image/gif", 10, 100},
		"no type":       {"", 10, 100},
		"empty":         {"image/jpeg", 0, 100},
		"large image":   {"image/png", 5<<20 + 1, 131053},
		"large sticker": {"image/webp", 500<<10 + 1, 131053},
	} {
		if status, v := b.upload(c.mime, make([]byte, c.size)); status != 400 || code(v) != c.code {
			t.Errorf("%s: %d %v, want %d", name, status, v, c.code)
		}
	}
	if got := mediaRuleOf("document").max; got != 100<<20 {
		t.Errorf("a document may have %d bytes", got)
	}
	r := httptest.NewRequest("POST", "/v23.0/"+phoneID+"/media", strings.NewReader("x"))
	r.Header.Set("Authorization", "Bearer "+token)
	r.ContentLength = maxUpload + 1
	if status, v := b.do(r); status != 400 || code(v) != 131053 {
		t.Errorf("beyond all: %d %v", status, v)
	}
	if status, v := b.call("POST", "/v23.0/"+phoneID+"/media", `{}`); status != 400 {
		t.Errorf("no form: %d %v", status, v)
	}
}

// TestMediaOfTheWrongKind fails later, as at Meta.
func TestMediaOfTheWrongKind(t *testing.T) {
	b := start(t, func(o *Options) { o.Limits = Unlimited() })
	_, v := b.upload("image/jpeg", []byte("%PDF-1.4 no picture"))
	liar := v["id"].(string)
	for body, want := range map[string][]int{
		`{"to":"+393205550102","type":"image","image":{"id":"` + liar + `"}}`:                         {131053},
		`{"to":"+393205550102","type":"document","document":{"id":"` + sample("image", "").id + `"}}`: {131053},
		`{"to":"+393205550102","type":"image","image":{"link":"https://nowhere.invalid/a.jpg"}}`:      {131053},
		`{"to":"+393205550102","type":"image","image":{"id":"` + sample("image", "").id + `"}}`:       nil,
	} {
		status, v := b.send(body)
		if status != 200 {
			t.Fatal(status, v)
		}
		b.drain(5 * time.Minute)
		if _, codes := statuses(b.notes(), v["messages"].([]any)[0].(map[string]any)["id"].(string)); !slices.Equal(codes, want) {
			t.Errorf("%s: %v, want %v", body, codes, want)
		}
	}
}

func TestDeleteMedia(t *testing.T) {
	b := start(t, nil)
	_, v := b.upload("text/plain", []byte("ciao"))
	id := v["id"].(string)
	if status, _ := b.call("DELETE", "/v23.0/"+id, ""); status != 200 {
		t.Error(status)
	}
	for _, method := range []string{"GET", "DELETE"} {
		if status, v := b.call(method, "/v23.0/"+id, ""); status != 400 || code(v) != 100 {
			t.Errorf("%s after deletion: %d %v", method, status, v)
		}
	}
	if b.media.size != 0 || len(b.media.order) != 0 {
		t.Error("the deleted file is still kept")
	}
}

func TestStoreIsBounded(t *testing.T) {
	m := newMediaStore(newClock().now)
	first := m.put("application/pdf", "a", make([]byte, maxStored/2), false)
	m.put("application/pdf", "b", make([]byte, maxStored/2), false)
	if !m.has(first) {
		t.Fatal("both fit")
	}
	m.put("application/pdf", "c", make([]byte, 10), false)
	if m.has(first) || m.size > maxStored {
		t.Errorf("the oldest should go: %d bytes", m.size)
	}
}

// TestSamples holds the drawn files to their formats.
func TestSamples(t *testing.T) {
	want := map[string]string{"image/jpeg": "image/jpeg", "audio/ogg; codecs=opus": "application/ogg", "video/mp4": "video/mp4",
		"application/pdf": "application/pdf", "image/webp": "image/webp"}
	for _, f := range samples() {
		if got := http.DetectContentType(f.body); got != want[f.mime] || !looksLike(kindOf(f.mime), f.body) {
			t.Errorf("%s is %s", f.name, got)
		}
		if sampleByID(f.id) != f || len(f.body) > 64<<10 {
			t.Errorf("%s: id %s, %d bytes", f.name, f.id, len(f.body))
		}
	}
	img, err := jpeg.Decode(bytes.NewReader(sample("image", "photo-cake").body))
	if err != nil || img.Bounds().Dx() != 240 {
		t.Errorf("photo: %v", err)
	}
	if sample("image", "nothing") != nil || sampleByID("x") != nil || sampleByID("900000000000099") != nil {
		t.Error("a file that is not there")
	}
}

// TestOggPages checks the voice note's pages: their checksums, and that the
// last position is its length at 48 kHz.
func TestOggPages(t *testing.T) {
	b := voice(7)
	pages, granule := 0, uint64(0)
	for len(b) > 0 {
		if string(b[:4]) != "OggS" {
			t.Fatalf("page %d starts with %q", pages, b[:4])
		}
		n := 27 + int(b[26])
		for _, s := range b[27 : 27+int(b[26])] {
			n += int(s)
		}
		page := bytes.Clone(b[:n])
		sum := uint32(page[22]) | uint32(page[23])<<8 | uint32(page[24])<<16 | uint32(page[25])<<24
		copy(page[22:], make([]byte, 4))
		if got := oggSum(page); got != sum {
			t.Errorf("page %d: checksum %x, want %x", pages, sum, got)
		}
		granule = 0
		for i := range 8 {
			granule |= uint64(page[6+i]) << (8 * i)
		}
		pages++
		b = b[n:]
	}
	if pages != 9 || granule != 7*48000 {
		t.Errorf("%d pages, position %d", pages, granule)
	}
}

// oggSum is the checksum as the Ogg specification defines it, by table.
func oggSum(p []byte) (crc uint32) {
	var table [256]uint32
	for i := range table {
		r := uint32(i) << 24
		for range 8 {
			if r&0x80000000 != 0 {
				r = r<<1 ^ 0x04c11db7
			} else {
				r <<= 1
			}
		}
		table[i] = r
	}
	for _, b := range p {
		crc = crc<<8 ^ table[byte(crc>>24)^b]
	}
	return crc
}
