//! The made-up people of a member, and what they are asked for.

use super::frame::{at, outside, shell};
use crate::identity::LinkHolder;
use crate::membership::accounts;
use crate::membership::calls::{CallOutcome, Noted, What};
use crate::membership::connectors::Bus;
use crate::membership::expected::Missed;
use crate::membership::machines::{Connector, Known};
use crate::membership::readiness::Check;
use crate::model::{Holding, MachineId, PersonId, ReplyForm, Role};
use crate::report::qr;
use crate::web::pages::factor::{CodePage, CodesPage, TelephonePage};
use crate::web::pages::password::{forgotten_page, password_page};
use crate::web::pages::people::{Choices, InvitePage, list_page, page};
use crate::web::pages::shell::*;
use crate::web::pages::{connectors, drafts, glass, machine_view, tiers};

fn people() -> Vec<accounts::Known> {
    let known =
        |n: u128, name: &str, login: &str, holdings: Vec<Holding>, since: Option<&str>| accounts::Known {
            person_id: PersonId(uuid::Uuid::from_u128(n)),
            login: login.into(),
            name: name.into(),
            email: Some(format!("{login}@saint-aubin.example.fr")),
            holdings,
            factor_since: since.map(at),
            is_closed: false,
        };
    let restricted = Holding {
        agreements: Some(vec!["PES-2026".into()]),
        producers: Some(vec!["FINANCES".into()]),
        ..Holding::whole(Role::Reader)
    };
    vec![
        known(
            1,
            "Anne Le Goff",
            "anne.legoff",
            vec![Holding::whole(Role::Archivist)],
            Some("2026-03-02T09:00:00Z"),
        ),
        known(
            2,
            "Secrétariat de mairie",
            "secretariat",
            [Role::MemberAdmin, Role::Depositor, Role::Producer].map(Holding::whole).into(),
            None,
        ),
        known(3, "Yann Kerbrat", "yann.kerbrat", vec![restricted], None),
    ]
}

fn choices() -> Choices {
    let of = |list: &[(&str, &str)]| {
        list.iter().map(|(value, label)| ((*value).into(), (*label).into(), false)).collect()
    };
    Choices {
        roles: of(&[("archivist", "Archiviste"), ("depositor", "Déposant"), ("reader", "Lecteur")]),
        agreements: of(&[("ACTES", "Actes et délibérations"), ("PES-2026", "Flux comptables PES")]),
        producers: of(&[("MAIRIE", "Mairie"), ("FINANCES", "Service des finances")]),
    }
}

fn account(title: &str) -> (Shell, Account) {
    let shell = shell(title, Section::People, "administrateur de la collectivité");
    let account = shell.account.clone().expect("somebody is logged in");
    (shell, account)
}

fn machine() -> Known {
    Known {
        machine_id: MachineId(uuid::Uuid::from_u128(4)),
        client_id: "s2low-saint-aubin".into(),
        name: "S²LOW".into(),
        tiers: Some("s2low".into()),
        agreements: vec!["ACTES".into()],
        used_at: Some(at("2026-11-26T22:41:00Z")),
        used_by: Some("former secret".into()),
        rotated_at: Some(at("2026-11-25T09:00:00Z")),
        former_until: Some(at("2026-12-02T09:00:00Z")),
        has_keys: false,
        certificates: vec!["ab".repeat(32)],
        is_closed: false,
        has_basic: true,
        replies: ReplyForm::Asalae,
        bus: Some(Bus::Pastell),
    }
}

fn connectors(account: Account) -> machine_view::ListPage {
    let day = |text: &str| text.parse().expect("a day");
    let missed = Missed {
        agreement_id: crate::model::AgreementId(uuid::Uuid::nil()),
        agreement: "PES-2026".into(),
        name: "Flux comptables PES".into(),
        from: day("2026-10-01"),
        until: day("2026-10-31"),
        due: day("2026-11-05"),
    };
    machine_view::list_page(account, &[machine()], &[missed])
}

