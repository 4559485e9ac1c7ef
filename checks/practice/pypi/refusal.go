package pypi

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"
)

// refusal is an upload that is turned down.
type refusal struct {
	status int
	detail string
}

// Error is the server's own text.
func (r *refusal) Error() string { return r.detail }

// reason is why a claim or an attestation is not taken, in the server's words,
// which are sentences.
type reason string

// Error is the server's own text.
func (r reason) Error() string { return string(r) }

func because(format string, args ...any) error { return reason(fmt.Sprintf(format, args...)) }

func badRequest(format string, args ...any) error {
	return &refusal{status: http.StatusBadRequest, detail: fmt.Sprintf(format, args...)}
}

func forbidden(format string, args ...any) error {
	return &refusal{status: http.StatusForbidden, detail: fmt.Sprintf(format, args...)}
}

// explanations are what the web framework (Pyramid) says about a status.
var explanations = map[int]string{
	http.StatusBadRequest: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
	http.StatusForbidden:  "Access was denied to this resource.",
	http.StatusConflict:   "There was a conflict when trying to complete your request.",
}

// writeRefusal says no as the upload interface does: the text stands in the
// status line, where twine reads it, and in a small page
// (warehouse/forklift/utils.py).
func writeRefusal(w http.ResponseWriter, r *http.Request, err error) {
	var no *refusal
	if !errors.As(err, &no) {
		no = &refusal{status: http.StatusInternalServerError, detail: err.Error()}
	}
	detail := strings.Map(func(ch rune) rune {
		if ch < ' ' {
			return ' '
		}
		return ch
	}, no.detail)
	status := fmt.Sprintf("%d %s", no.status, detail)
	kind, body := "text/plain", status+"\n\n"+explanations[no.status]+"\n\n\n"+no.detail+"\n\n"
	if accept := r.Header.Get("Accept"); strings.Contains(accept, "*/*") || strings.Contains(accept, "text/html") {
		kind = "text/html"
		body = "<html>\n <head>\n  <title>" + html.EscapeString(status) + "</title>\n </head>\n <body>\n  <h1>" + html.EscapeString(status) +
			"</h1>\n  " + explanations[no.status] + "<br/><br/>\n" + html.EscapeString(no.detail) + "\n\n\n </body>\n</html>"
	}
	if !writeStatusLine(w, status, kind, body) {
		w.Header().Set("Content-Type", kind+"; charset=UTF-8")
		w.WriteHeader(no.status)
		_, _ = w.Write([]byte(body))
	}
}

// writeStatusLine answers with a reason of our own, which net/http has no call
// for. It reports false where the connection cannot be taken over.
func writeStatusLine(w http.ResponseWriter, status, kind, body string) bool {
	conn, buffer, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	// The status line is Latin-1; what is not becomes a question mark.
	line := make([]byte, 0, len(status))
	for _, ch := range status {
		if ch > 0xff {
			ch = '?'
		}
		line = append(line, byte(ch))
	}
	_, _ = fmt.Fprintf(buffer, "HTTP/1.1 %s\r\nContent-Type: %s; charset=UTF-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		line, kind, len(body), body)
	return buffer.Flush() == nil
}

// repr writes a text as Python's repr does.
func repr(s string) string {
	quote := "'"
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = `"`
	}
	var b strings.Builder
	b.WriteString(quote)
	for _, ch := range s {
		switch {
		case string(ch) == quote, ch == '\\':
			b.WriteString(`\` + string(ch))
		case ch == '\n':
			b.WriteString(`\n`)
		case ch == '\r':
			b.WriteString(`\r`)
		case ch == '\t':
			b.WriteString(`\t`)
		case ch < ' ' || ch == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, ch)
		default:
			b.WriteRune(ch)
		}
	}
	return b.String() + quote
}
