//! What an archivist looks for in the demonstration, asked at the portal's own page, and the first answer that each question must give.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ureq::http::Response;

use crate::support::as_written;

/// The member in which it is asked, what is asked, and the title of the first answer.
const ASKED: [(&str, &str, &str); 45] = [
    ("montvernoille", "mandat 1542/2023", "Mandat n° 1542/2023"),
    ("montvernoille", "1542/2023", "Mandat n° 1542/2023"),
    ("montvernoille", "mandat n°1543-2023", "Mandat n° 1543/2023"),
    ("montvernoille", "1542 2022", "Mandat n° 1542/2022"),
    ("montvernoille", "bordereau 1184", "Bordereau de mandats n° 1184 du 09/06/2023"),
    ("montvernoille", "titre 87/2023", "Titre de recettes n° 87/2023"),
    ("montvernoille", "FA-2023-98", "Facture FA-2023-0098"),
    ("montvernoille", "délibération 2023-45", "Délibération n° 2023-045"),
    ("montvernoille", "2024-007", "Délibération n° 2024-007"),
    ("montvernoille", "deliberation 2022-18", "Délibération n° 2022-018"),
    ("montvernoille", "DEL2026_24", "Contrôle de légalité : délibération DEL2026_24 du 11/06/2026"),
    ("montvernoille", "conseil municipal mars 2023", "Procès-verbal du conseil municipal du 14 mars 2023"),
    ("montvernoille", "conseil municipal 11/04/2023", "Procès-verbal du conseil municipal du 11 avril 2023"),
    ("montvernoille", "tarifs cantine 2024", "Délibération n° 2024-031"),
    ("montvernoille", "harmonie subvention", "Délibération n° 2023-046"),
    ("montvernoille", "budget primitif 2023", "Budget primitif 2023"),
    ("montvernoille", "budgets primitifs 2022", "Budget primitif 2022"),
    ("montvernoille", "PC 096 236 23 00012", "Permis de construire PC 096 236 23 00012"),
    ("montvernoille", "permis chemin du haut vernois", "Permis de construire PC 096 236 24 00003"),
    ("montvernoille", "rue des Lilas", "Déclaration préalable, 4 rue des Lilas"),
    ("montvernoille", "rue de l'eglise alignement", "Rue de l’Église : plan d’alignement"),
    ("montvernoille", "rue du moulin", "Voirie : réfection de la rue du Moulin"),
    ("montvernoille", "novembre 1998", "Rue de l’Église : plan d’alignement"),
    ("montvernoille", "marché 2024-02", "Marché n° 2024-02 : toiture de la salle des fêtes"),
    ("montvernoille", "brehat nomination", "Arrêté de nomination de Mme Hélène Bréhat"),
    ("montvernoille", "13 juillet 2023", "Arrêté de nomination de Mme Hélène Bréhat"),
    ("montvernoille", "eloise le goff", "Dossier d’agent : Le Goff Éloïse"),
    ("montvernoille", "Le Goff Éloïse", "Dossier d’agent : Le Goff Éloïse"),
    ("montvernoille", "Dupré Latour", "Dossier d’agent : Dupré-Latour Pierre"),
    ("montvernoille", "naissances 1935", "Registre des naissances, 1932-1942"),
    ("montvernoille", "tables decennales", "Tables décennales, 1903-1912"),
    ("montvernoille", "oeuvres chapelle", "Œuvres de la chapelle : inventaire"),
    ("saint-aubrac", "mandat 311/2023", "Mandat n° 311/2023"),
    ("saint-aubrac", "épicerie du pont", "Mandat n° 310/2023"),
    ("saint-aubrac", "del2026-21", "Contrôle de légalité : délibération DEL2026_21 du 02/04/2026"),
    ("saint-aubrac", "elagage du mail", "Mandat n° 1031/2023"),
    (
        "saint-aubrac",
        "renovation ecole verdier",
        "Marché n° 2025-02 : Rénovation énergétique de l’école Jules-Verdier",
    ),
    ("saint-aubrac", "septembre 2026", "Flux comptable PES : bordereau de mandats n° 92 du 15/09/2026"),
    (
        "haute-valmoure",
        "RD 912",
        "Marché n° 2025-031 : Réfection de la chaussée de la RD 912 entre Courtombre et Saint-Aubrac",
    ),
    ("haute-valmoure", "CP2026-03-042", "Contrôle de légalité : délibération CP2026-03-042 du 16/03/2026"),
    ("haute-valmoure", "bordereau 1184", "Flux comptable PES : bordereau de mandats n° 1184 du 09/06/2026"),
    (
        "haute-valmoure",
        "collège des trois gués",
        "Flux comptable PES : bordereau de mandats n° 1184 du 09/06/2026",
    ),
    ("pays-ombrelle", "redevance incitative", "Contrôle de légalité : délibération 2026_014 du 11/02/2026"),
    ("pays-ombrelle", "2026-14", "Contrôle de légalité : délibération 2026_014 du 11/02/2026"),
    ("eaux-loine", "tarif de l'eau", "Contrôle de légalité : délibération DE2026_012 du 24/06/2026"),
];

