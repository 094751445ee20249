//! `POST …/import`: a file of tasks, read as it arrives and committed chunk by chunk. Whatever ends
//! it, what was committed stays, and uploading the same file again brings the rest.

use bytes::Bytes;
use http::{StatusCode, header};
use serde::Deserialize;
use task_domain::UserId;
use task_interchange::{Context, Entry, Format, Reader};
use task_store::import::{Import, ImportState};
use task_store::{Caller, Store};
use uuid::Uuid;

use super::batch::{Candidate, Importer};
use super::identity::Identities;
use super::progress::Progress;
use crate::api::{Call, answer, gone, throttle};
use crate::limits::{
    IMPORT_BYTES_MAX, IMPORT_CHUNK_BYTES, IMPORT_CHUNK_RECORDS, IMPORT_RECORDS_MAX,
};
use crate::ports::BodySource;
use crate::request::{self, Trace};
use crate::{Platform, Problem, Request, Response};

/// Query parameters of `POST …/import`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub(crate) struct ImportQuery {
    /// `json`, `csv`, `todotxt` or `ics`; without it the Content-Type tells.
    format: Option<String>,
    /// Looks at every record and writes nothing.
    dry_run: Option<String>,
    /// A UUID under which the progress can be read while the upload goes on.
    id: Option<String>,
}

/// One upload under way.
struct Upload<'c, P> {
    importer: Importer<'c, P>,
    identities: Identities,
    progress: Progress,
    /// What was read since the last commit.
    candidates: Vec<Candidate>,
    records: usize,
    bytes: usize,
}

pub(super) async fn import<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    body: &mut impl BodySource,
) -> Result<Response, Problem> {
    let query: ImportQuery = request::query(call.request)?;
    let format = format(call.request, query.format.as_deref())?;
    let is_dry_run = flag("dry_run", query.dry_run.as_deref())?;
    let id = query.id.map(|text| id(&text)).transpose()?;
    let total_bytes = announced_bytes(call.request)?;
    throttle::rare_write(call, caller).await?;
    let importer =
        Importer { platform: call.platform, caller, trace: Trace::of(call.request), is_dry_run };
    let id = id.unwrap_or_else(|| call.platform.mint());
    let progress = upload(importer, id, format, total_bytes, body).await?;
    Ok(answer::json(StatusCode::OK, &progress.report(call.platform.now())))
}

/// Brings the tasks of a file to a user without a request, for programs that move people's tasks
/// here. Bringing the same file again adds what is new.
pub async fn import_file<P: Platform>(
    platform: &P,
    user: UserId,
    format: Format,
    file: Bytes,
) -> Result<Import, Problem> {
    let trace = Trace::default();
    let importer = Importer { platform, caller: user.into(), trace, is_dry_run: false };
    let total_bytes = Some(file.len() as u64);
    let body = &mut Whole(Some(file));
    let progress = upload(importer, platform.mint(), format, total_bytes, body).await?;
    Ok(progress.stored(platform.now()))
}

/// A body that is there already.
struct Whole(Option<Bytes>);

impl BodySource for Whole {
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        Ok(self.0.take())
    }
}

async fn upload<P: Platform>(
    importer: Importer<'_, P>,
    id: Uuid,
    format: Format,
    total_bytes: Option<u64>,
    body: &mut impl BodySource,
) -> Result<Progress, Problem> {
    let account = importer.platform.store().account(importer.caller).await?.ok_or_else(gone)?;
    let now = importer.platform.now();
    let mut upload = Upload {
        identities: Identities::new(format),
        progress: Progress::begin(id, format, total_bytes, importer.is_dry_run, now),
        importer,
        candidates: Vec::new(),
        records: 0,
        bytes: 0,
    };
    upload.keep().await?;
    let reader = Reader::new(format, Context { timezone: account.timezone, now });
    let outcome = upload.read(body, reader).await;
    upload.progress.has_ended(match outcome {
        Ok(()) => ImportState::Done,
        Err(_) => ImportState::Failed,
    });
    let kept = upload.keep().await;
    // What ended the upload says more than a progress that could not be kept.
    outcome.and(kept)?;
    Ok(upload.progress)
}

