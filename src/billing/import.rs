//! The table of a year's items, as a spreadsheet gives it: read whole, or refused with every line that is wrong.
//!
//! ```text
//! poste;libellé;catégorie;prévu;réalisé;clés;justification
//! I1;Hébergement, site A;INFRA;18 000,00;18 400,00;40 % EGAL + 60 % STOCK;facture 2027-114
//! ```

use std::collections::HashSet;

use super::{Credit, CreditKind, Prepared};
use crate::costs::cap::Band;
use crate::costs::{CODE_CHARS_MAX, Category, Cents, Key, PARTS_MAX, Part, amount, is_code};
use crate::table::{self, Bounds, Columns, Line};

/// Bytes of a table, its lines, characters of a value.
pub(super) const BOUNDS: Bounds = Bounds { bytes_max: 1 << 20, lines_max: 1_000, chars_max: 300 };
/// A billion euros: past it a comma was forgotten.
const CENTS_MAX: Cents = 100_000_000_000;

/// In any order.
const ITEMS: Columns = &[
    ("poste", true),
    ("libelle", true),
    ("categorie", true),
    ("prevu", false),
    ("realise", false),
    ("cles", true),
    ("justification", false),
];
const CREDITS: Columns = &[("collectivite", true), ("nature", true), ("montant", true), ("libelle", false)];

const KEYS: Columns = &[("poste", true), ("cles", true)];
const CAPS: Columns = &[("moins de", false), ("au plus", false), ("au moins", false)];

/// The norm's own columns (norms §3), in which each line is what an item should cost, or did.
const NORM: Columns = &[
    ("annee", false),
    ("id", true),
    ("categorie", true),
    ("libelle", true),
    ("montant_centimes", true),
    ("etat", true),
    ("parts", true),
];

/// Reads the items, or says all that is wrong, line by line.
pub fn items(table: &str) -> Result<Vec<Prepared>, Vec<String>> {
    let heads = table.lines().next().unwrap_or_default();
    if heads.to_lowercase().split(';').any(|head| head.trim() == "montant_centimes") {
        return items_of_norm(table);
    }
    let mut known = HashSet::new();
    let items = table::read(table, ITEMS, BOUNDS, |line| {
        let item = item(line)?;
        match known.insert(item.item.clone()) {
            true => Ok(item),
            false => Err(format!("le poste « {} » vient deux fois", item.item)),
        }
    })?;
    if items.is_empty() { Err(vec!["le tableau n'a aucun poste".into()]) } else { Ok(items) }
}

/// A line a cost, forecast or actual: those of one item are put together.
fn items_of_norm(table: &str) -> Result<Vec<Prepared>, Vec<String>> {
    let mut items: Vec<Prepared> = Vec::new();
    table::read(table, NORM, BOUNDS, |line| {
        let amount = line.value("montant_centimes").parse().ok();
        let cents: Cents = amount
            .filter(|cents: &Cents| cents.abs() <= CENTS_MAX)
            .ok_or("« montant_centimes » : un nombre entier de centimes")?;
        let read = Prepared {
            item: code(line, "id")?,
            label: line.text("libelle", true)?,
            category: category(line)?,
            forecast: None,
            actual: None,
            parts: parts_of_norm(&line.value("parts"))?,
            justification: String::new(),
            vouchers: Vec::new(),
        };
        let at = items.iter().position(|item| item.item == read.item).unwrap_or(items.len());
        if at == items.len() {
            items.push(read.clone());
        }
        let item = &mut items[at];
        if item.parts != read.parts || item.category != read.category {
            return Err(format!(
                "le poste « {} » a d'autres clés ou une autre catégorie plus haut",
                item.item
            ));
        }
        let place = match line.value("etat").to_uppercase().as_str() {
            "PREVISIONNEL" => &mut item.forecast,
            "REALISE" => &mut item.actual,
            _ => return Err("« etat » : PREVISIONNEL ou REALISE".into()),
        };
        match place.replace(cents) {
            None => Ok(()),
            Some(_) => Err(format!("le poste « {} » vient deux fois", read.item)),
        }
    })?;
    if items.is_empty() { Err(vec!["le tableau n'a aucun poste".into()]) } else { Ok(items) }
}

/// `EGAL:4000|STOCK:6000`, in basis points; one key alone may do without.
fn parts_of_norm(text: &str) -> Result<Vec<Part>, String> {
    let words: Vec<String> = text
        .split('|')
        .map(|part| match part.rsplit_once(':') {
            Some((key, points)) if !points.is_empty() && points.bytes().all(|byte| byte.is_ascii_digit()) => {
                let points: u64 = points.parse().unwrap_or(u64::MAX);
                format!("{},{:02} % {key}", points / 100, points % 100)
            }
            _ => part.to_owned(),
        })
        .collect();
    parts(&words.join(" + "))
}

