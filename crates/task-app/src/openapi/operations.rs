//! The calls of the API as a table: what each takes and answers.

use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::{Schemas, schema_of, shapes};
use crate::api::schema as api;
use crate::problem::{FieldProblem, Problem};
use crate::sync::schema as sync;

/// What a call may change, and so which headers and problems it has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Safety {
    /// Before there is a token.
    Open,
    Read,
    /// Replaces a value as a whole; takes `If-Match`.
    Set,
    /// Takes `Idempotency-Key`.
    Write,
    /// A write on one task: takes `If-Match` too.
    WriteOne,
    /// A write on the account or what belongs to it, which repeated changes nothing more.
    WriteAccount,
    /// Repeating it brings nothing twice, without a key.
    Upload,
}

pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) tag: &'static str,
    pub(super) summary: &'static str,
    pub(super) safety: Safety,
    pub(super) query: fn() -> Vec<Parameter>,
    /// Schema, and whether a body is required.
    pub(super) body: Option<(&'static str, bool)>,
    pub(super) answer: (&'static str, Option<&'static str>),
    /// Another status of success with the same shape, where there are two.
    pub(super) also: Option<&'static str>,
    pub(super) file: File,
}

/// Whether a call takes a file of tasks as its body, or gives one as its answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    Neither,
    Taken,
    Given,
}

pub(super) const fn operation(
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    safety: Safety,
) -> Operation {
    Operation {
        method,
        path,
        id,
        tag: "tasks",
        summary,
        safety,
        query: Vec::new,
        body: None,
        answer: ("200", Some("Task")),
        also: None,
        file: File::Neither,
    }
}

const TASKS: &str = "/api/{user}/tasks";
const TASK: &str = "/api/{user}/tasks/{id}";
const PROFILE: &str = "/api/{user}/profile";
const SYNC_TICKET: &str = "/api/{user}/sync/ticket";

