//! What an agreement asks beyond parties, profiles, formats and sizes: age, retention schedule, digests, signatures, the words of
//! replies, who is told.

use chartrier::ingest::queries::MessageKind;
use chartrier::model::{Agent, Event, EventType, Limits, Outcome, Transfer, TransferState};
use chartrier::trust::Trust;

use super::older::{self, PDF, v0_2, zipped_with};
use super::{Desk, codes};
use crate::corpus_folder;
use crate::support::sip::Sip;
use crate::support::{fresh_tenant, vault};

/// What the desk's agreement asks from now on.
async fn ask(desk: &Desk, conditions: &str) {
    let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
    sqlx::query("update agreement set conditions = $1::jsonb")
        .bind(conditions)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: format!("agreement:{}", desk.tenant.agreement),
        detail: vec![("conditions", "essai".into())],
    });
    tx.commit().await.unwrap();
}

fn management(duration: &str, start: &str, fate: &str) -> String {
    format!(
        "<Management><AppraisalRule><Rule>{duration}</Rule><StartDate>{start}</StartDate>\
         <FinalAction>{fate}</FinalAction></AppraisalRule></Management>"
    )
}

fn sip(desk: &Desk, identifier: &str, management: String) -> Sip {
    Sip { management, ..desk.sip(identifier) }
}

/// The reply's code.
async fn reply_code(desk: &Desk, transfer: &Transfer) -> String {
    let reply = desk.message(transfer.transfer_id, MessageKind::Reply).await.expect("a reply");
    let element = reply.split("<ReplyCode").find(|rest| rest.starts_with(['>', ' '])).expect("a code");
    element.split(['>', '<']).nth(1).expect("a code").to_owned()
}

