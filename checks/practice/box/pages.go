package box

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// browse serves the loopback pages:
//
//	/SECRET/HOST/PATH           the page https://HOST/PATH
//	/SECRET/_/as/LOGIN?next=…   signs the browser in as LOGIN
//
// Everything else is not found. The Host header must be the loopback address
// itself: a name that somebody has made to resolve to 127.0.0.1 (DNS
// rebinding) is not. The secret keeps other pages and users of the machine out.
func (b *Box) browse(w http.ResponseWriter, r *http.Request) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	known := subtle.ConstantTimeCompare([]byte(first), []byte(b.secret)) == 1
	if r.Host != b.pages.Addr().String() || !known {
		http.NotFound(w, r)
		return
	}
	// A form can only come from one of our own pages: the header, if the
	// browser sends it, must say so.
	if origin := r.Header.Get("Origin"); origin != "" && origin != "null" && origin != "http://"+r.Host {
		http.Error(w, "The request comes from another site.", http.StatusForbidden)
		return
	}
	host, path, _ := strings.Cut(rest, "/")
	switch {
	case host == "_":
		b.signIn(w, r, path)
	case b.Serves(host):
		b.page(w, r, host, "/"+path)
	default:
		http.Error(w, fmt.Sprintf("%s is not in the practice world, and nothing leads out of it.", host), http.StatusNotFound)
	}
}

// root is what every loopback address begins with: "/SECRET/".
func (b *Box) root() string { return "/" + b.secret + "/" }

// Pages is the address of the loopback pages, with the secret:
// "http://127.0.0.1:PORT/SECRET/".
func (b *Box) Pages() string { return "http://" + b.pages.Addr().String() + b.root() }

// PageURL is the loopback page that stands for a real address. Only https
// addresses of hosts in the box have one.
func (b *Box) PageURL(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", fmt.Errorf("no practice page for %q: %w", address, err)
	}
	if b.pages == nil {
		return "", fmt.Errorf("no practice page for %q: the practice world has not been started", address)
	}
	if u.Scheme != "https" || !b.Serves(u.Host) {
		return "", fmt.Errorf("no practice page for %q: %q is not in the practice world", address, u.Host)
	}
	return "http://" + b.pages.Addr().String() + b.local(u), nil
}

// local is the loopback path, query and fragment of a real address.
func (b *Box) local(u *url.URL) string {
	path := b.root() + strings.ToLower(u.Host) + "/" + strings.TrimPrefix(u.EscapedPath(), "/")
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		path += "#" + u.EscapedFragment()
	}
	return path
}

// personCookie says who the browser is signed in as. It needs no signature:
// who has the secret may be anybody.
const personCookie = "practice-person"

func (b *Box) person(r *http.Request) string {
	c, err := r.Cookie(personCookie)
	if err != nil {
		return b.opt.Person
	}
	if slices.Contains(b.opt.People, c.Value) {
		return c.Value
	}
	return ""
}

func (b *Box) signIn(w http.ResponseWriter, r *http.Request, path string) {
	login, found := strings.CutPrefix(path, "as/")
	if !found || !slices.Contains(b.opt.People, login) {
		http.NotFound(w, r)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: personCookie, Value: login, Path: b.root(), HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	next := r.URL.Query().Get("next")
	// Only to pages of our own.
	if !strings.HasPrefix(next, b.root()) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "Signed in as %s.\n", login)
		return
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// page lets the host's service answer as if the browser had gone there.
func (b *Box) page(w http.ResponseWriter, r *http.Request, host, path string) {
	real, err := url.Parse("https://" + host + path)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	var switches []Switch
	for _, login := range b.opt.People {
		next := url.Values{"next": {r.URL.RequestURI()}}
		switches = append(switches, Switch{Login: login, URL: b.root() + "_/as/" + url.PathEscape(login) + "?" + next.Encode()})
	}
	asked := r.Clone(WithSwitches(WithPerson(r.Context(), b.person(r)), switches))
	asked.Host, asked.URL = host, real
	asked.URL.RawQuery = r.URL.RawQuery
	// The person's cookie, and any other page's on 127.0.0.1, is not GitHub's.
	asked.Header.Del("Cookie")
	asked.Header.Del("Accept-Encoding")
	out := &rewriter{b: b, host: host, w: w}
	b.services[strings.ToLower(host)].ServeHTTP(out, asked)
	out.finish()
}
