package webhook

import (
	"errors"
	"io"
	"net/http"
	"os"
	"sync/atomic"

	"bottega/core"
)

// budget bounds the bytes of all bodies that are held at once.
type budget struct {
	max  int64
	used atomic.Int64
}

func (b *budget) take(n int64) bool {
	if b.used.Add(n) > b.max {
		b.used.Add(-n)
		return false
	}
	return true
}

// errBudget is a body that does not fit beside the others.
var errBudget = errors.New("too many bytes at once")

const firstChunk = 16 << 10

// read takes the body in growing steps: a client pays for memory by sending,
// not by announcing. release gives the bytes back and is never nil.
func (h *handler) read(w http.ResponseWriter, r *http.Request) (body []byte, release func(), err error) {
	held := int64(0)
	release = func() { h.bytes.used.Add(-held) }
	if r.ContentLength > h.MaxBody {
		return nil, release, &http.MaxBytesError{Limit: h.MaxBody}
	}
	size := int64(firstChunk)
	if r.ContentLength >= 0 {
		size = min(size, r.ContentLength+1) // one more, so that the end is seen without growing
	}
	in := http.MaxBytesReader(w, r.Body, h.MaxBody)
	for {
		if !h.bytes.take(size - held) {
			return nil, release, errBudget
		}
		held = size
		body = append(make([]byte, 0, size), body...)
		for len(body) < cap(body) {
			n, err := in.Read(body[len(body):cap(body)])
			body = body[:len(body)+n]
			if errors.Is(err, io.EOF) {
				return body, release, nil
			}
			if err != nil { // broken off, too slow, too long
				return nil, release, err
			}
		}
		size = min(2*size, h.MaxBody+1)
	}
}

// unread answers for a body that could not be read whole.
func (h *handler) unread(w http.ResponseWriter, ch Channel, err error) int {
	status, code := http.StatusBadRequest, core.InvalidInput
	switch {
	case errors.Is(err, errBudget):
		w.Header().Set("Connection", "close") // do not read the rest of it
		return h.later(w, core.RateLimited, busyRetry)
	case errors.Is(err, os.ErrDeadlineExceeded):
		status = http.StatusRequestTimeout
	default:
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			status, code = http.StatusRequestEntityTooLarge, core.TooLarge
		}
	}
	h.refuse(ch, status, code)
	w.Header().Set("Connection", "close")
	return h.fail(w, status, code)
}
