package workflow

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

// effective follows the calls down. The nearest block decides: the job's, its
// file's, else the callers'; and no block of a called file may exceed what the
// callers' blocks, or the repository's default, allow.
func effective(f *File, j *Job, callers []Caller, defaultPermission string) Grant {
	var g Grant
	given := block{}
	chain := append(callers[:len(callers):len(callers)], Caller{f, j})
	for i, c := range chain {
		if i > 0 && g.Refusal == "" {
			g.hold(c.File, ceiling{given.permissions, defaultPermission, c.File.Remote == ""})
		}
		if own := nearest(c.File, c.Job); own.permissions != nil {
			given = own
		}
	}
	if given.permissions == nil {
		g.IDToken, g.Contents = defaults(defaultPermission)
		return g
	}
	g.IDToken, g.Contents = given.granted("id-token"), given.granted("contents")
	if g.Refusal != "" {
		g.IDToken.Level = "none" // no job of the run starts
	}
	if g.Doubt != "" && g.IDToken.Level == "write" {
		g.IDToken.Level = ""
	}
	return g
}

// hold compares what a called file asks for, as a whole and job by job, with
// what it may have.
func (g *Grant) hold(f *File, c ceiling) {
	who := "The workflow"
	asked := []*Permissions{f.Permissions}
	names := []string{who}
	for _, j := range f.Jobs {
		asked, names = append(asked, j.Permissions), append(names, "The nested job '"+j.ID+"'")
	}
	for i, p := range asked {
		refused, doubt := c.exceeded(p)
		if refused != "" {
			g.Refusal, g.Doubt = names[i]+" is requesting "+refused, ""
			return
		}
		if doubt != "" && g.Doubt == "" {
			g.Doubt = names[i] + " of " + f.Base() + " asks for " + doubt
		}
	}
}

// block is a permissions block and where it stands.
type block struct {
	permissions *Permissions
	path        string
	name        string
}

// nearest is the job's own block, else its file's.
func nearest(f *File, j *Job) block {
	if j.Permissions != nil {
		return block{j.Permissions, f.Path, "job permissions"}
	}
	return block{f.Permissions, f.Path, "workflow permissions"}
}

func (b block) granted(scope string) Granted {
	g := Granted{Level: b.permissions.level(scope), File: b.path, Line: b.permissions.Line, Because: b.name}
	if line, named := b.permissions.Lines[scope]; named {
		g.Line = line
	} else if b.permissions.All == "" {
		g.Because += ", which do not name it"
	}
	return g
}

// defaults is what a job gets when no block says anything.
func defaults(permission string) (id, contents Granted) {
	id = Granted{Level: "none", Because: "no permissions: block, and id-token is never a default"}
	contents = Granted{Because: "the repository's default, which was not seen"}
	if permission != "" {
		contents = Granted{Level: permission, Because: "the repository's default"}
	}
	return id, contents
}
