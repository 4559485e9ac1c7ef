package tools

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"github.com/trustpub/gh-trustpub/checks/practice/runner/shell"
)

// The exit statuses of curl that scripts look at (man curl, "EXIT CODES").
const (
	curlUsage   = 2
	curlConnect = 7
	curlHTTP    = 22
	curlWrite   = 23
)

type curlOptions struct {
	silent, showError, fail, failWithBody, follow, include, head, verbose bool
	method, output, writeOut, user, userAgent                             string
	headers, data, raw, binary, json                                      []string
}

func (o *curlOptions) define(f *pflag.FlagSet) {
	f.BoolVarP(&o.silent, "silent", "s", false, "")
	f.BoolVarP(&o.showError, "show-error", "S", false, "")
	f.BoolVarP(&o.fail, "fail", "f", false, "")
	f.BoolVar(&o.failWithBody, "fail-with-body", false, "")
	f.BoolVarP(&o.follow, "location", "L", false, "")
	f.BoolVarP(&o.include, "include", "i", false, "")
	f.BoolVarP(&o.head, "head", "I", false, "")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "")
	f.StringVarP(&o.method, "request", "X", "", "")
	f.StringVarP(&o.output, "output", "o", "", "")
	f.StringVarP(&o.writeOut, "write-out", "w", "", "")
	f.StringVarP(&o.user, "user", "u", "", "")
	f.StringVarP(&o.userAgent, "user-agent", "A", "curl/8.14.1", "")
	f.StringArrayVarP(&o.headers, "header", "H", nil, "")
	f.StringArrayVarP(&o.data, "data", "d", nil, "")
	f.StringArrayVar(&o.raw, "data-raw", nil, "")
	f.StringArrayVar(&o.binary, "data-binary", nil, "")
	f.StringArrayVar(&o.json, "json", nil, "")
	for _, name := range []string{"retry", "retry-delay", "retry-max-time", "connect-timeout", "proto"} {
		f.String(name, "", "")
	}
	f.StringP("max-time", "m", "", "")
	f.Bool("retry-all-errors", false, "")
	f.Bool("retry-connrefused", false, "")
	f.Bool("compressed", false, "")
	f.Bool("tlsv1.2", false, "")
}

// curl makes one request to a host of the practice world. It never retries.
func (k Kit) curl(ctx context.Context, c *shell.Call) int {
	var o curlOptions
	args, ok := c.Flags(o.define)
	if !ok {
		return curlUsage
	}
	if len(args) != 1 {
		return c.Refuse(fmt.Sprintf("curl with %d addresses", len(args)))
	}
	req, err := o.request(ctx, c, args[0])
	if err != nil {
		fmt.Fprintf(c.Stderr, "curl: (%d) %v\n", curlUsage, err)
		return curlUsage
	}
	client := *k.Client
	if !o.follow {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	resp, err := client.Do(req)
	if err != nil {
		o.complain(c, curlConnect, fmt.Sprintf("Failed to connect to %s: %v", req.URL.Host, err))
		return curlConnect
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return c.Fail(err)
	}
	return o.finish(c, resp, body)
}

func (o curlOptions) complain(c *shell.Call, code int, text string) {
	if !o.silent || o.showError {
		fmt.Fprintf(c.Stderr, "curl: (%d) %s\n", code, text)
	}
}

func (o curlOptions) request(ctx context.Context, c *shell.Call, address string) (*http.Request, error) {
	body, err := o.body(c)
	if err != nil {
		return nil, err
	}
	method := o.method
	if method == "" {
		method = map[bool]string{true: http.MethodHead, false: http.MethodGet}[o.head]
		if body != nil {
			method = http.MethodPost
		}
	}
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", o.userAgent)
	req.Header.Set("Accept", "*/*")
	switch {
	case len(o.json) > 0:
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json")
	case body != nil:
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, h := range o.headers {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Set(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	if o.user != "" {
		name, password, _ := strings.Cut(o.user, ":")
		req.SetBasicAuth(name, password)
	}
	return req, nil
}

func (o curlOptions) body(c *shell.Call) ([]byte, error) {
	var parts [][]byte
	for _, group := range []struct {
		values          []string
		files, newlines bool
	}{{o.data, true, false}, {o.raw, false, true}, {o.binary, true, true}, {o.json, true, true}} {
		for _, v := range group.values {
			part := []byte(v)
			if name, isFile := strings.CutPrefix(v, "@"); isFile && group.files {
				read, err := c.Read(name)
				if err != nil {
					return nil, err
				}
				part = read
				if !group.newlines {
					part = []byte(strings.NewReplacer("\n", "", "\r", "").Replace(string(read)))
				}
			}
			parts = append(parts, part)
		}
	}
	if parts == nil {
		return nil, nil
	}
	return bytes.Join(parts, []byte(map[bool]string{true: "", false: "&"}[len(o.json) > 0])), nil
}

func (o curlOptions) finish(c *shell.Call, resp *http.Response, body []byte) int {
	failed := resp.StatusCode >= 400 && (o.fail || o.failWithBody)
	if !failed || o.failWithBody {
		if err := o.deliver(c, resp, body); err != nil {
			fmt.Fprintf(c.Stderr, "curl: (%d) %v\n", curlWrite, err)
			return curlWrite
		}
	}
	fmt.Fprint(c.Stdout, strings.NewReplacer("%{http_code}", strconv.Itoa(resp.StatusCode), "%{response_code}", strconv.Itoa(resp.StatusCode),
		"%{content_type}", resp.Header.Get("Content-Type"), `\n`, "\n", `\t`, "\t").Replace(o.writeOut))
	if failed {
		o.complain(c, curlHTTP, fmt.Sprintf("The requested URL returned error: %d", resp.StatusCode))
		return curlHTTP
	}
	return 0
}

func (o curlOptions) deliver(c *shell.Call, resp *http.Response, body []byte) error {
	var text bytes.Buffer
	if o.include || o.head {
		fmt.Fprintf(&text, "HTTP/1.1 %s\r\n", resp.Status)
		if err := resp.Header.Write(&text); err != nil {
			return err
		}
		text.WriteString("\r\n")
	}
	text.Write(body)
	switch o.output {
	case "/dev/null":
		return nil
	case "", "-":
		_, err := c.Stdout.Write(text.Bytes())
		return err
	}
	full, err := c.Path(o.output)
	if err != nil {
		return err
	}
	return os.WriteFile(full, text.Bytes(), 0o644)
}
