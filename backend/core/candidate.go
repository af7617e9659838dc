package core

import "github.com/aihub/aihub/backend/llm"

// Candidate is a channel that can serve a request.
type Candidate struct {
	Channel *Channel
	Model   string // the upstream's name
	// Protocol is what the upstream is spoken to in.
	Protocol llm.Protocol
	// Native says that this is the client's protocol too, so nothing is
	// converted. Of channels of the same priority, native ones come first.
	Native bool
}