/// What nothing answers.
const NOTHING: [(&str, &str); 3] = [
    ("montvernoille", "mandat 1999/2023"),
    ("montvernoille", "rue des Glycines"),
    ("saint-aubrac", "Bréhat"),
];

/// Somebody logged in, as a browser keeps it.
struct Session<'a> {
    portal: &'a str,
    agent: ureq::Agent,
    cookies: BTreeMap<String, String>,
}

impl Session<'_> {
    /// The page's text.
    fn get(&mut self, address: &str) -> String {
        let request = self.agent.get(format!("{}{address}", self.portal)).header("cookie", self.cookie());
        self.answered(request.call().unwrap())
    }

    /// Sends the form of that page.
    fn send(&mut self, address: &str, fields: &[(&str, &str)]) {
        let page = self.get(address);
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        let fields = fields.iter().copied().chain([("csrf", csrf)]);
        let request = self.agent.post(format!("{}{address}", self.portal)).header("cookie", self.cookie());
        self.answered(request.send_form(fields).unwrap());
    }

    fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn answered(&mut self, mut answer: Response<ureq::Body>) -> String {
        for said in answer.headers().get_all("set-cookie") {
            let (name, value) = said.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        assert!(answer.status().as_u16() < 400, "{}", answer.status());
        as_written(&answer.body_mut().read_to_string().unwrap())
    }

    /// Titles of the first page of answers.
    fn titles(&mut self, question: &str) -> Vec<String> {
        let encoded = percent_encoding::utf8_percent_encode(question, percent_encoding::NON_ALPHANUMERIC);
        let page = self.get(&format!("/archives?q={encoded}")).replace("<mark>", "").replace("</mark>", "");
        let links = page.split("<p><a href=\"/archives/unites/").skip(1);
        links.map(|link| link.split_once('>').unwrap().1.split("</a>").next().unwrap().to_owned()).collect()
    }
}

/// Asks all of them.
pub fn each_has_its_first_answer(portal: &str) {
    let agent = ureq::Agent::config_builder().max_redirects(0).max_redirects_will_error(false).build();
    let mut session = Session { portal, agent: agent.into(), cookies: BTreeMap::new() };
    let who = [("identifiant", "archiviste"), ("mot_de_passe", "demonstration-archiviste"), ("retour", "")];
    session.send("/connexion", &who);
    let (mut member, mut wrong) = ("", String::new());
    let nothing = NOTHING.map(|(member, question)| (member, question, None));
    for (of, question, first) in
        ASKED.map(|(of, asked, first)| (of, asked, Some(first))).into_iter().chain(nothing)
    {
        if of != member {
            session.send("/connexion/collectivite", &[("collectivite", of), ("retour", "")]);
            member = of;
        }
        let found = session.titles(question);
        if found.first().map(String::as_str) != first {
            let _ = writeln!(wrong, "{of}, {question} : {:?}", &found[..found.len().min(4)]);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
