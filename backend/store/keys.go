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
//	q/<yyyymmdd>/k             with what the chunks of the day are named (capture.go)
//	q/<yyyymmdd>/c/<16 bytes>  chunk of bodies, compressed (chunk.go)
//	q/<yyyymmdd>/m/<id>        of which chunks the bodies of a request are made
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
	prefixBody     = "q/" // the neighbour of prefixRow, so that few tables hold both
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

// dayName returns the day of t as keys name it.
func dayName(t time.Time) string { return t.UTC().Format(dayLayout) }

// rowsOf and bodiesOf return the prefixes of a day.
func rowsOf(day string) []byte { return partOf(prefixRow, day) }

func bodiesOf(day string) []byte { return partOf(prefixBody, day) }

func partOf(prefix, day string) []byte {
	b := make([]byte, 0, len(prefix)+dayLen+1+24)
	return append(append(append(b, prefix...), day...), '/')
}

func rowKey(t time.Time, id string) []byte { return append(dayPrefix(t), id...) }

// dayOf returns the day in the key of a row or a body; "" when the key has none.
func dayOf(key []byte) string {
	const from = len(prefixRow)
	if len(key) < from+dayLen+1 {
		return ""
	}
	return string(key[from : from+dayLen])
}

func slotKey(slot uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte(prefixOpen), slot)
}

func journalKey(part uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte(prefixJournal), part)
}
