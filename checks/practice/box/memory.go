package box

import (
	"encoding/json"
	"fmt"
	"sync"
)

// MemoryState is a [State] that is gone when the program ends. Its zero value
// is ready to use.
type MemoryState struct {
	mu     sync.Mutex
	values map[string][]byte
}

// Load reads what Save wrote.
func (m *MemoryState) Load(name string, v any) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.values[name]
	if !ok {
		return false, nil
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("reading the state %q: %w", name, err)
	}
	return true, nil
}

// Save keeps v as JSON.
func (m *MemoryState) Save(name string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keeping the state %q: %w", name, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.values == nil {
		m.values = map[string][]byte{}
	}
	m.values[name] = data
	return nil
}
