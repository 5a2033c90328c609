//! As many members as wanted, each a folder with its file: a service of a whole département. Shared by the tests and the
//! benches.

use std::fmt::Write as _;
use std::path::Path;

/// What the law asks of a convention, the same for all.
const CONVENTION: &str = include_str!("../fixtures/convention.toml");

/// The parties that `Sip` names: identifiers are a member's own.
const PARTIES: &str = r#"
[[party]]
identifier = "ARCHIVES-TEST"
name = "Archives départementales"
parts = ["archival"]
[[party]]
identifier = "VERSANT-TEST"
name = "Secrétariat"
parts = ["transferring", "originating"]
[[party]]
identifier = "PRODUCTEUR-TEST"
name = "Service des finances"
parts = ["originating"]
"#;

/// Code of the member of this number, from 0.
pub fn code(number: usize) -> String {
    format!("membre-{number:03}")
}

/// Login of the member's depositor; the password is [`password`].
pub fn login(number: usize) -> String {
    format!("secretariat.{}", code(number))
}

/// Password of the member's depositor, and secret of its machine, which is named as the member.
pub fn password(number: usize) -> String {
    format!("mot-de-passe-de-{}", code(number))
}

/// Writes the folders of `count` members under `folder`.
pub fn write(folder: &Path, count: usize) -> std::io::Result<()> {
    for number in 0..count {
        let folder = folder.join(code(number));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("member.toml"), member(number))?;
    }
    Ok(())
}

/// A commune with its convention, two agreements, five people and a machine. Four passwords are for the service to make.
pub fn member(number: usize) -> String {
    let (code, secret) = (code(number), password(number));
    let mut text = format!(
        "code = \"{code}\"\nname = \"Commune nº {number}\"\nkind = \"commune\"\nsiren = \"{}\"\n\
         department = \"96\"\npopulation = {{ inhabitants = {}, year = 2024 }}\n[quota]\nbytes = 1099511627776\n",
        siren(number),
        200 + 37 * number
    );
    text += PARTIES;
    for (identifier, acceptance) in [("ACCORD-TEST", "automatic"), ("ACCORD-ARCHIVISTE", "archivist")] {
        _ = write!(
            text,
            "[[agreement]]\nidentifier = \"{identifier}\"\nname = \"Accord {acceptance}\"\n\
             acceptance = \"{acceptance}\"\narchival_agency = \"ARCHIVES-TEST\"\n\
             transferring = [\"VERSANT-TEST\"]\noriginating = [\"VERSANT-TEST\", \"PRODUCTEUR-TEST\"]\n\
             transfer_bytes_max = 1073741824\nvalid_from = 2024-01-01\nstate = \"active\"\n"
        );
    }
    for (who, roles) in [
        ("archiviste", r#"["archivist"]"#),
        ("controle", r#"["control_authority"]"#),
        ("administration", r#"["member_admin"]"#),
        ("lecture", r#"["reader"]"#),
    ] {
        _ = write!(
            text,
            "[[person]]\nlogin = \"{who}.{code}\"\nname = \"{who} {number}\"\nroles = {roles}\n"
        );
    }
    _ = write!(
        text,
        "[[person]]\nlogin = \"{}\"\nname = \"Secrétariat {number}\"\nroles = [\"depositor\", \"producer\"]\n\
         password = \"{secret}\"\n[[machine]]\nclient_id = \"{code}\"\nname = \"Machine {number}\"\n\
         agreements = [\"ACCORD-TEST\", \"ACCORD-ARCHIVISTE\"]\nsecret = \"{secret}\"\n",
        login(number)
    );
    text + &CONVENTION.replace("CONVENTION-TEST", &format!("CONVENTION-{number:03}"))
}

/// Nine digits whose last is the key of the eight before (Luhn).
pub fn siren(number: usize) -> String {
    let eight = format!("3{number:07}");
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let digits = eight.bytes().map(|byte| u32::from(byte - b'0')).enumerate();
    let sum: u32 = digits.map(|(index, digit)| if index % 2 == 1 { doubled(digit) } else { digit }).sum();
    format!("{eight}{}", (10 - sum % 10) % 10)
}
