package campaign_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/assets"
	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/ledger"
	"bottega/storage"
)

// TestNeverTwiceNeverAfterStop holds the engine to its promises under any
// interleaving of steps, answers, lost answers, receipts, pauses, opt-outs,
// crashes, failing writes, template trouble and clocks set back, with SMS in
// place of what cannot be delivered: counts always add up, nobody gets a
// campaign twice, by SMS either, or two promotions in a day, nothing is claimed
// after an opt-out or while its campaign stands still, and in the end nobody is
// forgotten.
func TestNeverTwiceNeverAfterStop(t *testing.T) {
	r, book, rome := ground(t)
	unless(t, "rapid.steps", "80")
	rapid.Check(t, func(t *rapid.T) { newMachine(t, newWorld(t, r, book, rome), promotions).play(t) })
}

// TestNeverTwiceOnDisk is the same on the store that shops have; what fails
// inside a transaction is the other test's.
func TestNeverTwiceOnDisk(t *testing.T) {
	r, book, rome := ground(t)
	dir := t.TempDir()
	n := 0
	unless(t, "rapid.checks", "25") // each move waits for the disk
	unless(t, "rapid.steps", "60")
	rapid.Check(t, func(t *rapid.T) {
		n++
		feed := core.NewFeed()
		db, err := storage.Open(filepath.Join(dir, strconv.Itoa(n)), feed, storage.Options{Now: func() time.Time { return t0 }})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := errors.Join(db.Check(context.Background()), db.Close(), os.RemoveAll(filepath.Join(dir, strconv.Itoa(n)))); err != nil {
				t.Fatal(err)
			}
		}()
		newMachine(t, newWorldOn(t, r, book, rome, feed, storage.Campaigns{DB: db}), rapid.SampledFrom([]audience{promotions, notices}).Draw(t, "about")).play(t)
	})
}

// ground is what every world of a test stands on.
func ground(t *testing.T) (*campaign.Rules, ledger.Book, *time.Location) {
	t.Helper()
	book, err := ledger.LoadBook(assets.Rules())
	if err != nil {
		t.Fatal(err)
	}
	return rules(t), book, zone(t, "Europe/Rome")
}

// unless sets a flag of rapid's for a test, unless somebody has set it.
func unless(t *testing.T, name, value string) {
	t.Helper()
	f := flag.Lookup(name)
	if f.Value.String() != f.DefValue {
		return
	}
	t.Cleanup(func() { _ = f.Value.Set(f.DefValue) }) // it has just been that
	if err := f.Value.Set(value); err != nil {
		t.Fatal(err)
	}
}

// play lets things happen in any order, and then come to their end. What cannot
// happen just now does nothing: a play in which it were skipped would soon be
// ended for too many skips.
func (m *machine) play(t *rapid.T) {
	t.Repeat(map[string]func(*rapid.T){
		"a step":     m.step, // what comes first in order is drawn more often
		"b claim":    m.claim,
		"c answer":   m.answer,
		"d lost":     m.lost,
		"e receipt":  m.receipt,
		"f time":     m.time,
		"g stop":     m.stop,
		"h crash":    func(*rapid.T) { m.w.restart() },
		"i dead":     func(*rapid.T) { m.w.expire() },
		"j pause":    m.pause,
		"k resume":   m.resume,
		"l template": m.template,
		"m cancel":   m.cancel,
		"":           func(t *rapid.T) { m.check(t) },
	})
	m.finish(t)
}

// audience is what a machine's campaigns are about.
type audience string

const (
	promotions audience = "promotions" // and perhaps a notice
	notices    audience = "notices"    // that fall back to SMS
)

type machine struct {
	about     audience
	w         *world
	contacts  []int64
	campaigns []int64
	size      map[int64]int
}

func newMachine(t *rapid.T, w *world, about audience) *machine {
	m := &machine{about: about, w: w, size: map[int64]int{}}
	w.texter, w.run.Texts = able, able
	for _, phone := range []core.Phone{"+393331234561", "+393331234562", "+393331234563", "+393331234564", "+5511987654321"} {
		m.contacts = append(m.contacts, w.person(phone))
	}
	if rapid.Bool().Draw(t, "somebody is there twice") {
		m.contacts = append(m.contacts, w.person("+551187654321"))
	}
	for i := range 2 {
		c := draft()
		c.Pace = campaign.Pace{PerMinute: rapid.SampledFrom([]int{600, 30}).Draw(t, "pace")}
		if about == notices || i == 1 && rapid.Bool().Draw(t, "the second is utility") {
			c.Templates, c.Category, c.Values, c.SMS = []string{"ready"}, ledger.Utility, nil, about == notices
		}
		got := w.start(c, m.contacts...)
		m.campaigns = append(m.campaigns, got.ID)
		m.size[got.ID] = w.counts(got.ID).Total()
	}
	return m
}

