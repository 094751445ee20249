//! What `fermyon:spin/key-value.store` is on this side, and its calls.

use std::sync::Arc;

use wasmtime::component::Resource;

use super::store::{Answer, Request, Store};
use crate::guest::GuestState;
use crate::guest::bindings::fermyon::spin::key_value::{Error, Host, HostStore};
use crate::host_calls::HostCallKind;

/// Stores one guest may hold open at once, as in Spin.
const MAX_STORES_PER_GUEST: usize = 256;

/// A store in a guest's hands.
#[derive(Clone)]
#[expect(unreachable_pub, reason = "the generated bindings re-export it as public")]
pub struct GuestStore(Arc<Store>);

impl GuestState {
    /// Runs a request off the async threads. What went wrong is logged here and told there.
    async fn ask(
        &mut self,
        store: &Resource<GuestStore>,
        verb: &str,
        request: Request,
    ) -> wasmtime::Result<Result<Answer, Error>> {
        let GuestStore(store) = self.table.get(store)?.clone();
        let call = self.calls.begin(HostCallKind::KeyValue, &self.component.id, verb);
        let answer = match tokio::task::spawn_blocking(move || store.run(request)).await {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        call.finish();
        Ok(answer.map_err(|error| {
            tracing::warn!(component = self.component.id, error, "a key-value call failed");
            Error::Other(error)
        }))
    }
}

impl Host for GuestState {}

impl HostStore for GuestState {
    async fn open(
        &mut self,
        label: String,
    ) -> wasmtime::Result<Result<Resource<GuestStore>, Error>> {
        let Some(granted) = self.component.stores.get(&label) else {
            return Ok(Err(Error::AccessDenied));
        };
        if self.open_stores >= MAX_STORES_PER_GUEST {
            return Ok(Err(Error::StoreTableFull));
        }
        let store = GuestStore(Arc::clone(granted));
        self.open_stores += 1;
        Ok(Ok(self.table.push(store)?))
    }

    async fn get(
        &mut self,
        store: Resource<GuestStore>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        Ok(self.ask(&store, "get", Request::Get(key)).await?.map(Answer::into_value))
    }

    async fn set(
        &mut self,
        store: Resource<GuestStore>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.ask(&store, "set", Request::Set(key, value)).await?.map(drop))
    }

    async fn delete(
        &mut self,
        store: Resource<GuestStore>,
        key: String,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.ask(&store, "delete", Request::Delete(key)).await?.map(drop))
    }

    async fn exists(
        &mut self,
        store: Resource<GuestStore>,
        key: String,
    ) -> wasmtime::Result<Result<bool, Error>> {
        let answer = self.ask(&store, "exists", Request::Get(key)).await?;
        Ok(answer.map(|answer| answer.into_value().is_some()))
    }

    async fn get_keys(
        &mut self,
        store: Resource<GuestStore>,
    ) -> wasmtime::Result<Result<Vec<String>, Error>> {
        Ok(self.ask(&store, "get-keys", Request::Keys).await?.map(Answer::into_keys))
    }

    async fn drop(&mut self, store: Resource<GuestStore>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        self.open_stores -= 1;
        Ok(())
    }
}
