//! What a file may look like, and what is none.

use domain::{Fault, Field};
use server::import::{ImportError, ImportOptions, Malformation};

use super::{HEADER, all, counts, options, phones, problem, read};
use crate::support::{World, for_each_database};

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
                .starts_with("columns that were not read, because they are unknown: \"Favourite Colour\"\n")
        );
        let ann = &all(&world).await[0];
        assert_eq!((ann.email.as_deref(), ann.primary_phone.as_deref()), (Some("ann@acme.example"), Some("+1 240")));

        // Of two that could be meant, the name that Export writes counts.
        let file = "userId,First Name,Last Name,spEnterpriseId,Phone,Primary Phone\n2@sp.com,Bob,Lee,Ent1,101,102\n";
        let report = read(&world, file, &options(&template)).await.unwrap();
        assert_eq!(report.ignored_columns, ["Phone"]);
        assert_eq!(phones(&world).await[1], ("2@sp.com".to_owned(), Some("102".to_owned())));
        let file = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email,E-mail\n";
        let twice = read(&world, file, &options(&template)).await;
        assert!(matches!(twice, Err(ImportError::Malformed { line: 1, why: Malformation::ColumnTwice("Email") })));
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
            (format!("sep=;,,,,\r\n{}", with(",")).into_bytes(), 5),
            (format!("\"sep=,\";;;;\r\n{}", with(";")).into_bytes(), 5),
            (format!("{}\u{1a}", with(",")).into_bytes(), 4),
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
