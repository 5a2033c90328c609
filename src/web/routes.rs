//! Every address in one table, with who may call. The first line that matches an address answers: fixed
//! addresses stand above those with a parameter.
//!
//! Never decides: the handler's first parameter enforces the caller, and a test plays every role on every
//! line. `GET` lines answer `HEAD` too.

use actix_web::http::{Method, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Resource, Route, guard, middleware};

use super::problem::Problem;
use super::problems as kinds;
use super::who::Who;
use super::{api, health, log, pages, restservices, witness};

/// One address and method.
pub struct Line {
    pub method: Method,
    pub address: &'static str,
    pub who: Who,
    /// Answers may be compressed: they hold no secret beside what a caller sent.
    pub compressed: bool,
    route: fn() -> Route,
}

const fn get(address: &'static str, who: Who, route: fn() -> Route) -> Line {
    Line { method: Method::GET, address, who, compressed: false, route }
}

const fn post(address: &'static str, who: Who, route: fn() -> Route) -> Line {
    Line { method: Method::POST, address, who, compressed: false, route }
}

const fn other(method: Method, address: &'static str, who: Who, route: fn() -> Route) -> Line {
    Line { method, address, who, compressed: false, route }
}

const fn get_compressed(address: &'static str, who: Who, route: fn() -> Route) -> Line {
    Line { method: Method::GET, address, who, compressed: true, route }
}

