package store

import (
	"encoding/binary"
	"time"
)

// The key space. "/" ends a fixed part; numbers are big-endian, so that byte
// order is their order.
//
//	v                          schema version, decimal text
//	s                          settings, JSON
//	c/<id>                     channel, JSON
//	a/<id>                     account, JSON
//	u/<id>                     user, JSON
//	k/<id>                     key, JSON
//	x/<name>                   secret of the program, as it is
//	r/<yyyymmdd>/<id>          ended ledger row (row.go); the UTC day of Record.Time
//	o/<slot uint32>            rows that one commit began (slots.go)
//	h/<hour uint32><labels>    hourly sum (rollup.go); hours since 1970 UTC
//	t/<hour uint32><labels>    how long answers took (latency.go); labels as in h/
//	l/<id>                     last use of a key or account, Unix seconds uint64
//	d/<kind>/<id>              document that the program has learned (states.go)
//	j                          commit mark of the journal (journal.go)
//	j/<part uint32>            part of the journal
const (
	keyVersion  = "v"
	keySettings = "s"
	keyJournal  = "j"

	prefixChannel  = "c/"
	prefixAccount  = "a/"
	prefixUser     = "u/"
	prefixKey      = "k/"
	prefixSecret   = "x/"
	prefixRow      = "r/"
	prefixOpen     = "o/"
	prefixRollup   = "h/"
	prefixLatency  = "t/" // as long as prefixRollup
	prefixLastUsed = "l/"
	prefixState    = "d/"
	prefixJournal  = "j/"
)

const (
	dayLayout = "20060102"
	dayLen    = len(dayLayout)
)

// dayPrefix returns the prefix of the rows of t's day, "r/20260102/".
func dayPrefix(t time.Time) []byte {
	b := make([]byte, 0, len(prefixRow)+dayLen+1+24)
	b = append(b, prefixRow...)
	return append(t.UTC().AppendFormat(b, dayLayout), '/')
}

func rowKey(t time.Time, id string) []byte { return append(dayPrefix(t), id...) }

// dayOf cuts the day prefix off a row key; nil when the key has none.
func dayOf(key []byte) []byte {
	n := len(prefixRow) + dayLen + 1
	if len(key) < n {
		return nil
	}
	return key[:n]
}

func slotKey(slot uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte(prefixOpen), slot)
}

func journalKey(part uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte(prefixJournal), part)
}
