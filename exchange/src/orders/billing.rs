//! Billing addresses: the countries there are, and what an address has in each.

use std::{collections::HashMap, sync::LazyLock};

use domain::{Billing, FieldErrors, Problem, text, words::words};
use keshvar::{Alpha2, SUPPORTED_ALPHA2_LIST};
use regex::Regex;
use texts::Language;

/// Longest postal code that is taken where there is no form to check it by.
const LONGEST_POSTAL_CODE: usize = 16;

/// A country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// ISO 3166-1 alpha-2: `CA`.
    pub code: String,
    names: Names,
}

impl Country {
    /// What people call it.
    #[must_use]
    pub const fn name(&self, language: Language) -> &'static str {
        self.names.in_language(language)
    }
}

/// A state or province.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// The last part of its ISO 3166-2 code: `ON`.
    pub code: &'static str,
    names: Names,
}

impl Region {
    /// What people call it.
    #[must_use]
    pub const fn name(&self, language: Language) -> &'static str {
        self.names.in_language(language)
    }
}

/// A name in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Names {
    english: &'static str,
    french: &'static str,
}

impl Names {
    /// CLDR's names, by language; `official` where there is none.
    fn of(translations: &HashMap<&'static str, &'static str>, official: &'static str) -> Self {
        let of = |language: Language| translations.get(language.tag()).copied();
        Self {
            english: of(Language::English).unwrap_or(official),
            french: of(Language::French).unwrap_or(official),
        }
    }

    const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::French => self.french,
        }
    }
}

/// What addresses of a country have besides street and city.
#[derive(Debug)]
pub struct AddressRules {
    /// The country.
    pub country: Country,
    /// States or provinces; none where addresses name none.
    regions: Vec<Region>,
    /// Whether an address without its region is incomplete.
    pub region_required: bool,
    /// Whether there are postal codes.
    pub has_postal_code: bool,
    /// What a whole postal code looks like.
    postal_code: Option<Regex>,
}

/// Every country, by name.
#[must_use]
pub fn countries(language: Language) -> Vec<&'static Country> {
    sorted(RULES.iter().map(|rules| &rules.country), |country| {
        country.name(language)
    })
}

/// By name: Å stands with A.
fn sorted<'a, T>(all: impl Iterator<Item = &'a T>, name: impl Fn(&T) -> &str) -> Vec<&'a T> {
    let mut all: Vec<&T> = all.collect();
    all.sort_by(|a, b| words(name(a)).cmp(words(name(b))));
    all
}

/// The rules for the country with this code.
#[must_use]
pub fn rules(code: &str) -> Option<&'static AddressRules> {
    RULES.iter().find(|rules| rules.country.code == code)
}

static RULES: LazyLock<Vec<AddressRules>> = LazyLock::new(|| {
    SUPPORTED_ALPHA2_LIST
        .iter()
        .copied()
        .map(of_country)
        .collect()
});

fn of_country(code: Alpha2) -> AddressRules {
    let country = code.to_country();
    // `{{region}}` where it is usual, `{{region_short}}` where the code of the
    // region belongs to every address.
    let format = country.address_format().unwrap_or_default();
    let mut regions: Vec<Region> = Vec::new();
    if format.contains("{{region") {
        regions.extend(country.subdivisions().values().map(|region| Region {
            code: region.code(),
            names: Names::of(region.translations(), region.name()),
        }));
    }
    let form = country.postal_code_format();
    AddressRules {
        country: Country {
            code: code.to_string(),
            names: Names::of(country.translations(), country.iso_short_name()),
        },
        region_required: !regions.is_empty() && format.contains("{{region_short}}"),
        regions,
        has_postal_code: country.postal_code(),
        postal_code: form.and_then(|form| Regex::new(&format!("^(?:{form})$")).ok()),
    }
}

impl AddressRules {
    /// States or provinces, by name; none where addresses name none.
    #[must_use]
    pub fn regions(&self, language: Language) -> Vec<&Region> {
        sorted(self.regions.iter(), |region| region.name(language))
    }

    /// A region by its code or name.
    fn region(&self, typed: &str) -> Result<Option<String>, Problem> {
        let typed = typed.trim();
        if self.regions.is_empty() {
            return Ok(None);
        }
        if typed.is_empty() {
            return if self.region_required {
                Err(Problem::Required)
            } else {
                Ok(None)
            };
        }
        self.regions
            .iter()
            .find(|region| {
                region.code.eq_ignore_ascii_case(typed)
                    || Language::ALL
                        .iter()
                        .any(|language| words(region.name(*language)).eq(words(typed)))
            })
            .map(|region| Some(region.code.to_owned()))
            .ok_or(Problem::UnknownRegion)
    }

    fn postal_code(&self, typed: &str) -> Result<Option<String>, Problem> {
        if !self.has_postal_code {
            return Ok(None);
        }
        let words: Vec<&str> = typed.split_whitespace().collect();
        let code = words.join(" ").to_uppercase();
        match &self.postal_code {
            _ if code.is_empty() => Err(Problem::Required),
            Some(form) if !form.is_match(&code) => Err(Problem::NotAPostalCode),
            _ if code.chars().count() > LONGEST_POSTAL_CODE => Err(Problem::TooLong {
                max: LONGEST_POSTAL_CODE,
            }),
            _ => Ok(Some(code)),
        }
    }
}

/// A billing name and address as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TypedBilling {
    /// As on the card.
    pub name: String,
    /// The code of a country.
    pub country: String,
    /// Street and number.
    pub line1: String,
    /// Apartment, floor, company.
    pub line2: String,
    /// City or town.
    pub city: String,
    /// Code or name of a state or province.
    pub region: String,
    /// Postal code, in any case and spacing.
    pub postal_code: String,
}

