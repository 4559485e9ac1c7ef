package box

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say how a box is made.
type Options struct {
	// Dir is where ca.pem is written: the certificate that children trust.
	Dir string
	// People are the logins that a browser can be signed in as; the first is
	// signed in unless Person says another.
	People []string
	Person string
	// Record, if not nil, is told of every exchange with a service that did not
	// come from the pages, after it was answered and from any goroutine: for
	// tests.
	Record func(Exchange)
	// Through, if not nil, is put around every service for what comes in through
	// the proxy: for tests that let something happen right before or after a
	// request is handled.
	Through func(http.Handler) http.Handler
}

// Box is the wire: services under their real host names, reachable through a
// proxy, through loopback pages, and in process.
type Box struct {
	opt      Options
	services map[string]Service
	secret   string

	authority *authority
	proxy     net.Listener
	pages     net.Listener
	inner     *feed
	servers   []*http.Server
	wait      sync.WaitGroup

	faultsMu sync.Mutex
	faults   map[string]Fault // by host
}

// caFile is the name of the authority's certificate in Options.Dir.
const caFile = "ca.pem"

// New makes an empty box.
func New(opt Options) *Box {
	if opt.Person == "" && len(opt.People) > 0 {
		opt.Person = opt.People[0]
	}
	return &Box{opt: opt, services: map[string]Service{}, secret: rand.Text(), inner: newFeed(), faults: map[string]Fault{}}
}

// Add lets a service answer for its hosts. It is called before Start.
func (b *Box) Add(services ...Service) {
	for _, s := range services {
		for _, host := range s.Hosts() {
			b.services[strings.ToLower(host)] = s
		}
	}
}

// Hosts lists the host names that are served.
func (b *Box) Hosts() []string {
	var hosts []string
	for host := range b.services {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return hosts
}

// Serves tells whether a host name is in the box.
func (b *Box) Serves(host string) bool { return b.services[strings.ToLower(host)] != nil }

// readTimeout is how long a client may take to send its request's head.
const readTimeout = 30 * time.Second

// Start writes the certificate and opens the proxy and the pages, both on
// 127.0.0.1. They end with the context or with Close.
func (b *Box) Start(ctx context.Context) (err error) {
	if len(b.services) == 0 {
		return errors.New("the practice world has nothing to serve")
	}
	if b.authority, err = newAuthority(b.Hosts(), time.Now()); err != nil {
		return fmt.Errorf("making the practice world's certificate authority: %w", err)
	}
	if err = os.WriteFile(b.CertFile(), b.authority.pem(), 0o600); err != nil {
		return fmt.Errorf("writing the practice world's certificate: %w", err)
	}
	if b.proxy, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return fmt.Errorf("opening the practice world's proxy: %w", err)
	}
	if b.pages, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		_ = b.proxy.Close()
		return fmt.Errorf("opening the practice world's pages: %w", err)
	}
	b.serve(b.inner, http.HandlerFunc(b.dispatch))
	b.serve(b.proxy, http.HandlerFunc(b.connect))
	b.serve(b.pages, http.HandlerFunc(b.browse))
	context.AfterFunc(ctx, func() { _ = b.Close() })
	return nil
}

func (b *Box) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: readTimeout, ErrorLog: silent}
	b.servers = append(b.servers, server)
	b.wait.Go(func() { _ = server.Serve(l) })
}

// Close ends all connections.
func (b *Box) Close() error {
	var errs []error
	for _, s := range b.servers {
		errs = append(errs, s.Close())
	}
	b.wait.Wait()
	return errors.Join(errs...)
}

// ProxyURL is the address of the proxy: "http://127.0.0.1:PORT".
func (b *Box) ProxyURL() string { return "http://" + b.proxy.Addr().String() }

// CertFile is the authority's certificate, in PEM.
func (b *Box) CertFile() string { return filepath.Join(b.opt.Dir, caFile) }

// dispatch hands a request to the service of its host.
func (b *Box) dispatch(w http.ResponseWriter, r *http.Request) {
	host, _, found := strings.Cut(strings.ToLower(r.Host), ":")
	service := b.services[host]
	if service == nil || (r.TLS != nil && r.TLS.ServerName != host) || (found && !strings.HasSuffix(r.Host, ":443")) {
		http.Error(w, fmt.Sprintf("The practice world does not serve %q on this connection.", r.Host), http.StatusMisdirectedRequest)
		return
	}
	r.Host = host
	if f, broken := b.fault(host); broken && (f.Where == nil || f.Where(r)) {
		f.fail(w, r, service)
		return
	}
	var handler http.Handler = service
	if b.opt.Through != nil && r.TLS != nil { // in process it is the world's own
		handler = b.opt.Through(service)
	}
	b.recorded(w, r, handler)
}
