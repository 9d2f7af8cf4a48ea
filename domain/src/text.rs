//! Texts that people type, parsed once at the edge.
//!
//! Lengths are counted in Unicode scalar values after trimming.

use crate::Problem;

/// Bounds of a text in characters, and whether it may have several lines.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Least number of characters; 0 means that the text may be left out.
    pub min: usize,
    /// Greatest number of characters.
    pub max: usize,
    /// Whether line breaks are allowed.
    pub lines: bool,
}

/// A ticket's title.
pub const TITLE: Limits = Limits {
    min: 3,
    max: 80,
    lines: false,
};
/// A ticket's description.
pub const DESCRIPTION: Limits = Limits {
    min: 0,
    max: 2_000,
    lines: true,
};
/// Where the event takes place.
pub const VENUE: Limits = Limits {
    min: 0,
    max: 120,
    lines: false,
};
/// How the buyer gets the ticket.
pub const HANDOVER_NOTE: Limits = Limits {
    min: 0,
    max: 500,
    lines: true,
};
/// A user's display name.
pub const DISPLAY_NAME: Limits = Limits {
    min: 1,
    max: 60,
    lines: false,
};
/// What somebody calls a key.
pub const KEY_NAME: Limits = DISPLAY_NAME;
/// The name on a card.
pub const BILLING_NAME: Limits = Limits {
    min: 2,
    max: 100,
    lines: false,
};
/// A line of an address, or a city.
pub const ADDRESS_LINE: Limits = Limits {
    min: 1,
    max: 120,
    lines: false,
};
/// A line of an address that may be left out.
pub const ADDRESS_LINE_2: Limits = Limits {
    min: 0,
    ..ADDRESS_LINE
};
/// A password, which is never trimmed.
pub const PASSWORD: Limits = Limits {
    min: 8,
    max: 128,
    lines: false,
};
/// Longest e-mail address (RFC 5321 §4.5.3.1.3 less the angle brackets).
pub const EMAIL_MAX: usize = 254;

/// Control characters, line breaks of Unicode's own, and the bidirectional
/// controls with which one text can be made to look like another (Unicode
/// TR 36 §3.1).
fn is_forbidden(c: char, lines: bool) -> bool {
    (c.is_control() && !(lines && c == '\n'))
        || matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// What shows nothing by itself: spaces, and the letters and format characters
/// that are as blank as they (Unicode, `Default_Ignorable_Code_Point`).
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Trims `input`, makes every line break a line feed, and checks it.
///
/// # Errors
/// [`Problem::Required`], [`Problem::TooShort`], [`Problem::TooLong`] or
/// [`Problem::ControlCharacters`].
pub fn parse(input: &str, limits: Limits) -> Result<String, Problem> {
    // Browsers post line breaks of a text area as CR LF (HTML, form submission).
    let text = input.trim().replace("\r\n", "\n");
    let length = text.chars().count();
    if limits.min > 0 && text.chars().all(is_blank) {
        return Err(Problem::Required);
    }
    if length < limits.min {
        return Err(Problem::TooShort { min: limits.min });
    }
    if length > limits.max {
        return Err(Problem::TooLong { max: limits.max });
    }
    if text.chars().any(|c| is_forbidden(c, limits.lines)) {
        return Err(Problem::ControlCharacters);
    }
    Ok(text)
}

/// An e-mail address as typed, trimmed. Whether mail arrives there is found
/// out by sending some, so only the shape is checked.
///
/// # Errors
/// [`Problem::Required`], [`Problem::TooLong`] or [`Problem::NotAnEmail`].
pub fn parse_email(input: &str) -> Result<String, Problem> {
    let text = input.trim();
    if text.is_empty() {
        return Err(Problem::Required);
    }
    if text.len() > EMAIL_MAX {
        return Err(Problem::TooLong { max: EMAIL_MAX });
    }
    let (local, host) = text.rsplit_once('@').ok_or(Problem::NotAnEmail)?;
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && local
            .chars()
            .all(|c| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"@".contains(c))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let host_ok = host.contains('.')
        && host.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
    if local_ok && host_ok {
        Ok(text.to_owned())
    } else {
        Err(Problem::NotAnEmail)
    }
}

/// The form under which an address is unique: two that differ in case only are
/// one account.
#[must_use]
pub fn email_key(email: &str) -> String {
    email.to_lowercase()
}

/// Checks the length of a password; how well it can be guessed is checked
/// where accounts are made.
///
/// # Errors
/// [`Problem::Required`], [`Problem::TooShort`] or [`Problem::TooLong`].
pub fn check_password_length(password: &str) -> Result<(), Problem> {
    match password.chars().count() {
        0 => Err(Problem::Required),
        n if n < PASSWORD.min => Err(Problem::TooShort { min: PASSWORD.min }),
        n if n > PASSWORD.max => Err(Problem::TooLong { max: PASSWORD.max }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_bounds_are_counted_in_characters_after_trimming() {
        assert_eq!(parse("  ab  ", TITLE), Err(Problem::TooShort { min: 3 }));
        assert_eq!(parse(" abc ", TITLE), Ok("abc".into()));
        assert_eq!(parse(&"é".repeat(80), TITLE), Ok("é".repeat(80)));
        assert_eq!(
            parse(&"é".repeat(81), TITLE),
            Err(Problem::TooLong { max: 80 })
        );
        assert_eq!(parse(" \t\n", TITLE), Err(Problem::Required));
        assert_eq!(
            parse("\u{200B}\u{3164}\u{AD}", TITLE),
            Err(Problem::Required)
        );
        // Joined emoji are one picture, of characters that show nothing alone.
        assert_eq!(
            parse("👩\u{200D}🎤 live", TITLE),
            Ok("👩\u{200D}🎤 live".into())
        );
    }

    #[test]
    fn what_cannot_be_shown_is_refused() {
        for bad in [
            "a\0bc",
            "abc\u{202E}def",
            "two\nlines",
            "bell\u{7}",
            "two\u{2028}lines",
            "mark\u{61C}",
        ] {
            assert_eq!(
                parse(bad, TITLE),
                Err(Problem::ControlCharacters),
                "{bad:?}"
            );
        }
        assert_eq!(parse("two\r\nlines", DESCRIPTION), Ok("two\nlines".into()));
        assert_eq!(
            parse("<b>HTML & \"quotes\"</b>", TITLE),
            Ok("<b>HTML & \"quotes\"</b>".into())
        );
    }

    #[test]
    fn emails_have_the_shape_of_one() {
        for good in [
            "a@b.ca",
            "First.Last+tag@mail.example.org",
            "x@münchen.example",
        ] {
            assert_eq!(parse_email(good), Ok(good.into()));
        }
        for bad in [
            "a", "a@b", "@b.ca", "a@.ca", "a@b..ca", "a b@c.ca", "a@b@c.ca", "<a@b.ca>", "a@-b.ca",
            ".a@b.ca",
        ] {
            assert_eq!(parse_email(bad), Err(Problem::NotAnEmail), "{bad}");
        }
        assert_eq!(email_key("Ada@Example.COM"), "ada@example.com");
    }
}
