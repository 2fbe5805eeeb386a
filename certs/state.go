package certs

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/promgate/promgate/internal/pemfile"
)

// What the Secret of the CA contains.
const (
	// caLabel marks a Secret that promgate may write to.
	caLabel = "promgate.dev/ca"
	// rotateAnnotation asks for a new CA, whatever its value.
	rotateAnnotation = "promgate.dev/rotate-ca"

	publishedAnnotation = "promgate.dev/next-trusted-since"
	retireAnnotation    = "promgate.dev/previous-until"
	longestAnnotation   = "promgate.dev/longest-certificate"

	bundleKey     = "ca.crt" // all that are trusted, for readers
	currentKey    = "current"
	nextKey       = "next"
	previousCrt   = "previous.crt"
	crtSuffix     = ".crt"
	privateSuffix = ".key"
	timeFormat    = time.RFC3339Nano
	mostPrevious  = 10 // foreign CAs that are kept
	nameLabel     = "app.kubernetes.io/name"
)

// lives are how long certificates are valid, and how long API servers take to see a change.
type lives struct {
	ca, leaf, settle time.Duration
}

// state is what the replicas share: the CAs, and how far a rotation has come. It is stored in a
// Secret, so that any replica can go on.
//
// A rotation: next is made (a); once each webhook has trusted it for the settling time (b) it becomes
// current, and signs (c); the one before stays in the bundle as previous until the last certificate
// of it has expired (d).
type state struct {
	current  authority // signs, if it exists; else next does
	next     authority
	previous []*x509.Certificate

	published time.Time     // since when each webhook has trusted next
	retire    time.Time     // when previous is dropped
	longest   time.Duration // the longest life of a certificate that any replica signs
	rotate    bool          // somebody has asked for a new CA
}

// signer is the CA that signs.
func (s state) signer() authority {
	if s.current.exists() {
		return s.current
	}
	return s.next
}

// bundle returns all CAs that are to be trusted.
func (s state) bundle() []*x509.Certificate {
	var all []*x509.Certificate
	for _, a := range []authority{s.current, s.next} {
		if a.exists() {
			all = append(all, a.certificate)
		}
	}
	return append(all, s.previous...)
}

// bootstrapped returns the state of a cluster in which no usable CA is stored. If a webhook trusts
// other CAs, or the broken Secret names some, they stay for a while: replicas may serve certificates of them.
func bootstrapped(now time.Time, o lives, others []*x509.Certificate) (state, error) {
	ca, err := newAuthority(now, o.ca)
	if err != nil {
		return state{}, err
	}
	s := state{longest: o.leaf}
	for _, other := range others {
		if !expired(other, now) && !holds(s.previous, other) && len(s.previous) < mostPrevious {
			s.previous = append(s.previous, other)
		}
	}
	if len(s.previous) == 0 {
		s.current = ca
	} else {
		s.next = ca
	}
	return s, nil
}

// advanced returns the state one step further, and what the step is; an empty text means that
// there is nothing to do. trusts reports whether each webhook trusts a CA.
func (s state) advanced(now time.Time, o lives, trusts func(*x509.Certificate) bool) (state, string, error) {
	switch {
	case s.longest < o.leaf:
		s.longest = o.leaf
		return s, "noted how long certificates live", nil
	case len(s.previous) > 0 && s.retire.IsZero():
		// Not at the promotion itself: until it was stored, other replicas signed with the old CA.
		s.retire = now.Add(s.longest + o.settle)
		return s, "the previous CA stays trusted until " + s.retire.Format(time.RFC3339), nil
	case len(s.previous) > 0 && now.After(s.retire):
		s.previous, s.retire = nil, time.Time{}
		return s, "dropped the previous CA", nil
	case s.next.exists():
		next, step := s.rotated(now, o, trusts(s.next.certificate))
		return next, step, nil
	case len(s.previous) == 0 && (s.rotate || !now.Before(due(s.current.certificate))):
		next, err := newAuthority(now, o.ca)
		s.next, s.rotate = next, false
		return s, "made the next CA", err
	}
	return s, "", nil
}

