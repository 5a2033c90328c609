//! What archivists look for, and the first answer that each question must give; what the answers are; what nobody may count.

use chartrier::access::{Access, Asked, Reader};
use chartrier::catalog::search::Question;
use chartrier::identity::MachineCaller;
use chartrier::model::Role;

use super::{Door, get};
use crate::support::vault;

/// Units as a small town's flows describe them: title, first day, last day, the producer's number, what it is about.
const HELD: [(&str, &str, &str, &str, &str); 44] = [
    (
        "Flux comptable PES : bordereau de mandats n° 1184 du 09/06/2023",
        "2023-06-09",
        "",
        "2023-1184",
        "Mandats des collèges",
    ),
    ("Mandat n° 1542/2023", "2023-06-09", "", "1542/2023", "Fournitures scolaires, Papeterie Lormeau"),
    ("Mandat n° 1543/2023", "2023-06-09", "", "1543/2023", "Suite du mandat 1542/2023, même fournisseur"),
    ("Mandat n° 1542/2022", "2022-06-10", "", "1542/2022", "Entretien de la chaudière"),
    ("Titre de recettes n° 87/2023", "2023-04-03", "", "87/2023", "Location de la salle des fêtes"),
    ("Délibération n° 2023-045", "2023-03-14", "", "2023-045", "Tarifs de la cantine scolaire"),
    (
        "Délibération n° 2023-046",
        "2023-03-14",
        "",
        "2023-046",
        "Subvention à l’Harmonie municipale ; modifie la délibération 2023-045",
    ),
    (
        "Délibération DEL_2024_012",
        "2024-02-08",
        "",
        "DEL_2024_012",
        "Création d’un poste d’adjoint technique",
    ),
    (
        "Contrôle de légalité : délibération DEL_2024_013 du 08/02/2024",
        "2024-02-08",
        "",
        "DEL_2024_013",
        "Plan local d’urbanisme",
    ),
    ("Accusé de réception de la préfecture", "2024-02-09", "", "", "Acte DEL_2024_012"),
    ("Procès-verbal du conseil municipal du 14 mars 2023", "2023-03-14", "", "", "Séance ordinaire"),
    ("Procès-verbal du conseil municipal du 11 avril 2023", "2023-04-11", "", "", "Vote du budget"),
    ("Registre des délibérations, 2023", "2023-01-01", "2023-12-31", "", "Registre relié"),
    ("Budget primitif 2023", "2023-04-11", "", "", "Budget principal, section d’investissement"),
    ("Budget primitif 2022", "2022-04-12", "", "", "Budget principal"),
    ("Budget annexe de l’eau 2023", "2023-04-11", "", "", "Budget primitif de la régie de l’eau"),
    ("Compte administratif 2022", "2023-06-20", "", "", "Budget primitif et décisions modificatives"),
    (
        "Permis de construire PC 096 178 23 00012",
        "2023-05-02",
        "",
        "PC 096 178 23 00012",
        "Maison individuelle, 12 rue des Lilas",
    ),
    ("Déclaration préalable, 4 rue des Lilas", "2022-09-01", "", "DP 096 178 22 00040", "Clôture"),
    ("Voirie : réfection de la rue des Lilas", "2021-05-01", "2021-09-30", "", "Marché 2021-07"),
    ("Lilas et rosiers du square : commande", "2023-10-02", "", "", "Plantations, rue Haute"),
    ("Rue de l’Église : plan d’alignement", "1998-11-12", "", "", "Plan au 1/200"),
    ("Église Saint-Vernoux : relevé de la façade", "2024-05-06", "", "", "Restauration de la couverture"),
    (
        "Marché n° 2025-01 : couverture de l’église Saint-Vernoux",
        "2025-06-10",
        "2026-08-28",
        "2025-01",
        "Travaux",
    ),
    (
        "Arrêté AR2026_037 : zone 30 dans le bourg",
        "2026-05-18",
        "",
        "AR2026_037",
        "Circulation rue Haute et rue du Moulin",
    ),
    (
        "Arrêté de nomination de Mme Hélène Bréhat",
        "2022-07-14",
        "",
        "",
        "Attachée territoriale, à compter du 1er août 2022",
    ),
    ("Dossier d’agent : BREHAT Helene", "2010-01-01", "2022-12-31", "", "Carrière"),
    ("Dossier d’agent : Le Goff Éloïse", "2015-01-01", "", "", "Carrière ; évaluée par Mme Bréhat"),
    ("Courrier à Mme Dupré-Latour", "2021-02-03", "", "", "Réclamation sur une facture d’eau"),
    (
        "Facture FA-2023-0098",
        "2023-02-14",
        "",
        "FA-2023-0098",
        "Société Ardoisienne de Travaux, SIRET 219 600 042 00012",
    ),
    ("Fiche fournisseur 21960004200012", "2020-01-01", "", "", "Société Ardoisienne de Travaux"),
    ("Facture FA-2023-0099", "2023-02-15", "", "FA-2023-0099", "Société Ardoisienne de Travaux"),
    ("Registre des naissances, 1932-1942", "1932-01-01", "1942-12-31", "", "État civil"),
    ("Liste électorale, scrutin du 12 juin 2022", "2022-06-12", "", "", "Bureau unique"),
    (
        "Convention de mise à disposition du gymnase",
        "2019-09-01",
        "2022-08-31",
        "",
        "Collège des Trois-Rivières",
    ),
    ("Œuvres du musée : inventaire", "2018-01-01", "", "", "Récolement décennal"),
    ("Assainissement : schéma directeur", "2016-01-01", "2018-12-31", "", "Eaux usées et eaux pluviales"),
    ("Plan communal de sauvegarde", "2020-11-01", "", "", "Inondation de la Loine, crue de référence"),
    (
        "Marché n° 2025-031 : réfection de la chaussée de la RD 912",
        "2025-02-03",
        "2026-06-26",
        "2025-031",
        "Enrobés",
    ),
    ("Cahier des clauses techniques particulières", "2025-02-03", "", "", "Marché 2025-031"),
    ("Décompte général", "2026-06-26", "", "", "Marché 2025-031"),
    ("Délibération CCAS2026_03", "2026-01-28", "", "CCAS2026_03", "Secours d’urgence"),
    ("Tarifs de la cantine", "2021-06-30", "", "", "Affiche"),
    ("Menus", "2023-03-01", "2023-03-31", "", "Restaurant scolaire, cantine"),
];

