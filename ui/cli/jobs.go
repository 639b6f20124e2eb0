package cli

import (
	"context"
	"errors"
	"strconv"

	"golang.org/x/sync/errgroup"

	"bottega/core"
)

// Job is something that works until ctx ends.
type Job = func(context.Context) error

// Together runs jobs until ctx ends or one of them fails, and waits for all. A
// panic in one of them stops the others and comes back as an error.
func Together(ctx context.Context, jobs ...Job) error {
	grp, ctx := errgroup.WithContext(ctx)
	for i, j := range jobs {
		grp.Go(core.Guard(ctx, "job "+strconv.Itoa(i), j))
	}
	if err := grp.Wait(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// Until runs jobs for as long as last works.
func Until(ctx context.Context, last Job, jobs ...Job) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	var ended error // of last: what the others say once they are told to stop must not hide it
	err := Together(ctx, append(jobs, func(ctx context.Context) error {
		defer leave()
		ended = core.Guard(ctx, "last job", last)()
		return ended
	})...)
	if ended != nil && !errors.Is(ended, context.Canceled) {
		return ended
	}
	return err
}
