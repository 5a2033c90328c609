//! The service killed at each point of a deposit being prepared or sent, then started again: what was acknowledged is there, and the
//! deposit ends as one transfer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chartrier::drafting::FAIL_POINTS;
use chartrier::model::TransferState;
use chartrier::proof::digest::sha512_of;
use serde_json::Value;
use ureq::RequestExt as _;

use super::{ANSWERS, encoded, files_form, pdf};
use crate::ingest::kill::KILLED;
use crate::support::as_written;
use crate::support::fault_table::note;
use crate::support::service::{Client, Place, Service};

/// A secretary before a service that may die under her; her session outlives it.
struct Secretary {
    agent: ureq::Agent,
    base: String,
    cookie: String,
    csrf: String,
}

/// What the service said; nothing when it died first.
struct Said {
    status: u16,
    location: String,
    body: String,
}

impl Said {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }
}

impl Secretary {
    fn logged_in(address: SocketAddr) -> Secretary {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let agent = config.timeout_global(Some(Duration::from_secs(30))).build().into();
        let mut she = Secretary {
            agent,
            base: format!("http://{address}"),
            cookie: String::new(),
            csrf: String::new(),
        };
        she.visit("/connexion");
        let fields = [("identifiant", "secretaire"), ("mot_de_passe", "mot-de-passe-d-essai")];
        let body = she.body_of(&fields);
        let answer = she.ask("POST", "/connexion", &[FORM], body.as_bytes()).unwrap();
        assert_eq!(answer.0.status, 303, "{}", answer.0.body);
        she.cookie = answer.1.expect("a session");
        she.visit("/versements/nouveau");
        she
    }

    /// Reads the proof of the page's forms, and keeps the cookie that comes with it.
    fn visit(&mut self, path: &str) {
        let (said, cookie) = self.ask("GET", path, &[], b"").unwrap();
        self.cookie = cookie.unwrap_or_else(|| self.cookie.clone());
        let (_, rest) = said.body.split_once("name=\"csrf\" value=\"").expect("a form");
        self.csrf = rest.split('"').next().unwrap().to_owned();
    }

    /// The same person before the service that was started again.
    fn again(&mut self, address: SocketAddr) {
        self.base = format!("http://{address}");
    }

    fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Option<(Said, Option<String>)> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.base));
        request = request.header("cookie", &self.cookie).header("x-csrf-token", &self.csrf);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = request.body(body.to_vec()).unwrap().with_agent(&self.agent).run().ok()?;
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let cookie = header("set-cookie").map(|cookie| cookie.split(';').next().unwrap().to_owned());
        let (status, location) = (answer.status().as_u16(), header("location").unwrap_or_default());
        let body = as_written(&answer.body_mut().read_to_string().ok()?);
        Some((Said { status, location, body }, cookie))
    }

    fn get(&self, path: &str) -> Said {
        self.ask("GET", path, &[("accept", "text/html")], b"").expect("it is alive").0
    }

    fn body_of(&self, fields: &[(&str, &str)]) -> String {
        let fields = [("csrf", self.csrf.as_str())].into_iter().chain(fields.iter().copied());
        fields
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect::<Vec<_>>()
            .join("&")
    }

    fn form(&self, path: &str, fields: &[(&str, &str)]) -> Option<Said> {
        self.ask("POST", path, &[FORM, ("accept", "text/html")], self.body_of(fields).as_bytes())
            .map(|(said, _)| said)
    }

    /// Opens a file, or finds it again: its address and the bytes that are answered for.
    fn opened(&self, draft: &str, name: &str, size: usize) -> (String, usize) {
        let size = size.to_string();
        let said = self
            .form(
                &format!("{draft}/envois"),
                &[("chemin", name), ("taille", &size), ("modifie", "1764300000000")],
            )
            .unwrap()
            .json();
        (said["adresse"].as_str().unwrap().to_owned(), said["recu"].as_u64().unwrap() as usize)
    }

    fn piece(&self, address: &str, at: usize, bytes: &[u8]) -> Option<Said> {
        let headers =
            [("upload-offset", &*at.to_string()), ("content-type", "application/offset+octet-stream")];
        self.ask("PATCH", address, &headers, bytes).map(|(said, _)| said)
    }
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// What she deposits: one file that is there before anything dies, one that comes in two pieces.
struct Story {
    draft: String,
    whole: Vec<u8>,
    coming: Vec<u8>,
}

