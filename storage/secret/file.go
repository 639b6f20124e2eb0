package secret

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"filippo.io/age"

	"bottega/core"
)

// File is a keyring in one file, encrypted with age under a pass phrase, for
// servers and containers without a keyring of their own. Several processes
// may read it; a change replaces the whole file, so the last of two changes
// made at the same moment wins.
type File struct {
	path  string
	pass  core.Secret
	workN int

	mu sync.Mutex
	// seen is the file that vals were read from: scrypt takes most of a second
	// on purpose, so it is not repeated without need.
	seen os.FileInfo
	vals map[string]string
}

// NewFile returns the encrypted file at path. The file is made by the first
// Set, with rights 0600. A wrong pass phrase gives WrongPassphrase.
func NewFile(path string, pass core.Secret) *File { return &File{path: path, pass: pass, workN: 18} }

// Where names the place.
func (*File) Where() string { return "file" }

// Get returns one secret.
func (f *File) Get(_ context.Context, channel, field string) (core.Secret, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return "", core.Fail(code(err), "secret.Get", err)
	}
	v, ok := f.vals[entry(channel, field)]
	if !ok {
		return "", core.Fail(core.NotFound, "secret.Get", nil)
	}
	return core.Secret(v), nil
}

// Set keeps one secret.
func (f *File) Set(_ context.Context, channel, field string, s core.Secret) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return core.Fail(code(err), "secret.Set", err)
	}
	f.vals[entry(channel, field)] = s.Reveal()
	if err := f.save(); err != nil {
		return core.Fail(core.NoKeyring, "secret.Set", err)
	}
	return nil
}

// Delete removes one secret.
func (f *File) Delete(_ context.Context, channel, field string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(); err != nil {
		return core.Fail(code(err), "secret.Delete", err)
	}
	if _, ok := f.vals[entry(channel, field)]; !ok {
		return core.Fail(core.NotFound, "secret.Delete", nil)
	}
	delete(f.vals, entry(channel, field))
	if err := f.save(); err != nil {
		return core.Fail(core.NoKeyring, "secret.Delete", err)
	}
	return nil
}

// code is the reason why the file cannot be read.
func code(err error) core.Code {
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return core.WrongPassphrase
	}
	return core.NoKeyring
}

// load decrypts the file unless it is the one already read. No file is an
// empty keyring.
func (f *File) load() error {
	st, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		f.vals, f.seen = map[string]string{}, nil
		return nil
	}
	if err != nil {
		return err
	}
	if f.seen != nil && os.SameFile(f.seen, st) && f.seen.Size() == st.Size() && f.seen.ModTime().Equal(st.ModTime()) {
		return nil
	}
	id, err := age.NewScryptIdentity(f.pass.Reveal())
	if err != nil {
		return err
	}
	sealed, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), id)
	if err != nil {
		return err
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	vals := map[string]string{}
	if json.Unmarshal(plain, &vals) != nil {
		return errors.New("the decrypted file is no list of secrets") // json's own error would quote it
	}
	f.vals, f.seen = vals, st
	return nil
}

// save writes a new file beside the old one and puts it in its place.
func (f *File) save() error {
	f.seen = nil
	rcpt, err := age.NewScryptRecipient(f.pass.Reveal())
	if err != nil {
		return err
	}
	rcpt.SetWorkFactor(f.workN)
	plain, err := json.Marshal(f.vals)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(f.path), ".secrets-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // gone already when all went well
	w, err := age.Encrypt(tmp, rcpt)
	if err == nil {
		_, err = w.Write(plain)
		err = errors.Join(err, w.Close(), tmp.Sync())
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	st, err := os.Stat(tmp.Name()) // the same file under its new name
	if err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), f.path); err != nil {
		return err
	}
	f.seen = st
	return nil
}
