// Package cli is the other door to bottega: a command for each thing that the
// screen can do, with --json behind it, on the same functions of core.
//
// It parses, asks, prints and chooses the exit code; it opens no database and
// no connection. Whoever starts the program fills Host, and Open gives a Shop
// whose ports the commands act through. All words come from ui/text.
package cli

import (
	"context"
	"errors"
	"io"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bottega/core"
	"bottega/core/campaign"
	"bottega/core/connect"
	"bottega/core/gauge"
	"bottega/core/health"
	"bottega/core/inbox"
	"bottega/core/ledger"
	"bottega/core/library"
	"bottega/core/offer"
	"bottega/core/people"
	"bottega/ui/text"
)

// Host is the house that the commands run in. Fields that a command does not
// need may be nil in tests of it.
type Host struct {
	In       io.Reader
	Out, Err io.Writer
	Environ  Environ
	Now      func() time.Time
	Build    Build
	Terminal Terminal

	// Open opens the data folder. It makes an empty one unless told not to.
	Open func(ctx context.Context, g Globals) (*Shop, error)
	// Screen runs the TUI on the real shop until it is left; begin, where it is
	// not nil, opens the wizard of a provider with what is known of the account.
	Screen func(ctx context.Context, g Globals, o Receiver, begin *connect.Start) error
	// Demo runs the demo shop: the TUI, or with ready set no screen but one
	// call of ready once the shop is furnished.
	Demo func(ctx context.Context, g Globals, o DemoOptions, ready func(context.Context, *Shop) error) error
	// Serve runs everything but the screen until ctx ends; ready is told the
	// addresses once they listen.
	Serve func(ctx context.Context, g Globals, o Receiver, ready func(Listening)) error
	// Sandbox runs the simulator alone until ctx ends.
	Sandbox func(ctx context.Context, o SandboxOptions, ready func(SandboxAccount)) error
	// Archives keeps and brings back copies of the data folder.
	Archives Archives
	// Decoder finds the reader of a provider's callbacks; false for an unknown provider.
	Decoder func(core.ProviderName) (core.Decoder, bool)
	// Table opens a file of rows, whatever its format; encoding "" finds it out.
	Table func(path, encoding string) (people.Table, func() error, error)
	// NewTable starts a table on w in the format that the file's name asks for.
	NewTable func(w io.Writer, path string, header []string) (write func(cells []string) error, end func() error, err error)
	// Probe looks at the computer for doctor.
	Probe Probe
	// Bench measures; tell hears what is being measured.
	Bench func(ctx context.Context, o gauge.Options, tell func(name string)) (gauge.Report, error)
	// Crash reports whether err comes from a panic, and keeps what is known of
	// it in the file it names; "" when that was not possible.
	Crash func(g Globals, err error) (file string, crashed bool)
}

// Globals are the flags that every command knows, and the language's words.
type Globals struct {
	Data     string // "" means the default folder
	Lang     string
	Agent    string
	JSON     bool
	ReadOnly bool
	Plain    bool
	Words    *text.Words
	// Passphrase opens the sealed file of keys: what stands in --passphrase-file.
	Passphrase core.Secret
}

// Shop is an opened data folder.
type Shop struct {
	Dir      string
	Name     string
	Agents   []string // names of the shop's agents, as far as they are known
	Inbox    core.InboxReader
	People   core.PeopleReader
	Find     core.Searcher
	Channels core.ChannelStore
	Outbox   core.OutboxReader
	Settings core.SettingsStore
	// Deliveries and the thresholds by which report judges them.
	Deliveries core.DeliveryReader
	Delivery   health.Thresholds
	Work       Work
	Templates  core.TemplateReader
	// Library is the shop's templates; the first call reads the rules of the review.
	Library func() (*library.Service, error)
	// Run does all that an open shop does but receiving, beside others on the
	// same data.
	Run func(ctx context.Context) error
	// Ledger says what messages cost; the shop's own prices lie in PricesPath.
	Ledger     *ledger.Desk
	Offers     func() (offer.Market, error) // of providers
	PricesPath string
	// Campaigns plans them and starts them.
	Campaigns *campaign.Office
	// Customers picks, imports and exports people.
	Customers *people.Service
	Rules     func() core.Rules
	Feed      *core.Feed
	Keyring   core.Keyring
	Rungs     []core.Keyring // the places behind Keyring, for doctor
	// Gateways connects channels with the secrets of a keyring.
	Gateways func(core.Keyring) core.Gateways
	// Connect takes the steps of connecting a number.
	Connect *connect.Service
	// Live is everything that moves messages, and a receiver at an address where
	// it is free: what commands need that wait for an answer.
	Live func(listen string) func(context.Context) error
	// Upload hands a file to the channel's provider.
	Upload func(ctx context.Context, channel int64, path, mime string) (core.Media, error)
	// Able is what a channel's provider can do, asked without a key.
	Able func(core.Channel) core.Capabilities
	// Watch looks how channels receive.
	Watch *health.Watcher
	// Ping tries an address of a channel with a callback of our own.
	Ping func(ctx context.Context, ch core.Channel, address string) core.Pinged
	// Reach asks a channel's provider how the number stands and what time it is there.
	Reach  func(ctx context.Context, ch core.Channel) (core.Reached, error)
	Checks health.Checks
	// Own is the address of a channel at a receiver on this computer, "" while none is open.
	Own func(r core.Receiving, channel string) string
	// Send sends what is queued until ctx ends, unless another process does.
	Send func(ctx context.Context) error
	// Check reads the whole database and fails with Damaged.
	Check func(ctx context.Context) error
	Close func() error
}

