//! `flowthrough import`.

use std::{io::Cursor, sync::Mutex};

use domain::{Fault, Field};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use server::{
    import::{ImportError, ImportOptions, Malformation, Report, RowProblem, import},
    store::{Actor, Template},
};

use crate::entity::{history, subscriber};
use crate::{
    export::{everyone, export},
    support::{World, for_each_database, new_subscriber},
};

const HEADER: &str = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email,Package,Primary Phone";

fn options(template: &Template) -> ImportOptions {
    ImportOptions { provisioning_id: Some(template.provisioning_id.clone()), ..ImportOptions::default() }
}

async fn read(world: &World, file: impl AsRef<[u8]>, options: &ImportOptions) -> Result<Report, ImportError> {
    import(&world.store, &world.environment, world.tenant, Cursor::new(file.as_ref()), options, |_| ()).await
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

#[test]
fn the_file_may_come_from_any_spreadsheet() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let id = &template.provisioning_id;
        for (number, file) in [
            "\u{feff}broadworks id,FIRST NAME,Last Name, Enterprise ID ,Status\n~user~,Ann,Lee,acme,ignored\n".to_owned(),
            "BroadWorks ID;First Name;Last Name;Enterprise ID;Package\r\n~user~;Ann;\"Lee; the\r\nsecond\";acme;\r\n"
                .to_owned(),
            "\u{feff}\"BroadWorks ID\";\"First Name\";\"Last Name\";\"Enterprise ID\"\n\"~user~\";\"Ann\";\"Lee\";\"a,c\""
                .to_owned(),
            format!("Enterprise ID,Provisioning ID,BroadWorks ID,First Name,Last Name\nacme,{id},~user~,Ann,Lee\n,,,,\n"),
        ]
        .iter()
        .enumerate()
        {
            let file = file.replace("~user~", &format!("U{number}"));
            let report = read(&world, &file, &options(&template)).await;
            let newline_in_a_name = number == 1;
            let expected = if newline_in_a_name { (1, 0, 0, 1) } else { (1, 1, 0, 0) };
            assert_eq!(counts(&report.unwrap()), expected, "{file}");
        }
        assert_eq!(all(&world).await.len(), 3);
    });
}

/// The id and the primary phone of everybody who came in.
async fn phones(world: &World) -> Vec<(String, Option<String>)> {
    all(world).await.into_iter().map(|user| (user.user_id, user.primary_phone)).collect()
}

#[test]
fn empty_cells_at_a_rows_end_may_be_left_out_and_ones_too_many_are_refused() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let file = format!(
            "{HEADER}\r\n1@sp.com,Ann,Lee,SP1+acme,ann@acme.com,basic,1\r\n2@sp.com,Bob,Lee,SP1+acme\r\n\
             3@sp.com,Cy,Lee,SP1+acme,,,,,,\r\n4@sp.com,Di,Lee, Jr.,SP1+acme,di@acme.com,basic,1\r\n5@sp.com,Ed\r\n"
        );
        let report = read(&world, &file, &options(&template)).await.unwrap();
        assert_eq!(counts(&report), (5, 3, 0, 2));
        assert_eq!(
            report.problems,
            [
                RowProblem { line: 5, field: None, fault: Fault::TooManyCells },
                problem(6, Field::SpEnterpriseId, Fault::MissingParameter),
                problem(6, Field::LastName, Fault::MissingParameter),
            ]
        );
        assert!(report.to_string().starts_with("line 5: 45018 This row has more cells than the header. Put a text"));
        assert_eq!(all(&world).await.len(), 3);
    });
}

#[test]
fn what_a_spreadsheet_has_damaged_is_refused_in_its_cell() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let header = "BroadWorks ID,First Name,Last Name,Enterprise ID,Primary Phone,Mobile Phone,Extension";
        let file = format!(
            "{header}\r\n1@sp.com,Ann,Lee,SP1+acme,4.42079E+11,,\r\n2.40555E+09,Bob,Lee,SP1+acme,,,\r\n\
             3@sp.com,Cy,Lee,SP1+acme,,\"2,40555E+09\",\r\n4@sp.com,Di,Lee,SP1+acme,,,1212.0\r\n\
             5@sp.com,\"=\"\"Ed\"\"\",Lee,SP1+acme,,,\r\n6@sp.com,Flo,#NAME?,SP1+acme,,,\r\n\
             7@sp.com,Gus,Lee,SP1+acme,\"=\"\"0044207946000\"\"\",,########\r\n8@sp.com,Hal,E5,SP1+acme,'+442079460000,,12\r\n"
        );
        let report = read(&world, &file, &options(&template)).await.unwrap();
        let damaged = |line, field| problem(line, field, Fault::DamagedBySpreadsheet);
        assert_eq!(
            report.problems,
            [
                damaged(2, Field::PrimaryPhone),
                damaged(3, Field::UserId),
                damaged(4, Field::MobilePhone),
                damaged(5, Field::Extension),
                damaged(6, Field::FirstName),
                damaged(7, Field::LastName),
                damaged(8, Field::PrimaryPhone),
                damaged(8, Field::Extension),
            ]
        );
        assert_eq!(
            report.to_string().lines().next().unwrap(),
            "line 2, Primary Phone: 45017 A spreadsheet has changed this value. Format the column as text, enter the \
             value again and save the file once more."
        );
        assert_eq!(phones(&world).await, [("8@sp.com".to_owned(), Some("+442079460000".to_owned()))]);
    });
}

