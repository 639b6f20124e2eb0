package meta

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// Upload stores a file at Meta for 30 days and returns its id. Size and type
// are checked first (TooLarge, BadMedia); a stream shorter than f.Size fails.
func (g *Gateway) Upload(ctx context.Context, f core.MediaFile) (string, error) {
	const op = "meta.Upload"
	if err := checkFile(op, f); err != nil {
		return "", err
	}
	if err := numeric(op, "phone number id", g.account.PhoneNumberID); err != nil {
		return "", err
	}
	body, length, mimeType, err := form(f)
	if err != nil {
		return "", core.Fail(core.Internal, op, err)
	}
	b, err := g.do(ctx, call{
		op: op, method: http.MethodPost, path: g.account.PhoneNumberID + "/media",
		body: body, length: length, mimeType: mimeType, timeout: wire.TransferTimeout,
	})
	if err != nil {
		return "", err
	}
	var a struct {
		ID text `json:"id"`
	}
	if err := wire.Lenient(b, &a); err != nil || a.ID == "" {
		return "", core.Fail(core.Unreachable, op, &core.ProviderError{Code: "http_200", Class: core.ClassRetry, Message: "upload answered without an id"})
	}
	return string(a.ID), nil
}

func checkFile(op string, f core.MediaFile) error {
	kind, ok := KindOf(f.MIME)
	if !ok || f.Size <= 0 || f.Body == nil {
		return core.Fail(core.BadMedia, op, fmt.Errorf("a file of %d bytes and type %q cannot be sent", f.Size, f.MIME))
	}
	if top := limits().Media[kind].Bytes; f.Size > top {
		return core.Fail(core.TooLarge, op, fmt.Errorf("%s has %d bytes, at most %d", kind, f.Size, top))
	}
	return nil
}

// form is the multipart body round the file, which is streamed, and its exact length.
func form(f core.MediaFile) (io.Reader, int64, string, error) {
	var head bytes.Buffer
	w := multipart.NewWriter(&head)
	name := f.Filename
	if name == "" {
		name = "file"
	}
	err := errors.Join(w.WriteField("messaging_product", product), w.WriteField("type", f.MIME))
	if err == nil {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", multipart.FileContentDisposition("file", name))
		h.Set("Content-Type", f.MIME)
		_, err = w.CreatePart(h)
	}
	if err != nil {
		return nil, 0, "", err
	}
	n := head.Len()
	if err := w.Close(); err != nil {
		return nil, 0, "", err
	}
	whole := head.Bytes()
	body := io.MultiReader(bytes.NewReader(whole[:n]), io.LimitReader(f.Body, f.Size), bytes.NewReader(whole[n:]))
	return body, int64(len(whole)) + f.Size, w.FormDataContentType(), nil
}

// mediaNode is the answer to GET /{MEDIA_ID} (bsp/meta.md 7).
type mediaNode struct {
	URL    text `json:"url"`
	MIME   text `json:"mime_type"`
	SHA256 text `json:"sha256"`
	Size   text `json:"file_size"`
}

