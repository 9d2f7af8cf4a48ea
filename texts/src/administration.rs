//! Administration.

use crate::Language;

include!(concat!(env!("OUT_DIR"), "/administration.rs"));
