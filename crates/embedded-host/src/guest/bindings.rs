//! Generated from `wit/`: the Spin interfaces of this host.

wasmtime::component::bindgen!({
    path: "wit",
    world: "embedded:host/capabilities",
    imports: { default: async | trappable },
    with: {
        "spin:sqlite/sqlite.connection": crate::sqlite::GuestConnection,
        "spin:postgres/postgres.connection": crate::postgres::PostgresConnection,
        "fermyon:spin/key-value.store": crate::key_value::GuestStore,
    },
});
