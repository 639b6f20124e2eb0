package secret

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"bottega/core"
)

// inside is set for the copy of this test that runs beside a real keyring.
const inside = "BOTTEGA_TEST_INSIDE_KEYRING"

// TestOSKeyring runs the suite against a real Secret Service: the test calls
// itself again inside a session bus of its own, so it neither needs nor
// touches the keyring of whoever runs it.
func TestOSKeyring(t *testing.T) {
	if os.Getenv(inside) != "" {
		suite(t, OS(Service+"-test", 10*time.Second))
		return
	}
	besideKeyring(t)
}

// besideKeyring runs the calling test again beside a real Secret Service.
func besideKeyring(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"bash", "dbus-run-session", "dbus-send", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("not checked against a real keyring: %s is not installed (make test installs it as root)", tool)
		}
	}
	cmd := exec.CommandContext(t.Context(), "testdata/with-keyring.sh", os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"=1")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestNoKeyring is a machine without D-Bus: a code that can be acted on, at once.
func TestNoKeyring(t *testing.T) {
	if os.Getenv(inside) != "" {
		t.Skip("a keyring is here")
	}
	if _, err := os.Stat("/proc"); err != nil {
		t.Skip("macOS and Windows always have a keyring")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+t.TempDir()+"/no-bus")
	_, err := OS(Service+"-test", 10*time.Second).Get(t.Context(), "shop", "token")
	if err == nil {
		t.Fatal("a secret came from nowhere")
	}
	if got := core.CodeOf(err); got != core.NoKeyring {
		t.Fatalf("code %q: %v", got, err)
	}
}
