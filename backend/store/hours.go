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

// maxHourSums bounds the hourly sums in memory, at about 100 bytes each.
const maxHourSums = 150_000

// hours keeps the hourly sums from some hour on in memory, once somebody has
// asked for them: a dashboard asks for the same ninety days again and again, and
// reading them from the database takes a hundred times as long. What commits
// write is entered here too, so it never grows stale.
type hours struct {
	reading sync.Mutex // by one at a time

	mu     sync.RWMutex
	from   uint32 // all sums of this hour and later ones are here
	newest uint32 // the last hour that has one
	floor  uint32 // older hours do not fit
	byHour map[uint32][]hourSum
	count  int
	labels labels
	late   map[string]core.Counts // what commits wrote while the database is read

	used atomic.Bool  // since the last look
	read atomic.Int64 // sums that were read from the database
}

// hourSum is a sum whose labels are numbers of labels.
type hourSum struct {
	user, channel, account, model uint32
	core.Counts
}

func newHours() *hours {
	h := &hours{}
	h.clear()
	return h
}

// clear forgets everything. The caller holds mu, or is alone.
func (h *hours) clear() {
	h.from, h.newest, h.floor, h.count = math.MaxUint32, 0, 0, 0
	h.byHour, h.labels = map[uint32][]hourSum{}, newLabels()
}

// rest forgets everything if nobody has asked since the last call.
func (h *hours) rest() {
	if h.used.Swap(false) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.late == nil {
		h.clear()
	}
}

// note enters what a commit has stored.
func (h *hours) note(stored sums) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.late == nil && h.from == math.MaxUint32 {
		return
	}
	for key, c := range stored {
		if h.late != nil {
			h.late[key] = c
		}
		h.enter(key, c)
	}
	h.trim()
}

// enter replaces or adds a sum of an hour that is here.
func (h *hours) enter(key string, c core.Counts) {
	hour, k, err := cutRollupKey(key)
	if err != nil || hour < h.from {
		return
	}
	s := hourSum{h.labels.id(k.UserID), h.labels.id(k.ChannelID), h.labels.id(k.AccountID), h.labels.id(k.Model), c}
	list := h.byHour[hour]
	for i := range list {
		if o := &list[i]; o.user == s.user && o.channel == s.channel && o.account == s.account && o.model == s.model {
			o.Counts = c
			return
		}
	}
	h.byHour[hour] = append(list, s)
	h.count++
	h.newest = max(h.newest, hour)
}

// trim drops the oldest hours while there are too many sums.
func (h *hours) trim() {
	for h.count > maxHourSums && h.from < math.MaxUint32 {
		h.count -= len(h.byHour[h.from])
		delete(h.byHour, h.from)
		h.from++
		h.floor = h.from
	}
}

// load brings the hours from first on into memory, as far as they fit. A commit
// that the reader of the database does not see is noted while it reads.
func (h *hours) load(ctx context.Context, first uint32, view func(func(*badger.Txn) error) error) error {
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
	h.late = map[string]core.Counts{}
	h.mu.Unlock()

	found := map[string]core.Counts{}
	err := view(func(txn *badger.Txn) error {
		return scan(ctx, txn, prefixRollup, hourKey(first), func(key, value []byte) (bool, error) {
			if hourOfKey(key) >= to {
				return false, nil
			}
			c, err := decodeCounts(value)
			found[string(key)] = c
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
	for key, c := range late {
		h.enter(key, c)
	}
	h.trim()
	return nil
}

// enterNew adds sums of hours that were not here, so none has to be looked for.
func (h *hours) enterNew(found, late map[string]core.Counts) {
	for key, c := range found {
		if _, newer := late[key]; newer {
			continue
		}
		hour, k, err := cutRollupKey(key)
		if err != nil {
			continue
		}
		s := hourSum{h.labels.id(k.UserID), h.labels.id(k.ChannelID), h.labels.id(k.AccountID), h.labels.id(k.Model), c}
		h.byHour[hour] = append(h.byHour[hour], s)
		h.count++
		h.newest = max(h.newest, hour)
	}
}

// list appends what is in memory of the filter's hours, and returns the first
// hour that is.
func (h *hours) list(list []core.Rollup, f *core.RollupFilter, first, end uint32) ([]core.Rollup, uint32) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for hour := max(first, h.from); hour < end && hour <= h.newest; hour++ {
		at := hourTime(hour)
		if at.Before(f.Since) {
			continue
		}
		for i := range h.byHour[hour] {
			s := &h.byHour[hour][i]
			k := core.RollupKey{
				Hour: at, UserID: h.labels.texts[s.user], ChannelID: h.labels.texts[s.channel],
				AccountID: h.labels.texts[s.account], Model: h.labels.texts[s.model],
			}
			if selects(f, &k) {
				list = append(list, core.Rollup{RollupKey: k, Counts: s.Counts})
			}
		}
	}
	return list, h.from
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
