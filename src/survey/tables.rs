//! The tables that the pilot imports: producers to ask, and answers that came on paper.
//!
//! ```text
//! siren;nom;type;population;email;contact
//! siren;q1;q1b;q1b_autre;q2;q2b;q2b_autre;q3;canal;date
//! 213300635;oui;Actes|Autre;plans;non;;;oui;papier;2027-03-01
//! ```

use std::collections::HashSet;

use chrono::NaiveDate;

use super::reply::Typed;
use super::{Channel, Producer, ProducerKind, Reply};
use crate::mail::is_address;
use crate::model::numbers::is_siren;
use crate::table::{self, Bounds, Columns, Line, folded};

/// Bytes of a table, its lines, characters of a value.
pub const BOUNDS: Bounds = Bounds { bytes_max: 2 << 20, lines_max: 5_000, chars_max: 300 };

const PRODUCERS: Columns = &[
    ("siren", true),
    ("nom", true),
    ("type", true),
    ("population", false),
    ("email", false),
    ("contact", false),
];
const ANSWERS: Columns = &[
    ("siren", true),
    ("q1", true),
    ("q1b", true),
    ("q1b_autre", true),
    ("q2", true),
    ("q2b", true),
    ("q2b_autre", true),
    ("q3", false),
    ("canal", true),
    ("date", true),
];

/// An answer on paper, of whom, and the date it bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub siren: String,
    pub reply: Reply,
    pub answered_on: NaiveDate,
}

/// Reads the producers, or says all that is wrong, line by line.
pub fn producers(table: &str) -> Result<Vec<Producer>, Vec<String>> {
    let mut known = HashSet::new();
    let producers = table::read(table, PRODUCERS, BOUNDS, |line| {
        once(&mut known, line, producer(line)?, |of| &of.siren)
    })?;
    if producers.is_empty() { Err(vec!["le tableau n’a aucun producteur".into()]) } else { Ok(producers) }
}

/// Reads answers on paper that came until this day, of producers who are asked, or says all that is wrong, line by line.
pub fn papers(table: &str, asked: &HashSet<String>, today: NaiveDate) -> Result<Vec<Paper>, Vec<String>> {
    let mut known = HashSet::new();
    let papers = table::read(table, ANSWERS, BOUNDS, |line| {
        let paper = paper(line, today)?;
        if !asked.contains(&paper.siren) {
            return Err(format!("le SIREN {} n’est d’aucun producteur de ce recensement", paper.siren));
        }
        once(&mut known, line, paper, |of| &of.siren)
    })?;
    if papers.is_empty() { Err(vec!["le tableau n’a aucune réponse".into()]) } else { Ok(papers) }
}

/// Refuses a SIREN that comes again.
fn once<T>(
    known: &mut HashSet<String>,
    line: &Line,
    of: T,
    siren: impl Fn(&T) -> &String,
) -> Result<T, String> {
    match known.insert(siren(&of).clone()) {
        true => Ok(of),
        false => Err(format!("le SIREN {} vient deux fois", line.value("siren"))),
    }
}

fn siren(line: &Line) -> Result<String, String> {
    let written = line.text("siren", true)?;
    let siren: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    match is_siren(&siren) {
        true => Ok(siren),
        false => Err(format!(
            "« {written} » n’est pas un SIREN : neuf chiffres, dont le dernier contrôle les autres"
        )),
    }
}

fn producer(line: &Line) -> Result<Producer, String> {
    let kind = line.text("type", true)?;
    let population: String = line.text("population", false)?.chars().filter(|c| !c.is_whitespace()).collect();
    let population = match population.as_str() {
        "" => None,
        text => {
            let read = text.parse::<u32>().ok().filter(|number| i32::try_from(*number).is_ok());
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            Some(read.filter(|_| is_number).ok_or("« population » : un nombre d’habitants")?)
        }
    };
    let email = line.text("email", false)?.to_lowercase();
    if !email.is_empty() && !is_address(&email) {
        return Err(format!("« {email} » n’est pas une adresse électronique"));
    }
    Ok(Producer {
        siren: siren(line)?,
        name: line.text("nom", true)?,
        kind: ProducerKind::from_code(&kind.to_uppercase()).ok_or_else(|| {
            format!("« {kind} » n’est pas un type : DEPT, EPCI, COM, SYNDICAT, CCAS, SERVICE ou AUTRE")
        })?,
        population,
        email: Some(email).filter(|email| !email.is_empty()),
        contact: line.text("contact", false)?,
    })
}

