package parity

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"

	programs "github.com/promgate/promgate/test/rig"
)

// reload makes the Alertmanager that runs with the same feature flags reload a configuration. It returns why it refuses it.
func (w *notificationWalk) reload(a *monitoringv1.Alertmanager, config string, files map[string][]byte) error {
	s, dir := w.alertmanager(a)
	w.write(filepath.Join(dir, "alertmanager.yaml"), dir, config, files)
	err := programs.ReloadAlertmanager(w.t.Context(), s)
	if err != nil && !errors.Is(err, programs.ErrRefused) {
		w.t.Fatalf("no verdict: %v", err)
	}
	return err
}

// start starts an Alertmanager with a configuration.
func (w *notificationWalk) start(a *monitoringv1.Alertmanager, config string, files map[string][]byte) error {
	dir := w.t.TempDir()
	file := filepath.Join(dir, "alertmanager.yaml")
	w.write(file, dir, config, files)
	s, err := programs.StartAlertmanager(w.t.Context(), w.program, file, dir, featureFlags(a)...)
	if err != nil {
		return err
	}
	s.Stop()
	return nil
}

// alertmanager returns the Alertmanager that runs with the feature flags of an object, and its directory.
func (w *notificationWalk) alertmanager(a *monitoringv1.Alertmanager) (*programs.Server, string) {
	key := strings.Join(a.Spec.EnableFeatures, ",")
	if w.running[key] == nil {
		dir := w.t.TempDir()
		file := filepath.Join(dir, "alertmanager.yaml")
		w.write(file, dir, "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n", nil)
		s, err := programs.StartAlertmanager(w.t.Context(), w.program, file, dir, featureFlags(a)...)
		if err != nil {
			w.t.Fatal(err)
		}
		w.t.Cleanup(s.Stop)
		w.running[key], w.dirs[key] = s, dir
	}
	return w.running[key], w.dirs[key]
}

func featureFlags(a *monitoringv1.Alertmanager) []string {
	if len(a.Spec.EnableFeatures) == 0 {
		return nil
	}
	return []string{"--enable-feature=" + strings.Join(a.Spec.EnableFeatures, ",")}
}

// write writes a configuration for a pod whose directory is dir, with its certificates.
func (w *notificationWalk) write(file, dir, config string, files map[string][]byte) {
	certs := filepath.Join(dir, "certs")
	if err := os.MkdirAll(certs, 0o700); err != nil {
		w.t.Fatal(err)
	}
	contents := map[string][]byte{file: []byte(strings.ReplaceAll(config, podHome, dir))}
	for name, content := range files {
		contents[filepath.Join(certs, name)] = content
	}
	for name, content := range contents {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
}
