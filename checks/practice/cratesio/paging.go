package cratesio

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
)

// Pages of lists, in rows (src/controllers/helpers/pagination.rs).
const (
	defaultPage = 10
	maxPage     = 100
)

// pageOf cuts the page that the request asks for out of a list, and says with
// which query the next one begins.
func pageOf[T any](r *http.Request, all []T, id func(T) int) ([]T, map[string]any, error) {
	query, size := r.URL.Query(), defaultPage
	if query.Has("page") {
		return nil, nil, badRequest("?page= is not supported for this request")
	}
	if asked := query.Get("per_page"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 {
			return nil, nil, badRequest("Failed to deserialize query string: per_page: invalid digit found in string")
		}
		size = n
	}
	if size > maxPage {
		return nil, nil, badRequest("cannot request more than %d items", maxPage)
	}
	rest, err := after(query.Get("seek"), all, id)
	if err != nil {
		return nil, nil, err
	}
	meta := map[string]any{"total": len(all), "next_page": nil}
	if len(rest) < size {
		return rest, meta, nil
	}
	rest = rest[:size]
	query.Set("seek", base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(id(rest[size-1])))))
	meta["next_page"] = "?" + query.Encode()
	return rest, meta, nil
}

// after is what follows the row that a seek parameter names.
func after[T any](seek string, all []T, id func(T) int) ([]T, error) {
	if seek == "" {
		return all, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(seek)
	last, err2 := strconv.Atoi(string(text))
	if err != nil || err2 != nil {
		return nil, badRequest("invalid seek parameter")
	}
	at := slices.IndexFunc(all, func(row T) bool { return id(row) == last })
	return all[at+1:], nil
}
