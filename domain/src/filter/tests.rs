use proptest::prelude::*;

use super::*;

fn parsed(text: &str) -> Filter {
    Filter::parse(text).unwrap_or_else(|flaw| panic!("{text}: {flaw}"))
}

#[test]
fn what_an_operator_writes_is_understood() {
    let filter = parsed("  status:error,Provisioned code:41007 stuck:>3d package:BASIC ann lee ");
    assert_eq!(filter.statuses, [Status::Error, Status::Provisioned]);
    assert_eq!(filter.codes.iter().map(|fault| fault.code()).collect::<Vec<_>>(), [41007]);
    assert_eq!(filter.stuck.map(Age::milliseconds), Some(3 * 86_400_000));
    assert_eq!((filter.packages.as_slice(), filter.text().as_str()), (&[Package::Basic][..], "ann lee"));
    assert_eq!(filter.to_string(), "status:error,provisioned code:41007 stuck:>3d package:basic ann lee");
    let filter =
        parsed("customer:\"Acme \\\"X\\\" Ltd\" needs:administrator came:flow-through,csv mail:refused same:email");
    assert_eq!(filter.customer.as_deref(), Some("Acme \"X\" Ltd"));
    assert_eq!(
        (filter.needs, filter.came),
        (vec![Requirement::Administrator], vec![Arrival::FlowThrough, Arrival::Csv])
    );
    assert_eq!(parsed("stuck:>3d"), Filter::stuck());
    assert_eq!(parsed("status:waiting").statuses.len(), 3);
    assert_eq!(parsed("\"status:error\"").words, ["status:error"], "what is quoted is a word");
    assert_eq!(parsed("status:pending").statuses.len(), 5);
    assert_eq!(parsed("\"a\"b:c a\\b").words, ["ab:c", "a\\b"], "nor is what goes on behind a quotation a key");
    assert!(parsed("   ").is_empty() && !parsed("ann").is_empty());
    assert!(parsed("same:EMAIL").same_email);
    assert_eq!(parsed(&"a".repeat(LONGEST)).words.len(), 1);
    assert_eq!(parsed("missing:number missing:name provisioned:no id:a@b").missing, [Missing::Number, Missing::Name]);
}

#[test]
fn what_is_not_understood_is_named_with_what_was_meant() {
    let flaw = |text: &str| Filter::parse(text).expect_err(text);
    let key = |key: &str, meant: &str| Flaw::Key { key: key.to_owned(), meant: meant.to_owned() };
    let value = |key: &str, value: &str, meant: &str| Flaw::Value {
        key: key.to_owned(),
        value: value.to_owned(),
        meant: meant.to_owned(),
    };
    assert_eq!(flaw("statsu:error"), key("statsu", "status"));
    assert!(flaw("zebra:1").to_string().contains("status, code, needs"));
    assert_eq!(flaw("status:eror"), value("status", "eror", "error"));
    assert_eq!(flaw("package:basic,standart"), value("package", "standart", "standard"));
    assert_eq!(flaw("stuck:3"), value("stuck", "3", ">3d, >12h"));
    assert_eq!(flaw("stuck:3y"), value("stuck", "3y", ">3d, >12h"));
    assert_eq!(flaw("same:phone"), value("same", "phone", "email"));
    assert_eq!(flaw("stuck:>0d"), value("stuck", ">0d", ">3d, >12h"));
    assert!(flaw("code:41999").to_string().contains("41001, 41002"));
    assert_eq!(flaw("code:420011"), value("code", "420011", "42001"), "a mail's code is one like any other");
    assert_eq!(flaw("provisioned:maybe"), value("provisioned", "maybe", "yes, no"));
    assert_eq!(flaw("id:a id:b"), Flaw::Twice { key: "id".to_owned() });
    assert!(matches!(flaw("customer:"), Flaw::Value { .. }));
    assert_eq!(flaw("ann \"lee"), Flaw::Unquoted);
    assert_eq!(flaw(&"a".repeat(LONGEST + 1)), Flaw::TooLong);
}

fn some<T: Clone + PartialEq + fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = Vec<T>> + use<T> {
    proptest::sample::subsequence(all.to_vec(), 0..=all.len()).prop_shuffle()
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let text = || proptest::option::of("\\PC{1,10}");
    let age = (1_u16.., proptest::sample::select(vec!['m', 'h', 'd', 'w']));
    let age = proptest::option::of(age.prop_map(|(number, unit)| Age { number, unit }));
    let faults = proptest::collection::vec(proptest::sample::select(Fault::ALL), 0..3);
    let lists = (
        some(&Status::ALL),
        faults,
        some(&Package::ALL),
        some(&key::REQUIREMENTS.map(|(one, _)| one)),
        some(&key::ARRIVALS.map(|(one, _)| one)),
        some(&key::MAILS.map(|(one, _)| one)),
        some(&key::MISSING.map(|(one, _)| one)),
    );
    let rest = (age, any::<bool>(), any::<Option<bool>>(), text(), text(), text());
    (lists, rest, proptest::collection::vec("\\PC{1,10}", 0..4)).prop_map(|(lists, rest, words)| {
        let (statuses, mut codes, packages, needs, came, mail, missing) = lists;
        let (stuck, same_email, provisioned, customer, template, id) = rest;
        codes.dedup();
        if codes.first() == codes.get(2) {
            codes.truncate(1);
        }
        let lists = Filter { statuses, codes, packages, needs, came, mail, missing, ..Filter::default() };
        Filter { stuck, same_email, provisioned, customer, template, id, words, ..lists }
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_it_was(filter in any_filter()) {
        let text = filter.to_string();
        if text.chars().count() <= LONGEST {
            prop_assert_eq!(Filter::parse(&text), Ok(filter), "{}", text);
        }
    }

    #[test]
    fn whatever_is_typed_is_read_or_refused(text in "[ a-z:\",\\\\>0-9]{0,40}") {
        if let Ok(filter) = Filter::parse(&text) {
            prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
        }
    }
}
