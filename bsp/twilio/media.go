package twilio

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"bottega/bsp/wire"
	"bottega/core"
)

// fileForm finds message and file in the address of a received file.
var fileForm = regexp.MustCompile(`/Messages/((?:SM|MM)[0-9a-fA-F]{32})/Media/(ME[0-9a-fA-F]{32})`)

// fileID is a received file's id: "SM…/ME…"; "" when the address is of
// another form.
func fileID(link string) string {
	m := fileForm.FindStringSubmatch(link)
	if m == nil {
		return ""
	}
	return m[1] + "/" + m[2]
}

// Download writes a received file to w, at most max bytes. id is "SM…/ME…" of
// this account, or the address of a file elsewhere, which is fetched without
// credentials. Twilio answers with a redirect to its storage, which never sees
// them either (bsp/twilio.md 8).
func (g *Gateway) Download(ctx context.Context, id string, max int64, w io.Writer) (core.Media, error) {
	const op = "twilio.Download"
	if g.bad != nil {
		return core.Media{}, core.Fail(core.InvalidInput, op, g.bad)
	}
	var u *url.URL
	message, file, ok := strings.Cut(id, "/")
	if ok && sid(message, "SM", "MM") && sid(file, "ME") {
		u = g.own("Messages", message, "Media", file)
	} else if parsed, err := url.Parse(id); err == nil && wire.Link(id) {
		u = parsed
	} else {
		return core.Media{}, core.Fail(core.InvalidInput, op, errors.New("no media id"))
	}
	token, err := wire.Usable(ctx, op, g.token)
	if err != nil {
		return core.Media{}, err
	}
	c := wire.Call{Op: op, Secrets: []core.Secret{token}}
	m, err := g.line.Fetch(ctx, wire.File{
		Op: op, URL: u, Near: wire.Loopback(g.api.Hostname()),
		Auth: func(r *http.Request) { r.SetBasicAuth(g.account.SID, token.Reveal()) },
		Own:  func(u *url.URL) bool { return u.Scheme == g.api.Scheme && u.Host == g.api.Host },
		Miss: func(a wire.Answer) error { return g.line.Refusal(c, a, table(), said(a.Body)) },
	}, max, w)
	m.ID = id
	return m, err
}
