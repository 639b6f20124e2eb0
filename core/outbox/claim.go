package outbox

import (
	"time"

	"bottega/core"
	"bottega/core/inbox"
)

// claim takes up to room messages. got are those to send now; raw is all that
// the store marked.
func (l *lane) claim(tx core.Tx, room int) (got []job, raw []core.Job, err error) {
	ch, err := tx.Channel(l.id)
	if err != nil || ch.State != core.Active {
		return nil, nil, gone(err) // paused by another process, or by a result in this very batch
	}
	now := l.r.wall()
	raw, err = tx.Claim(l.id, l.r.Owner, now, l.r.Policy.Claim.D(), room)
	if err != nil {
		return nil, nil, err
	}
	for _, cj := range raw {
		j, ok, err := l.admit(tx, cj, now)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			got = append(got, j)
		}
	}
	return got, raw, nil
}

// doubtful returns the claims of failed writes that stand all the same.
func (l *lane) doubtful(tx core.Tx) (got []job, err error) {
	for _, d := range l.doubt {
		d.Message, err = tx.Message(d.Message.ID)
		if gone(err) != nil {
			return nil, err
		}
		if err != nil || d.Message.State != core.Sending {
			continue
		}
		j, ok, err := l.admit(tx, d, l.r.wall())
		if err != nil {
			return nil, err
		}
		if ok {
			got = append(got, j)
		}
	}
	return got, nil
}

// admit judges a claimed message before it is begun: it fails when the service
// window closed while it was queued. A message whose file must be uploaded
// first is set back to Queued: until the upload is done nothing is under way
// that a crash could leave open.
func (l *lane) admit(tx core.Tx, cj core.Job, now time.Time) (job, bool, error) {
	j := job{Job: cj, gw: l.gw, until: now.Add(l.r.Policy.Claim.D())}
	m := cj.Message
	if m.Type != core.TypeTemplate && m.Type != core.TypeSMS {
		c, err := tx.Conversation(m.ConversationID)
		if err != nil {
			return j, false, err
		}
		if inbox.CanWrite(&c, m.Type, now) != nil {
			return j, false, l.end(tx, &m, m.State, core.Failed, windowClosed(), now)
		}
		j.ends = c.WindowEnds()
	}
	if l.localFile(&m) != nil {
		m.State = core.Queued
		j.Message = m
		return j, true, tx.SaveMessage(&m)
	}
	return j, true, nil
}
