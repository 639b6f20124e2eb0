package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"bottega/core"
)

// extensions of the types that WhatsApp carries; what the system's own table
// says differs from machine to machine.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif",
	"video/mp4": ".mp4", "video/3gpp": ".3gp",
	"audio/aac": ".aac", "audio/mp4": ".m4a", "audio/mpeg": ".mp3", "audio/amr": ".amr", "audio/ogg": ".ogg", "audio/opus": ".opus",
	"text/plain": ".txt", "text/csv": ".csv", "text/vcard": ".vcf", "application/pdf": ".pdf", "application/zip": ".zip",
	"application/msword": ".doc", "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
	"application/vnd.ms-excel": ".xls", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
	"application/vnd.ms-powerpoint": ".ppt", "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}

// extension fits a MIME type; ".bin" for what we do not know, so that nothing
// a customer sends gets a name that a desktop would run.
func extension(mime string) string {
	mime, _, _ = strings.Cut(mime, ";")
	if ext := extensions[strings.ToLower(strings.TrimSpace(mime))]; ext != "" {
		return ext
	}
	return ".bin"
}

// mediaWriter is a file that grows under another name until Commit.
type mediaWriter struct {
	db   *DB
	f    *os.File
	path string // in the data folder, with slashes
	err  error  // the first failure; Commit tells it
}

// CreateMedia implements core.MediaStore. The name is made of the message's id
// alone, a thousand files to a folder.
func (db *DB) CreateMedia(messageID int64, mime string) (core.MediaWriter, error) {
	if db.w == nil {
		return nil, core.Fail(core.ReadOnly, "storage.CreateMedia", nil)
	}
	folder := path.Join(mediaName, fmt.Sprintf("%04d", messageID/1000))
	if err := os.MkdirAll(filepath.Join(db.dir, filepath.FromSlash(folder)), 0o700); err != nil {
		return nil, db.fail("storage.CreateMedia", err)
	}
	f, err := os.CreateTemp(filepath.Join(db.dir, filepath.FromSlash(folder)), ".part-*") // 0600
	if err != nil {
		return nil, db.fail("storage.CreateMedia", err)
	}
	return &mediaWriter{db: db, f: f, path: path.Join(folder, fmt.Sprintf("%d%s", messageID, extension(mime)))}, nil
}

func (w *mediaWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, w.db.fail("storage.MediaWriter", err)
}

// Commit implements core.MediaWriter: when it returns the file is durable.
func (w *mediaWriter) Commit() (string, error) {
	full := filepath.Join(w.db.dir, filepath.FromSlash(w.path))
	err := w.err
	if err == nil {
		err = w.f.Sync()
	}
	if err = errors.Join(err, w.f.Close()); err == nil {
		err = os.Rename(w.f.Name(), full)
	}
	if err == nil {
		err = syncDir(filepath.Dir(full))
	}
	if err != nil {
		return "", w.db.fail("storage.MediaWriter", errors.Join(err, os.Remove(w.f.Name())))
	}
	return w.path, nil
}

// Abort implements core.MediaWriter; a no-op after Commit.
func (w *mediaWriter) Abort() {
	if err := errors.Join(w.f.Close(), os.Remove(w.f.Name())); err != nil && !errors.Is(err, os.ErrClosed) {
		w.db.log.Warn("Media part not removed", "err", core.Trace(err))
	}
}

// PendingMedia implements core.MediaStore.
func (db *DB) PendingMedia(ctx context.Context, limit int) ([]core.Message, error) {
	ms, err := all(reading{ctx, db}, scanMessage, messageFrom+"WHERE m.media_wanted = 1 ORDER BY m.id LIMIT +?", limit)
	return ms, db.fail("storage.PendingMedia", err)
}

// OpenMedia implements core.MediaStore; NotFound when the file is gone. A path
// that leads out of the media folder is Invalid.
func (db *DB) OpenMedia(name string) (io.ReadCloser, error) {
	full, err := db.MediaPath(name)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(full)
	if err != nil {
		return nil, db.fail("storage.OpenMedia", err)
	}
	return f, nil
}

// MediaPath is where a stored file lies, for other programs to open.
func (db *DB) MediaPath(name string) (string, error) {
	local := filepath.FromSlash(name)
	if !filepath.IsLocal(local) || !strings.HasPrefix(path.Clean(name), mediaName+"/") {
		return "", core.Fail(core.InvalidInput, "storage.OpenMedia", errors.New("not in the media folder"))
	}
	return filepath.Join(db.dir, local), nil
}

// syncDir makes a new or renamed entry of a folder durable. Windows keeps that
// promise by itself and cannot open a folder for it.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
