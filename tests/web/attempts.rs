//! What one member could try to learn of another, each tried: counts, error texts, names, identifiers that collide, quotas, lists, exports,
//! jobs, logs, and the time that answers take. `coverage` tries each address with another's identifiers.

use std::time::Instant;

use chartrier::model::{Role, TransferState};

use super::{Answer, Door, form, get};

/// What only the other member has: its names must be nowhere.
const MARK: &str = "CONFIDENTIEL-DU-VOISIN";

/// Two members, the other's archives marked, ours with one archive.
async fn neighbours() -> (Door, Door, String) {
    let (other, door) = (Door::open().await, Door::open().await);
    let mut sip = other.sip(MARK);
    sip.title = format!("Titre {MARK}");
    let theirs = other.deposit(sip.zip()).await;
    assert_eq!(theirs.state, TransferState::TakenInCharge, "{:?}", theirs.findings);
    let own = door.deposit(door.sip("NOTRE").zip()).await;
    assert_eq!(own.state, TransferState::TakenInCharge, "{:?}", own.findings);
    (door, other, theirs.transfer_id.to_string())
}

#[tokio::test]
async fn counts_lists_exports_and_quotas_are_those_of_ones_own_member() {
    let (door, other, theirs) = Box::pin(neighbours()).await;
    for role in Role::ALL {
        let (cookie, _) = door.log_in(role).await;
        for address in [
            "/",
            "/archives",
            "/archives?q=CONFIDENTIEL",
            "/registre?annee=2027",
            "/registre.csv?annee=2027",
            "/versements",
            "/integrite",
            "/formats",
            "/profils",
            "/accords",
            "/tableau",
            "/consommation",
            "/consommation.csv",
            "/personnes",
            "/applications",
            "/numerotation",
            "/exploitation",
            "/exploitation/acces",
            "/pilotage",
            "/compte",
        ] {
            let page = door.send(get(address).cookie(&cookie)).await.text();
            assert!(!page.contains(MARK) && !page.contains(&theirs), "{role:?} {address}");
            let names_members = ["/pilotage", "/exploitation", "/exploitation/acces"].contains(&address);
            assert!(names_members || !page.contains(&other.tenant.code), "{role:?} {address}: {page}");
        }
    }
    let (cookie, _) = door.log_in(Role::Archivist).await;
    let register = door.send(get("/registre.csv?annee=2027").cookie(&cookie)).await.text();
    assert_eq!(register.lines().count(), 2, "a heading and our one archive: {register}");
    let transfers = door.json("/api/v1/transfers").await;
    assert_eq!(transfers["items"].as_array().unwrap().len(), 1, "{transfers}");
    other.end().await;
    door.end().await;
}

#[tokio::test]
async fn identifiers_and_bytes_that_collide_are_two_members_own() {
    let (other, door) = (Door::open().await, Door::open().await);
    // The same identifier, the same party names and the same bytes, but for the registers of each.
    let same = |door: &Door| door.sip("MEME-IDENTIFIANT").zip();
    let theirs = other.deposit(same(&other)).await;
    let ours = door.deposit(same(&door)).await;
    assert_eq!((theirs.state, ours.state), (TransferState::TakenInCharge, TransferState::TakenInCharge));
    assert_ne!(theirs.transfer_id, ours.transfer_id);
    // The other's very bytes, sent by us: another transfer, refused for what our registers lack, and nothing told of theirs.
    let copied = door.deposit(same(&other)).await;
    assert_eq!(copied.state, TransferState::Refused);
    assert_ne!(copied.transfer_id, theirs.transfer_id);
    assert!(
        copied.findings.iter().all(|finding| finding.kind.code != "message.duplicate"),
        "{:?}",
        copied.findings
    );
    // Logins and client identifiers are of the whole service: taking one that exists tells no member's name.
    let (admin, csrf) = door.log_in(Role::MemberAdmin).await;
    let login = other.tenant.login(Role::Archivist);
    let body = format!("csrf={csrf}&nom=Essai&identifiant={login}&role=reader");
    let invited = door.send(form("/personnes", &body).cookie(&admin)).await;
    assert!(
        invited.status == 422 && invited.text().contains("Cet identifiant est pris"),
        "{}",
        invited.text()
    );
    assert!(!invited.text().contains(&format!("Commune de {}", other.tenant.code)), "{}", invited.text());
    other.end().await;
    door.end().await;
}

#[tokio::test]
async fn error_texts_are_the_same_for_what_is_anothers_and_for_what_is_not() {
    let (door, other, theirs) = Box::pin(neighbours()).await;
    let unknown = uuid::Uuid::now_v7().to_string();
    let token = door.token().await;
    let shown = |answer: &Answer| {
        let mut headers: Vec<String> = answer
            .headers
            .iter()
            // What the caller has left of its own share goes down with each of its requests.
            .filter(|(name, _)| *name != "date" && *name != "ratelimit")
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort();
        (answer.status, headers, answer.text())
    };
    for path in ["", "/acknowledgement", "/reply", "/attestations", "/evidence"] {
        let ask =
            async |id: &str| door.send(get(&format!("/api/v1/transfers/{id}{path}")).bearer(&token)).await;
        assert_eq!(shown(&ask(&theirs).await), shown(&ask(&unknown).await), "{path}");
    }
    // A search that finds theirs finds nothing, in the same words as one that finds nothing anywhere.
    let (cookie, _) = door.log_in(Role::Archivist).await;
    let search = async |words: &str| {
        let page = door.send(get(&format!("/archives?q={words}")).cookie(&cookie)).await.text();
        page.replace(words, "…")
    };
    assert_eq!(search("CONFIDENTIEL").await, search("INTROUVABLE").await);
    other.end().await;
    door.end().await;
}

/// How long answers take, interleaved: medians in microseconds. Printed, since clocks of shared machines are no judges: run it on a
/// quiet one. The bound only finds what would be read at once.
#[tokio::test]
async fn the_time_of_an_answer_does_not_tell_anothers_identifier() {
    let (door, other, theirs) = Box::pin(neighbours()).await;
    let token = door.token().await;
    let (mut of_theirs, mut of_unknown) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        let unknown = uuid::Uuid::now_v7().to_string();
        for (id, times) in [(&theirs, &mut of_theirs), (&unknown, &mut of_unknown)] {
            let began = Instant::now();
            let answer = door.send(get(&format!("/api/v1/transfers/{id}")).bearer(&token)).await;
            times.push(began.elapsed().as_micros());
            assert_eq!(answer.status, 404);
        }
    }
    let median = |times: &mut Vec<u128>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let (theirs, unknown) = (median(&mut of_theirs), median(&mut of_unknown));
    println!("another's: {theirs} µs, unknown: {unknown} µs");
    assert!(theirs < unknown * 2 && unknown < theirs * 2, "{theirs} and {unknown} µs");
    other.end().await;
    door.end().await;
}
