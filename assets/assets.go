// Package assets holds what the program carries with it: the sample projects
// of the practice world.
package assets

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed all:scenarios
var files embed.FS

// Scenario is the sample project of a scenario, as its repository starts.
func Scenario(name string) (fs.FS, error) {
	project, err := fs.Sub(files, "scenarios/"+name)
	if err == nil {
		_, err = fs.Stat(project, ".")
	}
	if err != nil {
		return nil, fmt.Errorf("there is no scenario %q: %w", name, err)
	}
	return project, nil
}