fn connector(account: Account) -> machine_view::MachinePage {
    let noted = |when: &str, what: What, outcome: CallOutcome, transfer: bool, detail: &str| Noted {
        at: at(when),
        what,
        outcome,
        message_identifier: (what != What::Versions).then(|| "2026-11-23-ACTES-18_1542893421".into()),
        transfer: transfer.then(|| crate::model::TransferId(uuid::Uuid::nil())),
        detail: detail.into(),
    };
    let calls = [
        noted("2026-11-26T22:41:00Z", What::Reply, CallOutcome::Pending, true, ""),
        noted("2026-11-26T22:31:00Z", What::Acknowledgement, CallOutcome::Ok, true, ""),
        noted("2026-11-26T22:30:00Z", What::Deposit, CallOutcome::Ok, true, "4,2 Mo en trois morceaux"),
        noted("2026-11-26T22:12:00Z", What::Deposit, CallOutcome::Refused, false, "Le bordereau est vide."),
        noted("2026-11-26T09:12:00Z", What::Versions, CallOutcome::Unauthorized, false, ""),
    ];
    let agreements = [super::profiles::agreement("ACTES", "Actes et délibérations", &["actes-2024"], false)];
    let told = machine_view::Told {
        known: &machine(),
        agreements: &agreements,
        calls: &calls,
        sees_transfers: true,
        public_url: "archives.exemple.fr",
    };
    let mut page = machine_view::page(account, &told);
    page.tell("kQ3vZc0mF2x9uT7pLr5sWb1nEo8yHd4aGj6iKqMtVzU");
    page.checked(&[
        Check::Open,
        Check::FormerSecret,
        Check::MemberOpen,
        Check::AgreementOpen("ACTES".into()),
        Check::ProfilesFine,
        Check::SoftPassed,
        Check::SitesWait(2),
    ]);
    page
}

fn new_connector(account: Account) -> connectors::NewPage {
    connectors::page(account, &[], choices().agreements, Vec::new())
}

fn tiers_page() -> tiers::TiersPage {
    let connector = |name: &str, used_by: &str| Connector {
        tenant: crate::model::TenantId::of_member(name),
        machine_id: MachineId(uuid::Uuid::nil()),
        member: name.into(),
        member_name: format!("Commune de {name}"),
        client_id: format!("s2low-{}", name.to_lowercase()),
        used_at: Some(at("2026-11-26T22:41:00Z")),
        used_by: Some(used_by.into()),
        former_until: None,
        is_closed: false,
    };
    let connectors = [connector("Arzal", "secret"), connector("Billiers", "former secret")];
    let of = ("s2low".to_owned(), "S²LOW".to_owned(), "support@s2low.example.fr".to_owned());
    let shell = shell("Tiers de télétransmission", Section::Operations, "opérateur");
    let account = shell.account.expect("somebody is logged in");
    tiers::page(account, vec![tiers::card(of, &connectors, at("2026-11-27T08:00:00Z"))])
}

fn draft() -> drafts::DraftPage {
    let filled = [("nom", "Délibérations"), ("taille", "0"), ("versant", "MAIRIE")];
    let filled: Vec<(String, String)> = filled.map(|(name, value)| (name.into(), value.into())).into();
    let chosen = choices();
    let choices = drafts::Choices {
        archival: vec![("AD35".into(), "Archives départementales".into(), false)],
        transferring: vec![("MAIRIE".into(), "Mairie".into(), true)],
        originating: chosen.producers,
        profiles: vec![("ACTES-2.1".into(), "Actes réglementaires".into(), false)],
        typologies: vec![("deliberations".into(), "Délibérations (registre)".into(), false)],
        ages: vec![("definitif".into(), "archives définitives".into(), true)],
        by_archivist: true,
        profile_imposed: false,
    };
    let errors =
        vec![FieldError { field: "taille", sentence: "Un nombre de mégaoctets est attendu.".into() }];
    drafts::page(account("Préparer un accord").1, &filled, choices, errors)
}

