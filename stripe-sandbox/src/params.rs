//! Form-encoded parameters with Stripe's brackets: `metadata[order]=…`.

use std::collections::BTreeMap;

use crate::errors::ApiError;

/// The parameters of one call, sorted by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(encoded: &[u8]) -> Result<Self, ApiError> {
        let mut pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(encoded)
            .map_err(|_| ApiError::invalid("The request body is not form-encoded."))?;
        // Stable, so that repeated `expand[]` keep their order.
        pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(Self(pairs))
    }

    /// A canonical text of all parameters, to tell whether two calls are the same.
    pub(crate) fn fingerprint(&self) -> String {
        self.0.iter().map(|(k, v)| format!("{k}={v}\n")).collect()
    }

    /// The value, if present and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(key, _)| key == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(crate) fn require(&self, name: &str) -> Result<&str, ApiError> {
        self.get(name).ok_or_else(|| {
            ApiError::invalid(format!("Missing required param: {name}."))
                .code("parameter_missing")
                .param(name)
        })
    }

    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, ApiError> {
        self.get(name)
            .map(|value| {
                value.parse().map_err(|_| {
                    ApiError::invalid(format!("Invalid integer: {value}"))
                        .code("parameter_invalid_integer")
                        .param(name)
                })
            })
            .transpose()
    }

    pub(crate) fn one_of(&self, name: &str, allowed: &[&str]) -> Result<Option<String>, ApiError> {
        match self.get(name) {
            Some(value) if !allowed.contains(&value) => Err(ApiError::invalid(format!(
                "Invalid {name}: must be one of {}",
                allowed.join(", ")
            ))
            .param(name)),
            value => Ok(value.map(str::to_owned)),
        }
    }

    /// `name[key]=value` as a map.
    pub(crate) fn map(&self, name: &str) -> BTreeMap<String, String> {
        self.nested(name)
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    /// `name[]=value` or `name[0]=value` as a list.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        self.nested(name)
            .map(|(_, value)| value.to_owned())
            .collect()
    }

    /// Refuses every parameter whose first word is not known, as Stripe does.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        let root = |name: &'_ str| name.split('[').next().unwrap_or_default().to_owned();
        match self
            .0
            .iter()
            .find(|(name, _)| !known.contains(&root(name).as_str()))
        {
            Some((name, _)) => Err(ApiError::invalid(format!(
                "Received unknown parameter: {name}"
            ))
            .code("parameter_unknown")
            .param(name)),
            None => Ok(()),
        }
    }

    fn nested<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter_map(move |(key, value)| {
            let key = key
                .strip_prefix(name)?
                .strip_prefix('[')?
                .strip_suffix(']')?;
            Some((key, value.as_str()))
        })
    }
}
