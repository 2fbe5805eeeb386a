package doctor

import (
	"crypto/x509"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	policyv1 "k8s.io/api/policy/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
)

// Facts are what was read of a cluster, and what it answered.
type Facts struct {
	Now time.Time

	// Version is that of promgate doctor.
	Version string

	// Name is that of the two webhook configurations, and Namespace that in which promgate runs.
	Name, Namespace string

	// All webhook configurations of the cluster.
	Validating []admissionregistrationv1.ValidatingWebhookConfiguration
	Mutating   []admissionregistrationv1.MutatingWebhookConfiguration

	// The Services that webhooks for the operator's kinds call, as far as they exist, and the
	// EndpointSlices of those that promgate's call.
	Services []corev1.Service
	Slices   []discoveryv1.EndpointSlice

	// Pods are those that the Services of promgate's webhooks select.
	Pods    []corev1.Pod
	Budgets []policyv1.PodDisruptionBudget

	// Deployments are promgate's and the operator's.
	Deployments []appsv1.Deployment

	Namespaces []corev1.Namespace

	// Instances are the Prometheus, PrometheusAgent and ThanosRuler objects. Malformed says of which
	// objects that are not among them why they could not be decoded, in a sentence each.
	Instances []selection.Object
	Malformed []string

	// Trial is the dry run of an object that promgate refuses. It is nil if there was none.
	Trial *Trial

	// Calls are what became of reviews that did not pass through the API server.
	Calls []Call

	// CRDs are those of the operator's kinds that promgate knows.
	CRDs []apiextensionsv1.CustomResourceDefinition

	// Configs are the texts at [Facts.ConfigKeys].
	Configs map[ConfigKey]string

	// CountersBefore are those of the API server before the dry run, and Counters those after it. They are
	// nil if it was not asked.
	CountersBefore, Counters []Counter

	// Replicas are what promgate's pods say of themselves.
	Replicas []Replica

	// Authority is the Secret of promgate's own CA, without its content, and Certificate what is known
	// of cert-manager's Certificate. They are nil if they were not read.
	Authority   *Stored
	Certificate *Stored

	// Allowed are the API server's answers to [Facts.Questions].
	Allowed map[Question]bool

	// Unread says why something could not be read, in a clause such as "you may not list services in
	// namespace promgate". The key is the resource.
	Unread map[string]string
}

// A Trial is what became of a dry run: the creation of a monitor with a mistake that promgate always
// finds, and that no schema and no webhook of the operator finds.
type Trial struct {
	Namespace string

	// Refusal is the API server's answer if the object was refused, and nil if it was admitted.
	Refusal *metav1.Status

	// Warnings came with the answer.
	Warnings []string

	// Err is why there was no answer. It is empty if there was one.
	Err string
}

// A Call is a review that was sent to an address of a webhook from where promgate doctor runs.
type Call struct {
	// Configuration and Hook name the webhook.
	Configuration, Hook string

	// Address is what was connected to, and Host the name that the certificate has to have.
	Address, Host string

	// Certificates are what the server presented, its own first.
	Certificates []*x509.Certificate

	// Err is why there was no answer, in the words of Go's client, which the API server uses as well.
	// It is not about the certificate, which is not verified here.
	Err string

	// Status is that of the answer. Answered reports that the answer was a review.
	Status   int
	Answered bool
}

// The check that the dry run is about, and the name of its object.
const (
	TrialCheck = "relabel-regex"
	TrialName  = "promgate-doctor"
)

// A Replica is what a pod of promgate says of itself, in its metrics.
type Replica struct {
	Pod string

	// Expiry is when the certificate that it serves expires.
	Expiry time.Time

	// Matches says of each sort of configuration whether its caBundle verifies the certificate.
	Matches map[string]bool

	// Err is why it says nothing.
	Err string
}

// Stored is an object that certificates come from.
type Stored struct {
	Namespace, Name string
	Exists          bool

	// Labels and Annotations are those of a Secret.
	Labels, Annotations map[string]string

	// Ready, Reason and Message are those of the condition Ready of a Certificate.
	Ready           bool
	Reason, Message string
}
