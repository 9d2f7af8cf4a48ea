//! What search engines read of a ticket (<https://schema.org/Event>,
//! <https://schema.org/Offer>).

use domain::{Amount, ticket::TicketStatus};
use serde_json::{Value, json};

use crate::{market::types::TicketView, server, ui::links};

/// Longest description of a link, in characters.
const SUMMARY: usize = 160;

/// The ticket as JSON-LD, fit to be written into a page.
pub(super) fn data(ticket: &TicketView) -> String {
    let settings = &server::exchange().settings;
    let availability = match ticket.status {
        TicketStatus::Available => "https://schema.org/InStock",
        TicketStatus::Reserved => "https://schema.org/LimitedAvailability",
        _ => "https://schema.org/SoldOut",
    };
    let mut data = json!({
        "@context": "https://schema.org",
        "@type": if ticket.starts.is_some() { "Event" } else { "Product" },
        "name": ticket.title,
        "description": summary(ticket),
        "offers": {
            "@type": "Offer",
            "price": settings.currency.digits(Amount::from_minor(ticket.price.minor)),
            "priceCurrency": settings.currency.code,
            "availability": availability,
            "url": format!("{}{}", settings.public_url, links::ticket(&ticket.id)),
        },
    });
    if let (Some(starts), Value::Object(fields)) = (&ticket.starts, &mut data) {
        fields.insert("startDate".into(), starts.iso.clone().into());
        if !ticket.venue.is_empty() {
            let place = json!({ "@type": "Place", "name": ticket.venue, "address": ticket.venue });
            fields.insert("location".into(), place);
        }
    }
    // Nothing in it ends the element that it is in.
    data.to_string().replace('<', "\\u003c")
}

/// What the ticket is, in a sentence or two.
pub(super) fn summary(ticket: &TicketView) -> String {
    let starts = ticket.starts.as_ref().map(|starts| starts.text.clone());
    let facts = [
        Some(ticket.price.text.clone()),
        starts,
        Some(ticket.venue.clone()),
    ];
    let facts: Vec<String> = facts
        .into_iter()
        .flatten()
        .filter(|fact| !fact.is_empty())
        .collect();
    let whole = format!(
        "{}. {}",
        facts.join(" · "),
        ticket.description.replace('\n', " ")
    );
    match whole.char_indices().nth(SUMMARY) {
        Some((end, _)) => format!("{}…", whole[..end].trim_end()),
        None => whole.trim_end().to_owned(),
    }
}
