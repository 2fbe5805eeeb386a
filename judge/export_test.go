package judge

// Limits returns the limits that the judge was created with.
func (j *Judge) Limits() Limits { return j.limits }
