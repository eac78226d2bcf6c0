//! `flowthrough import`.

use std::{io::Cursor, sync::Mutex};

use domain::Fault;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use server::{
    import::{ImportError, ImportOptions, Malformation, Report, RowProblem, import},
    provisioning::draft::Field,
    store::{
        Actor,
        entity::{history, subscriber, template},
    },
};

use crate::{
    export::{everyone, export},
    support::{World, for_each_database, new_subscriber},
};

const HEADER: &str = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email,Package,Primary Phone";

fn options(template: &template::Model) -> ImportOptions {
    ImportOptions { provisioning_id: Some(template.provisioning_id.clone()), ..ImportOptions::default() }
}

async fn read(world: &World, file: impl AsRef<[u8]>, options: &ImportOptions) -> Result<Report, ImportError> {
    import(&world.store, &world.environment, world.partner, Cursor::new(file.as_ref()), options, |_| ()).await
}

async fn all(world: &World) -> Vec<subscriber::Model> {
    subscriber::Entity::find().order_by_asc(subscriber::Column::Id).all(world.store.read()).await.unwrap()
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

#[test]
fn the_file_may_come_from_any_spreadsheet() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let id = &template.provisioning_id;
        for (number, file) in [
            "\u{feff}broadworks id,FIRST NAME,Last Name, Enterprise ID ,Status\nU,Ann,Lee,acme,ignored\n".to_owned(),
            "BroadWorks ID;First Name;Last Name;Enterprise ID;Package\r\nU;Ann;\"Lee; the\r\nsecond\";acme;\r\n"
                .to_owned(),
            "\u{feff}\"BroadWorks ID\";\"First Name\";\"Last Name\";\"Enterprise ID\"\n\"U\";\"Ann\";\"Lee\";\"a,c\""
                .to_owned(),
            format!("Enterprise ID,Provisioning ID,BroadWorks ID,First Name,Last Name\nacme,{id},U,Ann,Lee\n,,,,\n"),
        ]
        .iter()
        .enumerate()
        {
            let file = file.replace("U", &format!("U{number}"));
            let report = read(&world, &file, &options(&template)).await;
            let newline_in_a_name = number == 1;
            let expected = if newline_in_a_name { (1, 0, 0, 1) } else { (1, 1, 0, 0) };
            assert_eq!(counts(&report.unwrap()), expected, "{file}");
        }
        assert_eq!(all(&world).await.len(), 3);
    });
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
            user.id = uuid::Uuid::nil();
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
            RowProblem { line: 3, field: Field::FirstName, fault: Fault::MissingParameter },
            RowProblem { line: 3, field: Field::Package, fault: Fault::InvalidParameter },
            RowProblem { line: 3, field: Field::Email, fault: Fault::InvalidAddress },
            RowProblem { line: 6, field: Field::UserId, fault: Fault::UserIdTaken },
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
fn lines_are_told_as_an_editor_shows_them() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let file = format!(
            "{HEADER}\n1@sp.com,,Lee,SP1+acme,,,\n\n2@sp.com,\"A\nnn\",Lee,SP1+acme,,,\n,,,,,,\n3@sp.com,,Lee,SP1+acme,,,"
        );
        for end in ["\n", "\r\n", "\r"] {
            let report = read(&world, file.replace('\n', end), &options(&template)).await.unwrap();
            let lines: Vec<_> = report.problems.iter().map(|problem| problem.line).collect();
            assert_eq!((lines, counts(&report)), (vec![2, 4, 7], (3, 0, 0, 3)), "{end:?}");
        }
    });
}

#[test]
fn what_no_spreadsheet_writes_is_refused_row_by_row() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let huge = "x".repeat(10 << 20);
        let file = format!(
            "{HEADER}\n1@sp.com,A\u{0}nn,Lee,SP1+acme,,,\n2@sp.com,{huge},Lee,SP1+acme,,,\n{HEADER}\n\
             3@sp.com,Cy,Lee,SP1+acme,,,\n"
        );
        let report = read(&world, &file, &options(&template)).await.unwrap();
        assert_eq!(counts(&report), (4, 1, 0, 3));
        let first = |line| report.problems.iter().find(|problem| problem.line == line).map(|p| (p.field, p.fault));
        assert_eq!(first(2), Some((Field::FirstName, Fault::InvalidParameter)));
        assert_eq!(first(3), Some((Field::FirstName, Fault::InvalidParameterSize)));
        assert_eq!(first(4), Some((Field::UserId, Fault::InvalidParameter)));
        assert_eq!(all(&world).await.len(), 1);
    });
}

