//! The log-in by an identity provider, npm's `oidc-provider`, in a real browser; and a second factor typed as people type it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::driver::Browser;
use super::program::{self, Program};
use crate::support::service::Place;

/// The provider, stopped with the test.
struct Provider {
    child: Child,
    port: u16,
    /// Held: a provider that writes to nobody dies of it.
    _said: BufReader<ChildStdout>,
}

impl Provider {
    fn start(portal: &str) -> Provider {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/oidc/provider.mjs"))
            .arg(modules())
            .arg(port.to_string())
            .arg(format!("{portal}/connexion/fournisseur/retour"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`make test` installs node");
        let mut line = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "prêt", "the provider did not start");
        Provider { child, port, _said: said }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where `make test` put the provider: beside what is built.
fn modules() -> PathBuf {
    let built = std::env::current_exe().unwrap();
    let target = built.ancestors().nth(3).unwrap().to_owned();
    let modules = target.join("oidc-node/node_modules");
    assert!(modules.join("oidc-provider").is_dir(), "scripts/install.sh test installs oidc-provider");
    modules
}

/// The program, which knows a provider of this client.
fn with_provider(place: &Place, client: &str) -> (Program, Provider) {
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let provider = Provider::start(&format!("http://{listen}"));
    let secret = place.folder().join("secret-du-client");
    std::fs::write(&secret, "un secret de client pour les essais, assez long\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(&secret, mode).unwrap();
    let signed = if client == "proconnect" { "true" } else { "false" };
    let settings = [
        ("CHARTRIER_PEOPLE_SECOND_FACTOR", "required".to_owned()),
        ("CHARTRIER_PROVIDER_ISSUER", format!("http://127.0.0.1:{}", provider.port)),
        ("CHARTRIER_PROVIDER_CLIENT_ID", client.to_owned()),
        ("CHARTRIER_PROVIDER_CLIENT_SECRET_FILE", secret.to_str().unwrap().to_owned()),
        ("CHARTRIER_PROVIDER_ACR_VALUES", "simple forte".to_owned()),
        ("CHARTRIER_PROVIDER_STRONG_ACR", "forte".to_owned()),
        ("CHARTRIER_PROVIDER_SIGNED_USERINFO", signed.to_owned()),
    ];
    (Program::start_with(place, listen, &settings), provider)
}

/// Logs in at the provider as somebody.
async fn vouched(browser: &Browser, portal: &str, name: &str, strong: bool) {
    browser.go(&format!("{portal}/connexion")).await;
    browser.follow("Se connecter avec ProConnect").await;
    browser.wait_for("Fournisseur d’identité").await;
    browser.fill("#compte", name).await;
    if strong {
        browser.click("#forte").await;
    }
    browser.click("button").await;
}

fn story<F: Future<Output = ()>>(client: &str, tell: impl FnOnce(Browser, String) -> F) {
    let place = Place::fresh();
    place.give_address("secretaire", "secretaire@mairie.example.fr");
    place.give_address("archiviste", "archiviste@archives.example.fr");
    let (program, _provider) = with_provider(&place, client);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let browser = Browser::open(1280, true).await;
        tell(browser, program.address()).await;
    });
}

#[test]
fn people_log_in_by_a_provider_that_says_who_they_are_and_nothing_of_what_they_may_do() {
    story("keycloak", async |browser: Browser, portal: String| {
        // Nobody here has that address: the provider's word gives no account.
        vouched(&browser, &portal, "inconnue@ailleurs.example.fr", true).await;
        browser.wait_for("Ce compte n’est pas connu ici").await;
        browser.forget().await;
        vouched(&browser, &portal, "secretaire@mairie.example.fr", false).await;
        browser.wait_for("Bonjour").await;
        browser.click(".person button").await;
        browser.wait_for("Connexion").await;
        browser.close().await;
    });
}

#[test]
fn a_second_factor_seen_by_the_provider_is_one_and_its_signed_answers_are_read() {
    story("proconnect", async |browser: Browser, portal: String| {
        vouched(&browser, &portal, "archiviste@archives.example.fr", false).await;
        // One factor is not enough for an archivist: their own telephone is asked for.
        browser.wait_for("Enregistrez votre téléphone").await;
        browser.forget().await;
        vouched(&browser, &portal, "archiviste@archives.example.fr", true).await;
        browser.wait_for("Bonjour").await;
        browser.close().await;
    });
}

#[test]
fn a_telephone_is_enrolled_by_its_square_and_its_code_opens_the_desk() {
    let place = Place::fresh();
    let strict = [("CHARTRIER_PEOPLE_SECOND_FACTOR", "required".to_owned())];
    let listen = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let program = Program::start_with(&place, listen, &strict);
    let (portal, runtime) = (program.address(), tokio::runtime::Runtime::new().unwrap());
    runtime.block_on(async {
        let browser = Browser::open(1280, false).await;
        browser.go(&format!("{portal}/connexion")).await;
        browser.fill("#identifiant", "archiviste").await;
        browser.fill("#mot-de-passe", program::PASSWORD).await;
        browser.click("main button[type=submit]").await;
        browser.wait_for("Enregistrez votre téléphone").await;
        let secret = browser.find("code.key").await.text().await.unwrap().replace(' ', "");
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        let builder = totp_rs::Builder::new().with_secret(secret).with_account_name("essai");
        let phone = builder.with_issuer(Some("Chartrier")).build().unwrap();
        browser.fill("#code", "000000").await;
        browser.click("main form button[type=submit]").await;
        browser.wait_for("Ce code n’est pas le bon").await;
        browser.fill("#code", &phone.generate_current().to_string()).await;
        browser.click("main form button[type=submit]").await;
        browser.wait_for("Gardez ces codes sur papier").await;
        browser.follow("C’est noté, continuer").await;
        browser.wait_for("Bonjour").await;
        browser.close().await;
    });
}