/// Reads what members gave or paid ahead; an empty table has none.
pub fn credits(table: &str) -> Result<Vec<Credit>, Vec<String>> {
    if table.trim().is_empty() {
        return Ok(Vec::new());
    }
    table::read(table, CREDITS, BOUNDS, credit)
}

/// Reads bounds by inhabitants, the smallest members first; an empty table has none.
pub fn caps(table: &str) -> Result<Vec<Band>, Vec<String>> {
    if table.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut before = Some(0);
    table::read(table, CAPS, BOUNDS, |line| {
        let band = band(line)?;
        rises(&mut before, band.below)?;
        Ok(band)
    })
}

/// Reads the keys of some items; an empty table has none.
pub fn keys(table: &str) -> Result<Vec<(String, Vec<Part>)>, Vec<String>> {
    if table.trim().is_empty() {
        return Ok(Vec::new());
    }
    table::read(table, KEYS, BOUNDS, |line| Ok((code(line, "poste")?, parts(&line.value("cles"))?)))
}

/// Members are of the first band that they are under: one after a larger would be nobody's.
pub(super) fn rises(before: &mut Option<u64>, below: Option<u64>) -> Result<(), String> {
    match *before {
        Some(smaller) if below.is_none_or(|below| below > smaller) => *before = below,
        _ => return Err("« moins de » : du plus petit au plus grand, la dernière tranche sans limite".into()),
    }
    Ok(())
}

/// A number of inhabitants, when there is one.
pub(super) fn inhabitants(text: &str) -> Result<Option<u64>, String> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if plain.is_empty() {
        return Ok(None);
    }
    let is_number = plain.bytes().all(|byte| byte.is_ascii_digit());
    let number = plain.parse().ok().filter(|_| is_number);
    number.map(Some).ok_or_else(|| "« moins de » : un nombre d'habitants".to_owned())
}

fn band(line: &Line) -> Result<Band, String> {
    let bound = |name: &str| match cents(name, &line.value(name))? {
        Some(cents) if cents < 0 => Err(format!("« {name} » : un montant qui n'est pas négatif")),
        cents => Ok(cents),
    };
    let below = inhabitants(&line.value("moins de"))?;
    let band = Band { below, at_most: bound("au plus")?, at_least: bound("au moins")? };
    if band.at_most.is_none() && band.at_least.is_none() {
        return Err("donnez « au plus » ou « au moins »".into());
    }
    Ok(band)
}

/// A code, as a file of `chartrier costs share` takes it: a closing is one.
fn code(line: &Line, name: &str) -> Result<String, String> {
    let code = line.text(name, true)?;
    if is_code(&code) {
        return Ok(code);
    }
    Err(format!("« {name} » : {CODE_CHARS_MAX} caractères au plus, sans virgule, « = » ni « : »"))
}

fn credit(line: &Line) -> Result<Credit, String> {
    let nature = line.text("nature", true)?;
    let kind = CreditKind::ALL.into_iter().find(|kind| kind.label() == nature.to_lowercase());
    let cents = cents("montant", &line.value("montant"))?.filter(|cents| *cents > 0);
    Ok(Credit {
        member: code(line, "collectivite")?,
        kind: kind
            .ok_or_else(|| format!("« {nature} » : écrivez « en nature », « acompte » ou « frais »"))?,
        cents: cents.ok_or("« montant » : un montant plus grand que zéro")?,
        label: line.text("libelle", false)?,
    })
}

fn category(line: &Line) -> Result<Category, String> {
    let category = line.text("categorie", true)?;
    Category::from_word(&category.to_uppercase()).ok_or_else(|| {
        format!("« {category} » n'est pas une catégorie : INFRA, VOLUMETRIE, MAINTENANCE, CONNECTEURS, RH ou RECETTE")
    })
}

fn item(line: &Line) -> Result<Prepared, String> {
    let (forecast, actual) =
        (cents("prevu", &line.value("prevu"))?, cents("realise", &line.value("realise"))?);
    if forecast.is_none() && actual.is_none() {
        return Err("donnez « prévu » ou « réalisé »".into());
    }
    Ok(Prepared {
        item: code(line, "poste")?,
        label: line.text("libelle", true)?,
        category: category(line)?,
        forecast,
        actual,
        parts: parts(&line.value("cles"))?,
        justification: line.text("justification", false)?,
        vouchers: Vec::new(),
    })
}

