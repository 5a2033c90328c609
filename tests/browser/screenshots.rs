//! Pictures of every desk, wide and on a telephone, from the demonstration: `make screenshots` writes those of the README and of the
//! guide under `docs/images/`. Looked at by people; the assertions are that each page is there.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::driver::Browser;

/// Highest picture of a wide page.
const HEIGHT_MAX: u64 = 1_500;

/// A page to be shown.
struct Shot {
    name: &'static str,
    login: &'static str,
    /// In which member; empty: the first of the person's.
    member: &'static str,
    /// Whether the telephone's is made too.
    is_narrow_too: bool,
    /// Where to go, then what to click on.
    address: &'static str,
    clicks: &'static [&'static str],
}

const fn shot(name: &'static str, login: &'static str, address: &'static str) -> Shot {
    Shot { name, login, member: "", is_narrow_too: false, address, clicks: &[] }
}

/// The same in a small commune whose archives are worth looking at.
const fn commune(name: &'static str, address: &'static str) -> Shot {
    Shot { member: "montvernoille", ..shot(name, "archiviste", address) }
}

/// Each desk, and the pages that the guide tells of.
const SHOTS: &[Shot] = &[
    Shot { is_narrow_too: true, ..shot("accueil-deposant", "secretariat.aubrac", "/") },
    Shot { is_narrow_too: true, ..shot("versement-nouveau", "secretariat.aubrac", "/versements/nouveau") },
    Shot {
        clicks: &["main tbody a, main .rows li a"],
        ..shot("versement", "secretariat.aubrac", "/versements")
    },
    Shot { is_narrow_too: true, ..shot("accueil-archiviste", "archiviste", "/") },
    Shot { is_narrow_too: true, ..commune("recherche", "/archives?q=deliberation") },
    Shot { clicks: &[".rows li a"], ..commune("unite", "/archives?q=registres+et+dossiers") },
    commune("registre", "/registre"),
    shot("accueil-administration", "administration", "/"),
    shot("accords", "administration", "/accords"),
    shot("connecteurs", "administration", "/applications"),
    shot("accueil-pilote", "pilote", "/"),
    shot("pilotage", "pilote", "/pilotage"),
    shot("entrees", "pilote", "/pilotage/entrees"),
    shot("accueil-exploitation", "exploitation", "/"),
    shot("exploitation", "exploitation", "/exploitation"),
    shot("accueil-controle", "controle", "/"),
];

/// The demonstration, served until it is dropped.
struct Demonstration {
    child: Child,
    portal: String,
    _data: tempfile::TempDir,
}

impl Demonstration {
    fn start() -> Demonstration {
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (listen, metrics, data) = (free(), free(), tempfile::tempdir().unwrap());
        let mut child = Command::new(env!("CARGO_BIN_EXE_chartrier"))
            .args(["demo", "--pronom"])
            .arg(target().join("pronom"))
            .env("CHARTRIER_DATA", data.path())
            .env("CHARTRIER_LISTEN", listen.to_string())
            .env("CHARTRIER_METRICS_LISTEN", metrics.to_string())
            .env("CHARTRIER_PUBLIC_URL", format!("http://{listen}"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains("Tout est en ordre")), "the demonstration stopped");
        // Read on: what it prints must go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Demonstration { child, portal: format!("http://{listen}"), _data: data }
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        // As Ctrl-C does: its database is stopped with it.
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn target() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().into()
}

/// As the members' files say it.
fn password_of(login: &str) -> String {
    let tenants = Path::new(env!("CARGO_MANIFEST_DIR")).join("tenants");
    let files = std::fs::read_dir(tenants).unwrap().map(|entry| entry.unwrap().path().join("member.toml"));
    let said = files.filter_map(|file| std::fs::read_to_string(file).ok()).find_map(|text| {
        let (_, rest) = text.split_once(&format!("login = \"{login}\""))?;
        rest.split_once("password = \"")?.1.split('"').next().map(str::to_owned)
    });
    said.unwrap_or_else(|| panic!("nobody is {login}"))
}

/// Logs in, in the member of the picture.
async fn log_in(browser: &Browser, portal: &str, shot: &Shot) {
    browser.forget().await;
    browser.go(&format!("{portal}/connexion")).await;
    browser.fill("#identifiant", shot.login).await;
    browser.fill("#mot-de-passe", &password_of(shot.login)).await;
    browser.click("main button[type=submit]").await;
    browser.find(".person button, button.choice").await;
    if browser.text().await.contains("Pour quelle collectivité") {
        let chosen =
            if shot.member.is_empty() { String::new() } else { format!("[value='{}']", shot.member) };
        browser.click(&format!("main form button{chosen}")).await;
    }
    browser.find(".person button").await;
}

async fn take(browser: &Browser, portal: &str, shot: &Shot, file: &Path) {
    browser.go(&format!("{portal}{}", shot.address)).await;
    for css in shot.clicks {
        browser.click(css).await;
    }
    browser.find("main h1").await;
    assert!(!browser.text().await.contains("Page introuvable"), "{}", shot.name);
    std::fs::write(file, browser.picture().await).unwrap();
}

#[tokio::test]
#[ignore = "make screenshots"]
async fn every_desk_is_shown() {
    let demonstration = Demonstration::start();
    let portal = &demonstration.portal;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images/guide");
    std::fs::create_dir_all(&folder).unwrap();
    let (wide, narrow) = (Browser::open(1280, true).await, Browser::telephone(400).await);
    for shot in SHOTS {
        log_in(&wide, portal, shot).await;
        wide.resize(1280, 900).await;
        wide.go(&format!("{portal}{}", shot.address)).await;
        for css in shot.clicks {
            wide.click(css).await;
        }
        wide.find("main h1").await;
        // With what the window itself has around the page.
        let height =
            "return document.scrollingElement.scrollHeight + window.outerHeight - window.innerHeight";
        let height = wide.run(height).await.as_u64().unwrap();
        wide.resize(1280, u32::try_from(height.clamp(600, HEIGHT_MAX)).unwrap()).await;
        take(&wide, portal, shot, &folder.join(shot.name).with_extension("png")).await;
        if shot.is_narrow_too {
            log_in(&narrow, portal, shot).await;
            take(&narrow, portal, shot, &folder.join(format!("{}-telephone.png", shot.name))).await;
        }
    }
    wide.close().await;
    narrow.close().await;
}
