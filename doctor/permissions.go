package doctor

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
)

// A Grant is a rule of one of promgate's roles.
type Grant struct {
	Groups, Resources, Names, Verbs []string

	// Own limits the rule to promgate's namespace: it is that of a Role.
	Own bool
}

var (
	readVerbs   = []string{"get", "list", "watch"}
	hookKinds   = []string{"validatingwebhookconfigurations", "mutatingwebhookconfigurations"}
	hookGroup   = []string{"admissionregistration.k8s.io"}
	coreGroup   = []string{""}
	monitoring  = []string{operatorGroup}
	certManager = []string{"cert-manager.io"}
)

// Grants returns the rules of promgate's roles, by the name of the role in the manifests. A test compares them
// with the manifests.
func Grants() map[string][]Grant {
	return map[string][]Grant{
		"promgate": {
			{Groups: coreGroup, Resources: []string{"namespaces", "services"}, Verbs: readVerbs},
			{Groups: monitoring, Resources: []string{"prometheuses", "prometheusagents", "thanosrulers", "alertmanagers", "servicemonitors", "podmonitors", "probes", "scrapeconfigs", "prometheusrules", "alertmanagerconfigs"}, Verbs: readVerbs},
			{Groups: hookGroup, Resources: hookKinds, Names: []string{"promgate"}, Verbs: readVerbs},
		},
		"promgate-ca": {
			{Groups: hookGroup, Resources: hookKinds, Names: []string{"promgate"}, Verbs: []string{"patch"}},
			{Groups: coreGroup, Resources: []string{"secrets"}, Names: []string{"promgate-ca"}, Verbs: []string{"get", "update"}, Own: true},
			{Groups: coreGroup, Resources: []string{"secrets"}, Verbs: []string{"create"}, Own: true},
		},
		"promgate-certificate": {
			{Groups: certManager, Resources: []string{"certificates"}, Names: []string{"promgate"}, Verbs: []string{"get", "list", "watch", "update"}, Own: true},
			{Groups: certManager, Resources: []string{"certificates"}, Verbs: []string{"create"}, Own: true},
			{Groups: certManager, Resources: []string{"certificaterequests"}, Verbs: []string{"list"}, Own: true},
			{Groups: certManager, Resources: []string{"issuers"}, Verbs: []string{"get"}, Own: true},
			{Groups: coreGroup, Resources: []string{"secrets"}, Names: []string{"promgate-tls"}, Verbs: readVerbs, Own: true},
			{Groups: certManager, Resources: []string{"clusterissuers"}, Verbs: []string{"get"}},
		},
		"promgate-reconcile": {
			{Groups: coreGroup, Resources: []string{"namespaces", "services"}, Verbs: readVerbs},
			{Groups: monitoring, Resources: []string{"prometheuses", "prometheusagents", "servicemonitors", "podmonitors", "probes", "scrapeconfigs", "prometheusrules"}, Verbs: readVerbs},
			{Groups: monitoring, Resources: []string{"prometheuses/status", "prometheusagents/status"}, Verbs: []string{"get", "patch"}},
			{Groups: monitoring, Resources: []string{"prometheuses/finalizers", "prometheusagents/finalizers"}, Verbs: []string{"update"}},
			{Groups: coreGroup, Resources: []string{"secrets", "configmaps"}, Verbs: []string{"get", "list", "watch", "create", "patch", "delete"}},
			{Groups: []string{"apiextensions.k8s.io"}, Resources: []string{"customresourcedefinitions"}, Verbs: []string{"get"}},
			{Groups: []string{"", "events.k8s.io"}, Resources: []string{"events"}, Verbs: []string{"create", "patch", "update"}},
			{Groups: []string{"coordination.k8s.io"}, Resources: []string{"leases"}, Verbs: []string{"get", "create", "update"}, Own: true},
		},
		"promgate-audit": {
			{Groups: coreGroup, Resources: []string{"namespaces", "services"}, Verbs: []string{"list"}},
			{Groups: monitoring, Resources: []string{"prometheuses", "prometheusagents", "thanosrulers", "alertmanagers", "servicemonitors", "podmonitors", "probes", "scrapeconfigs", "prometheusrules", "alertmanagerconfigs"}, Verbs: []string{"list"}},
			{Groups: coreGroup, Resources: []string{"secrets", "configmaps"}, Verbs: []string{"get"}},
			{Groups: []string{"events.k8s.io"}, Resources: []string{"events"}, Verbs: []string{"create"}},
		},
	}
}

