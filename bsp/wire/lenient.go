package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"
)

// Text is a JSON string or number read as text. Providers write ids, limits and
// timestamps either way. null, lists and objects read as "".
type Text string

func (t *Text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch {
	case len(b) == 0 || b[0] == '{' || b[0] == '[' || bytes.Equal(b, []byte("null")):
	case b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err == nil {
			*t = Text(s)
		}
	default:
		*t = Text(decimal(string(b)))
	}
	return nil
}

// decimal writes a JSON number without exponent; what is no finite number
// (true, 1e999) stays as it is.
func decimal(s string) string {
	if !bytes.ContainsAny([]byte(s), "eE") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) >= 1e18 {
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// Float reads t as a finite number.
func (t Text) Float() (float64, bool) {
	f, err := strconv.ParseFloat(string(t), 64)
	return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}

const (
	// A timestamp above this is in milliseconds; in seconds it would be the year 5138.
	maxSeconds = 100_000_000_000
	maxMillis  = 253_402_300_799_000 // the end of year 9999, the last that RFC 3339 can write
)

// Time reads a timestamp: unix seconds as string or number, milliseconds where
// the number is too large for that, or ISO 8601. The zero time means none.
func (t Text) Time() time.Time {
	if f, ok := t.Float(); ok {
		switch {
		case f <= 0 || f > maxMillis:
			return time.Time{}
		case f > maxSeconds:
			return time.UnixMilli(int64(f)).UTC()
		}
		return time.Unix(int64(f), 0).UTC()
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, string(t)); err == nil && at.Year() > 0 && at.UTC().Year() <= 9999 {
			return at.UTC()
		}
	}
	return time.Time{}
}

// Flag is a JSON boolean that may come as a string; absent stays nil.
type Flag struct{ V *bool }

func (f *Flag) UnmarshalJSON(b []byte) error {
	f.V = nil
	if v, err := strconv.ParseBool(string(bytes.Trim(b, `"`))); err == nil {
		f.V = &v
	}
	return nil
}

func (f Flag) Yes() bool { return f.V != nil && *f.V }

// Lenient decodes b into v as far as it fits: a key of an unexpected type is
// left out, the rest is read. It fails only on what is not JSON.
func Lenient(b []byte, v any) error {
	err := json.Unmarshal(b, v)
	if _, mismatch := errors.AsType[*json.UnmarshalTypeError](err); mismatch {
		return nil
	}
	return err
}

// Starts reports whether raw is an object ('{') or a List ('[').
func Starts(raw json.RawMessage, with byte) bool {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	return len(raw) > 0 && raw[0] == with
}

// List is a JSON array of anything; another type reads as empty.
type List []json.RawMessage

func (l *List) UnmarshalJSON(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		raw = nil
	}
	*l = raw
	return nil
}

// Member is one key of a JSON object.
type Member struct {
	Key   string
	Value json.RawMessage
}

// Members reads an object's keys in the order they stand in; nil for what is no object.
func Members(b []byte) []Member {
	dec := json.NewDecoder(bytes.NewReader(b))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil
	}
	var ms []Member
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return ms
		}
		m := Member{Key: tok.(string)} // a key of an object is always a string
		if dec.Decode(&m.Value) != nil {
			return ms
		}
		ms = append(ms, m)
	}
	return ms
}
