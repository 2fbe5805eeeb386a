package doctor

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/promgate/promgate/internal/config"
	"github.com/promgate/promgate/validation/builtin"
)

// A ConfigKey is a key of a ConfigMap, in which promgate's configuration is.
type ConfigKey struct{ Namespace, Name, Key string }

// ConfigKeys returns where the configurations of promgate serve are.
func (f *Facts) ConfigKeys() []ConfigKey {
	var all []ConfigKey
	for _, d := range f.Deployments {
		if k := configOf(d); k.Name != "" && !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// configOf returns where the configuration of a Deployment is, if it is in a ConfigMap.
func configOf(d appsv1.Deployment) ConfigKey {
	file := argsOf(d)["config"]
	if commandOf(d) != "serve" || file == "" {
		return ConfigKey{}
	}
	pod := d.Spec.Template.Spec
	for _, c := range pod.Containers {
		for _, m := range c.VolumeMounts {
			key, below := strings.CutPrefix(file, strings.TrimSuffix(m.MountPath, "/")+"/")
			if !below {
				continue
			}
			for _, v := range pod.Volumes {
				if v.Name == m.Name && v.ConfigMap != nil {
					return ConfigKey{d.Namespace, v.ConfigMap.Name, path.Clean(key)}
				}
			}
		}
	}
	return ConfigKey{}
}

// examineConfiguration is about promgate.yaml.
func (e *examiner) examineConfiguration() {
	if e.Unread["deployments"] != "" || e.unreadable("config", "configmaps", "Whether promgate's configuration is valid") {
		return
	}
	for _, d := range e.Deployments {
		if commandOf(d) != "serve" {
			continue
		}
		k := configOf(d)
		if k.Name == "" {
			e.ok("config", fmt.Sprintf("Deployment %s/%s has no configuration in a ConfigMap: the defaults apply, as far as can be seen.", d.Namespace, d.Name))
			e.examineScope(&config.Configuration{})
			continue
		}
		e.examineFile(k)
	}
}

func (e *examiner) examineFile(k ConfigKey) {
	where := fmt.Sprintf("%s in ConfigMap %s/%s", k.Key, k.Namespace, k.Name)
	text, found := e.Configs[k]
	if !found {
		e.problem("config", "There is no "+where+".", "Apply promgate's manifests.")
		return
	}
	c, err := config.Parse([]byte(text), builtin.Checks())
	if err != nil {
		e.problem("config", where+" is not valid: promgate keeps the last valid one until it restarts, and does not start with this one.", "Correct it.", strings.Split(err.Error(), "\n")...)
		return
	}
	if c.WarnOnly {
		e.ok("config", where+" is valid. warnOnly is true: nothing is refused, every denial is a warning.")
	} else {
		e.ok("config", where+" is valid.")
	}
	e.examineScope(c)
}

// examineScope compares the scope of the operator in the configuration with the flags of the operator.
func (e *examiner) examineScope(c *config.Configuration) {
	said := c.Operator
	if said == nil {
		said = &config.Operator{}
	}
	var same, others, differ []string
	for _, d := range e.Deployments {
		container := operatorOf(d)
		if container == nil {
			continue
		}
		name := d.Namespace + "/" + d.Name
		if found := differences(flagsIn(append(slices.Clone(container.Command), container.Args...)), said); len(found) > 0 {
			others, differ = append(others, name), append(differ, found...)
		} else {
			same = append(same, name)
		}
	}
	switch {
	case len(same) > 0:
		e.ok("operator-scope", fmt.Sprintf("The configuration has the scope that the flags of the operator (Deployment %s) set.", list(same, mostListed)))
	case len(others) == 1:
		e.problem("operator-scope", fmt.Sprintf("The flags of the operator (Deployment %s) and promgate's configuration differ: promgate is wrong about who selects what.", others[0]), "Set the keys of the configuration as the flags are.", differ...)
	case len(others) > 1:
		e.unknown("operator-scope", fmt.Sprintf("There are several operators (%s), and the configuration has the scope of none of them.", list(others, mostListed)), "Set the scope of the one whose objects promgate checks.")
	}
}

// differences are the flags of the operator that the configuration says otherwise. What the kubelet fills in is not
// known.
func differences(flags map[string]string, said *config.Operator) []string {
	var differ []string
	for _, s := range []struct{ flag, key, value string }{
		{"namespaces", "operator.namespaces", strings.Join(said.Namespaces, ",")},
		{"deny-namespaces", "operator.denyNamespaces", strings.Join(said.DenyNamespaces, ",")},
		{"prometheus-instance-namespaces", "operator.prometheusInstanceNamespaces", strings.Join(said.PrometheusInstanceNamespaces, ",")},
		{"thanos-ruler-instance-namespaces", "operator.thanosRulerInstanceNamespaces", strings.Join(said.ThanosRulerInstanceNamespaces, ",")},
		{"alertmanager-instance-namespaces", "operator.alertmanagerInstanceNamespaces", strings.Join(said.AlertmanagerInstanceNamespaces, ",")},
		{"alertmanager-config-namespaces", "operator.alertmanagerConfigNamespaces", strings.Join(said.AlertmanagerConfigNamespaces, ",")},
		{"prometheus-instance-selector", "operator.prometheusInstanceSelector", said.PrometheusInstanceSelector},
		{"thanos-ruler-instance-selector", "operator.thanosRulerInstanceSelector", said.ThanosRulerInstanceSelector},
		{"alertmanager-instance-selector", "operator.alertmanagerInstanceSelector", said.AlertmanagerInstanceSelector},
		{"controller-id", "operator.controllerID", said.ControllerID},
	} {
		flag, value := sorted(flags[s.flag]), sorted(s.value)
		if flag != value && !strings.Contains(flag, "$(") {
			differ = append(differ, fmt.Sprintf("--%s is %s, and %s is %s", s.flag, cmp.Or(flag, "not set"), s.key, cmp.Or(value, "not set")))
		}
	}
	return differ
}

// sorted returns a list with commas in order, without spaces and empty items.
func sorted(text string) string {
	items := strings.Split(text, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	slices.Sort(items)
	return strings.Trim(strings.Join(slices.Compact(items), ","), ",")
}
