package simulator

import (
	"encoding/hex"
	"testing"
)

// TestFrameVectors pins the bytes of the two messages whose bytes are known.
func TestFrameVectors(t *testing.T) {
	cases := []struct {
		name string
		got  []byte
		want string
	}{
		{"event", frameEvent("assistantResponseEvent", obj{{"content", "Hi"}}), "0000007c0000005c3bddcf780b3a6576656e742d74797065070016617373697374616e74526573706f6e73654576656e740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070005" +
			"6576656e747b22636f6e74656e74223a224869227db02babdc"},
		{"exception", frameException("ThrottlingException", obj{{"message", "Too many requests"}, {"reason", "INSUFFICIENT_MODEL_CAPACITY"}}), "000000b700000061fd705aa30f3a657863657074696f6e2d747970650700135468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009" +
			"657863657074696f6e7b226d657373616765223a22546f6f206d616e79207265717565737473222c22726561736f6e223a22494e53554646494349454e545f4d4f44454c5f4341504143495459227dafdabf94"},
	}
	for _, c := range cases {
		if got := hex.EncodeToString(c.got); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// TestFragments cuts the arguments of a call without splitting a rune.
func TestFragments(t *testing.T) {
	for text, want := range map[string][]string{
		`{"a":1}`: {`{"a`, `":1`, `}`},
		"ab北京":    {"ab北", "京"},
		"":        nil,
	} {
		var got []string
		for s := text; s != ""; {
			got = append(got, fragment(s))
			s = s[len(got[len(got)-1]):]
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %q", text, got)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q: %q", text, got)
			}
		}
	}
}

// TestOwnWords finds what the user said behind a system prompt.
func TestOwnWords(t *testing.T) {
	for text, want := range map[string]string{
		"hello":                          "hello",
		"You are a bot.\n\nhello":        "hello",
		"Use Bash.\n\n[sim:echo]\n\nbye": "[sim:echo]\n\nbye",
		"[sim:echo]\n\nbye":              "[sim:echo]\n\nbye",
	} {
		if got := ownWords(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestLoneSurrogates looks at escapes only, not at what looks like one.
func TestLoneSurrogates(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"a":"\ud83d\ude00"}`:  true,
		`{"a":"\\ud83d"}`:       true,
		`{"a":"\u00e9\\"}`:      true,
		`{"a":"\ud83d"}`:        false,
		`{"a":"\ud83dx\ude00"}`: false,
		`{"a":"\ude00"}`:        false,
		"{\"a\":\"\xff\"}":      false,
	} {
		if got := checkText([]byte(body)) == nil; got != ok {
			t.Errorf("%q: %v", body, got)
		}
	}
}
