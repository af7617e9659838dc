package relay

import (
	"net/http"
	"time"
)

// How long a client may leave its connection full. One that does not read on
// would hold the account, the quota and the upstream for ever.
const (
	stallTime  = time.Minute
	stallRenew = 10 * time.Second // how often the deadline is put forward at most
)

// sink writes to a client and gives up on one that does not read.
type sink struct {
	w       http.ResponseWriter
	control *http.ResponseController
	now     func() time.Time
	until   time.Time // the deadline in force; zero = none
}

func newSink(x *exchange) sink {
	return sink{w: x.w, control: http.NewResponseController(x.w), now: x.Now}
}

// write writes p, and flushes it when it is part of a stream.
func (s *sink) write(p []byte, flush bool) (int, error) {
	if now := s.now(); now.Add(stallTime - stallRenew).After(s.until) {
		// A writer without deadlines has another way to notice dead clients.
		if s.control.SetWriteDeadline(now.Add(stallTime)) == nil {
			s.until = now.Add(stallTime)
		}
	}
	n, err := s.w.Write(p)
	if err == nil && flush {
		err = s.control.Flush()
	}
	return n, err
}

// close takes the deadline back: the connection may serve further requests.
func (s *sink) close() {
	if !s.until.IsZero() {
		// It fails only for a connection that is gone.
		_ = s.control.SetWriteDeadline(time.Time{})
	}
}
