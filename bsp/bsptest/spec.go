package bsptest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"bottega/core"
)

// Spec checks requests against a provider's OpenAPI description and against
// what no description says: the credentials' place, the version, the "+".
type Spec struct {
	description
	more    []description // further files of the same provider
	prefix  string        // part of the path that the description holds as its server
	secrets []core.Secret
	rules   []func(r *http.Request, body []byte) error
	free    []*regexp.Regexp // paths outside the description that are allowed
	hosts   []*regexp.Regexp // paths that are not the API's at all
}

// MetaSpec is the check of requests to Meta's Cloud API. secrets must not
// appear in any URL. It skips the test where the description is not at hand.
func MetaSpec(tb testing.TB, secrets ...core.Secret) *Spec {
	tb.Helper()
	s := load(tb, "specs/meta-cloud-v23.yaml", secrets)
	s.rules = append(s.rules, bearer, versioned, plus)
	// Facts of bsp/meta.md that the official description does not hold, and the
	// batch, which is Graph's own.
	for _, p := range []string{`^/v\d+\.\d+/\d+/unpause$`, `^/v\d+\.\d+/\d+/uploads$`, `^/v\d+\.\d+/upload:`, `^/v\d+\.\d+/\d+/contact_book$`, `^/v\d+\.\d+/$`} {
		s.free = append(s.free, regexp.MustCompile(p))
	}
	return s
}

// Allow adds paths that are not the API's at all, such as a media host's: only
// the secrets are looked for there.
func (s *Spec) Allow(pattern string) { s.hosts = append(s.hosts, regexp.MustCompile(pattern)) }

// Shared is the folder with the providers' descriptions: BOTTEGA_SHARED, else
// "../shared" beside the repository. "" when there is none.
func Shared() string {
	if dir := os.Getenv("BOTTEGA_SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, e := os.Stat(filepath.Join(dir, "go.mod")); e == nil {
			shared := filepath.Join(filepath.Dir(dir), "shared")
			if _, e := os.Stat(shared); e != nil {
				return ""
			}
			return shared
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// HasSpecs reports whether MetaSpec would find its file.
func HasSpecs() bool {
	_, err := os.Stat(filepath.Join(Shared(), "specs/meta-cloud-v23.yaml"))
	return Shared() != "" && err == nil
}

func load(tb testing.TB, file string, secrets []core.Secret) *Spec {
	tb.Helper()
	return &Spec{description: *read(tb, file), secrets: secrets}
}

func read(tb testing.TB, file string) *description {
	tb.Helper()
	path := filepath.Join(Shared(), filepath.FromSlash(file))
	if _, err := os.Stat(path); err != nil || Shared() == "" {
		tb.Skipf("the provider's description %s is not beside the repository (see BOTTEGA_SHARED)", file)
	}
	once, _ := parsed.LoadOrStore(path, sync.OnceValues(func() (*description, error) { return parse(path) }))
	d, err := once.(func() (*description, error))()
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// parsed keeps each file's description: reading one takes longer than most tests.
var parsed sync.Map

type description struct {
	doc    *openapi3.T
	router routers.Router
}

func parse(path string) (*description, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return nil, err
	}
	doc.Servers = nil // the fake has another host
	for _, p := range doc.Paths.Map() {
		p.Servers = nil
	}
	router, err := legacy.NewRouter(doc)
	return &description{doc: doc, router: router}, err
}

// Check reads the request's body, puts it back and says what is wrong with it.
func (s *Spec) Check(r *http.Request) error {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return err
		}
		if err := r.Body.Close(); err != nil {
			return err
		}
	}
	defer func() { r.Body = io.NopCloser(bytes.NewReader(body)) }()
	var errs []error
	for _, secret := range s.secrets {
		if secret != "" && strings.Contains(r.URL.String(), secret.Reveal()) {
			errs = append(errs, errors.New("a secret is in the URL"))
		}
	}
	if r.URL.Query().Has("access_token") {
		errs = append(errs, errors.New("the token is in the URL"))
	}
	if matches(s.hosts, r.URL.Path) {
		return errors.Join(errs...)
	}
	for _, rule := range s.rules {
		errs = append(errs, rule(r, body))
	}
	errs = append(errs, s.described(r, body))
	return errors.Join(errs...)
}

