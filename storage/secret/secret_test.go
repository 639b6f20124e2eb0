package secret

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"bottega/core"
)

// places are all keyrings that can be written without the operating system.
func places(t *testing.T) map[string]core.Keyring {
	t.Helper()
	f := NewFile(filepath.Join(t.TempDir(), "secrets.age"), "open sesame")
	f.workN = 2
	return map[string]core.Keyring{
		"memory": Memory(),
		"file":   f,
		"ladder": Ladder(Env(func(string) (string, bool) { return "", false }), Memory()),
	}
}

// suite is what every keyring that can be written must do.
func suite(t *testing.T, k core.Keyring) {
	t.Helper()
	ctx := context.Background()
	if _, err := k.Get(ctx, "shop", "token"); core.CodeOf(err) != core.NotFound {
		t.Fatalf("Get of a missing secret: %v", err)
	}
	for _, v := range []core.Secret{"EAAG-токен-密钥", "second"} {
		if err := k.Set(ctx, "shop", "token", v); err != nil {
			t.Fatalf("Set: %v", err)
		}
		if got, err := k.Get(ctx, "shop", "token"); err != nil || got.Reveal() != v.Reveal() {
			t.Fatalf("Get after Set: equal %t, error %v", got.Reveal() == v.Reveal(), err)
		}
	}
	if _, err := k.Get(ctx, "shop", "app_secret"); core.CodeOf(err) != core.NotFound {
		t.Fatalf("another field: %v", err)
	}
	if _, err := k.Get(ctx, "shop2", "token"); core.CodeOf(err) != core.NotFound {
		t.Fatalf("another channel: %v", err)
	}
	if err := k.Delete(ctx, "shop", "token"); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	if _, err := k.Get(ctx, "shop", "token"); core.CodeOf(err) != core.NotFound {
		t.Fatalf("Get after Delete: %v", err)
	}
	if err := k.Delete(ctx, "shop", "token"); core.CodeOf(err) != core.NotFound {
		t.Fatalf("second Delete: %v", err)
	}
}

func TestKeyrings(t *testing.T) {
	for name, k := range places(t) {
		t.Run(name, func(t *testing.T) { suite(t, k) })
	}
}

func TestEnv(t *testing.T) {
	env := map[string]string{"BOTTEGA_SECRET_MY_SHOP_2_APP_SECRET": "s3", "BOTTEGA_SECRET_X_TOKEN": ""}
	k := Env(func(n string) (string, bool) { v, ok := env[n]; return v, ok })
	ctx := context.Background()
	if v, err := k.Get(ctx, "my shop-2", "app_secret"); err != nil || v.Reveal() != "s3" {
		t.Errorf("Get = %q, %v", v.Reveal(), err)
	}
	if _, err := k.Get(ctx, "x", "token"); core.CodeOf(err) != core.NotFound {
		t.Errorf("an empty variable: %v", err)
	}
	if err := k.Set(ctx, "x", "token", "v"); core.CodeOf(err) != core.ReadOnly {
		t.Errorf("Set: %v", err)
	}
	if err := k.Delete(ctx, "x", "token"); core.CodeOf(err) != core.ReadOnly {
		t.Errorf("Delete: %v", err)
	}
}

// broken is a keyring that cannot be reached.
type broken struct{ core.Keyring }

func (broken) Where() string { return "broken" }
func (broken) Get(context.Context, string, string) (core.Secret, error) {
	return "", core.Fail(core.NoKeyring, "secret.Get", nil)
}
func (broken) Set(context.Context, string, string, core.Secret) error {
	return core.Fail(core.NoKeyring, "secret.Set", nil)
}
func (broken) Delete(context.Context, string, string) error {
	return core.Fail(core.NoKeyring, "secret.Delete", nil)
}

func TestLadder(t *testing.T) {
	ctx := context.Background()
	empty := func(string) (string, bool) { return "", false }
	set := func(string) (string, bool) { return "from env", true }

	t.Run("the first rung wins", func(t *testing.T) {
		m := Memory()
		if err := m.Set(ctx, "c", "f", "from memory"); err != nil {
			t.Fatal(err)
		}
		if v, err := Ladder(Env(set), m).Get(ctx, "c", "f"); err != nil || v.Reveal() != "from env" {
			t.Errorf("Get = %q, %v", v.Reveal(), err)
		}
	})
	t.Run("a broken rung is passed", func(t *testing.T) {
		m := Memory()
		l := Ladder(Env(empty), broken{}, m)
		if _, err := l.Get(ctx, "c", "f"); core.CodeOf(err) != core.NoKeyring {
			t.Errorf("a missing secret behind a broken rung: %v", err)
		}
		if err := l.Set(ctx, "c", "f", "v"); err != nil {
			t.Fatalf("Set: %v", err)
		}
		if v, err := m.Get(ctx, "c", "f"); err != nil || v.Reveal() != "v" {
			t.Errorf("the last rung has %q, %v", v.Reveal(), err)
		}
		if err := l.Delete(ctx, "c", "f"); err != nil {
			t.Errorf("Delete: %v", err)
		}
		if err := l.Delete(ctx, "c", "f"); core.CodeOf(err) != core.NoKeyring {
			t.Errorf("second Delete: %v", err)
		}
	})
	t.Run("nothing can be written", func(t *testing.T) {
		for _, l := range []core.Keyring{Ladder(Env(set)), Ladder(broken{}, Env(set)), Ladder()} {
			if err := l.Set(ctx, "c", "f", "v"); core.CodeOf(err) != core.NoKeyring {
				t.Errorf("Set on %q: %v", l.Where(), err)
			}
		}
	})
}

