//! What `spin:postgres/postgres.connection` is on this side, and its calls.

use deadpool_postgres::Object;
use wasmtime::component::Resource;

use super::failure::{self, OpenFault, StatementFault};
use super::{address, statement};
use crate::application::Component;
use crate::guest::GuestState;
use crate::guest::bindings::spin::postgres::postgres::{
    Error, Host, HostConnection, ParameterValue, RowSet,
};
use crate::host_calls::HostCallKind;

/// Connections one guest may hold at once, over all addresses, as in Spin.
const MAX_CONNECTIONS_PER_GUEST: usize = 256;

/// A session in a guest's hands. Dropped, it is back in its pool.
#[expect(unreachable_pub, reason = "the generated bindings re-export it as public")]
pub struct PostgresConnection(Object);

impl Host for GuestState {}

impl HostConnection for GuestState {
    async fn open(
        &mut self,
        address: String,
    ) -> wasmtime::Result<Result<Resource<PostgresConnection>, Error>> {
        if self.open_sessions >= MAX_CONNECTIONS_PER_GUEST {
            return Ok(Err(OpenFault::TooMany.into()));
        }
        match check_out(&self.component, &address).await {
            Ok(connection) => {
                let connection = self.table.push(connection)?;
                self.open_sessions += 1;
                Ok(Ok(connection))
            }
            Err(fault) => Ok(Err(fault.into())),
        }
    }

    async fn query(
        &mut self,
        connection: Resource<PostgresConnection>,
        statement: String,
        parameters: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<RowSet, Error>> {
        let call = self.calls.begin(HostCallKind::Sql, &self.component.id, &statement);
        let PostgresConnection(session) = self.table.get(&connection)?;
        let outcome = statement::query(session, &statement, parameters).await;
        call.finish();
        Ok(outcome.map_err(|fault| match fault {
            StatementFault::Parameter { .. } => Error::BadParameter(failure::chain(fault)),
            fault => fault.into(),
        }))
    }

    async fn execute(
        &mut self,
        connection: Resource<PostgresConnection>,
        statement: String,
        parameters: Vec<ParameterValue>,
    ) -> wasmtime::Result<Result<u64, Error>> {
        let call = self.calls.begin(HostCallKind::Sql, &self.component.id, &statement);
        let PostgresConnection(session) = self.table.get(&connection)?;
        let outcome = statement::execute(session, &statement, parameters).await;
        call.finish();
        // The one fault that Spin names differently for the two calls.
        Ok(outcome.map_err(|fault| match fault {
            StatementFault::Parameter { .. } => Error::ValueConversionFailed(failure::chain(fault)),
            fault => fault.into(),
        }))
    }

    async fn drop(&mut self, connection: Resource<PostgresConnection>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        self.open_sessions -= 1;
        Ok(())
    }
}

async fn check_out(component: &Component, address: &str) -> Result<PostgresConnection, OpenFault> {
    let config = address::parse(address, &component.allowed_hosts)?;
    Ok(PostgresConnection(component.postgres.check_out(address, config).await?))
}