/// What is asked, and the title of the first answer.
const ASKED: [(&str, &str); 34] = [
    ("mandat 1542/2023", "Mandat n° 1542/2023"),
    ("1542/2023", "Mandat n° 1542/2023"),
    ("mandat n°1543-2023", "Mandat n° 1543/2023"),
    ("1542 2022", "Mandat n° 1542/2022"),
    ("bordereau 1184", "Flux comptable PES : bordereau de mandats n° 1184 du 09/06/2023"),
    ("titre 87/2023", "Titre de recettes n° 87/2023"),
    ("2023-045", "Délibération n° 2023-045"),
    ("délibération 2023-45", "Délibération n° 2023-045"),
    ("DEL_2024_012", "Délibération DEL_2024_012"),
    ("del-2024-12", "Délibération DEL_2024_012"),
    ("DELIBERATION DEL_2024_013", "Contrôle de légalité : délibération DEL_2024_013 du 08/02/2024"),
    ("AR2026_037", "Arrêté AR2026_037 : zone 30 dans le bourg"),
    ("FA-2023-98", "Facture FA-2023-0098"),
    ("219 600 042 00012", "Fiche fournisseur 21960004200012"),
    ("PC 096 178 23 00012", "Permis de construire PC 096 178 23 00012"),
    ("rue des Lilas", "Déclaration préalable, 4 rue des Lilas"),
    ("\"rue des lilas\" clôture", "Déclaration préalable, 4 rue des Lilas"),
    ("rue de l'eglise", "Rue de l’Église : plan d’alignement"),
    ("église saint vernoux", "Église Saint-Vernoux : relevé de la façade"),
    ("Bréhat", "Arrêté de nomination de Mme Hélène Bréhat"),
    ("brehat nomination", "Arrêté de nomination de Mme Hélène Bréhat"),
    ("eloise le goff", "Dossier d’agent : Le Goff Éloïse"),
    ("Dupré Latour", "Courrier à Mme Dupré-Latour"),
    ("budget primitif 2023", "Budget primitif 2023"),
    ("budgets primitifs 2022", "Budget primitif 2022"),
    ("conseil municipal mars 2023", "Procès-verbal du conseil municipal du 14 mars 2023"),
    ("conseil municipal 11/04/2023", "Procès-verbal du conseil municipal du 11 avril 2023"),
    ("14 juillet 2022", "Arrêté de nomination de Mme Hélène Bréhat"),
    ("naissances 1935", "Registre des naissances, 1932-1942"),
    ("oeuvres musee", "Œuvres du musée : inventaire"),
    ("facture du 14 au 14 février 2023", "Facture FA-2023-0098"),
    ("novembre 1998", "Rue de l’Église : plan d’alignement"),
    ("tarifs cantine -affiche", "Délibération n° 2023-045"),
    ("RD 912", "Marché n° 2025-031 : réfection de la chaussée de la RD 912"),
];

