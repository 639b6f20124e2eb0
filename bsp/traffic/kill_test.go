package traffic_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"bottega/assets"
	"bottega/bsp/demo"
	"bottega/bsp/provider"
	"bottega/bsp/sandbox"
	"bottega/bsp/traffic"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/core/segment"
	"bottega/storage"
)

// killsVar says how often TestKillTheProgram kills; the release runs 300.
const killsVar = "BOTTEGA_TEST_KILLS"

// seedVar names the moments of an earlier run.
const seedVar = "BOTTEGA_TEST_SEED"

// badDays are the simulator's faults: refusals, answers that are lost after
// the message was taken, lines that are cut, callbacks that come twice.
var badDays = sandbox.Faults{Rules: []sandbox.Fault{
	{On: "messages", Kind: "error", Status: 500, Every: 13},
	{On: "messages", Kind: "error", Status: 500, Accepted: true, Every: 23},
	{On: "messages", Kind: "reset", Every: 37},
	{On: "messages", Kind: "delay", Delay: core.Duration(100 * time.Millisecond), Probability: 0.2},
	{On: "statuses", Kind: "duplicate", Times: 2, Probability: 0.2},
	{On: "callbacks", Kind: "reorder", Probability: 0.1},
}}

// till is a shop with a campaign, its number at the simulator, and the program
// itself, which is killed.
type till struct {
	t      *testing.T
	dir    string
	exe    string
	listen string
	env    []string
	sim    *demo.Simulator
	db     *storage.DB
	ch     core.Channel
	desk   campaign.Desk
}

// TestKillTheProgram kills bottega at random moments of a campaign, over and
// over, and then compares the provider's ledger with the database, recipient by
// recipient: nobody got it twice, nobody is lost, and unsure is only who did
// not get it or whose answer the network kept.
func TestKillTheProgram(t *testing.T) {
	kills := 8
	if s := os.Getenv(killsVar); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		kills = n
	} else if testing.Short() {
		t.Skip("it builds and starts the program")
	}
	k := newTill(t)
	first := k.serve()
	k.eventually("the templates are here", func() bool { return len(k.forms()) > 0 })
	id := k.launch(6 * kills)
	seed := rand.Uint64()
	if s := os.Getenv(seedVar); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	for range kills {
		time.Sleep(time.Duration(rnd.Int64N(int64(500 * time.Millisecond)))) // the moment is random, nothing waits for it
		k.kill(first)
		k.bury(false)
		first = k.serve()
	}
	last := first
	k.eventually("everybody was handed over", func() bool { n := k.counts(id); return n[campaign.Pending] == 0 })
	k.kill(last)
	k.bury(true)
	last = k.serve()
	k.eventually("all that the provider has to tell was read", func() bool { return k.told() })
	k.eventually("nothing is under way", func() bool { return k.quiet(id) })
	k.stop(last)
	k.compare(id)
}

func newTill(t *testing.T) *till {
	t.Helper()
	k := &till{t: t, dir: t.TempDir(), exe: filepath.Join(t.TempDir(), "bottega")}
	build := exec.Command("go", "build", "-o", k.exe, "bottega")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ln, err := traffic.Listen("127.0.0.1:0")
	k.must(err)
	k.listen = ln.Addr().String()
	k.must(ln.Close())
	k.sim, err = demo.Alone(assets.Demo(), assets.Rules(), sandbox.Options{Seed: 1, Speed: 1000, Now: time.Now, Callback: "http://" + k.listen + "/webhooks/shop",
		Limits: sandbox.Unlimited(), Faults: badDays}, "")
	k.must(err)
	k.must(k.sim.OpenLedger(filepath.Join(t.TempDir(), "ledger")))
	t.Cleanup(func() { k.must(k.sim.Close()) })
	api := httptest.NewServer(k.sim.Handler())
	ctx, cancel := context.WithCancel(context.Background())
	var courier sync.WaitGroup
	courier.Go(func() {
		if err := k.sim.Run(ctx); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); courier.Wait(); api.Close() })
	resp, err := http.Post(api.URL+"/sandbox/number", "application/json", strings.NewReader(`{"limit":"TIER_UNLIMITED"}`))
	k.must(err)
	k.must(resp.Body.Close())
	o := k.sim.Options
	k.env = append(os.Environ(), "BOTTEGA_SECRET_SHOP_TOKEN="+o.Token.Reveal(), "BOTTEGA_SECRET_SHOP_APP_SECRET="+o.AppSecret.Reveal(),
		"BOTTEGA_SECRET_SHOP_VERIFY_TOKEN="+o.VerifyToken.Reveal())
	k.db, err = storage.Open(k.dir, core.NewFeed(), storage.Options{Now: time.Now})
	k.must(err)
	t.Cleanup(func() { k.must(k.db.Close()) })
	k.ch, err = k.db.SaveChannel(ctx, core.Channel{Name: "shop", Provider: core.Sandbox, State: core.Active, Number: o.Number, CreatedAt: time.Now(),
		Account: core.Account{PhoneNumberID: o.PhoneNumberID, BusinessID: o.BusinessID, BaseURL: api.URL}, Health: core.Health{Limit: -1}})
	k.must(err)
	return k
}

