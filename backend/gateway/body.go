package gateway

import (
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/zstd"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/relay"
)

// uploadTimeout bounds how long a body may take to arrive: long enough for a
// slow line, short enough that dead connections do not pile up.
const uploadTimeout = 10 * time.Minute

// readBody reads and decompresses the body within the limit of the settings.
func (s *Server) readBody(c *gin.Context, call *relay.Call) (*relay.Payload, *llm.Error) {
	limit := int64(call.Snapshot.Settings.MaxBodyMB) << 20
	if c.Request.ContentLength > limit {
		discard(c)
		return nil, tooLarge(limit)
	}
	if c.Request.ContentLength > maxQuick || c.Request.ContentLength < 0 {
		control := http.NewResponseController(c.Writer)
		if control.SetReadDeadline(time.Now().Add(uploadTimeout)) == nil {
			// The deadline must not outlive the body: behind it net/http reads on,
			// to notice a client that leaves.
			defer func() { _ = control.SetReadDeadline(time.Time{}) }()
		}
	}
	r, length, err := decompress(c.Request)
	if err != nil {
		return nil, err
	}
	body, readErr := relay.ReadPayload(r, length, limit)
	switch {
	case errors.Is(readErr, io.ErrShortBuffer):
		discard(c)
		return nil, tooLarge(limit)
	case readErr != nil:
		return nil, &llm.Error{Kind: llm.InvalidRequest, Message: "could not read the request body: it is cut or its Content-Encoding is wrong"}
	}
	return body, nil
}

// maxQuick is the size up to which a body arrives with its head or right
// behind it; a read deadline is not worth its cost then.
const maxQuick = 16 << 10

func tooLarge(limit int64) *llm.Error {
	return &llm.Error{Kind: llm.TooLarge, NoRetry: true, Message: fmt.Sprintf("the request body is larger than %d MB, the limit in the AiHub settings", limit>>20)}
}

const (
	maxDiscard  = 512 << 20
	discardTime = 20 * time.Second
)

// discard reads what a client is still sending, for a while: one that writes on
// to a closed connection would never see the answer.
func discard(c *gin.Context) {
	if http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(discardTime)) != nil {
		return
	}
	// Whatever ends it, the answer follows and the connection is closed.
	_, _ = io.Copy(io.Discard, io.LimitReader(c.Request.Body, maxDiscard))
	c.Header("Connection", "close")
}

// decompress unwraps the encodings of the body, the last applied first. length
// is -1 when it is not known.
func decompress(r *http.Request) (body io.Reader, length int64, bad *llm.Error) {
	encoding := r.Header.Get("Content-Encoding")
	if encoding == "" || strings.EqualFold(encoding, "identity") {
		return r.Body, r.ContentLength, nil
	}
	body = r.Body
	for _, name := range slices.Backward(strings.Split(strings.ToLower(encoding), ",")) {
		var err error
		if body, err = decoder(strings.TrimSpace(name), body); err != nil {
			return nil, 0, &llm.Error{Kind: llm.InvalidRequest, Message: "could not decompress the request body: " + err.Error()}
		}
	}
	return body, -1, nil
}

// maxWindow bounds the memory that a zstd frame may demand; 8 MB is what the
// format's specification recommends as a decoder's limit.
const maxWindow = 8 << 20

func decoder(name string, r io.Reader) (io.Reader, error) {
	switch name {
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	case "br":
		return brotli.NewReader(r), nil
	case "zstd":
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	case "deflate":
		return inflate(r)
	case "identity", "":
		return r, nil
	}
	return nil, fmt.Errorf("the Content-Encoding %q is not known; use gzip, br, zstd or deflate", name)
}

// inflate takes "deflate" as the standard means it (zlib) and as many clients
// send it (raw).
func inflate(r io.Reader) (io.Reader, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, errors.New("the body is cut")
	}
	all := io.MultiReader(strings.NewReader(string(head[:])), r)
	if head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		return zlib.NewReader(all)
	}
	return flate.NewReader(all), nil
}