#[test]
fn columns_are_known_however_they_are_written_and_unknown_ones_are_named() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let file = " broadworks id , FIRST_NAME,Last\u{a0}name,E-mail,package,\u{feff}ENTERPRISE ID,Phone,Favourite Colour,,\
             Error Text\r\n1@sp.com,Ann,Lee,ann@acme.example,basic,Ent1,+1 240,red,x,y\r\n";
        let report = read(&world, file, &options(&template)).await.unwrap();
        assert_eq!(
            (counts(&report), &report.ignored_columns[..]),
            ((1, 1, 0, 0), &["Favourite Colour".to_owned()][..])
        );
        assert!(
            report
                .to_string()
                .starts_with("columns that were not read, because nobody knows them: \"Favourite Colour\"\n")
        );
        let ann = &all(&world).await[0];
        assert_eq!((ann.email.as_deref(), ann.primary_phone.as_deref()), (Some("ann@acme.example"), Some("+1 240")));

        // Of two that could be meant, the name that Export writes counts.
        let file = "userId,First Name,Last Name,spEnterpriseId,Phone,Primary Phone\n2@sp.com,Bob,Lee,Ent1,1,2\n";
        let report = read(&world, file, &options(&template)).await.unwrap();
        assert_eq!(report.ignored_columns, ["Phone"]);
        assert_eq!(phones(&world).await[1], ("2@sp.com".to_owned(), Some("2".to_owned())));
        let file = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email,E-mail\n";
        let twice = read(&world, file, &options(&template)).await;
        assert!(matches!(twice, Err(ImportError::Malformed { line: 1, why: Malformation::ColumnTwice("Email") })));
    });
}

#[test]
fn packages_ignore_case_and_a_wrong_value_is_told_the_right_ones() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let header = "BroadWorks ID,First Name,Last Name,Enterprise ID,Package,Time Zone,Language";
        let file = format!(
            "{header}\n1@sp.com,Ann,Lee,acme,Standard,america/new_york,EN_us\n2@sp.com,Bob,Lee,acme,\u{200b}PREMIUM,,zh-Hant-HK\n\
             3@sp.com,Cy,Lee,acme,gold,,\n4@sp.com,Di,Lee,acme,,Europe/Atlantis,\n5@sp.com,Ed,Lee,acme,,,English\n"
        );
        let report = read(&world, &file, &options(&template)).await.unwrap();
        let told: Vec<_> = report.problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "line 4, Package: 45001 A parameter has a value that is not allowed. Use softphone, basic, standard or \
                 premium.",
                "line 5, Time Zone: 45001 A parameter has a value that is not allowed. Use a name of the IANA time zone \
                 database, such as Europe/Sofia.",
                "line 6, Language: 45001 A parameter has a value that is not allowed. Use a language tag, such as en or \
                 en-US.",
            ]
        );
        let users = all(&world).await;
        assert_eq!((users[0].package.as_str(), users[1].package.as_str()), ("standard", "premium"));
        assert_eq!(users[0].timezone.as_deref(), Some("America/New_York"));
    });
}

#[test]
fn what_nobody_sees_is_no_part_of_a_cell() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let file = format!(
            "{HEADER}\n\u{a0}1@sp.com\u{a0},\u{feff}Ann\u{200b},\u{2060}Lee,SP1+acme,,,\u{202d}+1 240\u{202c}\n\
             2@s\u{200b}p.com,Bob,Lee,SP1+acme,,,\n3@sp.com,Cy,Lee,SP1+\u{200b}acme,,,\n4@sp.com,\u{200b},Lee,SP1+acme,,,\n"
        );
        let report = read(&world, &file, &options(&template)).await.unwrap();
        assert_eq!(
            report.problems,
            [
                problem(3, Field::UserId, Fault::InvalidParameter),
                problem(4, Field::SpEnterpriseId, Fault::InvalidParameter),
                problem(5, Field::FirstName, Fault::MissingParameter),
            ]
        );
        let [ann] = &all(&world).await[..] else { panic!("not one user") };
        assert_eq!((ann.user_id.as_str(), ann.first_name.as_str(), ann.last_name.as_str()), ("1@sp.com", "Ann", "Lee"));
        assert_eq!(ann.primary_phone.as_deref(), Some("+1 240"));
    });
}

