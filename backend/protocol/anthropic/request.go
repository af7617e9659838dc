package anthropic

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// state is what the decoders need of the encoder besides Encoded itself.
type state struct {
	jsonTool string // name of the forced tool whose arguments are the answer
}

// builder words one request. Each step settles one part of it; later steps see
// what the earlier ones decided. The first error stays.
type builder struct {
	req    *llm.Request // a copy without what cannot be sent
	target protocol.Target
	can    *traits
	names  *protocol.Names
	ids    callIDs
	turns  []llm.Turn
	tools  []llm.Tool
	choice choice
	think  thinking
	format []byte // output_config.format

	jsonTool    string
	instruction string // goes behind the system blocks
	note        string // goes behind the last turn of the user
	marks       marks
	dropped     []string
	err         *llm.Error
}

// EncodeRequest implements protocol.UpstreamCodec.
func (Format) EncodeRequest(req *llm.Request, t protocol.Target) (*protocol.Encoded, *llm.Error) {
	b := newBuilder(req, t)
	b.settle()
	body := b.body(false)
	if b.err != nil {
		return nil, b.err
	}
	return b.encoded("/v1/messages", body, req), nil
}

// EncodeCountRequest implements protocol.UpstreamCodec.
func (Format) EncodeCountRequest(req *llm.Request, t protocol.Target) (*protocol.Encoded, bool) {
	b := newBuilder(req, t)
	b.settle()
	body := b.body(true)
	if b.err != nil {
		return nil, false
	}
	return b.encoded("/v1/messages/count_tokens", body, req), true
}

func (b *builder) encoded(path string, body []byte, req *llm.Request) *protocol.Encoded {
	return &protocol.Encoded{
		Path: path, Body: body, Dropped: b.dropped, Names: b.names, Target: b.target,
		Request: req, State: state{jsonTool: b.jsonTool},
	}
}

func newBuilder(req *llm.Request, t protocol.Target) *builder {
	b := &builder{target: t, can: traitsOf(t.Model), names: protocol.NewNames(128, false)}
	b.req = b.sendable(req)
	return b
}

func (b *builder) settle() {
	b.refuse()
	b.turns = protocol.Arrange(b.req, protocol.Arrangement{
		MergeSameRole: true, FirstMustBeUser: true, DropEmpty: true, PrefixNames: true, System: b.systemPlace(),
	})
	b.pickTools()
	b.pickFormat()
	b.pickChoice()
	b.pickThinking()
	b.endWithUser()
	b.pickMarks()
	b.reportDropped()
}

// refuse reports what must not be dropped silently: the client would get
// another thing than it asked for.
func (b *builder) refuse() {
	if b.req.N > 1 {
		b.fail(b.param("n"), "Claude models give one answer per request: ask for one candidate")
	}
	for _, m := range b.req.Modalities {
		if !strings.EqualFold(m, "text") {
			b.fail(b.param("modalities"), "Claude models answer in text only: leave out "+strings.ToLower(m))
		}
	}
}

func (b *builder) fail(param, message string) {
	if b.err == nil {
		b.err = &llm.Error{Kind: llm.InvalidRequest, Param: param, Message: message}
	}
}

func (b *builder) systemPlace() protocol.SystemPlace {
	if b.can.System {
		return protocol.SystemBeforeAssistant
	}
	return protocol.SystemAsUser
}

// sendable copies the request without the blocks that the format cannot carry
// or that another provider minted, so that the turns are arranged as they will
// be sent.
func (b *builder) sendable(req *llm.Request) *llm.Request {
	out := *req
	out.System = nil
	for _, block := range req.System {
		if block.Kind == llm.Text && strings.TrimSpace(block.Text) != "" || isOwnOpaque(&block) {
			out.System = append(out.System, block)
		}
	}
	out.Turns = make([]llm.Turn, 0, len(req.Turns))
	for _, t := range req.Turns {
		blocks := make([]llm.Block, 0, len(t.Blocks))
		for _, block := range t.Blocks {
			if b.canSend(&block, t.Role) {
				blocks = append(blocks, block)
			}
		}
		t.Blocks = blocks
		out.Turns = append(out.Turns, t)
	}
	return &out
}

func isOwnOpaque(b *llm.Block) bool { return b.Kind == llm.Opaque && b.Origin == llm.Anthropic }

