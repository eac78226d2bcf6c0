//! The tables, one file each. One set for SQLite and PostgreSQL.

pub mod adapter_account;
pub mod administrator;
pub mod api_token;
pub mod bulk_job;
pub mod bulk_row;
pub mod customer;
pub mod customer_template;
pub mod directory_account;
pub mod directory_sync;
pub mod external_user;
pub mod history;
pub mod hub_session;
pub mod idempotency_key;
pub mod partner;
pub mod portal_session;
pub mod proof;
pub mod proof_secret;
pub mod setup_link;
pub mod subscriber;
pub mod task;
pub mod template;
pub mod throttle;
pub mod webhook;
pub mod webhook_delivery;
pub mod webhook_event;
