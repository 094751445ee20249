//! Page cursors: the sort they belong to, and the key and number of the last row shown.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use task_domain::TaskNumber;

use crate::query::Sort;
use crate::store::StoreError;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cursor {
    pub(crate) key: SortKey,
    pub(crate) number: TaskNumber,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SortKey {
    Integer(i64),
    Text(String),
}

/// What a cursor holds, in its order: sort, descending, key, number.
type Content = (String, bool, SortKey, u32);

impl Cursor {
    pub(crate) fn encode(self, sort: Sort, descending: bool) -> Result<String, StoreError> {
        let content: Content = (word(sort).to_owned(), descending, self.key, self.number.0);
        write(&content)
    }

    /// Refuses a cursor of another list: its key would be compared with something else.
    pub(crate) fn decode(text: &str, sort: Sort, descending: bool) -> Result<Self, StoreError> {
        let (its_sort, its_direction, key, number): Content = read(text)?;
        let key_fits = matches!(key, SortKey::Text(_)) == (sort == Sort::Title);
        if its_sort != word(sort) || its_direction != descending || !key_fits {
            return Err(StoreError::BadCursor);
        }
        Ok(Cursor { key, number: TaskNumber(number) })
    }
}

/// The cursor of a list that has one order only.
pub(crate) fn encode_place(place: i64, list: &str) -> Result<String, StoreError> {
    write(&(list, place))
}

pub(crate) fn decode_place(text: &str, list: &str) -> Result<i64, StoreError> {
    let (its_list, place): (String, i64) = read(text)?;
    if its_list == list { Ok(place) } else { Err(StoreError::BadCursor) }
}

fn write(content: &impl Serialize) -> Result<String, StoreError> {
    let json = serde_json::to_vec(content).map_err(|_| StoreError::BadCursor)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn read<C: DeserializeOwned>(text: &str) -> Result<C, StoreError> {
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| StoreError::BadCursor)?;
    serde_json::from_slice(&json).map_err(|_| StoreError::BadCursor)
}

fn word(sort: Sort) -> &'static str {
    match sort {
        Sort::Created => "created",
        Sort::Title => "title",
        Sort::DueDate => "due_date",
        Sort::Priority => "priority",
        Sort::Status => "status",
    }
}
