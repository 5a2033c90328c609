//! The survey's pages: a campaign from its table to its figures in the pilot's hands, the public page of whoever has a link.

use chartrier::model::Role;

use super::{Answer, Ask, Door, form, get, post};
use crate::survey::{oracle_as_table, siren};

/// A form with a file, as browsers send it; fields first.
fn upload(address: &str, csrf: &str, (field, table): (&str, &str), dry: bool) -> Ask {
    let part = |name: &str, value: &str| {
        format!("--limite\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let dry = if dry { part("essai", "oui") } else { String::new() };
    let file = format!(
        "--limite\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"t.csv\"\r\n\r\n{table}\r\n--limite--\r\n"
    );
    let body = part("csrf", csrf) + &dry + &file;
    post(address, body).header("content-type", "multipart/form-data; boundary=limite")
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The pilot at work on a campaign of their own.
struct Desk<'a> {
    door: &'a Door,
    cookie: String,
    csrf: String,
    address: String,
}

impl Desk<'_> {
    async fn prepare(door: &Door) -> Desk<'_> {
        let (cookie, csrf) = door.log_in(Role::Pilot).await;
        let name = encoded(&format!("Recensement {}", door.tenant.code));
        let body = format!("csrf={csrf}&nom={name}&avant=2127-04-30");
        let made = door.send(form("/pilotage/recensements", &body).cookie(&cookie)).await;
        assert_eq!(made.status, 303, "{}", made.text());
        let address = made.header("location").split('?').next().unwrap().to_owned();
        let again = door.send(form("/pilotage/recensements", &body).cookie(&cookie)).await;
        assert_eq!(again.header("location"), format!("{address}?fait=connu"), "sent twice, made once");
        Desk { door, cookie, csrf, address }
    }

    /// Opened, with so many who are asked.
    async fn open(door: &Door, count: usize) -> Desk<'_> {
        let desk = Desk::prepare(door).await;
        assert_eq!(desk.import("producteurs", &producers(count), false).await.status, 303);
        assert_eq!(desk.act("ouverture", "").await.status, 303);
        desk
    }

    async fn page(&self, rest: &str) -> Answer {
        self.door.send(get(&format!("{}{rest}", self.address)).cookie(&self.cookie)).await
    }

    async fn act(&self, act: &str, body: &str) -> Answer {
        let body = format!("csrf={}&{body}", self.csrf);
        self.door.send(form(&format!("{}/{act}", self.address), &body).cookie(&self.cookie)).await
    }

    async fn import(&self, field: &str, table: &str, dry: bool) -> Answer {
        let ask = upload(&format!("{}/{field}", self.address), &self.csrf, (field, table), dry);
        self.door.send(ask.cookie(&self.cookie)).await
    }
}

fn producers(count: usize) -> String {
    let line = |number: usize| format!("{};Commune {number} <b>;COM;;;\n", siren(number));
    "siren;nom;type;population;email;contact\n".to_owned() + &(1..=count).map(line).collect::<String>()
}

/// Whoever has no account, following a link: their visit's cookie, and the proof their form bears.
async fn visit(door: &Door, link: &str) -> (Answer, String, String) {
    let page = door.send(get(link)).await;
    let visit = page.header("set-cookie").split(';').next().unwrap().to_owned();
    let text = page.text();
    let csrf = text.split("name=\"csrf\" value=\"").nth(1).unwrap_or_default();
    (page, visit, csrf.split('"').next().unwrap().to_owned())
}