#[tokio::test]
async fn a_transfer_that_protects_less_than_the_schedule_is_taken_and_its_archivist_told() {
    let desk = Desk::open().await;
    ask(&desk, r#"{"typology":"DELIBERATIONS"}"#).await;
    let told = |transfer: &Transfer| {
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
        let found = transfer.findings.iter().find(|finding| finding.kind.code == "rule.less_protective");
        found.map(|finding| finding.message.clone())
    };
    let destroyed = sip(&desk, "DETRUIRE", management("P1Y", "2026-06-30", "Destroy"));
    let transfer = desk.deposit(destroyed.zip()).await;
    let said = told(&transfer).expect("less than the schedule");
    assert!(said.contains("« éliminer », où le tableau de gestion dit « conserver »"), "{said}");
    let short = sip(&desk, "COURT", management("P6M", "2026-06-30", "Keep"));
    let said = told(&desk.deposit(short.zip()).await).expect("less than the schedule");
    assert!(said.contains("une DUA de P6M, où le tableau de gestion demande P1Y"), "{said}");
    for (name, duration) in
        [("EGAL", "P1Y"), ("PLUS", "P10Y"), ("MOIS", "P12M"), ("AUTRE-TABLE", "APP-00003")]
    {
        let as_much = sip(&desk, name, management(duration, "2026-06-30", "Keep"));
        assert_eq!(told(&desk.deposit(as_much.zip()).await), None, "{name}");
    }
    desk.end().await;
}

#[tokio::test]
async fn the_rule_of_a_unit_below_is_judged_as_it_is_in_effect() {
    let desk = Desk::open().await;
    ask(&desk, r#"{"typology":"FACTURES"}"#).await;
    let below = "<ArchiveUnit id=\"BAS\"><Management><AppraisalRule><Rule>P5Y</Rule><StartDate>2026-01-01</StartDate>\
                 <PreventInheritance>true</PreventInheritance><FinalAction>Destroy</FinalAction></AppraisalRule></Management>\
                 <Content><DescriptionLevel>Item</DescriptionLevel><Title>Facture</Title></Content></ArchiveUnit>";
    let sip =
        Sip { units: below.into(), ..sip(&desk, "DESSOUS", management("P10Y", "2026-01-01", "Destroy")) };
    let transfer = desk.deposit(sip.zip()).await;
    let found: Vec<_> =
        transfer.findings.iter().filter(|finding| finding.kind.code == "rule.less_protective").collect();
    assert_eq!(found.len(), 1, "{:?}", transfer.findings);
    assert_eq!(found[0].path.as_deref(), Some("BAS"));
    desk.end().await;
}

#[tokio::test]
async fn the_acts_of_a_known_template_are_told_to_protect_less_than_the_schedule() {
    let Some(corpus) = corpus_folder() else { return };
    let template = corpus.join("flows/actes/actes_seda02_bordereau_parametrable_template.xml");
    let text = std::fs::read_to_string(&template).unwrap();
    let desk = Desk::open().await;
    ask(&desk, r#"{"typology":"DELIBERATIONS"}"#).await;
    let between = |text: &str, from: &str, to: &str| {
        let (before, rest) = text.split_once(from).expect(from);
        format!("{before}{}", rest.split_once(to).expect(to).1)
    };
    // What the template's own engine takes out and fills.
    let mut text = between(&text, "<test>", "</test>");
    text = between(&text, "<autre", "</autre>");
    text = between(&text, "<AAA", "</AAA>");
    text = between(&text, "<Contains pastellRepetition", "</Contains>");
    let empty = "<Identification/>";
    for agency in ["ARCHIVES-TEST", "PRODUCTEUR-TEST"] {
        text = text.replacen(empty, &format!("<Identification>{agency}</Identification>"), 1);
    }
    text = text.replace("<ArchivalProfile schemeName=\"Profil de données\">ACTES 1.4</ArchivalProfile>", "");
    let filled = text
        .replace(
            "<ArchivalAgreement schemeName=\"Convention de transfert\" schemeAgencyName=\"\"/>",
            "<ArchivalAgreement>ACCORD-TEST</ArchivalAgreement>",
        )
        .replace("#numeroInterne#", "ACTE-1")
        .replace("#collectiviteNom#", "VERSANT-TEST")
        .replace("#dateDecision#", "2014-02-03")
        .replace("#dateAccuseReception#", "2014-02-03")
        .replace("#fichierActeMimeCode#", "application/pdf")
        .replace("#fichierActeNom#", "acte.pdf")
        .replace('#', "");
    let transfer = desk.deposit(zipped_with(&desk, &filled, &[("acte.pdf", PDF)])).await;
    let found = codes(&transfer);
    assert!(found.contains(&"rule.less_protective"), "{:?}", transfer.findings);
    desk.end().await;
}

#[tokio::test]
async fn what_is_kept_for_ever_has_nothing_to_destroy() {
    let desk = Desk::open().await;
    ask(&desk, r#"{"age":"definitif"}"#).await;
    let transfer = desk.deposit(sip(&desk, "NON", management("P1Y", "2026-06-30", "Destroy")).zip()).await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["rule.definitive"]));
    assert_eq!(reply_code(&desk, &transfer).await, "300");
    let transfer = desk.deposit(sip(&desk, "OUI", management("P1Y", "2026-06-30", "Keep")).zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    desk.end().await;
}

#[tokio::test]
async fn digests_are_those_that_the_agreement_admits() {
    let desk = Desk::open().await;
    ask(&desk, r#"{"digests":["SHA-256"]}"#).await;
    let transfer = desk.deposit(desk.sip("AUTRE").zip()).await;
    assert_eq!(
        (transfer.state, codes(&transfer)),
        (TransferState::Refused, vec!["object.digest_not_admitted"])
    );
    let said = &transfer.findings[0].message;
    assert!(
        said.contains("3 fichier(s) ont une empreinte SHA-512") && said.ends_with("demande SHA-256"),
        "{said}"
    );
    assert_eq!(reply_code(&desk, &transfer).await, "308");
    let older = zipped_with(&desk, &v0_2("ADMISE", PDF), &[("envoi/acte.pdf", PDF)]);
    assert_eq!(desk.deposit(older).await.state, TransferState::TakenInCharge);
    // An older message may send no digest at all: the agreement asks for one.
    let text = v0_2("SANS", PDF);
    let (before, rest) = text.split_once("<Integrity>").unwrap();
    let without = format!("{before}{}", rest.split_once("</Integrity>").unwrap().1);
    let transfer = desk.deposit(zipped_with(&desk, &without, &[("envoi/acte.pdf", PDF)])).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert!(codes(&transfer).contains(&"object.digest_not_admitted"), "{:?}", transfer.findings);
    ask(&desk, r#"{"digests":["SHA-256","SHA-512"]}"#).await;
    assert_eq!(desk.deposit(desk.sip("AUTRE-2").zip()).await.state, TransferState::TakenInCharge);
    desk.end().await;
}

const SIGNATURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/signatures");

#[tokio::test]
async fn signatures_that_the_agreement_demands_are_there_and_valid() {
    let anchors = tempfile::tempdir().unwrap();
    std::fs::copy(format!("{SIGNATURES}/root.pem"), anchors.path().join("racine.pem")).unwrap();
    let tenant = fresh_tenant().await;
    let ingest = chartrier::ingest::Ingest::new(
        tenant.db.clone(),
        vault::storage(),
        tenant.clock.clone(),
        Limits::default(),
        30,
    );
    let desk = Desk { ingest: ingest.with_trust(Trust::new(Some(anchors.path().into()))), tenant };
    let with = |identifier: &str, name: &str| {
        let bytes = std::fs::read(format!("{SIGNATURES}/{}", name.replace("altered", "enveloped"))).unwrap();
        let bytes = match name {
            "xades-altered.xml" => {
                String::from_utf8(bytes).unwrap().replacen("1250.00", "9250.00", 1).into_bytes()
            }
            _ => bytes,
        };
        Sip { files: vec![(format!("content/{name}"), bytes)], ..desk.sip(identifier) }.zip()
    };
    ask(&desk, r#"{"document_signatures":"required"}"#).await;
    let transfer = desk.deposit(desk.sip("AUCUNE").zip()).await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["signature.missing"]));
    assert_eq!(reply_code(&desk, &transfer).await, "305");
    let transfer = desk.deposit(with("ALTEREE-1", "xades-altered.xml")).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "one is enough: {:?}", transfer.findings);
    ask(&desk, r#"{"document_signatures":"valid"}"#).await;
    let transfer = desk.deposit(with("ALTEREE-2", "xades-altered.xml")).await;
    assert!(codes(&transfer).contains(&"signature.refused"), "{:?}", transfer.findings);
    assert_eq!(reply_code(&desk, &transfer).await, "310");
    let transfer = desk.deposit(with("INCONNUE", "xades-stranger.xml")).await;
    assert!(codes(&transfer).contains(&"signature.unverified"), "{:?}", transfer.findings);
    assert_eq!(reply_code(&desk, &transfer).await, "311");
    let transfer = desk.deposit(with("VALIDE", "xades-enveloped.xml")).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    ask(&desk, r#"{"message_signature":"required"}"#).await;
    let transfer = desk.deposit(desk.sip("BORDEREAU-NU").zip()).await;
    assert_eq!(
        (transfer.state, codes(&transfer)),
        (TransferState::Refused, vec!["header.signature_missing"])
    );
    assert_eq!(reply_code(&desk, &transfer).await, "309");
    ask(&desk, r#"{"message_signature":"valid"}"#).await;
    let signed = desk.sip("BORDEREAU-FAUX");
    let manifest =
        signed.manifest().replace("</ArchiveTransfer>", "<Signature>rien</Signature></ArchiveTransfer>");
    let files: Vec<_> = signed.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let transfer = desk.deposit(zipped_with(&desk, &manifest, &files)).await;
    assert!(codes(&transfer).contains(&"header.signature_refused"), "{:?}", transfer.findings);
    desk.end().await;
}

#[tokio::test]
async fn replies_say_yes_and_no_in_the_agreement_s_words_where_the_standard_lets_them() {
    let desk = Desk::open().await;
    ask(&desk, r#"{"reply_codes":"words"}"#).await;
    let taken = desk.deposit(desk.sip("PRIS").zip()).await;
    assert_eq!(reply_code(&desk, &taken).await, "OK");
    let refused = Sip { first_digest: Some("0".repeat(128)), ..desk.sip("REFUSE") };
    assert_eq!(reply_code(&desk, &desk.deposit(refused.zip()).await).await, "KO");
    let older = desk.deposit(zipped_with(&desk, &older::v1_0("ANCIEN", PDF), &[("acte.pdf", PDF)])).await;
    assert_eq!(reply_code(&desk, &older).await, "000", "1.0 has its own list of codes");
    desk.end().await;
}

#[tokio::test]
async fn those_whom_the_agreement_names_are_written_to_once_a_decision() {
    let desk = Desk::open().await;
    ask(&desk, r#"{"notify":["finances@bourg.example","secretariat@bourg.example"]}"#).await;
    let taken = desk.deposit(desk.sip("PRIS").zip()).await;
    desk.ingest.advance(desk.tenant.tenant, taken.transfer_id).await.unwrap();
    let refused = Sip { first_digest: Some("0".repeat(128)), ..desk.sip("REFUSE") };
    desk.deposit(refused.zip()).await;
    let taken = "select count(*) from technical.letter where topic like 'decided:%:true'";
    let refused = "select count(*) from technical.letter where topic like 'decided:%:false'";
    assert_eq!((desk.count(taken).await, desk.count(refused).await), (2, 2));
    desk.end().await;
}

#[tokio::test]
async fn a_scan_without_a_procedure_is_a_simple_copy_and_some_agreements_refuse_it() {
    use chartrier::model::CopySaid;
    let desk = Desk::open().await;
    let deposit = async |name: &str, copy: Option<CopySaid>| {
        let from = chartrier::ingest::Depositor { copy, ..desk.machine() };
        let id = desk.receive_from(&from, desk.sip(name).zip()).await.transfer.transfer_id;
        desk.ingest.advance(desk.tenant.tenant, id).await.unwrap();
        desk.transfer(id).await
    };
    let simple = deposit("SIMPLE", Some(CopySaid::Simple)).await;
    assert_eq!(simple.state, TransferState::TakenInCharge, "{:?}", simple.findings);
    assert!(codes(&simple).contains(&"header.copy_simple"), "{:?}", codes(&simple));
    assert_eq!(simple.copy, Some(CopySaid::Simple));
    for (name, said) in [("ORIGINAL", Some(CopySaid::Original)), ("RIEN", None)] {
        assert!(!codes(&deposit(name, said).await).contains(&"header.copy_simple"), "{name}");
    }
    ask(&desk, r#"{"reliable_copy":true}"#).await;
    let refused = deposit("REFUSE", Some(CopySaid::Simple)).await;
    assert_eq!(refused.state, TransferState::Refused);
    assert!(codes(&refused).contains(&"header.copy_not_reliable"));
    assert_eq!(reply_code(&desk, &refused).await, "300");
    for (name, said) in [("FIABLE", CopySaid::Reliable), ("NUMERIQUE", CopySaid::Original)] {
        let taken = deposit(name, Some(said)).await;
        assert_eq!(taken.state, TransferState::TakenInCharge, "{name}: {:?}", taken.findings);
    }
    desk.tenant.end().await;
}

#[tokio::test]
async fn an_agreement_is_kept_on_the_sites_that_it_asks() {
    let desk = Desk::open().await;
    let all = ["nord", "sud"];
    let asked = format!("{{\"sites\":[\"{}\"]}}", all.join("\",\""));
    ask(&desk, &asked).await;
    let taken = desk.deposit(desk.sip("SUR-TOUS").zip()).await;
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    ask(&desk, r#"{"sites":["coffre"]}"#).await;
    let refused = desk.deposit(desk.sip("AILLEURS").zip()).await;
    assert_eq!(refused.state, TransferState::Refused);
    assert!(codes(&refused).contains(&"header.service_level"), "{:?}", refused.findings);
    assert_eq!(reply_code(&desk, &refused).await, "300");
    assert!(refused.findings.iter().any(|finding| finding.message.contains("coffre")));
    desk.tenant.end().await;
}

#[tokio::test]
async fn whoever_imports_a_rule_is_told_how_many_archives_it_bears_upon() {
    use chartrier::membership::schedule::import_member;
    let desk = Desk::open().await;
    ask(&desk, r#"{"typology":"DELIBERATIONS"}"#).await;
    for name in ["UN", "DEUX"] {
        let taken = desk.deposit(sip(&desk, name, management("P10Y", "2026-06-30", "Keep")).zip()).await;
        assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    }
    let base = String::from_utf8(include_bytes!("../../src/seda/retention/base.csv").to_vec()).unwrap();
    let (head, rest) = base.split_once('\n').unwrap();
    let rule = |code: &str| {
        let line = rest.lines().find(|line| line.starts_with(code)).expect("a rule of the base");
        format!("{head}\n{line}\n").replace("P1Y", "P3Y")
    };
    let (db, clock, tenant) = (&desk.tenant.db, &desk.tenant.clock, desk.tenant.tenant);
    let touched =
        import_member(db, clock, tenant, None, rule("DELIBERATIONS").as_bytes(), true).await.unwrap();
    assert_eq!((touched.new, touched.archives), (1, 2), "{touched:?}");
    let other = import_member(db, clock, tenant, None, rule("FACTURES").as_bytes(), true).await.unwrap();
    assert_eq!((other.new, other.archives), (1, 0), "{other:?}");
    desk.tenant.end().await;
}