#[test]
fn a_file_is_read_in_whatever_form_a_spreadsheet_saved_it() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let text = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email\r\nU,Мария,\"O,Lee\",acme,\r\n,,,,\r\nU2,,Lee,acme,\r\n";
        let with = |delimiter: &str| text.replace("O,Lee", "O;Lee").replace(',', delimiter);
        let utf_16 = |text: &str, big: bool| -> Vec<u8> {
            let units = format!("\u{feff}{text}");
            units.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        for (number, (file, line)) in [
            (with(",").into_bytes(), 4),
            (with(";").into_bytes(), 4),
            (with("\t").into_bytes(), 4),
            (utf_16(&with("\t"), false), 4),
            (utf_16(&with(";"), true), 4),
            (format!("sep=;\r\n{}", with(";")).into_bytes(), 5),
            (format!("\u{feff}\"SEP=,\"\r\n{}", with(",")).into_bytes(), 5),
            (format!("sep=|\n{}", with("|")).into_bytes(), 5),
            (utf_16(&format!("sep=\t\r\n{}", with("\t")), false), 5),
            (with(",").replace("\r\n", "\r").into_bytes(), 4),
            (format!(";;;;\r\n\r\n{}", with(";")).into_bytes(), 6),
        ]
        .into_iter()
        .enumerate()
        {
            let mut file = file;
            // Each file has users of its own.
            let (from, to) = (b'U', b'A' + u8::try_from(number).unwrap());
            for byte in file.iter_mut().skip(9).filter(|byte| **byte == from) {
                *byte = to;
            }
            let report =
                read(&world, &file, &options(&template)).await.unwrap_or_else(|error| panic!("{number}: {error}"));
            assert_eq!(counts(&report), (2, 1, 0, 1), "{number}: {report}");
            assert_eq!(report.problems, [problem(line, Field::FirstName, Fault::MissingParameter)], "{number}");
            let users = all(&world).await;
            let newest = users.last().unwrap();
            assert!(newest.first_name == "Мария" && newest.last_name.starts_with('O'), "{number}: {newest:?}");
        }
        let mut broken = utf_16(&with("\t"), false);
        broken.pop();
        let cut = read(&world, &broken, &options(&template)).await;
        assert!(matches!(cut, Err(ImportError::Malformed { line: 5, why: Malformation::NotUtf8 })), "{cut:?}");
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
        let first =
            |line| report.problems.iter().find(|problem| problem.line == line).map(|p| (p.field.unwrap(), p.fault));
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
fn a_table_of_too_many_columns_is_none() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let with = |more: usize| {
            let names: String = (0..more).map(|number| format!(",c{number}")).collect();
            format!("{HEADER}{names}\r\n1@sp.com,Ann,Lee,SP1+acme\r\n")
        };
        let why = Malformation::TooManyColumns;
        let refused = read(&world, with(80_000), &options(&template)).await;
        assert!(matches!(refused, Err(ImportError::Malformed { line: 1, why: found }) if found == why));
        assert_eq!(read(&world, with(200), &options(&template)).await.unwrap().added, 1);
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
            (format!("{good}2@sp.com,\"Bob,Lee,acme,,,\n").into_bytes(), 3, Malformation::QuoteOpen),
            (format!("{good}2@sp.com,\"Bob\" Bill,Lee,acme,,,\n").into_bytes(), 3, Malformation::QuoteStray),
            (
                format!("{HEADER},Notes\n1@sp.com,Ann,Lee,acme,,,,\"late\n2@sp.com,Bob,Lee,acme,,,,\"late\"\n")
                    .into_bytes(),
                2,
                Malformation::QuoteStray,
            ),
            (b"PK\x03\x04 workbook".to_vec(), 1, Malformation::Workbook),
            (
                format!("{good}2@sp.com,Bob,Lee,acme,,,\"\n3@sp.com,Cy,Lee,acme,,,").into_bytes(),
                3,
                Malformation::QuoteOpen,
            ),
            (format!("{HEADER},\"Status\r\n1@sp.com,Ann,Lee,acme,,,,\r\n").into_bytes(), 1, Malformation::QuoteOpen),
            (
                format!("{HEADER}\r\n\r\n1@sp.com,Ann,Lee,acme,,,\r\n\r\n,,,,,,\r\n2@sp.com,\"\r\n").into_bytes(),
                6,
                Malformation::QuoteOpen,
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
        let report = import(&world.store, &world.environment, world.tenant, file, &options, tell).await.unwrap();
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
