//! What a seller types, parsed.

use domain::{FieldErrors, Timestamp, text, ticket::Content};

use crate::{Error, Result, settings::Settings, when};

/// The form of a listing as typed.
#[derive(Debug, Clone)]
pub struct TypedContent {
    /// Title.
    pub title: String,
    /// Description.
    pub description: String,
    /// Venue.
    pub venue: String,
    /// `2026-12-12T19:30`, or empty.
    pub starts: String,
    /// IANA zone of the start.
    pub zone: String,
    /// `45.00`
    pub price: String,
    /// Handover note.
    pub handover_note: String,
    /// Whether it returns to the market after a refund.
    pub relist_after_refund: bool,
}

impl TypedContent {
    /// Parses every field, or says what is wrong with each.
    pub(super) fn parse(self, settings: &Settings, now: Timestamp) -> Result<Content> {
        let mut errors = FieldErrors::default();
        let title = errors.take("title", text::parse(&self.title, text::TITLE));
        let description = errors.take(
            "description",
            text::parse(&self.description, text::DESCRIPTION),
        );
        let venue = errors.take("venue", text::parse(&self.venue, text::VENUE));
        let mut start = None;
        if !self.starts.trim().is_empty() {
            match when::parse(&self.starts, &self.zone, now) {
                Ok(parsed) => start = Some(parsed),
                Err(wrong) => errors.extend(wrong),
            }
        }
        let price = errors.take(
            "price",
            settings
                .currency
                .parse_price(&self.price, settings.max_price),
        );
        let handover_note = errors.take(
            "handover_note",
            text::parse(&self.handover_note, text::HANDOVER_NOTE),
        );
        let (Some(title), Some(description), Some(venue), Some(price), Some(handover_note), true) = (
            title,
            description,
            venue,
            price,
            handover_note,
            errors.is_empty(),
        ) else {
            return Err(Error::Invalid(errors));
        };
        let (starts_at, zone) = start.unzip();
        Ok(Content {
            title,
            description,
            venue,
            starts_at,
            zone,
            price,
            relist_after_refund: self.relist_after_refund,
            handover_note,
        })
    }
}