/// An amount, when there is one.
pub(super) fn cents(name: &str, text: &str) -> Result<Option<Cents>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let cents = amount::read(text).filter(|cents| cents.abs() <= CENTS_MAX);
    cents.map(Some).ok_or_else(|| format!("« {name} » : « {text} » n'est pas un montant ; écrivez 18 400,00"))
}

/// `EGAL`, or `40 % EGAL + 60 % STOCK`.
pub(super) fn parts(text: &str) -> Result<Vec<Part>, String> {
    if text.is_empty() {
        return Err("« clés » manque : EGAL, ou 40 % EGAL + 60 % STOCK".into());
    }
    let mut parts = Vec::new();
    for part in text.split('+').map(str::trim) {
        let (share, key) = match part.split_once('%') {
            Some((share, key)) => {
                let wrong = |_| format!("« {part} » : la part s'écrit en pour cent, comme 33,34 %");
                let hundredths = cents("part", share.trim()).map_err(wrong)?;
                (hundredths.and_then(|part| u64::try_from(part).ok()).unwrap_or_default(), key.trim())
            }
            None => (10_000, part),
        };
        let key = Key::from_word(key).map_err(|error| error.to_string())?;
        if share == 0 {
            return Err(format!("« {part} » : une part est plus grande que zéro"));
        }
        if parts.iter().any(|other: &Part| other.key == key) {
            return Err(format!("« {text} » : la clé {} vient deux fois", key.word()));
        }
        parts.push(Part { basis_points: share, key });
        if parts.len() > PARTS_MAX {
            return Err(format!("« clés » : {PARTS_MAX} parts au plus"));
        }
    }
    let total: u64 = parts.iter().map(|part| part.basis_points).sum();
    if total != 10_000 {
        return Err(format!("les parts de « {text} » font {} %, et non 100 %", total as f64 / 100.0));
    }
    Ok(parts)
}

/// The parts as they are written.
pub fn parts_words(parts: &[Part]) -> String {
    shared_words(parts.iter().map(|part| (part.basis_points, part.key.word())))
}