impl TypedBilling {
    /// Checked against what addresses of its country have. What they do not
    /// have is left out.
    ///
    /// # Errors
    /// Every field that was refused, by the name of the field here; `name` is
    /// `billing_name`.
    pub fn parse(&self) -> Result<Billing, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("billing_name", text::parse(&self.name, text::BILLING_NAME));
        let country = self.country.trim();
        let rules = errors.take(
            "country",
            match rules(country) {
                Some(rules) => Ok(rules),
                None if country.is_empty() => Err(Problem::Required),
                None => Err(Problem::UnknownCountry),
            },
        );
        let line1 = errors.take("line1", text::parse(&self.line1, text::ADDRESS_LINE));
        let line2 = errors.take("line2", text::parse(&self.line2, text::ADDRESS_LINE_2));
        let city = errors.take("city", text::parse(&self.city, text::ADDRESS_LINE));
        let (region, postal_code) = rules
            .map(|rules| {
                (
                    errors.take("region", rules.region(&self.region)),
                    errors.take("postal_code", rules.postal_code(&self.postal_code)),
                )
            })
            .unwrap_or_default();
        match (name, rules, line1, line2, city, region, postal_code) {
            (
                Some(name),
                Some(rules),
                Some(line1),
                Some(line2),
                Some(city),
                Some(region),
                Some(postal_code),
            ) => Ok(Billing {
                name,
                country: rules.country.code.clone(),
                line1,
                line2: Some(line2).filter(|line| !line.is_empty()),
                city,
                region,
                postal_code,
            }),
            _ => Err(errors),
        }
    }
}

/// Name and address, line by line, as on a letter.
#[must_use]
pub fn lines(language: Language, billing: &Billing) -> Vec<String> {
    let Billing {
        name,
        country,
        line1,
        line2,
        city,
        region,
        postal_code,
    } = billing.clone();
    let place = [Some(city), region, postal_code]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let country = rules(&country).map_or(country, |rules| rules.country.name(language).to_owned());
    [Some(name), Some(line1), line2, Some(place), Some(country)]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(country: &str, region: &str, postal_code: &str) -> TypedBilling {
        TypedBilling {
            name: "Ada Lovelace".into(),
            country: country.into(),
            line1: "1 Main Street".into(),
            line2: String::new(),
            city: "Springfield".into(),
            region: region.into(),
            postal_code: postal_code.into(),
        }
    }

    fn problems(typed: &TypedBilling) -> Vec<&'static str> {
        match typed.parse() {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().map(|(field, _)| *field).collect(),
        }
    }

    #[test]
    fn there_are_countries_by_name_each_with_a_form_that_can_be_checked() {
        for language in Language::ALL {
            let countries = countries(language);
            let names: Vec<&str> = countries
                .iter()
                .map(|country| country.name(language))
                .collect();
            assert!(names.len() > 240, "{}", names.len());
            assert_eq!(
                (names[0], names[names.len() - 1]),
                ("Afghanistan", "Zimbabwe")
            );
        }
        for country in countries(Language::English) {
            let code = Alpha2::try_from(country.code.as_str()).expect("a code");
            let source = code.to_country();
            let rules = rules(&country.code).expect("has rules");
            assert_eq!(
                source.postal_code_format().is_some(),
                rules.postal_code.is_some(),
                "{}",
                country.code
            );
        }
    }

    #[test]
    fn postal_code_and_region_are_checked_by_country() {
        for (country, region, code, stored_region, stored_code) in [
            ("CA", "on", " m5v 1a1 ", Some("ON"), Some("M5V 1A1")),
            ("CA", "Québec", "h2x1y4", Some("QC"), Some("H2X1Y4")),
            (
                "US",
                "New York",
                "10001-1234",
                Some("NY"),
                Some("10001-1234"),
            ),
            ("GB", "", "sw1a 1aa", None, Some("SW1A 1AA")),
            ("DE", "anything", "10115", None, Some("10115")),
            ("JP", "13", "100-0001", Some("13"), Some("100-0001")),
            // No postal codes, no regions in addresses.
            ("AE", "", "12345", None, None),
        ] {
            let billing = typed(country, region, code).parse();
            let billing = billing.unwrap_or_else(|errors| panic!("{country}: {errors:?}"));
            assert_eq!(billing.region.as_deref(), stored_region, "{country}");
            assert_eq!(billing.postal_code.as_deref(), stored_code, "{country}");
        }
        for (country, region, code, wrong) in [
            ("CA", "", "M5V 1A1", "region"),
            ("CA", "Texas", "M5V 1A1", "region"),
            ("CA", "ON", "12345", "postal_code"),
            ("CA", "ON", "", "postal_code"),
            ("CA", "ON", "xM5V 1A1x", "postal_code"),
            ("US", "TX", "1234", "postal_code"),
            ("DE", "", "1234", "postal_code"),
            ("XX", "", "", "country"),
            ("", "", "", "country"),
            ("ca", "ON", "M5V 1A1", "country"),
        ] {
            assert_eq!(
                problems(&typed(country, region, code)),
                [wrong],
                "{country} {region} {code}"
            );
        }
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        assert_eq!(
            problems(&TypedBilling::default()),
            ["billing_name", "country", "line1", "city"]
        );
        let long = TypedBilling {
            name: "x".repeat(101),
            line2: "two\nlines".into(),
            ..typed("CA", "ON", "M5V 1A1")
        };
        assert_eq!(problems(&long), ["billing_name", "line2"]);
    }
}
