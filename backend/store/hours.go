package store

import (
	"context"
	"math"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"

	"github.com/aihub/aihub/backend/core"
)

// maxHourSums bounds the hourly sums of one kind in memory, at about 100 bytes
// each.
const maxHourSums = 150_000

// viewer runs a reader over one state of the database.
type viewer func(func(*badger.Txn) error) error

// hours keeps the sums of one kind from some hour on in memory, once somebody has
// asked for them: a dashboard asks for the same ninety days again and again, and
// reading them from the database takes a hundred times as long. What commits
// write is entered here too, so it never grows stale.
type hours[V any] struct {
	prefix string
	pack   func(value string) (V, error) // what is kept of a stored sum
	most   int                           // sums in memory

	reading sync.Mutex // by one at a time

	mu     sync.RWMutex
	from   uint32 // all sums of this hour and later ones are here
	newest uint32 // the last hour that has one
	floor  uint32 // older hours do not fit
	byHour map[uint32][]hourSum[V]
	count  int
	labels labels
	late   map[string]V // what commits wrote while the database is read

	used atomic.Bool  // since the last look
	read atomic.Int64 // sums that were read from the database
}

// hourSum is a sum whose labels are numbers of labels.
type hourSum[V any] struct {
	user, channel, account, model uint32
	value                         V
}

func newHours[V any](prefix string, pack func(string) (V, error)) *hours[V] {
	h := &hours[V]{prefix: prefix, pack: pack, most: maxHourSums}
	h.clear()
	return h
}

// clear forgets everything. The caller holds mu, or is alone.
func (h *hours[V]) clear() {
	h.from, h.newest, h.floor, h.count = math.MaxUint32, 0, 0, 0
	h.byHour, h.labels = map[uint32][]hourSum[V]{}, newLabels()
}

// rest forgets everything if nobody has asked since the last call.
func (h *hours[V]) rest() {
	if h.used.Swap(false) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.late == nil {
		h.clear()
	}
}

// awake reports whether something is kept, or about to be.
func (h *hours[V]) awake() bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.late != nil || h.from < math.MaxUint32
}

// note enters what a commit has stored, by the database key.
func (h *hours[V]) note(stored map[string]string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key, value := range stored {
		v, err := h.pack(value)
		if err != nil {
			continue // it was made a moment ago
		}
		if h.late != nil {
			h.late[key] = v
		}
		h.enter(key, v)
	}
	h.trim()
}

// enter replaces or adds a sum of an hour that is here.
func (h *hours[V]) enter(key string, v V) {
	hour, k, err := cutSumKey(key)
	if err != nil || hour < h.from {
		return
	}
	s := h.sum(&k, v)
	list := h.byHour[hour]
	for i := range list {
		if o := &list[i]; o.user == s.user && o.channel == s.channel && o.account == s.account && o.model == s.model {
			o.value = v
			return
		}
	}
	h.byHour[hour] = append(list, s)
	h.count++
	h.newest = max(h.newest, hour)
}

func (h *hours[V]) sum(k *core.RollupKey, v V) hourSum[V] {
	return hourSum[V]{h.labels.id(k.UserID), h.labels.id(k.ChannelID), h.labels.id(k.AccountID), h.labels.id(k.Model), v}
}

// trim drops the oldest hours while there are too many sums.
func (h *hours[V]) trim() {
	for h.count > h.most && h.from < math.MaxUint32 {
		h.count -= len(h.byHour[h.from])
		delete(h.byHour, h.from)
		h.from++
		h.floor = h.from
	}
}

// load brings the hours from first on into memory, as far as they fit. A commit
// that the reader of the database does not see is noted while it reads.
func (h *hours[V]) load(ctx context.Context, first uint32, view viewer) error {
	h.used.Store(true)
	h.reading.Lock()
	defer h.reading.Unlock()
	h.mu.Lock()
	first = max(first, h.floor)
	to := h.from
	if first >= to {
		h.mu.Unlock()
		return nil
	}
	h.late = map[string]V{}
	h.mu.Unlock()

	found := map[string]V{}
	err := view(func(txn *badger.Txn) error {
		return scan(ctx, txn, h.prefix, hourKey(h.prefix, first), func(key, value []byte) (bool, error) {
			if hourOfKey(key) >= to {
				return false, nil
			}
			v, err := h.pack(string(value))
			found[string(key)] = v
			return true, err
		})
	})
	h.read.Add(int64(len(found)))
	h.mu.Lock()
	defer h.mu.Unlock()
	late := h.late
	h.late = nil
	if err != nil {
		return err
	}
	h.from = first
	h.enterNew(found, late)
	for key, v := range late {
		h.enter(key, v)
	}
	h.trim()
	return nil
}

// enterNew adds sums of hours that were not here, so none has to be looked for.
func (h *hours[V]) enterNew(found, late map[string]V) {
	for key, v := range found {
		if _, newer := late[key]; newer {
			continue
		}
		hour, k, err := cutSumKey(key)
		if err != nil {
			continue
		}
		h.byHour[hour] = append(h.byHour[hour], h.sum(&k, v))
		h.count++
		h.newest = max(h.newest, hour)
	}
}

// each visits what is in memory of the filter's hours, and returns the first hour
// that is.
func (h *hours[V]) each(f *core.RollupFilter, first, end uint32, visit func(*core.RollupKey, V) error) (from uint32, err error) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	var k core.RollupKey
	for hour := max(first, h.from); hour < end && hour <= h.newest; hour++ {
		if k.Hour = hourTime(hour); k.Hour.Before(f.Since) {
			continue
		}
		list := h.byHour[hour]
		for i := range list {
			s := &list[i]
			k.UserID, k.ChannelID = h.labels.texts[s.user], h.labels.texts[s.channel]
			k.AccountID, k.Model = h.labels.texts[s.account], h.labels.texts[s.model]
			if !selects(f, &k) {
				continue
			}
			if err := visit(&k, s.value); err != nil {
				return 0, err
			}
		}
	}
	return h.from, nil
}

// labels gives each text a number.
type labels struct {
	texts []string
	ids   map[string]uint32
}

func newLabels() labels { return labels{ids: map[string]uint32{}} }

func (l *labels) id(text string) uint32 {
	id, ok := l.ids[text]
	if !ok {
		text = strings.Clone(text) // it may be a part of a key
		id = uint32(len(l.texts))
		l.texts, l.ids[text] = append(l.texts, text), id
	}
	return id
}
