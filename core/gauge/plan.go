package gauge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bottega/core"
)

// Size of a synthetic shop.
type Size struct{ Conversations, Messages int }

// Options of Measure.
type Options struct {
	Quick bool
	Only  []string // names of probes; none for all
	Size  Size     // of the shop that most is measured on; 0 for the usual
	Shops string   // folder that keeps the synthetic shops; "" throws them away
	Leave string   // not a measurement: see Screen.Kill
	Load  Load     // when not zero: this alone
}

// Load is a stress test of the receiver: so many callbacks a second, for so long.
type Load struct {
	PerSecond int
	For       time.Duration
}

// Shop is a synthetic shop in a folder, with the names in the first rows of its list.
type Shop struct {
	Dir string
	Size
	Top []string
}

// Machine is what the figures were taken on; what it does not tell is empty.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"` // and its kernel
	Disk   string `json:"disk"`   // device and kind
	Go     string `json:"go"`
	// Load is how many wanted a core in the last minute, ourselves among them;
	// far above Cores, absolute figures tell of the neighbours.
	Load float64 `json:"load"`
}

// Store measures the store.
type Store interface {
	// Look finds out about the machine, and the disk that dir lies on.
	Look(dir string) Machine
	// Syncs is how often a second the disk below dir makes one page durable.
	Syncs(dir string, during time.Duration) (Reading, error)
	// Ready makes a synthetic shop below root unless it is there.
	Ready(ctx context.Context, root string, n Size) (Shop, error)
	// Reads measures list and chat, and how they grow with the shop.
	Reads(ctx context.Context, small, middle, large Shop) ([]Reading, error)
	Search(ctx context.Context, s Shop) ([]Reading, error)
	// People measures segments, lists of people, and an import of so many rows
	// into a shop of its own in dir.
	People(ctx context.Context, s Shop, dir string, rows int) ([]Reading, error)
	// Copy copies the files of a shop that nobody has open.
	Copy(from, to string) error
}

// Traffic measures the way of messages in and out.
type Traffic interface {
	// In makes its shops in dir and measures for so long or so many each.
	In(dir string, burst time.Duration, sends int) Traffic
	Callbacks(ctx context.Context, syncs float64) ([]Reading, error)
	Arrive(ctx context.Context) ([]Reading, error)
	Send(ctx context.Context) ([]Reading, error)
	// Campaigns measures a plan for so many people, a campaign that is sent, and
	// one of so many rows.
	Campaigns(ctx context.Context, plan, rows int) ([]Reading, error)
	// Load posts callbacks at a pace; beside opens the shop in dir on a screen.
	Load(ctx context.Context, l Load, beside func(ctx context.Context, dir string) (stop func(), err error)) ([]Reading, error)
}

// Screen measures the program as its user meets it.
type Screen interface {
	// Start is from the program's start to its first full frame.
	Start(ctx context.Context, s Shop) (time.Duration, error)
	// Kill lets the program write to the shop in dir and kills it with a full log.
	Kill(ctx context.Context, dir string) error
	// Keys measures from a key to its frame; presses is how many.
	Keys(ctx context.Context, s Shop, presses int) ([]Reading, error)
	Binary() (Reading, error)
	// Beside keeps the shop in dir open on a screen until it is stopped.
	Beside(ctx context.Context, dir string) (stop func(), err error)
}

// Parts do the measuring.
type Parts struct {
	Store   Store
	Traffic Traffic
	Screen  Screen
}

// Report is what was measured, judged.
type Report struct {
	Machine Machine
	Targets Targets
	Rows    []Row
}

// scale is how much is measured.
type scale struct {
	small, middle, large   Size
	found                  Size // the shop that is searched
	burst                  time.Duration
	sends, presses, starts int
	rows                   int // of an import
	planned, audience      int // people of a plan, rows of a campaign
}

func scaleOf(o Options) scale {
	s := scale{small: Size{10_000, 20_000}, middle: Size{100_000, 2_000_000}, large: Size{1_000_000, 2_000_000}, found: Size{100_000, 1_000_000},
		burst: 9 * time.Second, sends: 10_000, presses: 300, starts: 11, rows: 100_000, planned: 100_000, audience: 1_000_000}
	if o.Quick {
		s = scale{small: Size{1_000, 2_000}, middle: Size{5_000, 50_000}, large: Size{10_000, 20_000}, found: Size{5_000, 50_000},
			burst: 3 * time.Second, sends: 2_000, presses: 100, starts: 5, rows: 5_000, planned: 5_000, audience: 10_000}
	}
	if o.Size.Conversations > 0 {
		s.middle.Conversations, s.found.Conversations = o.Size.Conversations, o.Size.Conversations
	}
	if o.Size.Messages > 0 {
		s.middle.Messages, s.found.Messages = o.Size.Messages, o.Size.Messages
	}
	return s
}

// bench is one run of Measure.
type bench struct {
	scale
	Parts
	temp, shops string
}

