package store

import (
	"crypto/hmac"
	"crypto/sha256"

	"github.com/klauspost/compress/zstd"
)

// Bodies are cut where their content says, so that a text which comes again
// behind or before another one is cut at the same places: a conversation that is
// resent with one more turn shares all but its last chunk with the one before.
// A chunk is stored once a day under the keyed hash of its content.
//
// Small chunks share more and compress worse. At these sizes the 25 chunks of a
// prompt of 200 KB take 400 bytes in a list, and JSON shrinks to a third.
const (
	minChunk = 2 << 10
	maxChunk = 32 << 10
	// A cut is made where so many bits of the running hash are zero: rarely
	// before the usual size and often behind it, which keeps most near it.
	usualChunk = 8 << 10
	earlyBits  = uint64(1<<15-1) << 40
	lateBits   = uint64(1<<11-1) << 40
)

// gear is a running hash over about the last 64 bytes: h = h<<1 + gear[b].
type gear [256]uint64

// newGear is the same for ever: a change of it would only cost room until the
// day is over.
func newGear() *gear {
	var g gear
	seed := uint64(0x9e3779b97f4a7c15)
	for i := range g { // splitmix64
		seed += 0x9e3779b97f4a7c15
		z := seed
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		g[i] = z ^ z>>31
	}
	return &g
}

// cut returns the length of the first chunk of b; 0 when b is empty.
func (g *gear) cut(b []byte) int {
	if len(b) <= minChunk {
		return len(b)
	}
	var h uint64
	end := min(len(b), maxChunk)
	for i := minChunk; i < end; i++ {
		h = h<<1 + g[b[i]]
		mask := earlyBits
		if i >= usualChunk {
			mask = lateBits
		}
		if h&mask == 0 {
			return i + 1
		}
	}
	return end
}

// chunkID names a chunk by its content. The key keeps the name from telling the
// content to who can guess it.
type chunkID [16]byte

func nameChunk(key, chunk []byte) (id chunkID) {
	h := hmac.New(sha256.New, key)
	h.Write(chunk)
	copy(id[:], h.Sum(nil))
	return id
}

func chunkKey(day string, id chunkID) []byte {
	return append(append(bodiesOf(day), 'c', '/'), id[:]...)
}

// newPacker returns what compresses chunks. It comes to take a megabyte, so it is
// made when the first body is stored.
func newPacker() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true),
		zstd.WithWindowSize(maxChunk), zstd.WithEncoderCRC(false))
}

// maxUnpacked bounds one body as it is read back, far above what may be kept.
const maxUnpacked = 256 << 20

func newUnpacker() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxUnpacked))
}
