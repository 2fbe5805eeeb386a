package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	certmanagerapi "github.com/cert-manager/cert-manager/pkg/apis/certmanager"
	certmanagerv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	certmanager "github.com/cert-manager/cert-manager/pkg/client/clientset/versioned"
	"github.com/spf13/cobra"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"

	"github.com/promgate/promgate/certs"
)

// Where the serving certificate comes from: the values of --certs.
const (
	certsSelfSigned  = "self-signed"
	certsCertManager = "cert-manager"
	certsFiles       = "files"
)

// certificateOptions say where the serving certificate comes from.
type certificateOptions struct {
	mode          string
	certFile      string
	keyFile       string
	names         []string
	configuration string
	settle        time.Duration

	caSecret string
	caLife   time.Duration
	life     time.Duration

	issuer      string
	certificate string
	tlsSecret   string
}

func (o *certificateOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.mode, "certs", "", "where the serving certificate comes from: self-signed, cert-manager or files; self-signed by default, or files if --cert-file is given")
	f.StringVar(&o.certFile, "cert-file", "/etc/promgate/tls/tls.crt", "serving certificate, a PEM `file`, reloaded when it is replaced")
	f.StringVar(&o.keyFile, "key-file", "/etc/promgate/tls/tls.key", "key of the serving certificate, a PEM `file`")
	f.StringSliceVar(&o.names, "cert-names", []string{"promgate.promgate.svc", "promgate.promgate.svc.cluster.local"}, "DNS `names` of the serving certificate, by which the webhook configurations call promgate")
	f.StringVar(&o.configuration, "webhook-configurations", "promgate", "`name` of the validating and of the mutating webhook configuration")
	f.DurationVar(&o.settle, "ca-settle", time.Minute, "how long an API server may take to notice a new caBundle; a certificate that needs it is served only afterwards")
	f.StringVar(&o.caSecret, "ca-secret", "promgate/promgate-ca", "`namespace/name` of the Secret with the CA; for --certs=self-signed")
	f.DurationVar(&o.caLife, "ca-lifetime", 365*24*time.Hour, "how long a CA is valid; renewed at two thirds; for --certs=self-signed")
	f.StringVar(&o.issuer, "cert-manager-issuer", "", "`issuer` of cert-manager, as NAME, ClusterIssuer/NAME or KIND.GROUP/NAME: promgate creates a Certificate for itself, and reads its Secret; without it, cert-manager's Secret has to be mounted at --cert-file; for --certs=cert-manager")
	f.StringVar(&o.certificate, "cert-manager-certificate", "promgate/promgate", "`namespace/name` of the Certificate that promgate creates")
	f.StringVar(&o.tlsSecret, "cert-manager-secret", "promgate-tls", "`name` of the Secret of that Certificate")
	f.DurationVar(&o.life, "cert-lifetime", 7*24*time.Hour, "how long a serving certificate is valid; renewed at two thirds; for --certs=self-signed")
}

// complete sets the mode that the other flags imply, and returns what contradicts it.
func (o *certificateOptions) complete(cmd *cobra.Command) error {
	f := cmd.Flags()
	files := f.Changed("cert-file") || f.Changed("key-file")
	switch {
	case o.mode == "" && files:
		o.mode = certsFiles
	case o.mode == "":
		o.mode = certsSelfSigned
	case o.mode != certsSelfSigned && o.mode != certsCertManager && o.mode != certsFiles:
		return fmt.Errorf("--certs %q is none of %s, %s and %s", o.mode, certsSelfSigned, certsCertManager, certsFiles)
	case o.mode == certsSelfSigned && files:
		return fmt.Errorf("--certs=%s uses no files: leave out --cert-file and --key-file", o.mode)
	}
	switch {
	case o.issuer != "" && o.mode != certsCertManager:
		return fmt.Errorf("--cert-manager-issuer needs --certs=%s", certsCertManager)
	case o.issuer != "" && files:
		return errors.New("with --cert-manager-issuer no files are used: leave out --cert-file and --key-file")
	}
	if len(o.names) == 0 {
		return errors.New("--cert-names is empty")
	}
	return nil
}

// check reads the files, so that a missing one is said before anything else.
func (o *certificateOptions) check() error {
	if o.mode == certsSelfSigned || o.issuer != "" {
		return nil
	}
	if _, err := tls.LoadX509KeyPair(o.certFile, o.keyFile); err != nil {
		return fmt.Errorf("loading the serving certificate: %w", err)
	}
	return nil
}

// source returns the source of the serving certificate.
func (o *certificateOptions) source(config *rest.Config, logger *slog.Logger) (certs.Source, error) {
	client, err := certs.NewClient(config)
	if err != nil {
		return nil, err
	}
	common := certs.Options{
		Client: client, Configuration: o.configuration, Names: o.names,
		Settle: o.settle, Clock: clock.RealClock{}, Logger: logger,
	}
	switch {
	case o.issuer != "":
		return o.certManager(config, common)
	case o.mode != certsSelfSigned:
		return certs.Files(o.certFile, o.keyFile, common)
	}
	secret, err := namespacedName("ca-secret", o.caSecret)
	if err != nil {
		return nil, err
	}
	return certs.SelfSigned(certs.SelfSignedOptions{Options: common, Secret: secret, CALife: o.caLife, Life: o.life})
}

func (o *certificateOptions) certManager(config *rest.Config, common certs.Options) (certs.Source, error) {
	certificate, err := namespacedName("cert-manager-certificate", o.certificate)
	if err != nil {
		return nil, err
	}
	client, err := certmanager.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("making a client for cert-manager: %w", err)
	}
	return certs.CertManager(certs.CertManagerOptions{
		Options: common, CertManager: client.CertmanagerV1(),
		Certificate: certificate, Secret: o.tlsSecret, Issuer: issuerNamed(o.issuer),
	})
}

// issuerNamed reads NAME, KIND/NAME and KIND.GROUP/NAME.
func issuerNamed(text string) cmmeta.IssuerReference {
	kind, name, ok := strings.Cut(text, "/")
	if !ok {
		kind, name = certmanagerv1.IssuerKind, text
	}
	kind, group, _ := strings.Cut(kind, ".")
	if group == "" {
		group = certmanagerapi.GroupName
	}
	return cmmeta.IssuerReference{Name: name, Kind: kind, Group: group}
}
