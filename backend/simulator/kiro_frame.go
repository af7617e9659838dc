package simulator

import (
	"bytes"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

// frameEvent is an event of an answer as a message of AWS' event stream, with
// the headers in the order in which the service writes them.
func frameEvent(kind string, payload obj) []byte {
	return frameMessage(":event-type", kind, "event", payload)
}

// frameException is how a failure is told inside a stream.
func frameException(kind string, payload obj) []byte {
	return frameMessage(":exception-type", kind, "exception", payload)
}

func frameMessage(kindName, kind, message string, payload obj) []byte {
	headers := eventstream.Headers{
		{Name: kindName, Value: eventstream.StringValue(kind)},
		{Name: ":content-type", Value: eventstream.StringValue("application/json")},
		{Name: ":message-type", Value: eventstream.StringValue(message)},
	}
	var out bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&out, eventstream.Message{Headers: headers, Payload: encode(payload)}); err != nil {
		panic("simulator: frame that cannot be: " + err.Error())
	}
	return out.Bytes()
}
