package sse

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// collect feeds the stream in chunks of n bytes and returns "name|data".
func collect(stream string, n int) []string {
	var r Reader
	var got []string
	for chunk := range slices.Chunk([]byte(stream), n) {
		r.Feed(chunk, func(e Event) { got = append(got, string(e.Name)+"|"+string(e.Data)) })
	}
	return got
}

func TestReader(t *testing.T) {
	tests := []struct {
		name, stream string
		want         []string
	}{
		{"empty", "", nil},
		{"one", "data: a\n\n", []string{"|a"}},
		{"named", "event: x\ndata: a\n\n", []string{"x|a"}},
		{"name does not leak", "event: x\ndata: a\n\ndata: b\n\n", []string{"x|a", "|b"}},
		{"no space", "data:a\n\n", []string{"|a"}},
		{"one space is taken", "data:  a\n\n", []string{"| a"}},
		{"several lines", "data: a\ndata: b\n\n", []string{"|a\nb"}},
		{"empty data", "data\n\n", []string{"|"}},
		{"crlf", "event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n", []string{"x|a", "|b"}},
		{"cr", "data: a\r\rdata: b\r\r", []string{"|a", "|b"}},
		{"comments", ": ping\n\n:\n\ndata: a\n\n", []string{"|a"}},
		{"event without data", "event: x\n\ndata: a\n\n", []string{"|a"}},
		{"byte order mark", "\xef\xbb\xbfdata: a\n\n", []string{"|a"}},
		{"unknown fields", "id: 7\nretry: 3\nfoo\ndata: a\n\n", []string{"|a"}},
		{"unfinished", "data: a\n\ndata: b\n", []string{"|a"}},
		{"blank lines", "\n\n\ndata: a\n\n\n\n", []string{"|a"}},
		{"colon in data", "data: {\"a\":1}\n\n", []string{`|{"a":1}`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for n := 1; n <= len(tt.stream)+1; n++ {
				if got := collect(tt.stream, n); !slices.Equal(got, tt.want) {
					t.Fatalf("chunks of %d: got %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

func TestReaderPending(t *testing.T) {
	var r Reader
	r.Feed([]byte("data: a\n\n"), func(Event) {})
	if r.Pending() {
		t.Error("pending after a whole event")
	}
	r.Feed([]byte("data: b"), func(Event) {})
	if !r.Pending() {
		t.Error("not pending inside an event")
	}
}

func TestReaderBound(t *testing.T) {
	var r Reader
	chunk := bytes.Repeat([]byte("x"), 1<<20)
	ok := r.Feed([]byte("data: "), func(Event) {})
	for range MaxEvent>>20 + 1 {
		ok = r.Feed(chunk, func(Event) { t.Error("event from a line without an end") })
	}
	if ok {
		t.Error("an event above the bound was accepted")
	}
}

func TestAppendRoundTrip(t *testing.T) {
	for _, data := range []string{"", "a", "a\nb", "\n", `{"x":"y"}`} {
		stream := AppendComment(Append(nil, "n", []byte(data)), "keep-alive")
		got := collect(string(stream), 3)
		if !slices.Equal(got, []string{"n|" + data}) {
			t.Errorf("%q came back as %q", data, got)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add("event: x\r\ndata: a\r\n\r\n", 3)
	f.Add("data: a\rdata: b\n\n", 1)
	f.Fuzz(func(t *testing.T, stream string, n int) {
		if n < 1 {
			n = 1
		}
		whole := collect(stream, len(stream)+1)
		if cut := collect(stream, n); !slices.Equal(whole, cut) {
			t.Fatalf("chunks of %d: got %q, want %q", n, cut, whole)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	one := `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"word"}}]}` + "\n\n"
	stream := []byte(strings.Repeat(one, 100))
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		var r Reader
		n := 0
		r.Feed(stream, func(Event) { n++ })
		if n != 100 {
			b.Fatal(n)
		}
	}
}
