package ingest

import (
	"encoding/json"
	"io/fs"

	"bottega/core"
)

// Batch is how much of the journal one transaction takes in, as data with its
// source: assets/rules/ingest.json.
type Batch struct {
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`  // of their bodies; a first row that is larger goes alone
	Events int    `json:"events"` // after which no further row is begun
	Source string `json:"source"`
	Date   string `json:"date"`
}

// LoadBatch reads ingest.json below the tree of rules. It returns InvalidInput
// for a file that cannot be used.
func LoadBatch(rules fs.FS) (Batch, error) {
	const op = "ingest.LoadBatch"
	var b Batch
	raw, err := fs.ReadFile(rules, "ingest.json")
	if err != nil {
		return b, core.Fail(core.NotFound, op, err)
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, core.Fail(core.InvalidInput, op, err)
	}
	if !b.usable() {
		return b, core.Fail(core.InvalidInput, op, nil)
	}
	return b, nil
}

func (b Batch) usable() bool { return b.Rows > 0 && b.Bytes > 0 && b.Events > 0 }
