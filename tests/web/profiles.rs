//! The pages of archive profiles: imported, refused with their reasons, bound, put out of use, explained.

use chartrier::membership::library;
use chartrier::model::{ProfileId, Role};
use chartrier::registry::profile_queries;

use super::{Answer, Ask, Door, form, get, multipart, post};
use crate::support::profile;

fn upload(path: &str, cookie: &str, fields: &[(&str, &str)], file: Option<&[u8]>) -> Ask {
    let (body, kind) = multipart(fields, file.map(|bytes| ("actes.rng", bytes)));
    post(path, body).header("content-type", kind).cookie(cookie)
}

/// Imports through the form, as the archivist does.
async fn import(door: &Door, identifier: &str, rng: &[u8]) -> (Answer, String, String) {
    let (cookie, token) = door.log_in(Role::Archivist).await;
    let fields = [
        ("csrf", token.as_str()),
        ("identifiant", identifier),
        ("intitule", "Actes & délibérations"),
        ("notice", ""),
    ];
    let answer = door.send(upload("/profils", &cookie, &fields, Some(rng))).await;
    (answer, cookie, token)
}

async fn events(door: &Door, object: &str) -> i64 {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    sqlx::query_scalar("select count(*) from event where object = $1 and event_type = 'PARAMETRAGE'")
        .bind(object)
        .fetch_one(tx.conn())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_archivist_imports_a_profile_reads_what_it_asks_and_takes_its_file_back() {
    let door = Door::open().await;
    let rng = profile::grammar("2.1", "Titre imposé");
    let (done, cookie, _) = import(&door, "ACTES-2.1", &rng).await;
    assert_eq!(done.status, 303, "{}", done.text());
    let place = done.header("location").to_owned();
    let page = door.send(get(&place).cookie(&cookie)).await.text();
    for shown in
        ["Le profil est importé", "Actes &#38; délibérations", "SEDA\u{a0}2.1", "En service", "actes.rng"]
    {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
    let place = place.split('?').next().unwrap().to_owned();
    let explained = door.send(get(&format!("{place}/explication")).cookie(&cookie)).await.text();
    for shown in ["DescriptionLevel", "niveau de description", "Titre imposé", "L’intitulé du dossier"] {
        assert!(
            explained.contains(shown) || explained.contains(&shown.replace('’', "&#39;")),
            "{shown}\n{explained}"
        );
    }
    let file = door.send(get(&format!("{place}/fichier?version=1")).cookie(&cookie)).await;
    assert_eq!((file.status, &file.body), (200, &rng));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"ACTES-2.1-v1.rng\"");
    assert_eq!(door.send(get(&format!("{place}/fichier?version=2")).cookie(&cookie)).await.status, 404);
    let list = door.send(get("/profils").cookie(&cookie)).await.text();
    assert!(list.contains("ACTES-2.1") && list.contains(&place), "{list}");
    assert_eq!(events(&door, "profile:ACTES-2.1").await, 1);
    door.end().await;
}

#[tokio::test]
async fn a_file_that_is_no_profile_is_refused_with_its_lines_and_nothing_is_kept() {
    let door = Door::open().await;
    let (answer, cookie, token) = import(&door, "FAUX", profile::BROKEN).await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    for shown in ["Pourquoi ce fichier est refusé", "value=\"FAUX\"", "Rien n’a été gardé"] {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
    let (bare, _, _) = import(&door, "FAUX", b"<grammar xmlns=\"http://relaxng.org/ns/structure/1.0\">\n<start>\n<ref name=\"rien\"/></start></grammar>").await;
    assert!(bare.status == 422 && bare.text().contains("rien"), "{}", bare.text());
    let fields = [("csrf", token.as_str()), ("identifiant", "avec espace"), ("intitule", "")];
    let wrong = door.send(upload("/profils", &cookie, &fields, None)).await;
    let page = wrong.text();
    assert_eq!(wrong.status, 422);
    for shown in ["Choisissez le fichier", "sans espace", "intitulé d’une ligne"] {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
    let fields = [("csrf", token.as_str()), ("identifiant", "GROS"), ("intitule", "Gros")];
    let large = door.send(upload("/profils", &cookie, &fields, Some(&vec![b' '; (2 << 20) + 1]))).await;
    assert!(large.status == 422 && large.text().contains("trop gros"), "{}", large.text());
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    assert!(profile_queries::profiles(&mut tx).await.unwrap().is_empty());
    drop(tx);
    door.end().await;
}

#[tokio::test]
async fn an_identifier_is_taken_once_and_another_file_is_another_version() {
    let door = Door::open().await;
    let (first, cookie, token) = import(&door, "ACTES", &profile::grammar("2.1", "Un")).await;
    let place = first.header("location").split('?').next().unwrap().to_owned();
    let (again, ..) = import(&door, "ACTES", &profile::grammar("2.1", "Deux")).await;
    assert!(again.status == 422 && again.text().contains("porte déjà cet identifiant"), "{}", again.text());

    let versions = format!("{place}/versions");
    let fields = [("csrf", token.as_str())];
    let replace = |rng: Vec<u8>| upload(&versions, &cookie, &fields, Some(&rng));
    let done = door.send(replace(profile::grammar("2.1", "Deux"))).await;
    assert_eq!((done.status, done.header("location")), (303, format!("{place}?fait=version").as_str()));
    let same = door.send(replace(profile::grammar("2.1", "Deux"))).await;
    assert_eq!((same.status, same.header("location")), (303, format!("{place}?fait=inchange").as_str()));
    let refused = door.send(replace(profile::BROKEN.to_vec())).await;
    assert!(refused.status == 422 && refused.text().contains("Pourquoi ce fichier est refusé"));
    let page = door.send(get(&place).cookie(&cookie)).await.text();
    assert!(page.contains("Version 2") && page.contains("Version 1"), "{page}");
    assert_eq!(events(&door, "profile:ACTES").await, 2);
    let old = door.send(get(&format!("{place}/fichier?version=1")).cookie(&cookie)).await;
    assert_eq!(old.body, profile::grammar("2.1", "Un"));
    door.end().await;
}

#[tokio::test]
async fn a_profile_is_bound_to_agreements_and_put_out_of_use() {
    let door = Door::open().await;
    let id = profile::imported(&door.tenant, "ACTES", profile::grammar("2.1", "Un")).await;
    let (cookie, token) = door.log_in(Role::MemberAdmin).await;
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let agreements = chartrier::registry::queries::agreements(&mut tx).await.unwrap();
    drop(tx);
    let [one, other] = &agreements[..] else { panic!("two agreements") };
    let (one, other) = (one.agreement_id, other.agreement_id);
    let bind = |fields: String| {
        form(&format!("/profils/{id}/accords"), &format!("csrf={token}&{fields}")).cookie(&cookie)
    };
    let wrong = door.send(bind(format!("accord={one}&exige={one}"))).await;
    assert!(wrong.status == 422 && wrong.text().contains("sans en admettre aucun"), "{}", wrong.text());
    let done = door.send(bind(format!("accord={one}&accord={other}&admis={one}&exige={one}"))).await;
    assert_eq!((done.status, done.header("location")), (303, format!("/profils/{id}?fait=accords").as_str()));
    assert_eq!(standing(&door, id).await, (true, vec![agreements[0].identifier.clone()]));
    let shown = door.json("/api/v1/profiles").await;
    assert_eq!(shown["items"][0]["archival_agreements"][0], agreements[0].identifier.as_str(), "{shown:#}");
    let page = door.send(get(&format!("/profils/{id}")).cookie(&cookie)).await.text();
    assert_eq!(page.matches(" checked>").count(), 2, "{page}");
    let same = door.send(bind(format!("accord={one}&admis={one}&exige={one}"))).await;
    assert_eq!(same.header("location"), format!("/profils/{id}?fait=inchange"));

    let act = |what: &str| form(&format!("/profils/{id}/{what}"), &format!("csrf={token}")).cookie(&cookie);
    assert_eq!(
        door.send(act("desactivation")).await.header("location"),
        format!("/profils/{id}?fait=desactive")
    );
    assert!(!standing(&door, id).await.0);
    assert_eq!(door.send(act("activation")).await.header("location"), format!("/profils/{id}?fait=active"));
    assert!(standing(&door, id).await.0);
    assert_eq!(events(&door, "profile:ACTES").await, 3);
    door.end().await;
}

async fn standing(door: &Door, id: ProfileId) -> (bool, Vec<String>) {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let profile = profile_queries::find_profile(&mut tx, id).await.unwrap().unwrap();
    (profile.active, profile.agreements)
}

#[tokio::test]
async fn control_reads_profiles_and_changes_none_and_a_transfer_shows_its_version() {
    let door = Door::open().await;
    let id = profile::imported(&door.tenant, "ACTES", profile::grammar("2.1", "Registre")).await;
    profile::bound(&door.tenant, id, true, false).await;
    let (cookie, _) = door.log_in(Role::ControlAuthority).await;
    let page = door.send(get(&format!("/profils/{id}")).cookie(&cookie)).await.text();
    assert!(
        page.contains("Admis") && !page.contains("type=\"checkbox\"") && !page.contains("/versions\""),
        "{page}"
    );
    assert!(!door.send(get("/profils").cookie(&cookie)).await.text().contains("/profils/nouveau"));

    let mut sip = door.sip("PAGE-PROFIL");
    (sip.profile, sip.title) = (Some("ACTES".into()), "Registre".into());
    let transfer = door.deposit(sip.zip()).await;
    let (cookie, _) = door.log_in(Role::Archivist).await;
    let page = door.send(get(&format!("/versements/{}", transfer.transfer_id)).cookie(&cookie)).await.text();
    assert!(page.contains("Délibérations, version 1"), "{page}");
    let told = door.json(&format!("/api/v1/transfers/{}", transfer.transfer_id)).await;
    assert_eq!((&told["archival_profile"], &told["profile_version"]), (&"ACTES".into(), &1.into()));
    door.end().await;
}

#[tokio::test]
async fn a_model_of_the_library_makes_a_profile_without_a_file() {
    let door = Door::open().await;
    let (cookie, token) = door.log_in(Role::Archivist).await;
    let page = door.send(get("/profils/nouveau").cookie(&cookie)).await.text();
    for model in library::models() {
        let option =
            format!("<option value=\"{}\">{}</option>", model.name, model.title.replace('\'', "&#39;"));
        assert!(page.contains(&option), "{option}\n{page}");
        let first = model.notice.lines().next().unwrap().replace('\'', "&#39;");
        assert!(page.contains(&first), "{first}\n{page}");
    }

    let fields = |model: &'static str, identifier: &'static str| {
        [("csrf", token.clone()), ("identifiant", identifier.into()), ("modele", model.into())]
    };
    let ask = |fields: &[(&str, String)], file: Option<&[u8]>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        upload("/profils", &cookie, &fields, file)
    };
    for model in library::models() {
        let done = door.send(ask(&fields(model.name, model.name), None)).await;
        assert_eq!(done.status, 303, "{}: {}", model.name, done.text());
        let place = done.header("location").split('?').next().unwrap().to_owned();
        let page = door.send(get(&place).cookie(&cookie)).await.text();
        assert!(
            page.contains(&model.title.replace('\'', "&#39;")) && page.contains("SEDA\u{a0}2.1"),
            "{page}"
        );
        let kept = door.send(get(&format!("{place}/fichier?version=1")).cookie(&cookie)).await;
        assert_eq!(kept.body, model.rng().bytes);
        let explained = door.send(get(&format!("{place}/explication")).cookie(&cookie)).await.text();
        assert!(explained.contains("durée d’utilité administrative et sort final"), "{explained}");
        assert!(!explained.contains("ne peut pas être expliqué"), "{explained}");
    }
    assert_eq!(events(&door, "profile:actes").await, 1);

    let mut named = fields("actes", "ACTES-A-NOUS").to_vec();
    named.extend([("intitule", "Nos actes".to_owned()), ("notice", "Les nôtres".to_owned())]);
    let done = door.send(ask(&named, None)).await;
    let page = door.send(get(done.header("location")).cookie(&cookie)).await.text();
    assert!(page.contains("Nos actes") && page.contains("Les nôtres"), "{page}");

    let both = door.send(ask(&fields("seance", "DEUX"), Some(&profile::grammar("2.1", "Un")))).await;
    assert!(both.status == 422 && both.text().contains("pas les deux"), "{}", both.text());
    assert!(
        both.text().contains("<option value=\"seance\" selected>"),
        "the choice is kept: {}",
        both.text()
    );
    let unknown = door.send(ask(&fields("inconnu", "INCONNU"), None)).await;
    assert!(unknown.status == 422 && unknown.text().contains("modèle de la liste"), "{}", unknown.text());
    let neither = door.send(ask(&fields("", "RIEN"), None)).await;
    assert!(neither.status == 422 && neither.text().contains("Choisissez le fichier"), "{}", neither.text());
    door.end().await;
}
