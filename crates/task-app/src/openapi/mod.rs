//! The OpenAPI document of the public API, made from the same types that the calls read and write.
//!
//! It is generated into `openapi.json` and served from there; no component contains this module.

mod notification;
mod operations;
pub(crate) mod shapes;

use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Paths,
    PathsBuilder, Ref, RefOr, Required, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use operations::{FOLLOW, File, Operation, Safety};

/// Takes a schema by its name, with those that it is made of.
type Schemas<'s> = dyn FnMut(String, RefOr<Schema>, Vec<(String, RefOr<Schema>)>) + 's;

const BEARER: &str = "access_token";
const PROBLEM: &str = "Problem";

/// What a file of tasks may be.
const FILE_TYPES: [&str; 4] = ["application/json", "text/csv", "text/plain", "text/calendar"];

/// The document as the text of `openapi.json`.
pub fn document() -> String {
    let mut text = serde_json::to_string_pretty(&api()).unwrap_or_default();
    text.push('\n');
    text
}

fn api() -> OpenApi {
    let info = InfoBuilder::new()
        .title("TaskMaster")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Tasks, recurring or not, whose every change is an event. `me` as the user stands for \
             the user of the access token.",
        ));
    OpenApiBuilder::new().info(info).paths(paths()).components(Some(components())).build()
}

fn paths() -> Paths {
    operations::OPERATIONS
        .iter()
        .chain(notification::OPERATIONS)
        .fold(PathsBuilder::new(), |paths, operation| {
            paths.path(operation.path, PathItem::new(operation.method(), build(operation)))
        })
        .build()
}

fn build(operation: &Operation) -> OperationBuilder {
    let mut builder = OperationBuilder::new()
        .operation_id(Some(operation.id))
        .summary(Some(operation.summary))
        .tag(operation.tag);
    for name in operation.path_parameters() {
        builder = builder.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(if name == "id" { u32::schema() } else { String::schema() })),
        );
    }
    builder = builder.parameters(Some((operation.query)()));
    for header in operation.headers() {
        builder = builder.parameter(
            ParameterBuilder::new()
                .name(*header)
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .schema(Some(String::schema())),
        );
    }
    if let Some((schema, required)) = operation.body {
        let required = if required { Required::True } else { Required::False };
        let body = RequestBodyBuilder::new().content("application/json", content(schema));
        builder = builder.request_body(Some(body.required(Some(required)).build()));
    }
    if operation.file == File::Taken {
        builder = builder.request_body(Some(file_body()));
    }
    let (status, answer) = operation.answer;
    let mut success = ResponseBuilder::new().description("done");
    if let Some(schema) = answer {
        success = success.content("application/json", content(schema));
    }
    if operation.id == FOLLOW {
        // Each event's data is an item of the change feed.
        success = success.content("text/event-stream", content("TaskSync"));
    }
    if operation.file == File::Given {
        success = FILE_TYPES
            .iter()
            .fold(success, |success, media_type| success.content(*media_type, file_content()));
    }
    let success = success.build();
    for status in operation.also.into_iter().chain([status]) {
        builder = builder.response(status, success.clone());
    }
    for (status, description) in operation.problems() {
        let problem = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", content(PROBLEM));
        builder = builder.response(status, problem);
    }
    match operation.safety {
        Safety::Open => builder,
        Safety::Read
        | Safety::Set
        | Safety::Write
        | Safety::WriteOne
        | Safety::WriteAccount
        | Safety::Upload => {
            builder.security(SecurityRequirement::new(BEARER, Vec::<String>::new()))
        }
    }
}

fn content(schema: &str) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build()
}

fn file_body() -> RequestBody {
    let body = FILE_TYPES.iter().fold(RequestBodyBuilder::new(), |body, media_type| {
        body.content(*media_type, file_content())
    });
    body.required(Some(Required::True)).build()
}

/// A format of its own, which a schema does not describe.
fn file_content() -> utoipa::openapi::Content {
    let anything = ObjectBuilder::new().schema_type(SchemaType::AnyValue);
    ContentBuilder::new().schema(Some(anything)).build()
}

fn components() -> utoipa::openapi::Components {
    let mut schemas: Vec<(String, RefOr<Schema>)> = Vec::new();
    operations::schemas(&mut |name, schema, parts| {
        schemas.push((name, schema));
        schemas.extend(parts);
    });
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    ComponentsBuilder::new().schemas_from_iter(schemas).security_scheme(BEARER, bearer).build()
}

/// Hands a type's schema, and those it is made of, to `add`.
fn schema_of<T: ToSchema>(add: &mut Schemas<'_>) {
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    add(T::name().into_owned(), T::schema(), parts);
}

impl Operation {
    fn method(&self) -> HttpMethod {
        match self.method {
            "GET" => HttpMethod::Get,
            "POST" => HttpMethod::Post,
            "PUT" => HttpMethod::Put,
            "PATCH" => HttpMethod::Patch,
            _ => HttpMethod::Delete,
        }
    }
}
