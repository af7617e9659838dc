package openai

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

const (
	chatPath = "/v1/chat/completions"
	maxName  = 64 // characters of a tool's name
	maxStops = 4
)

// builder words one request.
type builder struct {
	req     *llm.Request
	t       protocol.Target
	can     *traits
	names   *protocol.Names
	custom  map[string]bool // upstream names of tools that stay custom
	tools   []byte          // elements of the list
	some    bool            // a tool that can be called is among them
	effort  string          // as it is sent; "" = nothing is sent
	dropped []string
}

// EncodeRequest implements protocol.UpstreamCodec.
func (Format) EncodeRequest(req *llm.Request, t protocol.Target) (*protocol.Encoded, *llm.Error) {
	b := &builder{
		req: req, t: t, can: traitsOf(t.Model),
		names: protocol.NewNames(maxName, false), custom: map[string]bool{},
	}
	if e := b.refuse(); e != nil {
		return nil, e
	}
	b.encodeTools()
	b.settleEffort()
	system := b.system()
	messages, e := b.messages(system)
	if e != nil {
		return nil, e
	}
	o := protocol.BeginObject(make([]byte, 0, len(messages)+len(b.tools)+1024))
	o.String("model", t.Model)
	o.Value("messages", func(dst []byte) []byte { return append(append(append(dst, '['), messages...), ']') })
	b.addTools(&o)
	b.limits(&o)
	b.reasoning(&o)
	b.format(&o)
	b.account(&o, system)
	b.stream(&o)
	b.extra(&o)
	b.reportDropped()
	return &protocol.Encoded{
		Path: chatPath, Body: o.End(), Dropped: b.dropped,
		Names: b.names, Target: t, Request: req,
	}, nil
}

// refuse refuses what must not be dropped silently: an answer in the canonical
// form is one text.
func (b *builder) refuse() *llm.Error {
	if b.req.N > 1 {
		return &llm.Error{
			Kind: llm.InvalidRequest, Param: b.param("n"),
			Message: b.param("n") + ": this model answers with one candidate at a time here; ask again for more",
		}
	}
	for _, m := range b.req.Modalities {
		if !strings.EqualFold(m, "text") {
			return &llm.Error{
				Kind: llm.InvalidRequest, Param: b.param("modalities"),
				Message: b.param("modalities") + ": this model answers in text only here, not in " + strings.ToLower(m),
			}
		}
	}
	return nil
}

// limits adds the length of the answer and the parameters of sampling.
func (b *builder) limits(o *protocol.Object) {
	r := b.req
	if r.MaxTokens != nil {
		n := *r.MaxTokens
		if b.can.MaxOutput > 0 {
			n = min(n, b.can.MaxOutput)
		}
		name := "max_completion_tokens"
		if b.t.ThirdParty && !b.can.isReasoner() {
			name = "max_tokens"
		}
		o.Int(name, n)
	}
	free := !b.can.Fixed || b.can.FreeAtNone && b.effort == "none"
	b.float(o, "temperature", r.Temperature, 1, free)
	b.float(o, "top_p", r.TopP, 1, free)
	b.float(o, "frequency_penalty", r.Frequency, 0, !b.can.Fixed)
	b.float(o, "presence_penalty", r.Presence, 0, !b.can.Fixed)
	if r.Seed != nil {
		o.Int("seed", *r.Seed)
	}
	if protocol.Holds(r.LogitBias) {
		if b.can.Fixed {
			b.drop("logit_bias")
		} else {
			o.Raw("logit_bias", r.LogitBias)
		}
	}
	if r.TopK != nil {
		// Only a client that speaks to compatible services as such knows whether
		// this one takes it.
		if b.t.ThirdParty && r.Origin == llm.OpenAI {
			o.Int("top_k", *r.TopK)
		} else {
			b.drop("top_k")
		}
	}
	b.stop(o)
}

// float adds a parameter of sampling where the model takes it. One that equals
// the default is no loss.
func (b *builder) float(o *protocol.Object, name string, v *float64, byDefault float64, taken bool) {
	switch {
	case v == nil:
	case taken:
		o.Float(name, *v)
	default:
		b.dropIf(*v != byDefault, name)
	}
}

func (b *builder) stop(o *protocol.Object) {
	stops := b.req.Stop
	switch {
	case len(stops) == 0:
		return
	case b.can.Fixed:
		b.drop("stop")
		return
	case len(stops) > maxStops:
		b.drop("stop")
		stops = stops[:maxStops]
	}
	o.Strings("stop", stops)
}

