package certs

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	clocktesting "k8s.io/utils/clock/testing"

	"github.com/promgate/promgate/internal/pemfile"
)

const (
	day       = 24 * time.Hour
	worldHost = "promgate.promgate.svc"
)

var worldStart = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// world is a cluster whose time is simulated: what the API server stores, and what API servers that
// lag behind still see. While a replica waits for an answer, others go on, and calls fail.
type world struct {
	t     *testing.T
	rand  *rand.Rand
	clock *clocktesting.FakePassiveClock
	o     SelfSignedOptions
	skew  time.Duration // the largest difference between the clocks of two replicas

	pauses   []time.Duration // between two events
	cut      time.Duration   // the longest time in which a replica does not reach the API server
	secret   *corev1.Secret
	version  int
	live     map[string]configuration
	history  []past
	replicas []*replica
	depth    int

	checked, rotations int
	memo               map[memoKey]time.Time
}

// past is what a configuration contained until a time.
type past struct {
	configuration

	until   time.Time // zero while it is live
	foreign bool      // written by somebody else
}

// dead reports whether no certificate at all is accepted, because no replica reached the API server for so long
// that the CA has expired.
func (p past) dead(now time.Time) bool {
	return !slices.ContainsFunc(p.hooks[0].roots, func(ca *x509.Certificate) bool { return !expired(ca, now) })
}

type memoKey struct {
	leaf    *tls.Certificate
	version string
}

// replica is one process.
type replica struct {
	*selfSigned

	w       *world
	name    int
	offset  time.Duration // of its clock
	looking bool
	looked  time.Time // the end of its last look that did not fail
	ready   bool      // it has been ready since it started
}

// Now is the time by the clock of the replica.
func (r *replica) Now() time.Time                  { return r.w.clock.Now().Add(r.offset) }
func (r *replica) Since(t time.Time) time.Duration { return r.Now().Sub(t) }

func newWorld(t *testing.T, seed uint64, replicas int) *world {
	w := &world{
		t: t, rand: rand.New(rand.NewPCG(seed, 0)), clock: clocktesting.NewFakePassiveClock(worldStart),
		live: map[string]configuration{}, memo: map[memoKey]time.Time{}, skew: 4 * time.Second,
		o: SelfSignedOptions{
			Options: Options{Configuration: "promgate", Names: []string{worldHost}, Settle: time.Minute, Logger: slog.New(slog.DiscardHandler)},
			Secret:  types.NamespacedName{Namespace: "promgate", Name: "promgate-ca"},
			CALife:  30 * day, Life: 7 * day,
		},
		pauses: []time.Duration{time.Second, 20 * time.Second, 5 * time.Minute, 12 * time.Hour},
		cut:    30 * day,
	}
	for _, kind := range []string{validating, mutating} {
		w.write(configuration{kind: kind, name: "promgate", hooks: []hook{{name: kind, host: worldHost}}}, true)
	}
	for i := range replicas {
		w.replicas = append(w.replicas, &replica{w: w, name: i, offset: time.Duration(w.rand.Int64N(int64(w.skew)))})
		w.restart(w.replicas[i])
	}
	return w
}

// restart is a crash: only what is stored remains.
func (w *world) restart(r *replica) {
	o := w.o
	o.Clock = r
	r.selfSigned, r.ready, r.looked = newSelfSigned(o, view{r}), false, w.clock.Now()
}

// write stores a configuration.
func (w *world) write(c configuration, foreign bool) configuration {
	w.version++
	c.version = strconv.Itoa(w.version)
	for i := range w.history {
		if h := &w.history[i]; h.kind == c.kind && h.until.IsZero() {
			h.until = w.clock.Now()
		}
	}
	w.live[c.kind] = c
	w.history = append(w.history, past{configuration: c, foreign: foreign})
	return c
}

// lag is how far the slowest API server is behind. The settling time covers the clocks as well.
func (w *world) lag() time.Duration { return w.o.Settle - 2*w.skew }

// pass lets time pass, and checks each moment at which something can change.
func (w *world) pass(most time.Duration) {
	w.clock.SetTime(w.clock.Now().Add(time.Duration(w.rand.Int64N(int64(most) + 1))))
	w.check()
}

