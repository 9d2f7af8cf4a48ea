//! Moderation and reports.

use domain::moderation::{CaseStatus, Category, Decision, Reason, Signal};

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/moderation.rs"));

/// Where a case stands, in a word.
#[must_use]
pub const fn status(language: Language, status: CaseStatus) -> &'static str {
    match status {
        CaseStatus::Open => status_open(language),
        CaseStatus::Approved => status_approved(language),
        CaseStatus::Rejected => status_rejected(language),
        CaseStatus::Removed => status_removed(language),
        CaseStatus::Closed => status_closed(language),
    }
}

/// What a moderator can decide.
#[must_use]
pub const fn may_decide(language: Language, decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => decide_approve(language),
        Decision::Reject => decide_reject(language),
        Decision::Remove => decide_remove(language),
    }
}

/// What a report is about.
#[must_use]
pub const fn category(language: Language, category: Category) -> &'static str {
    match category {
        Category::Fraud => category_fraud(language),
        Category::Duplicate => category_duplicate(language),
        Category::Misleading => category_misleading(language),
        Category::Offensive => category_offensive(language),
        Category::Contact => category_contact(language),
        Category::Other => category_other(language),
    }
}

/// What is against a listing, as its seller is told.
#[must_use]
pub const fn signal(language: Language, signal: Signal) -> &'static str {
    match signal {
        Signal::Banned => signal_banned(language),
        Signal::Contact => signal_contact(language),
        Signal::Link => signal_link(language),
        Signal::Payment => signal_payment(language),
        Signal::Spam => signal_spam(language),
        Signal::Capitals => signal_capitals(language),
        Signal::Price => signal_price(language),
        Signal::NewAccount => signal_new_account(language),
        Signal::Duplicate => signal_duplicate(language),
        Signal::Report => signal_report(language),
        Signal::Scorer => signal_scorer(language),
        Signal::ScorerAway => signal_scorer_away(language),
        Signal::Suspended => signal_suspended(language),
    }
}

/// What is against a listing, as moderators are told.
#[must_use]
pub fn reason(language: Language, reason: &Reason) -> String {
    let said = signal(language, reason.signal);
    match (&reason.found, reason.signal) {
        (Some(name), Signal::Report) => match Category::by_name(name) {
            Some(of) => found(language, said, category(language, of)),
            None => said.to_owned(),
        },
        (Some(what), _) => found(language, said, what),
        (None, _) => said.to_owned(),
    }
}
