package tools

import (
	"strings"

	"github.com/trustpub/gh-trustpub/checks/practice/runner/build"
)

// platformFor is what a wheel is made for, given maturin's --target and
// --manylinux (or --compatibility); what neither says is the runner's own.
func platformFor(target, compatibility string, own build.Platform) build.Platform {
	arch := "x86_64"
	for _, a := range []string{"aarch64", "armv7", "i686", "ppc64le", "s390x", "x86_64"} {
		if strings.Contains(target, a) {
			arch = strings.Replace(a, "armv7", "armv7l", 1)
		}
	}
	switch {
	case strings.Contains(target, "windows") || target != "" && strings.HasPrefix(own.Tag, "win"):
		tag := map[string]string{"aarch64": "win_arm64", "i686": "win32", "x86_64": "win_amd64"}[arch]
		return build.Platform{Tag: tag, Suffix: ".pyd"}
	case strings.Contains(target, "darwin") || target != "" && strings.HasPrefix(own.Tag, "macosx"):
		if arch == "aarch64" {
			return build.Platform{Tag: "macosx_11_0_arm64", Suffix: ".so"}
		}
		return build.Platform{Tag: "macosx_10_12_x86_64", Suffix: ".so"}
	case target == "" && compatibility == "" || own.Tag != "":
		return own
	case strings.Contains(target, "musl") && compatibility == "":
		compatibility = "musllinux_1_2"
	}
	if strings.HasPrefix(compatibility, "musllinux") {
		return build.Platform{Tag: compatibility + "_" + arch, Suffix: ".so"}
	}
	return build.Platform{Tag: "manylinux_2_17_" + arch + ".manylinux2014_" + arch, Suffix: ".so"}
}
