package storage

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Settings belong in the DSN: a PRAGMA sent through Exec reaches one
// connection of a pool only. Cache sizes are in KiB: bigger ones gain little
// (12 to 20 % of an inbox page between 2 and 64 MB) and count in resident memory.
const (
	writerCacheSize = "-6000"
	readerCacheSize = "-4000"
	// walLimit is the size to which a restarted log is cut, bytes.
	walLimit = 64 << 20
)

// fileURI is the file: form, the only one in which SQLite reads mode and immutable.
func fileURI(path string) string {
	u := url.URL{Path: path}
	return "file:" + strings.ReplaceAll(u.EscapedPath(), "?", "%3f")
}

// writerDSN opens for writing: durable at each commit, checkpoints left to Run
// (in the committer they are the worst pauses), damage by SQL switched off.
func writerDSN(path string, busy time.Duration) string {
	return fmt.Sprintf("%s?_busy_timeout=%d&_txlock=immediate&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on"+
		"&_dqs=0&_defensive=1&_pragma=cache_size(%s)&_pragma=journal_size_limit(%d)&_pragma=wal_autocheckpoint(0)"+
		"&_pragma=temp_store(memory)", fileURI(path), busy.Milliseconds(), writerCacheSize, walLimit)
}

// readerDSN opens a connection that refuses every write. With immutable the
// file is taken as it lies, without a log beside it: for folders that cannot
// be written.
func readerDSN(path string, busy time.Duration, immutable bool) string {
	mode := ""
	if immutable {
		mode = "&mode=ro&immutable=1"
	}
	return fmt.Sprintf("%s?_busy_timeout=%d&_query_only=1&_dqs=0&_defensive=1&_pragma=cache_size(%s)&_pragma=temp_store(memory)"+
		"&_pragma=wal_autocheckpoint(0)%s", fileURI(path), busy.Milliseconds(), readerCacheSize, mode)
}
