package relay

import (
	"net/http"
	"strconv"

	"github.com/aihub/aihub/backend/core"
)

// answer sends a whole answer that the gateway has worded itself, and ends the
// row before the client gets it.
func (x *exchange) answer(out []byte) {
	x.rec.Outcome, x.rec.Status, x.rec.ResponseBytes = core.OutcomeOK, http.StatusOK, int64(len(out))
	if x.gone() {
		x.absent()
		x.rec.ResponseBytes = 0
	}
	x.end()
	h := x.w.Header()
	x.setHeaders(h)
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(out)))
	x.sent = true
	// A client that is gone has no use for the answer, and its row is written.
	_, _ = x.w.Write(out)
}

// firstByte notes when the first byte of an answer came, once.
func (x *exchange) firstByte() {
	if x.rec.FirstByteMS == 0 {
		x.rec.FirstByteMS = max(1, x.Now().Sub(x.call.Start).Milliseconds())
	}
}