// blocked is an operating system that waits for its owner, or fails.
type blocked struct {
	backend
	release chan struct{}
	err     error
}

func (b blocked) Get(string, string) (string, error) { <-b.release; return "late", b.err }

func TestOSIsNeverWaitedForLong(t *testing.T) {
	b := blocked{release: make(chan struct{})}
	r := &osRing{service: Service, timeout: time.Millisecond, b: b, busy: make(chan struct{}, 1)}
	for range 3 { // the second and third find the first still out
		if _, err := r.Get(context.Background(), "c", "f"); core.CodeOf(err) != core.NoKeyring {
			t.Fatalf("Get of a silent keyring: %v", err)
		}
	}
	close(b.release)
	r.timeout = time.Minute
	if v, err := r.Get(context.Background(), "c", "f"); err != nil || v.Reveal() != "late" {
		t.Fatalf("Get once it answers: %q, %v", v.Reveal(), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	stuck := &osRing{timeout: time.Minute, b: blocked{release: make(chan struct{})}, busy: make(chan struct{}, 1)}
	if _, err := stuck.Get(ctx, "c", "f"); !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled Get: %v", err)
	}
}

// panics is a driver with a bug.
type panics struct{ backend }

func (panics) Get(string, string) (string, error) { panic("driver") }

func TestOSErrors(t *testing.T) {
	open := make(chan struct{})
	close(open)
	for name, b := range map[string]backend{
		"locked": blocked{release: open, err: errors.New("failed to unlock correct collection '/x'")},
		"panic":  panics{},
	} {
		r := &osRing{timeout: time.Minute, b: b, busy: make(chan struct{}, 1)}
		if _, err := r.Get(context.Background(), "c", "f"); core.CodeOf(err) != core.NoKeyring {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFileKeepsSecretsSealed(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "secrets.age")
	a := NewFile(path, "right")
	a.workN = 2
	if err := a.Set(ctx, "shop", "token", "EAAG-plain-token"); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if st.Mode().Perm() != 0o600 {
		t.Errorf("rights are %v", st.Mode().Perm())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "EAAG") || strings.Contains(string(raw), "shop") {
		t.Error("the file shows what it keeps")
	}

	wrong := NewFile(path, "wrong")
	if _, err := wrong.Get(ctx, "shop", "token"); core.CodeOf(err) != core.WrongPassphrase {
		t.Errorf("a wrong pass phrase: %v", err)
	}
	if err := wrong.Set(ctx, "shop", "token", "x"); core.CodeOf(err) != core.WrongPassphrase {
		t.Errorf("Set under a wrong pass phrase: %v", err)
	}

	if err := Ladder(Env(func(string) (string, bool) { return "", false }), wrong, broken{}).Set(ctx, "shop", "token", "x"); core.CodeOf(err) != core.WrongPassphrase {
		t.Errorf("a ladder with a wrong pass phrase: %v", err)
	}

	if _, err := Ladder(wrong, broken{}).Get(ctx, "shop", "token"); core.CodeOf(err) != core.WrongPassphrase {
		t.Errorf("a ladder with a wrong pass phrase: %v", err)
	}

	b := NewFile(path, "right") // another process
	b.workN = 2
	if v, err := b.Get(ctx, "shop", "token"); err != nil || v.Reveal() != "EAAG-plain-token" {
		t.Fatalf("another process reads %q, %v", v.Reveal(), err)
	}
	if err := b.Set(ctx, "shop", "token", "EAAG-renewed-longer"); err != nil {
		t.Fatal(err)
	}
	if v, err := a.Get(ctx, "shop", "token"); err != nil || v.Reveal() != "EAAG-renewed-longer" {
		t.Errorf("the first process still reads %q, %v", v.Reveal(), err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".secrets-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := os.WriteFile(path, []byte("not an age file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Get(ctx, "shop", "token"); core.CodeOf(err) != core.NoKeyring {
		t.Errorf("a damaged file: %v", err)
	}
}

// No error of this package may carry a secret, whatever goes wrong.
func TestErrorsCarryNoSecret(t *testing.T) {
	const v = "EAAG-very-secret"
	gone := NewFile(filepath.Join(t.TempDir(), "no", "such", "folder", "secrets.age"), v)
	gone.workN = 2
	open := make(chan struct{})
	close(open)
	os := &osRing{timeout: time.Minute, b: failing{}, busy: make(chan struct{}, 1)}
	for _, k := range []core.Keyring{gone, os, Ladder(gone, os), Env(func(string) (string, bool) { return v, true })} {
		err := k.Set(context.Background(), "c", "f", v)
		if err == nil || strings.Contains(err.Error(), v) {
			t.Errorf("%s: %v", k.Where(), err)
		}
	}
}

type failing struct{ backend }

func (failing) Set(string, string, string) error {
	return errors.New("exec: \"dbus-launch\": not found")
}

// The file keyring is a map that survives: any run of changes by two
// processes in turn ends like the same run on a plain map.
func TestFileIsAMap(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "s.age")
		_ = os.Remove(path) // of the run before, if any
		ks := [2]*File{NewFile(path, "p"), NewFile(path, "p")}
		ks[0].workN, ks[1].workN = 2, 2
		want := map[string]string{}
		ctx := context.Background()
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			k := ks[rapid.IntRange(0, 1).Draw(t, "process")]
			field := rapid.SampledFrom([]string{"token", "app_secret"}).Draw(t, "field")
			if rapid.Bool().Draw(t, "set") {
				want[field] = rapid.String().Draw(t, "value")
				if err := k.Set(ctx, "c", field, core.Secret(want[field])); err != nil {
					t.Fatal(err)
				}
			} else {
				_, had := want[field]
				err := k.Delete(ctx, "c", field)
				if (err == nil) != had {
					t.Fatalf("Delete of %s: had %t, %v", field, had, err)
				}
				delete(want, field)
			}
			for _, f := range []string{"token", "app_secret"} {
				v, err := k.Get(ctx, "c", f)
				w, had := want[f]
				if (err == nil) != had || v.Reveal() != w {
					t.Fatalf("%s: equal %t, %v", f, v.Reveal() == w, err)
				}
			}
		}
	})
}

// counting counts how often it is asked.
type counting struct {
	core.Keyring
	asked int
}

func (c *counting) Get(ctx context.Context, channel, field string) (core.Secret, error) {
	c.asked++
	return c.Keyring.Get(ctx, channel, field)
}

func TestCached(t *testing.T) {
	ctx, now := context.Background(), time.Unix(1000, 0)
	under := &counting{Keyring: Memory()}
	k := Cached(under, time.Minute, func() time.Time { return now })
	suite(t, k)

	get := func(want string) {
		t.Helper()
		if v, err := k.Get(ctx, "c", "f"); err != nil || v.Reveal() != want {
			t.Fatalf("Get = %q, %v; want %q", v.Reveal(), err, want)
		}
	}
	if err := k.Set(ctx, "c", "f", "one"); err != nil {
		t.Fatal(err)
	}
	under.asked = 0
	get("one")
	get("one")
	if under.asked != 1 {
		t.Errorf("asked %d times within the time", under.asked)
	}
	if err := under.Set(ctx, "c", "f", "two"); err != nil { // another process renews it
		t.Fatal(err)
	}
	get("one")
	now = now.Add(time.Minute)
	get("two")
	if err := under.Set(ctx, "c", "f", "three"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(-time.Hour) // the clock is set back
	get("three")
	for _, forgotten := range []string{"c2", "c"} { // of this channel, and of no other
		if err := under.Set(ctx, "c", "f", core.Secret("renewed "+forgotten)); err != nil {
			t.Fatal(err)
		}
		k.(interface{ Forget(string) }).Forget(forgotten)
		want := "three"
		if forgotten == "c" {
			want = "renewed c"
		}
		get(want)
	}
	if err := k.Set(ctx, "c", "f", "four"); err != nil {
		t.Fatal(err)
	}
	get("four")
}

func TestPlaces(t *testing.T) {
	for pass, want := range map[string]string{"": "env+os+file", "open sesame": "env+file+os"} {
		ks := Places(func(n string) (string, bool) { return pass, n == "BOTTEGA_PASSPHRASE" }, t.TempDir(), Service, time.Second, nil, 0)
		if got := Ladder(ks...).Where(); got != want {
			t.Errorf("with pass phrase %q: %s, want %s", pass, got, want)
		}
	}
}
