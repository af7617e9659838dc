package protocol

import "github.com/aihub/aihub/backend/llm"

// Format is what the relay needs of a wire format to carry its traffic without
// taking it apart.
type Format interface {
	UpstreamFormat
	// Error words e for a client: the HTTP status and the JSON body.
	// requestID is the id of the ledger row.
	Error(e *llm.Error, requestID string) (status int, body []byte)
	// StreamError words e as the last bytes of a stream that has begun.
	StreamError(e *llm.Error, requestID string) []byte
	// Meter returns a meter for one answer of the operation.
	Meter(op Operation, f Framing) Meter
}

// UpstreamFormat is what of a Format concerns an upstream alone.
type UpstreamFormat interface {
	// ID names the format.
	ID() llm.Protocol
	// ParseError reads an upstream's error body. It never fails: a body that it
	// does not understand gives a message made of the status.
	ParseError(status int, body []byte) *llm.Error
}

// Meter reads an answer as it passes by. It keeps no more of it than it needs.
type Meter interface {
	// Feed takes the next bytes of the answer.
	Feed(p []byte)
	// Usage returns the token counts seen so far, and false when the upstream
	// has reported none.
	Usage() (llm.Usage, bool)
	// Ended reports whether the answer's own last element has been seen, so that
	// nothing of it can follow.
	Ended() bool
	// Whole reports whether the answer is complete if the bytes end here. It is
	// true before Ended where a format, or a careless upstream, has no last
	// element.
	Whole() bool
	// Content reports whether something of the answer itself has come. Until
	// then nothing needs to go to the client, and another account can be tried.
	Content() bool
	// Output is about how many tokens of a stream's answer have come so far: the
	// only measure of one that was left before it reported any. It is as many as
	// there were pieces, or by the length of the text where these are longer.
	Output() int64
	// Err returns the error that the upstream sent inside the stream, or nil.
	Err() *llm.Error
}

// Framing is how an answer is cut into parts on the wire.
type Framing int

// The framings of answers.
const (
	Document Framing = iota // one document, whole when its bytes are
	Events                  // server-sent events
	Array                   // a JSON array whose elements come one by one (Gemini without alt=sse)
)

// UsageForcer is implemented by formats whose streams carry usage only when the
// client asks for it. The gateway asks always, because the ledger must tell the
// truth, and hides from the client what it has not asked for.
type UsageForcer interface {
	// ForceUsage returns the body that asks for usage, and false when it does
	// so already or the operation has no such switch.
	ForceUsage(op Operation, h Head, body []byte) ([]byte, bool)
	// UsageFilter returns a filter for the answer to a forced request.
	UsageFilter() Filter
}

// Filter changes a stream as it passes by.
type Filter interface {
	// Filter appends to dst what may go on of p and of what was held back.
	Filter(dst, p []byte) []byte
	// Flush appends what is still held back at the end of the stream.
	Flush(dst []byte) []byte
}

// Operation is what a client asks for, whatever the format calls it.
type Operation string

// The operations of the gateway's client side.
const (
	Chat           Operation = "chat" // generate an answer to a conversation
	Completions    Operation = "completions"
	Embeddings     Operation = "embeddings"
	CountTokens    Operation = "count_tokens"
	Images         Operation = "images"
	Speech         Operation = "speech"
	Transcriptions Operation = "transcriptions"
	Moderations    Operation = "moderations"
	Rerank         Operation = "rerank"
)
