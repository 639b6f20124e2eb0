package setup_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"bottega/core"
	"bottega/core/connect"
	"bottega/core/coretest"
	"bottega/ui"
	"bottega/ui/frame"
	"bottega/ui/kit"
	"bottega/ui/setup"
	"bottega/ui/text"
	"bottega/ui/uitest"
)

var start = time.Date(2026, 11, 24, 14, 5, 0, 0, time.UTC)

// desk is connecting without a provider: it takes what it is given.
type desk struct {
	mu      sync.Mutex
	chs     []core.Channel
	drafts  []connect.Draft
	rotated []map[string]core.Secret
	refuse  error
	tried   []core.Phone
	pass    core.Secret // of the file of keys

	sealed    bool           // keys have no place before a pass phrase is chosen
	hold      chan struct{}  // connecting waits for it
	left      bool           // somebody did not wait
	paste     *connect.Paste // what Subscribe leaves to do
	addresses []string
	ways      []core.Way
	ping      core.Pinged
	at        string // address that is pinged
}

func (d *desk) Channels(context.Context) ([]core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]core.Channel{}, d.chs...), nil
}

func (d *desk) Connect(ctx context.Context, x connect.Draft, _ bool, tell func(connect.Result)) (core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drafts = append(d.drafts, x)
	if d.sealed && d.pass == "" {
		return core.Channel{}, core.Fail(core.NoKeyring, "desk", &connect.Unsealed{Least: 15})
	}
	if d.hold != nil {
		select {
		case <-d.hold:
		case <-ctx.Done():
			d.left = true
			return core.Channel{}, ctx.Err()
		}
	}
	if d.refuse != nil {
		return core.Channel{}, d.refuse
	}
	ch := x.Channel
	ch.ID, ch.State = int64(len(d.chs)+1), core.Active
	d.chs = append(d.chs, ch)
	tell(connect.Result{Step: connect.StepKey, State: connect.Done, Key: &core.Key{Endless: true}})
	tell(connect.Result{Step: connect.StepKeep, State: connect.Done, Kept: []connect.Kept{{Field: "api_key", Where: "os"}}})
	tell(connect.Result{Step: connect.StepWebhook, State: connect.Skipped, Why: connect.WhyPolled})
	return ch, nil
}

func (d *desk) Check(context.Context, core.Channel, func(connect.Result)) (core.Health, error) {
	return core.Health{}, nil
}

func (d *desk) Subscribe(_ context.Context, _ core.Channel, tell func(connect.Result)) {
	if d.paste != nil {
		tell(connect.Result{Step: connect.StepWebhook, State: connect.ToDo, Why: connect.WhyPaste, Paste: d.paste})
		return
	}
	tell(connect.Result{Step: connect.StepWebhook, State: connect.Skipped, Why: connect.WhyPolled})
}

func (d *desk) Rotate(_ context.Context, _ string, s map[string]core.Secret, tell func(connect.Result)) (core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rotated = append(d.rotated, s)
	if d.refuse != nil {
		return core.Channel{}, d.refuse
	}
	tell(connect.Result{Step: connect.StepKeep, State: connect.Done, Kept: []connect.Kept{{Field: "api_key", Where: "os"}}})
	return d.chs[0], nil
}

func (d *desk) Address(_ context.Context, ch core.Channel, url string) (core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.addresses = append(d.addresses, url)
	ch.Account.PublicURL = url
	return ch, nil
}

func (d *desk) Receive(_ context.Context, ch core.Channel, way core.Way, _ bool) (core.Channel, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ways = append(d.ways, way)
	ch.Account.Receive = way
	return ch, nil
}

func (d *desk) Seal(_ context.Context, pass core.Secret) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pass = pass
	return nil
}

func (d *desk) Remove(_ context.Context, ch core.Channel) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.chs = nil
	return nil
}

func (d *desk) Lies(context.Context, core.Channel) []connect.Kept {
	return []connect.Kept{{Field: "api_key", Where: "os"}, {Field: "webhook_secret"}}
}

