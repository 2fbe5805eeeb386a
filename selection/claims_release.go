package selection

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// releaseOf is the Helm release, the Argo CD application or the Flux object that an
// object is part of: those create before they delete, and know both.
func releaseOf(o *metav1.ObjectMeta) string {
	if name := o.Annotations["meta.helm.sh/release-name"]; name != "" && o.Labels["app.kubernetes.io/managed-by"] == "Helm" {
		return "Helm release " + o.Annotations["meta.helm.sh/release-namespace"] + "/" + name
	}
	if application, _, ok := strings.Cut(o.Annotations["argocd.argoproj.io/tracking-id"], ":"); ok {
		return "Argo CD application " + application
	}
	for _, kind := range []string{"kustomize", "helm"} {
		if name := o.Labels[kind+".toolkit.fluxcd.io/name"]; name != "" {
			return "Flux " + kind + " " + o.Labels[kind+".toolkit.fluxcd.io/namespace"] + "/" + name
		}
	}
	return ""
}
