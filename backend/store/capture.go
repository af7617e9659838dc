package store

import (
	"context"
	"crypto/rand"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/zstd"

	"github.com/aihub/aihub/backend/core"
)

// bodies is what storing bodies needs beside the database.
type bodies struct {
	sync.Mutex
	gear *gear
	pack *zstd.Encoder
	day  string // for which key holds
	key  []byte
}

// forget lets go of what is known of a day that is dropped.
func (b *bodies) forget(day string) {
	if b.day == day {
		b.day, b.key = "", nil
	}
}

// open makes the tools, once. The caller holds the lock.
func (b *bodies) open() (err error) {
	if b.pack == nil {
		b.gear = newGear()
		b.pack, err = newPacker()
	}
	return err
}

const bodiesFormat = 1

func manifestKey(day, id string) []byte { return append(append(bodiesOf(day), 'm', '/'), id...) }

// PutCapture implements core.CaptureStore. The chunks are written in parts, so
// that rows need not wait for a large body, and the list of them last: what is
// cut off in between has chunks that nobody asks for, and they go with their day.
func (d *DB) PutCapture(ctx context.Context, c *core.Capture) error {
	return d.use(ctx, "store the bodies of a request", func() error {
		d.bodies.Lock()
		defer d.bodies.Unlock()
		if err := d.bodies.open(); err != nil {
			return err
		}
		day := dayName(c.Time)
		if err := d.openDay(day); err != nil {
			return err
		}
		w := bodyWriter{db: d, day: day, edits: edits{}}
		list := appendInt([]byte{bodiesFormat}, c.Redacted)
		list = appendTime(list, c.Time)
		for _, part := range parts(c) {
			var err error
			if list, err = w.body(ctx, list, *part.text, part.isCut(c)); err != nil {
				return err
			}
		}
		w.edits[string(manifestKey(day, c.ID))] = list
		return w.flush()
	})
}

// part is one of the bodies in the order in which they are listed.
type part struct {
	name core.BodyPart
	text *string
}

func parts(c *core.Capture) [3]part {
	return [...]part{{core.BodyRequest, &c.Request}, {core.BodyUpstream, &c.UpstreamRequest}, {core.BodyResponse, &c.Response}}
}

func (p part) isCut(c *core.Capture) bool {
	for _, name := range c.Truncated {
		if name == p.name {
			return true
		}
	}
	return false
}

// openDay finds or makes the key by which the chunks of a day are named. The
// caller holds bodies.
func (d *DB) openDay(day string) error {
	b := &d.bodies
	if b.day == day {
		return nil
	}
	name, key := append(bodiesOf(day), 'k'), []byte(nil)
	err := d.db.View(func(txn *badger.Txn) error {
		_, err := get(txn, name, func(value []byte) error {
			key = append(key, value...)
			return nil
		})
		return err
	})
	if err == nil && key == nil {
		key = make([]byte, 32)
		rand.Read(key)
		err = d.writeBodies(edits{string(name): key})
	}
	if err == nil {
		b.day, b.key = day, key
	}
	return err
}

func (d *DB) writeBodies(e edits) error {
	d.write.Lock()
	defer d.write.Unlock()
	if err := d.space.check(); err != nil {
		return err
	}
	return d.commit(e)
}

// bodyPart bounds what one commit writes, far below the limit of a transaction.
const bodyPart = 256 << 10

// bodyWriter writes the bodies of one request.
type bodyWriter struct {
	db    *DB
	day   string
	edits edits
	size  int
}

// body stores the chunks of a text and appends the list of them.
func (w *bodyWriter) body(ctx context.Context, list []byte, text string, cut bool) ([]byte, error) {
	rest := []byte(text)
	var ids []byte
	for len(rest) > 0 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := w.db.bodies.gear.cut(rest)
		id := nameChunk(w.db.bodies.key, rest[:n])
		if err := w.chunk(id, rest[:n]); err != nil {
			return nil, err
		}
		ids, rest = append(ids, id[:]...), rest[n:]
	}
	flag := byte(0)
	if cut {
		flag = 1
	}
	return appendString(append(appendInt(list, int64(len(text))), flag), ids), nil
}

// chunk stores a chunk unless it is stored.
func (w *bodyWriter) chunk(id chunkID, chunk []byte) error {
	key := chunkKey(w.day, id)
	if _, written := w.edits[string(key)]; written {
		return nil
	}
	var found bool
	err := w.db.db.View(func(txn *badger.Txn) (err error) {
		found, err = get(txn, key, nil)
		return err
	})
	if err != nil || found {
		return err
	}
	packed := w.db.bodies.pack.EncodeAll(chunk, nil)
	w.edits[string(key)] = packed
	if w.size += len(packed); w.size < bodyPart {
		return nil
	}
	return w.flush()
}

func (w *bodyWriter) flush() error {
	err := w.db.writeBodies(w.edits)
	w.edits, w.size = edits{}, 0
	return err
}

// dropBodies drops the bodies of a day and leaves its rows.
func (d *DB) dropBodies(day string) error {
	d.bodies.Lock()
	defer d.bodies.Unlock()
	prefix := bodiesOf(day)
	some := false
	err := d.db.View(func(txn *badger.Txn) error {
		it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
		defer it.Close()
		it.Rewind()
		some = it.Valid()
		return nil
	})
	if err != nil || !some {
		return err
	}
	d.bodies.forget(day)
	d.write.Lock()
	defer d.write.Unlock()
	began := time.Now()
	if err := d.db.DropPrefix(prefix); err != nil {
		return err
	}
	d.log.Warn("dropped the bodies of the present day: with them the log was above its budget", "day", day, "took", time.Since(began))
	return nil
}
