package gemini

import (
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	maxName  = 64 // characters of a function's name
	maxStops = 5

	jsonOnly     = "Answer with a single JSON object and nothing else: no words around it, no code fence."
	jsonBySchema = "Answer with JSON that follows this schema, and nothing else: no words around it, no code fence.\n"
)

// builder words one request. Each step settles one part of it; later steps see
// what the earlier ones decided. The first error stays.
type builder struct {
	req         *llm.Request // a copy without what cannot be sent
	target      protocol.Target
	can         *traits
	names       *protocol.Names
	turns       []llm.Turn
	tools       []llm.Tool
	instruction string // goes behind the system blocks
	dropped     []string
	err         *llm.Error
}

// EncodeRequest implements protocol.UpstreamCodec.
func (Format) EncodeRequest(req *llm.Request, t protocol.Target) (*protocol.Encoded, *llm.Error) {
	b := newBuilder(req, t)
	b.settle()
	o := protocol.BeginObject(make([]byte, 0, 4096))
	b.writeContents(&o)
	b.writeTools(&o)
	b.writeConfig(&o)
	b.writeRest(&o)
	b.reportDropped()
	if b.err != nil {
		return nil, b.err
	}
	method, query := ":generateContent", ""
	if req.Stream {
		method, query = ":streamGenerateContent", "alt=sse"
	}
	return b.encoded(method, query, o.End(), req), nil
}

// EncodeCountRequest implements protocol.UpstreamCodec.
func (Format) EncodeCountRequest(req *llm.Request, t protocol.Target) (*protocol.Encoded, bool) {
	b := newBuilder(req, t)
	b.settle()
	o := protocol.BeginObject(make([]byte, 0, 4096))
	o.Value("generateContentRequest", func(dst []byte) []byte {
		r := protocol.BeginObject(dst)
		r.String("model", strings.TrimPrefix(modelPath(t.Model), "/v1beta/"))
		b.writeContents(&r)
		b.writeTools(&r)
		return r.End()
	})
	if b.err != nil {
		return nil, false
	}
	return b.encoded(":countTokens", "", o.End(), req), true
}

func (b *builder) encoded(method, query string, body []byte, req *llm.Request) *protocol.Encoded {
	return &protocol.Encoded{
		Path: modelPath(b.target.Model) + method, Query: query, Body: body,
		Dropped: b.dropped, Names: b.names, Target: b.target, Request: req,
	}
}

// modelPath is where a model lives; tuned ones and those of a publisher have a
// collection of their own.
func modelPath(model string) string {
	model = strings.TrimPrefix(model, "models/")
	if strings.HasPrefix(model, "tunedModels/") || strings.HasPrefix(model, "publishers/") {
		return "/v1beta/" + model
	}
	return "/v1beta/models/" + model
}

func newBuilder(req *llm.Request, t protocol.Target) *builder {
	b := &builder{target: t, can: traitsOf(t.Model), names: protocol.NewNames(maxName, true)}
	b.req = b.sendable(req)
	return b
}

func (b *builder) settle() {
	b.refuse()
	b.pickTools()
	b.turns = protocol.Arrange(b.req, protocol.Arrangement{
		MergeSameRole: true, FirstMustBeUser: true, DropEmpty: true, PrefixNames: true, System: protocol.SystemAsUser,
	})
	b.pickInstruction()
}

// refuse reports what must not be dropped silently: the client would get
// another thing than it asked for.
func (b *builder) refuse() {
	if b.req.N > 1 {
		b.fail(b.param("n"), "this model answers with one candidate at a time here; ask again for more")
	}
	for _, m := range b.req.Modalities {
		if strings.EqualFold(m, "audio") && b.req.Origin != llm.Gemini {
			b.fail(b.param("modalities"), "Gemini models answer in text here: leave out audio")
		}
	}
}

func (b *builder) fail(param, message string) {
	if b.err == nil {
		b.err = &llm.Error{Kind: llm.InvalidRequest, Param: param, Message: param + ": " + message}
	}
}

// sendable copies the request without the blocks that the format cannot carry
// and the signatures that another provider or account minted, so that the turns
// are arranged as they will be sent.
func (b *builder) sendable(req *llm.Request) *llm.Request {
	out := *req
	out.System = nil
	for _, block := range req.System {
		if block.Kind == llm.Text && strings.TrimSpace(block.Text) != "" {
			out.System = append(out.System, block)
		}
	}
	out.Turns = make([]llm.Turn, 0, len(req.Turns))
	for _, t := range req.Turns {
		blocks := make([]llm.Block, 0, len(t.Blocks))
		for _, block := range t.Blocks {
			if !b.usable(block.Signature) {
				block.Signature = nil
			}
			if b.canSend(&block, t.Role) {
				blocks = append(blocks, block)
			}
		}
		t.Blocks = blocks
		out.Turns = append(out.Turns, t)
	}
	return &out
}

// usable reports whether a signature may be sent: it was minted for this account
// by a service of this format.
func (b *builder) usable(s *llm.Signature) bool {
	return protocol.UsableSignature(s, llm.Gemini, b.target) && !isBypass(s.Value)
}

func (b *builder) canSend(block *llm.Block, role llm.Role) bool {
	switch block.Kind {
	case llm.Thinking:
		// A thought that is not signed is worth nothing to the service.
		return role == llm.Assistant && block.Signature != nil
	case llm.Text:
		return block.Signature != nil || strings.TrimSpace(block.Text) != ""
	case llm.RefusalBlock:
		return strings.TrimSpace(block.Text) != ""
	case llm.Opaque:
		return block.Origin == llm.Gemini
	case llm.ToolUse:
		return role == llm.Assistant && block.Call != nil
	case llm.ToolOutput:
		return block.Result != nil
	case llm.Image, llm.File, llm.Audio:
		return block.Media != nil
	}
	return false
}

// pickInstruction puts into words what the model has no parameter for: JSON
// beside functions, which came with Gemini 3.
func (b *builder) pickInstruction() {
	if b.can.ToolsJSON || len(b.tools) == 0 {
		return
	}
	switch b.req.Format.Kind {
	case llm.FormatJSONObject:
		b.instruction = jsonOnly
	case llm.FormatJSONSchema:
		b.instruction = jsonBySchema + string(protocol.Compact(b.req.Format.Schema))
	default:
		return
	}
	b.req.Format = llm.OutputFormat{}
}

// writeRest writes what only Google knows, for its own clients.
func (b *builder) writeRest(o *protocol.Object) {
	if b.req.Origin != llm.Gemini {
		return
	}
	for _, name := range b.extraBelow("") {
		o.Raw(name, b.req.Extra[name])
	}
	if protocol.Holds(b.req.Metadata) {
		o.Raw("labels", b.req.Metadata)
	}
	switch tier := b.req.Tier; tier {
	case "":
	case "default":
		o.String("serviceTier", "standard")
	default:
		o.String("serviceTier", tier)
	}
	if b.req.Store != nil {
		o.Bool("store", *b.req.Store)
	}
}
