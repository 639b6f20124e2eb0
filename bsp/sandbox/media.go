package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"bottega/core"
)

const (
	uploadLife = 30 * 24 * time.Hour // of uploaded files (bsp/meta.md 7)
	urlLife    = 5 * time.Minute     // of a download address
	maxStored  = 256 << 20           // bytes of uploads kept; the oldest go first
	maxUpload  = 100<<20 + 1<<20     // the largest document and its form
)

// mediaRule is what Meta takes of one kind (bsp/meta.md 7).
type mediaRule struct {
	max   int64
	mimes []string
}

func mediaRuleOf(kind string) mediaRule {
	switch kind {
	case "audio":
		return mediaRule{16 << 20, []string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}}
	case "image":
		return mediaRule{5 << 20, []string{"image/jpeg", "image/png"}}
	case "sticker":
		return mediaRule{500 << 10, []string{"image/webp"}}
	case "video":
		return mediaRule{16 << 20, []string{"video/mp4", "video/3gpp", "video/3gp"}}
	case "document":
		return mediaRule{100 << 20, []string{"text/plain", "application/pdf", "application/msword",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.ms-excel",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.ms-powerpoint",
			"application/vnd.openxmlformats-officedocument.presentationml.presentation"}}
	}
	return mediaRule{}
}

// kindOf is the kind of message a MIME type belongs to, "" for none.
func kindOf(mimeType string) string {
	base, _, err := mime.ParseMediaType(mimeType)
	if err != nil {
		return ""
	}
	for _, k := range []string{"audio", "image", "sticker", "video", "document"} {
		if slices.Contains(mediaRuleOf(k).mimes, base) {
			return k
		}
	}
	return ""
}

// file is a stored file.
type file struct {
	id       string
	mime     string
	name     string
	body     []byte
	at       time.Time
	mismatch bool // the content is not what the MIME type says
}

func (f *file) sha() [32]byte { return sha256.Sum256(f.body) }

// mediaStore keeps uploads and the files that simulated customers send.
type mediaStore struct {
	now func() time.Time

	mu     sync.Mutex
	files  map[string]*file
	order  []string // uploads, oldest first
	size   int64
	serial int64
	urls   map[string]time.Time // file id and nonce → end of life
}

// firstUpload is the id uploads are counted from; customers' files are below it.
const firstUpload = 900000000100000

func newMediaStore(now func() time.Time) *mediaStore {
	m := &mediaStore{now: now}
	m.reset()
	return m
}

func (m *mediaStore) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files, m.order, m.size, m.serial = map[string]*file{}, nil, 0, firstUpload
	m.urls = map[string]time.Time{}
}

// get finds an upload or a customer's file; nil when there is none or its time is over.
func (m *mediaStore) get(id string) *file {
	if f := sampleByID(id); f != nil {
		return f
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.files[id]
	if f == nil || m.now().After(f.at.Add(uploadLife)) {
		return nil
	}
	return f
}

func (m *mediaStore) has(id string) bool { return m.get(id) != nil }

func (m *mediaStore) put(mimeType, name string, body []byte, mismatch bool) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.serial++
	id := strconv.FormatInt(m.serial, 10)
	m.files[id] = &file{id, mimeType, name, body, m.now(), mismatch}
	m.order = append(m.order, id)
	m.size += int64(len(body))
	for m.size > maxStored && len(m.order) > 1 {
		m.size -= int64(len(m.files[m.order[0]].body))
		delete(m.files, m.order[0])
		m.order = m.order[1:]
	}
	return id
}

func (m *mediaStore) drop(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.files[id]
	if f == nil {
		return false
	}
	delete(m.files, id)
	m.order = slices.DeleteFunc(m.order, func(o string) bool { return o == id })
	m.size -= int64(len(f.body))
	return true
}

// grant makes a download address good for five minutes; used says whether one still is.
func (m *mediaStore) grant(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	for k, end := range m.urls {
		if now.After(end) {
			delete(m.urls, k)
		}
	}
	m.urls[key] = now.Add(urlLife)
}

func (m *mediaStore) granted(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	end, ok := m.urls[key]
	return ok && !m.now().After(end)
}

