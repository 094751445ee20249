//go:build !dapr_1_16

package main

import (
	"go.opencensus.io/stats/view"

	"github.com/dapr/dapr/pkg/metrics"
)

// Since 1.17 a runtime counts into a meter of its own.
func measured(options metrics.Options) metrics.Options {
	options.Meter = view.NewMeter()
	return options
}
