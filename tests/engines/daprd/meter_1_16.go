//go:build dapr_1_16

package main

import "github.com/dapr/dapr/pkg/metrics"

// Up to 1.16 there was one meter for the whole process.
func measured(options metrics.Options) metrics.Options {
	return options
}
