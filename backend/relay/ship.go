package relay

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/aihub/aihub/backend/balance"
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/upstream"
)

// shipment is a request ready to be sent with one account.
type shipment struct {
	request *upstream.Request
	body    []byte
	format  protocol.UpstreamFormat
	codec   protocol.UpstreamCodec // nil when there is none
	// encoded is set when the request was converted: the answer must be
	// converted back.
	encoded *protocol.Encoded
	filter  protocol.Filter // of an answer that passes through; mostly nil
	watch   *watch
}

// ship prepares the call for an account: as it is where client and upstream
// speak the same protocol, else converted.
func (x *exchange) ship(ctx context.Context, l *balance.Lease) (*shipment, *llm.Error) {
	codec := x.Upstreams[l.Protocol]
	if l.Native && (codec == nil || !x.carriesForeign()) {
		return x.shipNative(l, codec), nil
	}
	if codec == nil {
		return nil, &llm.Error{Kind: llm.NotSupported, NoRetry: true, Message: "requests cannot be converted to the protocol " + string(l.Protocol)}
	}
	req, err := x.canonical()
	if err != nil {
		return nil, err
	}
	if l.Protocol != llm.Gemini && len(req.Extra["cachedContent"]) > 0 {
		// What is in the cache is part of the prompt, and only Google has it.
		return nil, &llm.Error{Kind: llm.InvalidRequest, Param: "cachedContent", Message: "cachedContent is known to Gemini only, and no Gemini account serves this model"}
	}
	if req, err = x.inline(ctx, req, l.Protocol); err != nil {
		return nil, err
	}
	if x.Models != nil {
		x.Models.Learn(ctx, l.Channel, l.Account)
	}
	return x.shipConverted(req, l, codec)
}

// The beginnings of a signature that the gateway has labelled, plain and in
// base64. A request that carries one back holds reasoning of another provider,
// which must not reach this one.
var labels = [][]byte{[]byte(`"gw1:`), []byte(`"Z3cxO`)}

func (x *exchange) carriesForeign() bool {
	if x.call.Op != protocol.Chat && x.call.Op != protocol.CountTokens {
		return false
	}
	body := x.call.Body.Bytes()
	for _, label := range labels {
		// Without its quote a label can be searched for ten times as fast, since
		// quotes are everywhere in JSON.
		if bytes.Contains(body, label[1:]) && bytes.Contains(body, label) {
			return true
		}
	}
	return false
}

// convertible reports whether the call can go to an upstream of another
// protocol.
func (x *exchange) convertible() bool {
	op := x.call.Op
	return (op == protocol.Chat || op == protocol.CountTokens) && x.Clients[x.call.Format.ID()] != nil
}

// canonical decodes the call, once.
func (x *exchange) canonical() (*llm.Request, *llm.Error) {
	if x.req != nil {
		return x.req, nil
	}
	req, err := x.Clients[x.call.Format.ID()].DecodeRequest(x.call.Body.Bytes(), x.call.Head)
	if err != nil {
		return nil, err
	}
	if x.Memory != nil {
		x.Memory.Recall(x.call.User.ID, req.Turns)
	}
	x.req = req
	return req, nil
}

func (x *exchange) shipConverted(req *llm.Request, l *balance.Lease, codec protocol.Upstream) (*shipment, *llm.Error) {
	target := protocol.Target{Model: l.Model, AccountID: l.Account.ID, ThirdParty: l.Protocol == llm.OpenAI && !l.Channel.IsOpenAI()}
	if x.ModelInfo != nil {
		target.Info = x.ModelInfo(l.Account.ID, l.Model)
	}
	encoded, err := codec.EncodeRequest(req, target)
	if err != nil {
		return nil, err
	}
	x.rec.Dropped = encoded.Dropped
	s := &shipment{format: codec, codec: codec, encoded: encoded, body: encoded.Body}
	if x.strip {
		s.body, _ = codec.StripReasoning(s.body)
	}
	accept := "application/json"
	if req.Stream {
		accept = "text/event-stream"
	}
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {accept}, "User-Agent": {"aihub"}}
	s.request = x.request(l, encoded.Path, encoded.Query, header, NewPayload(s.body))
	return s, nil
}

func (x *exchange) shipNative(l *balance.Lease, codec protocol.Upstream) *shipment {
	c := x.call
	s := &shipment{format: c.Format, codec: codec}
	var payload *Payload
	payload, s.filter = x.nativeBody(l, codec)
	s.body = payload.Bytes()
	s.request = x.request(l, c.upstreamPath(l.Model), c.Query, requestHeader(c.Header), payload)
	return s
}

func (x *exchange) request(l *balance.Lease, path, query string, h http.Header, body *Payload) *upstream.Request {
	r := &upstream.Request{
		Channel: l.Channel, Account: l.Account, Method: x.call.Method, Path: path, Query: query, Header: h,
	}
	if body != nil {
		wrote := x.trip.wrote
		r.Body, r.ContentLength = body.open(wrote), int64(body.Len())
		r.GetBody = func() (io.ReadCloser, error) { return body.open(wrote), nil }
	}
	return r
}

// nativeBody is the client's body with no more changed than must be.
func (x *exchange) nativeBody(l *balance.Lease, codec protocol.Upstream) (*Payload, protocol.Filter) {
	c := x.call
	if c.Body == nil {
		return nil, nil
	}
	raw, head := c.Body.Bytes(), c.Head
	if x.strip && codec != nil {
		raw, _ = codec.StripReasoning(raw)
	}
	var filter protocol.Filter
	if f, ok := c.Format.(protocol.UsageForcer); ok {
		if forced, changed := f.ForceUsage(c.Op, head, raw); changed {
			raw, filter = forced, f.UsageFilter()
		}
	}
	same := &raw[0] == &c.Body.Bytes()[0]
	if l.Model != head.Model {
		if !same {
			// The model may have moved: find it again.
			head, _ = protocol.Inspect(raw)
		}
		raw, same = head.SetModel(raw, l.Model), false
	}
	if same {
		return c.Body, filter
	}
	return NewPayload(raw), filter
}
