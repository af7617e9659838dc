package protocol

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// ParseDataURL takes a data: URL apart into its media type, without parameters,
// and its content as base64 without white space. Content that is not base64 is
// percent-decoded and encoded. ok is false for any other URL.
func ParseDataURL(s string) (mime, data string, ok bool) {
	if len(s) < 5 || !strings.EqualFold(s[:5], "data:") {
		return "", "", false
	}
	head, data, ok := strings.Cut(s[5:], ",")
	if !ok {
		return "", "", false
	}
	mime, params, _ := strings.Cut(head, ";")
	mime = strings.ToLower(strings.TrimSpace(mime))
	if mime == "" {
		mime = "text/plain"
	}
	for param := range strings.SplitSeq(params, ";") {
		if strings.EqualFold(strings.TrimSpace(param), "base64") {
			return mime, stripSpace(data), true
		}
	}
	return mime, base64.StdEncoding.EncodeToString(percentDecode(data)), true
}

// DataURL puts base64 content into a data: URL.
func DataURL(mime, data string) string { return "data:" + mime + ";base64," + data }

func stripSpace(s string) string {
	if !strings.ContainsAny(s, " \t\r\n") {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n':
			return -1
		}
		return r
	}, s)
}

// percentDecode decodes %XX and leaves everything else as it is.
func percentDecode(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			hi, lo := unhex(s[i+1]), unhex(s[i+2])
			if hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// magics are the first bytes of the kinds of files that providers take.
var magics = []struct{ prefix, mime string }{
	{"\x89PNG\r\n\x1a\n", "image/png"},
	{"\xff\xd8\xff", "image/jpeg"},
	{"GIF87a", "image/gif"},
	{"GIF89a", "image/gif"},
	{"%PDF-", "application/pdf"},
	{"ID3", "audio/mpeg"},
	{"\xff\xfb", "audio/mpeg"},
	{"\xff\xf3", "audio/mpeg"},
	{"\xff\xf2", "audio/mpeg"},
}

// SniffMIME tells the media type of base64 content by its first bytes, because
// clients mislabel and Anthropic refuses what does not match. It knows png,
// jpeg, gif, webp, pdf, wav and mp3, and returns "" for anything else.
func SniffMIME(b64 string) string {
	head := stripSpace(b64[:min(len(b64), 32)])
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(head[:len(head)/4*4], "="))
	if err != nil {
		return ""
	}
	for _, m := range magics {
		if bytes.HasPrefix(raw, []byte(m.prefix)) {
			return m.mime
		}
	}
	if len(raw) >= 12 && bytes.HasPrefix(raw, []byte("RIFF")) {
		switch string(raw[8:12]) {
		case "WEBP":
			return "image/webp"
		case "WAVE":
			return "audio/wav"
		}
	}
	return ""
}
