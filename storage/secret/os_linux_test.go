package secret

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"bottega/core"
)

// TestLockedKeyring: a keyring that has the key and that nobody unlocks says so,
// for reading and for writing, and no call waits for a prompt that does not come.
func TestLockedKeyring(t *testing.T) {
	if os.Getenv(inside) == "" {
		besideKeyring(t)
		return
	}
	k := OS(Service+"-test", 10*time.Second)
	if err := k.Set(t.Context(), "shop", "token", "EAAG"); err != nil {
		t.Fatal(err)
	}
	const all = "/org/freedesktop/secrets"
	out, err := exec.CommandContext(t.Context(), "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", all,
		"org.freedesktop.Secret.Service.Lock", "array:objpath:"+all+"/collection/login").CombinedOutput()
	if err != nil || !strings.Contains(string(out), all+"/collection/login") {
		t.Fatalf("not locked: %v\n%s", err, out)
	}
	if _, err := k.Get(t.Context(), "shop", "token"); core.CodeOf(err) != core.NoKeyring {
		t.Errorf("reading: code %q, %v", core.CodeOf(err), err)
	}
	if err := k.Set(t.Context(), "shop", "token", "EAAH"); core.CodeOf(err) != core.NoKeyring {
		t.Errorf("writing: code %q, %v", core.CodeOf(err), err)
	}
}

// TestHangingKeyring: a service that is there and does not answer costs its time
// limit and no more, the next caller does not wait behind it, and once it
// answers again its keys are there.
func TestHangingKeyring(t *testing.T) {
	if os.Getenv(inside) == "" {
		besideKeyring(t)
		return
	}
	const limit = 300 * time.Millisecond
	patient, k := OS(Service+"-test", time.Minute), OS(Service+"-test", limit)
	if err := patient.Set(t.Context(), "shop", "token", "EAAG"); err != nil {
		t.Fatal(err)
	}
	pid := service(t)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }() // else nobody could end it
	for range 3 {
		if _, err := k.Get(t.Context(), "shop", "token"); core.CodeOf(err) != core.NoKeyring {
			t.Fatalf("code %q: %v", core.CodeOf(err), err)
		}
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if v, err := patient.Get(t.Context(), "shop", "token"); err != nil || v.Reveal() != "EAAG" {
		t.Errorf("awake again: %v", err)
	}
	for late := time.Now().Add(time.Minute); ; { // the call that hung ends, and makes room
		v, err := k.Get(t.Context(), "shop", "token")
		if err == nil && v.Reveal() == "EAAG" {
			break
		}
		if time.Now().After(late) {
			t.Fatalf("still not asked: %v", err)
		}
	}
}

// service is the process of the Secret Service beside this test.
func service(t *testing.T) int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "dbus-send", "--session", "--print-reply=literal", "--dest=org.freedesktop.DBus", "/",
		"org.freedesktop.DBus.GetConnectionUnixProcessID", "string:org.freedesktop.secrets").Output()
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(string(out)), "uint32")))
	if err != nil || pid <= 1 {
		t.Fatalf("%q: %v", out, err)
	}
	return pid
}
