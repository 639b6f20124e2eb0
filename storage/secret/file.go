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
	workN int

	mu   sync.Mutex
	pass core.Secret
	ask  Ask   // who knows the pass phrase; nil when it is known
	shut error // nobody told it: not asked again
	// seen is the file that vals were read from: scrypt takes most of a second
	// on purpose, so it is not repeated without need.
	seen os.FileInfo
	vals map[string]string
}

// NewFile returns the encrypted file at path. The file is made by the first
// Set, with rights 0600. A wrong pass phrase gives WrongPassphrase.
func NewFile(path string, pass core.Secret) *File {
	return &File{path: path, pass: pass, workN: usualWork}
}

// usualWork makes opening the file take most of a second: 2^18 rounds of
// scrypt, age's own default.
const usualWork = 18

// Ask asks somebody for a pass phrase; tries counts from 0, the wrong answers
// so far.
type Ask func(ctx context.Context, tries int) (core.Secret, error)

// attempts is how often a pass phrase may be mistyped.
const attempts = 3

// Asked is the encrypted file at path whose pass phrase is asked for when a
// secret is needed first, and then remembered. Where there is no file nothing
// is asked, and nothing can be kept: NoKeyring. It fails with WrongPassphrase
// after three wrong answers, with NoKeyring when nobody answers, and does not
// ask again then.
func Asked(path string, ask Ask) *File { return &File{path: path, ask: ask, workN: usualWork} }

// Open asks for the pass phrase now, where one must be asked for.
func (f *File) Open(ctx context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ask == nil {
		return nil
	}
	if err := f.load(ctx); err != nil {
		return core.Fail(code(err), "secret.Open", err)
	}
	return nil
}

// Where names the place.
func (*File) Where() string { return "file" }

// Get returns one secret.
func (f *File) Get(ctx context.Context, channel, field string) (core.Secret, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(ctx); err != nil {
		return "", core.Fail(code(err), "secret.Get", err)
	}
	v, ok := f.vals[entry(channel, field)]
	if !ok {
		return "", core.Fail(core.NotFound, "secret.Get", nil)
	}
	return core.Secret(v), nil
}

// Set keeps one secret.
func (f *File) Set(ctx context.Context, channel, field string, s core.Secret) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(ctx); err != nil {
		return core.Fail(code(err), "secret.Set", err)
	}
	f.vals[entry(channel, field)] = s.Reveal()
	if err := f.save(); err != nil {
		return core.Fail(core.NoKeyring, "secret.Set", err)
	}
	return nil
}

// Delete removes one secret.
func (f *File) Delete(ctx context.Context, channel, field string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(ctx); err != nil {
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
func (f *File) load(ctx context.Context) error {
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
	sealed, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	r, err := f.unseal(ctx, sealed)
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

// unseal decrypts with the pass phrase, which it asks for when nobody gave it.
func (f *File) unseal(ctx context.Context, sealed []byte) (io.Reader, error) {
	if f.shut != nil {
		return nil, f.shut
	}
	if f.ask == nil {
		return decrypt(sealed, f.pass)
	}
	for tries := range attempts {
		var pass core.Secret
		if pass, f.shut = f.ask(ctx, tries); f.shut != nil {
			return nil, f.shut
		}
		var r io.Reader
		if r, f.shut = decrypt(sealed, pass); f.shut == nil {
			f.pass, f.ask = pass, nil
			return r, nil
		}
		if !errors.Is(f.shut, age.ErrIncorrectIdentity) {
			break
		}
	}
	return nil, f.shut
}

func decrypt(sealed []byte, pass core.Secret) (io.Reader, error) {
	id, err := age.NewScryptIdentity(pass.Reveal())
	if err != nil {
		return nil, err
	}
	return age.Decrypt(bytes.NewReader(sealed), id)
}

// save writes a new file beside the old one and puts it in its place.
func (f *File) save() error {
	if f.ask != nil {
		return errors.New("there is no file, so no pass phrase that could be asked for")
	}
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
