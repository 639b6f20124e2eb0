package storage

import (
	"encoding/binary"
	"errors"
	"strings"

	"bottega/core"
)

// A row of conversations carries what its line in the inbox shows of the
// contact ("card") and of the last message ("last"), so that a page is read
// from one table: with joins it took three places of the file for each line,
// and twice the time. The truth is in contacts and messages; whatever writes
// those writes the copies in the same transaction (touch.go), and Check
// compares them.

// packer writes fields one after the other: numbers as varints, texts with
// their length in front, so that no character in them means anything.
type packer []byte

func (p *packer) num(n int64) { *p = binary.AppendVarint(*p, n) }

func (p *packer) str(s string) {
	*p = binary.AppendUvarint(*p, uint64(len(s)))
	*p = append(*p, s...)
}

var errPacked = errors.New("a packed column is cut short")

// unpacker reads what a packer wrote; err stays at the first failure.
type unpacker struct {
	b   []byte
	err error
}

func (u *unpacker) num() int64 {
	n, k := binary.Varint(u.b)
	if k <= 0 {
		u.b, u.err = nil, errPacked
		return 0
	}
	u.b = u.b[k:]
	return n
}

func (u *unpacker) str() string {
	n, k := binary.Uvarint(u.b)
	if k <= 0 || n > uint64(len(u.b)-k) {
		u.b, u.err = nil, errPacked
		return ""
	}
	s := string(u.b[k : k+int(n)])
	u.b = u.b[k+int(n):]
	return s
}

func packCard(c *core.Contact) []byte {
	var p packer
	p.num(c.Rev)
	p.num(ms(c.CreatedAt))
	p.num(ms(c.LastInAt))
	for _, s := range []string{c.Name, c.Username, string(c.Phone), c.Language, c.TimeZone, string(c.Value), strings.Join(c.Tags, "\n")} {
		p.str(s)
	}
	return p
}

func unpackCard(b []byte, id int64, c *core.Contact) error {
	u := unpacker{b: b}
	c.ID, c.Rev, c.CreatedAt, c.LastInAt = id, u.num(), at(u.num()), at(u.num())
	c.Name, c.Username, c.Phone = u.str(), u.str(), core.Phone(u.str())
	c.Language, c.TimeZone, c.Value = u.str(), u.str(), core.ValueTier(u.str())
	if tags := u.str(); tags != "" {
		c.Tags = strings.Split(tags, "\n")
	}
	return u.err
}

// lastLength is how much of its last message a conversation carries, bytes.
const lastLength = 400

// packLast returns nil for the zero message, which stands for none.
func packLast(m *core.Message) []byte {
	if m.ID == 0 {
		return nil
	}
	text := m.Text
	if len(text) > lastLength {
		text = strings.ToValidUTF8(text[:lastLength], "") + "…"
	}
	var p packer
	p.num(m.ID)
	p.num(int64(m.Direction))
	p.num(ms(m.At))
	p.num(number(m.Auto))
	for _, s := range []string{string(m.Type), string(m.State), m.Author, text} {
		p.str(s)
	}
	return p
}

func unpackLast(b []byte, m *core.Message) error {
	if len(b) == 0 {
		return nil
	}
	u := unpacker{b: b}
	m.ID, m.Direction, m.At, m.Auto = u.num(), core.Direction(u.num()), at(u.num()), u.num() != 0
	m.Type, m.State, m.Author, m.Text = core.MessageType(u.str()), core.State(u.str()), u.str(), u.str()
	return u.err
}
