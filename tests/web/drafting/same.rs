//! The same file again: told when the archive keeps it, however it came, to whoever sees that archive and to nobody else.

use chartrier::model::Role;

use super::{Session, deposited, pdf, transfer_at};
use crate::web::scoped::{another_producer, change};
use crate::web::{Door, form};

/// What the page of the files says when this file is dropped.
async fn page_with(session: &Session<'_>, bytes: &[u8]) -> String {
    let draft = session.begin(&[]).await;
    assert_eq!(session.files(&format!("{draft}/fichiers"), &[("copie.pdf", bytes)]).await.status, 303);
    session.get(&draft).await.text()
}

async fn holds_too(door: &Door, role: Role, producers: &str) {
    let person = door.tenant.person(Role::Depositor);
    let role = role.word();
    change(door, &format!("delete from assignment where person_id = '{person}' and role = '{role}'")).await;
    let made = format!(
        "insert into assignment (person_id, role, producers) values ('{person}', '{role}', {producers})"
    );
    change(door, &made).await;
}

#[tokio::test]
async fn a_file_that_the_archive_keeps_is_told_to_whoever_sees_it_and_to_nobody_else() {
    let door = Door::open().await;
    let staff = another_producer(&door).await;
    // An application deposited it, for a service of the member.
    let mut sip = door.sip("BUS");
    sip.originating_agency = staff.clone();
    let bytes = sip.files[0].1.clone();
    let taken = door.deposit(sip.zip()).await;
    assert_eq!(taken.state.word(), "taken_in_charge", "{:?}", taken.findings);

    let none = page_with(&Session::of(&door, Role::Depositor).await, &bytes).await;
    assert!(!none.contains("Déjà") && !none.contains("noted"), "it is not hers to see: {none}");
    let finance = format!("array['{}']", door.tenant.originating_agency);
    holds_too(&door, Role::Reader, &finance).await;
    let none = page_with(&Session::of(&door, Role::Depositor).await, &bytes).await;
    assert!(!none.contains("Déjà"), "nor what another service produced: {none}");

    holds_too(&door, Role::Reader, &format!("array['{staff}']")).await;
    let session = Session::of(&door, Role::Depositor).await;
    let page = page_with(&session, &bytes).await;
    let told = page.split("Déjà conservé dans").nth(1).expect("it is told");
    let address = told.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(address.starts_with("/archives/objets/") && told.contains("BUS"), "{told}");
    assert_eq!(session.get(address).await.status, 200);
    // By script, as the file comes.
    let draft = session.begin(&[]).await;
    let body = format!("chemin=copie.pdf&taille={}", bytes.len());
    let opened = session.send(form(&format!("{draft}/envois"), &body)).await.json();
    let whole =
        session.send(super::pieces::piece(opened["adresse"].as_str().unwrap(), 0, &bytes)).await.json();
    assert!(whole["deja"].as_str().is_some_and(|said| said.starts_with("Déjà conservé dans « ")), "{whole}");
    door.end().await;
}

#[tokio::test]
async fn another_member_s_archive_says_nothing_and_a_colleague_s_deposit_nothing_before_it_is_kept() {
    let (door, other) = (Door::open().await, Door::open().await);
    let bytes = pdf("un même texte");
    let there = deposited(&Session::of(&other, Role::Depositor).await, &[("a.pdf", &bytes)]).await;
    assert_eq!(transfer_at(&other, &there).await.state.word(), "taken_in_charge");
    let session = Session::of(&door, Role::Depositor).await;
    assert!(!page_with(&session, &bytes).await.contains("Déjà"), "of another member");

    // Hers is told by its day until it is kept, then by its archive; a colleague's is not.
    let sent = deposited(&session, &[("a.pdf", &bytes)]).await;
    assert!(page_with(&session, &bytes).await.contains("Déjà versé le"));
    change(
        &door,
        &format!(
            "insert into assignment (person_id, role) values ('{}', 'depositor')",
            door.tenant.person(Role::MemberAdmin)
        ),
    )
    .await;
    change(&door, "delete from assignment where role = 'member_admin'").await;
    let colleague = Session::of(&door, Role::MemberAdmin).await;
    assert!(!page_with(&colleague, &bytes).await.contains("Déjà"));
    assert_eq!(transfer_at(&door, &sent).await.state.word(), "taken_in_charge");
    assert!(page_with(&session, &bytes).await.contains("Déjà conservé dans"));
    assert!(!page_with(&colleague, &bytes).await.contains("Déjà"), "who deposits sees her own");
    door.end().await;
    other.end().await;
}
