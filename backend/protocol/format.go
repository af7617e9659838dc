package protocol

import "github.com/aihub/aihub/backend/llm"

// Format is what the relay needs of a wire format to carry its traffic without
// taking it apart.
type Format interface {
	// ID names the format.
	ID() llm.Protocol
	// Error words e for a client: the HTTP status and the JSON body.
	// requestID is the id of the ledger row.
	Error(e *llm.Error, requestID string) (status int, body []byte)
	// StreamError words e as the last bytes of a stream that has begun.
	StreamError(e *llm.Error, requestID string) []byte
	// Meter returns a meter for one answer of the operation.
	Meter(op Operation, stream bool) Meter
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
	// Ended reports whether the answer's own last element has been seen. For a
	// stream that stops without it, the answer is not whole.
	Ended() bool
	// Err returns the error that the upstream sent inside the stream, or nil.
	Err() *llm.Error
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