// Work is what commands do to conversations; core/inbox.Service does it.
type Work interface {
	Reply(ctx context.Context, conv int64, agent string, c core.Content) (core.Message, error)
	SendTo(ctx context.Context, channel int64, to core.Phone, agent string, c core.Content) (core.Message, error)
	Seen(ctx context.Context, conv int64, agent string) error
	Done(ctx context.Context, conv int64, agent string) (inbox.Undo, error)
	Snooze(ctx context.Context, conv int64, agent string, until time.Time) (inbox.Undo, error)
	Assign(ctx context.Context, conv int64, agent, who string) (inbox.Undo, error)
	Tag(ctx context.Context, contact int64, agent, tag string, on bool) (inbox.Undo, error)
}

// Receiver says where callbacks are taken.
type Receiver struct {
	Listen    string
	Metrics   string   // "" means beside the callbacks
	Cert, Key string   // files of a certificate; "" means no TLS
	Proxies   []string // addresses and networks whose X-Forwarded headers are believed
}

// Listening is what serve says once it is ready.
type Listening struct {
	Listening string `json:"listening"`
	Metrics   string `json:"metrics,omitempty"`
	TLS       bool   `json:"tls,omitempty"`
}

// DemoOptions of the demo shop.
type DemoOptions struct {
	Reset bool
	Speed float64 // how fast the customers live; 1 is as written
}

// SandboxOptions of the simulator.
type SandboxOptions struct {
	Listen   string
	Seed     uint64
	Faults   string // file, "" for none
	Callback string // where callbacks go, "" for nowhere
	Speed    float64
	Life     bool // customers write by themselves
}

// SandboxAccount is what `connect sandbox --from-stdin` takes.
type SandboxAccount struct {
	Listening     string `json:"listening"`
	BaseURL       string `json:"base_url"`
	Number        string `json:"number"`
	PhoneNumberID string `json:"phone_number_id"`
	BusinessID    string `json:"waba_id"`
	// The simulator's keys open nothing but the simulator, so they may be shown.
	Token       string `json:"token"`
	AppSecret   string `json:"app_secret"`
	VerifyToken string `json:"verify_token"`
}

// Archives are backups of the data folder.
type Archives struct {
	Backup  func(ctx context.Context, g Globals, file string, progress func(done, total int)) (Archive, error)
	Verify  func(ctx context.Context, file string) (Archive, error)
	Restore func(ctx context.Context, g Globals, file string) (Archive, error)
}

// Archive describes one backup.
type Archive struct {
	File   string         `json:"file"`
	At     time.Time      `json:"at"`
	Bytes  int64          `json:"bytes"`
	Schema int            `json:"schema"`
	Rows   map[string]int `json:"rows"` // by table
	SHA256 string         `json:"sha256,omitempty"`
	Dir    string         `json:"dir,omitempty"`    // restore: where it was put
	Unsure int            `json:"unsure,omitempty"` // restore: messages that waited to be sent; a person decides
}

// Probe looks at the computer.
type Probe struct {
	// Folder tells the data folder and whether it can be written.
	Folder func(g Globals) (dir string, err error)
	// Private reports what others could read in dir: names, nil when nothing.
	Private func(dir string) ([]string, error)
	// Free is the room left on dir's disk in bytes.
	Free func(dir string) (int64, error)
	// Size is how large the database in dir is, in bytes.
	Size func(dir string) (int64, error)
}

