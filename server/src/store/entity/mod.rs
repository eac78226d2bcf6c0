//! The tables, one file each. One set for SQLite and PostgreSQL, private to the store.

/// Joins a table to another one, by its column that holds the other's id.
macro_rules! belongs_to {
    ($other:ident by $column:ident) => {
        belongs_to!($other by $column to Id);
    };
    ($other:ident by $column:ident to $its:ident) => {
        impl Related<super::$other::Entity> for Entity {
            fn to() -> RelationDef {
                Self::belongs_to(super::$other::Entity).from(Column::$column).to(super::$other::Column::$its).into()
            }
        }
    };
}

pub mod adapter_account;
pub mod administrator;
pub mod admission;
pub mod api_token;
pub mod assignment;
pub mod audit_event;
pub mod billing_report;
pub mod broadworks_outage;
pub mod bulk_job;
pub mod bulk_row;
pub mod customer;
pub mod customer_tag;
pub mod customer_template;
pub mod daily_count;
pub mod deletion_count;
pub mod directory_account;
pub mod directory_place;
pub mod directory_sync;
pub mod external_user;
pub mod fault_count;
pub mod former_provisioning_id;
pub mod former_share_token;
pub mod history;
pub mod hub_session;
pub mod hub_sign_in;
pub mod idempotency_key;
pub mod invitation;
pub mod oidc_sign_in;
pub mod partner;
pub mod passkey;
pub mod passkey_ceremony;
pub mod portal_session;
pub mod proof;
pub mod proof_secret;
pub mod pulse;
pub mod recovery_code;
pub mod saved_view;
pub mod second_factor;
pub mod server_key;
pub mod setup_link;
pub mod subscriber;
pub mod subscriber_count;
pub mod task;
pub mod template;
pub mod template_logo;
pub mod throttle;
pub mod usage;
pub mod waiting_count;
pub mod webhook;
pub mod webhook_delivery;
pub mod webhook_event;
pub mod workspace;

use std::collections::HashSet;

use sea_orm::{ColumnTrait as _, EntityTrait, IdenStatic as _, Iterable as _, sea_query::ColumnType};

use super::ids;

/// Columns, by table and name, whose integers have 32 bits. All others have 64: SQLite itself cannot tell them apart.
pub(super) fn narrow_columns() -> HashSet<(&'static str, &'static str)> {
    [
        narrow::<adapter_account::Entity>(),
        narrow::<administrator::Entity>(),
        narrow::<admission::Entity>(),
        narrow::<api_token::Entity>(),
        narrow::<assignment::Entity>(),
        narrow::<audit_event::Entity>(),
        narrow::<billing_report::Entity>(),
        narrow::<broadworks_outage::Entity>(),
        narrow::<bulk_job::Entity>(),
        narrow::<bulk_row::Entity>(),
        narrow::<customer::Entity>(),
        narrow::<customer_tag::Entity>(),
        narrow::<customer_template::Entity>(),
        narrow::<daily_count::Entity>(),
        narrow::<deletion_count::Entity>(),
        narrow::<directory_account::Entity>(),
        narrow::<directory_place::Entity>(),
        narrow::<directory_sync::Entity>(),
        narrow::<external_user::Entity>(),
        narrow::<fault_count::Entity>(),
        narrow::<former_provisioning_id::Entity>(),
        narrow::<former_share_token::Entity>(),
        narrow::<history::Entity>(),
        narrow::<hub_session::Entity>(),
        narrow::<hub_sign_in::Entity>(),
        narrow::<idempotency_key::Entity>(),
        narrow::<invitation::Entity>(),
        narrow::<oidc_sign_in::Entity>(),
        narrow::<partner::Entity>(),
        narrow::<passkey::Entity>(),
        narrow::<passkey_ceremony::Entity>(),
        narrow::<portal_session::Entity>(),
        narrow::<proof::Entity>(),
        narrow::<proof_secret::Entity>(),
        narrow::<pulse::Entity>(),
        narrow::<recovery_code::Entity>(),
        narrow::<saved_view::Entity>(),
        narrow::<second_factor::Entity>(),
        narrow::<server_key::Entity>(),
        narrow::<setup_link::Entity>(),
        narrow::<subscriber::Entity>(),
        narrow::<subscriber_count::Entity>(),
        narrow::<task::Entity>(),
        narrow::<template::Entity>(),
        narrow::<template_logo::Entity>(),
        narrow::<throttle::Entity>(),
        narrow::<usage::Entity>(),
        narrow::<waiting_count::Entity>(),
        narrow::<webhook::Entity>(),
        narrow::<webhook_delivery::Entity>(),
        narrow::<webhook_event::Entity>(),
        narrow::<workspace::Entity>(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn narrow<E: EntityTrait>() -> Vec<(&'static str, &'static str)> {
    let narrow = E::Column::iter().filter(|column| *column.def().get_column_type() == ColumnType::Integer);
    narrow.map(|column| (E::default().table_name(), column.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table that is missing above would have its 32-bit columns read as if they held nothing.
    #[test]
    fn every_table_is_asked_for_its_narrow_columns() {
        let source = include_str!("mod.rs");
        let tables =
            source.lines().filter_map(|line| line.strip_prefix("pub")?.split_once("mod ")?.1.strip_suffix(';'));
        for table in tables {
            assert!(source.contains(&format!("narrow::<{table}::Entity>()")), "{table}");
        }
        let narrow = narrow_columns();
        assert!(narrow.contains(&("proof", "tries")) && !narrow.contains(&("throttle", "tries")));
    }
}
