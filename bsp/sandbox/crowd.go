package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"bottega/core"
)

// Person is a simulated customer, as told by people.json.
type Person struct {
	Key      string         `json:"key"` // how stories name them
	Name     string         `json:"name"`
	Username string         `json:"username,omitempty"`
	Phone    core.Phone     `json:"phone,omitempty"` // "" hides the number: reachable by UserID only
	UserID   string         `json:"user_id"`
	Lang     string         `json:"lang"`
	Persona  string         `json:"persona,omitempty"` // "" lives no life of their own
	Tags     []string       `json:"tags,omitempty"`
	Value    core.ValueTier `json:"value,omitempty"`
}

// address is what identifies a person in ids: the phone, else the user id.
func (p *Person) address() string {
	if p.Phone != "" {
		return string(p.Phone)
	}
	return p.UserID
}

// person is a Person with what happened so far; guarded by crowd.mu.
type person struct {
	Person
	turn      uint64 // decisions taken, salts the dice
	lastIn    time.Time
	referred  bool // an ad brought the last message
	freeUntil time.Time
	blocked   bool        // blocks the shop
	shunned   bool        // the shop blocks them
	stopped   bool        // takes no marketing
	promos    []time.Time // marketing taken outside the window, last 24 h
	pair      *rate.Limiter
	talk      talk
}

// crowd is everybody the number knows.
type crowd struct {
	limits Limits

	mu     sync.Mutex
	by     map[string]*person // by phone and by user id
	people []*person          // the cast, in the order of people.json
}

func newCrowd(l Limits, cast []Person) *crowd {
	c := &crowd{limits: l}
	c.reset(cast)
	return c
}

func (c *crowd) reset(cast []Person) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by, c.people = make(map[string]*person, 2*len(cast)), nil
	for _, p := range cast {
		c.people = append(c.people, c.add(p))
	}
}

// add needs c.mu.
func (c *crowd) add(p Person) *person {
	q := &person{Person: p}
	if c.limits.PairEvery > 0 {
		q.pair = rate.NewLimiter(rate.Every(c.limits.PairEvery), c.limits.PairBurst)
	}
	if p.Phone != "" {
		c.by[string(p.Phone)] = q
	}
	if p.UserID != "" {
		c.by[p.UserID] = q
	}
	return q
}

// meet finds somebody by phone or user id, making a stranger when nobody has them.
// A known person is told new facts (name, the other identity).
func (c *crowd) meet(p Person) *person {
	c.mu.Lock()
	defer c.mu.Unlock()
	q := c.by[string(p.Phone)]
	if q == nil {
		q = c.by[p.UserID]
	}
	if q == nil {
		if p.UserID == "" {
			p.UserID = strangerID(p.Phone)
		}
		return c.add(p)
	}
	if p.Name != "" {
		q.Name = p.Name
	}
	if p.Username != "" {
		q.Username = p.Username
	}
	return q
}

// strangerID gives everybody a business-scoped user id, as Meta does (bsp/meta.md 10).
func strangerID(p core.Phone) string {
	h := dice(0, 0x1d, string(p)).Uint64()
	return "XX." + strconv.FormatUint(h%1e18+9e18, 10)
}

// recipient reads "to" or "recipient" of a request (bsp/meta.md 2.1): a number
// without + gets the country code of the business in front.
func (c *crowd) recipient(q *sendRequest, own core.Phone) (*person, *apiError) {
	if q.To == "" {
		cc, id, ok := strings.Cut(q.Recipient, ".")
		if !ok || len(cc) != 2 || id == "" || len(id) > 132 {
			return nil, refuse(131009, "Param recipient is no valid user id.")
		}
		return c.meet(Person{UserID: q.Recipient}), nil
	}
	to := q.To
	if strings.ContainsAny(to, " -().") {
		to = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(to)
	}
	if !strings.HasPrefix(to, "+") {
		to = "+" + callingCode(own) + to
	}
	if !digits(to[1:]) || len(to) < 8 || len(to) > 16 || to[1] == '0' {
		return nil, refuse(131009, "Param to is no valid WhatsApp phone number.")
	}
	if to == string(own) {
		return nil, refuse(131021, "Recipient phone number cannot be the sender's.")
	}
	return c.meet(Person{Phone: core.Phone(to)}), nil
}