// play opens the settings of a shop at 80×24.
func play(t *testing.T, d *desk, begin, readOnly bool, script func(*uitest.Screen)) {
	t.Helper()
	words, err := text.Load("en")
	if err != nil {
		t.Fatal(err)
	}
	var door *connect.Start
	if begin {
		door = &connect.Start{}
	}
	uitest.Run(t, 80, 24, func(ctx context.Context) tea.Model {
		env := &frame.Env{Ctx: ctx, Words: words, Agent: "ada", ReadOnly: readOnly, Now: func() time.Time { return start }}
		p := setup.New(env, setup.Deps{Work: d, Channels: d, Policy: connect.Policy{Expiry: core.Duration(7 * 24 * time.Hour)}, Begin: door, Dir: "/shop", Places: []core.Keyring{&coretest.Chest{}},
			Able: func(core.Channel) core.Capabilities { return core.Capabilities{PollInbound: true, Reactions: true} },
			Try: func(_ context.Context, _ core.Channel, to core.Phone, tell func(connect.Result)) error {
				d.tried = append(d.tried, to)
				tell(connect.Result{Step: connect.StepTest, State: connect.ToDo, Why: connect.WhySent, Test: &connect.Test{State: core.Accepted}})
				tell(connect.Result{Step: connect.StepTest, State: connect.Done, Test: &connect.Test{State: core.Read, Took: 2 * time.Second}})
				return nil
			}, Ping: func(context.Context, core.Channel) (string, core.Pinged, error) {
				d.mu.Lock()
				defer d.mu.Unlock()
				return d.at, d.ping, nil
			}, NewSecret: func() core.Secret { return "made-up-token" }})
		return ui.New(env, ui.Deps{Panes: map[string]frame.Pane{setup.Name: p}})
	}, func(s *uitest.Screen) {
		s.Sleep(time.Second)
		if !begin {
			s.Press("6")
			s.Sleep(time.Second)
		}
		script(s)
	})
}

// bird is a connected number.
func bird() core.Channel {
	return core.Channel{ID: 1, Name: "shop", Provider: core.Bird, Number: "+390212345678", State: core.Active,
		Health: core.Health{Quality: core.QualityGreen, Limit: 2000, Key: core.Key{Expires: start.AddDate(0, 0, 3), At: start}}}
}

// TestWizardConnects: from the door to the tick, with each field checked as it
// is typed and the key never on the screen.
func TestWizardConnects(t *testing.T) {
	d := &desk{}
	play(t, d, true, false, func(s *uitest.Screen) {
		s.Want("Which provider has your WhatsApp number?", "▌ Meta")
		s.ClickOn("Bird")
		s.Want("Connect my number · Bird", "What you call this number here")
		s.Type("shop")
		s.Press("enter")
		s.Want("Bird’s dashboard → Developer → API keys")
		s.Type("live_x")
		s.Want("✗ bk_, a region, then the key", "••••••")
		s.WantNot("live_x")
		s.Press("ctrl+u")
		s.Paste("bk_eu1_SECRETKEY")
		s.Want("✓ looks right")
		s.WantNot("SECRETKEY")
		s.Press("ctrl+o")
		s.Want("bk_eu1_SECRETKEY")
		s.Press("ctrl+s") // the number is missing: the cursor goes there
		s.Want("Your number: needed.", "The WhatsApp sender with its country code")
		s.Press("esc", "esc") // and back: what was typed stays
		s.Press("c")
		s.ClickOn("Bird")
		s.Want("shop", "••••")
		s.WantNot("SECRETKEY")
		s.Press("down", "down")
		s.Type("+39 02 1234 5678")
		s.Press("ctrl+s")
		s.Want("✓ Key", "the system’s keyring", "No callback is needed", "a test message to your own phone")
		s.Type("333")
		s.Press("enter")
		s.Want("with country code")
		s.Press("ctrl+u")
		s.Type("+39 333 123 4567")
		s.Press("enter")
		s.Want("✓ Test", "Read after 2 s: sending, receiving and callbacks work.")
		s.WantNot("On its way")
		s.Press("esc")
	})
	if len(d.drafts) != 1 || d.drafts[0].Secrets["api_key"].Reveal() != "bk_eu1_SECRETKEY" || d.drafts[0].Channel.Number != "+390212345678" || len(d.tried) != 1 || d.tried[0] != "+393331234567" {
		t.Errorf("%+v, %v", d.drafts, d.tried)
	}
}

