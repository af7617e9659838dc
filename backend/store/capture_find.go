package store

import (
	"context"

	"github.com/dgraph-io/badger/v4"
	"github.com/klauspost/compress/zstd"

	"github.com/aihub/aihub/backend/core"
)

// FindCapture implements core.CaptureStore. As with rows, the id says on which
// day to look; ids of another form are looked for on every day.
func (d *DB) FindCapture(ctx context.Context, id string) (*core.Capture, error) {
	unpacker, err := newUnpacker()
	if err != nil {
		return nil, failed("read the bodies of a request", err)
	}
	defer unpacker.Close()
	var found *core.Capture
	err = d.view(ctx, "read the bodies of a request", func(txn *badger.Txn) (err error) {
		if at, ok := core.IDTime(id); ok {
			if found, err = readBodies(txn, unpacker, dayName(at), id); found != nil || err != nil {
				return err
			}
		}
		days, err := listDays(txn)
		for i := 0; err == nil && found == nil && i < len(days); i++ {
			found, err = readBodies(txn, unpacker, days[i], id)
		}
		if err != nil || found != nil {
			return err
		}
		return core.Errorf(core.CodeNotFound, "no bodies are kept of the request %q", id)
	})
	return found, err
}

// readBodies returns nil when none are kept under that day.
func readBodies(txn *badger.Txn, unpacker *zstd.Decoder, day, id string) (*core.Capture, error) {
	var list []byte
	found, err := get(txn, manifestKey(day, id), func(value []byte) error {
		list = append(list, value...)
		return nil
	})
	if err != nil || !found {
		return nil, err
	}
	d := decoder{rest: string(list)}
	if d.byte() != bodiesFormat {
		return nil, errDamaged
	}
	c := &core.Capture{ID: id, Redacted: d.int(), Time: d.time(), Truncated: []core.BodyPart{}}
	for _, part := range parts(c) {
		size := d.int()
		if d.byte() != 0 {
			c.Truncated = append(c.Truncated, part.name)
		}
		text, err := joinChunks(txn, unpacker, day, d.string(), size)
		if err != nil {
			return nil, err
		}
		*part.text = text
	}
	return c, d.err()
}

// joinChunks puts a body together from the names of its chunks.
func joinChunks(txn *badger.Txn, unpacker *zstd.Decoder, day, ids string, size int64) (string, error) {
	var id chunkID
	if len(ids)%len(id) != 0 || size < 0 || size > int64(len(ids)/len(id))*maxChunk {
		return "", errDamaged
	}
	text := make([]byte, 0, size)
	for ; ids != ""; ids = ids[len(id):] {
		copy(id[:], ids)
		found, err := get(txn, chunkKey(day, id), func(packed []byte) (err error) {
			text, err = unpacker.DecodeAll(packed, text)
			return err
		})
		if err == nil && !found {
			err = errDamaged
		}
		if err != nil {
			return "", err
		}
	}
	if int64(len(text)) != size {
		return "", errDamaged
	}
	return string(text), nil
}
