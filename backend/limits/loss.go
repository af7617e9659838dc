package limits

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"

	"github.com/aihub/aihub/backend/core"
)

// loss is a way in which an answer did not come at all.
type loss int

const (
	kept      loss = iota // an answer came, and it is an error
	atSigning             // the account has no credential to sign with
	atProxy               // the proxy is wrong or does not answer
	atAddress             // the channel's address is wrong
	atBuild               // this build does not know the provider
	atName                // the host's name is not known
	atDial                // nobody listens there, or nothing leads there
	atTLS                 // no trust could be made
	bySilence             // nothing came in time
	byBreak               // the connection broke
)

func lossOf(a *Answer) loss {
	if a.Lost == nil {
		return kept
	}
	if e, ok := errors.AsType[*core.Error](a.Lost); ok {
		return own(e)
	}
	op, isOp := errors.AsType[*net.OpError](a.Lost)
	if isOp && (op.Op == "proxyconnect" || op.Op == "socks connect") {
		return atProxy // also when it is the proxy's name that is not known
	}
	if _, ok := errors.AsType[*net.DNSError](a.Lost); ok {
		return atName
	}
	if isOp && op.Op == "dial" {
		return atDial
	}
	if isTrust(a.Lost) {
		return atTLS
	}
	if isTimeout(a.Lost) {
		return bySilence
	}
	return byBreak
}

// own judges an error with which the gateway itself refused to send.
func own(e *core.Error) loss {
	switch {
	case e.Code == core.CodeUnsupported:
		return atBuild
	case e.Field == "proxy_url":
		return atProxy
	case e.Field == "base_url":
		return atAddress
	case e.Field == "credential":
		return atSigning
	}
	return byBreak
}

func isTrust(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.UnknownAuthorityError](err)
	return ok
}

// isTimeout holds for what waited in vain, whoever's patience was over.
func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &t) && t.Timeout()
}
