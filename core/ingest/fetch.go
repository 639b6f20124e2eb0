package ingest

import (
	"context"
	"time"

	"bottega/core"
)

// fetch downloads one file and puts it to its message, or the reason why it
// will not come.
func (f *Fetcher) fetch(ctx context.Context, m core.Message) fetched {
	d := fetched{message: m.ID}
	ctx, cancel := context.WithTimeout(ctx, f.Policy.Timeout.D())
	defer cancel()
	var file core.Media
	err := core.Guard(ctx, "fetch", func(ctx context.Context) (err error) {
		file, err = f.download(ctx, &m)
		return err
	})()
	if err == nil {
		err = f.save(ctx, m.ID, func(media *core.Media) {
			media.Path, media.Size = file.Path, file.Size
			if media.MIME == "" {
				media.MIME = file.MIME
			}
		})
		d.again = err != nil
		return d
	}
	d.lost, d.again = f.hopeless(err, m.At)
	if d.again {
		f.Log.Info("ingest: file not here yet", "message", m.ID, "code", core.CodeOf(err))
		return d
	}
	if err := f.save(ctx, m.ID, func(media *core.Media) { media.Lost = d.lost }); err != nil {
		d.again = true
	}
	return d
}

// download writes the file of m into the data folder.
func (f *Fetcher) download(ctx context.Context, m *core.Message) (core.Media, error) {
	ch, err := f.Store.Channel(ctx, m.ChannelID)
	if err != nil {
		return core.Media{}, err
	}
	gw, err := f.Gateways.Gateway(ctx, ch)
	if err != nil {
		return core.Media{}, err
	}
	w, err := f.Store.CreateMedia(m.ID, m.Media.MIME)
	if err != nil {
		return core.Media{}, err
	}
	count := counter{w: w}
	id := m.Media.ID
	if id == "" {
		id = m.Media.URL // providers without media ids
	}
	got, err := gw.Download(ctx, id, f.Policy.MaxBytes, &count)
	if err != nil {
		w.Abort()
		return core.Media{}, err
	}
	got.Size = count.n
	got.Path, err = w.Commit()
	return got, err
}

// counter counts what goes through.
type counter struct {
	w core.MediaWriter
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// hopeless judges a failed download: again is true while trying can help.
func (f *Fetcher) hopeless(err error, at time.Time) (lost core.Code, again bool) {
	switch code := core.CodeOf(err); code {
	case core.TooLarge, core.BadMedia, core.NotFound, core.NotYet:
		return code, false
	}
	if pe := core.ProviderErrorOf(err); pe != nil {
		switch pe.Class {
		case core.ClassMedia, core.ClassInvalid, core.ClassUndeliverable:
			return core.BadMedia, false
		}
	}
	if f.Now().Sub(at) > f.Policy.Life.D() {
		return core.NotFound, false // the provider has dropped it meanwhile
	}
	return "", true
}

// save changes the media of a message that is still there.
func (f *Fetcher) save(ctx context.Context, id int64, change func(*core.Media)) error {
	return f.Store.Write(context.WithoutCancel(ctx), func(tx core.Tx) error {
		m, err := tx.Message(id)
		if err != nil || m.Media == nil {
			return ignore(err, core.NotFound)
		}
		media := *m.Media
		change(&media)
		m.Media = &media
		tx.Changed(core.Change{Kind: core.Messages, ID: m.ConversationID})
		return tx.SaveMessage(&m)
	})
}
