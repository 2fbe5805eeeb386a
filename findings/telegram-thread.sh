#!/usr/bin/env bash
# prometheus-operator v0.93.0 and Alertmanager 0.26.0, 0.27.0 and 0.28.1: an AlertmanagerConfig may name the thread of a Telegram
# group (telegramConfigs[].messageThreadID). The operator leaves the field out for an Alertmanager before 0.26.0, which cannot read
# it, and writes it as message_thread_id from 0.26.0 on. Alertmanager knows that key from 0.28.0 on: 0.26.0 and 0.27.0 refuse the whole
# configuration for it, with the routes of every other object.
#
# Expected: the operator leaves the field out up to 0.27, as it does for other fields that are too new. The script generates the
# configuration with the operator's own builder for each version, and loads it with the loader of that version.
# The script fails if the output changes.
#
# Needs Go; downloads modules, and compiles the operator's package and three of Alertmanager's: some minutes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/operator"
cd "$work/operator"
cat > go.mod <<'GO'
module finding

go 1.26.0

require (
	cloud.google.com/go/compute/metadata v0.9.0
	github.com/prometheus-operator/prometheus-operator v0.93.0
)
GO
cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/blang/semver/v4"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus-operator/prometheus-operator/pkg/alertmanager"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

func main() {
	version := semver.MustParse(os.Args[1])
	objects := fake.NewClientset(&corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "telegram"}, Data: map[string][]byte{"token": []byte("token")},
	})
	store := assets.NewStoreBuilder(objects.CoreV1(), objects.CoreV1())
	b := alertmanager.NewConfigBuilder(slog.New(slog.DiscardHandler), version, store, &monitoringv1.Alertmanager{})
	if err := b.InitializeFromRawConfiguration([]byte("route: {receiver: none}\nreceivers: [{name: none}]\n")); err != nil {
		panic(err)
	}
	thread := int64(7)
	config := &monitoringv1alpha1.AlertmanagerConfig{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "team"}}
	config.Spec.Route = &monitoringv1alpha1.Route{Receiver: "chat"}
	config.Spec.Receivers = []monitoringv1alpha1.Receiver{{Name: "chat", TelegramConfigs: []monitoringv1alpha1.TelegramConfig{{
		BotToken: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: "telegram"}, Key: "token"},
		ChatID: -100, MessageThreadID: &thread,
	}}}}
	if err := b.AddAlertmanagerConfigs(context.Background(), map[string]*monitoringv1alpha1.AlertmanagerConfig{"shop/team": config}); err != nil {
		panic(err)
	}
	text, err := b.MarshalJSON()
	if err != nil {
		panic(err)
	}
	fmt.Print(string(text))
}
GO
go mod tidy >/dev/null 2>&1
go build -o ../generate .

got=$(
	for version in 0.25.0 0.26.0 0.27.0 0.28.1; do
		mkdir -p "$work/$version"
		cd "$work/$version"
		"$work/generate" "$version" > alertmanager.yaml
		cat > go.mod <<GO
module finding

go 1.26.0

require github.com/prometheus/alertmanager v$version
GO
		cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/alertmanager/config"
)

func main() {
	if _, err := config.LoadFile("alertmanager.yaml"); err != nil {
		fmt.Println(strings.TrimSpace(strings.ReplaceAll(err.Error(), "\n", "")))
		os.Exit(0)
	}
	fmt.Println("loaded")
}
GO
		go mod tidy >/dev/null 2>&1
		echo "$version: $(grep -c message_thread_id alertmanager.yaml || true) written; $(go run .)"
	done
)
echo "$got"

want='0.25.0: 0 written; loaded
0.26.0: 1 written; yaml: unmarshal errors:  line 14: field message_thread_id not found in type config.plain
0.27.0: 1 written; yaml: unmarshal errors:  line 14: field message_thread_id not found in type config.plain
0.28.1: 1 written; loaded'
if [[ $got != "$want" ]]; then
	echo "This has changed; it was:" >&2
	echo "$want" >&2
	exit 1
fi