impl Story {
    /// Begun before a service in health: a file acknowledged, half of another, every answer given.
    fn begun(she: &Secretary) -> Story {
        let began = she.form("/versements/brouillons", &[("accord", "ACCORD-TEST")]).unwrap();
        let story = Story {
            draft: began.location,
            whole: pdf(&"délibération ".repeat(50)),
            coming: pdf(&"annexe ".repeat(3_000)),
        };
        let (body, kind) = files_form(&she.csrf, &[("Séance/entier.pdf", &story.whole)]);
        let path = format!("{}/fichiers", story.draft);
        let came = she.ask("POST", &path, &[("content-type", &kind)], &body).unwrap().0;
        assert_eq!(came.status, 303, "{}", came.body);
        let (address, at) = she.opened(&story.draft, "à venir.pdf", story.coming.len());
        assert_eq!(at, 0);
        assert_eq!(she.piece(&address, 0, &story.coming[..9_000]).unwrap().json()["recu"], 9_000);
        she.form(&format!("{}/questions", story.draft), &ANSWERS).unwrap();
        story
    }

    /// The rest of the second file, from where it stands.
    fn goes_on(&self, she: &Secretary) -> Option<()> {
        let (address, at) = she.opened(&self.draft, "à venir.pdf", self.coming.len());
        assert!(at == 9_000 || at == self.coming.len(), "nothing that was answered for is lost: {at}");
        if at < self.coming.len() {
            assert_eq!(she.piece(&address, at, &self.coming[at..])?.json()["entier"], true);
        }
        Some(())
    }

    fn is_sent(&self, she: &Secretary) -> Option<String> {
        let said = she.form(&format!("{}/envoi", self.draft), &[])?;
        assert!(said.status == 303 && said.location.starts_with("/versements/"), "{}", said.body);
        Some(said.location)
    }

    fn digests(&self) -> [String; 2] {
        let mut digests =
            [&self.whole, &self.coming].map(|bytes| hex::encode(sha512_of(&mut &bytes[..]).unwrap().0));
        digests.sort_unstable();
        digests
    }
}

