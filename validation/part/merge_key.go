package part

// MergeKey is a key that Prometheus' YAML library does not read as a key, quoted or not: it
// merges maps.
const MergeKey = "<<"