// Download writes a received file to w, at most max bytes, and checks size and
// hash. After an error w may hold a part of the file. The token goes only to
// the host that the API named, over https or to our own loopback base URL.
// NotFound: Meta no longer has it (ids of callbacks live 7 days).
func (g *Gateway) Download(ctx context.Context, id string, max int64, w io.Writer) (core.Media, error) {
	const op = "meta.Download"
	if err := numeric(op, "media id", id); err != nil {
		return core.Media{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, wire.TransferTimeout)
	defer cancel()
	for again := true; ; again = false {
		node, err := g.mediaNode(ctx, op, id)
		if err != nil {
			return core.Media{}, err
		}
		size, _ := strconv.ParseInt(string(node.Size), 10, 64) // absent or strange: not checked
		if size > max {
			return core.Media{}, core.Fail(core.TooLarge, op, fmt.Errorf("file has %d bytes, at most %d", size, max))
		}
		n, err := g.fetch(ctx, op, node, size, max, w)
		if again && core.CodeOf(err) == core.NotFound {
			continue // the address lives 5 minutes; nothing was written yet, ask for a new one
		}
		if err != nil {
			return core.Media{}, err
		}
		return core.Media{ID: id, URL: string(node.URL), MIME: string(node.MIME), SHA256: string(node.SHA256), Size: n}, nil
	}
}

// mediaNode asks where the file lies. Code 100 is Meta's way to say that there
// is no such node (any more).
func (g *Gateway) mediaNode(ctx context.Context, op, id string) (mediaNode, error) {
	q := url.Values{}
	if g.account.PhoneNumberID != "" {
		q.Set("phone_number_id", g.account.PhoneNumberID)
	}
	var node mediaNode
	err := g.getJSON(ctx, op, id, q, &node)
	if pe := core.ProviderErrorOf(err); pe != nil && (pe.Code == "100" || pe.Code == "http_404") {
		return node, core.Fail(core.NotFound, op, pe)
	}
	return node, err
}

// fetch gets the file itself.
func (g *Gateway) fetch(ctx context.Context, op string, node mediaNode, size, max int64, w io.Writer) (int64, error) {
	u, err := url.Parse(string(node.URL))
	if err != nil || !g.trusted(u) {
		return 0, core.Fail(core.BadMedia, op, errors.New("file lies on a host that must not see the token"))
	}
	token, err := wire.Usable(ctx, op, g.token)
	if err != nil {
		return 0, err
	}
	c := wire.Call{Op: op, Method: http.MethodGet, URL: u, Auth: bearer(token, false), Secrets: []core.Secret{token}}
	res, err := g.line.Stream(ctx, c)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return 0, g.noFile(op, token, res)
	}
	h, out := sha256.New(), &wire.Sink{W: w}
	n, err := io.Copy(io.MultiWriter(out, h), io.LimitReader(res.Body, max+1))
	switch {
	case out.Err != nil:
		return n, out.Err // ours: the disk, not the line
	case n > max:
		return n, core.Fail(core.TooLarge, op, fmt.Errorf("file has more than %d bytes", max))
	case err != nil:
		return n, c.Lost(false, err)
	case size > 0 && n != size:
		return n, c.Lost(false, fmt.Errorf("file has %d bytes instead of %d", n, size))
	case !sameHash(string(node.SHA256), h):
		return n, core.Fail(core.BadMedia, op, errors.New("file does not have the hash that was announced"))
	}
	return n, nil
}

// noFile is an answer of the media host that is no file.
func (g *Gateway) noFile(op string, token core.Secret, res *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(res.Body, 500))
	if err != nil {
		body = nil // the status says enough
	}
	if res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone {
		return core.Fail(core.NotFound, op, &core.ProviderError{Code: "http_404", Class: core.ClassMedia, Message: wire.Scrub(string(body), token)})
	}
	f, _ := failure(body)
	return g.refusal(call{op: op}, token, wire.Answer{Status: res.StatusCode, Header: res.Header, Body: body}, f)
}

// trusted reports whether the token may go to u: https anywhere (the API named
// it, over https), http only to the very host and port of a loopback base URL.
func (g *Gateway) trusted(u *url.URL) bool {
	if u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && u.Host == g.base.Host && wire.Loopback(u.Hostname())
}

// sameHash compares with the announced SHA-256: base64 in callbacks, seen in
// hex elsewhere. None, or one of another form, is no claim.
func sameHash(announced string, h hash.Hash) bool {
	sum := h.Sum(nil)
	if want, err := hex.DecodeString(announced); err == nil && len(want) == len(sum) {
		return bytes.Equal(want, sum)
	}
	std := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(announced, "="))
	if want, err := base64.RawStdEncoding.DecodeString(std); err == nil && len(want) == len(sum) {
		return bytes.Equal(want, sum)
	}
	return true
}
