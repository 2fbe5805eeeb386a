package live_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/promgate/promgate/internal/live"
	"github.com/promgate/promgate/selection"
)

// TestPages: small pages are read one after the other, only as long as objects are wanted, and an object that does not decode
// is left out.
func TestPages(t *testing.T) {
	const total = 60
	pages := 0
	c := fake.NewClientBuilder().WithInterceptorFuncs(interceptor.Funcs{List: func(_ context.Context, _ client.WithWatch, list client.ObjectList, opts ...client.ListOption) error {
		options := (&client.ListOptions{}).ApplyOptions(opts)
		items, ok := list.(*unstructured.UnstructuredList)
		if !ok || options.Namespace != "shop" || options.Limit == 0 || options.Limit > 50 {
			return fmt.Errorf("a list of %T in %q, %d at once", list, options.Namespace, options.Limit)
		}
		pages++
		first, _ := strconv.ParseInt(options.Continue, 10, 64)
		for i := first; i < min(first+options.Limit, total); i++ {
			port := any("web")
			if i == 1 {
				port = int64(8080)
			}
			items.Items = append(items.Items, serviceMonitor(fmt.Sprint(i), port))
		}
		if next := first + options.Limit; next < total {
			items.SetContinue(strconv.FormatInt(next, 10))
		}
		return nil
	}}).Build()
	p := live.NewPages(c)
	var names []string
	if err := p.Objects(t.Context(), "ServiceMonitor", "shop", func(o selection.Object) bool {
		names = append(names, o.GetName())
		return true
	}); err != nil {
		t.Fatal(err)
	}
	if len(names) != total-1 || names[1] != "2" || pages != 3 {
		t.Errorf("%d pages, %d objects %v", pages, len(names), names)
	}
	pages = 0
	if err := p.Objects(t.Context(), "ServiceMonitor", "shop", func(selection.Object) bool { return false }); err != nil || pages != 1 {
		t.Errorf("%d pages are read although the first object was the last that is wanted: %v", pages, err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	err := p.Objects(t.Context(), "ServiceMonitor", "shop", func(selection.Object) bool {
		// Another caller waits for its turn, and gives up with its context.
		if err := p.Objects(ended, "ServiceMonitor", "shop", func(selection.Object) bool { return true }); !errors.Is(err, context.Canceled) {
			t.Errorf("the second caller: %v", err)
		}
		return false
	})
	if err != nil {
		t.Error(err)
	}
}