/// The addresses.
#[rustfmt::skip]
pub static TABLE: &[Line] = &[
    get("/health/live", Who::Anyone, || web::to(health::live)),
    get("/health/ready", Who::Anyone, || web::to(health::ready)),

    post("/oauth2/token", Who::Anyone, || web::to(api::token::give)),
    get_compressed("/api/v1/openapi.json", Who::Anyone, || web::to(api::document::show)),
    get("/api/v1/transfers", Who::Machine, || web::to(api::transfers::list)),
    post("/api/v1/transfers", Who::Machine, || web::to(api::transfers::receive)),
    post("/api/v1/checks", Who::Machine, || web::to(api::checks::check)),
    other(Method::OPTIONS, "/api/v1/uploads", Who::Anyone, || web::to(api::uploads::options)),
    post("/api/v1/uploads", Who::Machine, || web::to(api::uploads::create)),
    get("/api/v1/uploads/{id}", Who::Machine, || web::to(api::uploads::show)),
    other(Method::PATCH, "/api/v1/uploads/{id}", Who::Machine, || web::to(api::uploads::append)),
    other(Method::DELETE, "/api/v1/uploads/{id}", Who::Machine, || web::to(api::uploads::terminate)),
    get("/api/v1/transfers/{id}", Who::Machine, || web::to(api::transfers::show)),
    get("/api/v1/transfers/{id}/acknowledgement", Who::Machine, || web::to(api::transfers::acknowledgement)),
    get("/api/v1/transfers/{id}/reply", Who::Machine, || web::to(api::transfers::reply)),
    get("/api/v1/transfers/{id}/attestations", Who::Machine, || web::to(api::attestations::list)),
    post("/api/v1/transfers/{id}/attestations", Who::Machine, || web::to(api::attestations::ask)),
    get("/api/v1/transfers/{id}/evidence", Who::Machine, || web::to(api::attestations::dossier)),
    get("/api/v1/attestations/{id}", Who::Machine, || web::to(api::attestations::file)),
    get("/api/v1/attestations/{id}/pdf", Who::Machine, || web::to(api::attestations::page)),
    get("/api/v1/units", Who::Machine, || web::to(api::units::list)),
    get("/api/v1/units/{id}", Who::Machine, || web::to(api::units::show)),
    get("/api/v1/units/{id}/children", Who::Machine, || web::to(api::units::children)),
    get("/api/v1/units/{id}/objects", Who::Machine, || web::to(api::units::objects)),
    get("/api/v1/profiles", Who::Machine, || web::to(api::profiles::list)),
    get("/api/v1/agreements", Who::Machine, || web::to(api::agreements::list)),
    get("/api/v1/agreements/{id}", Who::Machine, || web::to(api::agreements::show)),
    get("/api/v1/usage", Who::Machine, || web::to(api::usage::show)),
    get("/api/v1/objects/{id}", Who::Machine, || web::to(api::objects::show)),
    get("/api/v1/objects/{id}/content", Who::Machine, || web::to(api::objects::content)),

    get("/restservices/ping", Who::Anyone, || web::to(restservices::ping)),
    get("/restservices/versions", Who::Connector, || web::to(restservices::versions)),
    post("/restservices/sedaMessages", Who::Connector, || web::to(restservices::deposit::receive)),
    get("/restservices/sedaMessages", Who::Connector, || web::to(restservices::polling::show)),
    get("/restservices/sedaMessages/{asked:.*}", Who::Connector, || web::to(restservices::polling::show)),
    post("/restservices/sedaAttachmentsChunkFiles", Who::Connector, || web::to(restservices::chunks::receive)),

    get("/", Who::Person, || web::to(pages::desk::show)),
    get("/connexion", Who::Anyone, || web::to(pages::identity::form)),
    get("/connexion/fournisseur", Who::Anyone, || web::to(pages::provider::begin)),
    get("/connexion/fournisseur/retour", Who::Anyone, || web::to(pages::provider::back)),
    post("/connexion", Who::Anyone, || web::to(pages::identity::log_in)),
    get("/connexion/collectivite", Who::LoggedIn, || web::to(pages::identity::choices)),
    post("/connexion/collectivite", Who::LoggedIn, || web::to(pages::identity::choose)),
    get("/connexion/code", Who::LoggedIn, || web::to(pages::factor::form)),
    post("/connexion/code", Who::LoggedIn, || web::to(pages::factor::show)),
    get("/connexion/telephone", Who::LoggedIn, || web::to(pages::factor::telephone)),
    post("/connexion/telephone", Who::LoggedIn, || web::to(pages::factor::enrol)),
    get("/mot-de-passe", Who::Anyone, || web::to(pages::password::form)),
    post("/mot-de-passe", Who::Anyone, || web::to(pages::password::ask)),
    get("/mot-de-passe/{link}", Who::Anyone, || web::to(pages::password::choose)),
    post("/mot-de-passe/{link}", Who::Anyone, || web::to(pages::password::set)),
    get("/compte", Who::LoggedIn, || web::to(pages::account::show)),
    post("/compte/courriels", Who::LoggedIn, || web::to(pages::mails::set)),
    post("/compte/sessions", Who::LoggedIn, || web::to(pages::account::close)),
    post("/deconnexion", Who::LoggedIn, || web::to(pages::identity::log_out)),
    get("/versements", Who::TransferReader, || web::to(pages::ingest::list::show)),
    post("/versements", Who::Depositor, || web::to(pages::ingest::deposit::receive)),
    get("/versements/nouveau", Who::Depositor, || web::to(pages::drafting::choose::show)),
    get("/versements/paquet", Who::Depositor, || web::to(pages::ingest::deposit::form)),
    post("/versements/brouillons", Who::Depositor, || web::to(pages::drafting::choose::begin)),
    get("/versements/brouillons/{id}", Who::Depositor, || web::to(pages::drafting::files::show)),
    post("/versements/brouillons/{id}/fichiers", Who::Depositor, || web::to(pages::drafting::files::receive)),
    post("/versements/brouillons/{id}/fichiers/{file}/retrait", Who::Depositor, || web::to(pages::drafting::files::remove)),
    post("/versements/brouillons/{id}/rangement", Who::Depositor, || web::to(pages::drafting::arrange::receive)),
    post("/versements/brouillons/{id}/suite", Who::Depositor, || web::to(pages::drafting::files::go_on)),
    post("/versements/brouillons/{id}/abandon", Who::Depositor, || web::to(pages::drafting::files::forget)),
    post("/versements/brouillons/{id}/envois", Who::Depositor, || web::to(pages::drafting::pieces::open)),
    get("/versements/brouillons/{id}/envois/{file}", Who::Depositor, || web::to(pages::drafting::pieces::show)),
    other(Method::PATCH, "/versements/brouillons/{id}/envois/{file}", Who::Depositor, || web::to(pages::drafting::pieces::append)),
    get("/versements/brouillons/{id}/questions", Who::Depositor, || web::to(pages::drafting::describe::show)),
    post("/versements/brouillons/{id}/questions", Who::Depositor, || web::to(pages::drafting::answered::receive)),
    post("/versements/brouillons/{id}/dates", Who::Depositor, || web::to(pages::drafting::answered::move_dates)),
    get("/versements/brouillons/{id}/relire", Who::Depositor, || web::to(pages::drafting::review::show)),
    post("/versements/brouillons/{id}/envoi", Who::Depositor, || web::to(pages::drafting::sent::send)),
    get("/versements/{id}", Who::TransferReader, || web::to(pages::ingest::show::page)),
    get("/versements/{id}/accuse", Who::TransferReader, || web::to(pages::ingest::show::acknowledgement)),
    get("/versements/{id}/reponse", Who::TransferReader, || web::to(pages::ingest::show::reply)),
    post("/versements/{id}/reprise", Who::Depositor, || web::to(pages::drafting::resume::begin)),
    post("/versements/{id}/acceptation", Who::Archivist, || web::to(pages::ingest::decision::accept)),
    post("/versements/{id}/refus", Who::Archivist, || web::to(pages::ingest::decision::refuse)),
    get("/decisions", Who::Archivist, || web::to(pages::ingest::batch::show)),
    post("/decisions", Who::Archivist, || web::to(pages::ingest::batch::decide)),
    get("/archives", Who::Searcher, || web::to(pages::access::search::show)),
    get("/registre", Who::RegisterReader, || web::to(pages::access::register::show)),
    get("/registre/recolement.pdf", Who::RegisterReader, || web::to(pages::access::stocktaking::print)),
    get("/registre.csv", Who::RegisterReader, || web::to(pages::access::register::table)),
    post("/archives/unites/{id}/derogation", Who::Searcher, || web::to(pages::access::derogation::ask)),
    get("/archives/unites/{id}/communication", Who::ContentReader, || web::to(pages::access::delivery::give)),
    get("/derogations", Who::Archivist, || web::to(pages::access::derogation::list)),
    get("/controle/lectures", Who::ReadingFollower, || web::to(pages::readings::show)),
    post("/controle/lectures", Who::Controller, || web::to(pages::readings::open)),
    get("/controle/lectures/{id}", Who::ReadingFollower, || web::to(pages::readings::one)),
    post("/controle/lectures/{id}/fin", Who::Controller, || web::to(pages::readings::end)),
    post("/derogations/{id}/vue", Who::Archivist, || web::to(pages::access::derogation::see)),
    get("/archives/unites/{id}", Who::Searcher, || web::to(pages::access::unit::show)),
    get("/archives/viewByArchiveIdentifier/{cote:.*}", Who::Searcher, || web::to(pages::access::unit::by_cote)),
    get("/archives/objets/{id}", Who::Searcher, || web::to(pages::access::object::show)),
    get("/archives/objets/{id}/contenu", Who::ContentReader, || web::to(pages::access::object::download)),
    get("/archives/objets/{id}/apercu", Who::ContentReader, || web::to(pages::access::object::shown)),
    get("/archives/{id}/dossier", Who::TransferReader, || web::to(pages::attestations::dossier)),
    post("/archives/{id}/attestation", Who::TransferReader, || web::to(pages::attestations::ask)),
    get("/attestations/{id}/pdf", Who::TransferReader, || web::to(pages::attestations::page)),
    get("/attestations/{id}/json", Who::TransferReader, || web::to(pages::attestations::file)),
    get("/profils", Who::ProfileReader, || web::to(pages::profiles::list::show)),
    post("/profils", Who::ProfileKeeper, || web::to(pages::profiles::import::receive)),
    get("/profils/nouveau", Who::ProfileKeeper, || web::to(pages::profiles::import::form)),
    get("/profils/{id}", Who::ProfileReader, || web::to(pages::profiles::show::page)),
    get("/profils/{id}/explication", Who::ProfileReader, || web::to(pages::profiles::explanation::page)),
    get("/profils/{id}/fichier", Who::ProfileReader, || web::to(pages::profiles::show::file)),
    post("/profils/{id}/versions", Who::ProfileKeeper, || web::to(pages::profiles::acts::replace)),
    post("/profils/{id}/activation", Who::ProfileKeeper, || web::to(pages::profiles::acts::activate)),
    post("/profils/{id}/desactivation", Who::ProfileKeeper, || web::to(pages::profiles::acts::deactivate)),
    post("/profils/{id}/accords", Who::ProfileKeeper, || web::to(pages::profiles::acts::bind)),
    get("/accords", Who::ProfileReader, || web::to(pages::agreements::show)),
    get("/accords/nouveau", Who::AgreementKeeper, || web::to(pages::drafts::form)),
    post("/accords", Who::AgreementKeeper, || web::to(pages::drafts::prepare)),
    post("/accords/{id}/validation", Who::Archivist, || web::to(pages::drafts::validate)),
    get("/accords/{id}", Who::ProfileReader, || web::to(pages::agreements::agreement)),
    post("/accords/{id}/suspension", Who::AgreementKeeper, || web::to(pages::agreements::suspend)),
    post("/accords/{id}/reouverture", Who::AgreementKeeper, || web::to(pages::agreements::reopen)),
    post("/accords/{id}/calendrier", Who::AgreementKeeper, || web::to(pages::calendar::set)),
    get("/tableau", Who::ProfileReader, || web::to(pages::schedule::show)),
    post("/tableau", Who::Archivist, || web::to(pages::schedule::import)),
    post("/tableau/validation", Who::RuleValidator, || web::to(pages::schedule::validate)),
    get("/personnes", Who::PeopleKeeper, || web::to(pages::people::show)),
    post("/personnes", Who::PeopleKeeper, || web::to(pages::people::invite)),
    get("/personnes/nouvelle", Who::PeopleKeeper, || web::to(pages::people::form)),
    get("/personnes/{id}", Who::PeopleKeeper, || web::to(pages::people::one)),
    post("/personnes/{id}/roles", Who::PeopleKeeper, || web::to(pages::people::give)),
    post("/personnes/{id}/retrait", Who::PeopleKeeper, || web::to(pages::people::take)),
    post("/personnes/{id}/lien", Who::PeopleKeeper, || web::to(pages::people::send_link)),
    get("/applications", Who::MachineKeeper, || web::to(pages::machines::show)),
    post("/applications", Who::MachineKeeper, || web::to(pages::connectors::create)),
    get("/applications/nouveau", Who::MachineKeeper, || web::to(pages::connectors::form)),
    post("/applications/{id}/reglage", Who::MachineKeeper, || web::to(pages::connectors::set)),
    get("/applications/{id}/verification", Who::MachineKeeper, || web::to(pages::connectors::verify)),
    get("/applications/{id}", Who::MachineKeeper, || web::to(pages::machines::one)),
    post("/applications/{id}/renouvellement", Who::MachineKeeper, || web::to(pages::machines::rotate)),
    post("/applications/{id}/cles", Who::MachineKeeper, || web::to(pages::machines::keys)),
    post("/applications/{id}/certificats", Who::MachineKeeper, || web::to(pages::machines::certificates)),
    post("/applications/{id}/accords", Who::MachineKeeper, || web::to(pages::machines::assign)),
    post("/applications/{id}/fermeture", Who::MachineKeeper, || web::to(pages::machines::close)),
    post("/applications/{id}/ouverture", Who::MachineKeeper, || web::to(pages::machines::open)),
    get("/numerotation", Who::ProfileReader, || web::to(pages::numbering::show)),
    post("/numerotation", Who::Archivist, || web::to(pages::numbering::set)),
    get("/consommation", Who::UsageReader, || web::to(pages::usage::show)),
    get("/consommation.csv", Who::UsageReader, || web::to(pages::usage::table)),
    get("/facture", Who::UsageReader, || web::to(pages::statement::show)),
    get("/facture/exercices/{id}", Who::UsageReader, || web::to(pages::bill::summary::show)),
    get("/facture/exercices/{id}/repartition.csv", Who::UsageReader, || web::to(pages::bill::summary::table)),
    get("/facture/exercices/{id}/repartition.xlsx", Who::UsageReader, || web::to(pages::bill::summary::workbook)),
    get("/facture/exercices/{id}/pieces/{piece}", Who::UsageReader, || web::to(pages::bill::vouchers::named)),
    get("/facture/{id}.xlsx", Who::UsageReader, || web::to(pages::statement::workbook)),
    get("/facture/{id}.pdf", Who::UsageReader, || web::to(pages::statement::paper)),
    get("/facture/{id}.csv", Who::UsageReader, || web::to(pages::statement::table)),
    get("/pilotage", Who::Pilot, || web::to(pages::pilot::show)),
    get("/pilotage/couts", Who::Pilot, || web::to(pages::bill::years::show)),
    post("/pilotage/couts", Who::Pilot, || web::to(pages::bill::years::prepare)),
    get("/pilotage/couts/{id}", Who::Pilot, || web::to(pages::bill::year::show)),
    post("/pilotage/couts/{id}/cloture", Who::Pilot, || web::to(pages::bill::year::close)),
    post("/pilotage/couts/{id}/pieces", Who::Pilot, || web::to(pages::bill::vouchers::attach)),
    post("/pilotage/couts/{id}/pieces/retrait", Who::Pilot, || web::to(pages::bill::vouchers::withdraw)),
    get("/pilotage/couts/{id}/pieces/{piece}", Who::Pilot, || web::to(pages::bill::vouchers::show)),
    get("/pilotage/couts/{id}/repartition.csv", Who::Pilot, || web::to(pages::bill::files::table)),
    get("/pilotage/couts/{id}/repartition.xlsx", Who::Pilot, || web::to(pages::bill::files::workbook_of)),
    get("/pilotage/couts/{id}/appels.csv", Who::Pilot, || web::to(pages::bill::files::calls)),
    get("/pilotage/couts/{id}/exercice.json", Who::Pilot, || web::to(pages::bill::files::file)),
    get("/pilotage/rapports", Who::Pilot, || web::to(pages::annual::last)),
    get("/pilotage/rapports/{id}.csv", Who::Pilot, || web::to(pages::annual::statistics)),
    get("/pilotage/rapports/{id}.pdf", Who::Pilot, || web::to(pages::annual::print)),
    get("/pilotage/rapports/{id}", Who::Pilot, || web::to(pages::annual::show)),
    get("/pilotage/simulations", Who::Pilot, || web::to(pages::simulations::made::show)),
    post("/pilotage/simulations", Who::Pilot, || web::to(pages::simulations::made::make)),
    get("/pilotage/simulations/{id}.csv", Who::Pilot, || web::to(pages::simulations::shown::export)),
    get("/pilotage/simulations/{id}", Who::Pilot, || web::to(pages::simulations::shown::show)),
    post("/pilotage/simulations/{id}/retrait", Who::Pilot, || web::to(pages::simulations::shown::give_up)),
    get("/pilotage/entrees", Who::Pilot, || web::to(pages::entries::steering::show)),
    post("/pilotage/entrees", Who::Pilot, || web::to(pages::entries::steering::receive)),
    get("/pilotage/entrees/{id}", Who::Pilot, || web::to(pages::entries::entry::show)),
    post("/pilotage/entrees/{id}/etapes", Who::Pilot, || web::to(pages::entries::acts::step)),
    post("/pilotage/entrees/{id}/etapes/retrait", Who::Pilot, || web::to(pages::entries::acts::withdraw)),
    post("/pilotage/entrees/{id}/interlocuteurs", Who::Pilot, || web::to(pages::entries::acts::contact)),
    post("/pilotage/entrees/{id}/interlocuteurs/retrait", Who::Pilot, || web::to(pages::entries::acts::gone)),
    post("/pilotage/entrees/{id}/formations", Who::Pilot, || web::to(pages::entries::acts::training)),
    post("/pilotage/entrees/{id}/versements", Who::Pilot, || web::to(pages::entries::acts::plan)),
    get("/pilotage/comites", Who::Pilot, || web::to(pages::entries::committees::show)),
    post("/pilotage/comites", Who::Pilot, || web::to(pages::entries::committees::receive)),
    post("/pilotage/comites/{id}", Who::Pilot, || web::to(pages::entries::committees::stand)),
    get("/pilotage/recensements", Who::Pilot, || web::to(pages::survey::campaigns::show)),
    post("/pilotage/recensements", Who::Pilot, || web::to(pages::survey::campaigns::create)),
    get("/pilotage/recensements/{id}", Who::Pilot, || web::to(pages::survey::campaign::show)),
    post("/pilotage/recensements/{id}/ouverture", Who::Pilot, || web::to(pages::survey::acts::open)),
    post("/pilotage/recensements/{id}/relance", Who::Pilot, || web::to(pages::survey::acts::remind)),
    post("/pilotage/recensements/{id}/cloture", Who::Pilot, || web::to(pages::survey::acts::close)),
    post("/pilotage/recensements/{id}/analyse", Who::Pilot, || web::to(pages::survey::acts::take_as_analysed)),
    post("/pilotage/recensements/{id}/restitution", Who::Pilot, || web::to(pages::survey::acts::give_back)),
    post("/pilotage/recensements/{id}/entrees", Who::Pilot, || web::to(pages::survey::entries::carry)),
    post("/pilotage/recensements/{id}/priorites", Who::Pilot, || web::to(pages::survey::acts::prioritise)),
    get("/pilotage/recensements/{id}/analyse.csv", Who::Pilot, || web::to(pages::survey::files::analysis)),
    get("/pilotage/recensements/{id}/reponses.csv", Who::Pilot, || web::to(pages::survey::files::answers)),
    get("/pilotage/recensements/{id}/producteurs", Who::Pilot, || web::to(pages::survey::producers::show)),
    post("/pilotage/recensements/{id}/producteurs", Who::Pilot, || web::to(pages::survey::imports::producers)),
    post("/pilotage/recensements/{id}/reponses", Who::Pilot, || web::to(pages::survey::imports::papers)),
    get("/pilotage/recensements/{id}/producteurs/{siren}", Who::Pilot, || web::to(pages::survey::producer::show)),
    post("/pilotage/recensements/{id}/producteurs/{siren}/reponse", Who::Pilot, || web::to(pages::survey::producer::enter)),
    post("/pilotage/recensements/{id}/producteurs/{siren}/notes", Who::Pilot, || web::to(pages::survey::producer::note)),
    post("/pilotage/recensements/{id}/producteurs/{siren}/lien", Who::Pilot, || web::to(pages::survey::producer::link)),
    get("/pilotage/{id}", Who::Pilot, || web::to(pages::pilot::member)),
    get("/pilotage/{id}/acces", Who::Pilot, || web::to(pages::glass::show)),
    post("/pilotage/{id}/acces", Who::Pilot, || web::to(pages::glass::open)),
    post("/pilotage/{id}/acces/fin", Who::Pilot, || web::to(pages::glass::end)),
    post("/pilotage/{id}/second-facteur", Who::Pilot, || web::to(pages::glass::take_factor)),
    get("/pilotage/{id}/usage.csv", Who::Pilot, || web::to(pages::usage::of_member_table)),
    post("/pilotage/{id}/suspension", Who::Pilot, || web::to(pages::pilot::suspend)),
    post("/pilotage/{id}/reprise", Who::Pilot, || web::to(pages::pilot::resume)),
    get("/formats", Who::FormatReader, || web::to(pages::formats::held::show)),
    post("/formats/risque", Who::FormatKeeper, || web::to(pages::formats::held::set_risk)),
    post("/formats/identification", Who::FormatKeeper, || web::to(pages::formats::held::name_again)),
    get("/exploitation/formats", Who::Operator, || web::to(pages::formats::signatures::show)),
    post("/exploitation/formats", Who::Operator, || web::to(pages::formats::signatures::import)),
    get("/integrite", Who::IntegrityReader, || web::to(pages::preservation::show)),
    get("/exploitation/tiers", Who::Operator, || web::to(pages::tiers::show)),
    get("/exploitation/acces", Who::Operator, || web::to(pages::glass::form)),
    post("/exploitation/acces", Who::Operator, || web::to(pages::glass::ask)),
    get("/exploitation/scellements", Who::Operator, || web::to(pages::seals::show)),
    get("/exploitation", Who::Operator, || web::to(pages::operations::show)),
    post("/exploitation/travaux/{id}/relance", Who::Operator, || web::to(pages::operations::resume)),
    get("/log/{path:.*}", Who::Anyone, || web::to(log::show)),
    post("/witness/add-checkpoint", Who::Anyone, || web::to(witness::add)),
    get("/witness/{origin}/checkpoint", Who::Anyone, || web::to(witness::last)),
    get("/recensement/{link}", Who::Anyone, || web::to(pages::survey::public::show)),
    post("/recensement/{link}", Who::Anyone, || web::to(pages::survey::public::answer)),
    get("/verify", Who::Anyone, || web::to(pages::verify::show)),
    post("/verify", Who::Anyone, || web::to(pages::verify::examine)),
    get_compressed("/documentation/api", Who::Anyone, || web::to(pages::api::show)),
    get("/confiance", Who::Anyone, || web::to(pages::trust::trust)),
    get("/styleguide", Who::Anyone, || web::to(pages::styleguide::show)),
    get_compressed("/aide", Who::Anyone, || web::to(pages::help::show)),
    get("/accessibilite", Who::Anyone, || web::to(pages::notices::accessibility)),
    get_compressed("/static/{name}", Who::Anyone, || web::to(pages::assets::file)),
];

