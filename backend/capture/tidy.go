package capture

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/aihub/aihub/backend/core"
	"github.com/aihub/aihub/backend/secret"
)

// tidy makes of the bodies what may be kept of them.
func (b *Bodies) tidy() *core.Capture {
	c := &core.Capture{ID: b.ID, Time: b.Time, Truncated: []core.BodyPart{}}
	for _, part := range []struct {
		name core.BodyPart
		from []byte
		to   *string
		cut  bool
	}{
		{core.BodyRequest, b.Request, &c.Request, false},
		{core.BodyUpstream, b.Upstream, &c.UpstreamRequest, false},
		{core.BodyResponse, b.Response, &c.Response, b.ResponseCut},
	} {
		text, cut := clip(cutData(part.from), b.Limit)
		if cut || part.cut {
			c.Truncated = append(c.Truncated, part.name)
		}
		masked, n := secret.Mask(plain(text, len(part.from)))
		*part.to = string(masked)
		c.Redacted += int64(n)
	}
	return c
}

// clip cuts what is longer than limit, between two characters.
func clip(text []byte, limit int) (short []byte, cut bool) {
	if len(text) <= limit {
		return text, false
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit], true
}

// plain makes text of any bytes; size is how many there were before they were
// cut. Sound, pictures and forms that hold them are only named.
func plain(b []byte, size int) []byte {
	if utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 {
		return b
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return fmt.Appendf(nil, "(%d bytes that are no text)", size)
	}
	return bytes.ToValidUTF8(b, []byte("\uFFFD"))
}

// A run of so many letters and digits is a picture or another file in base64; so
// many of them are left to tell of which kind it was.
const (
	minData  = 4 << 10
	leftData = 64
)

// cutData replaces files in base64 by their beginning and a mark. It returns the
// text itself when there is none.
func cutData(text []byte) []byte {
	var out []byte
	kept := 0
	// A run of minData bytes cannot lie between two looks.
	for at := minData - 1; at < len(text); at += minData {
		if !isBase64(text[at]) {
			continue
		}
		from, to := at, at
		for from > kept && isBase64(text[from-1]) {
			from--
		}
		for to < len(text) && isBase64(text[to]) {
			to++
		}
		if to-from >= minData {
			out = append(out, text[kept:from+leftData]...)
			out = fmt.Appendf(out, "[… %d characters]", to-from-leftData)
			kept = to
		}
		at = max(at, to-1)
	}
	if kept == 0 {
		return text
	}
	return append(out, text[kept:]...)
}

func isBase64(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' || c == '=' || c == '-' || c == '_'
}
