//! The workbook of a closing, computed again by LibreOffice: every cell that stands for a figure of the closing is that figure.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use chartrier::billing::snapshot::Snapshot;
use chartrier::billing::workbook::xlsx;

/// Formulas are computed when the file is opened, whatever it says they give.
const ALWAYS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"#;

/// A sheet: its rows, its cells.
type Sheet = Vec<Vec<String>>;

/// Every sheet of a workbook, computed again.
fn computed(book: &[u8]) -> BTreeMap<String, Sheet> {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile");
    std::fs::create_dir_all(profile.join("user")).unwrap();
    std::fs::write(profile.join("user/registrymodifications.xcu"), ALWAYS).unwrap();
    std::fs::write(folder.path().join("book.xlsx"), book).unwrap();
    let told = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--norestore", "--convert-to"])
        .arg("csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,false,false,false,false,-1")
        .arg("--outdir")
        .args([folder.path(), &folder.path().join("book.xlsx")])
        .env("HOME", folder.path())
        .output()
        .expect("scripts/install.sh installs LibreOffice");
    assert!(told.status.success(), "{told:?}");
    let names = ["État", "Membres", "Postes", "Calcul", "Méthode"];
    names.map(|name| (name.to_owned(), rows(&folder.path().join(format!("book-{name}.csv"))))).into()
}

fn rows(file: &Path) -> Sheet {
    let text = std::fs::read_to_string(file).unwrap();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn cents(cell: &str) -> i64 {
    cell.parse().unwrap_or_else(|_| panic!("« {cell} » is not a number of cents"))
}

/// Euros as a spreadsheet writes them: at most two decimals.
fn euros(cell: &str) -> i64 {
    (cell.replace(',', ".").parse::<f64>().unwrap_or_else(|_| panic!("« {cell} »")) * 100.0).round() as i64
}

/// Computed again, it says what the closing does, and finds what is not as it says.
pub fn is_computed_again(kept: &Snapshot) {
    let code = "C02";
    let book = computed(&xlsx(kept, Some(code)).unwrap());
    let (members, lines) = (&book["Membres"], &book["Postes"]);
    for (row, (code, member)) in members[1..].iter().zip(&kept.members) {
        assert_eq!(&row[0], code);
        let found = [11, 12, 13, 14, 18].map(|column| cents(&row[column]));
        let said = [member.share_cents, member.share_cents, 0, kept.base(member), member.owed_cents];
        assert_eq!(found, said, "{code}");
    }
    let total = members.last().unwrap();
    assert_eq!((cents(&total[11]), cents(&lines.last().unwrap()[11])), (kept.total_cents, kept.total_cents));
    let of_lines = kept.lines.iter().map(|line| line.amount_cents);
    assert_eq!(
        lines[1..].iter().take(kept.lines.len()).map(|row| cents(&row[11])).collect::<Vec<_>>(),
        of_lines.collect::<Vec<_>>()
    );
    let shares = kept.lines.iter().flat_map(|line| line.shares_cents.values().copied());
    let found: Vec<i64> = book["Calcul"][1..].iter().map(|row| cents(&row[12])).collect();
    assert_eq!(found, shares.collect::<Vec<_>>());

    let statement = kept.statements().into_iter().find(|of| of.member == code).unwrap();
    let of = &book["État"];
    assert_eq!((of[1][1].as_str(), of[2][1].as_str()), (code, "2"));
    for (row, line) in of[5..].iter().zip(&statement.lines) {
        assert_eq!((euros(&row[3]), euros(&row[7])), (line.amount_cents, line.share_cents), "{}", line.item);
    }
    let ends = &of[5 + statement.lines.len()..];
    assert_eq!(euros(&ends[0][7]), statement.of.share_cents);
    assert_eq!(euros(&ends[5][7]), statement.of.owed_cents);

    // What does not follow from the measures is found: the cells were computed, not read.
    let mut false_one = kept.clone();
    false_one.items[0].amount_cents += 1_000_000;
    let members = &computed(&xlsx(&false_one, None).unwrap())["Membres"];
    let gaps: i64 = members[1..].iter().take(kept.members.len()).map(|row| cents(&row[13])).sum();
    assert_eq!(gaps, 1_000_000);
}
