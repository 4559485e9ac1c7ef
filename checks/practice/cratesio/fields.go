package cratesio

import (
	"regexp"
	"strings"
)

// maxField is the length of every field of a publisher, in bytes
// (crates/crates_io_trustpub/src/github/validation.rs).
const maxField = 255

var (
	validOwner      = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]*$`)
	validRepository = regexp.MustCompile(`^[a-zA-Z0-9-_.]+$`)
)

// forbiddenInEnvironment are the characters that an environment's name must
// not have; control characters are the others.
const forbiddenInEnvironment = "'\"`,;\\"

// check refuses a publisher whose fields cannot be right.
func (p Publisher) check() error {
	if err := checkOwner(p.RepositoryOwner); err != nil {
		return err
	}
	if err := checkRepository(p.RepositoryName); err != nil {
		return err
	}
	if err := checkWorkflow(p.WorkflowFilename); err != nil {
		return err
	}
	if p.Environment == nil {
		return nil
	}
	return checkEnvironment(*p.Environment)
}

func checkOwner(owner string) error {
	switch {
	case owner == "":
		return badRequest("GitHub repository owner name may not be empty")
	case len(owner) > maxField:
		return badRequest("GitHub repository owner name is too long (maximum is %d characters)", maxField)
	case !validOwner.MatchString(owner):
		return badRequest("Invalid GitHub repository owner name")
	}
	return nil
}

func checkRepository(name string) error {
	switch {
	case name == "":
		return badRequest("GitHub repository name may not be empty")
	case len(name) > maxField:
		return badRequest("GitHub repository name is too long (maximum is %d characters)", maxField)
	case !validRepository.MatchString(name):
		return badRequest("Invalid GitHub repository name")
	}
	return nil
}

func checkWorkflow(file string) error {
	switch {
	case file == "":
		return badRequest("Workflow filename may not be empty")
	case len(file) > maxField:
		return badRequest("Workflow filename is too long (maximum is %d characters)", maxField)
	case !strings.HasSuffix(file, ".yml") && !strings.HasSuffix(file, ".yaml"):
		return badRequest("Workflow filename must end with `.yml` or `.yaml`")
	case strings.Contains(file, "/"):
		return badRequest("Workflow filename must be a filename only, without directories")
	}
	return nil
}

func checkEnvironment(name string) error {
	control := func(ch rune) bool { return ch < 0x20 || ch == 0x7f }
	switch {
	case name == "":
		return badRequest("Environment name may not be empty (use `null` to omit)")
	case len(name) > maxField:
		return badRequest("Environment name is too long (maximum is %d characters)", maxField)
	case strings.HasPrefix(name, " "):
		return badRequest("Environment name may not start with whitespace")
	case strings.HasSuffix(name, " "):
		return badRequest("Environment name may not end with whitespace")
	case strings.ContainsAny(name, forbiddenInEnvironment) || strings.ContainsFunc(name, control):
		return badRequest(`Environment name must not contain non-printable characters or the characters "'", """, "` + "`" + `", ",", ";", "\"`)
	}
	return nil
}
