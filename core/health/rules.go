package health

import (
	"errors"
	"io/fs"
)

// Rules are all thresholds of this package.
type Rules struct {
	Delivery Thresholds
	Receive  Receive
	Checks   Checks
}

// Load reads delivery.json, receive.json and doctor.json of the rule data.
func Load(rules fs.FS) (Rules, error) {
	delivery, err1 := LoadThresholds(rules)
	receive, err2 := LoadReceive(rules)
	checks, err3 := LoadChecks(rules)
	return Rules{delivery, receive, checks}, errors.Join(err1, err2, err3)
}
