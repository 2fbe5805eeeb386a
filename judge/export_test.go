package judge

// Limits returns what the judge was made with.
func (j *Judge) Limits() Limits { return j.limits }
