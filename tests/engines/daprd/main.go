// Command daprd is Dapr's own sidecar with the few components that TaskMaster's resources name.
//
// It owns the start: flags in, the runtime running. What the runtime does is Dapr's; which
// components there are stands in components.go.
package main

import (
	"context"
	"fmt"
	"os"
	"reflect"

	"github.com/dapr/dapr/cmd/daprd/options"
	"github.com/dapr/dapr/pkg/buildinfo"
	"github.com/dapr/dapr/pkg/healthz"
	"github.com/dapr/dapr/pkg/metrics"
	"github.com/dapr/dapr/pkg/modes"
	"github.com/dapr/dapr/pkg/runtime"
	"github.com/dapr/dapr/pkg/security"
	"github.com/dapr/kit/concurrency"
	"github.com/dapr/kit/logger"
	"github.com/dapr/kit/signals"
)

// Settings that the runtime and the command line call by different names.
var renamed = map[string]string{
	"ApplicationPort":  "AppPort",
	"SchedulerStreams": "SchedulerJobStreams",
}

var log = logger.NewLogger("dapr.runtime")

func main() {
	opts, err := options.New(os.Args[1:])
	if err != nil {
		log.Fatalf("flags: %s", err)
	}
	if opts.RuntimeVersion {
		fmt.Println(buildinfo.Version())
		return
	}
	opts.Logger.SetAppID(opts.AppID)
	if err := logger.ApplyOptionsToLoggers(&opts.Logger); err != nil {
		log.Fatalf("logging: %s", err)
	}
	if err := run(signals.Context(), opts); err != nil {
		log.Fatalf("the runtime ended: %s", err)
	}
}

// Runs until the context is cancelled by a signal, or the runtime ends by itself.
func run(ctx context.Context, opts *options.Options) error {
	health := healthz.New()
	provider, err := security.New(ctx, security.Options{
		SentryAddress:           opts.SentryAddress,
		ControlPlaneTrustDomain: opts.ControlPlaneTrustDomain,
		ControlPlaneNamespace:   opts.ControlPlaneNamespace,
		TrustAnchors:            opts.TrustAnchors,
		AppID:                   opts.AppID,
		MTLSEnabled:             opts.EnableMTLS,
		Mode:                    modes.DaprMode(opts.Mode),
		Healthz:                 health,
	})
	if err != nil {
		return err
	}
	sidecar := func(ctx context.Context) error {
		handler, err := provider.Handler(ctx)
		if err != nil {
			return err
		}
		config := runtime.Config{Registry: components(), Security: handler, Healthz: health}
		config.Metrics = measured(metrics.Options{
			Enabled:       opts.Metrics.Enabled(),
			Log:           log,
			Port:          opts.Metrics.Port(),
			Namespace:     metrics.DefaultMetricNamespace,
			Healthz:       health,
			ListenAddress: opts.Metrics.ListenAddress(),
		})
		adopt(&config, opts)
		sidecar, err := runtime.FromConfig(ctx, &config)
		if err != nil {
			return err
		}
		return sidecar.Run(ctx)
	}
	return concurrency.NewRunnerManager(provider.Run, sidecar).Run(ctx)
}

// Takes over each setting that is still unset from the option of its name. By name, because each
// release of Dapr has some that another one has not.
func adopt(config *runtime.Config, opts *options.Options) {
	to, from := reflect.ValueOf(config).Elem(), reflect.ValueOf(opts).Elem()
	for i := range to.NumField() {
		field, name := to.Field(i), to.Type().Field(i).Name
		if option, ok := renamed[name]; ok {
			name = option
		}
		option := from.FieldByName(name)
		isSame := option.IsValid() && option.Type() == field.Type()
		if field.CanSet() && field.IsZero() && isSame {
			field.Set(option)
		}
	}
}
