package twilio

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bottega/core"
)

// SignatureHeader carries Sign's value on every callback (bsp/twilio.md 6.1).
const SignatureHeader = "X-Twilio-Signature"

// bodyHash is the parameter of the address that stands for a body which is no form.
const bodyHash = "bodySHA256"

// recordedRef is the key under which Record keeps our ref from the address.
const recordedRef = "BottegaRef"

const formType = "application/x-www-form-urlencoded"

// Sign returns the value of SignatureHeader for an address and a form, with
// the primary auth token as key; form is nil for a body that the address
// stands for. SHA-1 is Twilio's choice; as a keyed hash it still holds.
func Sign(token core.Secret, address string, form url.Values) string {
	return sign(token, address+joined(form, false))
}

func sign(token core.Secret, s string) string {
	h := hmac.New(sha1.New, []byte(token.Reveal()))
	h.Write([]byte(s))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// joined writes a form as it is signed: names in byte order, each with its
// value. Twilio's own libraries part over a name that comes twice: one takes
// the first value, the other each distinct one, sorted.
func joined(form url.Values, all bool) string {
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		values := form[name][:1]
		if all {
			values = slices.Compact(slices.Sorted(slices.Values(form[name])))
		}
		for _, v := range values {
			b.WriteString(name + v)
		}
	}
	return b.String()
}

// Verify reports whether header signs a request to one of the addresses. The
// comparison takes the same time for every wrong signature. Without a token
// nothing verifies.
func Verify(token core.Secret, header string, addresses []string, contentType string, body []byte) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	if token == "" || header == "" || err != nil {
		return false
	}
	var parts []string // what may stand after the address
	if kind == formType {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return false
		}
		parts = []string{joined(form, false), joined(form, true)}
	} else {
		parts = []string{""}
	}
	ok := false
	for _, a := range addresses {
		if kind != formType && !sealed(a, body) {
			continue // a body that nothing signs
		}
		for _, p := range parts {
			if hmac.Equal([]byte(sign(token, a+p)), []byte(header)) {
				ok = true // and on, so that time does not tell which one
			}
		}
	}
	return ok
}

// sealed reports whether the address names the hash of this very body.
func sealed(address string, body []byte) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	want, err := hex.DecodeString(u.Query().Get(bodyHash))
	sum := sha256.Sum256(body)
	return err == nil && hmac.Equal(want, sum[:])
}

// addresses are those that Twilio may have signed: the public one as it was
// told, with this request's query, else what the request itself says. A proxy
// hides scheme, host and path; and the port comes and goes by Twilio's own
// account. Whoever can choose the Host header still lacks the token.
func addresses(public string, r *http.Request) []string {
	var bases []url.URL
	if u, err := url.Parse(public); err == nil && u.Host != "" {
		bases = append(bases, *u)
	} else {
		bases = append(bases, url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath},
			url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath})
	}
	var out []string
	for _, u := range bases {
		u.RawQuery, u.Fragment = r.URL.RawQuery, ""
		for _, host := range []string{u.Host, otherPort(&u)} {
			u.Host = host
			out = append(out, u.String())
			if again := u.Query().Encode(); again != u.RawQuery { // Twilio signs the query decoded and written again, at times
				v := u
				v.RawQuery = again
				out = append(out, v.String())
			}
		}
	}
	return out
}

// otherPort is the host with the scheme's standard port where it had none, and
// without any where it had one.
func otherPort(u *url.URL) string {
	if host, _, err := net.SplitHostPort(u.Host); err == nil {
		return host
	}
	if u.Scheme == "http" {
		return u.Host + ":80"
	}
	return u.Host + ":443"
}

var errSignature = errors.New("no valid " + SignatureHeader)

// Callback returns what a receiver needs of a channel: the check of a whole
// request (BadSignature) with the primary auth token, and what the journal
// keeps of it: the form with our ref, which stands in the address only.
func Callback(token core.Secret, public string) (check func(*http.Request, []byte) error, record func(*http.Request, []byte) []byte) {
	check = func(r *http.Request, body []byte) error {
		if !Verify(token, r.Header.Get(SignatureHeader), addresses(public, r), r.Header.Get("Content-Type"), body) {
			return core.Fail(core.BadSignature, "twilio.Verify", errSignature)
		}
		return nil
	}
	record = func(r *http.Request, body []byte) []byte {
		ref := r.URL.Query().Get(RefKey)
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); ref == "" || err != nil || kind != formType {
			return body
		}
		return append(append([]byte{}, body...), "&"+recordedRef+"="+url.QueryEscape(ref)...)
	}
	return check, record
}

// MediaTypes that Twilio posts.
func MediaTypes() []string { return []string{formType, "application/json"} }
