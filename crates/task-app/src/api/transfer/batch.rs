//! A chunk of an import as one unit of work: which of its records are new, and the change set that
//! brings them together with the import's progress.

use std::collections::HashSet;

use task_domain::{Task, Version};
use task_interchange::{Fault, ImportedTask};
use task_store::change_set::TaskRef;
use task_store::import::{ImportChunk, ImportKey};
use task_store::{Caller, ChangeSet, CommitOutcome, Store};

use super::identity::{self, Identity};
use super::progress::Progress;
use crate::api::{SOURCE, gone};
use crate::event::{self, Happening, Row};
use crate::limits::{CONFLICT_RETRIES_MAX, IMPORT_WAITS_MAX, WRITE_RATE};
use crate::request::Trace;
use crate::unit_of_work::Work;
use crate::{Platform, Problem, convert};

/// A record that could be read.
pub(super) struct Candidate {
    pub(super) line: u64,
    pub(super) identity: Identity,
    pub(super) imported: ImportedTask,
}

/// Who imports, and whether anything is written.
pub(super) struct Importer<'c, P> {
    pub(super) platform: &'c P,
    pub(super) caller: Caller,
    pub(super) trace: Trace,
    pub(super) is_dry_run: bool,
}

/// What a chunk comes to, decided and not yet committed.
struct Plan {
    progress: Progress,
    tasks: Vec<(Task, Identity)>,
}

impl<P: Platform> Importer<'_, P> {
    /// Brings the new ones of the candidates; the import's progress after that.
    pub(super) async fn bring(
        &self,
        candidates: &[Candidate],
        before: &Progress,
    ) -> Result<Progress, Problem> {
        let mut waits = 0;
        let mut conflicts = 0;
        loop {
            let plan = self.plan(candidates, before).await?;
            if self.is_dry_run {
                return Ok(plan.progress);
            }
            let work = Work::new(self.platform, self.caller, SOURCE, self.trace.clone());
            let (change_set, progress) = change_set(&work, plan);
            match work.commit(&change_set).await? {
                CommitOutcome::Committed(_) => return Ok(progress),
                CommitOutcome::Gone => return Err(gone()),
                // The same file is being uploaded twice at once: look again who brought what.
                CommitOutcome::Conflict if conflicts < CONFLICT_RETRIES_MAX => conflicts += 1,
                CommitOutcome::RateLimited { retry_after_ms } if waits < IMPORT_WAITS_MAX => {
                    waits += 1;
                    let pause = std::time::Duration::from_millis(retry_after_ms);
                    self.platform.sleep(pause).await;
                }
                CommitOutcome::RateLimited { retry_after_ms } => {
                    return Err(Problem::too_many_requests(retry_after_ms));
                }
                CommitOutcome::Conflict => {
                    return Err(Problem::conflict("another import brings the same records"));
                }
                outcome => {
                    tracing::error!(?outcome, "an import ended in an outcome that it cannot have");
                    return Err(Problem::unavailable());
                }
            }
        }
    }

    async fn plan(&self, candidates: &[Candidate], before: &Progress) -> Result<Plan, Problem> {
        let mut known = self.known(candidates).await?;
        let mut plan = Plan { progress: before.clone(), tasks: Vec::new() };
        for candidate in candidates {
            if !known.insert(candidate.identity.clone()) {
                plan.progress.has_duplicate();
                continue;
            }
            let now = self.platform.now();
            let series = convert::new_series(self.platform);
            match candidate.imported.clone().into_task(now, series) {
                Ok(task) => {
                    plan.progress.has_created();
                    plan.tasks.push((task, candidate.identity.clone()));
                }
                Err(error) => {
                    plan.progress.has_failed(&Fault::of_task(candidate.line, &error));
                }
            }
        }
        Ok(plan)
    }

    /// Those that an earlier upload brought, and those that were exported from here and are still
    /// here.
    async fn known(&self, candidates: &[Candidate]) -> Result<HashSet<Identity>, Problem> {
        let store = self.platform.store();
        let mut known = HashSet::new();
        let sources: HashSet<_> = candidates.iter().map(|it| it.identity.source).collect();
        for source in sources {
            let of_source = candidates.iter().filter(|it| it.identity.source == source);
            let uids: Vec<String> = of_source.map(|it| it.identity.uid.clone()).collect();
            let brought = store.known_import_keys(self.caller.user, source, &uids).await?;
            known.extend(brought.into_iter().map(|uid| Identity { source, uid }));
        }
        for candidate in candidates {
            let uid = candidate.imported.uid.as_deref();
            let Some(number) = identity::own(uid, self.caller.user) else { continue };
            let view = store.task_view(self.caller, number, None).await?.ok_or_else(gone)?;
            if view.task.is_some() {
                known.insert(candidate.identity.clone());
            }
        }
        Ok(known)
    }
}

/// The rows, an event for each, and what names them for ever.
fn change_set<P: Platform>(work: &Work<'_, P>, plan: Plan) -> (ChangeSet, Progress) {
    let mut change_set = work.change_set();
    let mut keys = Vec::with_capacity(plan.tasks.len());
    for (insert, (task, identity)) in plan.tasks.into_iter().enumerate() {
        let row = Row { reference: TaskRef::Insert(insert), version: Version::FIRST, task: &task };
        change_set.events.push(event::draft(work, &row, Happening::Created));
        change_set.inserts.push(task);
        let Identity { source, uid } = identity;
        keys.push(ImportKey { source: source.to_owned(), uid, insert });
    }
    // A chunk is one write: its rows are bounded, and a file has to come in.
    change_set.rate = Some(WRITE_RATE);
    change_set.import = Some(ImportChunk { import: plan.progress.stored(work.at), keys });
    (change_set, plan.progress)
}
