package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/promgate/promgate/defaulting"
	"github.com/promgate/promgate/internal/review"
	"github.com/promgate/promgate/judge"
	"github.com/promgate/promgate/validation/builtin"
)

const (
	// installedLimit is the memory limit of manifests/base/deployment.yaml, in bytes.
	installedLimit = 512 << 20

	// floodServer is the variable that makes this program the server of TestFlood.
	floodServer = "PROMGATE_FLOOD_SERVER"
)

func TestMain(m *testing.M) {
	if os.Getenv(floodServer) == "" {
		os.Exit(m.Run())
	}
	if err := serveFlood(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serveFlood serves as promgate does in a container with the installed limit. It prints its address, and ends at the end
// of its input. Then it prints how much memory Go had at most, in bytes.
func serveFlood() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	borrowed := httptest.NewTLSServer(http.NotFoundHandler())
	certificate := borrowed.TLS.Certificates[0]
	borrowed.Close()
	permissive, err := judge.Permissive()
	if err != nil {
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	registry := prometheus.NewRegistry()
	server := NewServer(Options{
		Host: "127.0.0.1", Port: port, Certificate: fixed{certificate: certificate},
		Reviewer: &review.Reviewer{Kinds: builtin.Kinds(), Judge: permissive},
		Settings: Settings{Labels: defaulting.AsInstalled()},
		Memory:   installedLimit * 9 / 10,
		Registry: registry, Gatherer: registry, Logger: slog.New(slog.DiscardHandler),
	})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	peak := watchMemory("/memory/classes/total:bytes", "/memory/classes/heap/released:bytes")
	fmt.Printf("https://127.0.0.1:%d\n", port)
	err = server.Start(ctx)
	fmt.Println(peak())
	return err
}

// TestInstalledLimit: the limit of the tests is the installed one.
func TestInstalledLimit(t *testing.T) {
	manifest, err := os.ReadFile("../manifests/base/deployment.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("limits: {memory: %dMi}", installedLimit>>20); !strings.Contains(string(manifest), want) {
		t.Errorf("the Deployment does not have %s", want)
	}
}

// TestFlood: many clients send the largest reviews at once, others large bodies and do not finish them. The server stays within the
// memory limit that is installed, and answers ordinary reviews.
func TestFlood(t *testing.T) {
	server := exec.CommandContext(t.Context(), os.Args[0])
	server.Env = append(os.Environ(), floodServer+"=1", fmt.Sprintf("GOMEMLIMIT=%d", installedLimit*9/10))
	server.Stderr = os.Stderr
	input, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	var url string
	if _, err := fmt.Fscanln(output, &url); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	r := &running{url: url, client: client}
	r.waitUntilServing(t)

	codes := r.flood(t)
	ordinary, _ := r.post(t, "/validate?timeout=30s", "application/json", reviewBody(t, ruleRequest(`[]`)))
	input.Close()
	client.CloseIdleConnections()
	var peak int64
	if _, err := fmt.Fscanln(output, &peak); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server: %v", err)
	}
	// The race detector has memory of its own, which is in this figure and not in Go's.
	process := server.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	t.Logf("answers: %v; Go had at most %d MiB, the process %d MiB", codes, peak>>20, process>>20)
	if ordinary != http.StatusOK {
		t.Errorf("an ordinary review afterwards: %d", ordinary)
	}
	if codes[http.StatusOK]+codes[http.StatusInternalServerError] == 0 || codes[http.StatusServiceUnavailable] == 0 {
		t.Errorf("the flood was answered with %v: some are reviewed, and not all", codes)
	}
	if peak > installedLimit {
		t.Errorf("Go had %d MiB, more than the limit", peak>>20)
	}
}

// flood sends reviews from many clients at once, and returns how often there was which answer.
func (r *running) flood(t *testing.T) map[int]int {
	t.Helper()
	var (
		wait  sync.WaitGroup
		mu    sync.Mutex
		codes = map[int]int{}
	)
	send := func(body io.Reader) {
		response, err := r.client.Post(r.url+"/validate?timeout=10s", "application/json", body)
		code := 0 // the connection was closed while the client was sending
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
			code = response.StatusCode
		}
		mu.Lock()
		codes[code]++
		mu.Unlock()
	}
	var bodies [][]byte
	for name, request := range largest() {
		if name == "rules" || name == "updated-rules" || name == "endpoints" || name == "small-endpoints" {
			body, err := json.Marshal(admissionv1.AdmissionReview{TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"}, Request: request})
			if err != nil {
				t.Fatal(err)
			}
			bodies = append(bodies, body)
		}
	}
	bodies = append(bodies, []byte(`{"escaped":"`+strings.Repeat(`\u003c`, 3<<20)+`"}`))
	for i := range 100 {
		wait.Go(func() { send(bytes.NewReader(bodies[i%len(bodies)])) })
		if i%4 == 0 {
			wait.Go(func() { send(io.MultiReader(bytes.NewReader(make([]byte, 2<<20)), &stalled{t.Context().Done()})) })
		}
	}
	wait.Wait()
	return codes
}

// stalled is the rest of a body that never comes.
type stalled struct{ until <-chan struct{} }

func (s *stalled) Read([]byte) (int, error) {
	<-s.until
	return 0, io.ErrUnexpectedEOF
}
