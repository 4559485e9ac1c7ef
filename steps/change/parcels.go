package change

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/trustpub/gh-trustpub/steps/change/parcel"
)

// fewFiles is how many files of a parcel are named when it has more.
const fewFiles = 6

// parcelLines show what would be uploaded: how much, the largest files, and
// those that one would regret.
func parcelLines(p parcel.Parcel) []DiffLine {
	lines := []DiffLine{{Op: '+', Text: fmt.Sprintf("%s: %s, %d files", p.Name, size(p.Size), len(p.Entries))}}
	for _, e := range p.Largest(fewFiles) {
		lines = append(lines, DiffLine{Op: ' ', Text: fmt.Sprintf("  %s  %s", e.Name, size(e.Size))})
	}
	if more := len(p.Entries) - fewFiles; more > 0 {
		lines = append(lines, DiffLine{Op: ' ', Text: fmt.Sprintf("  and %d smaller ones", more)})
	}
	for _, r := range p.Regrets() {
		lines = append(lines, DiffLine{Op: '-', Text: fmt.Sprintf("look at %s: it %s (%s)", r.Name, r.Why, size(r.Size))})
	}
	return lines
}

// size is a number of bytes as people read it.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%.1f kB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%d bytes", bytes)
}

// confirmCrates shows the crates as cargo packed them for its verification.
func (t *Tools) confirmCrates(ctx context.Context, h Hands, crates []Crate) error {
	folder := t.cargoTarget(ctx)
	var lines []DiffLine
	for _, c := range crates {
		name := c.Name + "-" + c.Version + ".crate"
		p, err := parcel.Open(packedBy(folder, name))
		if err != nil {
			lines = append(lines, DiffLine{Op: ' ', Text: name + ": what is in it could not be listed: cargo package --list -p " + c.Name + " shows it"})
			continue
		}
		lines = append(lines, parcelLines(p)...)
	}
	return h.confirm(ctx, "This is what would be published", lines)
}

// packedBy is where cargo last put the file of a crate: publish has a folder of
// its own for it (cargo 1.95), and package another.
func packedBy(folder, name string) string {
	newest, at := filepath.Join(folder, "package", name), time.Time{}
	for _, file := range []string{newest, filepath.Join(folder, "package", "tmp-crate", name)} {
		if info, err := os.Stat(file); err == nil && info.ModTime().After(at) {
			newest, at = file, info.ModTime()
		}
	}
	return newest
}

// cargoTarget is the folder into which cargo builds, by its own word; "target"
// where it does not say.
func (t *Tools) cargoTarget(ctx context.Context) string {
	usual := filepath.Join(t.Dir, "target")
	cmd, err := t.child(ctx, "cargo", "metadata", "--no-deps", "--format-version", "1", "--offline")
	if err != nil {
		return usual
	}
	cmd.Env = Scrub(t.env())
	out, err := cmd.Output()
	var told struct {
		Folder string `json:"target_directory"`
	}
	if err != nil || json.Unmarshal(out, &told) != nil || told.Folder == "" {
		return usual
	}
	return told.Folder
}
