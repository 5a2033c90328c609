//! The survey's pages, with a made-up campaign.

use uuid::Uuid;

use super::frame::{at, shell};
use crate::survey::campaign::{Asked, Filter, Import, Progress, Step};
use crate::survey::exports::Figures;
use crate::survey::notes::Note;
use crate::survey::priority::{Frozen, Order, Weights, rank};
use crate::survey::replies::Holder;
use crate::survey::reply::{Reply, Typed};
use crate::survey::{Answer, Campaign, Channel, Kept, Producer, ProducerKind, Stage, analyse};
use crate::web::pages::shell::{Account, FieldError, Section, render};
use crate::web::pages::survey::{campaign, campaigns, form, producer, producers, public};

fn account() -> Account {
    let account = shell("", Section::Pilot, "pilote du service mutualisé").account.unwrap();
    Account { menu: vec![Section::Desk, Section::Pilot], ..account }
}

fn made(name: &str, stage: Stage) -> Campaign {
    let since = |is_since: bool, text: &str| is_since.then(|| at(text));
    Campaign {
        id: Uuid::nil(),
        name: name.into(),
        answer_by: "2027-04-30".parse().unwrap(),
        stage,
        reminders: u32::from(stage == Stage::Reminded),
        opened_at: since(stage != Stage::Draft, "2027-03-01T08:00:00Z"),
        closed_at: since(stage.is_final(), "2027-05-02T08:00:00Z"),
    }
}

fn commune() -> Producer {
    Producer {
        siren: "219600178".into(),
        name: "Commune de Saint-Aubrac-sur-Loine".into(),
        kind: ProducerKind::Commune,
        population: Some(7_412),
        email: Some("mairie@saint-aubrac.example.fr".into()),
        contact: "Secrétariat général".into(),
    }
}

fn kept(channel: Channel) -> Kept {
    Kept {
        reply: Reply {
            already: true,
            already_in: vec!["Finances".into(), "Actes".into(), "Autre".into()],
            already_other: "plans des réseaux d’eau".into(),
            interested: Some(true),
            ..Reply::default()
        },
        channel,
        answered_on: "2027-03-12".parse().unwrap(),
        entered_at: at("2027-03-15T13:20:00Z"),
        changes: 1,
    }
}

fn figures() -> Figures {
    let each = |number: u64, many: u64| number.is_multiple_of(many);
    let answer = |number: u64| Answer {
        number,
        already: number % 5 < 2,
        already_in: if number % 5 < 2 { vec!["Finances".into(), "Actes".into()] } else { Vec::new() },
        planned: each(number, 7),
        planned_in: if each(number, 7) { vec!["Marchés publics".into()] } else { Vec::new() },
        interested: (!each(number, 3)).then_some(each(number, 2)),
    };
    let of = |count: u64, invited: u64| {
        analyse(&(1..=count).map(answer).collect::<Vec<_>>(), Some(invited)).unwrap()
    };
    let by_kind = vec![
        (ProducerKind::Group, of(9, 11)),
        (ProducerKind::Commune, of(112, 289)),
        (ProducerKind::Unit, of(0, 4)),
    ];
    Figures { invited: 304, whole: of(121, 304), by_kind }
}

fn found(stage: Stage) -> campaign::Found {
    let (campaign, figures) = (made("Recensement de l’archivage électronique 2027", stage), figures());
    let weights = Weights::default();
    let order =
        Order { ranked: rank(&figures.whole, &weights), weights, answers: 121, invited: 304, is_final: true };
    let frozen = Frozen { order, at: at("2027-05-10T09:00:00Z"), by: "Camille Pilote".into() };
    let step = |stage, text| Step { stage, at: at(text), by: "Camille Pilote".into() };
    let import = Import {
        of_producers: true,
        sha512: vec![0x5a; 64],
        lines: 304,
        at: at("2027-02-20T10:00:00Z"),
        by: "Camille Pilote".into(),
    };
    campaign::Found {
        frozen: if stage.is_final() { vec![frozen] } else { Vec::new() },
        progress: Progress { invited: 304, answered: 121, on_paper: 18, without_email: 7 },
        figures,
        imports: vec![import],
        steps: vec![step(Stage::Draft, "2027-02-20T09:00:00Z"), step(Stage::Open, "2027-03-01T08:00:00Z")],
        id: Uuid::nil(),
        interested: if stage == Stage::Closed { 12 } else { 0 },
        writes: stage != Stage::Draft,
        campaign,
    }
}

