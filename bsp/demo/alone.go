package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"bottega/bsp/sandbox"
	"bottega/bsp/webhook"
	"bottega/core"
)

// Clock is a clock that goes speed times as fast as now, from now on.
func Clock(now func() time.Time, speed float64) func() time.Time {
	if speed == 1 {
		return now
	}
	start := now()
	return func() time.Time { return start.Add(time.Duration(float64(now().Sub(start)) * speed)) }
}

// Simulator is a simulated number without a shop.
type Simulator struct {
	*sandbox.Server
	Options sandbox.Options // what it was made of, its keys among them
}

// Alone makes a simulator with new keys. faults names a file, "" for none:
// NotFound when it cannot be read, InvalidInput when it cannot be used.
func Alone(world, policy fs.FS, o sandbox.Options, faults string) (*Simulator, error) {
	w, err := sandbox.LoadWorld(world)
	if err != nil {
		return nil, err
	}
	if o.Review, err = reviewer(policy, o.Now); err != nil {
		return nil, err
	}
	if faults != "" {
		f, err := os.Open(faults)
		if err != nil {
			return nil, core.Fail(core.NotFound, "demo.Alone", err)
		}
		o.Faults, err = sandbox.DecodeFaults(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
	}
	o.World, o.Number, o.VerifiedName = w, w.Shop.Number, w.Shop.Name
	o.PhoneNumberID, o.BusinessID = phoneNumberID, businessID
	o.Token, o.AppSecret, o.VerifyToken = core.Secret(rand.Text()), core.Secret(rand.Text()), core.Secret(rand.Text())
	o.Client = &http.Client{}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Simulator{sandbox.New(o), o}, nil
}

// Serve answers on ln until ctx ends.
func (s *Simulator) Serve(ctx context.Context, ln net.Listener) error {
	return webhook.Serve(ctx, ln, s.Handler())
}