func TestWizardTellsWhatIsWrong(t *testing.T) {
	d := &desk{chs: []core.Channel{bird()}, refuse: core.Fail(core.ProviderRefused, "x", &core.ProviderError{Code: "190", Class: core.ClassAuth})}
	play(t, d, false, false, func(s *uitest.Screen) {
		s.Press("r")
		s.Want("New key for shop", "Fill in only what is new")
		s.Press("ctrl+s")
		s.Want("Give at least one new key")
		s.Type("bk_eu1_NEWKEY")
		s.Press("ctrl+s")
		s.Want("(190)")
		s.Press("esc") // back to the fields, which are as they were
		s.Want("New key for shop", "•••••")
		d.mu.Lock()
		d.refuse = nil
		d.mu.Unlock()
		s.Press("ctrl+s")
		s.Want("the system’s keyring")
		s.Press("esc")
		s.Press("x")
		s.Want("Remove shop?")
	})
	if len(d.rotated) != 2 || d.rotated[1]["api_key"].Reveal() != "bk_eu1_NEWKEY" {
		t.Errorf("%d rotations", len(d.rotated))
	}
}

func TestSettingsShowTheNumber(t *testing.T) {
	play(t, &desk{chs: []core.Channel{bird()}}, false, false, func(s *uitest.Screen) {
		s.Want("shop  +390212345678", "✓ sending", "· polling", "key runs out", "2,000 people in 24 h", "API key", "the system’s keyring")
		s.Press("pgdown")
		s.Want("✓ reactions", "✗ new templates — written in Bird’s dashboard only")
		s.Press("j")
		s.Want("Data folder", "/shop", "Not here yet")
		s.Press("t")
		s.Want("Choose a number first")
	})
	play(t, &desk{}, false, true, func(s *uitest.Screen) {
		s.Want("No number is connected yet")
		s.Press("c")
		s.Want("opened for reading only")
	})
}

// TestSettingsAreExact: exactly h lines of exactly w cells, however small.
func TestSettingsAreExact(t *testing.T) {
	d := &desk{chs: []core.Channel{bird()}}
	play(t, d, false, false, func(s *uitest.Screen) {
		for _, size := range [][2]int{{40, 12}, {60, 20}, {100, 30}, {160, 45}} {
			s.Resize(size[0], size[1])
			s.Sleep(time.Second)
			for _, l := range strings.Split(s.Text(), "\n") {
				if kit.Width(l) > size[0] {
					t.Errorf("%v: %q", size, l)
				}
			}
			s.Want("shop")
		}
	})
}

// TestWizardSeals: where no keyring answers the wizard asks for a pass phrase,
// says what is wrong with it, and goes on where it was.
func TestWizardSeals(t *testing.T) {
	d := &desk{sealed: true}
	play(t, d, true, false, func(s *uitest.Screen) {
		s.ClickOn("Bird")
		s.Paste(`{"name":"shop","api_key":"bk_eu1_SECRETKEY","from":"+390212345678"}`)
		s.Want("3 fields filled in")
		s.Press("ctrl+s")
		s.Want("A pass phrase for your keys", "No keyring of the system answers here", "/shop")
		s.Type("short")
		s.Want("✗ at least 15 characters")
		s.Press("ctrl+u")
		s.Type("four words of mine")
		s.WantNot("four words")
		s.Press("enter")
		s.Type("four words of yours")
		s.Want("✗ not the same as above")
		s.Press("enter") // not accepted
		s.Want("A pass phrase for your keys")
		s.Press("esc") // back to the fields, which are as they were
		s.Want("Connect my number · Bird", "bottega", "••••••")
		s.Press("ctrl+s")
		s.Type("four words of mine")
		s.Press("enter")
		s.Type("four words of mine")
		s.Press("enter")
		s.Want("✓ Key", "✓ Kept")
		s.Press("esc")
		s.Want("▌ shop")
	})
	if d.pass != "four words of mine" || len(d.drafts) != 3 {
		t.Errorf("sealed with %d characters, %d drafts", len(d.pass.Reveal()), len(d.drafts))
	}
}

