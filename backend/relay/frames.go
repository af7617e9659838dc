package relay

import (
	"github.com/aihub/aihub/backend/protocol"
	"github.com/aihub/aihub/backend/sse"
)

// frames returns the reader for the streams of an upstream's format, which are
// server-sent events unless the format has frames of its own.
func frames(codec protocol.UpstreamCodec) protocol.FrameReader {
	if f, ok := codec.(protocol.Framer); ok {
		return f.Frames()
	}
	return &sse.Reader{}
}
