package responses

import (
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// builder words one request. Each step settles one part of it; the first error
// stays.
type builder struct {
	req     *llm.Request
	target  protocol.Target
	can     *traits
	names   *protocol.Names
	native  bool // namespaces stay as they are
	ids     callIDs
	turns   []llm.Turn
	dropped []string
	err     *llm.Error
}

// EncodeRequest implements protocol.UpstreamCodec. The request is stateless:
// nothing is stored, and the model's reasoning comes back encrypted.
func (Format) EncodeRequest(req *llm.Request, t protocol.Target) (*protocol.Encoded, *llm.Error) {
	b := newBuilder(req, t)
	body := b.body(false)
	if b.err != nil {
		return nil, b.err
	}
	return b.encoded("/v1/responses", body), nil
}

// EncodeCountRequest implements protocol.UpstreamCodec.
func (Format) EncodeCountRequest(req *llm.Request, t protocol.Target) (*protocol.Encoded, bool) {
	b := newBuilder(req, t)
	body := b.body(true)
	if b.err != nil || t.ThirdParty {
		return nil, false
	}
	return b.encoded("/v1/responses/input_tokens", body), true
}

func (b *builder) encoded(path string, body []byte) *protocol.Encoded {
	return &protocol.Encoded{
		Path: path, Body: body, Dropped: b.dropped, Names: b.names, Target: b.target, Request: b.req,
	}
}

func newBuilder(req *llm.Request, t protocol.Target) *builder {
	b := &builder{req: req, target: t, can: traitsOf(t), names: protocol.NewNames(64, false)}
	b.native = req.Origin == llm.Responses && !t.ThirdParty
	b.refuse()
	for i := range req.Tools {
		if t := &req.Tools[i]; t.Raw == nil {
			b.name(t.Namespace, t.Name)
		}
	}
	b.turns = protocol.Arrange(req, protocol.Arrangement{DropEmpty: true, PrefixNames: true})
	b.reportDropped()
	return b
}

// refuse reports what must not be dropped silently: the client would get
// another thing than it asked for.
func (b *builder) refuse() {
	if b.req.N > 1 {
		b.fail(b.param("n"), "the Responses API gives one answer per request: ask for one")
	}
	for _, m := range b.req.Modalities {
		if !strings.EqualFold(m, "text") {
			b.fail(b.param("modalities"), "this model is reached by the Responses API, which answers in text only: leave out "+strings.ToLower(m))
		}
	}
}

func (b *builder) fail(param, message string) {
	if b.err == nil {
		b.err = &llm.Error{Kind: llm.InvalidRequest, Param: param, Message: param + ": " + message}
	}
}

// body writes the request; for a count only what is counted.
func (b *builder) body(count bool) []byte {
	r := b.req
	o := protocol.BeginObject(make([]byte, 0, 4096))
	o.String("model", b.target.Model)
	b.writeConversation(&o)
	b.writeTools(&o)
	b.writeReasoning(&o)
	b.writeText(&o)
	if count {
		return o.End()
	}
	b.writeLimits(&o)
	b.writeInclude(&o)
	o.Bool("store", false)
	if r.Stream {
		o.Bool("stream", true)
	}
	b.writeOwner(&o)
	if r.Origin == llm.Responses {
		b.writeExtra(&o)
	}
	return o.End()
}

func (b *builder) writeLimits(o *protocol.Object) {
	r := b.req
	if r.MaxTokens != nil {
		// The API refuses less than 16, and more than the model can write.
		n := max(*r.MaxTokens, 16)
		if b.can.MaxOutput > 0 {
			n = min(n, b.can.MaxOutput)
		}
		o.Int("max_output_tokens", n)
	}
	if !b.can.Sampling {
		return
	}
	if r.Temperature != nil {
		o.Float("temperature", *r.Temperature)
	}
	if r.TopP != nil {
		o.Float("top_p", *r.TopP)
	}
	if r.Logprobs != nil {
		o.Int("top_logprobs", *r.Logprobs)
	}
}

// writeReasoning asks for no more than the client can show: a Chat client always
// can, the others say so.
func (b *builder) writeReasoning(o *protocol.Object) {
	r := b.req.Reasoning
	if !b.can.reasons() {
		return
	}
	effort := r.Effort
	if effort == "" && r.Budget != nil {
		effort = protocol.EffortOf(*r.Budget)
	}
	effort = protocol.ClampEffort(effort, b.can.Effort)
	summary := ""
	switch {
	case r.Effort == "none" || effort == "none":
	case r.Show == llm.ShowFull && b.req.Origin == llm.Responses:
		summary = "detailed"
	case r.Show == llm.ShowFull, r.Show == llm.ShowSummary, r.Show == "" && b.req.Origin == llm.OpenAI:
		summary = "auto"
	}
	inner := protocol.BeginObject(nil)
	inner.StringIf("effort", effort)
	inner.StringIf("summary", summary)
	if b.req.Origin == llm.Responses {
		inner.Raw("mode", b.req.Extra["reasoning.mode"])
	}
	if !inner.Empty() {
		o.Raw("reasoning", inner.End())
	}
}

func (b *builder) writeText(o *protocol.Object) {
	format := b.format()
	verbosity := b.req.Verbosity
	if !b.sendsVerbosity() {
		verbosity = ""
	}
	if format == nil && verbosity == "" {
		return
	}
	o.Value("text", func(dst []byte) []byte {
		t := protocol.BeginObject(dst)
		t.Raw("format", format)
		t.StringIf("verbosity", verbosity)
		return t.End()
	})
}

func (b *builder) writeInclude(o *protocol.Object) {
	var include []string
	if b.can.reasons() {
		include = append(include, includeReasoning)
	}
	if b.req.Logprobs != nil && b.can.Sampling {
		include = append(include, includeLogprobs)
	}
	if b.req.Origin == llm.Responses {
		for _, name := range b.req.Include {
			if name != includeReasoning && name != includeLogprobs {
				include = append(include, name)
			}
		}
	}
	if len(include) > 0 {
		o.Strings("include", include)
	}
}
