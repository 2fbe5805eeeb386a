package alertmanager

// Fallback reports whether the operator starts from a configuration of its own, which tells nobody, because the Secret that
// holds the configuration is not there, or its key is not there or empty (v0.93.0, loadConfigurationFromSecret).
func (g *Generator) Fallback() bool {
	if g.object.Spec.AlertmanagerConfiguration != nil {
		return false
	}
	content, found := g.assets.SecretKey(g.object.Namespace, g.ConfigSecret(), ConfigFile)
	return !found || len(content) == 0
}
