//! What may stand in a cell.

use app::{hub::import_words::in_words, i18n::Locale};
use domain::{Fault, Field};
use server::import::{ImportOptions, RowProblem};

use super::{HEADER, all, counts, options, phones, problem, read};
use crate::support::{World, for_each_database};

#[test]
fn empty_cells_at_a_rows_end_may_be_left_out_and_ones_too_many_are_refused() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let file = format!(
            "{HEADER}\r\n1@sp.com,Ann,Lee,SP1+acme,ann@acme.com,basic,101\r\n2@sp.com,Bob,Lee,SP1+acme\r\n\
             3@sp.com,Cy,Lee,SP1+acme,,,,,,\r\n4@sp.com,Di,Lee, Jr.,SP1+acme,di@acme.com,basic,101\r\n5@sp.com,Ed\r\n"
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

/// Apostrophes are how people keep a spreadsheet's hands off ids; where they come along, they are no part of one.
#[test]
fn a_text_mark_before_an_id_and_a_power_in_place_of_a_number_are_refused_in_their_cells() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let header = "BroadWorks ID,First Name,Last Name,Enterprise ID,Primary Phone,Mobile Phone,Extension";
        let file = format!(
            "{header}\r\n'95547321@sp.com,Ann,Lee,SP1+acme,,,\r\n2@sp.com,Bob,Lee,'SP1+acme,,,\r\n\
             \u{2019}3@sp.com,Cy,Lee,SP1+acme,,,\r\n4@sp.com,Di,Lee,SP1+acme,24E8,2e9,1E5\r\n\
             o'hara@sp.com,Ed,O'Hara,SP1+acme,,,\r\n1E5@sp.com,Flo,'t Hart,SP1+acme,,,\r\n"
        );
        let report = read(&world, &file, &options(&template)).await.unwrap();
        let damaged = |line, field| problem(line, field, Fault::DamagedBySpreadsheet);
        assert_eq!(
            report.problems,
            [
                damaged(2, Field::UserId),
                damaged(3, Field::SpEnterpriseId),
                damaged(4, Field::UserId),
                damaged(5, Field::PrimaryPhone),
                damaged(5, Field::MobilePhone),
                damaged(5, Field::Extension),
            ]
        );
        assert_eq!(all(&world).await.len(), 2);
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
fn bad_rows_are_given_back_as_they_were_written_and_taken_in_once_corrected() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let file = format!(
            "{HEADER},Remark\r\n1@sp.com,Ann,Lee,SP1+acme,ann@acme.com,gold,'+1-240-555-1212,\"our, own\"\r\n\
             2@sp.com,Bob,Lee,SP1+acme\r\n3@sp.com,,Lee,SP1+acme,,\r\n"
        );
        assert_eq!(read(&world, &file, &options(&template)).await.unwrap().given_back, None);
        let options = ImportOptions { give_back: Some(Locale::en), ..options(&template) };
        let report = read(&world, &file, &options).await.unwrap();
        let back = report.given_back.unwrap();
        let lines: Vec<_> = back.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(lines[0], format!("{HEADER},Remark,Row Error"));
        assert!(lines[1].starts_with("1@sp.com,Ann,Lee,SP1+acme,ann@acme.com,gold,'+1-240-555-1212,\"our, own\","));
        assert!(
            lines[1].contains("Package: This value is not allowed. Use softphone, basic, standard or premium."),
            "{}",
            lines[1]
        );
        assert!(lines[2].starts_with("3@sp.com,,Lee,SP1+acme,,,,,First Name: "), "{}", lines[2]);
        assert_eq!(lines.len(), 3);

        // One is corrected; the other comes back with one column of errors and not two.
        let report = read(&world, back.replace(",gold,", ",premium,"), &options).await.unwrap();
        assert_eq!((counts(&report), &report.ignored_columns[..]), ((2, 1, 0, 1), &["Remark".to_owned()][..]));
        let again = report.given_back.unwrap();
        assert_eq!(again.matches("Row Error").count(), 1);
        assert_eq!(again.lines().nth(1), back.lines().nth(2));
        let ann = all(&world).await.pop().unwrap();
        assert_eq!((ann.user_id.as_str(), ann.primary_phone.as_deref()), ("1@sp.com", Some("+1-240-555-1212")));
    });
}

#[test]
fn what_is_given_back_says_what_the_page_says_and_changes_no_cell() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let file = format!(
            "{HEADER},Remark\r\n1@sp.com,'=x,''=x,SP1+acme,ann@acme.com,gold,,'=\"0123\"\r\n\
             2@sp.com,Ann,Lee,SP1+acme,,gold,,=\"0123\",'=x\r\n"
        );
        let options = ImportOptions { give_back: Some(Locale::it), ..options(&template) };
        let back = read(&world, &file, &options).await.unwrap().given_back.unwrap();
        let lines: Vec<_> = back.lines().collect();
        assert!(lines[1].starts_with("1@sp.com,'=x,''=x,SP1+acme,ann@acme.com,gold,,"), "{back}");
        assert!(lines[1].contains(",\"'=\"\"0123\"\"\","), "a text that looks like a formula: {back}");
        assert!(lines[1].contains(&in_words(Locale::it, Some(Field::Package), Fault::InvalidParameter)), "{back}");
        assert!(lines[2].starts_with("2@sp.com,Ann,Lee,SP1+acme,,gold,,,"), "a formula comes back as a text: {back}");
        assert!(lines[2].ends_with(",'=x"), "{back}");
    });
}
