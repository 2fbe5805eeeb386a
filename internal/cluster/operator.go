package cluster

import (
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/selection"
)

// placed is one who would select if the operator manages it.
type placed struct {
	member *member
	object metav1.ObjectMeta // what the operator goes by
}

// SetOperator says what the operator looks at. Those that it does not manage select
// nothing, and what it does not watch nobody selects. Nil means that all count.
func (s *State) SetOperator(o *selection.Operator) {
	s.placing.Lock()
	defer s.placing.Unlock()
	if reflect.DeepEqual(s.operator, o) {
		return
	}
	s.operator = o
	for name, p := range s.known {
		s.place(name, p)
	}
}

func (s *State) put(kind string, object metav1.Object, m *member) {
	s.placing.Lock()
	defer s.placing.Unlock()
	p := placed{member: m, object: metav1.ObjectMeta{Namespace: object.GetNamespace(), Labels: object.GetLabels()}}
	if id, ok := object.GetAnnotations()[selection.ControllerID]; ok {
		p.object.Annotations = map[string]string{selection.ControllerID: id}
	}
	name := nameOf(kind, object)
	s.known[name] = p
	s.place(name, p)
}

func (s *State) place(name Name, p placed) {
	if !s.operator.Manages(name.Kind, &p.object) {
		s.displace(name)
		return
	}
	m := *p.member
	m.selectors = m.selectors.Under(s.operator)
	s.index.SetPrometheus(name.ref(), m.selectors, m.classes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.members[name] = &m
}

func (s *State) displace(name Name) {
	s.index.DeletePrometheus(name.ref())
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.members, name)
}

// DeleteMember takes one who selects out.
func (s *State) DeleteMember(name Name) {
	s.placing.Lock()
	defer s.placing.Unlock()
	delete(s.known, name)
	s.displace(name)
}