fn access(state: &str, can_open: bool) -> glass::Line {
    glass::Line {
        id: uuid::Uuid::from_u128(u128::from(can_open)),
        member: "Commune de Saint-Aubin-des-Landes".into(),
        who: "Exploitation du département".into(),
        asked: "26 novembre 2026".into(),
        request: "courrier du 25 novembre 2026".into(),
        reason: "Un fichier ne s’affiche pas.".into(),
        hours: 2,
        state: state.into(),
        can_open,
        can_end: can_open,
    }
}

fn asked() -> glass::AskPage {
    glass::AskPage {
        shell: shell("Accès exceptionnel", Section::Operations, "opérateur"),
        trail: vec![Link::new("Exploitation", "/exploitation")],
        csrf: "jeton".into(),
        notice: None,
        members: vec![("saint-aubin".into(), "Commune de Saint-Aubin-des-Landes".into(), true)],
        request: String::new(),
        reason: String::new(),
        hours_max: 4,
        lines: vec![access("terminé le 26 novembre 2026", false)],
        errors: vec![FieldError { field: "motif", sentence: "Dites ce que vous devez faire.".into() }],
    }
}

fn accesses() -> glass::AccessPage {
    glass::AccessPage {
        shell: shell("Accès et seconds facteurs", Section::Pilot, "pilote du service mutualisé"),
        trail: vec![Link::new("Pilotage", "/pilotage")],
        csrf: "jeton".into(),
        notice: None,
        address: "/pilotage/saint-aubin".into(),
        lines: vec![access("attend le pilote", true)],
        login: String::new(),
        errors: Vec::new(),
    }
}

/// Each by a name.
pub fn pages() -> Vec<(&'static str, String)> {
    let people = people();
    let (invite_shell, invite_account) = account("Inviter une personne");
    let address =
        "otpauth://totp/Chartrier:anne.legoff?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Chartrier";
    let wrong = || vec![FieldError { field: "code", sentence: "Ce code n’est pas le bon.".into() }];
    let invite = InvitePage {
        shell: invite_shell,
        trail: vec![Link::new("Personnes", "/personnes")],
        csrf: invite_account.csrf,
        name: "Camille Essai".into(),
        login: "c".into(),
        email: String::new(),
        choices: choices(),
        errors: vec![FieldError { field: "identifiant", sentence: "Trois caractères au moins.".into() }],
    };
    let code = CodePage {
        shell: account("Second facteur").0,
        csrf: "jeton".into(),
        back: "/".into(),
        errors: wrong(),
    };
    let telephone = TelephonePage {
        shell: account("Votre téléphone").0,
        csrf: "jeton".into(),
        back: "/".into(),
        code: qr::path(address),
        secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".into(),
        errors: Vec::new(),
    };
    let codes = CodesPage {
        shell: account("Vos codes de secours").0,
        codes: vec!["abcd-efgh-jkmn-pqrs".into(); 10],
        back: "/".into(),
    };
    let holder = LinkHolder {
        person_id: PersonId(uuid::Uuid::from_u128(2)),
        login: "secretariat".into(),
        display_name: "Secrétariat de mairie".into(),
    };
    let mut sent = forgotten_page("jeton".into());
    sent.shell = outside("Mot de passe oublié, courrier parti");
    sent.sent = true;
    vec![
        ("personnes", render(&list_page(account("Personnes").1, &people))),
        ("personne", render(&page(account("Personne").1, &people[2], choices()))),
        ("personne-nouvelle", render(&invite)),
        ("second-facteur", render(&code)),
        ("telephone", render(&telephone)),
        ("codes-de-secours", render(&codes)),
        ("applications", render(&connectors(account("Connecteurs").1))),
        ("application", render(&connector(account("Connecteur").1))),
        ("application-nouvelle", render(&new_connector(account("Ajouter un connecteur").1))),
        ("accord-prepare", render(&draft())),
        ("tiers", render(&tiers_page())),
        ("acces-exceptionnel", render(&asked())),
        ("acces-pilote", render(&accesses())),
        ("mot-de-passe-oublie", render(&forgotten_page("jeton".into()))),
        ("mot-de-passe-courrier", render(&sent)),
        ("mot-de-passe", render(&password_page("jeton".into(), "lien", &holder))),
    ]
}