// TestWizardTakesWhatIsPasted: what comes along with a copied key is left out,
// and hostile text shows inert.
func TestWizardTakesWhatIsPasted(t *testing.T) {
	d := &desk{}
	play(t, d, true, false, func(s *uitest.Screen) {
		s.ClickOn("Bird")
		s.Paste("\u202e“sh\x07op”\x1b[31m\r\n")
		s.Want("small letters, digits")
		s.WantNot("\u202e", "[31m\r")
		s.Press("ctrl+u")
		s.Type("shop")
		s.Press("enter")
		s.Paste(" \"bk_eu1_SECRET\r\nKEY\",\n")
		s.Want("✓ looks right")
		s.Press("enter")
		s.Paste("+39 02 1234\u200b 5678")
		s.Want("+390212345678")
		s.Press("ctrl+s")
		s.Want("✓ Kept")
	})
	if len(d.drafts) != 1 || d.drafts[0].Secrets["api_key"].Reveal() != "bk_eu1_SECRETKEY" {
		t.Errorf("%d drafts", len(d.drafts))
	}
}

// TestWizardLeftMidway: what is under way ends when it is left, and the fields
// are there again with what was typed.
func TestWizardLeftMidway(t *testing.T) {
	d := &desk{hold: make(chan struct{})}
	play(t, d, true, false, func(s *uitest.Screen) {
		d.mu.Lock()
		d.hold = make(chan struct{}) // of this bubble
		d.mu.Unlock()
		s.ClickOn("Bird")
		s.Paste(`{"name":"shop","api_key":"bk_eu1_SECRETKEY","from":"+390212345678"}`)
		s.Press("ctrl+s")
		s.Want("asking the provider … esc stops")
		s.Press("esc")
		s.Want("Connect my number · Bird", "+390212345678", "••••")
		s.Press("esc", "esc")
		s.WantNot("Connect my number ·")
	})
	if !d.left || len(d.chs) != 0 {
		t.Errorf("stopped: %v, %d channels", d.left, len(d.chs))
	}
}

// TestPasteIsCopied: what Meta's page asks for is shown on request and copied.
func TestPasteIsCopied(t *testing.T) {
	ch := bird()
	ch.Provider, ch.Account.PublicURL = core.Meta, "https://shop.example/webhooks/shop"
	d := &desk{chs: []core.Channel{ch}, paste: &connect.Paste{Path: "/webhooks/shop", URL: "https://shop.example/webhooks/shop", Verify: true, Token: "made-up-token", Field: "verify_token"}}
	play(t, d, false, false, func(s *uitest.Screen) {
		s.Press("w")
		s.Want("Callbacks of shop", "https://shop.example/webhooks/shop", "Start the tunnel")
		s.Press("enter")
		s.Want("Configuration: Callback URL", "Verify token: ••••••••")
		s.WantNot("made-up-token")
		s.Press("ctrl+o")
		s.Want("Verify token: made-up-token")
		s.Press("ctrl+t")
		s.Want("Copied")
		s.Press("ctrl+y")
		s.Press("esc", "w", "ctrl+u")
		s.Type("http://shop.example")
		s.Press("enter")
		s.Want("an address that begins with https://")
		s.Press("ctrl+u")
		s.Type("https://other.example/webhooks/shop")
		s.Press("enter")
		s.Want("○ Callbacks")
	})
	if len(d.addresses) != 1 || d.addresses[0] != "https://other.example/webhooks/shop" {
		t.Errorf("%v", d.addresses)
	}
}

// TestSettingsWay: how a number receives is chosen among what its provider can,
// and its address is tried.
func TestSettingsWay(t *testing.T) {
	d := &desk{chs: []core.Channel{bird()}}
	play(t, d, false, false, func(s *uitest.Screen) {
		s.Press("m")
		s.Want("How messages come in: shop", "as the program sees fit", "tunnel", "polling")
		s.Type("tunnel")
		s.Press("enter")
		s.Want("shop receives by tunnel.")
		s.Press("p")
		s.Want("No public address")
		s.Sleep(10 * time.Second)
		d.mu.Lock()
		d.ping, d.at = core.Pinged{At: start, Took: 30 * time.Millisecond}, "https://shop.example/webhooks/shop"
		d.mu.Unlock()
		s.Press("p")
		s.Want("leads here (30 ms)", "Ping", "https://shop.example/webhooks/shop")
		s.Sleep(10 * time.Second)
		d.mu.Lock()
		d.ping = core.Pinged{At: start, Code: core.BadSignature}
		d.mu.Unlock()
		s.Resize(160, 30)
		s.Press("p")
		s.Want("does not lead here. The receiver checks")
	})
	if len(d.ways) != 1 || d.ways[0] != core.ByTunnel {
		t.Errorf("%v", d.ways)
	}
}
