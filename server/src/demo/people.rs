//! Realistic people for the demo, each made from a number: no randomness, nobody real.
//!
//! A name is all of one language, as names mostly are, and where the language has it, the family name agrees with the
//! given one. Domains are reserved by RFC 2606, telephone numbers by Ofcom for use in fiction.

/// Somebody with a BroadWorks user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The BroadWorks user id, unique per number.
    pub user_id: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// An address, unique per number.
    pub email: String,
    /// The directory number.
    pub phone: String,
    /// The extension.
    pub extension: String,
}

/// The names of one language, apart by spaces. Women's and men's given names take turns; a family name that is not the
/// same for both is written `hers/his`.
struct Names {
    given: &'static str,
    family: &'static str,
}

const NAMES: [Names; 6] = [
    Names {
        given: "Giulia Lorenzo Chiara Niccolò Beatrice Tommaso Elena Matteo Noemi Davide Lucia Edoardo \
                Ginevra Simone Federica Riccardo",
        family: "Ricci Esposito Greco Marchetti D'Angelo Moretti Fontana Barbieri Caruso Ferrara Desantis \
                 Nicolò Pellegrini Vitale Sanna Rinaldi Colombo",
    },
    Names {
        given: "Olivia James Amelia Noah Grace Harry Charlotte George Zoë Callum Imogen Rhys Siobhán \
                Ewan Harriet Alfie",
        family: "Hughes Bennett Fisher Palmer O'Connor Thornton Whitfield Sinclair Ashworth MacLeod \
                 Brontë Hollis Lloyd-Jones Pryce Radcliffe Stroud Yardley",
    },
    Names {
        given: "Ивайла Матей Надежда Борислав Десислава Калоян Радостина Стоян Цветелина Николай Гергана \
                Явор Милена Пламен Йоана Любомир",
        family: "Димитрова/Димитров Колева/Колев Ангелова/Ангелов Тодорова/Тодоров Станчева/Станчев \
                 Василева/Василев Петкова/Петков Йорданова/Йорданов Миткова/Митков Живкова/Живков \
                 Щерева/Щерев Чавдарова/Чавдаров Хаджиева/Хаджиев Кръстева/Кръстев Бояджиева/Бояджиев \
                 Юнакова/Юнаков Цанкова/Цанков",
    },
    Names {
        given: "Klara Jürgen Hannah Björn Käthe Lukas Sabine Matthias Grete Jörg Ilse Günther Ulrike \
                Tobias Änne Florian",
        family: "Müller Weiß Schäfer Krüger Böhm Vogel Lindner Groß Köhler Brandt Jäger Seidel Pfeiffer \
                 Thiele Steinmetz Özdemir Zimmermann",
    },
    Names {
        given: "Inés Álvaro Lucía Íñigo Begoña Andrés Carmen Joaquín Nuria Rubén Ainhoa Martín Rocío \
                Germán Pilar Ignacio",
        family: "García Muñoz Ibáñez Peña Domínguez Serrano Castaño Echeverría Núñez Vidal Herrero Güell \
                 Quintana Rosales Urrutia Zamora Lozano",
    },
    Names {
        given: "Małgorzata Łukasz Agnieszka Paweł Żaneta Michał Zofia Grzegorz Bożena Krzysztof Danuta \
                Wojciech Jagoda Sławomir Halina Bartosz",
        family: "Kowalska/Kowalski Nowak Wiśniewska/Wiśniewski Wójcik Zielińska/Zieliński Kowalczyk \
                 Dąbrowska/Dąbrowski Król Jabłońska/Jabłoński Gołąb Sikorska/Sikorski Mróz \
                 Żukowska/Żukowski Pająk Lewandowska/Lewandowski Stępień Rutkowska/Rutkowski",
    },
];
const DOMAINS: [&str; 5] =
    ["auroradental.example", "costaverde.example", "balkanfreight.example", "mail.example", "post.example"];
/// Area codes whose numbers 496 0000 to 496 0999 are given to nobody.
const AREAS: [u16; 11] = [113, 114, 115, 116, 117, 118, 121, 131, 141, 151, 161];

