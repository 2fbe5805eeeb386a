package part

// MergeKey is a key that the YAML library does not take for one.
const MergeKey = "<<"
