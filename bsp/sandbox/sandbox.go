package sandbox

import (
	"cmp"
	"context"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bottega/core"
)

// Options of a simulated number. The zero value of a field means the default
// that stands beside it.
type Options struct {
	Seed  uint64           // everything random comes from it
	Now   func() time.Time // time.Now
	Speed float64          // delays are divided by it; 1

	PhoneNumberID string     // "100000000000101"
	BusinessID    string     // WABA id, "100000000000201"
	Number        core.Phone // "+390555550100"
	VerifiedName  string     // "Bottega"

	Token       core.Secret // "" takes any bearer token
	AppSecret   core.Secret // signs callbacks
	VerifyToken core.Secret // for the handshake with a new callback address
	Callback    string      // where callbacks go; "" drops them
	Client      *http.Client

	Faults Faults
	Limits Limits
	World  World // people, words and templates; the zero value has none

	Life bool          // customers write by themselves
	Pace time.Duration // mean gap between two customers starting to write; 15 s

	// Review judges a template in words of the platform's rejections, "" for
	// none; nil leaves it to World.Review.
	Review func(core.Template) string

	Agent string // who opens the demo: "me" in its stories; the shop's first agent

	Log *slog.Logger
}

// Limits that the simulator enforces. Zero means the documented value,
// a negative one switches the rule off.
type Limits struct {
	PerSecond       int           // messages of the number: 80 (P-60)
	PairEvery       time.Duration // one message to the same person per 6 s (P-61)
	PairBurst       int           // … of which 45 may be borrowed
	Window          time.Duration // 24 h (P-01)
	EntryPoint      time.Duration // 72 h (P-03)
	MarketingPerDay int           // marketing templates a person takes outside the window: 2 (unpublished at Meta, P-30)
	HoldAfter       int           // marketing sends of an unrated template before the rest is held (P-54): never
	Direct          bool          // answer 131047, 131026 and the like at once instead of by callback
}

// Unlimited switches every rate and window off: the simulator at its fastest.
func Unlimited() Limits {
	return Limits{PerSecond: -1, PairEvery: -1, Window: -1, MarketingPerDay: -1}
}

func (l Limits) withDefaults() Limits {
	def := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	num := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	num(&l.PerSecond, 80)
	num(&l.PairBurst, 45)
	num(&l.MarketingPerDay, 2)
	def(&l.PairEvery, 6*time.Second)
	def(&l.Window, 24*time.Hour)
	def(&l.EntryPoint, 72*time.Hour)
	return l
}

func (o Options) withDefaults() Options {
	str := func(v *string, d string) {
		if *v == "" {
			*v = d
		}
	}
	str(&o.PhoneNumberID, "100000000000101")
	str(&o.BusinessID, "100000000000201")
	str(&o.VerifiedName, cmp.Or(o.World.Shop.Name, "Bottega"))
	if o.Number == "" {
		o.Number = cmp.Or(o.World.Shop.Number, "+390555550100")
	}
	if o.Agent == "" && len(o.World.Shop.Agents) > 0 {
		o.Agent = o.World.Shop.Agents[0]
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Speed <= 0 {
		o.Speed = 1
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 10 * time.Second}
	}
	if o.Pace <= 0 {
		o.Pace = 15 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Limits = o.Limits.withDefaults()
	return o
}

// Server is one simulated number with its customers. Safe for concurrent use.
type Server struct {
	o       Options
	mux     *http.ServeMux
	agenda  *agenda
	courier *courier
	ledger  *ledger
	texts   *ledger // of SMS; in memory only
	faults  *faultSet
	media   *mediaStore
	library *library
	samples sampleStore // of headers
	crowd   *crowd
	number  *number
	serial  atomic.Uint64
}

// New builds a simulator; it starts nothing. Serve Handler and start Run.
func New(o Options) *Server {
	o = o.withDefaults()
	s := &Server{o: o, agenda: newAgenda(o.Now, o.Speed), number: newNumber(o)}
	s.ledger, s.texts = newLedger(o.Log), newLedger(o.Log)
	s.faults = newFaultSet(o.Faults, o.Seed, o.Now)
	s.media = newMediaStore(o.Now)
	s.library = newLibrary(o.World.Templates)
	s.crowd = newCrowd(o.Limits, o.World.People)
	s.courier = newCourier(s)
	s.mux = s.routes()
	return s
}

// Run delivers callbacks and lives the customers' lives until ctx ends. It
// returns ctx's error, or a *core.PanicError.
func (s *Server) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	start := func(name string, fn func(context.Context) error) {
		wg.Go(func() {
			if err := core.Guard(ctx, name, fn)(); err != nil {
				cancel(err)
			}
		})
	}
	start("sandbox.agenda", s.agenda.run)
	for range courierWorkers {
		start("sandbox.courier", s.courier.run)
	}
	if s.o.Life {
		s.startLife()
	}
	wg.Wait()
	return context.Cause(ctx)
}

