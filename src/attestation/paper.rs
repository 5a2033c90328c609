//! An attestation laid out on one page, in French.
//!
//! Pure. What does not fit is in the file of the same number, which the page says: files are named as long as there is room.

use chrono::{DateTime, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::proof::attestation::{Archive, Copy, Kind, Statement};
use crate::report::words::{count, number, second, size};
use crate::report::{self, Block, Code, Column, Fact, Report, Table, Tone};

/// Files named on the page, when there is room for them all.
const FILES_MAX: usize = 12;
/// Characters of one value that is not a digest: as many as there is room for.
const CHARS_MAX: [usize; 4] = [400, 120, 70, 40];
/// Formats, controls and faults told apart on the page.
const NAMED_MAX: usize = 6;

/// The page. The same statement, proved or not, gives the same bytes.
pub(super) fn pdf(
    statement: &Statement,
    sha256: &str,
    proved: bool,
    public_url: &str,
) -> Result<Vec<u8>, report::Error> {
    let most = statement.files.len().min(FILES_MAX);
    // Files are left out first, then long values are cut shorter.
    let fewer = (0..=most).rev().map(|files| Room { files, chars: CHARS_MAX[0] });
    let shorter = CHARS_MAX[1..].iter().map(|&chars| Room { files: 0, chars });
    let mut report = lay(statement, sha256, proved, public_url, Room { files: most, chars: CHARS_MAX[0] });
    for room in fewer.chain(shorter) {
        if report::page_count(&report) == 1 {
            break;
        }
        report = lay(statement, sha256, proved, public_url, room);
    }
    report::pdf(&report)
}

/// What the page may hold.
#[derive(Clone, Copy)]
struct Room {
    files: usize,
    /// Characters of one value.
    chars: usize,
}

/// Where an attestation is verified.
pub(super) fn address(public_url: &str, number: &str) -> String {
    format!("{public_url}/verify?numero={}", utf8_percent_encode(number, NON_ALPHANUMERIC))
        .replace("%2D", "-")
}

fn lay(statement: &Statement, sha256: &str, proved: bool, public_url: &str, room: Room) -> Report {
    let issued = moment(&statement.issued_at);
    let mut blocks = vec![Block::Lead(declared(statement))];
    blocks.push(Block::Facts(facts(statement, room.chars)));
    if statement.kind == Kind::Integrite {
        blocks.extend(copies(statement, room.chars));
    }
    if room.files > 0 {
        blocks.push(Block::Heading("Empreintes des fichiers".into()));
        blocks.push(table(statement, room.files));
    }
    blocks.push(notice(statement.kind, proved));
    blocks.push(code(&address(public_url, &statement.number), sha256));
    Report {
        issuer: "Service d’archivage électronique mutualisé".into(),
        issuer_note: public_url.split_once("://").map_or(public_url, |(_, host)| host).to_owned(),
        title: statement.kind.title().into(),
        reference: format!("N° {} · {}", statement.number, issued.map(second).unwrap_or_default()),
        subject: format!("{} n° {}, {}", statement.kind.title(), statement.number, statement.member.name),
        at: issued.unwrap_or_default(),
        blocks,
        foot: "Établi sans signature manuscrite : la preuve est dans le fichier JSON de même numéro. \
               Les heures sont celles de Paris."
            .into(),
    }
}

fn declared(statement: &Statement) -> String {
    let words = match statement.kind {
        Kind::Reception => {
            "Le service atteste avoir reçu le fichier désigné ci-dessous, en entier, et l’avoir écrit sur disque. \
             Il n’en a pas encore examiné le contenu : cet accusé ne vaut pas prise en charge."
        }
        Kind::PriseEnCharge => {
            "Le service atteste avoir pris en charge l’archive désignée ci-dessous, après l’avoir contrôlée, \
             en avoir écrit une copie sur chacun de ses sites et avoir relu chaque copie."
        }
        Kind::Integrite if statement.copies.iter().all(|copy| copy.intact) => {
            "Le service atteste avoir relu, octet par octet, chaque copie de l’archive désignée ci-dessous : \
             toutes sont intactes, conformes à ce qui a été pris en charge."
        }
        Kind::Integrite => {
            "Le service atteste avoir relu chaque copie de l’archive désignée ci-dessous. L’intégrité n’est PAS établie \
             pour toutes : les défauts trouvés sont dits ci-dessous, et un incident est ouvert."
        }
    };
    words.to_owned()
}

fn facts(statement: &Statement, chars: usize) -> Vec<Fact> {
    let transfer = &statement.transfer;
    let member = format!("{} ({})", statement.member.name, statement.member.code);
    let received = format!("{} ({})", transfer.file_name, size(transfer.size_bytes));
    let mut facts = vec![
        fact("Collectivité", member),
        fact("Service versant", transfer.transferring_agency.clone().unwrap_or_default()),
        fact("Versement", transfer.message_identifier.clone().unwrap_or_else(|| transfer.id.clone())),
        fact("Fichier reçu", if transfer.file_name.is_empty() { String::new() } else { received }),
        fact("Reçu le", told(&transfer.received_at)),
    ];
    if statement.kind == Kind::Reception {
        facts.push(fact("Empreinte du fichier reçu (SHA-512)", transfer.sha512.clone()));
    }
    if let Some(archive) = &statement.archive {
        facts.extend(of_archive(archive));
    }
    if !statement.controls.is_empty() {
        facts.push(fact("Contrôles", controls(statement)));
    }
    if statement.kind == Kind::PriseEnCharge {
        let sites: Vec<&str> = statement.copies.iter().map(|copy| copy.site.as_str()).collect();
        let copies = count(sites.len() as u64, "copie relue", "copies relues");
        facts.push(fact("Copies", format!("{copies} : {}", sites.join(", "))));
    }
    facts.retain(|fact| !fact.value.trim().is_empty());
    let whole = |fact: &Fact| fact.name.starts_with("Empreinte");
    facts.iter_mut().filter(|fact| !whole(fact)).for_each(|fact| shorten(&mut fact.value, chars));
    facts
}

/// At most so many characters, and the sign that there were more.
fn shorten(value: &mut String, chars: usize) {
    if let Some((end, _)) = value.char_indices().nth(chars) {
        value.truncate(end);
        value.push('…');
    }
}

fn of_archive(archive: &Archive) -> Vec<Fact> {
    let units = count(archive.unit_count, "unité d’archives", "unités d’archives");
    let files = count(archive.file_count, "fichier", "fichiers");
    let formats = archive.formats.iter().map(|format| format!("{} × {}", number(format.count), format.name));
    vec![
        fact("Cote", archive.cote.clone()),
        fact("Intitulé", archive.title.clone()),
        fact("Service producteur", archive.originating_agency.clone().unwrap_or_default()),
        fact(
            "Accord de versement",
            match &archive.profile {
                Some(profile) => format!("{}, profil {profile}", archive.agreement),
                None => archive.agreement.clone(),
            },
        ),
        fact("Pris en charge le", told(&archive.taken_in_charge_at)),
        fact("Contenu", format!("{units}, {files}, {}", size(archive.size_bytes))),
        fact("Formats", first(formats.collect())),
        fact("Empreinte de l’inventaire (SHA-512)", archive.inventory_sha512.clone().unwrap_or_default()),
    ]
}

/// Families of checks in words; those that warn are told apart.
fn controls(statement: &Statement) -> String {
    let of = |outcome: &str| {
        let named = statement.controls.iter().filter(|control| control.outcome == outcome);
        named.map(|control| family(&control.name).to_owned()).collect::<Vec<_>>()
    };
    let (passed, warned) = (of("pass"), of("warning"));
    let coverage = statement.controls.iter().find(|control| control.name == "virus_coverage");
    let viruses = match coverage.map(|control| control.outcome.as_str()) {
        Some("complete") => "antivirus : tous les fichiers",
        Some("partial") => "antivirus : une partie des fichiers",
        Some(_) => "antivirus : non fait",
        None => "",
    };
    let mut said = vec![format!("{} sans anomalie", count(passed.len() as u64, "famille", "familles"))];
    if !warned.is_empty() {
        said.push(format!("avertissements : {}", first(warned)));
    }
    if !viruses.is_empty() {
        said.push(viruses.to_owned());
    }
    said.join(" ; ")
}

fn family(name: &str) -> &str {
    match name {
        "container" => "conteneur",
        "schema" => "schéma",
        "reference" => "références",
        "object" => "objets",
        "header" => "en-tête",
        "rule" => "règles",
        "unit" => "unités",
        "profile" => "profil",
        "virus" => "antivirus",
        other => other,
    }
}

/// What each copy was found to be, against the digest fixed when it was taken in charge.
fn copies(statement: &Statement, chars: usize) -> [Block; 2] {
    let row = |copy: &Copy| {
        let mut found = if copy.intact {
            "intacte".to_owned()
        } else {
            format!("EN DÉFAUT : {}", first(copy.faults.clone()))
        };
        shorten(&mut found, chars);
        let digest = copy.inventory_sha512.clone().unwrap_or_else(|| "illisible".into());
        vec![format!("Site {}", copy.site), found, told(&copy.read_at), digest]
    };
    let column = |name: &str, share: f32| Column { name: name.into(), share };
    [
        Block::Heading("Copies relues".into()),
        Block::Table(Table {
            caption: "L’empreinte recalculée est celle de l’inventaire trouvé sur le site ; chaque fichier y est comparé.".into(),
            columns: vec![
                column("Copie", 1.0),
                column("Constat", 1.5),
                column("Relue le", 1.6),
                column("Empreinte recalculée (SHA-512)", 4.2),
            ],
            rows: statement.copies.iter().take(NAMED_MAX).map(row).collect(),
            lines_max: 3,
        }),
    ]
}

fn table(statement: &Statement, files: usize) -> Block {
    let total = statement.archive.as_ref().map_or(statement.files.len() as u64, |archive| archive.file_count);
    let others = total.saturating_sub(files as u64);
    let caption = match others {
        0 => "Chaque fichier de l’archive, bordereau compris.".to_owned(),
        others => {
            let first = if files == 1 { "Le premier".to_owned() } else { format!("Les {files} premiers") };
            format!(
                "{first} ; {} dans le fichier JSON ou l’inventaire.",
                count(others, "autre est", "autres sont")
            )
        }
    };
    let row = |file: &crate::proof::attestation::File| {
        vec![file.name.clone(), number(file.size_bytes), file.sha512.clone()]
    };
    let column = |name: &str, share: f32| Column { name: name.into(), share };
    Block::Table(Table {
        caption,
        columns: vec![column("Fichier", 2.0), column("Octets", 0.9), column("Empreinte SHA-512", 5.2)],
        rows: statement.files.iter().take(files).map(row).collect(),
        lines_max: 3,
    })
}

fn notice(kind: Kind, proved: bool) -> Block {
    let what = if kind == Kind::Reception { "cet accusé" } else { "cette attestation" };
    if proved {
        let words = format!("Scellé : la preuve de {what} est complète, et se vérifie sans le service.");
        return Block::Notice(Tone::Good, words);
    }
    let words = format!(
        "En attente de scellement : {what} est au journal du service, et sa preuve sera complétée au prochain sceau. \
         Reprenez-en alors le fichier."
    );
    Block::Notice(Tone::Waiting, words)
}

fn code(address: &str, sha256: &str) -> Block {
    Block::Code(Code {
        address: address.to_owned(),
        alternative: format!("Code QR qui mène à la page de vérification : {address}"),
        heading: "Vérifier".into(),
        words: vec![
            "Lisez le code ou ouvrez l’adresse, puis donnez le fichier JSON, ou le numéro et cette empreinte (SHA-256) :".into(),
            sha256.to_owned(),
        ],
    })
}

fn fact(name: &str, value: String) -> Fact {
    Fact { name: name.into(), value }
}

/// The first of them, and how many there are beside.
fn first(mut words: Vec<String>) -> String {
    let others = words.len().saturating_sub(NAMED_MAX);
    words.truncate(NAMED_MAX);
    let mut said = words.join(", ");
    if others > 0 {
        said += &format!(" et {}", count(others as u64, "autre", "autres"));
    }
    said
}

fn moment(written: &str) -> Option<DateTime<Utc>> {
    Some(DateTime::parse_from_rfc3339(written).ok()?.to_utc())
}

fn told(written: &str) -> String {
    moment(written).map_or_else(|| written.to_owned(), second)
}
