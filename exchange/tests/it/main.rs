//! Integration tests of the services against embedded SurrealDB, a real
//! `nats-server` and the Stripe sandbox.
//!
//! Every test ends with the check of the whole database
//! ([`harness::World::check`], which a world misses when it is dropped), and
//! what it says of one rule is in its name.

mod access;
mod accounts;
mod amounts;
mod audit;
mod backup;
mod broker;
mod cluster;
mod commits;
mod described;
mod expiry;
mod feed;
mod figures;
mod guessing;
mod harness;
mod identities;
mod interleavings;
mod judging;
mod live;
mod mail;
mod mailbox;
mod market;
mod migrations;
mod moderation;
mod outages;
mod own_data;
mod payments;
mod races;
mod reconcile;
mod refunds;
mod search;
mod second_factor;
mod secured;
mod services;
mod shop;
mod webhooks;
