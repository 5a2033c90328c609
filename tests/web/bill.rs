//! The pages of the shared bill: a table tried and kept, what is wrong in it told line by line, a closing that must wait; the member's own.

use chartrier::model::Role;

use super::{Door, form, get};

const YEAR: &str = "2998";

fn posted(csrf: &str, table: &str, next: &str) -> String {
    let encoded = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let (table, coefficients) = (encoded(table), encoded("departement 20, epci 50"));
    format!("csrf={csrf}&annee={YEAR}&coefficients={coefficients}&tableau={table}&suite={next}")
}

#[tokio::test]
async fn a_year_is_tried_then_kept_and_closed_in_its_time() {
    let door = Door::open().await;
    let (pilot, csrf) = door.log_in(Role::Pilot).await;
    let send = async |address: &str, body: &str| door.send(form(address, body).cookie(&pilot)).await;

    let wrong = "poste;libellé;catégorie;prévu;réalisé;clés\nI1;Hébergement;INFRA;douze;;EGAL\nI2;B;RH;1;;90 % EGAL\n";
    let page = send("/pilotage/couts", &posted(&csrf, wrong, "essai")).await;
    assert_eq!(page.status, 422);
    for expected in
        ["ligne 2 : « prevu » : « douze »", "ligne 3 : les parts de « 90\u{a0}% EGAL » font 90\u{a0}%"]
    {
        assert!(page.text().contains(expected), "{expected}: {}", page.text());
    }

    let right = "poste;libellé;catégorie;prévu;réalisé;clés;justification\n\
        I1;Hébergement <A>;INFRA;18 000,00;18 400,00;EGAL;facture 114\n";
    let tried = send("/pilotage/couts", &posted(&csrf, right, "essai")).await.text();
    for expected in ["Essai : rien n’est enregistré", "Hébergement &#60;A&#62;", "18\u{202f}400,00\u{a0}€"]
    {
        assert!(tried.contains(expected), "{expected}: {tried}");
    }
    let address = format!("/pilotage/couts/{YEAR}");
    assert_eq!(door.send(get(&address).cookie(&pilot)).await.status, 404, "a try keeps nothing");

    let kept = send("/pilotage/couts", &posted(&csrf, right, "garder")).await;
    assert_eq!((kept.status, kept.header("location")), (303, format!("{address}?fait=prepare").as_str()));
    let page = door.send(get(&address).cookie(&pilot)).await.text();
    for said in ["Total : ", "Total des parts : "] {
        assert!(page.contains(&format!("{said}18\u{202f}400,00\u{a0}€")), "{said}: {page}");
    }
    let early = send(&format!("{address}/cloture"), &format!("csrf={csrf}&motif=")).await;
    assert!(early.status == 422 && early.text().contains("L’année n’est pas finie."), "{}", early.text());
    for nothing in [
        "/pilotage/couts/2997",
        "/pilotage/couts/x",
        "/pilotage/couts/2998-1/repartition.csv",
        "/pilotage/couts/2998-1/repartition.xlsx",
    ] {
        assert_eq!(door.send(get(nothing).cookie(&pilot)).await.status, 404, "{nothing}");
    }

    let (admin, _) = door.log_in(Role::MemberAdmin).await;
    let mine = door.send(get("/facture").cookie(&admin)).await;
    assert!(mine.status == 200 && mine.text().contains("Aucun état liquidatif"), "{}", mine.text());
    for nothing in [
        "/facture/2998-x-1.csv",
        "/facture/2998-x-1.xlsx",
        "/facture/exercices/2998-1",
        "/facture/exercices/x",
    ] {
        assert_eq!(door.send(get(nothing).cookie(&admin)).await.status, 404, "{nothing}");
    }
    door.end().await;
}
