//! Mails.

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/letters.rs"));
