package simulator

import (
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

const (
	awsJSON    = "application/x-amz-json-1.0"
	awsStream  = "application/vnd.amazon.eventstream"
	targetName = "X-Amz-Target"
)

// runtimeCall finds the operation of the runtime: by the target on the root
// path, or by the path of its REST twin.
func (p *kiroPlane) runtimeCall(r *http.Request) func(*exchange) error {
	set, target := p.dir.set(), r.Header.Get(targetName)
	switch {
	case p.path == "/generateAssistantResponse" && !set.NoREST:
		return post(r, p.generateREST)
	case p.path != "/":
	case target == "KiroRuntimeService.GenerateAssistantResponse",
		target == "AmazonCodeWhispererStreamingService.GenerateAssistantResponse" && !set.NoLegacy:
		return post(r, p.rpc(p.generate))
	}
	return func(*exchange) error { return p.noOperation() }
}

// legacyCall finds the operation of the old host, which served both planes.
func (p *kiroPlane) legacyCall(r *http.Request) func(*exchange) error {
	target := r.Header.Get(targetName)
	switch {
	case p.dir.set().NoLegacy:
	case p.path == "/generateAssistantResponse":
		return post(r, p.generateREST)
	case p.path == "/" && (target == "AmazonQDeveloperStreamingService.SendMessage" || target == "AmazonCodeWhispererStreamingService.GenerateAssistantResponse"):
		return post(r, p.rpc(p.generate))
	default:
		return p.managementCall(r)
	}
	return func(*exchange) error { return p.noOperation() }
}

// rpc serves an operation of the awsJson protocol, which has a content type of
// its own, for refusals too.
func (p *kiroPlane) rpc(serve func(*exchange) error) func(*exchange) error {
	return func(x *exchange) error {
		if kind, _, _ := strings.Cut(x.r.Header.Get("Content-Type"), ";"); kind != awsJSON {
			return kiroRefusal(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeException", "", "Unsupported media type "+kind)
		}
		return p.inType(x, serve(x))
	}
}

// inType gives a refusal the content type of the awsJson protocol.
func (p *kiroPlane) inType(x *exchange, err error) error {
	if r, ok := err.(*refusal); ok && r.contentType == "" { //nolint:errorlint // refusals are never wrapped
		r.contentType, r.body = awsJSON, string(p.render(x, r))
	}
	return err
}

// generateREST serves POST /generateAssistantResponse, where a header has what
// in the awsJson form is a member of the body.
func (p *kiroPlane) generateREST(x *exchange) error {
	if kind, _, _ := strings.Cut(x.r.Header.Get("Content-Type"), ";"); kind != "application/json" {
		return kiroRefusal(http.StatusUnsupportedMediaType, "UnsupportedMediaTypeException", "", "Unsupported media type "+kind)
	}
	return p.generate(x)
}

// kiroRequest is what the runtime needs to know to answer, besides the ask
// itself.
type kiroRequest struct {
	ask
	who          KiroAccount
	row          *kiroModel
	conversation string
	omit         bool // reasoning is given without its text
	answer       *answer
	credits      float64
}

// kiroOverhead is what Kiro's own instructions cost, in tokens.
const kiroOverhead = 2000

// generate serves GenerateAssistantResponse.
func (p *kiroPlane) generate(x *exchange) error {
	who, err := p.enter(x)
	if err != nil {
		return err
	}
	body, err := x.parse()
	if err != nil {
		return err
	}
	if err := p.admitCall(x, who.ID, body.Get(currentPath+".modelId").Str); err != nil {
		return err
	}
	if r := p.checkARN(who, body.Get("profileArn").Str, arnNeeded); r != nil {
		return r
	}
	q := &kiroRequest{who: who, conversation: body.Get("conversationState.conversationId").Str}
	if err := p.readRequest(x, q, body); err != nil {
		return err
	}
	if err := x.obey(&q.orders); err != nil {
		return err
	}
	if r := p.checkCredit(q); r != nil {
		return r
	}
	q.answer = p.sim.engine.compose(&q.ask, 0)
	usage := q.answer.usage(q.input(), 0, 0)
	q.credits = q.row.cost(int(usage.Input), int(usage.Output))
	usage.Credits = q.credits
	x.begin(usage)
	return p.streamAnswer(x, q)
}

// readRequest checks a body and turns it into an ask.
func (p *kiroPlane) readRequest(x *exchange, q *kiroRequest, body gjson.Result) error {
	if q.row = p.modelFor(&q.who, body.Get(currentPath+".modelId").Str); q.row == nil {
		return kiroInvalid("INVALID_MODEL_ID", textModel)
	}
	if err := p.checkBody(x, q, body); err != nil {
		return err
	}
	q.model = q.row.model()
	q.fill(body)
	if q.input() > q.row.in {
		return kiroInvalid("CONTENT_LENGTH_EXCEEDS_THRESHOLD", textTooLong)
	}
	return nil
}

// cost is the price of an answer: a credit buys 20,000 tokens at rate 1, output
// counts five times, and above 272,000 tokens of input GPT models cost double.
func (m *kiroModel) cost(in, out int) float64 {
	const perCredit, least, doubled = 20_000, 0.01, 272_000
	price := m.rate * max(float64(in+5*out)/perCredit, least)
	if m.opaque && in > doubled {
		price *= 2
	}
	return round4(price)
}

// checkCredit refuses an account that has nothing left.
func (p *kiroPlane) checkCredit(q *kiroRequest) *refusal {
	left := q.who.remaining(p.dir.now())
	switch {
	case left > 0:
		return nil
	case !q.who.Overage:
		return kiroRefusal(http.StatusPaymentRequired, kiroQuota, "MONTHLY_REQUEST_COUNT", "You have reached the limit.")
	case q.who.Overused >= overageCap:
		return kiroRefusal(http.StatusPaymentRequired, kiroQuota, "OVERAGE_REQUEST_LIMIT_EXCEEDED", "You have reached the limit for overages.")
	}
	return nil
}

// thinks reads what the request says of reasoning: in the native fields, or for
// models without a schema in tags before the first text.
func (q *kiroRequest) thinks(body gjson.Result, first string) {
	fields := body.Get("additionalModelRequestFields")
	effort, mode := fields.Get("reasoning.effort").Str, fields.Get("thinking.type").Str
	on := mode == "adaptive" || mode == "" && fields.Get("output_config.effort").Exists() || effort != "" && effort != "none"
	if q.row.schema == "" {
		on = strings.Contains(first, "<thinking_mode>enabled</thinking_mode>") || strings.Contains(first, "<thinking_mode>adaptive</thinking_mode>")
	}
	q.think = thinking{on: on, show: true}
	q.omit = fields.Get("thinking.display").Str == "omitted"
	q.limit = int(fields.Get("max_tokens").Int())
}
