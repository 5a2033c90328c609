//! Statuses, bodies and headers to the letter: asalae-rest.md, 1 to 5.

use super::{Alphabet, DEPOSIT, Door, PASSWORD, basic, field, file, get, post, told};

#[tokio::test]
async fn ping_needs_nobody_and_versions_needs_the_right_password_in_any_alphabet() {
    let door = Door::open().await;
    let answer = door.send(get("/restservices/ping")).await;
    assert_eq!((answer.status, answer.text().as_str()), (200, "\"webservices as@lae accessibles\""));
    assert_eq!(answer.header("content-type"), "application/json; charset=UTF-8");
    let versions =
        |credentials: String| door.send(get("/restservices/versions").header("authorization", credentials));
    for alphabet in [Alphabet::Standard, Alphabet::UrlSafe, Alphabet::UrlSafeUnpadded] {
        let answer = versions(basic(&door.tenant.client_id, PASSWORD, alphabet)).await;
        let said = answer.json();
        assert_eq!((answer.status, said["application"].as_str()), (200, Some("as@lae")));
        assert!(said["version"].as_str().unwrap().starts_with("V1.6"), "{said}");
    }
    // The clear password is not taken as well, nor a hash of the hash, nor another's.
    let encode = |text: String| {
        use base64::Engine;
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
    };
    let user = &door.tenant.client_id;
    let upper = hex::encode_upper(chartrier::proof::digest::sha256(PASSWORD.as_bytes()));
    for wrong in [
        encode(format!("{user}:{PASSWORD}")),
        encode(format!("{user}:{upper}")),
        encode(format!("{user}:")),
        encode(user.clone()),
        basic("personne", PASSWORD, Alphabet::Standard),
        basic("", PASSWORD, Alphabet::Standard),
        "Basic ???".into(),
        "Basic".into(),
        format!("Bearer {}", door.token().await),
    ] {
        let answer = versions(wrong.clone()).await;
        let (status, sentence) = told(&answer);
        assert_eq!(status, 401, "{wrong}");
        assert!(sentence.contains("mot de passe"), "{sentence}");
        assert!(answer.header("www-authenticate").starts_with("Basic "), "{answer:?}");
    }
    door.end().await;
}

#[tokio::test]
async fn a_form_that_is_wrong_is_refused_in_a_short_french_text() {
    let door = Door::open().await;
    let sip = door.sip("FORMULAIRE");
    let manifest = sip.manifest();
    let message = || file("seda_message", "bordereau.xml", "text/xml", manifest.as_bytes());
    let cases: Vec<(Vec<super::Part<'_>>, &str)> = vec![
        (
            vec![file("seda_message", "bordereau.xml", "text/xml", b"")],
            "Erreur de donnée du formulaire : la taille du fichier transmis \"bordereau.xml\" est nulle",
        ),
        (vec![], "Erreur de donnée du formulaire"),
        (vec![field("reply", "")], "le bordereau manque"),
        (vec![message(), message()], "donné deux fois"),
        (vec![message(), file("attachments", "a.zip", "application/zip", b"")], "est nulle"),
        (vec![message(), field("reply", "MAIL:personne")], "n’est pas une adresse"),
        (
            vec![
                field("send_chunked_attachments", "true"),
                message(),
                file("attachments", "a.zip", "application/zip", b"x"),
            ],
            "choisissez l’un ou l’autre",
        ),
        (vec![file("seda_message", "b.xml", "text/xml", b"pas du XML")], "Bordereau illisible"),
        (vec![file("seda_message", "b.xml", "text/xml", b"<Autre/>")], "Bordereau illisible"),
        ((0..40).map(|n| field(&format!("champ{n}"), "x")).collect(), "plus de 32 champs"),
    ];
    for (parts, expected) in cases {
        let (status, sentence) = told(&door.send_form(DEPOSIT, &parts).await);
        assert_eq!(status, 400, "{sentence}");
        assert!(sentence.contains(expected), "{expected}: {sentence}");
    }
    let mut long = door.sip("x");
    long.message_identifier = "x".repeat(5_000);
    let (status, sentence) = told(&door.send_pair(&long).await);
    assert_eq!(status, 400, "{sentence}");
    assert!(sentence.contains("Bordereau illisible"), "{sentence}");
    let plain = post(DEPOSIT, "a=b").header("authorization", door.credentials());
    let (status, sentence) = told(&door.send(plain.header("content-type", "text/plain")).await);
    assert_eq!(status, 400, "{sentence}");
    assert!(sentence.contains("multipart/form-data"), "{sentence}");
    // What could not be read is kept, refused, in the journal; nothing else came in.
    door.work().await;
    let kept = door.transfers().await;
    assert_eq!(kept.len(), 3, "{kept:?}");
    assert!(kept.iter().all(|transfer| transfer.state == chartrier::model::TransferState::Refused));
    door.end().await;
}