func matches(ps []*regexp.Regexp, path string) bool {
	return slices.ContainsFunc(ps, func(p *regexp.Regexp) bool { return p.MatchString(path) })
}

func (s *Spec) described(r *http.Request, body []byte) error {
	if matches(s.free, r.URL.Path) {
		return nil
	}
	clone := r.Clone(r.Context())
	clone.URL.Path = strings.TrimPrefix(clone.URL.Path, s.prefix)
	route, params, err := s.find(clone)
	if err != nil {
		return fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	clone.Body = io.NopCloser(bytes.NewReader(body))
	err = openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: clone, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w\nbody: %.300s", r.Method, r.URL.Path, s.reason(body, err), body)
	}
	return nil
}

// find looks in each file of the provider's.
func (s *Spec) find(r *http.Request) (*routers.Route, map[string]string, error) {
	route, params, err := s.router.FindRoute(r)
	for i := 0; err != nil && i < len(s.more); i++ {
		route, params, err = s.more[i].router.FindRoute(r)
	}
	return route, params, err
}

// reason is the short form of a failure: where a message names its type, what
// that type's own schema says, else the beginning of the long text.
func (s *Spec) reason(body []byte, err error) error {
	var m map[string]any
	if s.doc.Components != nil && json.Unmarshal(body, &m) == nil {
		kind, _ := m["type"].(string)
		first := min(1, len(kind))
		if ref := s.doc.Components.Schemas[strings.ToUpper(kind[:first])+kind[first:]+"Message"]; ref != nil {
			err = ref.Value.VisitJSON(m)
		}
	}
	if se, ok := errors.AsType[*openapi3.SchemaError](err); ok {
		return fmt.Errorf("%s: %.500s", strings.Join(se.JSONPointer(), "."), se.Reason)
	}
	if err == nil {
		return errors.New("refused, though its own schema takes it")
	}
	return fmt.Errorf("%.1000s", err.Error())
}

// Handler fails the test for every request that Check refuses, then serves it.
func (s *Spec) Handler(tb testing.TB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.Check(r); err != nil {
			tb.Errorf("request is not as the provider describes it: %v", err)
		}
		next.ServeHTTP(w, r)
	})
}

// Transport fails the test for every request that Check refuses, then sends it.
func (s *Spec) Transport(tb testing.TB, base http.RoundTripper) http.RoundTripper {
	return transport{tb: tb, spec: s, base: base}
}

type transport struct {
	tb   testing.TB
	spec *Spec
	base http.RoundTripper
}

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	out := r.Clone(r.Context()) // a RoundTripper must not change the request
	if err := t.spec.Check(out); err != nil {
		t.tb.Errorf("request is not as the provider describes it: %v", err)
	}
	return t.base.RoundTrip(out)
}

func bearer(r *http.Request, _ []byte) error {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); !ok || token == "" {
		return errors.New("no bearer token in the Authorization header")
	}
	return nil
}

var version = regexp.MustCompile(`^/v\d+\.\d+/`)

func versioned(r *http.Request, _ []byte) error {
	if !version.MatchString(r.URL.Path) {
		return fmt.Errorf("no API version in the path %s", r.URL.Path)
	}
	return nil
}

var e164 = regexp.MustCompile(`^\+\d{7,15}$`)

// plus holds every recipient to E.164 with its "+": without it a message goes
// to a stranger in the business's own country (bsp/meta.md 2.1).
func plus(r *http.Request, body []byte) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil
	}
	var m struct {
		To *string `json:"to"`
	}
	if err := json.Unmarshal(body, &m); err != nil {
		return err
	}
	if m.To != nil && !e164.MatchString(*m.To) {
		return fmt.Errorf("recipient of %d characters is not E.164 with its plus sign", len(*m.To))
	}
	return nil
}
