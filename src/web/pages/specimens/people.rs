//! The made-up people of a member, and what they are asked for.

use super::frame::{at, outside, shell};
use crate::identity::LinkHolder;
use crate::membership::accounts::Known;
use crate::model::{Holding, PersonId, Role};
use crate::report::qr;
use crate::web::pages::factor::{CodePage, CodesPage, TelephonePage};
use crate::web::pages::password::{forgotten_page, password_page};
use crate::web::pages::people::{Choices, InvitePage, list_page, page};
use crate::web::pages::shell::*;

fn people() -> Vec<Known> {
    let known = |n: u128, name: &str, login: &str, holdings: Vec<Holding>, since: Option<&str>| Known {
        person_id: PersonId(uuid::Uuid::from_u128(n)),
        login: login.into(),
        name: name.into(),
        email: Some(format!("{login}@saint-aubin.example.fr")),
        holdings,
        factor_since: since.map(at),
        is_closed: false,
    };
    let restricted = Holding {
        role: Role::Reader,
        agreements: Some(vec!["PES-2026".into()]),
        producers: Some(vec!["FINANCES".into()]),
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
        ("mot-de-passe-oublie", render(&forgotten_page("jeton".into()))),
        ("mot-de-passe-courrier", render(&sent)),
        ("mot-de-passe", render(&password_page("jeton".into(), "lien", &holder))),
    ]
}
