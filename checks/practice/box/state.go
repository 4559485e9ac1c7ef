package box

// State keeps what a service must not forget between two runs of one world
// (`practice --world DIR`): JSON values, one file a name.
//
// A service loads its state when it is made and saves it after each change,
// before it answers the request that changed it.
type State interface {
	// Load reads the named value into v and reports whether there was one.
	Load(name string, v any) (bool, error)
	// Save writes the named value atomically.
	Save(name string, v any) error
}