/// The one call whose answer is a stream.
pub(super) const FOLLOW: &str = "followChanges";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        tag: "accounts",
        body: Some(("SignUp", true)),
        answer: ("201", Some("SignedIn")),
        ..operation("POST", "/api/auth/signup", "signUp", "Open an account", Safety::Open)
    },
    Operation {
        tag: "accounts",
        body: Some(("SignIn", true)),
        answer: ("200", Some("SignedIn")),
        ..operation("POST", "/api/auth/signin", "signIn", "Get an access token", Safety::Open)
    },
    Operation {
        query: query::<api::ListQuery>,
        answer: ("200", Some("TaskList")),
        ..operation("GET", TASKS, "listTasks", "A page of tasks", Safety::Read)
    },
    Operation {
        body: Some(("TaskInput", true)),
        answer: ("201", Some("Task")),
        ..operation("POST", TASKS, "createTask", "A new task", Safety::Write)
    },
    Operation {
        answer: ("200", Some("TaskStats")),
        ..operation("GET", "/api/{user}/tasks/stats", "taskStats", "Figures", Safety::Read)
    },
    Operation {
        query: query::<api::SpanQuery>,
        answer: ("200", Some("CountedTasks")),
        ..operation("GET", "/api/{user}/tasks/upcoming", "upcoming", "Due soon", Safety::Read)
    },
    Operation {
        query: query::<api::SpanQuery>,
        answer: ("200", Some("CountedTasks")),
        ..operation("GET", "/api/{user}/tasks/overdue", "overdue", "Past due", Safety::Read)
    },
    operation("GET", TASK, "readTask", "One task", Safety::Read),
    Operation {
        body: Some(("TaskInput", true)),
        ..operation("PUT", TASK, "replaceTask", "Replace all of its fields", Safety::WriteOne)
    },
    Operation {
        body: Some(("TaskPatch", true)),
        ..operation("PATCH", TASK, "changeTask", "Change the fields named", Safety::WriteOne)
    },
    Operation {
        answer: ("204", None),
        ..operation("DELETE", TASK, "deleteTask", "Delete it", Safety::WriteOne)
    },
    Operation {
        body: Some(("Completion", false)),
        ..operation(
            "PATCH",
            "/api/{user}/tasks/{id}/complete",
            "setCompleted",
            "Set or toggle its completion",
            Safety::WriteOne,
        )
    },
    operation(
        "POST",
        "/api/{user}/tasks/{id}/complete",
        "completeTask",
        "Complete it; a recurring one gets its next instance",
        Safety::WriteOne,
    ),
    operation(
        "POST",
        "/api/{user}/tasks/{id}/reopen",
        "reopenTask",
        "Undo its completion, and withdraw the untouched next instance",
        Safety::WriteOne,
    ),
    operation(
        "POST",
        "/api/{user}/tasks/{id}/skip",
        "skipOccurrence",
        "Move a recurring task to its next occurrence",
        Safety::WriteOne,
    ),
    Operation {
        body: Some(("Snooze", false)),
        ..operation(
            "POST",
            "/api/{user}/tasks/{id}/snooze",
            "snoozeTask",
            "Be reminded again later",
            Safety::WriteOne,
        )
    },
    Operation {
        query: query::<api::SpanQuery>,
        answer: ("200", Some("TaskHistory")),
        ..operation(
            "GET",
            "/api/{user}/tasks/{id}/history",
            "taskHistory",
            "The instances of its series",
            Safety::Read,
        )
    },
    Operation {
        body: Some(("PreviewInput", true)),
        answer: ("200", Some("RecurrencePreview")),
        ..operation(
            "POST",
            "/api/{user}/recurrence/preview",
            "previewRecurrence",
            "What a rule comes to",
            Safety::Read,
        )
    },
    Operation {
        tag: "accounts",
        answer: ("200", Some("Profile")),
        ..operation("GET", PROFILE, "readProfile", "The account", Safety::Read)
    },
    Operation {
        tag: "accounts",
        body: Some(("ProfileInput", true)),
        answer: ("200", Some("Profile")),
        ..operation("PUT", PROFILE, "changeProfile", "Change what is named", Safety::WriteAccount)
    },
    Operation {
        tag: "accounts",
        body: Some(("PasswordInput", true)),
        answer: ("200", Some("SignedIn")),
        ..operation(
            "PUT",
            "/api/{user}/password",
            "setPassword",
            "Another password; tokens given before stop working",
            Safety::WriteAccount,
        )
    },
    Operation {
        tag: "accounts",
        body: Some(("Farewell", false)),
        answer: ("204", None),
        ..operation("DELETE", PROFILE, "deleteAccount", "End the account", Safety::WriteAccount)
    },
    Operation {
        tag: "sync",
        query: query::<api::ChangesQuery>,
        answer: ("200", Some("ChangeFeed")),
        ..operation("GET", "/api/{user}/changes", "changes", "Changes since a seq", Safety::Read)
    },
    Operation {
        tag: "sync",
        query: query::<sync::SyncQuery>,
        answer: ("200", None),
        ..operation("GET", "/api/{user}/sync", FOLLOW, "Changes as they happen", Safety::Read)
    },
    Operation {
        tag: "sync",
        answer: ("200", Some("SyncTicket")),
        ..operation("POST", SYNC_TICKET, "syncTicket", "A ticket for a stream", Safety::Read)
    },
    Operation {
        tag: "sync",
        query: query::<sync::TicketQuery>,
        answer: ("204", None),
        ..operation("GET", SYNC_TICKET, "checkSyncTicket", "Is it good?", Safety::Read)
    },
    Operation {
        tag: "files",
        query: query::<api::ExportQuery>,
        answer: ("200", None),
        file: File::Given,
        ..operation("GET", "/api/{user}/export", "exportTasks", "All tasks as a file", Safety::Read)
    },
    Operation {
        tag: "files",
        query: query::<api::ImportQuery>,
        answer: ("200", Some("ImportReport")),
        file: File::Taken,
        ..operation("POST", "/api/{user}/import", "importTasks", "A file of tasks", Safety::Upload)
    },
    Operation {
        tag: "files",
        query: query::<api::ImportsQuery>,
        answer: ("200", Some("ImportList")),
        ..operation("GET", "/api/{user}/imports", "listImports", "Imports", Safety::Read)
    },
    Operation {
        tag: "files",
        answer: ("200", Some("ImportReport")),
        ..operation(
            "GET",
            "/api/{user}/imports/{import_id}",
            "readImport",
            "How far an import has come",
            Safety::Read,
        )
    },
];