// rotated moves a rotation on whose next CA exists.
func (s state) rotated(now time.Time, o lives, trusted bool) (state, string) {
	switch {
	case !trusted && !s.published.IsZero():
		s.published = time.Time{}
		return s, "the next CA is no longer in each caBundle"
	case !trusted:
		return s, ""
	case s.published.IsZero():
		s.published = now
		return s, "the next CA is in each caBundle"
	case now.Before(s.published.Add(o.settle)):
		return s, ""
	}
	if s.current.exists() {
		s.previous = append(slices.Clone(s.previous), s.current.certificate)
		s.retire = time.Time{}
	}
	s.current, s.next, s.published = s.next, authority{}, time.Time{}
	return s, "the next CA signs from now on"
}

var errForeign = fmt.Errorf("it exists, and is not promgate's: it lacks the label %s=true. Use another name, or delete it", caLabel)

// stateIn reads a Secret. broken says what cannot be used of it; the rest is returned. The error is
// for a Secret that promgate must not write to.
func stateIn(secret *corev1.Secret, now time.Time) (s state, broken []string, err error) {
	if secret.Labels[caLabel] != "true" && len(secret.Data) > 0 {
		return state{}, nil, errForeign
	}
	read := func(name string) authority {
		certificate, key := secret.Data[name+crtSuffix], secret.Data[name+privateSuffix]
		if len(certificate) == 0 && len(key) == 0 {
			return authority{}
		}
		a, err := authorityIn(certificate, key, now)
		if err != nil {
			broken = append(broken, fmt.Sprintf("the %s CA: %v", name, err))
		}
		return a
	}
	s = state{current: read(currentKey), next: read(nextKey)}
	s.previous = pemfile.Certificates(secret.Data[previousCrt])
	if len(s.previous) == 0 && len(secret.Data[previousCrt]) > 0 {
		broken = append(broken, "the previous CA: it is not a certificate")
	}
	s.published = timeIn(secret, publishedAnnotation)
	s.retire = timeIn(secret, retireAnnotation)
	s.longest, _ = time.ParseDuration(secret.Annotations[longestAnnotation])
	_, s.rotate = secret.Annotations[rotateAnnotation]
	if !s.signer().exists() && len(broken) == 0 {
		broken = append(broken, "it contains no CA")
	}
	return s, broken, nil
}

// timeIn returns a time that an annotation contains. If somebody has broken it, the waiting begins again.
func timeIn(secret *corev1.Secret, annotation string) time.Time {
	t, _ := time.Parse(timeFormat, secret.Annotations[annotation])
	return t
}

// leftovers returns every certificate of a broken Secret.
func leftovers(secret *corev1.Secret) []*x509.Certificate {
	var all []*x509.Certificate
	for _, key := range slices.Sorted(maps.Keys(secret.Data)) {
		if strings.HasSuffix(key, crtSuffix) {
			all = append(all, pemfile.Certificates(secret.Data[key])...)
		}
	}
	return all
}

// into writes the state into a Secret, and leaves the labels and annotations of others alone.
func (s state) into(secret *corev1.Secret) error {
	data := map[string][]byte{bundleKey: certificatesPEM(s.bundle())}
	if len(s.previous) > 0 {
		data[previousCrt] = certificatesPEM(s.previous)
	}
	for name, a := range map[string]authority{currentKey: s.current, nextKey: s.next} {
		if !a.exists() {
			continue
		}
		key, err := keyPEM(a.key)
		if err != nil {
			return err
		}
		data[name+crtSuffix], data[name+privateSuffix] = certificatesPEM([]*x509.Certificate{a.certificate}), key
	}
	if !s.signer().exists() {
		return errors.New("a state without a CA")
	}
	if secret.Labels == nil {
		secret.Labels = map[string]string{}
	}
	if secret.Annotations == nil {
		secret.Annotations = map[string]string{}
	}
	secret.Data = data
	secret.Labels[caLabel], secret.Labels[nameLabel] = "true", "promgate"
	secret.Annotations[longestAnnotation] = s.longest.String()
	setTime(secret, publishedAnnotation, s.published)
	setTime(secret, retireAnnotation, s.retire)
	if !s.rotate {
		delete(secret.Annotations, rotateAnnotation)
	}
	return nil
}

func setTime(secret *corev1.Secret, annotation string, t time.Time) {
	if t.IsZero() {
		delete(secret.Annotations, annotation)
		return
	}
	secret.Annotations[annotation] = t.UTC().Format(timeFormat)
}
