package simulator

import (
	"fmt"
	"net/http"
	"strconv"
)

// isProxyError reports whether a fault is answered by the machine in front of
// the service, which knows no dialect.
func isProxyError(f *Fault) bool {
	return f.Reason == "html" || f.Status == http.StatusBadGateway && f.Reason == ""
}

// proxyPage is such an answer: a page of HTML.
func proxyPage(status int) *refusal {
	title := strconv.Itoa(status) + " " + http.StatusText(status)
	return &refusal{
		status: status, message: title, contentType: "text/html; charset=UTF-8",
		body: fmt.Sprintf("<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n", title, title),
	}
}

// withRetryAfter adds Retry-After: the fault's own, else the usual one of the
// provider (0 = none).
func withRetryAfter(r *refusal, f *Fault, usual int) *refusal {
	seconds := f.RetryAfter
	if seconds == 0 {
		seconds = usual
	}
	if seconds > 0 {
		r.set("Retry-After", strconv.Itoa(seconds))
	}
	return r
}
