package probe

import (
	"bufio"
	"context"
	"errors"
	"os/exec"

	"bottega/core"
)

// Kill runs this program on the shop in dir until it says on its output that
// its log is full, and kills it then.
func (o Options) Kill(ctx context.Context, dir string) error {
	const op = "probe.Kill"
	cmd := exec.CommandContext(ctx, o.Program, "bench", "--leave", dir)
	cmd.Env = o.Env
	out, err := cmd.StdoutPipe()
	if err != nil {
		return core.Fail(core.Internal, op, err)
	}
	if err := cmd.Start(); err != nil {
		return core.Fail(core.Internal, op, err)
	}
	said := bufio.NewScanner(out).Scan()
	kerr := cmd.Process.Kill()
	werr := cmd.Wait()
	if !said {
		return core.Fail(core.Internal, op, errors.Join(errors.New("it ended before it was ready"), kerr, werr))
	}
	return nil
}