fn listed() -> producers::ProducersPage {
    let asked = |siren: &str, name: &str, channel, has_email| Asked {
        siren: siren.into(),
        name: name.into(),
        kind: ProducerKind::Commune,
        has_email,
        channel,
    };
    let asked = [
        asked("219600178", "Commune de Saint-Aubrac-sur-Loine", Some(Channel::Link), true),
        asked("219600194", "Commune de Montvernoille", Some(Channel::Paper), false),
        asked("249600207", "Communauté de communes du Pays d’Ombrelle", None, true),
    ];
    let filter = Filter { words: "commun".into(), answered: None };
    producers::page(account(), &made("Recensement 2027", Stage::Open), &filter, &asked)
}

fn of_producer() -> producer::ProducerPage {
    let note = Note {
        theme: "Logiciels".into(),
        body: "Change de logiciel comptable à l’été.\nAttend le connecteur avant de s’engager.".into(),
        at: at("2027-03-20T09:00:00Z"),
        by: "Camille Pilote".into(),
    };
    let found = producer::Found {
        campaign: made("Recensement 2027", Stage::Open),
        producer: commune(),
        answer: Some(kept(Channel::Paper)),
        notes: vec![note],
        id: Uuid::nil(),
    };
    let mut page = producer::page(account(), &found);
    page.link = Some("recensement/Jq3f0Vw1".into());
    page
}

fn asked(stage: Stage, answer: Option<Kept>, name: &str) -> public::AnswerPage {
    let holder = Holder { campaign: made(name, stage), producer: commune(), answer };
    public::page("jeton".into(), "lien", &holder)
}

/// Each by a name.
pub fn pages() -> Vec<(&'static str, String)> {
    let known = [made("Recensement 2027", Stage::Reminded), made("Recensement 2024", Stage::GivenBack)];
    let mut making = campaigns::page(account(), &known);
    making.errors =
        vec![FieldError { field: "nom", sentence: "Donnez un nom, de 120 caractères au plus.".into() }];
    let mut wrong = campaign::page(account(), &found(Stage::Open));
    wrong.errors = vec![FieldError {
        field: "producteurs",
        sentence: "Rien n’est importé : voyez les lignes à reprendre.".into(),
    }];
    wrong.to_correct(vec![
        "Ligne 12 : « 21960017 » n’est pas un SIREN : neuf chiffres, dont le dernier contrôle les autres"
            .into(),
    ]);
    let mut thanks = asked(Stage::Open, Some(kept(Channel::Link)), "Recensement, merci");
    thanks.thanks = true;
    let mut to_correct = asked(Stage::Open, None, "Recensement 2027");
    let typed = Typed { q1: "oui".into(), q1b: vec!["Autre".into()], ..Typed::default() };
    to_correct.questions = form::Questions::of(&typed);
    to_correct.to_correct(form::errors(&typed.reply(false).unwrap_err()));
    let named = |stage: Stage| {
        let mut page = campaign::page(account(), &found(stage));
        page.shell.title = format!("{}, {}", page.shell.title, stage.label());
        render(&page)
    };
    vec![
        ("recensements", render(&making)),
        ("recensement-brouillon", named(Stage::Draft)),
        ("recensement-ouvert", named(Stage::Reminded)),
        ("recensement-a-reprendre", render(&wrong)),
        ("recensement-clos", named(Stage::Closed)),
        ("recensement-producteurs", render(&listed())),
        ("recensement-producteur", render(&of_producer())),
        ("recensement-reponse", render(&asked(Stage::Open, None, "Recensement, vierge"))),
        ("recensement-reponse-a-corriger", render(&to_correct)),
        ("recensement-merci", render(&thanks)),
        ("recensement-reponse-close", render(&asked(Stage::Closed, None, "Recensement, clos"))),
    ]
}