// Ledger returns every accepted send so far, in the order of acceptance.
func (s *Server) Ledger() []Entry { return s.ledger.list(ledgerQuery{}) }

// Handler returns the simulator's HTTP side.
func (s *Server) Handler() http.Handler { return s.faulty(s.mux) }

func (s *Server) routes() *http.ServeMux {
	m := http.NewServeMux()
	api := func(pattern string, h func(http.ResponseWriter, *http.Request) *apiError) {
		m.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if e := s.admit(r); e != nil {
				s.writeError(w, e)
			} else if e := h(w, r); e != nil {
				s.writeError(w, e)
			}
		})
	}
	api("POST /{version}/{id}/messages", s.postMessages)
	api("POST /{version}/{id}/marketing_messages", s.postMessages)
	api("POST /sms/{id}/messages", s.postSMS)
	api("POST /{version}/{id}/media", s.uploadMedia)
	api("GET /media/{id}", s.fetchMedia)
	api("POST /{version}/{id}/uploads", s.beginSample)
	api("GET /{version}/{id}/message_templates", s.listTemplates)
	api("POST /{version}/{id}/message_templates", s.createTemplate)
	api("DELETE /{version}/{id}/message_templates", s.deleteTemplates)
	api("POST /{version}/{id}/unpause", s.unpauseTemplate)
	api("POST /{version}/{$}", s.batch)
	api("GET /{version}/{id}", s.getNode)
	api("POST /{version}/{id}", s.editTemplate)
	api("DELETE /{version}/{id}", s.deleteMedia)
	api("GET /{version}/{id}/phone_numbers", s.phoneNumbers)
	api("/{version}/{id}/subscribed_apps", s.subscribedApps)
	api("/{version}/{id}/block_users", s.blockUsers)
	api("GET /{version}/{id}/whatsapp_business_profile", s.businessProfile)
	api("/", func(_ http.ResponseWriter, r *http.Request) *apiError {
		return &apiError{Code: 2500, Status: http.StatusBadRequest, Title: "Unknown path components: " + clip(r.URL.Path, 64)}
	})
	s.controlRoutes(m)
	return m
}

// admit checks the token and the version in the path.
func (s *Server) admit(r *http.Request) *apiError {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case token == "":
		return refuse(104, "")
	case !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "OAuth"),
		s.o.Token != "" && !equalSecret(token, s.o.Token):
		return refuse(190, "The access token could not be decrypted")
	case s.number.now().Expired:
		return refuse(190, "The session has expired.")
	}
	if v := r.PathValue("version"); v != "" && !validVersion(v) {
		return &apiError{Code: 2500, Status: http.StatusBadRequest, Title: "Unknown path components: /" + clip(v, 64)}
	}
	return nil
}

// validVersion takes "v23.0" and the like; versions below 16 are long dead.
func validVersion(v string) bool {
	major, minor, ok := strings.Cut(strings.TrimPrefix(v, "v"), ".")
	return ok && v[0] == 'v' && minor == "0" && len(major) == 2 && major >= "16" && digits(major)
}

// dice returns random numbers that depend on the seed and on parts alone, so
// that what happens to one person does not shift what happens to another.
func (s *Server) dice(salt uint64, parts ...string) *rand.Rand { return dice(s.o.Seed, salt, parts...) }

func dice(seed, salt uint64, parts ...string) *rand.Rand {
	h := fnv.New64a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p)) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(seed^salt*0x9e3779b97f4a7c15, h.Sum64()))
}

// next numbers everything that needs to be unique within this server.
func (s *Server) next() uint64 { return s.serial.Add(1) }

// between draws a duration from [lo, hi).
func between(r *rand.Rand, lo, hi time.Duration) time.Duration {
	if hi <= lo {
		return lo
	}
	return lo + time.Duration(r.Int64N(int64(hi-lo)))
}

func pick[T any](r *rand.Rand, list []T) (v T) {
	if len(list) > 0 {
		v = list[r.IntN(len(list))]
	}
	return v
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
