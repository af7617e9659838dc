package relay

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/aihub/aihub/backend/core"
)

// dropped request headers, in canonical form: those of one hop, those that say
// who the client is to AiHub, those that only a browser or a proxy sends, and
// those that name an organisation of the client's own which the account's
// credential does not belong to.
var droppedRequest = set(
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Content-Encoding", "Accept-Encoding", "Expect",
	"Authorization", "X-Api-Key", "X-Goog-Api-Key", "Api-Key", "X-Admin-Key", "Cookie",
	"Origin", "Referer", "Forwarded", "Via", "X-Real-Ip",
	"Openai-Organization", "Openai-Project",
)

// dropped answer headers: those of one hop, those of the provider's edge, and
// those that tell of the account instead of the client.
var droppedResponse = set(
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length",
	"Proxy-Connection", "Www-Authenticate", "Location", "Clear-Site-Data", "Set-Cookie", "Alt-Svc", "Strict-Transport-Security", "Via", "Server", "Nel", "Report-To",
	"Openai-Organization", "Openai-Project", "Anthropic-Organization-Id",
)

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// requestHeader is what of a client's header goes to an upstream of the same
// protocol: everything but what is dropped, unknown headers included.
func requestHeader(in http.Header) http.Header {
	out := make(http.Header, len(in)+3)
	for name, values := range in {
		if droppedRequest[name] || strings.HasPrefix(name, "X-Forwarded-") ||
			strings.HasPrefix(name, "X-Aihub-") || strings.HasPrefix(name, "Sec-") {
			continue
		}
		out[name] = values
	}
	dropConnection(in, out)
	if out["User-Agent"] == nil {
		out["User-Agent"] = []string{""} // keeps net/http from adding its own
	}
	return out
}

// dropConnection drops the headers that Connection names as hop-by-hop.
func dropConnection(in, out http.Header) {
	for _, line := range in["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			out.Del(strings.TrimSpace(name))
		}
	}
}

// responseHeader copies what of an upstream's header goes to the client. The
// limits of a pool's account are not the client's.
func responseHeader(out, in http.Header, cred core.Credential) {
	hidden := cred.Secrets()
	for name, values := range in {
		if droppedResponse[name] || strings.HasPrefix(name, "Access-Control-") || strings.HasPrefix(name, "Cf-") ||
			strings.HasPrefix(name, "X-Ratelimit-") || strings.HasPrefix(name, "Anthropic-Ratelimit-") ||
			strings.HasPrefix(name, "X-Aihub-") || hold(values, hidden) {
			continue
		}
		out[name] = values
	}
	dropConnection(in, out)
}

// hold reports whether one of the values repeats a secret.
func hold(values, secrets []string) bool {
	for _, v := range values {
		for _, s := range secrets {
			if strings.Contains(v, s) {
				return true
			}
		}
	}
	return false
}

// Names of the headers that every answer of the gateway carries, in canonical
// form.
const (
	HeaderRequestID = "X-Aihub-Request-Id"
	headerAccount   = "X-Aihub-Account"
	headerChannel   = "X-Aihub-Channel"
	headerModel     = "X-Aihub-Model"
	headerAttempts  = "X-Aihub-Attempts"
	headerDropped   = "X-Aihub-Dropped"
)

// setHeaders writes what the client is told of the way its request went.
func (x *exchange) setHeaders(h http.Header) {
	h[HeaderRequestID] = []string{x.call.ID}
	h[headerAttempts] = []string{strconv.Itoa(len(x.rec.Attempts))}
	if x.rec.ChannelID != "" {
		h[headerAccount] = []string{x.rec.AccountID}
		h[headerChannel] = []string{x.rec.ChannelID}
		h[headerModel] = []string{x.rec.UpstreamModel}
	}
	if len(x.rec.Dropped) > 0 {
		h[headerDropped] = []string{strings.Join(x.rec.Dropped, ",")}
	}
}