impl<P: Platform> Upload<'_, P> {
    async fn read(
        &mut self,
        body: &mut impl BodySource,
        mut reader: Reader,
    ) -> Result<(), Problem> {
        while let Some(piece) = body.next().await? {
            if self.progress.has_read(piece.len()) > IMPORT_BYTES_MAX {
                return Err(too_large());
            }
            reader.push(&piece);
            self.take(&mut reader).await?;
        }
        reader.finish();
        self.take(&mut reader).await?;
        self.commit().await
    }

    async fn take(&mut self, reader: &mut Reader) -> Result<(), Problem> {
        while let Some(entry) = reader.take() {
            if self.progress.has_record() > IMPORT_RECORDS_MAX {
                return Err(Problem::too_many_records(IMPORT_RECORDS_MAX));
            }
            self.add(entry);
            if self.records >= IMPORT_CHUNK_RECORDS || self.bytes >= IMPORT_CHUNK_BYTES {
                self.commit().await?;
            }
        }
        Ok(())
    }

    fn add(&mut self, entry: Entry) {
        self.records += 1;
        self.bytes += entry.text.len();
        match entry.task {
            Ok(imported) => {
                let identity = self.identities.of(imported.uid.as_deref(), &entry.text);
                self.candidates.push(Candidate { line: entry.line, identity, imported });
            }
            Err(faults) => self.progress.has_failed(&faults),
        }
    }

    /// Progress is kept with the tasks; where there are none it is kept alone.
    async fn commit(&mut self) -> Result<(), Problem> {
        (self.records, self.bytes) = (0, 0);
        if self.candidates.is_empty() {
            return self.keep().await;
        }
        let candidates = std::mem::take(&mut self.candidates);
        self.progress = self.importer.bring(&candidates, &self.progress).await?;
        Ok(())
    }

    async fn keep(&self) -> Result<(), Problem> {
        let Importer { platform, caller, is_dry_run, .. } = &self.importer;
        if *is_dry_run {
            return Ok(());
        }
        let import = self.progress.stored(platform.now());
        Ok(platform.store().put_import(caller.user, &import).await?)
    }
}

fn format(request: &Request, named: Option<&str>) -> Result<Format, Problem> {
    let known = "json, csv, todotxt or ics";
    if let Some(name) = named {
        return Format::from_name(name).ok_or_else(|| Problem::invalid_field("format", known));
    }
    let media_type = request::text_header(request, &header::CONTENT_TYPE)?.unwrap_or_default();
    Format::from_media_type(media_type).ok_or_else(|| {
        let detail = format!("{known}; the Content-Type does not tell which");
        Problem::invalid_field("format", detail)
    })
}

/// A flag may stand alone, as in `?dry_run`.
fn flag(field: &str, given: Option<&str>) -> Result<bool, Problem> {
    match given {
        None | Some("false" | "0") => Ok(false),
        Some("" | "true" | "1") => Ok(true),
        Some(_) => Err(Problem::invalid_field(field, "true or false")),
    }
}

fn id(text: &str) -> Result<Uuid, Problem> {
    text.parse().map_err(|_| Problem::invalid_field("id", "a UUID"))
}

/// What is known to be too large is refused before any of it is read.
fn announced_bytes(request: &Request) -> Result<Option<u64>, Problem> {
    let header = request::text_header(request, &header::CONTENT_LENGTH)?;
    match header.and_then(|length| length.parse().ok()) {
        Some(bytes) if bytes > IMPORT_BYTES_MAX => Err(too_large()),
        announced => Ok(announced),
    }
}

fn too_large() -> Problem {
    Problem::body_too_large(usize::try_from(IMPORT_BYTES_MAX).unwrap_or(usize::MAX))
}
