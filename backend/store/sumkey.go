package store

import (
	"encoding/binary"
	"time"

	"github.com/aihub/aihub/backend/core"
)

const secondsPerHour = 3600

// maxLabel bounds a label inside the key of a sum: a model's name comes from
// the client, and Badger refuses keys of more than 64 KB.
const maxLabel = 256

// hourOf counts the hours since 1970.
func hourOf(t time.Time) uint32 { return uint32(max(0, t.Unix()) / secondsPerHour) }

func hourTime(hour uint32) time.Time { return time.Unix(int64(hour)*secondsPerHour, 0).UTC() }

// hourKey returns the prefix of the sums of one hour.
func hourKey(prefix string, hour uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte(prefix), hour)
}

func sumKey(prefix string, k core.RollupKey) []byte {
	b := hourKey(prefix, hourOf(k.Hour))
	for _, label := range [...]string{k.UserID, k.ChannelID, k.AccountID, k.Model} {
		b = appendString(b, label[:min(len(label), maxLabel)])
	}
	return b
}

// sumPrefixLen is the length of the prefixes of all kinds of sums.
const sumPrefixLen = len(prefixRollup)

// cutSumKey returns labels that are parts of the key.
func cutSumKey(key string) (hour uint32, k core.RollupKey, err error) {
	if len(key) < sumPrefixLen+4 {
		return 0, k, errDamaged
	}
	hour = hourOfKey(key)
	d := decoder{rest: key[sumPrefixLen+4:]}
	k = core.RollupKey{
		Hour: hourTime(hour), UserID: d.string(), ChannelID: d.string(), AccountID: d.string(), Model: d.string(),
	}
	return hour, k, d.err()
}

func hourOfKey[K string | []byte](key K) uint32 {
	b := key[sumPrefixLen:]
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}
