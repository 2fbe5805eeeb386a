package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

// credentials are the files with which the API server and its clients authenticate each other.
type credentials struct {
	token             string
	tokenFile         string
	serviceAccountKey string
	certFile          string
}

// writeCredentials creates an administrator's token and the key that signs ServiceAccount tokens.
// The API server creates the serving certificate itself; only the directory is set here.
func writeCredentials(dir string) (credentials, error) {
	c := credentials{
		token:             rand.Text(),
		tokenFile:         filepath.Join(dir, "tokens.csv"),
		serviceAccountKey: filepath.Join(dir, "service-account.key"),
		certFile:          filepath.Join(dir, "certs", "apiserver.crt"),
	}
	line := c.token + ",admin,admin,system:masters\n"
	if err := os.WriteFile(c.tokenFile, []byte(line), 0o600); err != nil {
		return c, fmt.Errorf("writing the token file: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, fmt.Errorf("generating the ServiceAccount key: %w", err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return c, fmt.Errorf("encoding the ServiceAccount key: %w", err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(c.serviceAccountKey, block, 0o600); err != nil {
		return c, fmt.Errorf("writing the ServiceAccount key: %w", err)
	}
	return c, nil
}

var kubeconfigTemplate = template.Must(template.New("kubeconfig").Parse(`apiVersion: v1
kind: Config
current-context: rig
clusters:
- name: rig
  cluster:
    server: https://{{.Address}}
    certificate-authority-data: {{.CA}}
contexts:
- name: rig
  context: {cluster: rig, user: admin}
users:
- name: admin
  user: {token: {{.Token}}}
`))

// writeKubeconfig writes the administrator's kubeconfig in one step, so that no reader sees an
// incomplete file.
func writeKubeconfig(path, address string, c credentials) error {
	// The generated certificate file contains the leaf, followed by its CA.
	ca, err := os.ReadFile(c.certFile)
	if err != nil {
		return fmt.Errorf("reading the serving certificate: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".kubeconfig-*")
	if err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}
	err = kubeconfigTemplate.Execute(f, map[string]string{
		"Address": address,
		"CA":      base64.StdEncoding.EncodeToString(ca),
		"Token":   c.token,
	})
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("writing the kubeconfig: %w", err)
	}
	return os.Rename(f.Name(), path)
}
