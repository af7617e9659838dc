package llm

import "encoding/json"

// Request is a conversation and what is asked of a model about it, in no
// provider's words. Pointers are nil where the client said nothing, so that the
// target's own default holds.
type Request struct {
	Origin Protocol // the format in which it came
	Model  string
	Stream bool

	System []Block // leading instructions, in order
	Turns  []Turn  // tool results live in user turns

	Tools      []Tool
	ToolChoice ToolChoice

	MaxTokens   *int64
	Temperature *float64
	TopP        *float64
	TopK        *int64
	Frequency   *float64 // frequency penalty
	Presence    *float64 // presence penalty
	Seed        *int64
	Stop        []string
	N           int64 // candidates; 0 = one
	Logprobs    *int64
	LogitBias   json.RawMessage

	Reasoning Reasoning
	Format    OutputFormat
	Verbosity string // low, medium, high; "" = unset

	Modalities []string // of the answer; empty = text
	Cache      CachePolicy
	UserID     string // end user, as the client named it; never sent raw to another provider
	Metadata   json.RawMessage
	Tier       string // service tier in OpenAI's words; "" = unset
	Store      *bool
	Include    []string // Responses: further data asked for
	// IncludeUsage says that a Chat client wants the usage chunk in its stream.
	IncludeUsage bool

	// Extra keeps the members that the canonical form has no place for. A codec
	// emits them again only toward the protocol that they came from.
	Extra map[string]json.RawMessage
}

// Role says who speaks in a turn.
type Role string

// The roles. Developer instructions rank as system ones; the codecs that know
// the difference keep it in Block.Developer.
const (
	User      Role = "user"
	Assistant Role = "assistant"
	System    Role = "system" // in the middle of a conversation
)

// Turn is what one side said at once.
type Turn struct {
	Role   Role
	Blocks []Block
	Name   string // of the speaker, where the client gave one
	Phase  string // Responses: commentary or final_answer
	Effort string // Anthropic: output_config.effort of a system turn
	Extra  map[string]json.RawMessage
}

// BlockKind says which fields of a Block hold.
type BlockKind string

// The kinds of blocks.
const (
	Text         BlockKind = "text"
	Image        BlockKind = "image"
	Audio        BlockKind = "audio"
	File         BlockKind = "file" // a document
	ToolUse      BlockKind = "tool_use"
	ToolOutput   BlockKind = "tool_output"
	Thinking     BlockKind = "thinking"
	Redacted     BlockKind = "redacted_thinking"
	RefusalBlock BlockKind = "refusal"
	Opaque       BlockKind = "opaque" // only for the protocol of Origin: server tools and the like
)

// Block is a piece of content.
type Block struct {
	Kind BlockKind
	// Text of Text, Thinking and RefusalBlock; the opaque data of Redacted.
	Text      string
	Developer bool // OpenAI's developer role instead of system
	Media     *Media
	Call      *ToolCall
	Result    *ToolResult
	Signature *Signature // of Thinking, ToolUse, and of Text that Gemini signed
	Summary   bool       // Thinking that is a summary of the model's own
	Citations json.RawMessage
	Cache     *CacheMark
	ItemID    string // Responses: the item's id
	// Raw is the block of an Opaque kind, as it came, and Origin its protocol.
	Raw    json.RawMessage
	Origin Protocol
}

// Media is an image, a sound or a document: inline, by URL, or by a provider's
// own file id.
type Media struct {
	MIME     string
	Data     string // base64 without line breaks
	URL      string
	FileID   string
	Filename string
	Title    string
	Context  string
	Detail   string // low, high, auto; "" = unset
}

// ToolCall is a model's wish to run a tool.
type ToolCall struct {
	ID        string
	ItemID    string // Responses: fc_…, ctc_…
	Name      string // bare
	Namespace string
	Custom    bool            // freeform: Input instead of Args
	Args      json.RawMessage // an object, byte for byte as the model wrote it
	Input     string
}

// ToolResult is what a tool gave back.
type ToolResult struct {
	CallID    string
	Name      string // where the protocol names the tool instead of the call
	Namespace string
	Custom    bool
	Blocks    []Block
	IsError   bool
}

// Signature is a provider's proof that it wrote a piece of reasoning. It is
// valid for its own protocol only, and mostly for its account and model only.
type Signature struct {
	Origin  Protocol
	Account string // id of the account that it was minted for; "" = unknown
	Value   string
}

// Tool is something that the model may call.
type Tool struct {
	Name        string
	Namespace   string
	Description string
	Schema      json.RawMessage // JSON Schema of the arguments, as it came
	Strict      *bool
	Custom      bool            // freeform text instead of JSON arguments
	Grammar     json.RawMessage // format of a custom tool
	Defer       bool            // its schema need not be shown at first
	Cache       *CacheMark
	// Raw is a server tool or a typed tool of the protocol Origin; it has no
	// meaning for another one.
	Raw    json.RawMessage
	Origin Protocol
	// NamespaceDescription says what the tools of Namespace are for.
	NamespaceDescription string
	// Extra keeps the members that the canonical form has no place for.
	Extra map[string]json.RawMessage
}

// ChoiceMode says how free the model is to call tools.
type ChoiceMode string

// The modes of ToolChoice. The zero value leaves it to the target's default.
const (
	ChoiceAuto ChoiceMode = "auto"
	ChoiceNone ChoiceMode = "none"
	ChoiceAny  ChoiceMode = "any" // some tool must be called
)

// ToolChoice restricts the tools. With Names, only those may be called: one
// name with ChoiceAny forces that tool, several make a subset.
type ToolChoice struct {
	Mode     ChoiceMode
	Names    []ToolRef
	Parallel *bool // nil = unset
}

// ToolRef names a tool.
type ToolRef struct {
	Name, Namespace string
	Custom          bool
}

// Reasoning says how much the model is to think, and whether to show it.
type Reasoning struct {
	Effort string // none, minimal, low, medium, high, xhigh, max; "" = unset
	Budget *int64 // tokens, where the client gave a number; -1 = the model decides
	Auto   bool   // the client asked for thinking and left the amount to the model
	Show   ShowReasoning
}

// ShowReasoning says whether the client can show the model's thinking.
type ShowReasoning string

// The values of Reasoning.Show; "" leaves it to the codec.
const (
	ShowNone    ShowReasoning = "none"
	ShowSummary ShowReasoning = "summary"
	ShowFull    ShowReasoning = "full"
)

// IsZero reports whether the client said nothing about reasoning.
func (r Reasoning) IsZero() bool { return r == Reasoning{} }

// OutputFormat constrains the text of the answer.
type OutputFormat struct {
	Kind        FormatKind
	Name        string
	Description string
	Schema      json.RawMessage
	Strict      *bool
}

// FormatKind is text, any JSON object, or JSON by a schema.
type FormatKind string

// The kinds of output formats; "" is FormatText.
const (
	FormatText       FormatKind = "text"
	FormatJSONObject FormatKind = "json_object"
	FormatJSONSchema FormatKind = "json_schema"
)

// CacheMark asks to cache the prompt up to and including its block.
type CacheMark struct{ TTL string } // 5m, 1h, 30m, …; "" = the default

// CachePolicy is what a request says of caching as a whole.
type CachePolicy struct {
	Auto *CacheMark // Anthropic's marker for the whole request
	Key  string     // OpenAI's prompt_cache_key
}
