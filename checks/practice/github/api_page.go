package github

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

const (
	defaultPerPage = 30
	maxPerPage     = 100
)

// paginate cuts out the page that the request asks for, and makes the Link
// header that leads to the others.
func paginate[T any](c *call, all []T) ([]T, http.Header) {
	q := c.r.URL.Query()
	per := positive(q.Get("per_page"), defaultPerPage, maxPerPage)
	page := positive(q.Get("page"), 1, 1<<30)
	last := max(1, (len(all)+per-1)/per)
	from := min((page-1)*per, len(all))
	cut := all[from:min(from+per, len(all))]

	var links []string
	add := func(number int, rel string) {
		u := *c.r.URL
		u.Scheme, u.Host = "https", APIHost
		q.Set("page", strconv.Itoa(number))
		u.RawQuery = q.Encode()
		links = append(links, fmt.Sprintf(`<%s>; rel="%s"`, u.String(), rel))
	}
	if page > 1 {
		add(min(page-1, last), "prev")
	}
	if page < last {
		add(page+1, "next")
		add(last, "last")
	}
	if page > 1 {
		add(1, "first")
	}
	header := http.Header{}
	if len(links) > 0 {
		header.Set("Link", strings.Join(links, ", "))
	}
	return cut, header
}

func positive(text string, otherwise, most int) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return otherwise
	}
	return min(n, most)
}

// list answers with one page of an array.
func list[T any](c *call, all []T, draw func(T) obj) (answer, error) {
	page, header := paginate(c, all)
	return answer{status: http.StatusOK, body: drawAll(page, draw), header: header}, nil
}

// counted answers with one page under a key, beside the total count.
func counted[T any](c *call, key string, all []T, draw func(T) obj) (answer, error) {
	page, header := paginate(c, all)
	body := obj{"total_count": len(all), key: drawAll(page, draw)}
	return answer{status: http.StatusOK, body: body, header: header}, nil
}

func drawAll[T any](items []T, draw func(T) obj) []obj {
	drawn := make([]obj, 0, len(items))
	for _, item := range items {
		drawn = append(drawn, draw(item))
	}
	return drawn
}
