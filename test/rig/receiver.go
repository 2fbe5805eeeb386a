package rig

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// A Notification is what Alertmanager tells a webhook of one alert.
type Notification struct {
	// Receiver is the name in the configuration of Alertmanager.
	Receiver string            `json:"receiver"`
	Status   string            `json:"status"` // firing or resolved
	Labels   map[string]string `json:"labels"`
}

// Receiver listens for the notifications of an Alertmanager.
type Receiver struct {
	// URL is the address for a webhook.
	URL string

	server *http.Server
	file   *os.File
	told   func(Notification)

	mu       sync.Mutex // guards received
	received []Notification
}

// StartReceiver starts a receiver. It also writes what it receives to a file, a JSON object in each line, and calls told unless that is
// nil.
func StartReceiver(file string, told func(Notification)) (*Receiver, error) {
	log, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("starting the receiver of notifications: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Close()
		return nil, fmt.Errorf("starting the receiver of notifications: %w", err)
	}
	r := &Receiver{URL: "http://" + listener.Addr().String() + "/", file: log, told: told}
	r.server = &http.Server{Handler: http.HandlerFunc(r.receive), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = r.server.Serve(listener) }() // until Stop
	return r, nil
}

// receive reads a notification (notify/webhook, v0.35.0).
func (r *Receiver) receive(w http.ResponseWriter, request *http.Request) {
	var message struct {
		Receiver string         `json:"receiver"`
		Alerts   []Notification `json:"alerts"`
	}
	if err := json.NewDecoder(request.Body).Decode(&message); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range message.Alerts {
		n.Receiver = message.Receiver
		r.received = append(r.received, n)
		if r.told != nil {
			r.told(n)
		}
		line, err := json.Marshal(n)
		if err == nil {
			_, err = r.file.Write(append(line, '\n'))
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
}

// Received returns the notifications so far.
func (r *Receiver) Received() []Notification {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Notification{}, r.received...)
}

// Await returns the first notification of an alert that fires.
func (r *Receiver) Await(ctx context.Context, alert string, timeout time.Duration) (Notification, error) {
	var found Notification
	err := Poll(ctx, "a notification of "+alert, timeout, func(context.Context) error {
		for _, n := range r.Received() {
			if n.Labels["alertname"] == alert && n.Status == "firing" {
				found = n
				return nil
			}
		}
		return errors.New("there is none")
	})
	return found, err
}

// Stop ends the receiver.
func (r *Receiver) Stop() {
	_ = r.server.Close()
	_ = r.file.Close()
}
