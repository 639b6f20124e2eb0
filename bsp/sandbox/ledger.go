package sandbox

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"bottega/core"
)

// Entry is one accepted send. A customer got it unless State is failed.
type Entry struct {
	Seq      int        `json:"seq"` // from 1, in the order of acceptance
	ID       string     `json:"id"`  // wamid
	Ref      string     `json:"ref,omitempty"`
	To       core.Phone `json:"to,omitempty"`
	UserID   string     `json:"user_id,omitempty"`
	Type     string     `json:"type"`
	Template string     `json:"template,omitempty"`
	Hash     string     `json:"hash"` // SHA-256 of what the customer sees: type and content, without recipient and ref
	At       time.Time  `json:"at"`
	State    core.State `json:"state"` // accepted, sent, delivered, read, failed: the truth, whatever callbacks told
	Error    int        `json:"error,omitempty"`
	Held     bool       `json:"held,omitempty"`  // for quality assessment
	Parts    int        `json:"parts,omitempty"` // of an SMS: how many it went out as
}

// hash of what the customer sees.
func (q *sendRequest) hash() string {
	b, err := json.Marshal(struct {
		Type string `json:"type"`
		*content
	}{q.Type, &q.content})
	if err != nil {
		return "" // the parts came out of JSON: they go back into it
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// ledger keeps the accepted sends, in memory and, once open, in a file of JSON
// lines that survives the simulator.
type ledger struct {
	log *slog.Logger

	mu      sync.Mutex
	entries []Entry
	byRef   map[string][]int
	byID    map[string]int
	file    *os.File
	contact map[string]time.Time  // last inbound by address
	told    map[string]core.State // by id: the furthest state a callback was taken for
}

// line is one record of the ledger's file.
type line struct {
	Entry   *Entry     `json:"entry,omitempty"`
	ID      string     `json:"id,omitempty"`   // with State: that message came so far
	Told    bool       `json:"told,omitempty"` // … and a callback has told it
	State   core.State `json:"state,omitempty"`
	Error   int        `json:"error,omitempty"`
	Address string     `json:"address,omitempty"` // with At: that customer wrote then
	At      *time.Time `json:"at,omitempty"`
}

func newLedger(log *slog.Logger) *ledger {
	l := &ledger{log: log}
	l.clear()
	return l
}

// clear needs l.mu or a ledger nobody else has.
func (l *ledger) clear() {
	l.entries, l.byRef, l.byID = nil, map[string][]int{}, map[string]int{}
	l.contact, l.told = map[string]time.Time{}, map[string]core.State{}
}

// open reads the records of a file, if it is there, and goes on writing to it.
// A last line cut short by a kill is dropped: its send got no answer.
func (l *ledger) open(path string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return core.Fail(core.ReadOnly, "sandbox.OpenLedger", err)
		}
		return core.Fail(core.Internal, "sandbox.OpenLedger", err)
	}
	good, err := l.read(f)
	if err == nil {
		err = f.Truncate(good)
	}
	if err == nil {
		_, err = f.Seek(good, io.SeekStart)
	}
	if err != nil {
		return core.Fail(core.Damaged, "sandbox.OpenLedger", errors.Join(err, f.Close()))
	}
	l.file = f
	return nil
}

// read returns how many bytes of f are whole lines.
func (l *ledger) read(f io.Reader) (good int64, err error) {
	r := bufio.NewReader(f)
	for {
		b, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return good, nil
		}
		if err != nil {
			return good, err
		}
		var v line
		if err := json.Unmarshal(b, &v); err != nil {
			return good, err
		}
		good += int64(len(b))
		l.replay(v)
	}
}

func (l *ledger) replay(v line) {
	switch {
	case v.Entry != nil:
		l.insert(*v.Entry)
	case v.Address != "" && v.At != nil:
		l.contact[v.Address] = *v.At
	case v.Told:
		l.told[v.ID] = l.told[v.ID].Merge(v.State)
	case v.ID != "":
		if i, ok := l.byID[v.ID]; ok {
			l.entries[i].State, l.entries[i].Error = v.State, v.Error
		}
	}
}

func (l *ledger) insert(e Entry) int {
	e.Seq = len(l.entries) + 1
	l.entries = append(l.entries, e)
	l.byID[e.ID] = e.Seq - 1
	if e.Ref != "" {
		l.byRef[e.Ref] = append(l.byRef[e.Ref], e.Seq-1)
	}
	return e.Seq
}

// write appends a record; needs l.mu. One write call per line, so that a kill
// cuts at most the last one.
func (l *ledger) write(v line) {
	if l.file == nil {
		return
	}
	b, err := json.Marshal(v)
	if err == nil {
		_, err = l.file.Write(append(b, '\n'))
	}
	if err != nil {
		l.log.Error("Ledger file could not be written", "err", core.Trace(err))
	}
}

// add records an accepted send and returns its number.
func (l *ledger) add(e Entry) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Seq = l.insert(e)
	l.write(line{Entry: &e})
	return e.Seq
}

// happened moves a message forward; a late or lesser state changes nothing.
func (l *ledger) happened(seq int, st core.State, code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq < 1 || seq > len(l.entries) {
		return // the ledger was reset meanwhile
	}
	e := &l.entries[seq-1]
	next := e.State.Merge(st)
	if next == e.State {
		return
	}
	e.State = next
	if next == core.Failed {
		e.Error = code
	}
	l.write(line{ID: e.ID, State: e.State, Error: e.Error})
}

// tell notes that a callback with the state was taken. Without a file nobody
// will ask.
func (l *ledger) tell(id string, st core.State) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return
	}
	l.told[id] = l.told[id].Merge(st) // callbacks overtake each other
	l.write(line{ID: id, State: st, Told: true})
}

// wrote notes a customer's message, so that the window outlives a restart.
func (l *ledger) wrote(address string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.contact[address] = at
	l.write(line{Address: address, At: &at})
}

func (l *ledger) entry(seq int) (Entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq < 1 || seq > len(l.entries) {
		return Entry{}, false
	}
	return l.entries[seq-1], true
}

// ledgerQuery selects entries; zero fields select all.
type ledgerQuery struct {
	Ref, To, Type string
	After, Limit  int
}

func (l *ledger) list(q ledgerQuery) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []Entry{}
	take := func(e Entry) bool {
		if e.Seq > q.After && (q.To == "" || q.To == string(e.To) || q.To == e.UserID) && (q.Type == "" || q.Type == e.Type) {
			out = append(out, e)
		}
		return q.Limit <= 0 || len(out) < q.Limit
	}
	if q.Ref != "" {
		for _, i := range l.byRef[q.Ref] {
			if !take(l.entries[i]) {
				break
			}
		}
		return out
	}
	for _, e := range l.entries {
		if !take(e) {
			break
		}
	}
	return out
}

// reset forgets everything, in the file too.
func (l *ledger) reset() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clear()
	if l.file == nil {
		return nil
	}
	if err := l.file.Truncate(0); err != nil {
		return core.Fail(core.Internal, "sandbox.Reset", err)
	}
	_, err := l.file.Seek(0, io.SeekStart)
	return err
}