// A Question is whether a ServiceAccount may do something.
type Question struct {
	AccountNamespace, Account          string
	Verb, Group, Resource, Subresource string
	Namespace, Name                    string // empty means all
}

// String says what is asked, without the account.
func (q Question) String() string {
	resource := q.Resource
	if q.Subresource != "" {
		resource += "/" + q.Subresource
	}
	if q.Group != "" {
		resource += "." + q.Group
	}
	text := strings.TrimSpace(q.Verb + " " + resource + " " + q.Name)
	if q.Namespace != "" {
		text += " in namespace " + q.Namespace
	}
	return text
}

// Questions returns what has to be asked of the API server before the facts are complete.
func (f *Facts) Questions() []Question {
	var all []Question
	for _, d := range f.Deployments {
		needed, secrets := f.questionsOf(d)
		all = append(append(all, needed...), secrets...)
	}
	return all
}

// questionsOf returns what a Deployment of promgate has to be permitted, and which Secrets it should not read.
func (f *Facts) questionsOf(d appsv1.Deployment) (needed, secrets []Question) {
	command := commandOf(d)
	if command == "" {
		return nil, nil
	}
	account := d.Spec.Template.Spec.ServiceAccountName
	if account == "" {
		account = "default"
	}
	ask := Question{AccountNamespace: d.Namespace, Account: account}
	for _, role := range rolesOf(d, command) {
		for _, g := range Grants()[role] {
			needed = append(needed, f.expand(ask, g, argsOf(d))...)
		}
	}
	if command != "serve" {
		return needed, nil
	}
	ask.Verb, ask.Resource = "list", "secrets"
	all := ask
	ask.Verb, ask.Namespace, ask.Name = "get", d.Namespace, "any-other"
	elsewhere := ask
	elsewhere.Namespace = "kube-system"
	return needed, []Question{all, ask, elsewhere}
}

// rolesOf returns the roles that a Deployment needs.
func rolesOf(d appsv1.Deployment, command string) []string {
	if command != "serve" {
		return []string{"promgate-" + command}
	}
	switch args := argsOf(d); certsOf(args) {
	case "self-signed":
		return []string{"promgate", "promgate-ca"}
	case "cert-manager":
		if args["cert-manager-issuer"] != "" {
			return []string{"promgate", "promgate-certificate"}
		}
	}
	return []string{"promgate"}
}

// certsOf returns where promgate serve takes its certificate from.
func certsOf(args map[string]string) string {
	switch {
	case args["certs"] != "":
		return args["certs"]
	case args["cert-file"] != "" || args["key-file"] != "":
		return "files"
	}
	return "self-signed"
}

// argsOf returns the flags of promgate.
func argsOf(d appsv1.Deployment) map[string]string {
	for _, c := range d.Spec.Template.Spec.Containers {
		if c.Name == "promgate" || len(d.Spec.Template.Spec.Containers) == 1 {
			return flagsIn(append(slices.Clone(c.Command), c.Args...))
		}
	}
	return nil
}

// flagsIn reads --name=value, --name value, and --name.
func flagsIn(args []string) map[string]string {
	flags := map[string]string{}
	for n, arg := range args {
		name, isFlag := strings.CutPrefix(arg, "-")
		if !isFlag {
			continue
		}
		name, value, given := strings.Cut(strings.TrimPrefix(name, "-"), "=")
		if !given {
			value = "true"
			if n+1 < len(args) && !strings.HasPrefix(args[n+1], "-") {
				value = args[n+1]
			}
		}
		flags[name] = value
	}
	return flags
}

