//! The pieces of a year: attached to an item, named by a closing, read by every member from then on and by nobody before.

use chartrier::billing::closing;
use chartrier::model::Role;
use chartrier::proof::digest::sha512;

use super::{Answer, Door, form, get, multipart, post};

const PDF: &[u8] = b"%PDF-1.7\nune facture";

async fn attach(door: &Door, (cookie, csrf): &(String, String), item: &str, bytes: &[u8]) -> Answer {
    let fields = [("csrf", csrf.as_str()), ("poste", item)];
    let (body, kind) = multipart(&fields, Some(("facture 114.pdf", bytes)));
    door.send(post("/pilotage/couts/2026/pieces", body).header("content-type", kind).cookie(cookie)).await
}

#[tokio::test]
async fn a_piece_is_read_by_members_once_a_closing_names_it_and_stays_for_it() {
    let door = Door::alone("web_vouchers").await;
    let pilot = door.log_in(Role::Pilot).await;
    let (cookie, csrf) = &pilot;
    assert_eq!(attach(&door, &pilot, "I1", PDF).await.status, 404, "no such year");
    let table = "poste%3Blibell%C3%A9%3Bcat%C3%A9gorie%3Bpr%C3%A9vu%3Br%C3%A9alis%C3%A9%3Bcl%C3%A9s%0AI1%3BA%3BINFRA%3B1%3B1%3BEGAL";
    let body = format!("csrf={csrf}&annee=2026&coefficients=&tableau={table}&suite=garder");
    assert_eq!(door.send(form("/pilotage/couts", &body).cookie(cookie)).await.status, 303);

    for (item, bytes, why) in [
        ("I2", PDF, "n’est pas de cet exercice"),
        ("I1", b"<script>".as_slice(), "un PDF ou une image"),
        ("I1", b"".as_slice(), "Choisissez le fichier"),
    ] {
        let refused = attach(&door, &pilot, item, bytes).await;
        assert!(refused.status == 422 && refused.text().contains(why), "{}", refused.text());
    }
    for _ in 0..2 {
        assert_eq!(attach(&door, &pilot, "I1", PDF).await.status, 303, "the same again changes nothing");
    }
    let digest = hex::encode(sha512(PDF));
    let page = door.send(get("/pilotage/couts/2026").cookie(cookie)).await.text();
    let address = format!("/pilotage/couts/2026/pieces/{digest}");
    assert!(page.contains(&address) && page.contains("facture 114.pdf"), "{page}");
    let given = door.send(get(&address).cookie(cookie)).await;
    assert_eq!(
        (given.status, given.body.as_slice(), given.header("content-type")),
        (200, PDF, "application/pdf")
    );
    assert!(given.header("content-disposition").starts_with("attachment"));

    let (admin, _) = door.log_in(Role::MemberAdmin).await;
    let theirs = format!("/facture/exercices/2026-1/pieces/{digest}");
    assert_eq!(door.send(get(&theirs).cookie(&admin)).await.status, 404, "nothing names it yet");
    assert_eq!(door.send(get(&address).cookie(&admin)).await.status, 403);
    let other = door.tenant.person(Role::MemberAdmin);
    let close = async |why: &str| {
        closing::close(&door.tenant.db, &door.tenant.clock, 2026, other, why).await.unwrap().unwrap()
    };
    assert_eq!(close("").await, 1);
    let summary = door.send(get("/facture/exercices/2026-1").cookie(&admin)).await.text();
    assert!(summary.contains(&theirs), "{summary}");
    assert_eq!(door.send(get(&theirs).cookie(&admin)).await.body, PDF);

    let off = format!("csrf={csrf}&poste=I1&sha512={digest}");
    let withdraw =
        async || door.send(form("/pilotage/couts/2026/pieces/retrait", &off).cookie(cookie)).await.status;
    assert_eq!((withdraw().await, withdraw().await), (303, 404));
    assert_eq!(close("sans la facture").await, 2);
    assert_eq!(door.send(get(&theirs).cookie(&admin)).await.body, PDF, "kept for the closing that names it");
    let next = theirs.replace("2026-1", "2026-2");
    assert_eq!(door.send(get(&next).cookie(&admin)).await.status, 404);
    door.end().await;
}

#[tokio::test]
async fn an_item_has_so_many_pieces_and_no_more() {
    let door = Door::alone("web_vouchers_bounds").await;
    let pilot = door.log_in(Role::Pilot).await;
    let (cookie, csrf) = &pilot;
    let table = "poste%3Blibell%C3%A9%3Bcat%C3%A9gorie%3Bpr%C3%A9vu%3Bcl%C3%A9s%0AI1%3BA%3BINFRA%3B1%3BEGAL";
    let body = format!("csrf={csrf}&annee=2026&coefficients=&tableau={table}&suite=garder");
    assert_eq!(door.send(form("/pilotage/couts", &body).cookie(cookie)).await.status, 303);
    for number in 0..19 {
        let piece = format!("%PDF-1.7 {number}");
        assert_eq!(attach(&door, &pilot, "I1", piece.as_bytes()).await.status, 303);
    }
    // Two that come at once for the last place.
    let (one, other) = tokio::join!(
        attach(&door, &pilot, "I1", b"%PDF-1.7 un"),
        attach(&door, &pilot, "I1", b"%PDF-1.7 deux")
    );
    let mut both = [one.status, other.status];
    both.sort_unstable();
    assert_eq!(both, [303, 422]);
    let refused = attach(&door, &pilot, "I1", PDF).await;
    assert!(refused.status == 422 && refused.text().contains("vingt pièces au plus"), "{}", refused.text());
    let large = attach(&door, &pilot, "I1", &[b'%'; (10 << 20) + 1]).await;
    assert!(large.status == 422 && large.text().contains("trop gros"), "{}", large.status);
    door.end().await;
}
