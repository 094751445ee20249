//! A wasmtime host that runs a spin.toml the way Spin does
