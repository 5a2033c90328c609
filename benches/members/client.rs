//! One member at the doors of a service: its machine deposits, its depositor looks at pages.

use std::time::{Duration, Instant};

use crate::generated;
use crate::service::{Bench, agent, quantile, token};

/// A machine, and a person when they have logged in.
pub struct Client {
    base: String,
    agent: ureq::Agent,
    token: String,
    cookie: String,
}

impl Client {
    /// The machine of a member.
    pub fn machine(bench: &Bench, number: usize) -> Client {
        let token = token(&bench.base, (&generated::code(number), &generated::password(number)));
        Client { base: bench.base.clone(), agent: agent(), token, cookie: String::new() }
    }

    /// The same, and the member's depositor logged in.
    pub fn person(bench: &Bench, number: usize) -> Client {
        Client::machine(bench, number).logged_in(&generated::login(number), &generated::password(number))
    }

    /// The same, and this person logged in.
    pub fn logged_in(mut self, login: &str, password: &str) -> Client {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let address = format!("{}/connexion", self.base);
        let mut form = agent.get(&address).call().unwrap();
        let visit = cookie(&form);
        let page = form.body_mut().read_to_string().unwrap();
        let csrf = page.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap();
        let fields = [("csrf", csrf), ("retour", ""), ("identifiant", login), ("mot_de_passe", password)];
        let opened = agent.post(&address).header("Cookie", visit).send_form(fields).unwrap();
        assert_eq!(opened.status(), 303);
        self.cookie = cookie(&opened);
        self
    }

    /// Chooses the member to act for; where the person has one alone, it is chosen already.
    pub fn acting_for(&self, code: &str) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let address = format!("{}/connexion/collectivite", self.base);
        let page = agent.get(&address).header("Cookie", &self.cookie).header("Accept", "text/html").call();
        let page = page.unwrap().body_mut().read_to_string().unwrap();
        let Some((_, rest)) = page.split_once("name=\"csrf\" value=\"") else { return };
        let csrf = rest.split('"').next().unwrap();
        let fields = [("csrf", csrf), ("collectivite", code), ("retour", "/")];
        let chosen = agent.post(&address).header("Cookie", &self.cookie).send_form(fields).unwrap();
        assert_eq!(chosen.status(), 303);
    }

    /// Logs in and deposits by the portal's form; the seconds of the deposit, `None` when the service is away.
    pub fn try_portal(base: &str, number: usize, bytes: &[u8]) -> Option<f64> {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let csrf =
            |page: &str| Some(page.split_once("name=\"csrf\" value=\"")?.1.split('"').next()?.to_owned());
        let log_in = format!("{base}/connexion");
        let mut form = agent.get(&log_in).call().ok()?;
        let visit = cookie(&form);
        let token = csrf(&form.body_mut().read_to_string().ok()?)?;
        let (login, password) = (generated::login(number), generated::password(number));
        let fields =
            [("csrf", token.as_str()), ("retour", ""), ("identifiant", &login), ("mot_de_passe", &password)];
        let opened = agent.post(&log_in).header("Cookie", visit).send_form(fields).ok()?;
        let session = cookie(&opened);
        let form = agent.get(format!("{base}/versements/nouveau")).header("Cookie", &session).call();
        let token = csrf(&form.ok()?.body_mut().read_to_string().ok()?)?;
        let mut body =
            format!("--limite\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n")
                .into_bytes();
        body.extend(b"--limite\r\ncontent-disposition: form-data; name=\"fichier\"; filename=\"versement.zip\"\r\n\r\n");
        body.extend(bytes);
        body.extend(b"\r\n--limite--\r\n");
        let began = Instant::now();
        let request = agent.post(format!("{base}/versements")).header("Cookie", &session);
        let answer =
            request.header("Content-Type", "multipart/form-data; boundary=limite").send(&body).ok()?;
        (answer.status() == 303).then(|| began.elapsed().as_secs_f64())
    }

    /// The state of each transfer that the machine follows.
    pub fn transfers(&self) -> Vec<String> {
        let (mut states, mut path) = (Vec::new(), "/api/v1/transfers?limit=200".to_owned());
        loop {
            let request = self.agent.get(format!("{}{path}", self.base));
            let mut answer =
                request.header("Authorization", format!("Bearer {}", self.token)).call().unwrap();
            let page: serde_json::Value = answer.body_mut().read_json().unwrap();
            let items = page["items"].as_array().unwrap();
            states.extend(items.iter().map(|item| item["state"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => path = next.to_owned(),
                None => return states,
            }
        }
    }

    /// A search page; its seconds.
    pub fn page(&self) -> f64 {
        self.shown("/archives?q=versement").0
    }

    /// A page: the seconds until its last byte, and what it is.
    pub fn shown(&self, path: &str) -> (f64, String) {
        let began = Instant::now();
        let request = self.agent.get(format!("{}{path}", self.base));
        let mut answer = request.header("Cookie", &self.cookie).call().unwrap();
        let page = answer.body_mut().read_to_string().unwrap();
        assert!(answer.status() == 200 && page.contains("</html>"), "{} {page}", answer.status());
        (began.elapsed().as_secs_f64(), page)
    }

    /// Deposits; where to follow it, or the seconds after which to come back.
    pub fn try_deposit(&self, bytes: &[u8]) -> Result<String, u64> {
        let request = self.agent.post(format!("{}/api/v1/transfers", self.base));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        // A refusal may come before the bytes are gone: the connection is then closed under them.
        let Ok(answer) = request.header("Content-Type", "application/zip").send(bytes) else { return Err(1) };
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        match answer.status().as_u16() {
            202 => Ok(format!("{}{}", self.base, header("location").unwrap())),
            429 | 503 => Err(header("retry-after").and_then(|seconds| seconds.parse().ok()).unwrap_or(1)),
            status => panic!("{status}"),
        }
    }

    /// Deposits, and comes back when told to.
    pub fn deposit(&self, bytes: &[u8]) -> String {
        loop {
            match self.try_deposit(bytes) {
                Ok(address) => return address,
                Err(seconds) => std::thread::sleep(Duration::from_secs(seconds)),
            }
        }
    }

    /// The seconds from a deposit's first byte to its being taken in charge.
    pub fn taken_in_charge(&self, bytes: &[u8]) -> f64 {
        let began = Instant::now();
        let address = self.deposit(bytes);
        loop {
            let request = self.agent.get(&address).header("Authorization", format!("Bearer {}", self.token));
            let mut answer = request.call().unwrap();
            let transfer: serde_json::Value = answer.body_mut().read_json().unwrap();
            match transfer["state"].as_str() {
                Some("taken_in_charge") => return began.elapsed().as_secs_f64(),
                Some("refused") => panic!("{transfer}"),
                _ => std::thread::sleep(Duration::from_millis(5).max(began.elapsed() / 20)),
            }
        }
    }
}

fn cookie(answer: &ureq::http::Response<ureq::Body>) -> String {
    let set = answer.headers().get("set-cookie").expect("a cookie").to_str().unwrap();
    set.split(';').next().unwrap().to_owned()
}

/// Median and p95, in milliseconds.
pub fn told(seconds: &mut [f64]) -> String {
    let (median, p95) = (quantile(seconds, 0.5), quantile(seconds, 0.95));
    format!("médiane {:.1} ms, p95 {:.1} ms", 1e3 * median, 1e3 * p95)
}