// check verifies each certificate that is served as each API server does that lags behind.
func (w *world) check() {
	now := w.clock.Now()
	kept := w.history[:0]
	for _, h := range w.history {
		if h.until.IsZero() || now.Sub(h.until) <= w.lag() {
			kept = append(kept, h)
		}
	}
	w.history = kept
	for _, r := range w.replicas {
		leaf, err := r.GetCertificate(nil)
		if err != nil {
			continue
		}
		if expired(leaf.Leaf, now) && now.Sub(r.looked) > w.o.Life/4 {
			r.ready = false // it cannot reach the API server, and so has no new certificate
			continue
		}
		if r.ready = r.ready || r.Ready() == nil; !r.ready {
			continue
		}
		for _, h := range w.history {
			if !h.foreign && !h.dead(now) {
				w.verify(r, leaf, h, now)
			}
		}
	}
}

func (w *world) verify(r *replica, leaf *tls.Certificate, h past, now time.Time) {
	w.checked++
	key := memoKey{leaf, h.version}
	if until, ok := w.memo[key]; ok && now.Before(until) {
		return
	}
	root, err := h.hooks[0].verify(leaf, now)
	if err != nil {
		w.t.Fatalf("%s: replica %d: the %s configuration of version %s (until %v) does not accept what is served: %v",
			now.Sub(worldStart), r.name, h.kind, h.version, h.until, err)
	}
	w.memo[key] = earliest(leaf.Leaf.NotAfter, root.NotAfter)
}

// look lets one replica look, if it does not wait for an answer just now.
func (w *world) look(r *replica) {
	if r.looking {
		return
	}
	r.looking = true
	err := r.look(w.t.Context())
	r.looking = false
	switch {
	case errors.Is(err, errCrash):
		w.restart(r)
	case err == nil || errors.Is(err, errAgain):
		r.looked = w.clock.Now()
	}
	w.check()
}

var errCrash = errors.New("crashed")

// view is the API as one replica sees it.
type view struct{ r *replica }

// between is what happens while a request, or its answer, is on its way.
func (v view) between() error {
	w := v.r.w
	w.pass(2 * time.Second)
	if w.depth == 0 && w.rand.IntN(150) == 0 {
		w.depth++
		w.without(v.r, w.o.Life/50) // the process is suspended
		w.depth--
	}
	if w.depth < 2 && w.rand.IntN(3) == 0 {
		w.depth++
		w.look(w.replicas[w.rand.IntN(len(w.replicas))])
		w.depth--
	}
	switch w.rand.IntN(40) {
	case 0:
		return errCrash
	case 1:
		return errors.New("no answer")
	}
	return nil
}

func (v view) configurations(context.Context) ([]configuration, error) {
	var all []configuration
	for _, kind := range []string{validating, mutating} { // two requests
		if err := v.between(); err != nil {
			return nil, err
		}
		all = append(all, v.r.w.live[kind])
	}
	return all, v.between()
}

func (v view) writeBundle(_ context.Context, c configuration, bundle []byte) (configuration, error) {
	if err := v.between(); err != nil {
		return c, err
	}
	if v.r.w.live[c.kind].version != c.version {
		return c, apierrors.NewConflict(schema.GroupResource{}, c.name, nil)
	}
	c.hooks = []hook{{name: c.kind, host: worldHost, bundle: bundle, roots: pemfile.Certificates(bundle)}}
	c = v.r.w.write(c, false)
	v.r.w.check()
	return c, v.between()
}

func (v view) secret(context.Context, types.NamespacedName) (*corev1.Secret, error) {
	if err := v.between(); err != nil {
		return nil, err
	}
	return v.r.w.secret.DeepCopy(), v.between()
}

func (v view) store(_ context.Context, s *corev1.Secret) error {
	if err := v.between(); err != nil {
		return err
	}
	w := v.r.w
	switch {
	case s.ResourceVersion == "" && w.secret != nil:
		return apierrors.NewAlreadyExists(schema.GroupResource{}, s.Name)
	case s.ResourceVersion != "" && (w.secret == nil || w.secret.ResourceVersion != s.ResourceVersion):
		return apierrors.NewConflict(schema.GroupResource{}, s.Name, nil)
	}
	if w.secret != nil && len(w.secret.Data[nextKey+crtSuffix]) > 0 && len(s.Data[nextKey+crtSuffix]) == 0 {
		w.rotations++
	}
	w.version++
	w.secret = s.DeepCopy()
	w.secret.ResourceVersion = strconv.Itoa(w.version)
	return v.between()
}

