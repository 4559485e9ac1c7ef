package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// maxPush is how many bytes of a push are taken.
const maxPush = 256 << 20

// pushRequest is what git sends to git-receive-pack: commands, and what they
// need (git's documentation, gitprotocol-pack, read November 2026).
type pushRequest struct {
	commands []pushCommand
	caps     []string
	pack     []byte
}

// pushCommand asks for one ref to be moved; refused says why it is not.
type pushCommand struct {
	old, new, ref string
	refused       *pushRefusal
}

// pushRefusal is GitHub's answer to one ref of a push: what it tells, and what
// git shows beside the ref.
type pushRefusal struct{ told, reason string }

var errNotAPush = errors.New("this is not a push as git sends it")

func readPush(body []byte) (*pushRequest, error) {
	p := &pushRequest{}
	for {
		line, rest, err := readPacket(body)
		if err != nil {
			return nil, err
		}
		body = rest
		if line == nil {
			p.pack = body
			return p, nil
		}
		text, caps, first := strings.Cut(string(line), "\x00")
		if first {
			p.caps = strings.Fields(caps)
		}
		f := strings.Fields(text)
		if len(f) == 2 && f[0] == "shallow" {
			continue
		}
		if len(f) != 3 {
			return nil, errNotAPush
		}
		p.commands = append(p.commands, pushCommand{old: f[0], new: f[1], ref: f[2]})
	}
}

// readPacket takes one pkt-line off; nil is a flush.
func readPacket(data []byte) (line, rest []byte, err error) {
	const head = 4
	if len(data) < head {
		return nil, nil, errNotAPush
	}
	n, err := strconv.ParseUint(string(data[:head]), 16, 16)
	size := int(n)
	switch {
	case err != nil || size > len(data) || size > 0 && size < head:
		return nil, nil, errNotAPush
	case size == 0:
		return nil, data[head:], nil
	}
	return data[head:size], data[size:], nil
}

func packet(text string) string { return fmt.Sprintf("%04x%s", len(text)+4, text) }

// receive takes a push, refuses what rules forbid, and reports what it has
// changed. Refs are judged one by one, as GitHub does, unless git asks for all
// or nothing.
func (g gitService) receive(w http.ResponseWriter, r *http.Request, repo Repository, token *Token) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPush))
	if err != nil {
		http.Error(w, "The push could not be read: "+err.Error(), http.StatusBadRequest)
		return
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.TransferEncoding = nil
	g.s.refMu.Lock()
	p, err := readPush(body)
	switch {
	case err == nil && len(p.commands) > 0 && g.judge(r.Context(), repo, token, p):
		g.partly(w, r.Context(), repo, p)
	default: // git says by itself what is wrong with it
		g.backend(w, r, repo, "git-receive-pack", token.Login)
	}
	pushes, err := g.s.scanLocked(r.Context(), repo, token.Login)
	g.s.refMu.Unlock()
	if err != nil {
		return // the next look sees it, as the default person's
	}
	for _, push := range pushes {
		push.ByJob = token.Kind == JobToken
		g.s.report(context.WithoutCancel(r.Context()), push)
	}
}

// judge holds each command against the rules and says whether one is refused.
func (g gitService) judge(ctx context.Context, repo Repository, token *Token, p *pushRequest) bool {
	objects, clean, err := g.unpack(ctx, repo.ID, p.pack)
	defer clean()
	if err != nil {
		return false // git refuses the pack itself
	}
	refused := false
	for i := range p.commands {
		c := &p.commands[i]
		forced := c.old != NoCommit && c.new != NoCommit && !objects.isAncestor(ctx, c.old, c.new)
		push := Push{Owner: repo.Owner, Name: repo.Name, Ref: c.ref, Before: c.old, After: c.new, Pusher: token.Login, ByJob: token.Kind == JobToken}
		if c.refused = g.s.refusesPush(repo.ID, push, forced); c.refused == nil {
			c.refused = g.refusesWorkflows(ctx, objects, repo, token, *c)
		}
		refused = refused || c.refused != nil
	}
	if refused && slices.Contains(p.caps, "atomic") {
		for i := range p.commands {
			if p.commands[i].refused == nil {
				p.commands[i].refused = &pushRefusal{reason: "atomic transaction failed"}
			}
		}
	}
	return refused
}

