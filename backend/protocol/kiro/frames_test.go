package kiro

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"github.com/aihub/aihub/backend/protocol/protocoltest"
	"github.com/aihub/aihub/backend/sse"
)

// Two frames whose bytes were made by nothing of this program.
const (
	eventHex     = "0000007c0000005c3bddcf780b3a6576656e742d74797065070016617373697374616e74526573706f6e73654576656e740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74223a224869227db02babdc"
	exceptionHex = "000000b700000061fd705aa30f3a657863657074696f6e2d747970650700135468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22546f6f206d616e79207265717565737473222c22726561736f6e223a22494e53554646494349454e545f4d4f44454c5f4341504143495459227dafdabf94"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// feed reads the stream in chunks of n bytes and lists "name|data".
func feed(stream []byte, n int) (got []string, r *frameReader, ok bool) {
	r = &frameReader{}
	ok = true
	for chunk := range slices.Chunk(stream, n) {
		ok = r.Feed(bytes.Clone(chunk), func(e sse.Event) { got = append(got, string(e.Name)+"|"+string(e.Data)) })
	}
	return got, r, ok
}

func TestFrames(t *testing.T) {
	one, two := unhex(t, eventHex), unhex(t, exceptionHex)
	stream := slices.Concat(one, two, one)
	want := []string{
		`assistantResponseEvent|{"content":"Hi"}`,
		`exception:ThrottlingException|{"message":"Too many requests","reason":"INSUFFICIENT_MODEL_CAPACITY"}`,
		`assistantResponseEvent|{"content":"Hi"}`,
	}
	for n := 1; n <= len(stream); n++ {
		got, r, ok := feed(stream, n)
		if !ok || r.Pending() || !slices.Equal(got, want) {
			t.Fatalf("chunks of %d: %q, pending %v, ok %v", n, got, r.Pending(), ok)
		}
	}
}

func TestFramesOfErrors(t *testing.T) {
	var m eventstream.Message
	m.Headers.Set(":message-type", eventstream.StringValue("error"))
	m.Headers.Set(":error-code", eventstream.StringValue("InternalFailure"))
	m.Headers.Set(":error-message", eventstream.StringValue(`it "broke"`))
	var out bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&out, m); err != nil {
		t.Fatal(err)
	}
	got, _, ok := feed(out.Bytes(), 7)
	if want := []string{`error:InternalFailure|{"message":"it \"broke\""}`}; !ok || !slices.Equal(got, want) {
		t.Errorf("got %q, %v", got, ok)
	}
}

// What has no name or no payload is a frame all the same.
func TestFramesOfLittle(t *testing.T) {
	var m eventstream.Message
	m.Headers.Set("odd", eventstream.Int32Value(7))
	var out bytes.Buffer
	for _, message := range []eventstream.Message{{}, m} {
		if err := eventstream.NewEncoder().Encode(&out, message); err != nil {
			t.Fatal(err)
		}
	}
	got, _, ok := feed(out.Bytes(), 5)
	if !ok || !slices.Equal(got, []string{"|", "|"}) {
		t.Errorf("got %q, %v", got, ok)
	}
}

func TestFramesRefuseWhatIsNone(t *testing.T) {
	good := unhex(t, eventHex)
	flip := func(i int) []byte {
		out := bytes.Clone(good)
		out[i] ^= 0x40
		return out
	}
	prelude := func(size, headers uint32) []byte {
		out := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, size), headers)
		return append(binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out)), make([]byte, 64)...)
	}
	for name, stream := range map[string][]byte{
		"checksum of the prelude": flip(9),
		"length":                  flip(3),
		"checksum of the message": flip(len(good) - 1),
		"payload":                 flip(len(good) - 8),
		"header":                  flip(20),
		"a page":                  []byte("<html><body>502 Bad Gateway</body></html>"),
		"JSON":                    []byte(`{"message":"Too many requests"}`),
		"too short":               prelude(15, 0),
		"too long":                prelude(maxFrame+1, 0),
		"headers beyond the end":  prelude(20, 8),
	} {
		for _, n := range []int{1, 3, 1 << 20} {
			got, r, ok := feed(append(bytes.Clone(stream), good...), n)
			if ok || len(got) > 0 {
				t.Errorf("%s in chunks of %d: %q, %v", name, n, got, ok)
			}
			if len(r.held) > 0 {
				t.Errorf("%s: %d bytes are kept", name, len(r.held))
			}
			if r.Feed(good, func(sse.Event) { t.Error("it goes on behind the fault") }) {
				t.Errorf("%s: alive again", name)
			}
		}
	}
}

func TestFramesPending(t *testing.T) {
	good := unhex(t, eventHex)
	for n := 1; n < len(good); n++ {
		got, r, ok := feed(append(bytes.Clone(good), good[:n]...), 1<<20)
		if !ok || len(got) != 1 || !r.Pending() {
			t.Fatalf("cut behind %d bytes: %q, pending %v, %v", n, got, r.Pending(), ok)
		}
	}
}

func FuzzFrames(f *testing.F) {
	f.Add(unhex(f, eventHex), 7)
	f.Add(append(unhex(f, exceptionHex), unhex(f, eventHex)...), 100)
	f.Add(protocoltest.Frame(nil, "event", "", nil), 1)
	f.Fuzz(func(t *testing.T, stream []byte, n int) {
		whole, _, wholeOK := feed(stream, max(1, len(stream)))
		parts, r, partsOK := feed(stream, 1+n&0xff)
		if !slices.Equal(whole, parts) || wholeOK != partsOK {
			t.Fatalf("in one piece %q %v, in parts %q %v", whole, wholeOK, parts, partsOK)
		}
		if len(r.held) > maxFrame {
			t.Fatalf("%d bytes are kept", len(r.held))
		}
	})
}
