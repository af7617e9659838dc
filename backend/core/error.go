package core

import (
	"errors"
	"fmt"
)

// Code classifies an error of an operation. The HTTP API carries it as the
// stable "code" of its problem document and maps it to a status once.
type Code string

// The codes of errors.
const (
	CodeInvalid      Code = "invalid"       // the input is wrong; the message names the field
	CodeUnauthorized Code = "unauthorized"  // no or a wrong key
	CodeForbidden    Code = "forbidden"     // the key is right but may not do this
	CodeNotFound     Code = "not_found"     // no such thing
	CodeConflict     Code = "conflict"      // exists already, or in use
	CodeTooLarge     Code = "too_large"     // body above the limit
	CodeRateLimited  Code = "rate_limited"  // too often; try later
	CodeQuota        Code = "quota"         // the user's quota is used up
	CodeUnavailable  Code = "unavailable"   // stopped, or no account can serve now
	CodeUpstream     Code = "upstream"      // the provider failed
	CodeUnsupported  Code = "not_supported" // this build or provider cannot
	CodeInternal     Code = "internal"      // a fault of AiHub; details are in the log
)

// Error is what operations return: a code for programs and a message for
// people. Err, when set, is the cause; it goes to the log and never to a
// client.
type Error struct {
	Code    Code
	Message string
	Field   string // the JSON name of the field at fault, if one is
	Err     error
}

// Error implements the error interface; it includes the cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an Error with a formatted message and no cause.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Invalid returns a CodeInvalid error about one field.
func Invalid(field, format string, args ...any) *Error {
	return &Error{Code: CodeInvalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of the first *Error in err's chain, CodeInternal for
// any other error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
