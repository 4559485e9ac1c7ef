package pypi

import (
	"net/http"
	"strconv"
	"strings"
)

// The kinds of content that the simple interface offers, in the order of the
// server (warehouse/api/simple.py).
const (
	kindHTML       = "text/html"
	kindSimpleHTML = "application/vnd.pypi.simple.v1+html"
	kindSimpleJSON = "application/vnd.pypi.simple.v1+json"
	kindIntegrity  = "application/vnd.pypi.integrity.v1+json"
	kindJSON       = "application/json"
)

// accepted is the offer that a request likes best; "" if it likes none. Without
// an Accept header it is the first.
func accepted(r *http.Request, offers ...string) string {
	header := r.Header.Get("Accept")
	if header == "" {
		return offers[0]
	}
	best, liked := "", 0.0
	for _, offer := range offers {
		if q := quality(header, offer); q > liked {
			best, liked = offer, q
		}
	}
	return best
}

// quality is how much a header likes an offer, from 0 to 1; the most specific
// range decides.
func quality(header, offer string) float64 {
	group, _, _ := strings.Cut(offer, "/")
	liked, rank := 0.0, 0
	for _, part := range strings.Split(header, ",") {
		kind, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		r := map[string]int{"*/*": 1, group + "/*": 2, offer: 3}[strings.ToLower(strings.TrimSpace(kind))]
		if r <= rank {
			continue
		}
		liked, rank = 1, r
		for _, param := range strings.Split(params, ";") {
			if value, found := strings.CutPrefix(strings.TrimSpace(param), "q="); found {
				liked, _ = strconv.ParseFloat(value, 64)
			}
		}
	}
	return liked
}
