// Package protocoltest is the conformance suite of the wire formats: what every
// codec must hold, whatever its format looks like.
//
// A codec is tested against itself: its client side reads what its upstream side
// wrote, and the other way round. Where the two sides agree with the canonical
// language in the middle, they agree with every other codec; the matrix test of
// this package checks exactly that. What a format cannot carry stands in one
// table (see profile), not in the tests.
package protocoltest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// Options adapts the suite to one codec.
type Options struct {
	// Skip names checks that do not hold for the codec, and why. The name is the
	// part of the test's name behind the codec's own test, such as
	// "requests/temperature".
	Skip map[string]string
}

// Run runs the whole suite.
func Run(t *testing.T, codec protocol.Codec, o Options) {
	t.Helper()
	s := &suite{codec: codec, profile: profileOf(codec.ID()), skip: o.Skip}
	t.Run("requests", s.requests)
	t.Run("prefix", s.prefix)
	t.Run("signatures", s.signatures)
	t.Run("foreign", s.foreign)
	t.Run("reasoning stripped", s.strip)
	t.Run("counts", s.counts)
	t.Run("answers", s.answers)
	t.Run("streams", s.streams)
	if !isBinary(codec) { // nothing passes through untouched
		t.Run("meters", s.meters)
	}
	t.Run("broken streams", s.brokenStreams)
	t.Run("broken answers", s.brokenAnswers)
	t.Run("any bytes", s.anyBytes)
}

type suite struct {
	codec   protocol.Codec
	profile *profile
	skip    map[string]string
}

// run runs one check of a group unless the codec's options leave it out.
func (s *suite) run(t *testing.T, group, name string, check func(*testing.T)) {
	t.Helper()
	if why, ok := s.skip[group+"/"+name]; ok {
		t.Logf("%s/%s does not hold here: %s", group, name, why)
		return
	}
	t.Run(name, check)
}

// account is the account of every target of the suite.
const account = "acc-1"

// exchange is a request on its way to an upstream, and what the upstream
// understands of it.
type exchange struct {
	codec protocol.Codec
	enc   *protocol.Encoded
	seen  *llm.Request
}

// send encodes a request and reads it as the upstream would.
func send(codec protocol.Codec, req *llm.Request, model string) (*exchange, *llm.Error) {
	enc, e := codec.EncodeRequest(req, protocol.Target{Model: model, AccountID: account})
	if e != nil {
		return nil, e
	}
	seen, e := codec.DecodeRequest(enc.Body, headOf(enc))
	if e != nil {
		e.Message = "the client side cannot read what the upstream side wrote: " + e.Message + "\n" + string(enc.Body)
		return nil, e
	}
	return &exchange{codec: codec, enc: enc, seen: seen}, nil
}

// mustSend is send for requests that every format can carry.
func mustSend(t *testing.T, codec protocol.Codec, req *llm.Request, model string) *exchange {
	t.Helper()
	x, e := send(codec, req, model)
	if e != nil {
		t.Fatal(e)
	}
	if !json.Valid(x.enc.Body) {
		t.Fatalf("the request is not JSON: %s", x.enc.Body)
	}
	return x
}

// headOf finds the head of a request as the gateway would: in the body, or in
// the path where the format puts it there.
func headOf(enc *protocol.Encoded) protocol.Head {
	if h, e := protocol.Inspect(enc.Body); e == nil {
		return h
	}
	if current := gjson.GetBytes(enc.Body, "conversationState.currentMessage.userInputMessage"); current.Exists() {
		return protocol.Head{Model: current.Get("modelId").Str, Stream: enc.Request != nil && enc.Request.Stream}
	}
	path := enc.Path[strings.LastIndex(enc.Path, "models/")+len("models/"):]
	model, method, _ := strings.Cut(path, ":")
	return protocol.Head{Model: model, Stream: strings.HasPrefix(method, "stream")}
}

// tool finds the words in which the upstream knows a tool of the request.
func (x *exchange) tool(ns, name string) (llm.Tool, bool) {
	for _, t := range x.seen.Tools {
		plainNS, plain := x.plain(t.Namespace, t.Name)
		if plainNS == ns && plain == name {
			return t, true
		}
	}
	return llm.Tool{}, false
}

// plain gives the name of a tool back in the words of the request.
func (x *exchange) plain(ns, name string) (plainNS, plain string) {
	if ns != "" {
		return ns, name
	}
	return x.enc.Names.Client(name)
}

// worded returns the answer as the upstream would give it, with its own names
// for the tools and with custom tools wrapped where it knows functions only.
func (x *exchange) worded(resp *llm.Response) *llm.Response {
	out := *resp
	out.Blocks = append([]llm.Block(nil), resp.Blocks...)
	for i, b := range out.Blocks {
		if b.Kind != llm.ToolUse {
			continue
		}
		c := *b.Call
		if t, ok := x.tool(c.Namespace, c.Name); ok {
			if c.Custom && !t.Custom {
				c.Custom, c.Args, c.Input = false, protocol.CustomArgs(c.Input), ""
			}
			c.Namespace, c.Name = t.Namespace, t.Name
		}
		out.Blocks[i].Call = &c
	}
	return &out
}

// restored returns what the upstream understood, with the tools named as in the
// request req that it was made of.
func (x *exchange) restored(req *llm.Request) *llm.Request {
	out := *x.seen
	custom := map[llm.ToolRef]bool{}
	for _, t := range req.Tools {
		custom[llm.ToolRef{Namespace: t.Namespace, Name: t.Name}] = t.Custom
	}
	out.Tools = append([]llm.Tool(nil), out.Tools...)
	for i := range out.Tools {
		t := &out.Tools[i]
		t.Namespace, t.Name = x.plain(t.Namespace, t.Name)
		if custom[llm.ToolRef{Namespace: t.Namespace, Name: t.Name}] {
			t.Custom = true
		}
	}
	out.ToolChoice.Names = append([]llm.ToolRef(nil), out.ToolChoice.Names...)
	for i := range out.ToolChoice.Names {
		r := &out.ToolChoice.Names[i]
		r.Namespace, r.Name = x.plain(r.Namespace, r.Name)
	}
	out.Turns = append([]llm.Turn(nil), out.Turns...)
	for i := range out.Turns {
		out.Turns[i].Blocks = x.restoredBlocks(out.Turns[i].Blocks, custom)
	}
	return &out
}

func (x *exchange) restoredBlocks(blocks []llm.Block, custom map[llm.ToolRef]bool) []llm.Block {
	out := append([]llm.Block(nil), blocks...)
	for i, b := range out {
		if b.Kind != llm.ToolUse {
			continue
		}
		c := *b.Call
		c.Namespace, c.Name = x.plain(c.Namespace, c.Name)
		if custom[llm.ToolRef{Namespace: c.Namespace, Name: c.Name}] && !c.Custom {
			c.Custom, c.Input, c.Args = true, protocol.CustomInput(string(c.Args)), nil
		}
		out[i].Call = &c
	}
	return out
}