#[tokio::test]
async fn a_table_is_tried_then_kept_and_what_is_sent_twice_is_done_once() {
    let door = Door::open().await;
    let desk = Desk::prepare(&door).await;
    let wrong = desk.import("producteurs", "siren;nom;type\n123;A;COM\n300000016;;VILLE\n", false).await;
    assert_eq!(wrong.status, 422);
    for expected in ["Ligne 2 : « 123 » n’est pas un SIREN", "Ligne 3 : "] {
        assert!(wrong.text().contains(expected), "{expected}: {}", wrong.text());
    }
    let tried = desk.import("producteurs", &producers(2), true).await.text();
    assert!(tried.contains("À blanc, rien n’est changé : 2\u{a0}lignes nouvelles"), "{tried}");
    let kept = desk.import("producteurs", &producers(2), false).await;
    assert!(kept.header("location").ends_with("?fait=importe&ajouts=2&changes=0&lettres=0"), "{kept:?}");
    assert_eq!(desk.act("ouverture", "").await.status, 303);
    assert!(desk.act("ouverture", "").await.header("location").ends_with("?fait=deja"), "sent twice");
    for _ in 0..2 {
        assert_eq!(desk.act("relance", "apres=0").await.status, 303);
    }
    let page = desk.page("").await.text();
    assert!(
        page.contains("<dt>Relances</dt><dd>1</dd>") && page.contains("name=\"apres\" value=\"1\""),
        "{page}"
    );
    assert!(page.contains("n’envoie pas de courriels"), "{page}");
    assert_eq!(desk.act("relance", "").await.status, 400, "none of our forms");
    let early = desk.act("restitution", "").await;
    assert!(early.status == 422 && early.text().contains("l’état « Relancée »"), "{}", early.text());
    door.end().await;
}

