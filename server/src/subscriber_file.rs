//! The columns of the file that [`crate::export`] writes and [`crate::import`] reads.

use domain::Field;

/// The columns that import reads, in order.
pub const FIELDS: [Field; 13] = [
    Field::UserId,
    Field::FirstName,
    Field::LastName,
    Field::Email,
    Field::Package,
    Field::SpEnterpriseId,
    Field::ProvisioningId,
    Field::PrimaryPhone,
    Field::MobilePhone,
    Field::Extension,
    Field::Language,
    Field::TimeZone,
    Field::SpEnterpriseGroupId,
];
/// Those that only tell how a subscriber stands.
pub const STANDING: [&str; 6] = ["Status", "Pending Requirement", "Error Code", "Error Text", "Created", "Last Change"];

/// Whether we write a column of this name that import does not read.
#[must_use]
pub fn is_written_only(column: &str) -> bool {
    STANDING.iter().chain([&ROW_ERROR]).any(|name| name.eq_ignore_ascii_case(column))
}

/// The column that says what is wrong with a row, in the file that is given back.
pub const ROW_ERROR: &str = "Row Error";