func (b *builder) format(o *protocol.Object) {
	f := &b.req.Format
	switch f.Kind {
	case llm.FormatJSONObject:
		o.Raw("response_format", []byte(`{"type":"json_object"}`))
	case llm.FormatJSONSchema:
		o.Value("response_format", func(dst []byte) []byte {
			dst = append(dst, `{"type":"json_schema","json_schema":`...)
			return append(b.appendSchema(dst, f), '}')
		})
	}
	switch {
	case b.req.Verbosity == "":
	case b.can.Verbosity:
		o.String("verbosity", b.req.Verbosity)
	default:
		b.dropIf(b.req.Verbosity != "medium", "verbosity")
	}
}

// appendSchema words the schema of the answer. Where the client's format
// promises that the answer follows it, strict is asked for as far as the schema
// allows.
func (b *builder) appendSchema(dst []byte, f *llm.OutputFormat) []byte {
	o := protocol.BeginObject(dst)
	name := f.Name
	if name == "" {
		name = "response"
	}
	o.String("name", protocol.CallID(name))
	o.StringIf("description", f.Description)
	o.Raw("schema", f.Schema)
	switch {
	case f.Strict != nil:
		o.Bool("strict", *f.Strict)
	case !b.ownFamily() && isStrict(f.Schema):
		o.Bool("strict", true)
	}
	return o.End()
}

// ownFamily reports whether the client speaks one of OpenAI's formats.
func (b *builder) ownFamily() bool {
	return b.req.Origin == llm.OpenAI || b.req.Origin == llm.Responses
}

// account adds what the provider keeps about a request. Other services than
// OpenAI get none of it, and no provider learns the end user's name from a
// client that meant another one.
func (b *builder) account(o *protocol.Object, system []byte) {
	r := b.req
	if b.t.ThirdParty {
		if r.Origin == llm.OpenAI {
			o.StringIf("user", r.UserID)
		}
		b.dropIf(protocol.Holds(r.Metadata), "metadata")
		b.dropIf(b.paidTier(), "service_tier")
		b.dropIf(r.Store != nil && *r.Store, "store")
		return
	}
	o.StringIf("safety_identifier", b.userID())
	o.StringIf("prompt_cache_key", b.cacheKey(system))
	if b.ownFamily() && r.Tier != "ultrafast" {
		o.StringIf("service_tier", r.Tier)
	} else {
		b.dropIf(b.paidTier(), "service_tier")
	}
	stored := r.Origin == llm.OpenAI && r.Store != nil && *r.Store
	if stored {
		o.Bool("store", true)
	} else {
		b.dropIf(r.Store != nil && *r.Store, "store")
	}
	switch { // the service refuses metadata of what it does not store
	case !protocol.Holds(r.Metadata):
	case stored:
		o.Raw("metadata", r.Metadata)
	default:
		b.drop("metadata")
	}
}

// paidTier reports whether the client asked for a tier: what costs more is not
// bought on a client's word in another provider's currency.
func (b *builder) paidTier() bool {
	switch b.req.Tier {
	case "", "auto", "default":
		return false
	}
	return true
}

// userID is the end user, hashed if the client spoke to another provider.
func (b *builder) userID() string {
	if b.req.UserID == "" || b.req.Origin == llm.OpenAI {
		return b.req.UserID
	}
	sum := sha256.Sum256([]byte(b.req.UserID))
	return hex.EncodeToString(sum[:])
}

// cacheKey keeps the requests of one kind of conversation near the same cache:
// they share the instructions and the tools.
func (b *builder) cacheKey(system []byte) string {
	switch {
	case b.req.Cache.Key != "":
		return b.req.Cache.Key
	case b.ownFamily() || len(system)+len(b.tools) == 0:
		return ""
	}
	h := sha256.New()
	h.Write(system)
	h.Write([]byte{0})
	h.Write(b.tools)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// stream asks for usage always, because the ledger must tell the truth.
func (b *builder) stream(o *protocol.Object) {
	if b.req.Stream {
		o.Bool("stream", true)
		o.Raw("stream_options", []byte(`{"include_usage":true}`))
	}
}

// extra adds the client's own members where it spoke this format.
func (b *builder) extra(o *protocol.Object) {
	if b.req.Origin != llm.OpenAI {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(b.req.Extra)) {
		if name != legacyMark && name != "input" {
			o.Raw(name, b.req.Extra[name])
		}
	}
}
