package setup

import (
	"testing"
	"time"

	"bottega/core"
	"bottega/core/connect"
	"bottega/ui/uitest"
)

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
		s.Want("✗ The address does not lead here", "checks with another key")
	})
	if len(d.ways) != 1 || d.ways[0] != core.ByTunnel {
		t.Errorf("%v", d.ways)
	}
}
