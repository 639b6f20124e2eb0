package bird

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// Download writes a received file to w, at most max bytes. id is the message's
// and the file's, "wam_…/waf_…". Bird answers with a redirect to its storage,
// which never sees the key, though it may be a name below Bird's own
// (bsp/bird.md 6). Files are kept 30 days; then NotFound.
func (g *Gateway) Download(ctx context.Context, id string, max int64, w io.Writer) (core.Media, error) {
	const op = "bird.Download"
	if g.bad != nil {
		return core.Media{}, core.Fail(core.InvalidInput, op, g.bad)
	}
	message, file, _ := strings.Cut(id, "/")
	if !wire.ID(message) || !wire.ID(file) {
		return core.Media{}, core.Fail(core.InvalidInput, op, errors.New("no media id"))
	}
	key, err := wire.Usable(ctx, op, g.key)
	if err != nil {
		return core.Media{}, err
	}
	host, err := g.host(key)
	if err != nil {
		return core.Media{}, core.Fail(core.ProviderRefused, op, err)
	}
	u := host.JoinPath("v1", "whatsapp", "messages", message, "media", file)
	c := wire.Call{Op: op, Secrets: []core.Secret{key}}
	m, err := g.line.Fetch(ctx, wire.File{
		Op: op, URL: u, Near: wire.Loopback(host.Hostname()),
		Auth: func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+key.Reveal()) },
		Own:  func(to *url.URL) bool { return *to == *u }, // this very address, no other
		Miss: func(a wire.Answer) error {
			said, _ := said(a.Body)
			return g.line.Refusal(c, a, table(), said)
		},
	}, max, w)
	m.ID = id
	return m, err
}
