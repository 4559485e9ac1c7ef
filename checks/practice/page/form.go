package page

// Form is something that the person can do on a page. It is sent with POST as
// application/x-www-form-urlencoded.
type Form struct {
	// Name says what the form does; it labels the form for screen readers.
	Name string
	// Action is the address that it is sent to; empty means the page's own.
	Action string
	// Note is a paragraph above the fields.
	Note string
	// Fields are drawn in order, hidden ones too.
	Fields []Field
	// Buttons send the form; a form without one gets a button with its name.
	Buttons []Button
}

// Field is one input of a form.
type Field struct {
	// Name is what is sent; Label is what the person reads.
	Name, Label string
	// Kind is an HTML input type (text, password, number, checkbox, hidden …),
	// "select" or "textarea"; empty means text.
	Kind string
	// Value is what stands in it; for a checkbox, what is sent when ticked.
	Value string
	// Options are the choices of a select.
	Options []Option
	// Checked ticks a checkbox.
	Checked bool
	// Required refuses an empty value in the browser; the server checks again.
	Required bool
	// Hint explains the field; Error says what is wrong with what was sent.
	Hint, Error string
}

// Option is one choice of a select.
type Option struct {
	// Value is sent; Text is read, and stands for Value when empty.
	Value, Text string
	Selected    bool
}

// Button sends the form with its name and value.
type Button struct{ Name, Value, Text string }

// Input is the type attribute of the field's input element.
func (f Field) Input() string {
	if f.Kind == "" {
		return "text"
	}
	return f.Kind
}

// Choice is what the person reads for an option.
func (o Option) Choice() string {
	if o.Text == "" {
		return o.Value
	}
	return o.Text
}

// Sends lists the buttons of the form: its own, or the one that it gets.
func (f Form) Sends() []Button {
	if len(f.Buttons) > 0 {
		return f.Buttons
	}
	return []Button{{Text: f.Name}}
}
