// The components that TaskMaster's resource files name, in whatever environment.
//
// It must not import more: each broker and cloud brings a library of its own, and with all of them
// the program takes a multiple of the time to build.
package main

import (
	"github.com/dapr/components-contrib/bindings/cron"
	"github.com/dapr/components-contrib/bindings/http"
	"github.com/dapr/components-contrib/bindings/smtp"
	"github.com/dapr/components-contrib/conversation/echo"
	"github.com/dapr/components-contrib/conversation/openai"
	"github.com/dapr/components-contrib/nameresolution/mdns"
	pubsubinmemory "github.com/dapr/components-contrib/pubsub/in-memory"
	"github.com/dapr/components-contrib/pubsub/kafka"
	"github.com/dapr/components-contrib/pubsub/rabbitmq"
	pubsubredis "github.com/dapr/components-contrib/pubsub/redis"
	"github.com/dapr/components-contrib/secretstores/kubernetes"
	"github.com/dapr/components-contrib/secretstores/local/env"
	"github.com/dapr/components-contrib/secretstores/local/file"
	stateinmemory "github.com/dapr/components-contrib/state/in-memory"
	postgresql "github.com/dapr/components-contrib/state/postgresql/v2"
	stateredis "github.com/dapr/components-contrib/state/redis"
	"github.com/dapr/components-contrib/state/sqlite"

	"github.com/dapr/dapr/pkg/components/bindings"
	"github.com/dapr/dapr/pkg/components/conversation"
	"github.com/dapr/dapr/pkg/components/nameresolution"
	"github.com/dapr/dapr/pkg/components/pubsub"
	"github.com/dapr/dapr/pkg/components/secretstores"
	"github.com/dapr/dapr/pkg/components/state"
	"github.com/dapr/dapr/pkg/runtime/registry"
	"github.com/dapr/kit/logger"
)

func components() *registry.Options {
	contrib := logger.NewLogger("dapr.contrib")

	brokers := pubsub.NewRegistry()
	brokers.Logger = contrib
	brokers.RegisterComponent(pubsubinmemory.New, "in-memory")
	brokers.RegisterComponent(kafka.NewKafka, "kafka")
	brokers.RegisterComponent(rabbitmq.NewRabbitMQ, "rabbitmq")
	brokers.RegisterComponent(pubsubredis.NewRedisStreams, "redis")

	stores := state.NewRegistry()
	stores.Logger = contrib
	stores.RegisterComponent(stateinmemory.NewInMemoryStateStore, "in-memory")
	stores.RegisterComponent(stateredis.NewRedisStateStore, "redis")
	stores.RegisterComponent(sqlite.NewSQLiteStateStore, "sqlite")
	// Under its first version the name stands for another layout of its table.
	stores.RegisterComponent(postgresql.NewPostgreSQLStateStore, "postgresql/v2")

	secrets := secretstores.NewRegistry()
	secrets.Logger = contrib
	secrets.RegisterComponent(env.NewEnvSecretStore, "local.env")
	secrets.RegisterComponent(file.NewLocalSecretStore, "local.file")
	secrets.RegisterComponent(kubernetes.NewKubernetesSecretStore, "kubernetes")

	bound := bindings.NewRegistry()
	bound.Logger = contrib
	bound.RegisterInputBinding(cron.NewCron, "cron")
	bound.RegisterOutputBinding(http.NewHTTP, "http")
	bound.RegisterOutputBinding(smtp.NewSMTP, "smtp")

	models := conversation.NewRegistry()
	models.Logger = contrib
	models.RegisterComponent(echo.NewEcho, "echo")
	models.RegisterComponent(openai.NewOpenAI, "openai")

	// The runtime does not start without one, though nothing here calls another app by its name.
	names := nameresolution.NewRegistry()
	names.Logger = contrib
	names.RegisterComponent(mdns.NewResolver, "mdns")

	return registry.NewOptions().
		WithPubSubs(brokers).
		WithStateStores(stores).
		WithSecretStores(secrets).
		WithBindings(bound).
		WithConversations(models).
		WithNameResolutions(names)
}