func (s *Server) uploadMedia(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != s.o.PhoneNumberID {
		return noSuchNode("post", id)
	}
	if r.ContentLength > maxUpload {
		return refuse(131053, "The file is larger than %d bytes.", mediaRuleOf("document").max)
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	if err := r.ParseMultipartForm(32 << 20); err != nil {
		return refuse(100, "The request is no multipart form, or larger than 100 MB.")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // temporary files; the system removes what is left
	if r.FormValue("messaging_product") != "whatsapp" {
		return refuse(100, "The parameter messaging_product is required and must be whatsapp.")
	}
	f, head, err := r.FormFile("file")
	if err != nil {
		return missing("file")
	}
	body, err := io.ReadAll(f)
	if err != nil {
		return refuse(131053, "The file could not be read.")
	}
	mimeType := cmp.Or(r.FormValue("type"), head.Header.Get("Content-Type"))
	kind := kindOf(mimeType)
	switch {
	case kind == "":
		return refuse(100, "Param file must be a file with one of the supported types, but was %s.", clip(mimeType, 64))
	case len(body) == 0:
		return refuse(100, "The file is empty.")
	case int64(len(body)) > mediaRuleOf(kind).max:
		return refuse(131053, "The file is larger than %d bytes.", mediaRuleOf(kind).max)
	}
	id := s.media.put(mimeType, head.Filename, body, !looksLike(kind, body))
	s.writeJSON(w, http.StatusOK, map[string]string{"id": id})
	return nil
}

// looksLike tells whether the content can be of the kind: only what is plainly
// something else fails.
func looksLike(kind string, body []byte) bool {
	got := http.DetectContentType(body)
	switch kind {
	case "image":
		return got == "image/jpeg" || got == "image/png"
	case "sticker":
		return got == "image/webp"
	case "video", "audio":
		return !strings.HasPrefix(got, "image/") && !strings.HasPrefix(got, "text/") && got != "application/pdf"
	}
	return true
}

// checkMedia looks at the files a message names: an unknown id is refused at
// once, a file of the wrong kind fails later with 131053, as at Meta.
func (s *Server) checkMedia(q *sendRequest) (later int, e *apiError) {
	check := func(kind string, m *mediaPart) {
		switch {
		case e != nil || m == nil:
		case m.ID != "":
			f := s.media.get(m.ID)
			if f == nil {
				e = refuse(131009, "Media ID %s does not exist or has expired.", clip(m.ID, 32))
			} else if kindOf(f.mime) != kind || f.mismatch {
				later = 131053
			}
		case unreachable(m.Link):
			later = 131053
		}
	}
	check(q.Type, q.media())
	if i := q.Interactive; i != nil && i.Header != nil {
		check("image", i.Header.Image)
		check("video", i.Header.Video)
		check("document", i.Header.Document)
	}
	if q.Template != nil {
		for _, c := range q.Template.Components {
			for _, p := range c.Parameters {
				check("image", p.Image)
				check("video", p.Video)
				check("document", p.Document)
			}
		}
	}
	return later, e
}

// unreachable links are those to the reserved domain .invalid: the simulator
// fetches nothing from the network.
func unreachable(link string) bool {
	u, err := url.Parse(link)
	return err == nil && strings.HasSuffix(u.Hostname(), ".invalid")
}

// mediaNode answers GET /{media}.
func (s *Server) mediaNode(w http.ResponseWriter, r *http.Request, f *file) *apiError {
	if n := r.URL.Query().Get("phone_number_id"); n != "" && n != s.o.PhoneNumberID {
		return noSuchNode("get", f.id)
	}
	nonce := strconv.FormatUint(s.dice(s.next(), "url", f.id).Uint64(), 36)
	s.media.grant(f.id + "/" + nonce)
	sum := f.sha()
	s.writeJSON(w, http.StatusOK, map[string]any{
		"messaging_product": "whatsapp", "id": f.id, "mime_type": f.mime, "file_size": len(f.body), "sha256": hex.EncodeToString(sum[:]),
		"url": "http://" + r.Host + "/media/" + f.id + "?ext=" + nonce,
	})
	return nil
}

// fetchMedia serves a download address: 404 tells to ask for a new one.
func (s *Server) fetchMedia(w http.ResponseWriter, r *http.Request) *apiError {
	id := r.PathValue("id")
	f := s.media.get(id)
	if f == nil || !s.media.granted(id+"/"+r.URL.Query().Get("ext")) {
		http.NotFound(w, r)
		return nil
	}
	w.Header().Set("Content-Type", f.mime)
	w.Header().Set("Content-Length", strconv.Itoa(len(f.body)))
	if _, err := w.Write(f.body); err != nil {
		s.o.Log.Debug("Client went away", "err", core.Trace(err))
	}
	return nil
}

func (s *Server) deleteMedia(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); !s.media.drop(id) {
		return noSuchNode("delete", id)
	}
	s.writeJSON(w, http.StatusOK, success{true})
	return nil
}

// base64SHA is the hash as webhooks write it.
func base64SHA(f *file) string {
	sum := f.sha()
	return base64.StdEncoding.EncodeToString(sum[:])
}
