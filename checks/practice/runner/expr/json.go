package expr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// JSON is a value as toJSON prints it: two spaces of indent, keys in order.
func JSON(v any) string {
	var out strings.Builder
	writeJSON(&out, v, "")
	return out.String()
}

func writeJSON(out *strings.Builder, v any, indent string) {
	switch v := v.(type) {
	case *Object:
		writeBlock(out, "{", "}", indent, v.Len(), func(i int, inner string) {
			key := v.keys[i]
			out.WriteString(quote(key) + ": ")
			writeJSON(out, v.Get(key), inner)
		})
	case []any:
		writeBlock(out, "[", "]", indent, len(v), func(i int, inner string) { writeJSON(out, v[i], inner) })
	case filtered:
		writeJSON(out, []any(v), indent)
	case string:
		out.WriteString(quote(v))
	case nil:
		out.WriteString("null")
	default:
		out.WriteString(String(v))
	}
}

func writeBlock(out *strings.Builder, open, end, indent string, n int, item func(i int, indent string)) {
	if n == 0 {
		out.WriteString(open + end)
		return
	}
	inner := indent + "  "
	out.WriteString(open + "\n")
	for i := range n {
		out.WriteString(inner)
		item(i, inner)
		if i < n-1 {
			out.WriteString(",")
		}
		out.WriteString("\n")
	}
	out.WriteString(indent + end)
}

func quote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""` // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ParseJSON reads one JSON value, keeping the order of keys. The error says
// where the text stops being JSON.
func ParseJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	v, err := readJSON(d)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the JSON text is empty or ends too early")
		}
		return nil, fmt.Errorf("error parsing JSON near byte %d: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("error parsing JSON: something follows the value at byte %d", d.InputOffset())
	}
	return v, nil
}

func readJSON(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return readObject(d)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := readJSON(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return token, nil
}

func readObject(d *json.Decoder) (any, error) {
	o := NewObject()
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := readJSON(d)
		if err != nil {
			return nil, err
		}
		o.Set(key.(string), v)
	}
	_, err := d.Token()
	return o, err
}

// FromGo turns what encoding/json can encode (a Go struct or map) into a value.
func FromGo(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("making a context of %T: %w", v, err)
	}
	return ParseJSON(string(raw))
}