/// The same of a closing's: basis points, and the key's word.
pub fn shared_words(parts: impl ExactSizeIterator<Item = (u64, String)>) -> String {
    let is_alone = parts.len() == 1;
    let one = |(basis_points, key): (u64, String)| match (basis_points / 100, basis_points % 100) {
        _ if is_alone => key,
        (whole, 0) => format!("{whole} % {key}"),
        (whole, rest) => format!("{whole},{rest:02} % {key}"),
    };
    parts.map(one).collect::<Vec<_>>().join(" + ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Poste;Libellé;Catégorie;Prévu;Réalisé;Clés;Justification\n";

    #[test]
    fn a_spreadsheet_s_table_is_read() {
        let table = format!(
            "\u{feff}{HEAD}I1;Hébergement;INFRA;18 000,00;18\u{a0}400,00 €;40 % EGAL + 60 % STOCK;facture 114\r\n\
             S1;Subvention;recette;;-8000.01;POPULATION;\n;;;;;;\nK2;SIRH;CONNECTEURS;2450;;DIRECT:D01;\n"
        );
        let items = items(&table).unwrap();
        let told: Vec<(&str, Option<Cents>, Option<Cents>, String)> = items
            .iter()
            .map(|item| (item.item.as_str(), item.forecast, item.actual, parts_words(&item.parts)))
            .collect();
        assert_eq!(
            told,
            [
                ("I1", Some(1_800_000), Some(1_840_000), "40 % EGAL + 60 % STOCK".into()),
                ("S1", None, Some(-800_001), "POPULATION".into()),
                ("K2", Some(245_000), None, "DIRECT:D01".into()),
            ]
        );
        assert_eq!(items[1].category, Category::Income);
        for item in &items {
            assert_eq!(parts(&parts_words(&item.parts)).unwrap(), item.parts);
        }
    }

    #[test]
    fn every_wrong_line_is_told() {
        let lines = [
            ("I1;A;INFRA;1;;EGAL;", ""),
            ("I1;A;INFRA;1;;EGAL;", "ligne 3 : le poste « I1 » vient deux fois"),
            ("I2;;INFRA;1;;EGAL;", "ligne 4 : « libelle » manque"),
            ("I3;A;AUTRE;1;;EGAL;", "ligne 5 : « AUTRE » n'est pas une catégorie"),
            ("I4;A;RH;1,234;;EGAL;", "ligne 6 : « prevu » : « 1,234 » n'est pas un montant"),
            ("I5;A;RH;;;EGAL;", "ligne 7 : donnez « prévu » ou « réalisé »"),
            (
                "I6;A;RH;1;;40 % EGAL + 50 % STOCK;",
                "ligne 8 : les parts de « 40 % EGAL + 50 % STOCK » font 90 %",
            ),
            ("I7;A;RH;1;;PARTAGE;", "ligne 9 : « PARTAGE » n’est pas une clé"),
            ("I8;A;RH;1;;;", "ligne 10 : « clés » manque"),
            ("I9;A;RH;99999999999999;;EGAL;", "ligne 11 : « prevu »"),
            (
                "I10;A;RH;1;;100 % EGAL + -40 % STOCK;",
                "ligne 12 : « -40 % STOCK » : une part est plus grande",
            ),
            ("I11;A;RH;1;;100 % EGAL + 0 % STOCK;", "ligne 13 : « 0 % STOCK »"),
            ("I12;A;RH;1;;50 % EGAL + 50 % EGAL;", "ligne 14 : « 50 % EGAL + 50 % EGAL » : la clé EGAL"),
            ("I=13;A;RH;1;;EGAL;", "ligne 15 : « poste »"),
        ];
        let table = HEAD.to_owned() + &lines.map(|(line, _)| line).join("\n");
        let faults = items(&table).unwrap_err();
        let expected: Vec<&str> =
            lines.iter().map(|(_, fault)| *fault).filter(|fault| !fault.is_empty()).collect();
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        faults
            .iter()
            .zip(expected)
            .for_each(|(fault, expected)| assert!(fault.starts_with(expected), "{fault}"));
        assert_eq!(items("poste;autre\n").unwrap_err().len(), 4);
        assert_eq!(items(HEAD).unwrap_err(), ["le tableau n'a aucun poste"]);
    }

    #[test]
    fn the_norm_s_own_table_is_read_each_item_from_its_lines() {
        let head = "annee;id;categorie;libelle;montant_centimes;etat;parts\n";
        let table = format!(
            "{head}2027;I1;INFRA;Hébergement;1800000;PREVISIONNEL;EGAL:4000|STOCK:6000\n\
             2027;K2;CONNECTEURS;SIRH;245000;REALISE;DIRECT:D01\n2027;I1;INFRA;Hébergement;1840000;REALISE;EGAL:4000|STOCK:6000\n"
        );
        let found = items(&table).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|item| (item.item.as_str(), item.forecast, item.actual, parts_words(&item.parts)))
            .collect();
        assert_eq!(
            told,
            [
                ("I1", Some(1_800_000), Some(1_840_000), "40 % EGAL + 60 % STOCK".into()),
                ("K2", None, Some(245_000), "DIRECT:D01".into()),
            ]
        );
        for wrong in [
            "2027;I1;INFRA;A;1,5;REALISE;EGAL",
            "2027;I1;INFRA;A;1;PREVU;EGAL",
            "2027;I1;INFRA;A;1;REALISE;EGAL:4000|STOCK:5000",
            "2027;I1;INFRA;A;1;REALISE;EGAL\n2027;I1;INFRA;A;2;REALISE;EGAL",
            "2027;I1;INFRA;A;1;REALISE;EGAL\n2027;I1;RH;A;2;PREVISIONNEL;EGAL",
        ] {
            assert_eq!(items(&format!("{head}{wrong}\n")).unwrap_err().len(), 1, "{wrong}");
        }
    }

    #[test]
    fn bounds_go_from_the_smallest_members_to_the_largest() {
        let of = |lines: &str| caps(&format!("moins de;au plus;au moins\n{lines}"));
        assert_eq!(caps("").unwrap(), []);
        let bands = of("1 000;1 000,00;\n;;50\n").unwrap();
        let band = |below, at_most, at_least| Band { below, at_most, at_least };
        assert_eq!(bands, [band(Some(1_000), Some(100_000), None), band(None, None, Some(5_000))]);
        for wrong in ["1000;;", "mille;1;", "-5;1;", "1000;-1;", "1000;1;\n500;1;", ";1;\n1000;1;", "0;1;"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn credits_say_who_and_why() {
        assert_eq!(credits(" ").unwrap(), []);
        let table = "Collectivité;Nature;Montant;Libellé\nE01;En nature;9 750,55;site B\nC01;acompte;6000;\n";
        let told: Vec<(String, CreditKind, Cents)> =
            credits(table).unwrap().into_iter().map(|one| (one.member, one.kind, one.cents)).collect();
        assert_eq!(
            told,
            [("E01".into(), CreditKind::InKind, 975_055), ("C01".into(), CreditKind::Advance, 600_000)]
        );
        for wrong in ["E01;don;1;", "E01;acompte;0;", "E01;acompte;-1;", ";acompte;1;"] {
            let table = format!("collectivité;nature;montant;libellé\n{wrong}\n");
            assert!(credits(&table).unwrap_err()[0].starts_with("ligne 2 : "), "{wrong}");
        }
    }
}
