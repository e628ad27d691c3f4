package live

import "time"

// inStepWithin is the age of the last word from the database up to which the map counts as in step.
const inStepWithin = 2 * time.Second

// InStep tells whether the map knows that it is in step with the database.
func (m *Map) InStep(now time.Time) bool { return m.Lag(now) < inStepWithin }