func (k *till) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// serve starts the program and returns when it has said that it is ready.
func (k *till) serve() *exec.Cmd {
	k.t.Helper()
	cmd := exec.Command(k.exe, "serve", "--data", k.dir, "--listen", k.listen)
	cmd.Env = k.env
	said, err := cmd.StderrPipe()
	k.must(err)
	k.must(cmd.Start())
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if strings.Contains(lines.Text(), `"listening"`) {
			go func() {
				for lines.Scan() { // what it says later is in its log as well
				}
			}()
			return cmd
		}
		k.t.Log(lines.Text())
	}
	k.t.Fatalf("the program did not start: %v", cmd.Wait())
	return nil
}

// kill is kill -9.
func (k *till) kill(cmd *exec.Cmd) {
	k.t.Helper()
	k.must(cmd.Process.Kill())
	if err := cmd.Wait(); err == nil {
		k.t.Fatal("it had ended before it was killed")
	}
}

// stop ends the program in good order.
func (k *till) stop(cmd *exec.Cmd) {
	k.t.Helper()
	k.must(cmd.Process.Signal(os.Interrupt))
	k.must(cmd.Wait())
}

// bury lets the leases of the dead run out at once, which else takes 15 s; with
// claims those on single messages too, which takes ten minutes.
func (k *till) bury(claims bool) {
	k.t.Helper()
	pool, err := sql.Open("sqlite", storage.Path(k.dir)+"?_pragma=busy_timeout(5000)")
	k.must(err)
	_, err = pool.Exec("DELETE FROM leases")
	if err == nil && claims {
		_, err = pool.Exec("UPDATE outbox SET leased = 1 WHERE leased > 0")
	}
	k.must(errors.Join(err, pool.Close()))
}

// unreachable ends the numbers that the simulator's WhatsApp cannot reach: they
// get an SMS.
const unreachable = "0131026"

// eventually waits for what the program does.
func (k *till) eventually(what string, done func() bool) {
	k.t.Helper()
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if done() {
			return
		}
	}
	k.t.Fatalf("not even after minutes: %s", what)
}

func (k *till) forms() []core.Template {
	k.t.Helper()
	stored, err := k.db.StoredTemplates(k.t.Context(), core.TemplateQuery{Channel: k.ch.ID, Name: "order_ready"})
	k.must(err)
	return campaign.Current(stored)
}

func (k *till) counts(id int64) campaign.Counts {
	k.t.Helper()
	n, err := storage.Campaigns{DB: k.db}.Counts(k.t.Context(), id)
	k.must(err)
	return n
}

// launch makes people and starts a campaign to all of them by the office, as
// the command does, while the program runs on the same data.
func (k *till) launch(people int) int64 {
	k.t.Helper()
	r, err := campaign.LoadRules(assets.Rules())
	k.must(err)
	store := storage.Campaigns{DB: k.db}
	k.must(k.db.Write(k.t.Context(), func(tx core.Tx) error {
		for i := range people {
			phone := core.Phone(fmt.Sprintf("+39333%07d", 1000000+i))
			if i%20 == 19 {
				phone = core.Phone(fmt.Sprintf("+39%03d%s", 340+i/20, unreachable))
			}
			c := core.Contact{Name: "Ana", Phone: phone, Language: "it", CreatedAt: time.Now()}
			if err := tx.SaveContact(&c); err != nil {
				return err
			}
			if err := tx.AddIdentity(c.ID, core.Identity{Kind: core.IdentityPhone, Value: string(phone)}); err != nil {
				return err
			}
		}
		return nil
	}))
	host, err := os.ReadFile(filepath.Join(k.dir, "host.json"))
	k.must(err)
	name := strings.Split(string(host), `"`)[3]
	rome, err := time.LoadLocation("Europe/Rome")
	k.must(err)
	k.desk = campaign.Desk{Rules: &r, Store: store, Zones: campaign.NewZones(rome, r.Quiet.Value), Home: rome, Host: name, Now: time.Now}
	office := campaign.Office{Desk: &k.desk, Audience: store, Records: store, Pulse: store, Channels: k.db,
		Templates: func(context.Context, int64) ([]core.Template, error) { return k.forms(), nil },
		Parse: func(_ context.Context, expr string) (segment.Query, error) {
			return segment.Parse(expr, segment.Schema{})
		},
		Prices: func(context.Context, core.Channel, time.Time) (*ledger.Book, ledger.Account, *ledger.Month, error) {
			book, err := ledger.LoadBook(assets.Rules())
			return &book, ledger.Account{Provider: core.Sandbox, Currency: "USD"}, nil, err
		}}
	c, err := office.Create(k.t.Context(), campaign.Campaign{Name: "Ready", ChannelID: k.ch.ID, Segment: "lang:it", Templates: []string{"order_ready"},
		Category: ledger.Utility, Urgent: true, SMS: true, Pace: campaign.Pace{PerMinute: 1200},
		Values: []campaign.Value{{Variable: "1", Field: "name"}, {Variable: "2", Text: "2207"}, {Variable: "3", Text: "19:30"}}})
	k.must(err)
	c, rep, err := office.Launch(k.t.Context(), c.ID, "ada")
	k.must(err)
	if rep.Included != people || k.counts(c.ID).Total() != people {
		k.t.Fatalf("%d of %d people: %+v", rep.Included, people, rep)
	}
	return c.ID
}