// TestWorld runs replicas through some years of random events, in each of many worlds. At each moment,
// whatever a replica serves is accepted by each API server that lags behind by less than the settling time.
// WORLDS=100 runs more of them.
func TestWorld(t *testing.T) {
	worlds, years := 3, 0.4
	if text, ok := os.LookupEnv("WORLDS"); ok {
		var err error
		if worlds, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	checked, rotations := 0, 0
	for seed := range uint64(worlds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed, 1+int(seed)%4)
			w.run(time.Duration(years * 365 * float64(day)))
			checked, rotations = checked+w.checked, rotations+w.rotations
		})
	}
	t.Logf("%d rotations, %d checks", rotations, checked)
	if rotations < worlds*3 {
		t.Errorf("only %d rotations", rotations)
	}
}

// TestShortLives is TestWorld with the shortest lives that are allowed: little time is left when a CA is lost.
func TestShortLives(t *testing.T) {
	rotations := 0
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, seed, 1+int(seed)%4)
			w.skew = time.Second
			w.o.Life, w.o.CALife = 6*w.o.Settle, 24*w.o.Settle
			w.pauses = []time.Duration{time.Second, 3 * time.Second}
			w.cut = w.o.CALife / 6 // so that there is time for a rotation before the CA expires
			for _, r := range w.replicas {
				w.restart(r)
			}
			w.run(12 * time.Hour)
			rotations += w.rotations
		})
	}
	if rotations < 50 {
		t.Errorf("only %d rotations", rotations)
	}
}

// run runs a world for a time.
func (w *world) run(d time.Duration) {
	for _, r := range w.replicas {
		w.settle(r)
	}
	for end := w.clock.Now().Add(d); w.clock.Now().Before(end); {
		w.pass(w.pauses[w.rand.IntN(len(w.pauses))])
		r := w.replicas[w.rand.IntN(len(w.replicas))]
		switch event := w.rand.IntN(300); {
		case event == 0:
			w.restart(r)
		case event == 1:
			w.breakSecret()
		case event == 2:
			w.resetBundle()
		case event == 3 && w.secret != nil:
			w.rotate()
		case event < 7:
			w.without(r, time.Duration(1+w.rand.Int64N(int64(w.cut))))
		default:
			w.look(r)
		}
	}
}

// settle looks until a replica is ready.
func (w *world) settle(r *replica) {
	for range 1000 {
		if w.look(r); r.Ready() == nil {
			return
		}
		w.pass(10 * time.Second)
	}
	w.t.Fatalf("replica %d does not get ready: %v", r.name, r.Ready())
}

// breakSecret does what people do to Secrets.
func (w *world) breakSecret() {
	if w.secret == nil {
		return
	}
	keys := []string{currentKey + crtSuffix, currentKey + privateSuffix, nextKey + crtSuffix, nextKey + privateSuffix, previousCrt}
	switch n := w.rand.IntN(len(keys) + 2); n {
	case len(keys):
		w.secret = nil
		return
	case len(keys) + 1:
		w.secret.Data = nil
	default:
		if _, ok := w.secret.Data[keys[n]]; !ok {
			return
		}
		w.secret.Data[keys[n]] = []byte(strings.Repeat("x", w.rand.IntN(20)))
	}
	w.version++
	w.secret.ResourceVersion = strconv.Itoa(w.version)
}

// resetBundle is somebody who applies a manifest with an empty caBundle. It is mended.
func (w *world) resetBundle() {
	for _, kind := range []string{validating, mutating} {
		c := w.live[kind]
		c.hooks = []hook{{name: kind, host: worldHost}}
		w.write(c, true)
	}
	for range 1000 {
		w.look(w.replicas[w.rand.IntN(len(w.replicas))])
		if len(w.live[validating].hooks[0].roots) > 0 && len(w.live[mutating].hooks[0].roots) > 0 {
			return
		}
	}
	w.t.Fatal("the caBundle is not mended")
}

// without is a time in which a replica does not reach the API server, or is suspended. Often the CA is
// rotated meanwhile.
func (w *world) without(cut *replica, most time.Duration) {
	if w.secret != nil && w.rand.IntN(2) == 0 {
		w.rotate()
	}
	for end := w.clock.Now().Add(time.Duration(w.rand.Int64N(int64(most)))); w.clock.Now().Before(end); {
		w.pass(most / 100)
		if r := w.replicas[w.rand.IntN(len(w.replicas))]; r != cut {
			w.look(r)
		} else {
			w.check()
		}
	}
}

func (w *world) rotate() {
	w.secret.Annotations[rotateAnnotation] = ""
	w.version++
	w.secret.ResourceVersion = strconv.Itoa(w.version)
}
