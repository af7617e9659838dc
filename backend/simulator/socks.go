package simulator

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// The numbers of SOCKS5 (RFC 1928) and of its user names and passwords
// (RFC 1929).
const (
	socksVersion   = 5
	socksAuth      = 1 // version of the sub-negotiation
	socksNoAuth    = 0
	socksPassword  = 2
	socksNoMethod  = 0xff
	socksConnect   = 1
	socksIPv4      = 1
	socksName      = 3
	socksIPv6      = 4
	socksOK        = 0
	socksFailure   = 1
	socksForbidden = 2
	socksNoHost    = 4
	socksRefused   = 5
	socksCommand   = 7
	socksAddress   = 8
)

// socksTime bounds the talk before a connection stands.
const socksTime = 15 * time.Second

var errSOCKS = errors.New("not as RFC 1928 has it")

// ServeSOCKS serves SOCKS5 on a listener until that is closed, and waits for the
// connections that go through it.
func (p *Proxy) ServeSOCKS(ln net.Listener) error {
	var open sync.WaitGroup
	defer open.Wait()
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		open.Go(func() { p.serveSOCKS(conn) })
	}
}

func (p *Proxy) serveSOCKS(conn net.Conn) {
	p.track(conn)
	defer p.forget(conn)
	_ = conn.SetDeadline(time.Now().Add(socksTime)) // fails with the connection only
	if p.greet(conn) != nil {
		return
	}
	host, code, err := readSOCKSRequest(conn)
	if err != nil {
		return
	}
	var upstream net.Conn
	if code == socksOK {
		upstream, err = p.dial(context.Background(), host)
		code = socksCode(err)
	}
	// The bound address is nothing to a client of CONNECT.
	_, err = conn.Write([]byte{socksVersion, code, 0, socksIPv4, 0, 0, 0, 0, 0, 0})
	if upstream == nil {
		return
	}
	if err != nil {
		upstream.Close()
		return
	}
	_ = conn.SetDeadline(time.Time{})
	p.join(conn, conn, upstream)
}

// greet agrees on a method and checks the password.
func (p *Proxy) greet(conn net.Conn) error {
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil || head[0] != socksVersion {
		return errSOCKS
	}
	methods := make([]byte, head[1])
	if _, err := io.ReadFull(conn, methods); err != nil {
		return err
	}
	wanted := byte(socksNoAuth)
	if p.User != "" {
		wanted = socksPassword
	}
	for _, m := range methods {
		if m != wanted {
			continue
		}
		_, err := conn.Write([]byte{socksVersion, wanted})
		if err != nil || wanted == socksNoAuth {
			return err
		}
		return p.checkPassword(conn)
	}
	_, err := conn.Write([]byte{socksVersion, socksNoMethod})
	return errors.Join(errSOCKS, err)
}

func (p *Proxy) checkPassword(conn net.Conn) error {
	version := make([]byte, 1)
	if _, err := io.ReadFull(conn, version); err != nil || version[0] != socksAuth {
		return errSOCKS
	}
	user, err := readShort(conn)
	if err != nil {
		return err
	}
	password, err := readShort(conn)
	if err != nil {
		return err
	}
	if !p.knows(user + ":" + password) {
		_, err := conn.Write([]byte{socksAuth, socksFailure})
		return errors.Join(errSOCKS, err)
	}
	_, err = conn.Write([]byte{socksAuth, socksOK})
	return err
}

// readShort reads text with its length, 1 to 255, before it.
func readShort(r io.Reader) (string, error) {
	n := make([]byte, 1)
	if _, err := io.ReadFull(r, n); err != nil || n[0] == 0 {
		return "", errSOCKS
	}
	text := make([]byte, n[0])
	_, err := io.ReadFull(r, text)
	return string(text), err
}

// readSOCKSRequest reads what the client wants, and the code of the answer when
// it cannot have that.
func readSOCKSRequest(r io.Reader) (host string, code byte, err error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(r, head); err != nil || head[0] != socksVersion || head[2] != 0 {
		return "", 0, errSOCKS
	}
	switch head[3] {
	case socksIPv4, socksIPv6:
		ip := make(net.IP, map[byte]int{socksIPv4: net.IPv4len, socksIPv6: net.IPv6len}[head[3]])
		_, err = io.ReadFull(r, ip)
		host = ip.String()
	case socksName:
		host, err = readShort(r)
	default:
		return "", socksAddress, nil
	}
	if err != nil {
		return "", 0, err
	}
	port := make([]byte, 2)
	if _, err := io.ReadFull(r, port); err != nil {
		return "", 0, err
	}
	if head[1] != socksConnect {
		return "", socksCommand, nil
	}
	return net.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(port)))), socksOK, nil
}

// socksCode words the outcome of a connection.
func socksCode(err error) byte {
	switch {
	case err == nil:
		return socksOK
	case errors.As(err, &refusedHost{}):
		return socksForbidden
	case errors.Is(err, syscall.ECONNREFUSED):
		return socksRefused
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return socksNoHost
	}
	return socksFailure
}
