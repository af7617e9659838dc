package relay

import (
	"net/http"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/limits"
)

// observe passes on what an answer tells of the limits of its account; body is
// that of an error, nil for an answer that is read elsewhere.
func (x *exchange) observe(l *balance.Lease, h http.Header, body []byte) {
	if x.Limits == nil {
		return
	}
	if u, ok := limits.Usage(&limits.Answer{Protocol: l.Protocol, Header: h, Body: body, Now: x.Now()}); ok {
		x.Limits(l.Account.ID, u)
	}
}
