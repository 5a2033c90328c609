//! Questions as archivists write them, and what they are understood to ask.

use super::dates::Period;
use super::*;

fn all(text: &str) -> Vec<Vec<Said>> {
    Understood::read(text).all
}

fn said(word: &str) -> Said {
    Said::Words(word.into())
}

fn lexeme(text: &str) -> Said {
    Said::Lexeme(text.into())
}

fn phrase(text: &str) -> Said {
    Said::Phrase(text.into())
}

#[test]
fn words_are_each_asked_for_and_what_parts_them_does_not_count() {
    assert_eq!(all("  budget  primitif "), [vec![said("budget")], vec![said("primitif")]]);
    assert_eq!(all("Saint-Aubrac"), [vec![said("Saint Aubrac")]]);
    assert_eq!(all("rue de l’Église"), [vec![said("rue")], vec![said("de")], vec![said("l Église")]]);
    assert_eq!(all(" « » \" ! ? -- "), Vec::<Vec<Said>>::new());
    assert_eq!(Understood::read("mandat n° 1542").key.as_deref(), Some("mandat 1542"));
    assert_eq!(all("mandat n° 542"), [vec![said("mandat")], vec![said("542")]]);
}

#[test]
fn phrases_stand_between_quotation_marks_of_any_kind() {
    for text in ["« rue des Lilas »", "\"rue des Lilas\"", "“rue des Lilas”"] {
        assert_eq!(all(text), [vec![phrase("rue des Lilas")]], "{text}");
    }
    assert_eq!(all("\"rue des"), [vec![said("rue")], vec![said("des")]], "a mark that is not closed");
    assert_eq!(all("plan \"rue Basse\" 12")[1], [phrase("rue Basse")]);
}

#[test]
fn identifiers_are_known_by_their_shape_whatever_parts_them() {
    for (text, id) in [
        ("1542/2023", "1542-2023"),
        ("2023-045", "2023-45"),
        ("DEL_2024_012", "del-2024-12"),
        ("del-2024-12", "del-2024-12"),
        ("CP2026-03-042", "cp2026-3-42"),
        ("21960004200012", "21960004200012"),
        ("219 600 042 00012", "21960004200012"),
        ("219 600 042", "219600042"),
        ("W-2026-000123,", "w-2026-123"),
    ] {
        let read = Understood::read(text);
        assert_eq!(read.own, [vec![lexeme(&format!("#!{id}"))]], "{text}");
        assert!(read.all[0].contains(&lexeme(&format!("#{id}"))), "{text}: {:?}", read.all);
    }
    let read = Understood::read("mandat 1542/2023");
    assert_eq!(read.all[1], [lexeme("#1542-2023"), phrase("1542 2023")]);
    assert_eq!((read.phrase.as_str(), read.own.len()), ("mandat 1542 2023", 0));
    assert!(Understood::read("rue Saint-Jean 3,5 1542").own.is_empty());
}

#[test]
fn dates_are_read_as_french_offices_write_them() {
    for (text, asked) in [
        ("14 juillet 2022", "@2022-07-14"),
        ("14/07/2022", "@2022-07-14"),
        ("2022-07-14", "@2022-07-14"),
        ("1er mars 2023", "@2023-03-01"),
        ("mars 2023", "@2023-03"),
        ("Août 1998", "@1998-08"),
        ("03/2023", "@2023-03"),
        ("2023-03", "@2023-03"),
        ("2023", "@2023"),
    ] {
        let all = all(text);
        assert_eq!(all.len(), 1, "{text}");
        assert_eq!(all[0][0], lexeme(asked), "{text}");
    }
    assert_eq!(all("12/2023"), [vec![lexeme("@2023-12"), phrase("12 2023"), lexeme("#12-2023")]]);
    for text in ["mars", "1er", "99/2023", "1542", "32/01/2023"] {
        assert!(
            !all(text)
                .iter()
                .flatten()
                .any(|said| matches!(said, Said::Lexeme(date) if date.len() > 5 && date.starts_with('@'))),
            "{text}"
        );
    }
}

