//! GraphQL: one question, or a whole connection page by page.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Client;
use crate::fetch::error::FetchError;
use crate::fetch::part::Part;
use crate::model::Fact;

/// The most pages of one connection.
const MOST: usize = 200;

/// What GraphQL answers.
#[derive(Deserialize)]
struct Reply {
    data: Option<Value>,
    #[serde(default)]
    errors: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: String,
}

/// A page of a connection.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<T> {
    nodes: Vec<Option<T>>,
    page_info: PageInfo,
    total_count: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl Client {
    /// The data of one query, or why it may not be read.
    pub(in crate::fetch) fn graphql(
        &self,
        part: &Part,
        url: &str,
        query: &str,
        variables: &Map<String, Value>,
    ) -> Result<Fact<Value>, FetchError> {
        if !self.has_token() {
            return Ok(Err(part.refused("nothing to a question without a token")));
        }
        let body = json!({ "query": query, "variables": variables }).to_string();
        let answer = self.send(url, Some(body.as_bytes()))?;
        if let Some(told) = self.refusal(url, &answer)? {
            return Ok(Err(part.refused(&told)));
        }
        let Reply { data, errors } = answer.json(url)?;
        let Some(fault) = errors.first() else {
            let shape = || FetchError::Shape { url: url.to_owned(), why: "it holds no data".to_owned() };
            return Ok(Ok(data.ok_or_else(shape)?));
        };
        let told = self.without_token(&fault.message.chars().take(160).collect::<String>());
        let kinds = ["FORBIDDEN", "NOT_FOUND", "INSUFFICIENT_SCOPES"];
        if errors.iter().all(|it| it.kind.as_deref().is_some_and(|kind| kinds.contains(&kind))) {
            return Ok(Err(part.refused(&told)));
        }
        Err(FetchError::Shape { url: url.to_owned(), why: format!("it says: {told}") })
    }

    /// Every node of the connection at `pointer`, or why it may not be read. The query takes `$after`.
    pub(in crate::fetch) fn connection<T: DeserializeOwned>(
        &self,
        part: &Part,
        url: &str,
        (query, pointer): (&str, &str),
        variables: &Map<String, Value>,
    ) -> Result<Fact<Vec<T>>, FetchError> {
        let shape = |why: &str| FetchError::Shape { url: url.to_owned(), why: why.to_owned() };
        let mut variables = variables.clone();
        let mut found = Vec::new();
        for _ in 0..MOST {
            let data = match self.graphql(part, url, query, &variables)? {
                Ok(data) => data,
                Err(missing) if found.is_empty() => return Ok(Err(missing)),
                Err(missing) => return Err(FetchError::Incomplete { url: url.to_owned(), why: missing.what }),
            };
            let page = data.pointer(pointer).filter(|it| !it.is_null()).ok_or_else(|| shape("the list is absent"))?;
            let page: Page<T> = serde_json::from_value(page.clone())
                .map_err(|_| shape("a field of the list is absent or has another type"))?;
            let nodes: Option<Vec<T>> = page.nodes.into_iter().collect();
            found.extend(nodes.ok_or_else(|| shape("an entry of the list is withheld"))?);
            if !page.page_info.has_next_page {
                if found.len() < page.total_count {
                    let why = format!("{} of {} entries came", found.len(), page.total_count);
                    return Err(FetchError::Incomplete { url: url.to_owned(), why });
                }
                return Ok(Ok(found));
            }
            let cursor = page.page_info.end_cursor.ok_or_else(|| shape("a page does not say where the next one is"))?;
            let before = variables.insert("after".to_owned(), Value::String(cursor.clone()));
            if before == Some(Value::String(cursor)) {
                return Err(shape("a page names itself as the next one"));
            }
        }
        Err(FetchError::Incomplete { url: url.to_owned(), why: format!("its pages do not end, after {MOST} of them") })
    }
}