fn paper(line: &Line, today: NaiveDate) -> Result<Paper, String> {
    let domains = |name| -> Vec<String> { line.value(name).split('|').map(str::to_owned).collect() };
    let typed = Typed {
        q1: line.value("q1"),
        q1b: domains("q1b"),
        q1b_other: line.value("q1b_autre"),
        q2: line.value("q2"),
        q2b: domains("q2b"),
        q2b_other: line.value("q2b_autre"),
        q3: line.value("q3"),
    };
    let channel = line.value("canal");
    if folded(&channel) != Channel::Paper.label() {
        return Err(format!("« {channel} » : seules s’importent les réponses de canal « papier »"));
    }
    let date = line.value("date");
    let answered_on = read_date(&date)
        .ok_or_else(|| format!("« {date} » n’est pas une date : 2027-03-01 ou 01/03/2027"))?;
    if answered_on > today {
        return Err(format!("« {date} » n’est pas encore venu"));
    }
    let said = |wrong: super::reply::Wrong| format!("« {} » : {}", wrong.field, wrong.sentence);
    let reply = typed.reply(true);
    let reply = reply.map_err(|wrong| wrong.into_iter().map(said).collect::<Vec<_>>().join(" "))?;
    Ok(Paper { siren: siren(line)?, reply, answered_on })
}

/// `2027-03-01` or `01/03/2027`.
pub fn read_date(text: &str) -> Option<NaiveDate> {
    let of = |format| NaiveDate::parse_from_str(text.trim(), format).ok();
    of("%Y-%m-%d").or_else(|| of("%d/%m/%Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "siren;nom;type;population;email;contact\n";

    #[test]
    fn producers_are_read_or_each_wrong_line_told() {
        let read = producers(&format!(
            "\u{feff}{HEAD}732 829 320;Commune d’É;com;1 250;Mairie@Exemple.fr;Le maire\n"
        ))
        .unwrap();
        assert_eq!(read[0].siren, "732829320");
        assert_eq!((read[0].kind, read[0].population), (ProducerKind::Commune, Some(1_250)));
        assert_eq!(read[0].email.as_deref(), Some("mairie@exemple.fr"));
        let lines = [
            ("732829320;A;COM;;;", ""),
            ("732829320;A;COM;;;", "ligne 3 : le SIREN 732829320 vient deux fois"),
            ("732829321;A;COM;;;", "ligne 4 : « 732829321 » n’est pas un SIREN"),
            ("73282932;A;COM;;;", "ligne 5 : « 73282932 » n’est pas un SIREN"),
            ("213300635;;COM;;;", "ligne 6 : « nom » manque"),
            ("213300635;A;VILLE;;;", "ligne 7 : « VILLE » n’est pas un type"),
            ("213300635;A;COM;-3;;", "ligne 8 : « population » : un nombre"),
            ("213300635;A;COM;+3;;", "ligne 9 : « population » : un nombre"),
            ("213300635;A;COM;9999999999;;", "ligne 10 : « population » : un nombre"),
            ("213300635;A;COM;;mairie;", "ligne 11 : « mairie » n’est pas une adresse"),
            ("213300635;A;COM;;;;x", "ligne 12 : plus de valeurs que de colonnes"),
        ];
        let table = HEAD.to_owned() + &lines.map(|(line, _)| line).join("\n");
        let faults = producers(&table).unwrap_err();
        let expected: Vec<&str> =
            lines.iter().map(|(_, fault)| *fault).filter(|fault| !fault.is_empty()).collect();
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.starts_with(expected), "{fault}");
        }
        assert_eq!(producers(HEAD).unwrap_err(), ["le tableau n’a aucun producteur"]);
    }

    #[test]
    fn papers_are_of_those_who_are_asked_and_of_days_that_came() {
        let today: NaiveDate = "2027-03-02".parse().unwrap();
        let asked: HashSet<String> = ["732829320".to_owned(), "213300635".to_owned()].into();
        let of = |line: &str| {
            let table = format!("siren;q1;q1b;q1b_autre;q2;q2b;q2b_autre;canal;date\n{line}\n");
            papers(&table, &asked, today)
        };
        let read = of("732829320;oui;Actes|Autre;plans;non;;;papier;01/03/2027").unwrap();
        assert_eq!(read[0].reply.already_in, ["Actes", "Autre"]);
        assert_eq!((read[0].reply.interested, read[0].answered_on.to_string()), (None, "2027-03-01".into()));
        for (wrong, expected) in [
            ("732829320;oui;;;non;;;papier;2027-03-01", "« q1b » : Vous répondez « oui »"),
            ("732829320;oui;Eau;;non;;;papier;2027-03-01", "« q1b » : Un des domaines"),
            ("732829320;oui;Autre;;non;;;papier;2027-03-01", "« q1b_autre » : Dites"),
            ("732829320;non;;;;;;papier;2027-03-01", "« q2 » : Répondez"),
            ("732829320;non;;;non;;;lien;2027-03-01", "« lien » : seules s’importent"),
            ("732829320;non;;;non;;;papier;2027-03-03", "« 2027-03-03 » n’est pas encore venu"),
            ("732829320;non;;;non;;;papier;hier", "« hier » n’est pas une date"),
            ("356000000;non;;;non;;;papier;2027-03-01", "le SIREN 356000000 n’est d’aucun producteur"),
            ("12;non;;;non;;;papier;2027-03-01", "« 12 » n’est pas un SIREN"),
        ] {
            let faults = of(wrong).unwrap_err();
            assert!(faults[0].starts_with(&format!("ligne 2 : {expected}")), "{wrong}: {faults:?}");
        }
    }
}
