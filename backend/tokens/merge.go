package tokens

import (
	"math"
	"slices"
)

// none is the rank of bytes that are no token.
const none = math.MaxUint32

// scanLimit is up to how many bytes a pre-token is merged by searching all
// pairs each time, which is faster than a heap while there are few. It is
// quadratic; the heap is not.
const scanLimit = 96

// merger counts the tokens of one pre-token. It keeps its buffers for the
// next one.
type merger struct {
	vocabulary *Vocabulary
	rank       []uint32 // of the pair that begins at a part, by byte position
	next, prev []int32  // the parts as a list, by byte position
	heap       []uint64 // rank<<32 | position; entries go stale
}

// count returns how many tokens piece has, which is not empty: pairs of
// neighbours are joined, the pair of the lowest rank first and of equals the
// leftmost, until no pair is a token.
func (m *merger) count(piece string) int {
	if len(piece) == 1 || m.vocabulary.rank(piece) != none {
		return 1
	}
	if len(piece) <= scanLimit {
		return m.vocabulary.scan(piece)
	}
	return m.merge(piece)
}

// scan merges a short piece.
func (v *Vocabulary) scan(piece string) int {
	var starts [scanLimit + 1]uint8 // of the parts; one more than there are parts
	var ranks [scanLimit]uint32     // of the pair that begins at each part
	n := len(piece)
	for i := range n {
		starts[i] = uint8(i)
		ranks[i] = v.pair(piece, i)
	}
	starts[n] = uint8(n)
	for {
		best, at := uint32(none), 0
		for i, r := range ranks[:n-1] {
			if r < best {
				best, at = r, i
			}
		}
		if best == none {
			return n
		}
		copy(starts[at+1:], starts[at+2:n+1])
		copy(ranks[at+1:], ranks[at+2:n])
		n--
		ranks[at] = v.join(piece, starts[:n+1], at)
		if at > 0 {
			ranks[at-1] = v.join(piece, starts[:n+1], at-1)
		}
	}
}

// join returns the rank of the pair that begins at part i.
func (v *Vocabulary) join(piece string, starts []uint8, i int) uint32 {
	if i+2 >= len(starts) {
		return none
	}
	return v.rank(piece[starts[i]:starts[i+2]])
}

// merge merges a piece of any length in n·log(n) steps.
func (m *merger) merge(piece string) int {
	n := len(piece)
	m.reset(piece)
	parts := n
	for len(m.heap) > 0 {
		top := m.pop()
		at := int32(uint32(top))
		if m.rank[at] != uint32(top>>32) {
			continue
		}
		mid := m.next[at]
		after := m.next[mid]
		m.next[at] = after
		if int(after) < n {
			m.prev[after] = at
		}
		m.rank[mid] = none
		parts--
		m.update(piece, at)
		if at > 0 {
			m.update(piece, m.prev[at])
		}
	}
	return parts
}

func (m *merger) reset(piece string) {
	n := len(piece)
	m.heap = m.heap[:0]
	m.rank = slices.Grow(m.rank[:0], n)[:n]
	m.next = slices.Grow(m.next[:0], n)[:n]
	m.prev = slices.Grow(m.prev[:0], n)[:n]
	for i := range n {
		m.next[i], m.prev[i] = int32(i+1), int32(i-1)
		m.rank[i] = m.vocabulary.pair(piece, i)
		if m.rank[i] != none {
			m.push(uint64(m.rank[i])<<32 | uint64(i))
		}
	}
}

// update computes the rank of the pair that begins at the part at.
func (m *merger) update(piece string, at int32) {
	m.rank[at] = none
	mid := int(m.next[at])
	if mid >= len(piece) {
		return
	}
	r := m.vocabulary.rank(piece[at:m.next[mid]])
	m.rank[at] = r
	if r != none {
		m.push(uint64(r)<<32 | uint64(at))
	}
}

func (m *merger) push(x uint64) {
	m.heap = append(m.heap, x)
	h, i := m.heap, len(m.heap)-1
	for i > 0 {
		up := (i - 1) / 2
		if h[up] <= x {
			break
		}
		h[i] = h[up]
		i = up
	}
	h[i] = x
}

func (m *merger) pop() uint64 {
	top, end := m.heap[0], len(m.heap)-1
	x := m.heap[end]
	m.heap = m.heap[:end]
	if end == 0 {
		return top
	}
	h, i := m.heap, 0
	for {
		down := 2*i + 1
		if down >= end {
			break
		}
		if down+1 < end && h[down+1] < h[down] {
			down++
		}
		if x <= h[down] {
			break
		}
		h[i] = h[down]
		i = down
	}
	h[i] = x
	return top
}
