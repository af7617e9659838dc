package store

import (
	"encoding/binary"
	"errors"
	"math"
	"time"
)

// errDamaged says that a stored value is not one that this package writes.
var errDamaged = errors.New("the stored value is damaged")

func appendInt(b []byte, n int64) []byte { return binary.AppendVarint(b, n) }

func appendString[S string | []byte](b []byte, s S) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendFloat(b []byte, f float64) []byte {
	return binary.BigEndian.AppendUint64(b, math.Float64bits(f))
}

// appendTime keeps nanoseconds between the years 1678 and 2262. The zero time
// lies outside of that and has a mark of its own.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return append(b, 0)
	}
	return appendInt(append(b, 1), t.UnixNano())
}

// decoder reads what the append functions wrote. The first field that is cut
// short or malformed sets damaged and empties the input; every method then
// returns zero, so callers check err once at the end.
//
// It reads from a string so that all strings it returns share one allocation.
type decoder struct {
	rest    string
	damaged bool
}

func (d *decoder) err() error {
	if d.damaged {
		return errDamaged
	}
	return nil
}

func (d *decoder) fail() { d.damaged, d.rest = true, "" }

// take cuts n bytes off the input; it returns "" when there are fewer.
func (d *decoder) take(n uint64) string {
	if n > uint64(len(d.rest)) {
		d.fail()
		return ""
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) byte() byte {
	if s := d.take(1); s != "" {
		return s[0]
	}
	return 0
}

func (d *decoder) uvarint() uint64 {
	var n uint64
	for i := 0; i < len(d.rest) && i < binary.MaxVarintLen64; i++ {
		c := d.rest[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			d.rest = d.rest[i+1:]
			return n
		}
	}
	d.fail()
	return 0
}

func (d *decoder) int() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *decoder) string() string { return d.take(d.uvarint()) }

// len reads the length of a list. Every element takes at least a byte, so a
// damaged length cannot make the caller loop beyond the size of the input.
func (d *decoder) len() int {
	n := d.uvarint()
	if n > uint64(len(d.rest)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) float() float64 {
	if s := d.take(8); s != "" {
		return math.Float64frombits(binary.BigEndian.Uint64([]byte(s)))
	}
	return 0
}

func (d *decoder) time() time.Time {
	if d.byte() == 0 {
		return time.Time{}
	}
	return time.Unix(0, d.int()).UTC()
}