/// Puts the table's lines into the application.
pub fn configure(app: &mut ServiceConfig) {
    let mut addresses: Vec<&str> = Vec::new();
    for line in TABLE {
        if !addresses.contains(&line.address) {
            addresses.push(line.address);
        }
    }
    for address in addresses {
        let lines = || TABLE.iter().filter(move |line| line.address == address);
        let resource =
            lines().fold(web::resource(address), |resource, line| resource.route(with_method(line)));
        let allowed = lines().map(|line| allowed(&line.method)).collect::<Vec<_>>().join(", ");
        let resource = otherwise(resource, allowed);
        if lines().all(|line| line.compressed) {
            app.service(resource.wrap(middleware::Compress::default()));
        } else {
            app.service(resource);
        }
    }
}

/// Who may call a line of the table.
pub fn who(method: &Method, address: &str) -> Option<Who> {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    TABLE.iter().find(|line| line.method == *method && line.address == address).map(|line| line.who)
}

fn with_method(line: &Line) -> Route {
    let route = (line.route)();
    if line.method == Method::GET {
        route.guard(guard::Any(guard::Get()).or(guard::Head()))
    } else {
        route.guard(guard::Method(line.method.clone()))
    }
}

fn allowed(method: &Method) -> &str {
    if *method == Method::GET { "GET, HEAD" } else { method.as_str() }
}

fn otherwise(resource: Resource, allowed: String) -> Resource {
    resource.default_service(web::to(move || {
        let problem = Problem::new(&kinds::METHOD_NOT_ALLOWED).header(header::ALLOW, allowed.clone());
        async move { Err::<HttpResponse, Problem>(problem) }
    }))
}

/// What every other address answers.
pub async fn unknown() -> Result<HttpResponse, Problem> {
    Err(kinds::not_found())
}
