package storage_test

import (
	"os"
	"os/exec"
	"testing"
)

// childEnv names the part that this binary plays as a second process.
const childEnv = "BOTTEGA_STORAGE_CHILD"

// children are the parts; each reads its orders from the environment.
var children = map[string]func(){}

// child prepares a second process that plays a part.
func child(t testing.TB, part string, vars ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(append(os.Environ(), childEnv+"="+part), vars...)
	cmd.Stderr = os.Stderr
	return cmd
}
