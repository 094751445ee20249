//! How far an import has come: counted while it runs, kept with every chunk, shown to whoever asks.

use chrono::{DateTime, Utc};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use task_interchange::{Fault, Format};
use task_store::import::{Import, ImportState};
use task_store::{Caller, Store};
use uuid::Uuid;

use crate::api::lists::within;
use crate::api::{Call, answer, gone};
use crate::limits::{IMPORT_ERRORS_MAX, IMPORT_SILENCE, IMPORTS_DEFAULT, IMPORTS_MAX};
use crate::{Platform, Problem, Response, convert, request};

/// What came of an import so far.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ImportReport {
    id: String,
    format: String,
    /// `running`, `done`, `failed`, or `interrupted`: nothing was heard of it for a while.
    state: &'static str,
    /// Only whether it would be taken was looked at.
    dry_run: bool,
    read_bytes: u64,
    /// Of the whole upload, where the client said so.
    total_bytes: Option<u64>,
    records: u64,
    created: u64,
    /// Records that an earlier upload had brought.
    duplicates: u64,
    failed: u64,
    /// The first of what is wrong with the records that failed.
    errors: Vec<LineError>,
    started_at: String,
    updated_at: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct LineError {
    line: u64,
    field: String,
    detail: String,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ImportList {
    /// The latest first.
    imports: Vec<ImportReport>,
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub(crate) struct ImportsQuery {
    limit: Option<u32>,
}

/// An import as it is counted.
#[derive(Clone)]
pub(super) struct Progress {
    import: Import,
    errors: Vec<LineError>,
    is_dry_run: bool,
}

impl Progress {
    pub(super) fn begin(
        id: Uuid,
        format: Format,
        total_bytes: Option<u64>,
        is_dry_run: bool,
        now: DateTime<Utc>,
    ) -> Self {
        let import = Import {
            id,
            format: format.as_str().to_owned(),
            state: ImportState::Running,
            read_bytes: 0,
            total_bytes,
            records: 0,
            created: 0,
            duplicates: 0,
            failed: 0,
            errors: "[]".to_owned(),
            started_at: now,
            updated_at: now,
        };
        Progress { import, errors: Vec::new(), is_dry_run }
    }

    pub(super) fn has_read(&mut self, bytes: usize) -> u64 {
        self.import.read_bytes += bytes as u64;
        self.import.read_bytes
    }

    pub(super) fn has_record(&mut self) -> u64 {
        self.import.records += 1;
        self.import.records
    }

    pub(super) fn has_created(&mut self) {
        self.import.created += 1;
    }

    pub(super) fn has_duplicate(&mut self) {
        self.import.duplicates += 1;
    }

    pub(super) fn has_failed(&mut self, faults: &[Fault]) {
        self.import.failed += 1;
        let room = IMPORT_ERRORS_MAX.saturating_sub(self.errors.len());
        self.errors.extend(faults.iter().take(room).map(|fault| LineError {
            line: fault.line,
            field: fault.field.clone(),
            detail: fault.problem.to_string(),
        }));
    }

    pub(super) fn has_ended(&mut self, state: ImportState) {
        self.import.state = state;
    }

    /// As it is kept.
    pub(super) fn stored(&self, now: DateTime<Utc>) -> Import {
        // Numbers and texts: nothing that JSON could not say.
        let errors = serde_json::to_string(&self.errors).unwrap_or_default();
        Import { errors, updated_at: now, ..self.import.clone() }
    }

    pub(super) fn report(&self, now: DateTime<Utc>) -> ImportReport {
        ImportReport { dry_run: self.is_dry_run, ..report(self.stored(now), now) }
    }
}

/// `GET …/imports`.
pub(crate) async fn imports<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let query: ImportsQuery = request::query(call.request)?;
    let limit = within("limit", query.limit, IMPORTS_DEFAULT, IMPORTS_MAX)?;
    let imports = call.platform.store().imports(caller, limit).await?.ok_or_else(gone)?;
    let now = call.platform.now();
    let imports = imports.into_iter().map(|import| report(import, now)).collect();
    Ok(answer::json(StatusCode::OK, &ImportList { imports }))
}

/// `GET …/imports/{id}`.
pub(crate) async fn read_import<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: Uuid,
) -> Result<Response, Problem> {
    let import = call.platform.store().import(caller, id).await?.ok_or_else(gone)?;
    let import = import.ok_or_else(|| Problem::not_found(format!("you have no import {id}")))?;
    Ok(answer::json(StatusCode::OK, &report(import, call.platform.now())))
}

fn report(import: Import, now: DateTime<Utc>) -> ImportReport {
    let is_silent = now - import.updated_at > IMPORT_SILENCE;
    ImportReport {
        id: import.id.to_string(),
        state: match import.state {
            ImportState::Running if is_silent => "interrupted",
            state => state.as_str(),
        },
        format: import.format,
        dry_run: false,
        read_bytes: import.read_bytes,
        total_bytes: import.total_bytes,
        records: import.records,
        created: import.created,
        duplicates: import.duplicates,
        failed: import.failed,
        errors: serde_json::from_str(&import.errors).unwrap_or_default(),
        started_at: convert::instant(import.started_at),
        updated_at: convert::instant(import.updated_at),
    }
}
