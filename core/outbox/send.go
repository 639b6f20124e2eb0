package outbox

import (
	"context"
	"io"
	"path"
	"time"

	"bottega/core"
)

// job is a claimed message with what must still hold when its turn comes.
type job struct {
	core.Job
	gw    core.Gateway
	until time.Time // end of the claim
	ends  time.Time // end of the service window as read with the claim; zero when it needs none
	begun bool      // its request may have left
}

// result is what became of a job.
type result struct {
	job
	outcome
	next time.Time // of the next try
}

// safely is attempt for one whose bugs cost no more than the message they
// meet: it is open when its request may have left, and else tried again.
func (l *lane) safely(j job) result {
	var o outcome
	err := core.Guard(l.flight, "outbox worker", func(context.Context) error { o = l.attempt(&j); return nil })()
	if err == nil {
		return result{job: j, outcome: o}
	}
	l.r.Log.Error("outbox: worker", "channel", l.id, "message", j.Message.ID, "err", core.Trace(err))
	if !j.begun {
		err = certain(err)
	}
	return result{job: j, outcome: judge(core.Accept{}, err, false)}
}

// attempt brings one job to the provider and judges the answer. It may be
// called from many goroutines.
func (l *lane) attempt(j *job) outcome {
	if o, ok := l.ready(j); !ok {
		return o
	}
	if m := l.localFile(&j.Message); m != nil {
		if o, ok := l.upload(j, m); !ok {
			return o
		}
	}
	j.begun = true
	ctx, cancel := context.WithTimeout(l.flight, l.r.Policy.SendTimeout.D())
	defer cancel()
	var a core.Accept
	err := core.Guard(ctx, "gateway.Send", func(ctx context.Context) error {
		return core.WithKey(j.gw, func() (err error) {
			a, err = dispatch(ctx, j)
			return err
		})
	})()
	return judge(a, err, j.gw.Capabilities().Idempotent)
}

// dispatch hands a message to the provider, by WhatsApp or as SMS.
func dispatch(ctx context.Context, j *job) (core.Accept, error) {
	m := &j.Message
	if m.Type != core.TypeSMS {
		return j.gw.Send(ctx, core.Outgoing{Ref: m.Ref, To: j.To, ToUser: j.ToUser, Made: m.At, Content: m.Content})
	}
	texter, ok := core.Port[core.Texter](j.gw)
	if !ok {
		return core.Accept{}, core.Fail(core.Unsupported, "outbox.dispatch", nil)
	}
	return texter.SendSMS(ctx, core.SMS{Ref: m.Ref, To: j.To, Text: m.Text})
}

// ready is the last look before the network: the lane may have been shut, the
// claim or the channel's lease may be running out (the machine slept), and the
// service window may have closed while the message waited (S-032).
func (l *lane) ready(j *job) (outcome, bool) {
	margin := l.r.Policy.SendTimeout.D()
	now := l.r.wall()
	switch {
	case l.shut.Load(), now.Add(margin).After(j.until), !l.hold.Ours(0):
		return outcome{verdict: unbegun}, false
	case !j.ends.IsZero() && !now.Before(j.ends):
		return outcome{verdict: unbegun, shut: true}, false
	case j.To == "" && (j.ToUser == "" || j.Message.Type == core.TypeSMS):
		return judge(core.Accept{}, core.Fail(core.NoRecipient, "outbox.attempt", nil), false), false
	}
	return outcome{}, true
}

// localFile is the file of a message that the provider does not have yet.
func (l *lane) localFile(m *core.Message) *core.Media {
	media := m.Media
	if m.Template != nil && m.Template.HeaderMedia != nil {
		media = m.Template.HeaderMedia
	}
	if media == nil || media.ID != "" || media.Path == "" || l.r.Files == nil {
		return nil
	}
	return media
}

// upload gives the provider the message's file. Until that is done the message
// is not Sending on disk (see claim), so a crash meanwhile leaves nothing open.
func (l *lane) upload(j *job, m *core.Media) (outcome, bool) {
	ctx, cancel := context.WithDeadline(l.flight, j.until.Add(-l.r.Policy.SendTimeout.D()))
	defer cancel()
	var id string
	err := core.Guard(ctx, "gateway.Upload", func(ctx context.Context) error {
		return core.WithKey(j.gw, func() (err error) {
			id, err = l.give(ctx, j.gw, m)
			return err
		})
	})()
	if err != nil {
		return judge(core.Accept{}, certain(err), false), false
	}
	begun := *m
	begun.ID = id
	err = l.r.Store.Write(l.flight, func(tx core.Tx) error { return begin(tx, j, begun) })
	if err != nil {
		return outcome{verdict: unbegun}, false
	}
	return l.ready(j)
}

// give hands a file to the provider.
func (l *lane) give(ctx context.Context, gw core.Gateway, m *core.Media) (string, error) {
	f, err := l.r.Files.OpenMedia(m.Path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // only read
	name := m.Filename
	if name == "" {
		name = path.Base(m.Path)
	}
	return gw.Upload(ctx, core.MediaFile{Filename: name, MIME: m.MIME, Size: m.Size, Body: io.Reader(f)})
}

// begin puts an uploaded message in state Sending, with the file's new id.
func begin(tx core.Tx, j *job, media core.Media) error {
	m, err := tx.Message(j.Message.ID)
	if err != nil {
		return err
	}
	held, err := tx.Holds(m.ID, j.Claim)
	if err != nil {
		return err
	}
	if !held || m.State != core.Queued { // the claim ran out meanwhile, and the message may be another's by now
		return core.Fail(core.Conflict, "outbox.begin", nil)
	}
	if m.Template != nil && m.Template.HeaderMedia != nil {
		call := *m.Template
		call.HeaderMedia, m.Template = &media, &call
	} else {
		m.Media = &media
	}
	m.State = core.Sending
	if err := tx.SaveMessage(&m); err != nil {
		return err
	}
	j.Message = m
	return nil
}