// Measure runs the probes and judges what they read; tell hears which one
// runs. Everything it makes is removed again, but the shops in o.Shops. What
// was measured before a failure is in the report.
func Measure(ctx context.Context, o Options, ts Targets, p Parts, tell func(probe string)) (_ Report, err error) {
	b := &bench{scale: scaleOf(o), Parts: p, shops: o.Shops}
	if b.temp, err = os.MkdirTemp("", "bottega-bench-*"); err != nil {
		return Report{}, core.Fail(core.Internal, "gauge.Measure", err)
	}
	defer func() {
		if rerr := os.RemoveAll(b.temp); err == nil && rerr != nil {
			err = core.Fail(core.Internal, "gauge.Measure", rerr)
		}
	}()
	if b.shops == "" {
		b.shops = filepath.Join(b.temp, "shops")
	}
	b.Traffic = p.Traffic.In(b.temp, b.burst, b.sends)
	probes := b.probes()
	if o.Load != (Load{}) {
		probes = []Probe{{Name: "load", Run: func(ctx context.Context) ([]Reading, error) { return b.Traffic.Load(ctx, o.Load, p.Screen.Beside) }}}
	}
	rs, err := Run(ctx, probes, o.Only, tell)
	return Report{Machine: p.Store.Look(b.temp), Targets: ts, Rows: ts.Judge(rs)}, err
}

// Probes are the names that Options.Only takes, in order.
func Probes() []string {
	return []string{"callbacks", "arrive", "send", "campaigns", "reads", "search", "people", "start", "keys", "binary"}
}

func (b *bench) probes() []Probe {
	run := []func(context.Context) ([]Reading, error){b.callbacks, b.Traffic.Arrive, b.Traffic.Send, b.campaigns, b.reads, b.search, b.people, b.start, b.keys, b.binary}
	ps := make([]Probe, len(run))
	for i, r := range run {
		ps[i] = Probe{Name: Probes()[i], Run: r}
	}
	return ps
}

func (b *bench) callbacks(ctx context.Context) ([]Reading, error) {
	disk, err := b.Store.Syncs(b.temp, time.Second)
	if err != nil {
		return nil, err
	}
	rs, err := b.Traffic.Callbacks(ctx, disk.Value)
	return append([]Reading{disk}, rs...), err
}

func (b *bench) campaigns(ctx context.Context) ([]Reading, error) {
	return b.Traffic.Campaigns(ctx, b.planned, b.audience)
}

func (b *bench) ready(ctx context.Context, sizes ...Size) ([]Shop, error) {
	var all []Shop
	for _, n := range sizes {
		s, err := b.Store.Ready(ctx, b.shops, n)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (b *bench) reads(ctx context.Context) ([]Reading, error) {
	s, err := b.ready(ctx, b.small, b.middle, b.large)
	if err != nil {
		return nil, err
	}
	return b.Store.Reads(ctx, s[0], s[1], s[2])
}

func (b *bench) search(ctx context.Context) ([]Reading, error) {
	s, err := b.ready(ctx, b.found)
	if err != nil {
		return nil, err
	}
	return b.Store.Search(ctx, s[0])
}

func (b *bench) people(ctx context.Context) ([]Reading, error) {
	s, err := b.ready(ctx, b.middle)
	if err != nil {
		return nil, err
	}
	return b.Store.People(ctx, s[0], filepath.Join(b.temp, "import"), b.rows)
}

// start opens the shop as it was closed, and as a killed program left it.
func (b *bench) start(ctx context.Context) ([]Reading, error) {
	s, err := b.ready(ctx, b.middle)
	if err != nil {
		return nil, err
	}
	var closed, killed Samples
	for range b.starts {
		d, err := b.Screen.Start(ctx, s[0])
		if err != nil {
			return nil, err
		}
		closed = append(closed, d)
	}
	left := s[0]
	left.Dir = filepath.Join(b.temp, "killed")
	if err := b.Store.Copy(s[0].Dir, left.Dir); err != nil {
		return nil, err
	}
	if err := b.Screen.Kill(ctx, left.Dir); err != nil {
		return nil, err
	}
	for i := range (b.starts + 2) / 3 { // each on a copy: the first start mends it
		one := left
		one.Dir = filepath.Join(b.temp, fmt.Sprint("killed-", i))
		if err := b.Store.Copy(left.Dir, one.Dir); err != nil {
			return nil, err
		}
		d, err := b.Screen.Start(ctx, one)
		if err != nil {
			return nil, err
		}
		killed = append(killed, d)
		if err := os.RemoveAll(one.Dir); err != nil {
			return nil, core.Fail(core.Internal, "gauge.start", err)
		}
	}
	return []Reading{closed.Reading("start"), killed.Reading("start-killed")}, nil
}

// keys presses keys on the middle shop, and compares small and large.
func (b *bench) keys(ctx context.Context) ([]Reading, error) {
	s, err := b.ready(ctx, b.middle, b.small, b.large)
	if err != nil {
		return nil, err
	}
	out, err := b.Screen.Keys(ctx, s[0], b.presses)
	if err != nil {
		return nil, err
	}
	var at [2]float64
	for i, s := range s[1:] {
		rs, err := b.Screen.Keys(ctx, s, b.presses/2)
		if err != nil {
			return nil, err
		}
		at[i] = rs[0].P50
	}
	return append(out, Reading{ID: "growth-keys", Value: at[1] / at[0], N: b.presses / 2}), nil
}

func (b *bench) binary(context.Context) ([]Reading, error) {
	r, err := b.Screen.Binary()
	return []Reading{r}, err
}
