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
		setReadDeadline(c, uploadTimeout)
	}
	body, err := readWhole(c.Request, limit)
	switch {
	case err == nil:
		// The deadline must not outlive the body: behind it net/http reads on, to
		// notice a client that leaves.
		setReadDeadline(c, 0)
	case err.Kind == llm.TooLarge:
		discard(c)
	default:
		setReadDeadline(c, discardTime)
	}
	return body, err
}

func readWhole(r *http.Request, limit int64) (*relay.Payload, *llm.Error) {
	plain, length, bad := decompress(r)
	if bad != nil {
		return nil, bad
	}
	defer plain.close()
	body, err := relay.ReadPayload(plain, length, limit)
	switch {
	case errors.Is(err, io.ErrShortBuffer):
		return nil, tooLarge(limit)
	case err != nil:
		return nil, &llm.Error{Kind: llm.InvalidRequest, Message: "could not read the request body: it is cut or its Content-Encoding is wrong"}
	}
	if len(plain.layers) > 0 {
		// A decoder stops at the end of its format, which may be before that of
		// the body. Without the latter net/http does not notice a client that
		// leaves.
		_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, maxQuick))
	}
	return body, nil
}

// maxQuick is the size up to which a body arrives with its head or right
// behind it, so that the guard's deadline is enough.
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
	setReadDeadline(c, discardTime)
	// Whatever ends it, the answer follows and the connection is closed.
	_, _ = io.Copy(io.Discard, io.LimitReader(c.Request.Body, maxDiscard))
	c.Header("Connection", "close")
}

// plainBody is a body without its encodings.
type plainBody struct {
	io.Reader
	layers []io.Reader // the decoders, outermost first
}

// close gives back what the decoders hold. The body below them is net/http's.
func (b *plainBody) close() {
	for _, layer := range b.layers {
		if d, ok := layer.(io.Closer); ok {
			_ = d.Close()
		}
	}
}

// maxEncodings is how often a body may be wrapped. One is usual; each costs a
// decoder's memory.
const maxEncodings = 3

// decompress unwraps the encodings of the body, the last applied first. length
// is -1 when it is not known.
func decompress(r *http.Request) (body plainBody, length int64, bad *llm.Error) {
	body.Reader = r.Body
	encodings := r.Header["Content-Encoding"]
	if len(encodings) == 0 {
		return body, r.ContentLength, nil
	}
	encoding := strings.ToLower(strings.Join(encodings, ","))
	if encoding == "" || encoding == "identity" {
		return body, r.ContentLength, nil
	}
	if strings.Count(encoding, ",") >= maxEncodings {
		return body, 0, badEncoding(fmt.Errorf("more than %d Content-Encodings", maxEncodings))
	}
	for _, name := range slices.Backward(strings.Split(encoding, ",")) {
		name = strings.TrimSpace(name)
		if name == "" || name == "identity" {
			continue
		}
		d, err := decoder(name, body.Reader)
		if err != nil {
			body.close()
			return body, 0, badEncoding(err)
		}
		body.Reader, body.layers = d, append(body.layers, d)
	}
	return body, -1, nil
}

func badEncoding(err error) *llm.Error {
	return &llm.Error{Kind: llm.InvalidRequest, Message: "could not decompress the request body: " + err.Error()}
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