// expand returns a question for each thing that a rule permits.
func (f *Facts) expand(q Question, g Grant, args map[string]string) []Question {
	var all []Question
	if g.Own {
		q.Namespace = q.AccountNamespace
	}
	names := g.Names
	if len(names) == 0 {
		names = []string{""}
	}
	for _, q.Group = range g.Groups {
		for _, resource := range g.Resources {
			q.Resource, q.Subresource, _ = strings.Cut(resource, "/")
			for _, name := range names {
				q.Name = f.renamed(q.Resource, name, args)
				for _, q.Verb = range g.Verbs {
					all = append(all, q)
				}
			}
		}
	}
	return all
}

// renamed returns the name that flags give to an object.
func (f *Facts) renamed(resource, name string, args map[string]string) string {
	flag := ""
	switch {
	case slices.Contains(hookKinds, resource):
		return f.Name
	case name == "promgate-ca":
		flag = args["ca-secret"]
	case name == "promgate-tls":
		flag = args["cert-manager-secret"]
	case resource == "certificates" && name != "":
		flag = args["cert-manager-certificate"]
	}
	if flag == "" {
		return name
	}
	return flag[strings.LastIndex(flag, "/")+1:]
}

// examinePermissions is about what promgate's ServiceAccounts may do.
func (e *examiner) examinePermissions() {
	if e.unreadable("permissions", "deployments", "Under which ServiceAccounts promgate runs") ||
		e.unreadable("permissions", "subjectaccessreviews", "What promgate's ServiceAccounts may do") {
		return
	}
	found := false
	for _, d := range e.Deployments {
		needed, secrets := e.questionsOf(d)
		if len(needed) == 0 {
			continue
		}
		found = true
		e.examineNeeded(commandOf(d), needed)
		e.examineSecrets(secrets)
	}
	if !found {
		e.unknown("permissions", fmt.Sprintf("There is no Deployment of promgate in namespace %s: what it runs as is not known.", e.Namespace), "Name the namespace with --namespace.")
	}
}

func (e *examiner) examineNeeded(command string, needed []Question) {
	var missing []string
	asked := 0
	for _, q := range needed {
		allowed, known := e.Allowed[q]
		if known {
			asked++
		}
		if known && !allowed {
			missing = append(missing, "it may not "+q.String())
		}
	}
	who := fmt.Sprintf("ServiceAccount %s/%s", needed[0].AccountNamespace, needed[0].Account)
	switch {
	case len(missing) > 0:
		if len(missing) > maxMissing {
			missing = append(missing[:maxMissing], fmt.Sprintf("and %d more", len(missing)-maxMissing))
		}
		e.problem("permissions", fmt.Sprintf("%s lacks permissions that promgate %s needs.", who, command), "Apply the roles and bindings of promgate's manifests again.", missing...)
	case asked < len(needed):
		e.unknown("permissions", fmt.Sprintf("Whether %s may do all that promgate %s needs is not known.", who, command), "")
	default:
		e.ok("permissions", fmt.Sprintf("%s may do all that promgate %s needs.", who, command))
	}
}

// maxMissing is how many missing permissions are named.
const maxMissing = 10

// examineSecrets is about Secrets that are none of promgate's business: promgate serve takes untrusted input.
func (e *examiner) examineSecrets(secrets []Question) {
	var may []string
	for _, q := range secrets {
		if e.Allowed[q] {
			may = append(may, "it may "+q.String())
		}
	}
	switch {
	case len(secrets) == 0:
	case len(may) > 0:
		e.problem("secrets", fmt.Sprintf("ServiceAccount %s/%s, which serves the webhooks, may read Secrets that are not promgate's.", secrets[0].AccountNamespace, secrets[0].Account), "Remove the binding that permits it; the loop and the audit have ServiceAccounts of their own.", may...)
	default:
		e.ok("secrets", "It may not read Secrets other than its own.")
	}
}
