package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
)

const (
	// quietAfter is the silence after which promgate asks the API server whether it missed
	// something. Where the API server sends bookmarks at all they come each minute, a
	// second early or late, and the last one of a watch two seconds before its end: a watch
	// with bookmarks is never asked about.
	quietAfter = 65 * time.Second

	// questionInterval is the time between two checks for silent kinds. Several questions fit in
	// before [staleAfter].
	questionInterval = 5 * time.Second

	// questionTimeout bounds one question.
	questionTimeout = 5 * time.Second

	// missesBeforeRestart is how many questions in a row have to find a change that the informer
	// does not have. The first one may only be ahead of the informer.
	missesBeforeRestart = 2
)

// A Question asks the API server, past all caches.
type Question interface {
	// Missed reports whether objects of a kind changed after a resource version. An error means
	// that there was no answer, or no complete one.
	Missed(ctx context.Context, kind schema.GroupVersionKind, resourceVersion string) (bool, error)
}

// askWhenSilent checks repeatedly whether a kind is silent, until the context ends.
func (w *Watch) askWhenSilent(ctx context.Context, k *kind) {
	tick, stop := w.ticks(questionInterval)
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
			w.ask(ctx, k)
		}
	}
}

// ask asks whether promgate missed changes of a silent kind. If it did not, the knowledge of the
// kind is as fresh as the question. If it did, twice in a row, the watch is ended although its
// connection is open, and started again: the informer resumes where it was.
func (w *Watch) ask(ctx context.Context, k *kind) {
	asked := w.now()
	known := k.known()
	if known == nil || k.missing.Load() || asked.Sub(*known) <= quietAfter {
		k.misses = 0
		return
	}
	version := k.resourceVersion()
	if version == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, questionTimeout)
	defer cancel()
	missed, err := w.question.Missed(ctx, k.group.WithKind(k.name), version)
	k.trouble.Store(&err)
	switch {
	case err != nil:
		w.logger.Debug("asking the API server about a silent kind", "kind", k.name, "error", err)
	case !missed:
		k.misses = 0
		k.confirmed.Store(&asked)
	default:
		k.misses++
		if k.misses >= missesBeforeRestart {
			k.misses = 0
			w.logger.Warn("the watch of a kind is open but delivers no changes; restarting it", "kind", k.name)
			k.restart()
		}
	}
}

// resourceVersion returns the version up to which the informer has all changes, or "" before the
// first list.
func (k *kind) resourceVersion() string {
	informer := k.informer.Load()
	if informer == nil {
		return ""
	}
	version := (*informer).LastSyncResourceVersion()
	if version == "0" {
		return "" // for a watch, 0 means any version
	}
	return version
}

// restart ends the watch that the informer reads from. The informer opens another.
func (k *kind) restart() {
	if events := k.events.Load(); events != nil {
		(*events).Stop()
	}
}

// Changes is a [Question] that opens a short watch from a resource version on. The API server has
// the changes of the last minutes in memory, so that the number of objects does not matter, and a
// kind that did not change costs it nothing.
type Changes struct {
	Client rest.Interface
	Mapper meta.RESTMapper
}

// Missed implements [Question].
func (c Changes) Missed(ctx context.Context, kind schema.GroupVersionKind, resourceVersion string) (bool, error) {
	mapping, err := c.Mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if err != nil {
		return false, fmt.Errorf("finding the resource of %s: %w", kind.Kind, err)
	}
	events, err := c.Client.Get().AbsPath(pathOf(mapping.Resource)...).
		Param("watch", "true").
		Param("resourceVersion", resourceVersion).
		Param("timeoutSeconds", "1"). // the minimum
		SetHeader("Accept", "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1").
		Stream(ctx)
	if versionExpired(err) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("watching %s: %w", mapping.Resource.Resource, err)
	}
	defer func() { _ = events.Close() }() // it was read to its end, or is of no use
	// client-go's own watch does not distinguish a broken stream from one that the server ended.
	return streamChanged(events)
}

func pathOf(resource schema.GroupVersionResource) []string {
	if resource.Group == "" {
		return []string{"api", resource.Version, resource.Resource}
	}
	return []string{"apis", resource.Group, resource.Version, resource.Resource}
}

// streamChanged reports whether a stream of events contains a change. If the stream breaks before the API
// server ends it, changed returns an error.
func streamChanged(events io.Reader) (bool, error) {
	decoder := json.NewDecoder(events)
	for {
		var event metav1.WatchEvent
		if err := decoder.Decode(&event); errors.Is(err, io.EOF) {
			return false, nil
		} else if err != nil {
			return false, fmt.Errorf("reading what changed: %w", err)
		}
		switch apiwatch.EventType(event.Type) {
		case apiwatch.Bookmark:
		case apiwatch.Error:
			var status metav1.Status
			if err := json.Unmarshal(event.Object.Raw, &status); err != nil {
				return false, fmt.Errorf("reading what changed: %w", err)
			}
			if status.Code == http.StatusGone {
				return true, nil
			}
			return false, fmt.Errorf("reading what changed: %w", &apierrors.StatusError{ErrStatus: status})
		default:
			return true, nil
		}
	}
}

// versionExpired reports whether the API server no longer remembers a resource version. The informer's
// watch cannot continue from there either: it has to read all objects again.
func versionExpired(err error) bool { return apierrors.IsResourceExpired(err) || apierrors.IsGone(err) }