fn written((title, start, end, id, about): &(&str, &str, &str, &str, &str), number: usize) -> String {
    let element = |name: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!("<{name}>{text}</{name}>") }
    };
    format!(
        "<ArchiveUnit id=\"T{number}\"><Content><DescriptionLevel>Item</DescriptionLevel><Title>{title}</Title>{}{}{}{}\
         </Content></ArchiveUnit>",
        element("OriginatingAgencyArchiveUnitIdentifier", id),
        element("Description", about),
        element("StartDate", start),
        element("EndDate", if end.is_empty() { start } else { end }),
    )
}

/// A member that holds all of it, and the way to ask.
async fn held() -> (Door, Access) {
    let door = Door::open().await;
    let mut sip = door.sip("TROUVER");
    sip.title = "Versement annuel de la mairie".into();
    sip.units = HELD.iter().enumerate().map(|(number, unit)| written(unit, number)).collect();
    let taken = door.deposit(sip.zip()).await;
    assert!(taken.archive_id.is_some(), "{:?}", taken.findings);
    let access = Access::new(door.tenant.db.clone(), vault::storage(), door.tenant.clock.clone());
    (door, access)
}

/// Everything that came under an agreement, for whoever may open it.
fn reader(door: &Door, agreement: &str) -> Reader {
    Reader::machine(&MachineCaller {
        tenant: door.tenant.tenant,
        machine_id: door.tenant.machine,
        name: String::new(),
        agreements: vec![agreement.to_owned()],
    })
}

fn asked(text: &str) -> Asked {
    Asked { question: Question { text: Some(text.into()), ..Question::default() }, ..Asked::default() }
}

async fn titles(access: &Access, reader: &Reader, asked: &Asked) -> Vec<String> {
    let (mut titles, mut after) = (Vec::new(), None);
    loop {
        // Pages of three, so that going on is tried as well.
        let found = access.find(reader, asked, after, 3).await.unwrap();
        titles.extend(found.page.units.into_iter().map(|unit| unit.title));
        after = found.page.next;
        if after.is_none() {
            return titles;
        }
    }
}

