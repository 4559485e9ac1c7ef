package box

import (
	"errors"
	"io"
	"log"
	"net"
	"sync"
)

// silent is the log of servers whose clients break connections as they like:
// a refused certificate is the client's to tell.
var silent = log.New(io.Discard, "", 0)

// feed is a listener whose connections are handed to it: the proxy's after
// their CONNECT, and those of the process itself.
type feed struct {
	connections chan net.Conn
	closed      chan struct{}
	once        sync.Once
}

func newFeed() *feed {
	return &feed{connections: make(chan net.Conn), closed: make(chan struct{})}
}

var errClosed = errors.New("the practice world is closed")

// give hands over a connection, or closes it if nobody takes any.
func (f *feed) give(c net.Conn) error {
	select {
	case f.connections <- c:
		return nil
	case <-f.closed:
		_ = c.Close()
		return errClosed
	}
}

// Accept waits for a connection.
func (f *feed) Accept() (net.Conn, error) {
	select {
	case c := <-f.connections:
		return c, nil
	case <-f.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and give.
func (f *feed) Close() error {
	f.once.Do(func() { close(f.closed) })
	return nil
}

// Addr names the listener; it has no address.
func (f *feed) Addr() net.Addr { return &net.UnixAddr{Name: "practice", Net: "practice"} }
