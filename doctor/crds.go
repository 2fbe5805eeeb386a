package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/blang/semver/v4"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"github.com/promgate/promgate/internal/schema"
	"github.com/promgate/promgate/selection"
)

// OperatorVersion is that of the operator's API that promgate is built with. A test compares it with go.mod.
const OperatorVersion = "0.95.1"

// versionAnnotation is where the operator's CRDs say which version they are of.
const versionAnnotation = "operator.prometheus.io/version"

// CRDName returns the name of the CRD of a kind of the operator.
func CRDName(k selection.Kind) string { return k.Resource() + "." + operatorGroup }

// examineCRDs is about the CRDs of the operator.
func (e *examiner) examineCRDs() {
	if e.unreadable("crds", "customresourcedefinitions", "Which CRDs of the operator are installed") {
		return
	}
	var missing, well []string
	for _, k := range selection.AllKinds() {
		if !k.IsOperators() || !k.IsStored() {
			continue
		}
		i := slices.IndexFunc(e.CRDs, func(c apiextensionsv1.CustomResourceDefinition) bool { return c.Name == CRDName(k) })
		switch {
		case i < 0:
			missing = append(missing, k.Kind)
		case e.examineCRD(k, e.CRDs[i]):
			well = append(well, k.Kind)
		}
	}
	switch {
	case len(well) == 0 && len(e.CRDs) == 0:
		e.problem("crds", "No CRD of the Prometheus Operator is installed: there is nothing to check.", "Install the operator's CRDs.")
		return
	case len(well) > 0:
		e.ok("crds", fmt.Sprintf("The CRDs of %s have all fields that promgate checks (those of operator %s).", list(well, len(well)), OperatorVersion))
	}
	if len(missing) > 0 {
		e.ok("crds", fmt.Sprintf("There is no CRD of %s: the cluster has no such objects.", list(missing, len(missing))))
	}
}

// examineCRD appends a step for a CRD that is not as it has to be, and reports whether it is.
func (e *examiner) examineCRD(k selection.Kind, crd apiextensionsv1.CustomResourceDefinition) bool {
	if crd.DeletionTimestamp != nil {
		e.problem("crds", "The CRD "+crd.Name+" is being deleted, with all its objects.", "See what deletes it.")
		return false
	}
	served := slices.ContainsFunc(crd.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Name == k.Version && v.Served })
	if !served {
		e.problem("crds", fmt.Sprintf("The CRD %s does not serve the version %s, which promgate reads.", crd.Name, k.Version), "Install the operator's current CRDs.")
		return false
	}
	lacking, err := schema.Lacks(k.GroupVersionKind, crd)
	lacking = slices.DeleteFunc(lacking, ofPods)
	if err != nil {
		e.unknown("crds", fmt.Sprintf("Which fields the CRD %s has is not known: %v.", crd.Name, err), "")
		return false
	}
	version := crd.Annotations[versionAnnotation]
	if of := e.operatorVersion(); older(version, of) {
		e.problem("crds", fmt.Sprintf("The CRD %s is of version %s, and the operator of version %s: the API server drops fields that the operator knows.", crd.Name, version, of),
			"Apply the CRDs of the operator's version; Helm does not upgrade CRDs.", lackingDetails(lacking)...)
		return false
	}
	if len(lacking) == 0 {
		return true
	}
	text := fmt.Sprintf("The CRD %s lacks %s that promgate knows: the API server drops what is written there, before promgate sees the object.", crd.Name, plural(len(lacking), "field", "fields"))
	if version != "" {
		text = strings.Replace(text, "The CRD "+crd.Name, fmt.Sprintf("The CRD %s, of version %s,", crd.Name, version), 1)
	}
	e.ok("crds", text, lackingDetails(lacking)...)
	return false
}

// ofPods reports whether a field is one of the pods of an instance, which promgate does not check.
func ofPods(field string) bool {
	return slices.ContainsFunc([]string{"affinity", "containers", "hostAliases", "initContainers", "securityContext", "storage", "tolerations", "topologySpreadConstraints", "volumeMounts", "volumes"}, func(name string) bool {
		return field == "spec."+name || strings.HasPrefix(field, "spec."+name+".") || strings.HasPrefix(field, "spec."+name+"[]")
	})
}

func lackingDetails(fields []string) []string {
	if len(fields) == 0 {
		return nil
	}
	// Whole sections first.
	slices.SortStableFunc(fields, func(a, b string) int { return strings.Count(a, ".") - strings.Count(b, ".") })
	return []string{list(fields, mostListed)}
}

// operatorVersion returns the version of the operator that runs, by its image, or nothing if there is none, or
// several.
func (e *examiner) operatorVersion() string {
	found := ""
	for _, d := range e.Deployments {
		c := operatorOf(d)
		if c == nil {
			continue
		}
		version := tagOf(c.Image)
		if found != "" && found != version {
			return ""
		}
		found = version
	}
	return found
}

// older reports whether a version is certainly older than another, patches aside.
func older(a, b string) bool {
	x, errX := semver.ParseTolerant(a)
	y, errY := semver.ParseTolerant(b)
	if errX != nil || errY != nil {
		return false
	}
	x.Patch, y.Patch = 0, 0
	return x.LT(y)
}

// tagOf returns the tag of an image.
func tagOf(image string) string {
	image, _, _ = strings.Cut(image, "@")
	_, tag, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
	return tag
}