/// The person of that number.
#[must_use]
pub fn person(index: usize) -> Person {
    let names = &NAMES[index % NAMES.len()];
    let (given, family): (Vec<_>, Vec<_>) = (names.given.split(' ').collect(), names.family.split(' ').collect());
    // 16 given and 17 family names have no divisor in common: every pair comes once before one comes again.
    let turn = index / NAMES.len();
    let is_hers = (turn % given.len()).is_multiple_of(2);
    let first_name = given[turn % given.len()];
    let last_name = family[turn % family.len()];
    let last_name = last_name.split_once('/').map_or(last_name, |(hers, his)| if is_hers { hers } else { his });
    let again = match turn / (given.len() * family.len()) {
        0 => String::new(),
        times => (times + 1).to_string(),
    };
    Person {
        user_id: format!("{}@northwind.example", 95_540_000 + index * 7),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        email: format!("{}.{}{again}@{}", latin(first_name), latin(last_name), DOMAINS[index % DOMAINS.len()]),
        phone: format!("+44-{}4960{:03}", AREAS[index / 1_000 % AREAS.len()], index % 1_000),
        extension: format!("{}", 1_000 + index % 9_000),
    }
}

/// A name as its bearer would write it in an address: lower-case letters from a to z.
///
/// Bulgarian by the law of 2009 on transliteration, the rest as is usual in the language.
fn latin(name: &str) -> String {
    name.to_lowercase().chars().map(latin_letter).collect()
}

fn latin_letter(letter: char) -> &'static str {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyz";
    match letter {
        'а' | 'à' | 'á' | 'ą' => "a",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'д' => "d",
        'е' | 'è' | 'é' | 'ë' | 'ę' => "e",
        'ж' => "zh",
        'з' | 'ż' | 'ź' => "z",
        'и' | 'ì' | 'í' => "i",
        'й' => "y",
        'к' => "k",
        'л' | 'ł' => "l",
        'м' => "m",
        'н' | 'ñ' | 'ń' => "n",
        'о' | 'ò' | 'ó' => "o",
        'п' => "p",
        'р' => "r",
        'с' | 'ś' => "s",
        'т' => "t",
        'у' | 'ú' => "u",
        'ф' => "f",
        'х' => "h",
        'ц' => "ts",
        'ч' => "ch",
        'ш' => "sh",
        'щ' => "sht",
        'ъ' => "a",
        'ь' => "y",
        'ю' => "yu",
        'я' => "ya",
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'ć' => "c",
        _ => PLAIN.find(letter).map_or("", |at| &PLAIN[at..=at]),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::{BroadWorksId, EmailAddress};

    use super::*;

    #[test]
    fn nobody_is_there_twice() {
        let people: Vec<_> = (0..10_000).map(person).collect();
        let distinct = |field: fn(&Person) -> &String| people.iter().map(field).collect::<HashSet<_>>().len();
        assert_eq!(
            (distinct(|p| &p.user_id), distinct(|p| &p.email), distinct(|p| &p.phone)),
            (10_000, 10_000, 10_000)
        );
        let names: HashSet<_> = people[..1_632].iter().map(|p| (&p.first_name, &p.last_name)).collect();
        assert_eq!(names.len(), 1_632);
    }

    #[test]
    fn ids_and_addresses_are_valid() {
        for person in (0..10_000).map(person) {
            assert!(BroadWorksId::parse(&person.user_id).is_ok() && EmailAddress::parse(&person.email).is_ok());
        }
    }

    #[test]
    fn names_agree_and_turn_into_addresses() {
        let named = |index| {
            let person = person(index);
            (person.first_name + " " + &person.last_name, person.email)
        };
        assert_eq!(named(0), ("Giulia Ricci".into(), "giulia.ricci@auroradental.example".into()));
        assert_eq!(named(2), ("Ивайла Димитрова".into(), "ivayla.dimitrova@balkanfreight.example".into()));
        assert_eq!(named(8), ("Матей Колев".into(), "matey.kolev@mail.example".into()));
        assert_eq!(named(9), ("Jürgen Weiß".into(), "juergen.weiss@post.example".into()));
        assert_eq!(named(13), ("Amelia Fisher".into(), "amelia.fisher@mail.example".into()));
        assert_eq!(named(1_632).1, "giulia.ricci2@balkanfreight.example");
    }
}
