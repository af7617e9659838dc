package core

import (
	"context"
	"time"
)

// CaptureMode says of which requests the bodies are kept.
type CaptureMode string

// The modes of capture; "" means off.
const (
	CaptureOff    CaptureMode = "off"
	CaptureErrors CaptureMode = "errors" // those that count as errors in the statistics
	CaptureAll    CaptureMode = "all"
)

// BodyPart names one of the bodies of a request.
type BodyPart string

// The bodies of a request.
const (
	BodyRequest  BodyPart = "request"          // the client's
	BodyUpstream BodyPart = "upstream_request" // what the provider got, where it differs
	BodyResponse BodyPart = "response"         // what the client got, a stream as it was sent
)

// Capture is what was kept of the bodies of one request: text, without what looks
// like a secret. No header is ever part of it.
type Capture struct {
	ID   string    `json:"id"` // of the row
	Time time.Time `json:"-"`  // of the row
	// Request, UpstreamRequest and Response are the bodies. UpstreamRequest is that
	// of the attempt that was delivered, else of the last one, and "" where the
	// provider got the client's own bytes.
	Request         string `json:"request"`
	UpstreamRequest string `json:"upstream_request,omitempty"`
	Response        string `json:"response"`
	// Truncated lists the bodies that were longer than the settings allow.
	Truncated []BodyPart `json:"truncated" doc:"the bodies that were longer than the settings allow"`
	// Redacted is how many secrets a mark stands for.
	Redacted int64 `json:"redacted" doc:"how many secrets were replaced by a mark"`
}

// CaptureStore keeps bodies beside the rows of their day and drops them with
// these. Content that comes again on the same day, such as a conversation that
// is sent with each of its turns, takes its room once.
type CaptureStore interface {
	// PutCapture stores the bodies under the day of c.Time. An earlier capture of
	// the same id and day is replaced. After the death of the process they may be
	// gone, but never half there.
	PutCapture(ctx context.Context, c *Capture) error
	// FindCapture returns the bodies of the request with the id, or CodeNotFound.
	FindCapture(ctx context.Context, id string) (*Capture, error)
}
