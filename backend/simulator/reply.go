package simulator

import (
	"net/http"
	"strconv"
)

// reply sends a whole JSON answer after the time that it takes.
func (x *exchange) reply(body any) error { return x.replyBytes("application/json", encode(body)) }

// replyBytes sends a whole answer of any type.
func (x *exchange) replyBytes(contentType string, body []byte) error {
	if err := x.pause(x.plan.wholeDelay(x.sim.options.Latency, int(x.usage.Output))); err != nil {
		return err
	}
	x.dialect.headers(x, x.w.Header())
	if x.plan.spoilsStream() {
		return x.spoil(contentType, body)
	}
	if x.begun {
		x.settle()
	}
	return x.write(http.StatusOK, contentType, body)
}

// spoil does to a whole answer what a fault would do to a stream.
func (x *exchange) spoil(contentType string, body []byte) error {
	f := x.plan.late
	if f.Kind == FaultStreamError {
		return x.demand(f)
	}
	if f.Kind == FaultCut {
		x.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	if err := x.send(http.StatusOK, contentType, body[:len(body)/2]); err != nil {
		return err
	}
	return x.spring(f)
}

// write sends a whole answer.

func (x *exchange) write(status int, contentType string, body []byte) error {
	x.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	return x.send(status, contentType, body)
}

// send writes the head and what there is of the body.
func (x *exchange) send(status int, contentType string, body []byte) error {
	x.status = status
	x.w.Header().Set("Content-Type", contentType)
	x.w.WriteHeader(status)
	if _, err := x.w.Write(body); err != nil {
		return errGone
	}
	// A client may close its connection as soon as it has read everything, so
	// the context says nothing any more.
	if x.out.Flush() != nil {
		return errGone
	}
	return nil
}