func (b *builder) canSend(block *llm.Block, role llm.Role) bool {
	switch block.Kind {
	case llm.Thinking, llm.Redacted:
		// A thought without the proof that Anthropic wrote it is refused.
		return role == llm.Assistant && protocol.UsableSignature(block.Signature, llm.Anthropic, b.target)
	case llm.Text, llm.RefusalBlock:
		return strings.TrimSpace(block.Text) != ""
	case llm.Opaque:
		return isOwnOpaque(block)
	case llm.ToolUse:
		return role == llm.Assistant && block.Call != nil
	case llm.ToolOutput:
		return block.Result != nil
	case llm.Image, llm.File, llm.Audio:
		return role == llm.User && block.Media != nil
	}
	return false
}

// body writes the request; count leaves out what does not count.
func (b *builder) body(count bool) []byte {
	o := protocol.BeginObject(make([]byte, 0, 4096+sizeOf(b.turns)))
	o.String("model", b.target.Model)
	if !count {
		o.Int("max_tokens", b.think.maxTokens)
	}
	if !count && b.req.Stream {
		o.Bool("stream", true)
	}
	b.writeSystem(&o)
	o.Value("messages", b.appendMessages)
	b.writeTools(&o)
	b.think.write(&o)
	b.writeOutputConfig(&o)
	if b.req.Cache.Auto != nil && b.req.Origin == llm.Anthropic {
		o.Raw("cache_control", cacheControl(ttlOf(b.req.Cache.Auto)))
	}
	if !count {
		b.writeSampling(&o)
		b.writeRest(&o)
	}
	return o.End()
}

// sizeOf is about how many bytes the turns take, so that the buffer need not
// grow step by step.
func sizeOf(turns []llm.Turn) int {
	n := 0
	for i := range turns {
		n += 64 + sizeOfBlocks(turns[i].Blocks)
	}
	return n + n/16
}

func sizeOfBlocks(blocks []llm.Block) int {
	n := 0
	for i := range blocks {
		b := &blocks[i]
		n += 128 + len(b.Text) + len(b.Raw)
		switch {
		case b.Media != nil:
			n += len(b.Media.Data)
		case b.Call != nil:
			n += len(b.Call.Args) + len(b.Call.Input)
		case b.Result != nil:
			n += sizeOfBlocks(b.Result.Blocks)
		case b.Signature != nil:
			n += len(b.Signature.Value)
		}
	}
	return n
}

func (b *builder) writeSystem(o *protocol.Object) {
	var blocks []llm.Block
	if !protocol.SystemOnly(b.req) {
		blocks = b.req.System
	}
	if len(blocks) == 0 && b.instruction == "" {
		return
	}
	o.Value("system", func(dst []byte) []byte {
		list := protocol.BeginList(dst)
		for i := range blocks {
			if isOwnOpaque(&blocks[i]) {
				list.Raw(blocks[i].Raw)
				continue
			}
			list.Value(func(dst []byte) []byte { return appendTextBlock(dst, blocks[i].Text, b.marks.system[i]) })
		}
		if b.instruction != "" {
			list.Value(func(dst []byte) []byte { return appendTextBlock(dst, b.instruction, "") })
		}
		return list.End()
	})
}

func (b *builder) writeOutputConfig(o *protocol.Object) {
	if b.think.effort == "" && len(b.format) == 0 {
		return
	}
	o.Value("output_config", func(dst []byte) []byte {
		c := protocol.BeginObject(dst)
		c.StringIf("effort", b.think.effort)
		c.Raw("format", b.format)
		return c.End()
	})
}

// writeRest writes what needs no decision.
func (b *builder) writeRest(o *protocol.Object) {
	if stop := b.stopSequences(); len(stop) > 0 {
		o.Strings("stop_sequences", stop)
	}
	own := b.req.Origin == llm.Anthropic
	if id := b.req.UserID; id != "" {
		if !own {
			// Another provider is not told who the user is, only that it is the same.
			sum := sha256.Sum256([]byte(id))
			id = "user_" + hex.EncodeToString(sum[:16])
		}
		o.Value("metadata", func(dst []byte) []byte {
			m := protocol.BeginObject(dst)
			m.String("user_id", id)
			return m.End()
		})
	}
	if !own {
		return
	}
	switch b.req.Tier {
	case "auto":
		o.String("service_tier", "auto")
	case "default":
		o.String("service_tier", "standard_only")
	}
	for _, name := range sortedKeys(b.req.Extra) {
		o.Raw(name, b.req.Extra[name])
	}
}

// stopSequences leaves out what Anthropic refuses: sequences of white space.
func (b *builder) stopSequences() []string {
	var out []string
	for _, s := range b.req.Stop {
		if strings.TrimSpace(s) != "" {
			out = append(out, s)
		}
	}
	return out
}
