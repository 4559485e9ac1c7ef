package workflow

import "path"

func base(p string) string { return path.Base(p) }