// told reports whether the program has read a receipt of everything that the
// provider took. What a dead program refused comes again after seconds, and by
// then everything else may be settled.
func (k *till) told() bool {
	k.t.Helper()
	if k.sim.Untold() > 0 {
		return false
	}
	left, err := k.db.PendingJournal(k.t.Context(), provider.Version, 1, 1<<20)
	k.must(err)
	return len(left) == 0
}

// quiet reports whether nothing is pending or under way, and every row knows
// what its message knows.
func (k *till) quiet(id int64) bool {
	k.t.Helper()
	behind, err := k.db.Behind(k.t.Context(), k.ch.ID, 1)
	k.must(err)
	n := k.counts(id)
	return len(behind) == 0 && n.Open() == 0 && n[campaign.Accepted] == 0 && k.texts(id).InLine == 0
}

func (k *till) texts(id int64) campaign.Texts {
	k.t.Helper()
	n, err := storage.Campaigns{DB: k.db}.Texts(k.t.Context(), id)
	k.must(err)
	return n
}

// compareText holds the SMS of a row to the simulator's ledger of SMS: there is
// one for a row that WhatsApp could not reach, and for no other.
func (k *till) compareText(x *campaign.Recipient, arrived map[core.Phone]int) {
	k.t.Helper()
	var m core.Message
	err := k.db.Write(k.t.Context(), func(tx core.Tx) (err error) { m, err = tx.MessageByRef(x.SMSRef()); return err })
	n := arrived[core.Phone(x.Person)]
	switch {
	case x.State != campaign.Failed && (core.CodeOf(err) != core.NotFound || n > 0):
		k.t.Errorf("row %d is %s, and an SMS went out: %v", x.ID, x.State, err)
	case x.State != campaign.Failed:
	case err != nil:
		k.t.Errorf("row %d failed (%s %s, %v), and no SMS was made: %v", x.ID, x.Class, x.Code, x.FailedAt, err)
	case m.State == core.Failed || m.State == core.Queued || m.State == core.Sending:
		k.t.Errorf("the SMS of row %d is left %s: %v", x.ID, m.State, m.Error)
	case n > 1:
		k.t.Errorf("row %d got %d SMS", x.ID, n)
	case (n == 1) != (m.State == core.Accepted || m.State == core.Delivered):
		k.t.Errorf("row %d got %d SMS, ours is %s", x.ID, n, m.State)
	}
}

// compare holds the database to the provider's ledger, recipient by recipient.
func (k *till) compare(id int64) {
	k.t.Helper()
	got := map[core.Phone]int{}
	for _, e := range k.sim.Ledger() {
		if got[e.To]++; got[e.To] > 1 {
			k.t.Errorf("…%s got it %d times", e.To[len(e.To)-2:], got[e.To])
		}
	}
	texts := map[core.Phone]int{}
	for _, e := range k.sim.Texts() {
		texts[e.To]++
	}
	states := campaign.Counts{}
	for q := (campaign.RecipientQuery{Campaign: id, Limit: 1000}); ; {
		rows, err := k.db.Recipients(k.t.Context(), q)
		k.must(err)
		for _, x := range rows {
			states[x.State]++
			k.compareText(&x, texts)
			lost := strings.HasSuffix(x.Person, unreachable)
			arrived := got[core.Phone(x.Person)] > 0
			switch x.State {
			case campaign.Accepted, campaign.Delivered, campaign.Read:
				if !arrived {
					k.t.Errorf("row %d is %s, and the person got nothing", x.ID, x.State)
				}
			case campaign.Failed:
				if !lost || !arrived {
					k.t.Errorf("row %d failed (%s %s)", x.ID, x.Class, x.Code)
				}
			case campaign.Skipped, campaign.Pending, campaign.Sending:
				k.t.Errorf("row %d is left %s (%s %s)", x.ID, x.State, x.Class, x.Code)
			case campaign.Unsure:
				if arrived {
					k.t.Errorf("row %d is unsure, though its receipts came", x.ID)
				}
			}
		}
		if len(rows) < q.Limit {
			break
		}
		q.After = rows[len(rows)-1].ID
	}
	n := k.counts(id)
	for _, s := range campaign.RecipientStates {
		if n[s] != states[s] {
			k.t.Errorf("%d counted as %s, there are %d", n[s], s, states[s])
		}
	}
	k.t.Logf("%v", states)
	k.must(k.db.Check(k.t.Context()))
}
