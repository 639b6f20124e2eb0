package meta

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// UploadSample implements core.SampleTaker in the two steps of Meta's
// resumable upload (bsp/meta.md 4.1): a session is begun, then the file goes
// into it in one piece. The files belong to the app of the token, which the
// Graph API names under the alias "app": whoever connects a number need not
// know its id (not tried live).
func (g *Gateway) UploadSample(ctx context.Context, f core.MediaFile) (string, error) {
	const op = "meta.UploadSample"
	if err := checkFile(op, f); err != nil {
		return "", err
	}
	var app, session struct {
		ID text `json:"id"`
	}
	if err := g.getJSON(ctx, op, "app", url.Values{"fields": {"id"}}, &app); err != nil {
		return "", err
	}
	if err := numeric(op, "app id", string(app.ID)); err != nil {
		return "", err
	}
	b, err := g.do(ctx, call{op: op, method: http.MethodPost, path: string(app.ID) + "/uploads",
		query: url.Values{"file_name": {f.Filename}, "file_length": {strconv.FormatInt(f.Size, 10)}, "file_type": {f.MIME}}})
	if err != nil {
		return "", err
	}
	if err := wire.Lenient(b, &session); err != nil || !strings.HasPrefix(string(session.ID), "upload:") {
		return "", unread(op, "a session")
	}
	return g.fill(ctx, op, string(session.ID), f)
}

// fill puts the file into a session. The session's id may carry a signature
// behind a question mark, which is part of the address.
func (g *Gateway) fill(ctx context.Context, op, session string, f core.MediaFile) (string, error) {
	path, signed, _ := strings.Cut(session, "?")
	query, err := url.ParseQuery(signed)
	if err != nil {
		return "", unread(op, "a session that can be read")
	}
	b, err := g.do(ctx, call{op: op, method: http.MethodPost, path: path, query: query, body: io.LimitReader(f.Body, f.Size), length: f.Size,
		mimeType: f.MIME, header: map[string]string{"file_offset": "0"}, oauth: true, timeout: wire.TransferTimeout})
	if err != nil {
		return "", err
	}
	var a struct {
		Handle text `json:"h"`
	}
	if err := wire.Lenient(b, &a); err != nil || a.Handle == "" {
		return "", unread(op, "a handle")
	}
	return string(a.Handle), nil
}

func unread(op, what string) error {
	return core.Fail(core.Unreachable, op, &core.ProviderError{Code: "http_200", Class: core.ClassRetry, Message: "upload answered without " + what})
}
