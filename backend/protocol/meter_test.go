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
		if m.Output() != 3 || !m.Whole() {
			t.Errorf("in pieces of %d: %d elements, whole: %v", size, m.Output(), m.Whole())
		}
	}
}

// A document that was cut is not whole, wherever the cut is.
func TestBodyMeterSeesACut(t *testing.T) {
	const answer = " {\"a\":[{\"b\":\"}\\\"\"},1,true]} \n"
	end := len(answer) - 2
	for n := 2; n < len(answer); n++ {
		m := NewBodyMeter(func(*Reading, []byte) {})
		m.Feed([]byte(answer[:n]))
		if m.Whole() != (n >= end) {
			t.Errorf("%q is whole: %v", answer[:n], m.Whole())
		}
	}
	for _, other := range []string{"", "a transcript", "[Music] and then", "ID3\x04\x00", "{no JSON}"} {
		m := NewBodyMeter(func(*Reading, []byte) {})
		m.Feed([]byte(other))
		if !m.Whole() {
			t.Errorf("%q is not whole", other)
		}
	}
}

// Pieces are counted by number where they are short, by their text where they are
// long; what says nothing is none.
func TestDeltas(t *testing.T) {
	var r Reading
	for _, tt := range []struct {
		data   string
		output int64
	}{
		{`{"delta":{"text":"a"}}`, 1},
		{`{"delta":{"text":"b"},"text":"c"}`, 2},
		{`{"delta":{"text":"","json":"{}"}}`, 3},
		{`{"delta":{"signature":"abcdefgh"}}`, 3},
		{`{"delta":{"text":"cut`, 3},
		{`{"delta":{"text":"and \"this\" is longer\\"}}`, 7},
	} {
		if r.Delta([]byte(tt.data), `"text":"`, `"json":"`); r.Output() != tt.output {
			t.Errorf("behind %s: %d tokens, want %d", tt.data, r.Output(), tt.output)
		}
	}
}
