package protocol

import "testing"

// Elements are counted wherever the stream is cut.
func TestArrayMeterCountsElements(t *testing.T) {
	const answer = `[{"candidates":[1]},` + "\n" + `{"usageMetadata":{}},{"candidates":[2]},{"candidates":[3]}]`
	for size := 1; size <= len(answer); size++ {
		m := NewArrayMeter(func(*Reading, []byte) {})
		for from := 0; from < len(answer); from += size {
			m.Feed([]byte(answer[from:min(from+size, len(answer))]))
		}
		if m.Events() != 3 || !m.Whole() {
			t.Errorf("in pieces of %d: %d elements, whole: %v", size, m.Events(), m.Whole())
		}
	}
}
