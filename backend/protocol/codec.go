package protocol

import (
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/sse"
)

// Codec translates between one wire format and the canonical language, on both
// sides. A conversion from A to B is A's client side and B's upstream side; no
// codec knows another one.
type Codec interface {
	Format
	ClientCodec
	UpstreamCodec
}

// Upstream is a wire format that only upstreams speak, or that side of a Codec.
type Upstream interface {
	UpstreamFormat
	UpstreamCodec
}

// ClientCodec is the side that a client of the format sees.
type ClientCodec interface {
	// DecodeRequest reads a request. What the canonical form has no place for is
	// kept in Extra and Raw members; what is wrong is refused with the name of
	// the field at fault. in tells what stands outside the body.
	DecodeRequest(body []byte, in Head) (*llm.Request, *llm.Error)
	// EncodeResponse words a whole answer to the request.
	EncodeResponse(resp *llm.Response, req *llm.Request) []byte
	// StreamEncoder returns an encoder for one streamed answer. With array set,
	// a Gemini client wants a JSON array instead of server-sent events; the
	// others ignore it.
	StreamEncoder(req *llm.Request, array bool) StreamEncoder
	// EncodeCount words the answer to a count-tokens request.
	EncodeCount(tokens int64) []byte
}

// StreamEncoder turns canonical events into bytes of the client's format. It may
// rely on the grammar of llm.Event.
type StreamEncoder interface {
	// Append appends what e means to dst; often that is nothing yet.
	Append(dst []byte, e llm.Event) []byte
}

// UpstreamCodec is the side that an upstream of the format sees.
type UpstreamCodec interface {
	// EncodeRequest words the request for the target and says what could not be
	// taken along. An error means that the request asks for something that the
	// format cannot do and that must not be dropped silently.
	EncodeRequest(req *llm.Request, t Target) (*Encoded, *llm.Error)
	// DecodeResponse reads a whole answer to the encoded request.
	DecodeResponse(body []byte, e *Encoded) (*llm.Response, *llm.Error)
	// StreamDecoder returns a decoder for one streamed answer to it.
	StreamDecoder(e *Encoded) StreamDecoder
	// EncodeCountRequest words a count-tokens request; ok is false where the
	// format has none.
	EncodeCountRequest(req *llm.Request, t Target) (e *Encoded, ok bool)
	// DecodeCount reads the answer to it.
	DecodeCount(body []byte) (tokens int64, ok bool)
	// StripReasoning returns a request body of this format without the reasoning
	// in its history, and false when there is none: the cure when an upstream
	// refuses a signature.
	StripReasoning(body []byte) ([]byte, bool)
}

// StreamDecoder turns an upstream's events into canonical ones. It is a value
// with state: no goroutine, no channel.
type StreamDecoder interface {
	// Next takes one server-sent event and appends what it means to dst. It
	// always keeps the grammar of llm.Event, whatever the upstream does: an
	// error of the upstream becomes an EventFailed.
	Next(dst []llm.Event, e sse.Event) []llm.Event
	// Close is to be called when the upstream's stream has ended, and appends
	// what is then missing: a stream that ended without its last element ends in
	// EventFailed. After the end of the grammar both append nothing.
	Close(dst []llm.Event) []llm.Event
}

// Framer is implemented by codecs whose upstream streams are no server-sent
// events. The reader cuts the stream into frames, each handed on as an
// sse.Event: its name is the frame's type, its data the payload.
type Framer interface {
	// Frames returns a reader for one answer.
	Frames() FrameReader
}

// FrameReader is an incremental reader of frames; sse.Reader is one.
type FrameReader interface {
	// Feed takes the next bytes and calls emit for each frame that is complete,
	// whose data is valid during the call only. It returns false when the bytes
	// cannot be a stream of frames, or one is too large.
	Feed(p []byte, emit func(sse.Event)) bool
}

// codeEmpty marks the error of an answer that holds nothing.
const codeEmpty = "empty_answer"

// EmptyAnswer is the error of a decoder for an answer that ended well and holds
// nothing at all. It comes and goes by itself: the same request may be sent
// again as long as the client has got nothing.
func EmptyAnswer() *llm.Error {
	return &llm.Error{Kind: llm.BadUpstream, Code: codeEmpty, Message: "the provider sent an empty answer; try again"}
}

// IsEmptyAnswer recognises the error of EmptyAnswer.
func IsEmptyAnswer(e *llm.Error) bool { return e != nil && e.Code == codeEmpty }

// Target is where a request goes.
type Target struct {
	Model     string // the upstream's name
	AccountID string // signatures that another account minted are not sent
	// ThirdParty says that the upstream is compatible with OpenAI but is not
	// OpenAI: newer parameters and roles are avoided.
	ThirdParty bool
	// MaxTokens is sent where the format demands a limit and the client gave
	// none; 0 means the codec's own table.
	MaxTokens int64
	// Info is what the provider says of the model; nil = nothing is known.
	Info *llm.ModelInfo
}

// Encoded is a request in an upstream's words, and what is needed to understand
// the answer to it.
type Encoded struct {
	// Path is on the gateway's own surface, with the target's model in it.
	Path  string
	Query string
	Body  []byte
	// Dropped names what the upstream cannot take, in the client's words.
	Dropped []string
	// Names restores the tools' names that had to be changed; nil = none.
	Names *Names
	// Target repeats where the request goes.
	Target Target
	// Request is the request as it was understood.
	Request *llm.Request
	// State is the codec's own.
	State any
}