fn wait_until_kept(place: &Place) {
    let began = Instant::now();
    let states = || place.rows("select state from transfer");
    while states() != ["taken_in_charge"] {
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}\n{}", states(), place.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A deposit begun in health, gone on with and sent before a service that dies at this point.
fn killed_at(place: &Place, point: &str) -> (Secretary, Story) {
    let service = Service::start(place, &[]);
    let mut she = Secretary::logged_in(service.address);
    let story = Story::begun(&she);
    drop(service);
    let mut killed = Service::start(place, &[("CHARTRIER_FAIL_KILL", point)]);
    she.again(killed.address);
    let first = story.goes_on(&she).and_then(|()| story.is_sent(&she));
    assert_eq!(first, None, "{point}: it dies before it answers");
    assert!(killed.has_died_within(Duration::from_secs(20)), "{point}");
    (she, story)
}

/// Killed at one point and started again; `late`: she comes back once what was received is taken in charge.
fn at_point(point: &str, late: bool) -> TransferState {
    let place = Place::fresh();
    let (mut she, story) = killed_at(&place, point);
    let service = Service::start(&place, &[]);
    let client = Client::new(service.address);
    she.again(service.address);
    if late {
        wait_until_kept(&place);
    }
    // What she sees of it: nothing that was acknowledged is gone, and she goes on as if nothing had been.
    let page = she.get(&story.draft);
    match point {
        "draft-sent-after-row" => assert_eq!(page.status, 404, "it is a transfer"),
        // Examined, it is known again.
        "draft-sent-before-row" if late => assert_eq!(page.status, 404, "it is a transfer"),
        "draft-sent-before-row" if page.status == 404 => {}
        "draft-send-after-row" | "draft-sent-before-row" => {
            assert!(page.body.contains("L’envoi s’est interrompu"), "{point}: {}", page.body);
        }
        _ => {
            assert!(page.body.contains("entier.pdf") && page.body.contains("à venir.pdf"), "{}", page.body);
            story.goes_on(&she).unwrap();
        }
    }
    let sent = "select encode(sha512, 'hex') from technical.deposit_draft_file order by 1";
    assert_eq!(place.platform(sent), story.digests(), "{point}");
    let location = story.is_sent(&she).unwrap();
    assert_eq!(story.is_sent(&she).unwrap(), location, "{point}: asked again, it is the same");
    let id = location.rsplit('/').next().unwrap();
    wait_until_kept(&place);
    let identifier = format!("PORTAIL-{}", story.draft.rsplit('/').next().unwrap());
    place.check_end(&identifier, TransferState::TakenInCharge, &client, id).unwrap();
    let kept = place.rows("select encode(sha512, 'hex') from binary_object order by 1");
    assert_eq!(kept, story.digests(), "{point}");
    assert_eq!(place.platform("select transfer_id from technical.deposit_draft"), [id], "{point}");
    place.sweep_drafts();
    assert_eq!(place.in_quarantine(), Vec::<std::path::PathBuf>::new(), "{point}: nothing is left behind");
    TransferState::TakenInCharge
}

#[test]
fn a_service_killed_while_a_deposit_is_prepared_or_sent_loses_nothing_and_doubles_nothing() {
    for point in FAIL_POINTS {
        let state = at_point(point, false);
        note(format!("{KILLED} : {point}"), 0, state.word(), "repris par la déposante");
    }
}

#[test]
fn whoever_comes_back_once_it_is_taken_in_charge_is_led_to_it() {
    for point in ["draft-sent-before-row", "draft-sent-after-row"] {
        at_point(point, true);
    }
}

#[test]
fn what_was_received_is_noted_though_nobody_comes_back() {
    let place = Place::fresh();
    let (_she, story) = killed_at(&place, "draft-sent-before-row");
    let _service = Service::start(&place, &[]);
    wait_until_kept(&place);
    place.sweep_drafts();
    let [became] = &place.platform("select transfer_id from technical.deposit_draft")[..] else {
        panic!("{}", story.draft)
    };
    assert_eq!(place.rows("select transfer_id from transfer"), [became.as_str()]);
    assert_eq!(place.in_quarantine(), Vec::<std::path::PathBuf>::new(), "its bytes are the transfer's");
}

/// Without script a whole form is one request: what of it was whole stays, the rest is sent again.
#[test]
fn a_form_of_files_that_was_cut_leaves_only_whole_files() {
    for point in ["draft-piece-before-count", "draft-piece-after-count"] {
        let place = Place::fresh();
        let mut killed = Service::start(&place, &[("CHARTRIER_FAIL_KILL", point)]);
        let mut she = Secretary::logged_in(killed.address);
        let began = she.form("/versements/brouillons", &[("accord", "ACCORD-TEST")]).unwrap();
        let files: [(&str, &[u8]); 2] = [("a.pdf", &pdf("a")), ("b.pdf", &pdf("b"))];
        let (body, kind) = files_form(&she.csrf, &files);
        let path = format!("{}/fichiers", began.location);
        assert!(she.ask("POST", &path, &[("content-type", &kind)], &body).is_none(), "{point}");
        assert!(killed.has_died_within(Duration::from_secs(10)), "{point}");
        drop(killed);
        let service = Service::start(&place, &[]);
        she.again(service.address);
        let names = "select name from technical.deposit_draft_file where sha512 is not null order by 1";
        assert!(place.platform(names).is_empty(), "{point}: nothing was acknowledged");
        assert!(she.get(&began.location).body.contains("n’est pas arrivé en entier"), "{point}");
        let came = she.ask("POST", &path, &[("content-type", &kind)], &body).unwrap().0;
        assert_eq!(came.status, 303, "{point}: {}", came.body);
        assert_eq!(place.platform(names), ["a.pdf", "b.pdf"], "{point}: each once");
        assert!(she.form(&format!("{}/abandon", began.location), &[]).unwrap().status == 303);
        place.sweep_drafts();
        assert_eq!(place.in_quarantine(), Vec::<std::path::PathBuf>::new(), "{point}");
    }
}
