//! `flowthrough import`.

mod cells;
mod files;

use std::{io::Cursor, sync::Mutex};

use domain::{Fault, Field};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use server::{
    import::{ImportError, ImportOptions, Report, RowProblem, import},
    store::{Actor, Template},
};

use crate::entity::{history, subscriber};
use crate::export::{everyone, export};
use crate::support::{World, for_each_database, new_subscriber};

const HEADER: &str = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email,Package,Primary Phone";

fn options(template: &Template) -> ImportOptions {
    ImportOptions { provisioning_id: Some(template.provisioning_id.clone()), ..ImportOptions::default() }
}

async fn read(world: &World, file: impl AsRef<[u8]>, options: &ImportOptions) -> Result<Report, ImportError> {
    import(&world.store.patiently(), &world.environment, world.tenant, Cursor::new(file.as_ref()), options, |_| ())
        .await
}

async fn all(world: &World) -> Vec<subscriber::Model> {
    subscriber::Entity::find().order_by_asc(subscriber::Column::Id).all(world.store.read()).await.unwrap()
}

fn problem(line: u64, field: Field, fault: Fault) -> RowProblem {
    RowProblem { line, field: Some(field), fault }
}

fn counts(report: &Report) -> (u64, u64, u64, u64) {
    (report.rows, report.added, report.already_there, report.refused)
}

#[test]
fn good_rows_arrive_and_a_second_import_changes_nothing() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let file = format!(
            "{HEADER}\r\n1@sp.com,Ann,Lee,SP1+acme,ann@acme.com,premium,'+1-240-555-1212\r\n\
             2@sp.com,Bob,\"Ray, Jr.\",SP1+acme,,,\r\n"
        );
        let report = read(&world, &file, &options(&template)).await.unwrap();
        assert_eq!(counts(&report), (2, 2, 0, 0));
        assert_eq!(report.to_string(), "2 rows: 2 added, 0 already there, 0 refused");
        let users = all(&world).await;
        assert_eq!(users[0].primary_phone.as_deref(), Some("+1-240-555-1212"));
        assert_eq!((users[0].status.as_str(), users[1].status.as_str()), ("provisioning", "pending_email_input"));
        assert_eq!((users[0].package.as_str(), users[1].package.as_str()), ("premium", "standard"));
        assert_eq!(users[1].last_name, "Ray, Jr.");

        let again = read(&world, &file, &options(&template)).await.unwrap();
        assert_eq!(counts(&again), (2, 0, 2, 0));
        assert_eq!(all(&world).await, users);
        world.work().await;
        assert_eq!(world.accounts().await.len(), 1);
    });
}

/// The id and the primary phone of everybody who came in.
async fn phones(world: &World) -> Vec<(String, Option<String>)> {
    all(world).await.into_iter().map(|user| (user.user_id, user.primary_phone)).collect()
}

#[test]
fn what_export_writes_import_reads() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        for (number, first_name) in ["Ann", "=1+1", "'quoted'", "'=x", "O\"Neil, Ann;", "Мария", "-"].iter().enumerate()
        {
            let mut new = new_subscriber(&format!("{number}@sp.com"), Some(&format!("u{number}@acme.com")));
            new.first_name = (*first_name).to_owned();
            new.mobile_phone = Some("+359 2 123".to_owned());
            new.language = Some("bg".to_owned());
            new.timezone = Some("Europe/Sofia".to_owned());
            new.sp_enterprise_group_id = Some("Sales".to_owned());
            world.try_arrive(&template, new).await.unwrap();
        }
        let csv = export(&world, everyone(&world, &template)).await;
        let mut before = all(&world).await;
        for user in &before {
            world.apply(user.id, domain::lifecycle::Event::RemovalRequested).await.unwrap();
        }
        assert!(all(&world).await.is_empty());

        let report = read(&world, &csv, &ImportOptions::default()).await.unwrap();
        assert_eq!(counts(&report), (7, 7, 0, 0), "{report}");
        let mut after = all(&world).await;
        for user in before.iter_mut().chain(&mut after) {
            user.id = uuid::Uuid::nil().into();
            user.created_at = 0;
            user.status_changed_at = 0;
        }
        after.reverse();
        assert_eq!(after, before);
    });
}

