package change

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/trustpub/gh-trustpub/checks/collect/transport"
)

// setting is one object of the repository's settings that is read and written
// whole: fields that are not known here go back as they came.
type setting struct {
	// what names it in a sentence, path is below the repository.
	what, path string
}

// settingPath is the address of a setting of the repository.
func (t *Tools) settingPath(below string) string {
	return fmt.Sprintf("repos/%s/%s%s", url.PathEscape(t.Repo.Owner), url.PathEscape(t.Repo.Name), below)
}

type fields map[string]json.RawMessage

func (t *Tools) readSetting(ctx context.Context, s setting) (fields, error) {
	api, err := t.api()
	if err != nil {
		return nil, err
	}
	now := fields{}
	if _, err := api.Do(ctx, http.MethodGet, t.settingPath(s.path), nil, &now); err != nil {
		return nil, fmt.Errorf("read %s: %w%s", s.what, err, t.settingHint(err))
	}
	return now, nil
}

// writeSetting reads, has edit change what was read, writes, and reads back. Where
// edit changes nothing, nothing is written.
func (t *Tools) writeSetting(ctx context.Context, h Hands, s setting, edit func(fields) error) error {
	h.progress("Reading %s", s.what)
	now, err := t.readSetting(ctx, s)
	if err != nil {
		return err
	}
	asked := maps.Clone(now)
	if err := edit(asked); err != nil {
		return fmt.Errorf("write %s: %w", s.what, err)
	}
	if len(differing(now, asked)) == 0 {
		return nil // made by an earlier, interrupted try
	}
	api, err := t.api()
	if err != nil {
		return err
	}
	h.progress("Writing %s", s.what)
	if _, err := api.Do(ctx, http.MethodPut, t.settingPath(s.path), asked, nil); err != nil {
		return fmt.Errorf("write %s: %w%s", s.what, err, t.settingHint(err))
	}
	h.progress("Reading back what GitHub stored")
	got, err := t.readSetting(ctx, s)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	if missing := differing(asked, got); len(missing) > 0 {
		return fmt.Errorf("GitHub took %s and did not store %s as asked for", s.what, strings.Join(missing, ", "))
	}
	return nil
}

// differing names the fields of one object that another one does not have, or
// has otherwise.
func differing(from, to fields) []string {
	var names []string
	for name, value := range from {
		if !bytes.Equal(compact(value), compact(to[name])) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func compact(value json.RawMessage) []byte {
	var b bytes.Buffer
	if json.Compact(&b, value) != nil {
		return value
	}
	return b.Bytes()
}

// settingHint follows a refusal: 409 is what GitHub answers where the owner of
// the repository has decided (GitHub's description of its REST API,
// "actions/set-github-actions-default-workflow-permissions-repository" and
// "repos/enable-immutable-releases", read 2026-11).
func (t *Tools) settingHint(err error) string {
	e, answered := errors.AsType[*transport.Error](err)
	switch {
	case answered && e.Status == http.StatusConflict:
		return fmt.Sprintf("; %s decides that for its repositories: an owner of it changes it at https://%s/organizations/%s/settings", t.Repo.Owner, t.Repo.Host, t.Repo.Owner)
	case transport.Is(err, transport.KindForbidden, transport.KindNotFound):
		return "; that is an administrator's, and a fine-grained token needs “Administration: write”"
	}
	return ""
}
