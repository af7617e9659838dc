package llm

import "encoding/json"

// Response is a whole answer.
type Response struct {
	ID      string
	Model   string
	Created int64 // Unix seconds; 0 = unknown
	Blocks  []Block
	Stop    Stop
	Usage   Usage
	// Metered says that Usage was reported by the upstream.
	Metered bool
	Tier    string
}

// StopReason says why a model ended.
type StopReason string

// The reasons, and how each protocol words them: protocol tables of the codecs.
const (
	StopEndTurn         StopReason = "end_turn"
	StopSequence        StopReason = "stop_sequence"
	StopMaxTokens       StopReason = "max_tokens"
	StopContextExceeded StopReason = "context_exceeded"
	StopToolUse         StopReason = "tool_use"
	StopRefusal         StopReason = "refusal"
	StopContentFilter   StopReason = "content_filter"
	StopPause           StopReason = "pause"
	StopCompaction      StopReason = "compaction"
	StopMalformedCall   StopReason = "malformed_tool_call"
	StopCancelled       StopReason = "cancelled"
	StopOther           StopReason = "other"
)

// Stop is how an answer ended.
type Stop struct {
	Reason   StopReason
	Sequence string // the stop sequence that was hit
	Detail   string // a refusal's explanation
}

// EventKind says which fields of an Event hold.
type EventKind string

// The events of a stream. Every decoder emits exactly this grammar and every
// encoder may rely on it (see Checker):
//
//	Start (BlockStart Delta* BlockStop)* Usage* Stop
//
// with Usage and Ping at any place after Start, and Failed instead of Stop.
// Blocks do not overlap, and their indices are 0, 1, 2, …
const (
	EventStart      EventKind = "start"       // ID, Model, Created
	EventBlockStart EventKind = "block_start" // Index, Block (without its text, arguments or input)
	EventDelta      EventKind = "delta"       // Index, and one of the Delta fields
	EventBlockStop  EventKind = "block_stop"  // Index; Block is nil
	EventUsage      EventKind = "usage"       // Usage, cumulative
	EventStop       EventKind = "stop"        // Stop
	EventFailed     EventKind = "failed"      // Err
	EventPing       EventKind = "ping"
)

// Event is one step of a streamed answer.
type Event struct {
	Kind  EventKind
	Index int

	ID      string
	Model   string
	Created int64 // of Start: Unix seconds; 0 = unknown
	Block   *Block

	// Delta of the block: text for Text, Thinking and RefusalBlock, a piece of
	// the arguments' JSON for a ToolUse, of the input for a custom one. It never
	// ends inside a character.
	Delta string
	// Signature comes as a delta of its own, as the last of its block.
	Signature *Signature
	// Citations come as deltas of their own, in the protocol of Origin.
	Citations json.RawMessage
	Origin    Protocol

	Usage Usage
	Stop  Stop
	Err   *Error
}