#[test]
fn a_period_asks_for_what_touches_it_and_for_nothing_else() {
    let asked = |text: &str| match &all(text)[..] {
        [ways] => ways
            .iter()
            .map(|way| if let Said::Lexeme(text) = way { text.clone() } else { panic!() })
            .collect(),
        other => panic!("{text}: {other:?}"),
    };
    let days: Vec<String> = asked("du 3 au 5 mars 2023");
    assert_eq!(days, ["@2023+", "@2023-03+", "@2023-03-03", "@2023-03-04", "@2023-03-05"]);
    let months: Vec<String> = asked("du 1er mars 2023 au 30 avril 2023");
    assert_eq!(months, ["@2023+", "@2023-03", "@2023-04"]);
    assert_eq!(asked("entre 2019 et 2021"), ["@2019", "@2020", "@2021"]);
    let touches = |start: &str, end: &str, asked: &[String]| {
        let period = Period::written(Some(start), Some(end)).unwrap().lexemes();
        asked.iter().any(|one| period.contains(one))
    };
    assert!(touches("2023-03-05", "2023-03-09", &days) && touches("2023-02-20", "2023-05-01", &days));
    assert!(touches("1990", "2030", &days) && touches("2023", "2023", &days));
    assert!(!touches("2023-03-06", "2023-03-09", &days) && !touches("2022-01-01", "2022-12-31", &days));
    assert!(touches("2023-04-30", "2023-04-30", &months) && !touches("2023-05-01", "2023-05-01", &months));
    assert_eq!(all("rue du Bac").len(), 3, "no period");
}

#[test]
fn what_is_not_wanted_is_left_out() {
    let read = Understood::read("budget -annexe");
    assert_eq!((read.all, read.none), (vec![vec![said("budget")]], vec![vec![said("annexe")]]));
    assert_eq!(read.key, None);
}

#[test]
fn a_question_is_bounded() {
    let long = "mot 2023 1542/2023 ".repeat(5_000);
    assert_eq!(Understood::read(&long).all.len(), TERMS_MAX);
    let period: usize = all("du 2 janvier 1000 au 30 décembre 2099").iter().map(Vec::len).sum();
    assert!(period <= 402, "{period}");
}

#[test]
fn the_same_title_has_the_same_key() {
    for title in ["Mandat n° 01542/2023", "MANDAT 1542 2023", "Le mandat n°1542-2023"] {
        assert_eq!(key(title), "mandat 1542 2023", "{title}");
    }
    assert_eq!(key("Cœur d’Éveil : œuvres"), "coeur eveil oeuvres");
    assert!(key(&"mot ".repeat(500)).len() <= 160);
}

#[test]
fn a_unit_is_entered_with_what_it_may_be_asked_by() {
    let content = crate::model::Content {
        descriptions: vec!["Réponse au courrier 2022-118".into()],
        start_date: Some("2023-03-14".into()),
        others: vec![("OriginatingAgencyArchiveUnitIdentifier".into(), "DEL_2023_045".into())],
        ..Default::default()
    };
    let indexed = Indexed::of("Délibération n° 2023-045", &content, Some("2027-000001"));
    assert_eq!(
        (indexed.title.as_str(), indexed.title_key.as_str()),
        ("Délibération 2023 045", "deliberation 2023 45")
    );
    for own in [
        "#!2023-45",
        "#2023-45",
        "#!del-2023-45",
        "#!2027-1",
        "#2022-118",
        "@2023-03-14",
        "@!2023-03",
        "=y:2023",
    ] {
        assert!(indexed.lexemes.iter().any(|one| one == own), "{own}: {:?}", indexed.lexemes);
    }
    assert!(!indexed.lexemes.iter().any(|one| one == "#!2022-118"), "only spoken of");
}