#[tokio::test]
async fn whoever_has_a_link_answers_corrects_and_reads_nothing_else() {
    let door = Door::open().await;
    let desk = Desk::open(&door, 2).await;
    let one = format!("producteurs/{}", siren(1));
    let said = "Attend%20le%20budget%20de%20juin";
    let note = format!("note={}&theme=Freins&texte={said}", uuid::Uuid::now_v7());
    assert_eq!(desk.act(&format!("{one}/notes"), &note).await.status, 303);
    desk.act(&format!("{one}/notes"), &note).await;
    let page = desk.page(&format!("/{one}")).await.text();
    assert_eq!(page.matches("Attend le budget de juin").count(), 1, "once: {page}");
    let page = desk.act(&format!("{one}/lien"), "").await.text();
    let link = page.split("http://chartrier.test").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(link.starts_with("/recensement/") && link.len() >= 13 + 43, "{link}");

    let (page, cookie, csrf) = visit(&door, &link).await;
    assert!(page.status == 200 && page.text().contains("Commune 1 &#60;b&#62;"), "{}", page.text());
    let send = async |body: &str| {
        door.send(form(&link, &format!("csrf={csrf}&{body}")).header("cookie", cookie.clone())).await
    };
    let wrong = send("q1=oui&q1b=Autre&q2=non&q2b=Actes").await;
    assert_eq!(wrong.status, 422);
    let text = wrong.text();
    for expected in
        ["id=\"q1b_autre-erreur\"", "id=\"q2b-erreur\"", "id=\"q3-erreur\"", "value=\"Autre\" checked"]
    {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let answered = send("q1=oui&q1b=Autre&q1b_autre=plans+%3Ci%3E&q2=non&q3=oui").await;
    assert_eq!((answered.status, answered.header("location")), (303, format!("{link}?fait=merci").as_str()));
    assert_eq!(send("q1=oui&q1b=Actes&q2=non&q3=non").await.status, 303, "corrected");
    let thanks = door.send(get(&format!("{link}?fait=merci"))).await.text();
    assert!(thanks.contains("Merci.") && thanks.contains("value=\"Actes\" checked"), "{thanks}");
    assert!(
        !thanks.contains("budget") && !thanks.contains("Commune 2"),
        "nothing of the pilot, nor of others"
    );

    // Somebody logged in follows a link like anybody else.
    let (reader, csrf_of_session) = door.log_in(Role::Reader).await;
    let body = format!("csrf={csrf_of_session}&q1=non&q2=non&q3=non");
    assert_eq!(door.send(form(&link, &body).cookie(&reader)).await.status, 303);
    let page = desk.page(&format!("/{one}")).await.text();
    assert!(page.contains("Par le lien, le ") && page.contains("<dt>Modifications</dt><dd>2</dd>"), "{page}");
    for file in ["/reponses.csv", "/analyse.csv"] {
        let table = desk.page(file).await;
        assert!(table.status == 200 && !table.text().contains("budget"), "{file}: {}", table.text());
    }
    assert_eq!(desk.act("cloture", "").await.status, 303);
    let late = send("q1=oui&q1b=Actes&q2=non&q3=non").await;
    assert!(late.status == 422 && late.text().contains("Ce recensement est clos"), "{}", late.text());
    let (page, ..) = visit(&door, &link).await;
    assert!(
        page.text().contains("aucune réponse n’est plus prise") && !page.text().contains("<form"),
        "closed"
    );
    assert!(desk.page("/reponses.csv").await.text().contains(";non;;;non;;;non;lien;"), "as it was");
    for unknown in ["/recensement/x", "/recensement/%00", &format!("{link}x")] {
        assert_eq!(door.send(get(unknown)).await.status, 404, "{unknown}");
    }
    door.end().await;
}

#[tokio::test]
async fn the_oracle_s_answers_give_the_norm_s_table_on_the_page() {
    let door = Door::open().await;
    let desk = Desk::prepare(&door).await;
    desk.import("producteurs", &producers(400), false).await;
    let table = oracle_as_table("2027-03-01");
    let early = desk.import("reponses", &table, false).await;
    assert!(early.status == 422 && early.text().contains("l’état « Brouillon »"), "{}", early.text());
    desk.act("ouverture", "").await;
    let wrong = desk.import("reponses", &table.replacen("papier", "lien", 1), false).await;
    assert!(wrong.status == 422 && wrong.text().contains("Ligne 2 : « lien »"), "{}", wrong.text());
    let taken = desk.import("reponses", &table, false).await;
    assert!(taken.header("location").contains("ajouts=186&changes=0"), "{taken:?} {}", taken.text());
    let page = desk.page("").await.text();
    assert!(page.contains("Analyse provisoire"), "{page}");
    for expected in [
        "186 sur 400 (46,50\u{a0}%)",
        "74 sur 186 (39,78\u{a0}%)",
        "27 sur 186 (14,52\u{a0}%)",
        "<dd>0 sur 0</dd>",
        "<dt>Domaines archivés déjà, en tout</dt><dd>169</dd>",
        "<dt>Domaines en projet, en tout</dt><dd>47</dd>",
        "<strong>216</strong>",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    let mut rest = page.as_str();
    for (domain, already, planned, sum) in [
        ("Finances", "65 sur 74 (87,84\u{a0}%)", "8 sur 27 (29,63\u{a0}%)", 73),
        ("Actes", "42 sur 74 (56,76\u{a0}%)", "13 sur 27 (48,15\u{a0}%)", 55),
        ("Marchés publics", "33 sur 74 (44,59\u{a0}%)", "3 sur 27 (11,11\u{a0}%)", 36),
        ("Ressources humaines", "16 sur 74 (21,62\u{a0}%)", "7 sur 27 (25,93\u{a0}%)", 23),
        ("Autre", "8 sur 74 (10,81\u{a0}%)", "12 sur 27 (44,44\u{a0}%)", 20),
        ("Social", "3 sur 74 (4,05\u{a0}%)", "2 sur 27 (7,41\u{a0}%)", 5),
        ("Santé", "2 sur 74 (2,70\u{a0}%)", "2 sur 27 (7,41\u{a0}%)", 4),
        ("Routes", "0 sur 74 (0,00\u{a0}%)", "0 sur 27 (0,00\u{a0}%)", 0),
    ] {
        // The line of the chart: the domain, its bar, its mentions, those who archive it, those who mean to.
        for cell in [
            format!("<th scope=\"row\">{domain}<svg"),
            format!("<td class=\"number right\">{sum}</td>"),
            format!("<td class=\"number right wide-only\">{already}</td>"),
            format!("<td class=\"number right wide-only\">{planned}</td>"),
        ] {
            let (_, after) = rest.split_once(&cell).unwrap_or_else(|| panic!("{cell}: {page}"));
            rest = after;
        }
    }
    desk.act("cloture", "").await;
    let page = desk.page("").await.text();
    assert!(page.contains("Analyse définitive"), "{page}");
    let told = desk.page("/analyse.csv").await.text();
    let line = "tous;archivent déjà ce domaine, sur ceux qui archivent;Finances;65;74;87,84;définitif\n";
    assert!(told.contains(line), "{told}");
    door.end().await;
}

#[tokio::test]
async fn an_order_is_tried_then_frozen_and_those_who_are_asked_are_found() {
    let door = Door::open().await;
    let desk = Desk::open(&door, 2_500).await;
    desk.import("reponses", &oracle_as_table("2027-03-01"), false).await;
    let weights = "a=1&b=2".to_owned() + &(0..8).map(|at| format!("&poids{at}=0")).collect::<String>();
    let id = uuid::Uuid::now_v7();
    let tried = desk.act("priorites", &format!("{weights}&note={id}&suite=essai")).await.text();
    assert!(tried.contains("rien n’est figé") && !tried.contains("Note du "), "{tried}");
    for _ in 0..2 {
        assert_eq!(desk.act("priorites", &format!("{weights}&note={id}&suite=figer")).await.status, 303);
    }
    let wrong = desk.act("priorites", &format!("a=beaucoup&b=2&note={id}&suite=figer")).await;
    assert!(wrong.status == 422 && wrong.text().contains("value=\"beaucoup\""), "{}", wrong.text());
    let page = desk.page("").await.text();
    assert_eq!(page.matches("<h2>Note du ").count(), 1, "frozen once: {page}");
    assert!(page.contains("a = 1, b = 2 ; poids réglementaires : aucun."), "{page}");
    let listed = desk.page("/producteurs?etat=repondu").await.text();
    assert!(listed.contains(&siren(1)) && !listed.contains(&siren(101)), "{listed}");
    let next = desk.page(&format!("/producteurs?etat=repondu&apres={}", siren(100))).await.text();
    assert!(next.contains(&siren(186)) && !next.contains(&siren(187)), "{next}");
    for nothing in ["/producteurs/300000099", "/producteurs/%00", "/producteurs/x"] {
        assert_eq!(desk.page(nothing).await.status, 404, "{nothing}");
    }
    assert_eq!(desk.page("/producteurs?cherche=%00").await.status, 200);
    door.end().await;
}

#[tokio::test]
async fn whoever_is_interested_is_carried_into_the_way_in_once() {
    let door = Door::alone("web_survey_interested").await;
    let desk = Desk::open(&door, 4).await;
    let answers = format!(
        "siren;q1;q1b;q1b_autre;q2;q2b;q2b_autre;q3;canal;date\n\
         {};non;;;non;;;oui;papier;2027-02-01\n{};non;;;non;;;non;papier;2027-02-02\n{};non;;;non;;;oui;papier;2027-02-03\n",
        siren(1),
        siren(2),
        siren(3)
    );
    assert_eq!(desk.import("reponses", &answers, false).await.status, 303);
    // One of them is followed already, and further on.
    let known = format!("csrf={}&nom=Commune+3&siren={}&sorte=commune&suite=entree", desk.csrf, siren(3));
    let made = door.send(form("/pilotage/entrees", &known).cookie(&desk.cookie)).await;
    assert_eq!(made.status, 303, "{}", made.text());
    assert!(desk.page("").await.text().contains("Inscrire 1\u{a0}intéressé parmi les entrées"));
    let carried = desk.act("entrees", "").await;
    assert!(carried.header("location").ends_with("?fait=inscrit&ajouts=1"), "{carried:?}");
    let again = desk.act("entrees", "").await;
    assert!(again.header("location").ends_with("?fait=inscrit&ajouts=0"), "{again:?}");
    assert!(!desk.page("").await.text().contains("parmi les entrées"), "nobody is left");
    let steering = door.send(get("/pilotage/entrees").cookie(&desk.cookie)).await.text();
    assert!(steering.contains("Commune 1 &#60;b&#62;") && !steering.contains("Commune 2"), "{steering}");
    let entry =
        steering.split("href=\"/pilotage/entrees/").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut told = String::new();
    for id in entry {
        told += &door.send(get(&format!("/pilotage/entrees/{id}")).cookie(&desk.cookie)).await.text();
    }
    assert!(told.contains("<dt>Depuis</dt><dd>1er\u{a0}février 2027</dd>"), "since when: {told}");
    assert!(told.contains("A répondu au recensement"), "{told}");
    let elsewhere = format!("/pilotage/recensements/{}/entrees", uuid::Uuid::now_v7());
    let body = format!("csrf={}", desk.csrf);
    assert_eq!(door.send(form(&elsewhere, &body).cookie(&desk.cookie)).await.status, 404);
    door.end().await;
}