#[tokio::test]
async fn each_question_of_an_archivist_has_its_first_answer() {
    let (door, access) = held().await;
    let reader = reader(&door, &door.tenant.agreement);
    let mut wrong = Vec::new();
    for (question, first) in ASKED {
        let found = titles(&access, &reader, &asked(question)).await;
        if found.first().map(String::as_str) != Some(first) {
            wrong.push(format!("{question} : {:?}", &found[..found.len().min(4)]));
        }
        let mut once = found.clone();
        once.sort();
        once.dedup();
        assert!(
            once.len() == found.len() || question.contains("pièce"),
            "{question}: a unit stands twice: {found:?}"
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for nothing in [
        "mandat 1999/2023",
        "rue des Glycines",
        "\"lilas rue\"",
        "le la les",
        "31/12/1750",
        "''::tsquery & \\ !",
    ] {
        assert_eq!(titles(&access, &reader, &asked(nothing)).await, Vec::<String>::new(), "{nothing}");
    }
    door.end().await;
}

#[tokio::test]
async fn answers_are_counted_by_what_they_are_and_kept_by_it() {
    let (door, access) = held().await;
    let own = reader(&door, &door.tenant.agreement);
    let all = access.find(&own, &asked("délibération"), None, 3).await.unwrap();
    assert!(!all.facets.is_cut && all.facets.total >= 6, "{:?}", all.facets);
    let year =
        |year: i32| all.facets.years.iter().find(|one| one.value == year.to_string()).map(|one| one.count);
    assert_eq!(year(2024), Some(2), "{:?}", all.facets.years);
    let mut kept = asked("délibération");
    kept.question.year = Some(2024);
    assert_eq!(titles(&access, &own, &kept).await.len(), 2);
    kept.open = Some(true);
    assert_eq!(titles(&access, &own, &kept).await.len(), 0, "nothing says that they are open");
    let with_files = Asked { format: Some("fmt/18".into()), ..Asked::default() };
    let found = access.find(&own, &with_files, None, 10).await.unwrap();
    assert!(found.facets.total <= 3 && found.page.units.iter().all(|unit| unit.object_count == 1));
    let all_units = access.find(&own, &Asked::default(), None, 10).await.unwrap();
    assert_eq!(all_units.facets.total, HELD.len() + 4);
    assert_eq!(all_units.facets.agreements[0].value, door.tenant.agreement);
    // Another agreement's reader finds and counts nothing, though the words are there.
    let other = reader(&door, &door.tenant.agreement_with_archivist);
    let nothing = access.find(&other, &asked("délibération"), None, 10).await.unwrap();
    assert!(nothing.page.units.is_empty() && nothing.facets.total == 0 && nothing.facets.years.is_empty());
    let nothing = access.find(&other, &Asked::default(), None, 10).await.unwrap();
    assert_eq!(nothing.facets.total, 0);
    door.end().await;
}

#[tokio::test]
async fn the_page_shows_the_first_answer_first_and_what_narrows_it() {
    let (door, _) = held().await;
    let (cookie, _) = door.log_in(Role::Archivist).await;
    let answer = door.send(get("/archives?q=d%C3%A9lib%C3%A9ration").cookie(&cookie)).await;
    let page = answer.text();
    assert!(page.contains("annee=2024") && page.contains("Année"), "{page}");
    let narrowed = door.send(get("/archives?q=mandat+1542%2F2023&annee=2023").cookie(&cookie)).await;
    let page = narrowed.text();
    // What was asked for is marked, in the title and in what else says it.
    let first = page.find("<mark>Mandat</mark> n° <mark>1542/2023</mark></a>").expect("the mandate");
    let other = page.find("<mark>Mandat</mark> n° 1543/2023</a>").expect("the next one, which speaks of it");
    assert!(
        first < other && page[other..].contains("Suite du <mark>mandat</mark> <mark>1542/2023</mark>, même")
    );
    assert!(page.contains("name=\"annee\" value=\"2023\""), "the next question keeps the year");
    for odd in ["annee=x", "communicable=peut-etre&q=a", "format=%00", "apres=zzz&q=mandat"] {
        let status = door.send(get(&format!("/archives?{odd}")).cookie(&cookie)).await.status;
        assert!([200, 400].contains(&status), "{odd}: {status}");
    }
    door.end().await;
}
