//! What an agreement of a member's file asks of the virus scanner.

use super::{apply, plan};
use chartrier::membership::{Error, refuse_without_virus_scanner};
use chartrier::model::{LargeFiles, TenantId, VirusCheck};
use chartrier::registry::queries::find_agreement;

use super::{MEMBER, clock, folder, own};
use crate::support::vault;

/// The member's file, its agreement with these lines more.
fn with(lines: &str) -> String {
    MEMBER.replace("transfer_bytes_max = 500", &format!("transfer_bytes_max = 500\n{lines}"))
}

#[tokio::test]
async fn the_virus_check_is_what_the_file_says_and_planned_before() {
    let db = own("membership_viruses").await;
    apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    let asked = async || {
        let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
        let agreement = find_agreement(&mut tx, "ACTES").await.unwrap().unwrap();
        (agreement.virus, agreement.virus_large)
    };
    assert_eq!(asked().await, (VirusCheck::WhenConfigured, LargeFiles::Parts), "nobody decided");
    let decided = with("virus = \"required\"\nvirus_large = \"refuse\"");
    let changed =
        ["bourg : accord ACTES modifié : virus (when_configured → required), virus_large (parts → refuse)"];
    assert_eq!(
        plan(&db, &vault::storage(), folder(&[("bourg", &decided)]).path(), &clock()).await.unwrap(),
        changed
    );
    assert_eq!(
        apply(&db, &vault::storage(), folder(&[("bourg", &decided)]).path(), &clock()).await.unwrap(),
        changed
    );
    assert_eq!(asked().await, (VirusCheck::Required, LargeFiles::Refuse));
    let again = apply(&db, &vault::storage(), folder(&[("bourg", &decided)]).path(), &clock()).await.unwrap();
    assert_eq!(again, Vec::<String>::new());
}

#[tokio::test]
async fn an_unknown_word_is_refused_with_its_line() {
    let db = own("membership_viruses_refused").await;
    let wrong = with("virus = \"toujours\"\nvirus_large = \"jamais\"");
    let refused = apply(&db, &vault::storage(), folder(&[("bourg", &wrong)]).path(), &clock()).await;
    let Err(Error::Files(faults)) = refused else { panic!("{refused:?}") };
    let reasons: Vec<&str> = faults.iter().map(|fault| fault.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "« toujours » : attendu required, when_configured, off",
            "« jamais » : attendu parts, unscanned, refuse"
        ]
    );
    assert_eq!(faults[0].line, wrong.lines().position(|line| line.starts_with("virus =")).unwrap() + 1);
}

#[test]
fn a_service_without_a_scanner_refuses_the_file_that_requires_one() {
    let required = with("virus = \"required\"");
    let refused = refuse_without_virus_scanner(folder(&[("bourg", &required)]).path());
    let Err(Error::Files(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults.len(), 1);
    assert!(faults[0].reason.contains("antivirus.address"), "{faults:?}");
    assert_eq!(faults[0].line, required.lines().position(|line| line.starts_with("virus")).unwrap() + 1);
    for other in [MEMBER.to_owned(), with("virus = \"when_configured\""), with("virus = \"off\"")] {
        refuse_without_virus_scanner(folder(&[("bourg", &other)]).path()).unwrap();
    }
}