func (m *machine) some(t *rapid.T) int64 { return rapid.SampledFrom(m.campaigns).Draw(t, "campaign") }

func (m *machine) step(t *rapid.T) {
	if m.w.mem == nil || rapid.IntRange(0, 2).Draw(t, "trouble") > 0 {
		m.w.step()
		return
	}
	n, at := 0, rapid.IntRange(0, 25).Draw(t, "write that fails")
	step := rapid.SampledFrom([]string{"begin", "commit", "committed"}).Draw(t, "how")
	m.w.mem.Fail = func(s string) error {
		if n++; n == at && s == step {
			return errors.New("the disk is full")
		}
		return nil
	}
	inside := rapid.IntRange(0, 25).Draw(t, "write inside that fails")
	m.w.mem.FailTx = func(string, int64) error {
		if inside--; inside == 0 {
			return errors.New("the disk is full")
		}
		return nil
	}
	m.w.step()
	m.w.mem.Fail, m.w.mem.FailTx = nil, nil
}

func (m *machine) claim(t *rapid.T) {
	if !m.w.claim() {
		return // nothing in line
	}
	j := m.w.jobs[len(m.w.jobs)-1]
	if j.Message.Type == core.TypeSMS {
		m.text(t, j)
		return
	}
	x := m.w.rowOf(j.Message.ID)
	if c := m.w.campaign(x.CampaignID); !c.State.Active() {
		t.Fatalf("claimed for a campaign that is %s", c.State)
	}
	c := m.w.campaign(x.CampaignID)
	if _, out := m.w.optedOut[m.w.key(j.contact)]; out && c.Marketing() {
		t.Fatal("claimed for somebody who opted out")
	}
}

func (m *machine) answer(t *rapid.T) {
	if len(m.w.jobs) == 0 {
		return // nothing under way
	}
	i := rapid.IntRange(0, len(m.w.jobs)-1).Draw(t, "job")
	j := m.w.jobs[i]
	m.w.jobs = append(m.w.jobs[:i:i], m.w.jobs[i+1:]...)
	lost := &core.ProviderError{Class: core.ClassUnknown, Uncertain: true}
	answers := []string{"taken", "refused", "answer lost", "request lost", "died after", "died before"}
	if m.about == notices {
		answers = append([]string{"gone"}, answers...)
	}
	switch rapid.SampledFrom(answers).Draw(t, "answer") {
	case "gone":
		m.w.settle(j, "", core.Failed, &core.ProviderError{Code: "131026", Class: core.ClassUndeliverable})
		m.w.step()
	case "taken":
		m.w.settle(j, m.w.take(j), core.Accepted, nil)
	case "refused":
		class := rapid.SampledFrom([]core.Class{core.ClassRetry, core.ClassThrottle, core.ClassUndeliverable, core.ClassMarketingCapped, core.ClassInvalid, core.ClassPairLimit}).Draw(t, "class")
		m.w.settle(j, "", core.Failed, &core.ProviderError{Code: "1", Class: class, RetryAfter: time.Second})
	case "answer lost":
		m.w.take(j)
		m.w.settle(j, "", core.UnsureSent, lost)
	case "request lost":
		m.w.settle(j, "", core.UnsureSent, lost)
	case "died after": // the claim runs out
		m.w.take(j)
	}
}

func (m *machine) receipt(t *rapid.T) {
	if len(m.w.ledger) == 0 {
		return // nobody got anything
	}
	g := rapid.SampledFrom(m.w.ledger).Draw(t, "message")
	status := rapid.SampledFrom([]core.State{core.Sent, core.Delivered, core.Read, core.Failed}).Draw(t, "status")
	m.w.report(g, status, rapid.SampledFrom([]core.Class{core.ClassUndeliverable, core.ClassRetry, core.ClassThrottle}).Draw(t, "class"))
}

func (m *machine) time(t *rapid.T) {
	m.w.now = m.w.now.Add(rapid.SampledFrom([]time.Duration{10 * time.Second, time.Second, 2 * time.Minute, time.Hour, 13 * time.Hour, -10 * time.Minute}).Draw(t, "passes"))
}

func (m *machine) stop(t *rapid.T) {
	m.w.optOut(rapid.SampledFrom(m.contacts).Draw(t, "contact"))
}

