package tokens

import "sync"

// depth is how far a table looks into a run of characters of one class.
const depth = 8

// weights say what one class adds, in hundredths of a token.
type weights struct {
	// run is what the characters of a run cost, the first one first; those
	// beyond the last cost what the last costs.
	run [depth]int64
	// group, when set, begins a new run after so many characters.
	group int
	// afterBlank, when set, is what the first of a run costs after white space.
	afterBlank int64
}

// run lists what the characters of a run cost; the last price holds on.
func run(prices ...int64) weights {
	var w weights
	for i := range w.run {
		w.run[i] = prices[min(i, len(prices)-1)]
	}
	return w
}

// table is a finite automaton: a state is the class of the last character and
// how many of it came before, and every step costs something. It makes the
// rules of weights one look-up per character.
type table struct {
	// steps holds price<<16 | next state, by state and class. A state is
	// already shifted to be a row, 16 to a row.
	steps [1 << 11]uint32
}

const (
	rowBits    = 4
	startState = uint32(classes*depth) << rowBits // before the first character
)

// step goes on by one character.
func (t *table) step(state uint32, sum int64, k class) (uint32, int64) {
	s := t.steps[(state|uint32(k))&(1<<11-1)]
	return s & 0xFFFF, sum + int64(s>>16)
}

// newTable builds the automaton of the weights.
func newTable(w *[classes]weights) table {
	var t table
	for k := range classes {
		first := uint32(k*depth) << rowBits
		t.steps[startState|uint32(k)] = uint32(w[k].run[0])<<16 | first
		for last := range classes {
			for n := range depth {
				state := uint32(last*depth+n) << rowBits
				t.steps[state|uint32(k)] = w[k].edge(k, last, n)
			}
		}
	}
	return t
}

// edge returns the step to class k from the character n of a run of class
// last.
func (w *weights) edge(k, last, n int) uint32 {
	next, price := 0, w.run[0]
	if last == int(blank) && w.afterBlank > 0 {
		price = w.afterBlank
	}
	if k == last {
		next = min(n+1, depth-1)
		if w.group > 0 {
			next = (n + 1) % w.group
		}
		price = w.run[next]
	}
	return uint32(price)<<16 | uint32(k*depth+next)<<rowBits
}

// tables are the automata of all families. They are built at first use from
// the constants of weights.go and never change.
var tables = sync.OnceValue(func() *tableSet {
	s := &tableSet{}
	for f := range families {
		plain, refined := plainWeights(Family(f)), refinedWeights(Family(f))
		s.plain[f], s.refined[f] = newTable(&plain), newTable(&refined)
	}
	return s
})

type tableSet struct {
	plain, refined [families]table
}