#[test]
fn a_file_with_too_many_rows_writes_nothing() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let rows: String = (0..3).map(|n| format!("{n}@sp.com,Ann,Lee,SP1+acme,,,\n")).collect();
        let file = format!("{HEADER}\n{rows}");
        let two = ImportOptions { most: 2, ..options(&template) };
        assert!(matches!(read(&world, &file, &two).await, Err(ImportError::TooManyRows { most: 2 })));
        assert!(all(&world).await.is_empty());
        let three = ImportOptions { most: 3, ..two };
        assert_eq!(counts(&read(&world, &file, &three).await.unwrap()), (3, 3, 0, 0));
    });
}

#[test]
fn rows_need_a_template_of_the_partners_own() {
    for_each_database(async |world: World| {
        let other = world.other_partner().await;
        let theirs = world.template(|template| template.partner_id = other).await;
        let header = "BroadWorks ID,First Name,Last Name,Enterprise ID,Provisioning ID";
        let file = format!("{header}\n1@sp.com,Ann,Lee,acme,\n2@sp.com,Bob,Lee,acme,{}\n", theirs.provisioning_id);
        let report = read(&world, &file, &ImportOptions::default()).await.unwrap();
        let faults: Vec<_> = report.problems.iter().map(|problem| (problem.field, problem.fault)).collect();
        assert_eq!(
            faults,
            [(Field::ProvisioningId, Fault::MissingParameter), (Field::ProvisioningId, Fault::UnknownProvisioningId)]
        );
    });
}

#[test]
fn a_file_that_is_not_readable_as_a_whole_writes_nothing() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let good = format!("{HEADER}\n1@sp.com,Ann,Lee,SP1+acme,,,\n");
        let mut latin = good.clone().into_bytes();
        latin.extend(b"2@sp.com,Ren\xe9,Lee,SP1+acme,,,\n");
        for (file, line, why) in [
            (b"".to_vec(), 1, Malformation::ColumnMissing("BroadWorks ID")),
            (b"Name,Phone\nAnn,1\n".to_vec(), 1, Malformation::ColumnMissing("BroadWorks ID")),
            (b"BroadWorks ID,First Name,Last Name\n".to_vec(), 1, Malformation::ColumnMissing("Enterprise ID")),
            (format!("{HEADER},email\n").into_bytes(), 1, Malformation::ColumnTwice("Email")),
            (latin, 3, Malformation::NotUtf8),
            (format!("{good}2@sp.com,Bob\n").into_bytes(), 3, Malformation::Ragged { expected: 7, found: 2 }),
            (format!("{good}2@sp.com,\"Bob,Lee,acme,,,\n").into_bytes(), 3, Malformation::QuoteOpen),
            (
                format!("{good}2@sp.com,Bob,Lee,acme,,,\"\n3@sp.com,Cy,Lee,acme,,,").into_bytes(),
                3,
                Malformation::QuoteOpen,
            ),
            (format!("{HEADER},\"Status\r\n1@sp.com,Ann,Lee,acme,,,,\r\n").into_bytes(), 1, Malformation::QuoteOpen),
            (
                format!("{HEADER}\r\n\r\n1@sp.com,Ann,Lee,acme,,,\r\n\r\n,,,,,,\r\n2@sp.com\r\n").into_bytes(),
                6,
                Malformation::Ragged { expected: 7, found: 1 },
            ),
        ] {
            match read(&world, &file, &options(&template)).await {
                Err(ImportError::Malformed { line: at, why: because }) => assert_eq!((at, because), (line, why)),
                other => panic!("{other:?}"),
            }
        }
        assert!(all(&world).await.is_empty());
    });
}

#[test]
fn a_long_file_goes_in_by_pieces() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let rows: String = (0..1_203).map(|n| format!("{n}@sp.com,Ann,Lee,SP1+c{},,,\n", n % 3)).collect();
        let file = Cursor::new(format!("{HEADER}\n{rows}"));
        let administrator = uuid::Uuid::from_u128(7);
        let options = ImportOptions { actor: Actor::Administrator(administrator), ..options(&template) };
        let told = Mutex::new(Vec::new());
        let tell = |rows| told.lock().unwrap().push(rows);
        let report = import(&world.store, &world.environment, world.partner, file, &options, tell).await.unwrap();
        assert_eq!(counts(&report), (1_203, 1_203, 0, 0));
        assert_eq!(told.into_inner().unwrap(), [500, 1_000, 1_203]);
        let by = history::Entity::find().filter(history::Column::Actor.eq(format!("admin:{administrator}")));
        assert_eq!(by.count(world.store.read()).await.unwrap(), 1_203);
        assert_eq!(world.customers().await.len(), 3);
        let first = all(&world).await.into_iter().find(|user| user.user_id == "1@sp.com").unwrap();
        assert!(world.customers().await.iter().any(|customer| customer.administrator_id == Some(first.id)));
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
