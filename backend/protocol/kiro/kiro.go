// Package kiro is the wire format of AWS Kiro (formerly CodeWhisperer and Amazon
// Q Developer), which only upstreams speak.
//
// On the way of a request it stands at the far end: it words a conversation as
// conversationState, by rules that the service enforces without a word about
// what is wrong, and reads the binary event stream that always comes back. Which
// host is asked, with which profile, is the business of the adapter that sends
// the request. Sources of the wire facts: the service's published client code,
// and several independent clients' captures where that is silent.
package kiro

import (
	"github.com/aihub/aihub/backend/llm"
	"github.com/aihub/aihub/backend/protocol"
)

// Format implements protocol.Upstream and protocol.Framer.
type Format struct {
	// OpenEnd takes an answer for whole that ended without a metadataEvent. The
	// service of today sends one behind every answer that came to its end, so
	// that its absence tells a cut one; earlier generations did not.
	OpenEnd bool
}

var (
	_ protocol.Upstream = Format{}
	_ protocol.Framer   = Format{}
)

// Path is where Encoded.Path points: the adapter that sends the request knows
// what it stands for on the host at hand.
const Path = "/kiro/generateAssistantResponse"

// ID implements protocol.UpstreamFormat.
func (Format) ID() llm.Protocol { return llm.Kiro }

// EncodeCountRequest implements protocol.UpstreamCodec: the service does not
// count.
func (Format) EncodeCountRequest(*llm.Request, protocol.Target) (*protocol.Encoded, bool) {
	return nil, false
}

// DecodeCount implements protocol.UpstreamCodec.
func (Format) DecodeCount([]byte) (int64, bool) { return 0, false }
