package workflow

import "fmt"

// Granted is the level of one permission and where it comes from.
type Granted struct {
	// Level is "write", "read", "none", or "" when it depends on the
	// repository's default, which is not known.
	Level string
	// File and Line are the block that decides; "" and 0 for the default.
	File string
	Line int
	// Because names the block in a few words: "job permissions".
	Because string
}

// Grant is what a job's token may do, of what matters here.
type Grant struct {
	IDToken, Contents Granted
	// Refusal is GitHub's text when a called workflow asks for more than its
	// caller may give, which stops the whole run; "" otherwise.
	Refusal string
	// Doubt says why it cannot be told whether GitHub refuses; "" otherwise.
	Doubt string
}

// Effective tells what a job's token may do. defaultPermission is the
// repository's setting for jobs that name no permissions: "read", "write", or ""
// when it is not known. Id-token is never part of a default
// (docs.github.com, "Workflow syntax: permissions", read August 2026).
func Effective(f *File, j *Job, defaultPermission string) Grant {
	return effective(f, j, nil, defaultPermission)
}

// Grant is what the publishing job's token may do, capped by its callers.
func (p Publishing) Grant(defaultPermission string) Grant {
	return effective(p.File, p.Job, p.Callers, defaultPermission)
}

func effective(f *File, j *Job, callers []Caller, defaultPermission string) Grant {
	g := defaults(defaultPermission)
	for i, c := range callers {
		g = g.narrowed(c.File, c.Job, i > 0)
	}
	return g.narrowed(f, j, len(callers) > 0)
}

func defaults(permission string) Grant {
	g := Grant{
		IDToken:  Granted{Level: "none", Because: "no permissions: block, and id-token is never a default"},
		Contents: Granted{Because: "the repository's default, which was not seen"},
	}
	switch permission {
	case "read":
		g.Contents = Granted{Level: "read", Because: "the repository's default"}
	case "write":
		g.Contents = Granted{Level: "write", Because: "the repository's default"}
	}
	return g
}

// narrowed applies a job's block, else its workflow's. A called workflow can
// only keep or lower what its caller has; asking for more stops the run.
func (g Grant) narrowed(f *File, j *Job, called bool) Grant {
	block, because := j.Permissions, "job permissions"
	if block == nil {
		block, because = f.Permissions, "workflow permissions"
	}
	if block == nil {
		return g
	}
	id := block.granted("id-token", f.Path, because)
	contents := block.granted("contents", f.Path, because)
	if called {
		g = g.lent(id, f.Remote == "")
		if g.Refusal == "" {
			g.Refusal = refusal(j, id, g.IDToken, "id-token")
		}
		if g.Refusal == "" {
			g.Refusal = refusal(j, contents, g.Contents, "contents")
		}
		id, contents = id.capped(g.IDToken), contents.capped(g.Contents)
	}
	g.IDToken, g.Contents = id, contents
	return g
}

// lent is what callers without any block of their own let a called workflow
// take. Id-token is not in their own tokens, yet where the repository's default
// is read and write, GitHub lets a called file of the same repository ask for
// it: cargo-semver-checks has released so since 2025-09 (its ci.yml and
// release.yml, read 2026-08-20). Where the default is read-only GitHub refuses
// (infino-ai/infino#175).
func (g Grant) lent(asked Granted, own bool) Grant {
	if asked.Level != "write" || g.IDToken.File != "" || !own {
		return g
	}
	switch {
	case g.Contents.Level == "write":
		g.IDToken.Level = "write"
	case g.Contents.Level == "":
		g.IDToken.Level = ""
		g.Doubt = "no calling workflow has a permissions: block, so the repository's default decides: with a read-only one GitHub refuses the run"
	}
	return g
}

func (g Granted) capped(by Granted) Granted {
	if exceeds(g.Level, by.Level) {
		return by
	}
	return g
}

func (p *Permissions) granted(scope, path, because string) Granted {
	g := Granted{Level: "none", File: path, Line: p.Line, Because: because}
	switch p.All {
	case "write-all":
		g.Level = "write"
	case "read-all":
		if scope != "id-token" { // there is nothing to read
			g.Level = "read"
		}
	case "":
		if level, ok := p.Scopes[scope]; ok {
			g.Level = level
			g.Line = p.Lines[scope]
		} else {
			g.Because += ", which do not name it"
		}
	}
	return g
}

func exceeds(asked, has string) bool {
	rank := map[string]int{"none": 0, "read": 1, "write": 2}
	r, known := rank[has]
	return known && rank[asked] > r
}

func refusal(j *Job, asked, has Granted, scope string) string {
	if !exceeds(asked.Level, has.Level) {
		return ""
	}
	return fmt.Sprintf("The nested job '%s' is requesting '%s: %s', but is only allowed '%s: %s'.", j.ID, scope, asked.Level, scope, has.Level)
}