#[tokio::test]
async fn what_is_not_asked_well_is_told_and_what_is_unknown_is_500_to_the_letter() {
    let door = Door::open().await;
    let ask = |query: &str| {
        let ask = get(&format!("{DEPOSIT}?{query}")).header("authorization", door.credentials());
        door.send(ask)
    };
    for wrong in [
        "",
        "sequence=ArchiveTransfer",
        "sequence=ArchiveDelivery&message=Acknowledgement&originMessageIdentifier=x",
        "sequence=ArchiveTransfer&message=Acknowledgement",
    ] {
        assert_eq!(told(&ask(wrong).await).0, 400, "{wrong}");
    }
    let unknown =
        told(&door.ask_for("Acknowledgement", "FRCOL 1/é", "inconnu/à 105@2019-11-15T12:53:22+1").await);
    assert_eq!(
        unknown,
        (
            500,
            "Transfert d'archive à l'origine de la séquence non trouvé : inconnu/à 105@2019-11-15T12:53:22+1"
                .into()
        )
    );
    let answer = door.send(get("/restservices/autre").header("authorization", door.credentials())).await;
    assert_eq!(told(&answer).0, 404);
    let answer =
        door.send(post("/restservices/versions", "").header("authorization", door.credentials())).await;
    assert_eq!(told(&answer).0, 405);
    door.end().await;
}

#[tokio::test]
async fn a_reply_is_pending_then_there_and_waits_for_the_archivist() {
    let door = Door::open().await;
    let mut sip = door.sip("ATTENTE");
    sip.agreement = door.tenant.agreement_with_archivist.clone();
    assert_eq!(door.send_pair(&sip).await.status, 200);
    assert_eq!(door.acknowledgement(&sip).await.status, 200, "before anything else is done");
    let pending = (500, "Transfert en cours de traitement".to_owned());
    assert_eq!(told(&door.reply(&sip).await), pending);
    door.work().await;
    assert_eq!(told(&door.reply(&sip).await), pending, "an archivist decides");
    let by = chartrier::model::PersonId(uuid::Uuid::new_v4());
    let id = door.transfers().await[0].transfer_id;
    let decider = chartrier::ingest::archivist::Decider::of_all(by);
    door.ingest.approve(door.tenant.tenant, decider, id).await.unwrap().unwrap();
    door.work().await;
    let reply = door.reply(&sip).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/xml; charset=UTF-8"));
    door.end().await;
}

#[tokio::test]
async fn the_address_by_which_buses_lead_to_an_archive_opens_it_for_whoever_may_read_it() {
    let (door, other) = (Door::open().await, Door::open().await);
    let sip = door.sip("LIEN");
    assert_eq!(door.send_pair(&sip).await.status, 200);
    door.work().await;
    let reply = door.reply(&sip).await.text();
    let path = [
        "DataObjectPackage",
        "DescriptiveMetadata",
        "ArchiveUnit",
        "Content",
        "ArchivalAgencyArchiveUnitIdentifier",
    ];
    let cote = super::texts(&reply, &path).remove(0);
    let link = format!("/archives/viewByArchiveIdentifier/{cote}");
    let (cookie, _) = door.log_in(chartrier::model::Role::Archivist).await;
    let answer = door.send(get(&link).cookie(&cookie)).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let page = door.send(get(answer.header("location")).cookie(&cookie)).await;
    assert!(page.status == 200 && page.text().contains("LIEN"), "{page:?}");
    let (foreign, _) = other.log_in(chartrier::model::Role::Archivist).await;
    assert_eq!(other.send(get(&link).cookie(&foreign)).await.status, 404);
    let unknown = "/archives/viewByArchiveIdentifier/inconnue/1";
    assert_eq!(door.send(get(unknown).cookie(&cookie)).await.status, 404);
    door.end().await;
    other.end().await;
}