impl Operation {
    pub(super) fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    pub(super) fn headers(&self) -> &'static [&'static str] {
        match self.safety {
            Safety::Read if self.id == FOLLOW => &["Last-Event-ID"],
            Safety::Open | Safety::Read | Safety::WriteAccount | Safety::Upload => &[],
            Safety::Set => &["If-Match"],
            Safety::Write => &["Idempotency-Key"],
            Safety::WriteOne => &["Idempotency-Key", "If-Match"],
        }
    }

    pub(super) fn problems(&self) -> Vec<(&'static str, &'static str)> {
        let mut problems = Vec::new();
        if self.body.is_some() {
            problems.push(("400", "The body is not JSON"));
            problems.push(("413", "The body is too large"));
            problems.push(("415", "The body is not declared as JSON"));
        }
        if self.file == File::Taken {
            problems.push(("413", "The file is too large"));
        }
        problems.push(("401", "No token, a wrong one, or wrong credentials"));
        if self.safety != Safety::Open {
            problems.push(("403", "The path is another user's"));
        }
        if self.path.contains("{id}") {
            problems.push(("404", "No such task"));
            problems.push(("409", "The task's state does not allow it"));
        }
        if self.path.contains("{import_id}") {
            problems.push(("404", "No such import"));
        }
        if self.path.contains("{channel}") || self.path.contains("{delivery}") {
            problems.push(("404", "Nothing has this id"));
        }
        if self.tag == "channels" && self.safety != Safety::Read {
            problems.push(("409", "It is there already, or the channels kept changing"));
        }
        if ["signUp", "changeProfile"].contains(&self.id) {
            problems.push(("409", "The email is taken"));
        }
        if self.id == "setPassword" {
            problems.push(("409", "The account signs in elsewhere"));
        }
        if self.id == "changes" {
            problems.push(("410", "Changes this old are not kept"));
        }
        if matches!(self.safety, Safety::Set | Safety::WriteOne) {
            problems.push(("412", "It has changed since"));
        }
        problems.push(("422", "A field or parameter is not valid; `errors` names it"));
        if self.safety != Safety::Read {
            problems.push(("429", "Too many requests; see Retry-After"));
        }
        problems.push(("503", "A part is unavailable; try again"));
        problems
    }
}

pub(super) fn query<Q: IntoParams>() -> Vec<Parameter> {
    Q::into_params(|| Some(ParameterIn::Query))
}

/// Every type that the table names.
pub(super) fn schemas(add: &mut Schemas<'_>) {
    schema_of::<task_contracts::types::Task>(add);
    schema_of::<task_contracts::events::TaskSync>(add);
    schema_of::<api::SignUp>(add);
    schema_of::<api::SignIn>(add);
    schema_of::<api::SignedIn>(add);
    shapes::task_bodies(add);
    schema_of::<api::Completion>(add);
    schema_of::<api::Snooze>(add);
    schema_of::<api::TaskList>(add);
    schema_of::<api::CountedTasks>(add);
    schema_of::<api::TaskStats>(add);
    schema_of::<api::TaskHistory>(add);
    schema_of::<api::ChangeFeed>(add);
    schema_of::<api::PreviewInput>(add);
    schema_of::<api::RecurrencePreview>(add);
    schema_of::<api::Profile>(add);
    schema_of::<api::ProfileInput>(add);
    schema_of::<api::PasswordInput>(add);
    schema_of::<api::Farewell>(add);
    schema_of::<sync::SyncTicket>(add);
    schema_of::<api::ImportReport>(add);
    schema_of::<api::ImportList>(add);
    schema_of::<api::LineError>(add);
    super::notification::schemas(add);
    schema_of::<Problem>(add);
    schema_of::<FieldProblem>(add);
}
