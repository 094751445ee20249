//! The formats by name, as calls and files name them.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The API's own shape of a task.
    Json,
    /// The columns of Todoist's template.
    Csv,
    TodoTxt,
    /// VTODO components of RFC 5545.
    ICalendar,
}

impl Format {
    pub const ALL: [Format; 4] = [Format::Json, Format::Csv, Format::TodoTxt, Format::ICalendar];

    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// The format that a media type announces, if it is one of its own: `text/plain` says nothing.
    pub fn from_media_type(media_type: &str) -> Option<Format> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json" => Some(Format::Json),
            "text/csv" => Some(Format::Csv),
            "text/calendar" => Some(Format::ICalendar),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Csv => "csv",
            Format::TodoTxt => "todotxt",
            Format::ICalendar => "ics",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json",
            Format::Csv => "text/csv; charset=utf-8",
            Format::TodoTxt => "text/plain; charset=utf-8",
            Format::ICalendar => "text/calendar; charset=utf-8",
        }
    }

    pub fn file_name(self) -> &'static str {
        match self {
            Format::Json => "tasks.json",
            Format::Csv => "tasks.csv",
            Format::TodoTxt => "todo.txt",
            Format::ICalendar => "tasks.ics",
        }
    }
}
