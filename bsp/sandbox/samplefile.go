package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
)

// appID is the simulated app: of the token, of the callbacks, and whose sample
// files are.
const appID = "100000000000401"

// uploadPrefix begins the id of an upload session.
const uploadPrefix = "upload:"

// sampleTypes are those of the resumable upload (Graph API, Resumable Upload API).
var sampleTypes = []string{"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"}

// sampleStore keeps what the review looks at for headers with a file: sessions
// that wait for their file, and the handles of those that have it.
type sampleStore struct {
	mu      sync.Mutex
	serial  int
	open    map[string]int64 // session → bytes it waits for
	handles map[string]bool
}

// begin opens a session; its id carries a signature, as Meta's do.
func (st *sampleStore) begin(size int64) string {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.open == nil {
		st.open, st.handles = map[string]int64{}, map[string]bool{}
	}
	st.serial++
	id := uploadPrefix + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "attachment-%d", st.serial))
	st.open[id] = size
	return id
}

// fill ends a session and names its file.
func (st *sampleStore) fill(id string, body []byte) (handle string, e *apiError) {
	st.mu.Lock()
	defer st.mu.Unlock()
	size, ok := st.open[id]
	switch {
	case !ok:
		return "", noSuchNode("post", id)
	case int64(len(body)) != size:
		return "", refuse(100, "The session waits for %d bytes, not %d.", size, len(body))
	}
	delete(st.open, id)
	sum := sha256.Sum256(body)
	handle = "4::" + base64.StdEncoding.EncodeToString(sum[:])
	st.handles[handle] = true
	return handle, nil
}

// known refuses a template whose header shows a file that nobody has uploaded.
func (st *sampleStore) known(q *templateRequest) *apiError {
	for _, c := range q.Components {
		if c.Type != "HEADER" || !slices.Contains([]string{"IMAGE", "VIDEO", "DOCUMENT", "GIF"}, c.Format) {
			continue
		}
		var example struct {
			Handles []string `json:"header_handle"`
		}
		if err := json.Unmarshal(c.Example, &example); err != nil || len(example.Handles) != 1 {
			return refuseTemplate(2388273, "Missing sample", "A media header needs one sample.")
		}
		st.mu.Lock()
		ok := st.handles[example.Handles[0]]
		st.mu.Unlock()
		if !ok {
			return refuseTemplate(2388273, "Invalid sample", "The header's sample is no file that was uploaded.")
		}
	}
	return nil
}

// beginSample opens a session of the resumable upload (bsp/meta.md 4.1).
func (s *Server) beginSample(w http.ResponseWriter, r *http.Request) *apiError {
	if id := r.PathValue("id"); id != appID {
		return noSuchNode("post", id)
	}
	q := r.URL.Query()
	size, err := strconv.ParseInt(q.Get("file_length"), 10, 64)
	switch {
	case err != nil || size <= 0 || size > mediaRuleOf("document").max:
		return refuse(100, "Param file_length must be a number of bytes.")
	case !slices.Contains(sampleTypes, q.Get("file_type")):
		return refuse(100, "Param file_type must be one of %v.", sampleTypes)
	}
	s.writeJSON(w, http.StatusOK, map[string]string{"id": s.samples.begin(size) + "?sig=ARa"})
	return nil
}

// fillSample takes the file of a session.
func (s *Server) fillSample(w http.ResponseWriter, r *http.Request) *apiError {
	switch {
	case r.URL.Query().Get("sig") == "":
		return refuse(100, "The session's signature is missing.")
	case r.Header.Get("file_offset") != "0":
		return refuse(100, "The header file_offset must be 0 for a new session.")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		return refuse(100, "The file could not be read.")
	}
	h, e := s.samples.fill(r.PathValue("id"), body)
	if e != nil {
		return e
	}
	s.writeJSON(w, http.StatusOK, map[string]string{"h": h})
	return nil
}
