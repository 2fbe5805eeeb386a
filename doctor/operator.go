package doctor

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// IsOperator reports whether a Deployment is that of a Prometheus Operator, by its image.
func IsOperator(d appsv1.Deployment) bool { return operatorOf(d) != nil }

func operatorOf(d appsv1.Deployment) *corev1.Container {
	containers := d.Spec.Template.Spec.Containers
	i := slices.IndexFunc(containers, func(c corev1.Container) bool { return nameOfImage(c.Image) == "prometheus-operator" })
	if i < 0 {
		return nil
	}
	return &containers[i]
}

// nameOfImage returns the last part of an image's name, without tag and digest.
func nameOfImage(image string) string {
	image, _, _ = strings.Cut(image, "@")
	image = image[strings.LastIndex(image, "/")+1:]
	name, _, _ := strings.Cut(image, ":")
	return name
}
