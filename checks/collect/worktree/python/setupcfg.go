package python

import "strings"

// setupCfg is a setup.cfg as Python's configparser reads it (Python 3.14,
// "Supported INI File Structure"): sections of keys with values that go on in
// indented lines.
type setupCfg map[string]map[string]cfgValue

// cfgValue is a value with the line of its key, and its non-empty lines.
type cfgValue struct {
	line  int
	lines []cfgLine
}

type cfgLine struct {
	text string
	line int
}

// text is the value on one line.
func (v cfgValue) text() string {
	texts := make([]string, len(v.lines))
	for i, l := range v.lines {
		texts[i] = l.text
	}
	return strings.Join(texts, " ")
}

func parseSetupCfg(data []byte) setupCfg {
	cfg := setupCfg{}
	var section, key string
	for i, raw := range strings.Split(string(data), "\n") {
		line := strings.TrimSpace(raw)
		switch {
		case strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";"):
		case line == "":
		case line[0] == '[' && strings.HasSuffix(line, "]") && raw[0] == '[':
			section, key = line[1:len(line)-1], ""
			if cfg[section] == nil {
				cfg[section] = map[string]cfgValue{}
			}
		case section == "":
		case (raw[0] == ' ' || raw[0] == '\t') && key != "":
			value := cfg[section][key]
			value.lines = append(value.lines, cfgLine{line, i + 1})
			cfg[section][key] = value
		default:
			key = cfg.entry(section, line, i+1)
		}
	}
	return cfg
}

// entry sets "key = value" or "key: value" and returns the key.
func (c setupCfg) entry(section, line string, number int) string {
	name, value := line, ""
	if at := strings.IndexAny(line, "=:"); at >= 0 {
		name, value = line[:at], strings.TrimSpace(line[at+1:])
	}
	// setuptools takes a dash for an underscore in keys.
	key := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), "-", "_")
	if key == "" {
		return ""
	}
	entry := cfgValue{line: number}
	if value != "" {
		entry.lines = []cfgLine{{value, number}}
	}
	c[section][key] = entry
	return key
}

// metadata is a key of [metadata], under one of its names.
func (c setupCfg) metadata(keys ...string) (cfgValue, bool) {
	for _, key := range keys {
		if v, ok := c["metadata"][key]; ok {
			return v, true
		}
	}
	return cfgValue{}, false
}
