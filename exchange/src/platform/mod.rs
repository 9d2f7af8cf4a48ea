//! What the services stand on: the database, the broker, the payment service,
//! mail.

pub mod bus;
pub mod commit;
pub mod consumer;
mod crash;
pub mod db;
pub mod dead_letters;
pub mod embedded;
mod kept;
pub mod lease;
pub mod mail;
pub mod migrate;
pub mod nats_server;
pub mod outbox;
pub mod stripe;
pub(crate) mod tls;
pub mod trace;
