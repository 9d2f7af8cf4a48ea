//! Lists: newest first, in pages.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::errors::ApiError;
use crate::request::ApiRequest;

const DEFAULT_LIMIT: i64 = 10;
const MAX_LIMIT: i64 = 100;

/// The parameters that every list takes.
pub(crate) const PARAMS: [&str; 4] = ["limit", "starting_after", "created", "expand"];

/// One page of the objects for which `keep` holds.
pub(crate) fn page<T>(
    request: &ApiRequest,
    objects: &BTreeMap<String, T>,
    created: impl Fn(&T) -> i64,
    keep: impl Fn(&T) -> bool,
    render: impl Fn(&T) -> Result<Value, ApiError>,
) -> Result<Value, ApiError> {
    let params = &request.params;
    let limit = params.integer("limit")?.unwrap_or(DEFAULT_LIMIT);
    let limit = usize::try_from(limit.clamp(1, MAX_LIMIT)).unwrap_or(1);
    let after = params.get("starting_after");
    let bound = |name| params.integer(&format!("created[{name}]"));
    let (gt, gte, lt, lte) = (bound("gt")?, bound("gte")?, bound("lt")?, bound("lte")?);
    let exact = params.integer("created")?;

    let mut found = objects
        .iter()
        .rev()
        // Ids ascend, so the page after an object has the smaller ones.
        .filter(|(id, _)| after.is_none_or(|after| id.as_str() < after))
        .map(|(_, object)| object)
        .filter(|object| {
            let time = created(object);
            gt.is_none_or(|bound| time > bound)
                && gte.is_none_or(|bound| time >= bound)
                && lt.is_none_or(|bound| time < bound)
                && lte.is_none_or(|bound| time <= bound)
                && exact.is_none_or(|exact| time == exact)
        })
        .filter(|object| keep(object));
    let data: Vec<Value> = found
        .by_ref()
        .take(limit)
        .map(render)
        .collect::<Result<_, _>>()?;
    Ok(json!({
        "object": "list",
        "url": request.path,
        "has_more": found.next().is_some(),
        "data": data,
    }))
}