// app is one run of one command.
type app struct {
	h      Host
	g      Globals
	w      *text.Words
	door   Receiver // of the root command
	helped error    // of writing a help: cobra's helper returns none
}

// Run runs one command and returns the program's exit code.
func Run(ctx context.Context, h Host, args []string) int {
	g := scan(args, h.Environ.Lookup)
	if g.Agent == "" {
		g.Agent = username()
	}
	words, err := text.Load(g.Lang)
	if err != nil { // the embedded words are broken: nothing can be said in any language
		_, _ = io.WriteString(h.Err, err.Error()+"\n")
		return exitFailed
	}
	g.Words = words
	a := &app{h: h, g: g, w: words}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(h.In)
	root.SetOut(h.Out)
	root.SetErr(h.Err)
	err = core.Guard(ctx, "cli", func(ctx context.Context) error { return errors.Join(root.ExecuteContext(ctx), a.helped) })()
	return a.finish(err)
}

// scan reads the language and --json before the command line is parsed: help
// and complaints about the command line itself need them.
func scan(args []string, lookup func(string) (string, bool)) Globals {
	g := Globals{Lang: text.Detect(lookup), Agent: envOr(lookup, "BOTTEGA_AGENT", ""), Data: envOr(lookup, "BOTTEGA_DATA", "")}
	if v := envOr(lookup, "BOTTEGA_LANG", ""); v != "" {
		g.Lang = v
	}
	for i, arg := range args {
		switch {
		case arg == "--":
			return g
		case arg == "--json":
			g.JSON = true
		case arg == "--lang" && i+1 < len(args):
			g.Lang = args[i+1]
		case len(arg) > 7 && arg[:7] == "--lang=":
			g.Lang = arg[7:]
		}
	}
	return g
}

// username is the agent's name when none is given: the user of this computer.
func username() string {
	u, err := user.Current()
	if err != nil {
		return "me"
	}
	return u.Username
}

func envOr(lookup func(string) (string, bool), name, otherwise string) string {
	if v, ok := lookup(name); ok && v != "" {
		return v
	}
	return otherwise
}

// languages that --lang takes; those without words yet speak English.
var languages = []string{"en", "it", "ru", "zh", "de", "es", "pt"}

// root builds the command tree.
func (a *app) root() *cobra.Command {
	root := a.command("bottega", text.CmdRoot, nil, a.runRoot)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(a.help())
	f := root.PersistentFlags()
	f.StringVar(&a.g.Data, "data", a.g.Data, a.w.T(text.FlagData))
	f.StringVar(&a.g.Lang, "lang", a.g.Lang, a.w.T(text.FlagLang))
	f.StringVar(&a.g.Agent, "agent", a.g.Agent, a.w.T(text.FlagAgent))
	f.BoolVar(&a.g.JSON, "json", a.g.JSON, a.w.T(text.FlagJSON))
	f.BoolVar(&a.g.ReadOnly, "read-only", false, a.w.T(text.FlagReadOnly))
	f.BoolVar(&a.g.Plain, "plain", false, a.w.T(text.FlagPlain))
	sealed := f.String("passphrase-file", "", a.w.T(text.FlagPassphraseFile))
	root.PersistentFlags().BoolP("help", "h", false, a.w.T(text.FlagHelp))
	a.door = a.receiver()
	a.doorFlags(root.Flags(), &a.door)
	root.SetFlagErrorFunc(flagError)
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if a.g.Lang != "" && a.flagSet(root, "lang") && !slices.Contains(languages, a.g.Lang) {
			return usage(text.UseLanguage, "Lang", a.g.Lang)
		}
		if strings.TrimSpace(a.g.Agent) == "" {
			return usage(text.UseAgent)
		}
		return a.readPassphrase(*sealed)
	}
	a.style(root)
	root.AddCommand(
		a.demo(), a.serve(), a.sandbox(), a.connect(), a.channels(), a.doctor(),
		a.inbox(), a.send(), a.search(), a.contacts(), a.segments(), a.orders(), a.template(), a.campaign(), a.report(),
		a.webhook(), a.backup(), a.restore(), a.bench(),
		a.version(), a.completion(), a.man(),
	)
	root.AddCommand(a.later()...)
	return root
}