// callingCode is the country code of an E.164 number: one digit for 1 and 7,
// two for the codes that ITU gave out in two, else three.
func callingCode(p core.Phone) string {
	n := strings.TrimPrefix(string(p), "+")
	two := []string{"20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
		"51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66",
		"81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98"}
	switch {
	case n == "":
		return ""
	case n[0] == '1' || n[0] == '7':
		return n[:1]
	case len(n) > 2 && slices.Contains(two, n[:2]):
		return n[:2]
	}
	return n[:min(3, len(n))]
}

// waID is the number as webhooks write it: no plus, and without the ninth
// digit for the Brazilian areas where WhatsApp keeps the old form (bsp/meta.md 12.13).
func waID(p core.Phone) string {
	n := strings.TrimPrefix(string(p), "+")
	if len(n) == 13 && strings.HasPrefix(n, "55") && n[2:4] > "28" && n[4] == '9' {
		return n[:4] + n[5:]
	}
	return n
}

// fateCode is the error code written in a stranger's number, 0 for none.
func fateCode(p *person) int {
	n := string(p.Phone)
	if p.Persona != "" || len(n) < 12 {
		return 0
	}
	code, err := strconv.Atoi(n[len(n)-6:])
	if err != nil || code < 130000 {
		return 0
	}
	if _, ok := knownError(code); !ok {
		return 0
	}
	return code
}

// wrote notes a message of the customer: it opens the window when it counts
// as contact, and an ad's message may open a free entry point.
func (c *crowd) wrote(p *person, at time.Time, counts, referred bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if counts && at.After(p.lastIn) {
		p.lastIn, p.referred = at, referred
	}
}

// verdict decides what becomes of an accepted message: 0 when it arrives, else
// the error code of its failed status. It charges the marketing allowance.
func (c *crowd) verdict(p *person, t *tmpl, now time.Time, law Platform) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if code := fateCode(p); code != 0 {
		return code
	}
	open := c.limits.Window < 0 || now.Before(p.lastIn.Add(c.limits.Window)) || now.Before(p.freeUntil)
	switch {
	case p.shunned:
		return 130403
	case p.blocked:
		return 131026
	case t == nil && !open:
		return 131047
	case t != nil && t.Category == "MARKETING":
		return c.promote(p, open, now, law)
	}
	if p.referred && now.Before(p.lastIn.Add(24*time.Hour)) {
		p.freeUntil = now.Add(c.limits.EntryPoint)
		p.referred = false
	}
	return 0
}

// promote judges a marketing template (P-23, P-30 to P-34); needs c.mu.
func (c *crowd) promote(p *person, open bool, now time.Time, law Platform) int {
	country := callingCode(p.Phone)
	switch {
	case p.stopped:
		return 131050
	case slices.Contains(law.NoMarketing, country):
		return 131049
	case open || c.limits.MarketingPerDay < 0 || slices.Contains(law.CapExempt, country):
		return 0
	}
	p.promos = slices.DeleteFunc(p.promos, func(t time.Time) bool { return !now.Before(t.Add(24 * time.Hour)) })
	if len(p.promos) >= c.limits.MarketingPerDay {
		return 131049
	}
	p.promos = append(p.promos, now)
	return 0
}

// pairAllows charges the pair limit (P-61).
func (c *crowd) pairAllows(p *person, now time.Time) bool {
	return p.pair == nil || p.pair.AllowN(now, 1)
}

// change runs fn on a person under the lock.
func (c *crowd) change(p *person, fn func(*person)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fn(p)
}

// find is meet without making strangers; nil when nobody has the address.
func (c *crowd) find(address string) *person {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.by[address]
}

func (c *crowd) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.by)
}

// shunned lists the numbers the shop has blocked, in order.
func (c *crowd) shunned() []core.Phone {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []core.Phone
	for _, p := range c.by {
		if p.shunned && p.Phone != "" && !slices.Contains(out, p.Phone) {
			out = append(out, p.Phone)
		}
	}
	slices.Sort(out)
	return out
}
