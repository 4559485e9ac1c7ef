package box

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// rewriter turns the addresses in a page into those of the loopback pages, so
// that links and forms lead from page to page within the box. The page is held
// back until it is complete.
type rewriter struct {
	b      *Box
	host   string
	w      http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (o *rewriter) Header() http.Header { return o.w.Header() }

func (o *rewriter) WriteHeader(status int) {
	if o.status == 0 {
		o.status = status
	}
}

func (o *rewriter) Write(p []byte) (int, error) {
	o.WriteHeader(http.StatusOK)
	return o.body.Write(p)
}

// policy lets a page show text and styles and send forms to the box, and
// nothing else: no script, no picture from outside.
const policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func (o *rewriter) finish() {
	o.WriteHeader(http.StatusOK)
	h := o.w.Header()
	if to := h.Get("Location"); to != "" {
		h.Set("Location", o.address(to))
	}
	body := o.body.Bytes()
	if strings.HasPrefix(h.Get("Content-Type"), "text/html") {
		body = o.rewrite(body)
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer") // the address holds the secret
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	o.w.WriteHeader(o.status)
	_, _ = o.w.Write(body)
}

// address is the loopback form of an address on a page; one of a host outside
// of the box leads to its not-found page, never out.
func (o *rewriter) address(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || text == "" || strings.HasPrefix(text, "#") || strings.HasPrefix(text, "?"):
		return text
	case strings.HasPrefix(text, o.b.root()):
		return text // it is one already
	case u.Host == "" && u.Scheme != "":
		return "#" // mailto and the like
	case u.Host == "" && !strings.HasPrefix(u.Path, "/"):
		return text // relative to the page
	case u.Host == "":
		u.Host = o.host
	}
	return o.b.local(u)
}

var addressed = map[string]bool{"href": true, "src": true, "action": true, "formaction": true}

func (o *rewriter) rewrite(page []byte) []byte {
	var out bytes.Buffer
	tokens := html.NewTokenizer(bytes.NewReader(page))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return out.Bytes()
		}
		raw := bytes.Clone(tokens.Raw())
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			out.Write(raw)
			continue
		}
		token, changed := tokens.Token(), false
		for i, a := range token.Attr {
			if to := o.address(a.Val); addressed[a.Key] && to != a.Val {
				token.Attr[i].Val, changed = to, true
			}
		}
		if changed {
			out.WriteString(token.String())
		} else {
			out.Write(raw)
		}
	}
}