// unpack reads the objects of a push beside the repository, without putting them
// into it.
func (g gitService) unpack(ctx context.Context, id int64, pack []byte) (quarantine, func(), error) {
	dir, err := os.MkdirTemp("", "practice-push-")
	if err != nil {
		return quarantine{}, func() {}, err
	}
	clean := func() { _ = os.RemoveAll(dir) }
	own := g.s.gitDir(id)
	q := quarantine{gitRepo{own}, []string{"GIT_OBJECT_DIRECTORY=" + dir, "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + filepath.Join(own, "objects")}}
	if len(pack) == 0 {
		return q, clean, nil
	}
	if err := os.MkdirAll(filepath.Join(dir, "pack"), 0o700); err != nil {
		return q, clean, err
	}
	_, err = q.in(ctx, string(pack), q.env, "index-pack", "--stdin", "--fix-thin")
	return q, clean, err
}

// quarantine is a repository with the objects of a push.
type quarantine struct {
	gitRepo
	env []string
}

func (q quarantine) isAncestor(ctx context.Context, old, young string) bool {
	_, err := q.in(ctx, "", q.env, "merge-base", "--is-ancestor", old, young)
	return err == nil
}

// partly moves the refs that are not refused, and answers for all.
func (g gitService) partly(w http.ResponseWriter, ctx context.Context, repo Repository, p *pushRequest) {
	own := gitRepo{g.s.gitDir(repo.ID)}
	report, told := packet("unpack ok\n"), ""
	if len(p.pack) > 0 && slices.ContainsFunc(p.commands, func(c pushCommand) bool { return c.refused == nil }) {
		if _, err := own.in(ctx, string(p.pack), nil, "index-pack", "--stdin", "--fix-thin"); err != nil {
			report = packet("unpack " + strings.ReplaceAll(err.Error(), "\n", " ") + "\n")
		}
	}
	for _, c := range p.commands {
		if c.refused == nil {
			c.refused = own.move(ctx, c)
		}
		if c.refused == nil {
			report += packet("ok " + c.ref + "\n")
			continue
		}
		report += packet("ng " + c.ref + " " + c.refused.reason + "\n")
		told += c.refused.told
	}
	w.Header().Set("Content-Type", "application/x-git-receive-pack-result")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = io.WriteString(w, p.answer(report+"0000", told))
}

func (g gitRepo) move(ctx context.Context, c pushCommand) *pushRefusal {
	args := []string{"update-ref", c.ref, c.new, c.old}
	if c.new == NoCommit {
		args = []string{"update-ref", "-d", c.ref, c.old}
	}
	if _, err := g.run(ctx, args...); err != nil {
		return &pushRefusal{reason: "failed to update ref"}
	}
	return nil
}

// answer is the report, with what is told on the band for people where git has
// one.
func (p *pushRequest) answer(report, told string) string {
	const people, data, most = "\x02", "\x01", 65000
	if !slices.Contains(p.caps, "side-band-64k") {
		return report
	}
	out := ""
	for line := range strings.Lines(told) {
		out += packet(people + line)
	}
	for chunk := range slices.Chunk([]byte(report), most) {
		out += packet(data + string(chunk))
	}
	return out + "0000"
}

// refusesPush says why a push of one ref is refused, in GitHub's words: GH013
// for rulesets, GH006 for branch protection (public reports of both, 2026-08).
func (s *Store) refusesPush(id int64, p Push, forced bool) *pushRefusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	repo := s.repoByID(id)
	if violations := s.violations(repo, p, forced, false); len(violations) > 0 {
		told := fmt.Sprintf("error: GH013: Repository rule violations found for %s.\nReview all repository rules at %s/rules?ref=%s\n\n",
			p.Ref, repo.page(), url.QueryEscape(p.Ref))
		for _, v := range violations {
			told += "- " + v + "\n\n"
		}
		return &pushRefusal{told, "push declined due to repository rule violations"}
	}
	if why := s.protects(repo, p, forced, false); why != "" {
		return &pushRefusal{fmt.Sprintf("error: GH006: Protected branch update failed for %s.\n\n- %s\n", p.Ref, why), "protected branch hook declined"}
	}
	return nil
}
