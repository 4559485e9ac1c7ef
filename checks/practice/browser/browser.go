package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// Browser keeps who is signed in, as a cookie, from page to page.
type Browser struct {
	// Base is the address of the loopback pages, with the secret of the run.
	Base   string
	client *http.Client
}

// New makes a browser for the loopback pages at base.
func New(base string) *Browser {
	jar, _ := cookiejar.New(nil)
	return &Browser{Base: strings.TrimRight(base, "/"), client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
}

// Loopback is the loopback form of a real https address. An address that is
// not https is an error: nothing but the practice world is ever opened.
func (b *Browser) Loopback(real string) (string, error) {
	u, err := url.Parse(real)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("opening %q in the practice world: only https addresses of its hosts can be opened", real)
	}
	u.Path, u.RawPath = "/"+u.Host+u.EscapedPath(), ""
	return b.Base + u.Path + query(u), nil
}

func query(u *url.URL) string {
	if u.RawQuery == "" {
		return ""
	}
	return "?" + u.RawQuery
}

// Open fetches a page by its real address.
func (b *Browser) Open(ctx context.Context, real string) (*Document, error) {
	at, err := b.Loopback(real)
	if err != nil {
		return nil, err
	}
	return b.Follow(ctx, at)
}

// Follow fetches a page by its loopback address, as a click on a link does.
func (b *Browser) Follow(ctx context.Context, at string) (*Document, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", at, err)
	}
	return b.do(req)
}

// Submit sends a form by one of its buttons; nil stands for the first.
func (b *Browser) Submit(ctx context.Context, page *Document, form *Form, button *Button) (*Document, error) {
	action, err := page.URL.Parse(form.Action)
	if err != nil {
		return nil, fmt.Errorf("sending the form %q: %w", form.Name, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, action.String(), strings.NewReader(form.values(button).Encode()))
	if err != nil {
		return nil, fmt.Errorf("sending the form %q: %w", form.Name, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", page.URL.Scheme+"://"+page.URL.Host)
	req.Header.Set("Referer", page.URL.String())
	return b.do(req)
}

func (f *Form) values(button *Button) url.Values {
	v := url.Values{}
	for _, field := range f.Fields {
		if field.Name != "" && (field.Kind != "checkbox" || field.Checked) {
			v.Add(field.Name, field.Value)
		}
	}
	if button == nil && len(f.Buttons) > 0 {
		button = &f.Buttons[0]
	}
	if button != nil && button.Name != "" {
		v.Add(button.Name, button.Value)
	}
	return v
}

func (b *Browser) do(req *http.Request) (*Document, error) {
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", req.URL, err)
	}
	defer resp.Body.Close()
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return nil, fmt.Errorf("opening %s: the practice world answered %s and no page", req.URL, resp.Status)
	}
	return Parse(resp.Body, resp.Request.URL)
}

// SignIn signs in as another person by the page's own link.
func (b *Browser) SignIn(ctx context.Context, page *Document, login string) (*Document, error) {
	if page.ByID["person"] == login {
		return page, nil
	}
	for _, l := range page.Links {
		if l.Switch && l.Text == login {
			return b.Follow(ctx, l.URL)
		}
	}
	return nil, fmt.Errorf("the page %s offers nobody to sign in as %s", page.URL, login)
}