#[test]
fn bad_rows_are_named_and_do_not_hold_up_good_ones_unless_asked() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let file = format!(
            "{HEADER}\n1@sp.com,Ann,Lee,SP1+acme,,,\n\"2@sp.com\",\"\n\",Lee,SP1+acme,two@,gold,\n\
             3@sp.com,Cy,Lee,SP1+acme,,,\n1@SP.com,Ann,Lee,SP1+acme,,,\n"
        );
        let problems = [
            problem(3, Field::FirstName, Fault::MissingParameter),
            problem(3, Field::Package, Fault::InvalidParameter),
            problem(3, Field::Email, Fault::InvalidAddress),
            problem(6, Field::UserId, Fault::UserIdTaken),
        ];
        let dry = ImportOptions { dry_run: true, ..options(&template) };
        let strict = ImportOptions { all_or_nothing: true, ..options(&template) };
        for options in [dry, strict.clone()] {
            let report = read(&world, &file, &options).await.unwrap();
            assert_eq!((counts(&report), report.written), ((4, 2, 0, 2), false));
            assert_eq!(report.problems, problems);
            assert!(all(&world).await.is_empty() && world.customers().await.is_empty());
        }
        let report = read(&world, &file, &options(&template)).await.unwrap();
        assert_eq!((counts(&report), report.written), ((4, 2, 0, 2), true));
        assert_eq!(
            report.to_string().lines().next().unwrap(),
            "line 3, First Name: 1001 A mandatory parameter is missing. Fill in this column."
        );
        assert_eq!(all(&world).await.len(), 2);

        let good = format!("{HEADER}\n4@sp.com,Ann,Lee,SP1+acme,,,\n3@sp.com,Cy,Lee,SP1+acme,,,\n");
        assert_eq!(counts(&read(&world, &good, &strict).await.unwrap()), (2, 1, 1, 0));
    });
}

#[test]
fn rows_need_a_template_of_the_partners_own() {
    for_each_database(async |world: World| {
        let other = world.other_partner().await;
        let theirs = world.template(|template| template.partner_id = other.partner()).await;
        let header = "BroadWorks ID,First Name,Last Name,Enterprise ID,Provisioning ID";
        let file = format!("{header}\n1@sp.com,Ann,Lee,acme,\n2@sp.com,Bob,Lee,acme,{}\n", theirs.provisioning_id);
        let report = read(&world, &file, &ImportOptions::default()).await.unwrap();
        let faults: Vec<_> = report.problems.iter().map(|problem| (problem.field.unwrap(), problem.fault)).collect();
        assert_eq!(
            faults,
            [(Field::ProvisioningId, Fault::MissingParameter), (Field::ProvisioningId, Fault::UnknownProvisioningId)]
        );
    });
}

#[test]
fn a_long_file_goes_in_by_pieces() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let rows: String = (0..1_203).map(|n| format!("{n}@sp.com,Ann,Lee,SP1+c{},,,\n", n % 3)).collect();
        let file = Cursor::new(format!("{HEADER}\n{rows}"));
        let administrator = world.administrator().await;
        let options = ImportOptions { actor: Actor::Administrator(administrator), ..options(&template) };
        let told = Mutex::new(Vec::new());
        let tell = |rows| told.lock().unwrap().push(rows);
        let report = import(&world.store, &world.environment, world.tenant, file, &options, tell).await.unwrap();
        assert_eq!(counts(&report), (1_203, 1_203, 0, 0));
        assert_eq!(told.into_inner().unwrap(), [256, 512, 768, 1_024, 1_203]);
        let by = history::Entity::find().filter(history::Column::Actor.eq(format!("admin:{administrator}")));
        assert_eq!(by.count(world.store.read()).await.unwrap(), 1_203);
        assert_eq!(world.customers().await.len(), 3);
        let first = all(&world).await.into_iter().find(|user| user.user_id == "1@sp.com").unwrap();
        assert!(world.customers().await.iter().any(|customer| customer.administrator_id == Some(first.id)));
    });
}

#[test]
fn many_rows_are_written_by_a_few_statements() {
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let template = world.template(|_| ()).await;
        let rows: String = (0..300).map(|n| format!("{n}@sp.com,Ann,Lee,SP1+c{},,,\n", n % 3)).collect();
        heard.numbers();
        let report = read(&world, format!("{HEADER}\n{rows}"), &options(&template)).await.unwrap();
        assert_eq!(counts(&report), (300, 300, 0, 0));
        let (commits, statements) = heard.numbers();
        assert_eq!(commits, 2);
        assert!(statements < 80, "{statements}");
    });
}

#[test]
fn two_imports_at_once_add_each_user_once() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let rows: String = (0..300).map(|n| format!("{n}@sp.com,Ann,Lee,SP1+c{},,,\n", n % 7)).collect();
        let file = format!("{HEADER}\n{rows}");
        let options = options(&template);
        let (one, two) = tokio::join!(read(&world, &file, &options), read(&world, &file, &options));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!((one.added + two.added, one.already_there + two.already_there), (300, 300));
        assert_eq!((all(&world).await.len(), world.customers().await.len()), (300, 7));
    });
}