// legal lets a change by hand fail only when its step is not allowed.
func (m *machine) legal(t *rapid.T, err error) {
	if err != nil && core.CodeOf(err) != core.Conflict {
		t.Fatalf("%v", err)
	}
}

func (m *machine) pause(t *rapid.T) {
	if rapid.IntRange(0, 3).Draw(t, "now and then") < 3 {
		return
	}
	_, err := m.w.desk.Pause(m.w.ctx, m.some(t))
	m.legal(t, err)
}

func (m *machine) resume(t *rapid.T) {
	id := m.some(t)
	if m.w.campaign(id).State != campaign.Paused {
		return // it is not paused
	}
	_, err := m.w.desk.Resume(m.w.ctx, id, "ada", false)
	m.legal(t, err)
}

func (m *machine) cancel(t *rapid.T) {
	if rapid.IntRange(0, 30).Draw(t, "seldom") != 29 { // what is cancelled is over; small numbers are drawn more often
		return // not this time
	}
	_, err := m.w.desk.Cancel(m.w.ctx, m.some(t))
	m.legal(t, err)
}

func (m *machine) template(t *rapid.T) {
	if m.about == notices {
		return // it would keep most of them from being sent
	}
	m.w.templates = forms()
	if rapid.Bool().Draw(t, "paused by Meta") {
		for i := range m.w.templates {
			m.w.templates[i].Status = "PAUSED"
		}
	}
}

// check is what holds at every moment.
func (m *machine) check(t *rapid.T) {
	for _, id := range m.campaigns {
		if n := m.w.counts(id); n.Total() != m.size[id] {
			t.Fatalf("campaign %d: %v do not add up to %d", id, n, m.size[id])
		}
	}
	for ref, n := range m.w.smses {
		if n > 1 {
			t.Fatalf("%s went out %d times", ref, n)
		}
	}
	type key struct {
		campaign int64
		person   string
	}
	times := map[key]int{}
	promo := map[string]time.Time{}
	for _, g := range m.w.ledger {
		person := m.w.key(g.contact)
		k := key{g.campaign, person}
		if times[k]++; times[k] > 1 {
			t.Fatalf("%s got campaign %d twice", person, g.campaign)
		}
		c := m.w.campaign(g.campaign)
		if !c.Marketing() {
			continue
		}
		if out, ok := m.w.optedOut[m.w.key(g.contact)]; ok && g.seq > out {
			t.Fatalf("contact %d opted out and got a message that was claimed after it", g.contact)
		}
		if last, ok := promo[person]; ok && g.claimed.Sub(last).Abs() < 23*time.Hour {
			t.Fatalf("%s got promotions at %v and %v", person, last, g.claimed)
		}
		promo[person] = g.claimed
	}
}

// finish lets everything come to its end: nobody may be left over.
func (m *machine) finish(t *rapid.T) {
	w := m.w
	w.templates = forms()
	w.jobs = nil // who was sending has died
	for i := 0; ; i++ {
		open := 0
		for _, id := range m.campaigns {
			c := w.campaign(id)
			if c.State == campaign.Paused {
				if _, err := w.desk.Resume(w.ctx, id, "ada", false); err != nil {
					t.Fatalf("%v", err)
				}
			}
			if c.State.Active() || c.State == campaign.Paused || w.counts(id).Open() > 0 || w.texts(id).InLine > 0 {
				open++
			}
		}
		if open == 0 {
			break
		}
		if i > 2000 {
			t.Fatalf("%+v, %v and %v never end", w.campaign(m.campaigns[0]), w.counts(m.campaigns[0]), w.counts(m.campaigns[1]))
		}
		w.sendAll()
		w.expire()
		w.step()
		w.now = w.now.Add(20 * time.Second)
		if i > 100 {
			w.now = w.now.Add(time.Hour)
		}
	}
	m.check(t)
	reached := map[string]int{}
	for _, g := range w.ledger {
		reached[g.ref]++
	}
	for _, id := range m.campaigns {
		n := w.counts(id)
		if n.Open() != 0 {
			t.Fatalf("campaign %d has ended with %v", id, n)
		}
		m.texts(t, id, w.rows(id))
		for _, x := range w.rows(id) {
			switch x.State {
			case campaign.Accepted, campaign.Delivered, campaign.Read:
				x.Attempts--
				if reached[x.Ref()] != 1 {
					t.Fatalf("%+v counts as %s, and the person got it %d times", x, x.State, reached[x.Ref()])
				}
			}
		}
	}
}
