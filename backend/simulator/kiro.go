package simulator

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/aihub/aihub/backend/llm"
)

// Where Kiro is found: the base URL of a channel is http://HOST/kiro.
const (
	kiroBase = "/kiro"
	kiroPage = kiroBase + "/device" // where people allow a sign-in
)

// kiro speaks for AWS Kiro and for the services that sign its people in.
type kiro struct {
	sim    *Simulator
	dir    *kiroDirectory
	models []kiroModel
	shape  *rule // of a request to the runtime

	profileARN, ideAgent *regexp.Regexp
}

func newKiro(s *Simulator) *kiro {
	return &kiro{
		sim: s, dir: s.directory, models: kiroModels(), shape: kiroRule(),
		profileARN: regexp.MustCompile(`^arn:aws[a-z-]*:codewhisperer:[a-z0-9-]+:\d{12}:profile/[A-Za-z0-9]+$`),
		ideAgent:   regexp.MustCompile(`KiroIDE-(\d+)\.(\d+)\.(\d+)`),
	}
}

// kiroPlane is one of the hosts behind the base URL.
type kiroPlane struct {
	*kiro
	name   string // of the first step behind the base
	path   string // behind that
	region string // of the base; "" serves the accounts of all regions
}

// The planes.
const (
	planeRuntime    = "runtime"
	planeManagement = "management"
	planeLegacy     = "q" // the old host of both
	planeAuth       = "auth"
	planeOIDC       = "oidc"
	planeIDP        = "idp"
)

// plane reads /kiro[/REGION]/PLANE/PATH.
func (k *kiro) plane(path string) *kiroPlane {
	p := &kiroPlane{kiro: k}
	rest := strings.TrimPrefix(path, kiroBase+"/")
	first, behind, _ := strings.Cut(rest, "/")
	if isRegionName(first) {
		p.region, rest = first, behind
	}
	p.name, p.path, _ = strings.Cut(rest, "/")
	p.path = "/" + p.path
	return p
}

// isRegionName reports whether s looks like us-east-1.
func isRegionName(s string) bool {
	n := len(s)
	return n > 4 && strings.Count(s, "-") >= 2 && s[n-1] >= '0' && s[n-1] <= '9'
}

func (p *kiroPlane) route(r *http.Request) func(*exchange) error {
	switch p.name {
	case planeRuntime:
		return p.runtimeCall(r)
	case planeManagement:
		return p.managementCall(r)
	case planeLegacy:
		return p.legacyCall(r)
	case planeAuth:
		return p.authCall(r)
	case planeOIDC:
		return p.oidcCall(r)
	case planeIDP:
		return p.idpCall(r)
	}
	return func(*exchange) error { return p.noOperation() }
}

// post serves a path by POST only.
func post(r *http.Request, serve func(*exchange) error) func(*exchange) error {
	return onlyMethod(r, http.MethodPost, serve)
}

func onlyMethod(r *http.Request, method string, serve func(*exchange) error) func(*exchange) error {
	if r.Method == method {
		return serve
	}
	return func(*exchange) error {
		r := &refusal{status: http.StatusMethodNotAllowed, kind: "UnsupportedOperationException", message: "Method Not Allowed"}
		return r.with("Allow", method)
	}
}

func (p *kiroPlane) protocol() llm.Protocol { return llm.Kiro }

func (p *kiroPlane) key(r *http.Request) string { return bearer(r.Header) }

// locked lets everybody in: whom a plane knows is decided behind its door.
func (p *kiroPlane) locked(keyState, string) *refusal { return nil }

func (p *kiroPlane) bodyLimit() int64 { return 48 << 20 }

func (p *kiroPlane) tooLarge(int64) *refusal {
	return &refusal{status: http.StatusRequestEntityTooLarge, kind: "RequestEntityTooLargeException", message: "Request entity too large"}
}

func (p *kiroPlane) malformed([]byte) *refusal {
	if p.signsIn() {
		return oidcInvalid("invalid_request", "The request body is not JSON")
	}
	return improper("the body is no JSON object")
}

func (p *kiroPlane) violated(v *violation) *refusal {
	if p.signsIn() {
		return oidcInvalid("invalid_request", "Invalid value for "+v.dotted())
	}
	return improper(v.dotted() + " has a wrong shape")
}

// signsIn reports whether a plane hands out tokens.
func (p *kiroPlane) signsIn() bool {
	return p.name == planeAuth || p.name == planeOIDC || p.name == planeIDP
}

// public replaces the credentials in a body by account ids.
func (p *kiroPlane) public(body []byte) []byte {
	if !p.signsIn() {
		return body
	}
	if p.name == planeIDP {
		return []byte(publicForm(string(body)))
	}
	return publicFields(body)
}

func (p *kiroPlane) headers(x *exchange, h http.Header) {
	h.Set("X-Amzn-Requestid", x.uuid("request"))
}

// render writes the error body of a plane.
func (p *kiroPlane) render(_ *exchange, r *refusal) []byte {
	switch p.name {
	case planeOIDC, planeIDP:
		return encode(obj{{"error", r.code}, {"error_description", r.message}})
	case planeAuth:
		return encode(authError(r))
	}
	return encode(p.serviceError(r))
}

// serviceError is the error body of the runtime and the management plane, and
// the payload of an exception inside a stream.
func (p *kiroPlane) serviceError(r *refusal) obj {
	reason := any(nil)
	if r.code != "" {
		reason = r.code
	}
	body := obj{{"message", r.message}, {"reason", reason}}
	if p.name != planeLegacy {
		space := "com.amazon.kiro.runtimeservice#"
		if p.name == planeManagement {
			space = "com.amazon.kiro.controlplanebearer#"
		}
		body = append(obj{{"__type", space + r.kind}}, body...)
	}
	if wait := r.param; wait != "" {
		body = body.with("retryAfterMilliseconds", raw(wait))
	}
	return body
}

// uuid makes an id of the usual form for this exchange.
func (x *exchange) uuid(what string) string {
	s := x.sim.mint.hexID("", 32, "uuid", x.number, what)
	return s[:8] + "-" + s[8:12] + "-4" + s[13:16] + "-a" + s[17:20] + "-" + s[20:]
}

// origin is the address under which the client reached the simulator.
func (x *exchange) origin() string {
	if x.r.TLS != nil {
		return "https://" + x.r.Host
	}
	return "http://" + x.r.Host
}
