package cratesio

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is how long a crate's name may be
// (crates/crates_io_validation/src/lib.rs).
const maxName = 64

// validName says what is wrong with the name of a crate or of a dependency.
func validName(what, name string) error {
	if utf8.RuneCountInString(name) > maxName {
		return fmt.Errorf("the %s name `%s` is too long (max %d characters)", what, name, maxName)
	}
	if name == "" {
		return fmt.Errorf("%s name cannot be empty", what)
	}
	for i, ch := range name {
		switch {
		case i == 0 && isDigit(ch):
			return fmt.Errorf("the name `%s` cannot be used as a %s name, the name cannot start with a digit", name, what)
		case i == 0 && !isLetter(ch):
			return fmt.Errorf("invalid character `%c` in %s name: `%s`, the first character must be an ASCII character", ch, what, name)
		case !isLetter(ch) && !isDigit(ch) && ch != '-' && ch != '_':
			return fmt.Errorf("invalid character `%c` in %s name: `%s`, "+
				"characters must be an ASCII alphanumeric characters, `-`, or `_`", ch, what, name)
		}
	}
	return nil
}

// validLocalName says what is wrong with the name that a manifest gives to a
// dependency; other than a crate's it may begin with an underscore.
func validLocalName(name string) error {
	if rest, found := strings.CutPrefix(name, "_"); found && utf8.RuneCountInString(name) <= maxName {
		return validName("dependency", "x"+rest)
	}
	return validName("dependency", name)
}

// validFeatureName checks the name of a feature that a manifest defines.
func validFeatureName(name string) error {
	if name == "" {
		return errors.New("feature cannot be empty")
	}
	for i, ch := range name {
		word := unicode.IsLetter(ch) || unicode.IsDigit(ch) || ch == '_'
		switch {
		case i == 0 && !word:
			return fmt.Errorf("invalid character `%c` in feature `%s`, the first character must be "+
				"a Unicode XID start character or digit (most letters or `_` or `0` to `9`)", ch, name)
		case !word && ch != '+' && ch != '-' && ch != '.' && !unicode.IsMark(ch):
			return fmt.Errorf("invalid character `%c` in feature `%s`, characters must be Unicode "+
				"XID characters, `+`, `-`, or `.` (numbers, `+`, `-`, `_`, `.`, or most letters)", ch, name)
		}
	}
	return nil
}

// validFeature checks what a feature turns on: "name", "dep:name",
// "dep/feature" or "dep?/feature".
func validFeature(value string) error {
	if dep, feature, found := strings.Cut(value, "/"); found {
		if err := validLocalName(strings.TrimSuffix(dep, "?")); err != nil {
			return err
		}
		return validFeatureName(feature)
	}
	if _, dep, found := strings.Cut(value, "dep:"); found {
		return validLocalName(dep)
	}
	return validFeatureName(value)
}

func validKeyword(keyword string) bool {
	for i, ch := range keyword {
		if !isLetter(ch) && !isDigit(ch) && (i == 0 || ch != '_' && ch != '-' && ch != '+') {
			return false
		}
	}
	return keyword != ""
}

func isLetter(ch rune) bool { return ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' }
func isDigit(ch rune) bool  { return ch >= '0' && ch <= '9' }
