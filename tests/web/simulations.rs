//! Simulations: made from forms, told when wrong, kept, exported, given up; the reference case of own hosting as the norm has it.

use chartrier::model::Role;

use super::{Answer, Door, form, get};

const PLACE: &str = "/pilotage/simulations";

/// A pilot, before forms.
struct Pilot<'a> {
    door: &'a Door,
    cookie: String,
    csrf: String,
}

impl<'a> Pilot<'a> {
    async fn of(door: &'a Door) -> Self {
        let (cookie, csrf) = door.log_in(Role::Pilot).await;
        Self { door, cookie, csrf }
    }

    async fn send(&self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: String =
            fields.iter().map(|(name, value)| format!("&{name}={}", encoded(value))).collect();
        let body = format!("csrf={}{fields}", self.csrf);
        self.door.send(form(address, &body).cookie(&self.cookie)).await
    }

    async fn get(&self, address: &str) -> Answer {
        self.door.send(get(address).cookie(&self.cookie)).await
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn a_simulation_is_made_kept_exported_and_given_up() {
    let door = Door::open().await;
    let pilot = Pilot::of(&door).await;
    let case = [
        ("nom", "Cas de <référence>"),
        ("genre", "hebergement"),
        ("annees", "5"),
        ("propre", "174 000"),
        ("propre-jours", "183"),
        ("mutualise", "105000,00"),
        ("mutualise-jours", "119"),
        ("jour", "250"),
    ];
    let kept = pilot.send(PLACE, &case).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    let address = kept.header("location").to_owned();
    let page = pilot.get(&address).await.text().replace(['\u{a0}', '\u{202f}'], " ");
    for said in [
        "Cas de &#60;référence&#62;",
        "−69 000,00 € (−39,66 %)",
        "-64 jours (−34,97 %)",
        "-320 jours",
        "34 800,00 €",
        "21 000,00 €",
        "402 750,00 €",
        "253 750,00 €",
        "(−37,00 %)",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let table = pilot.get(&format!("{address}.csv")).await.text();
    assert!(
        table.contains("Mesure;Propre;Mutualisé;Écart") && table.contains("Travail, par an;183 jours"),
        "{table}"
    );

    assert!(pilot.get(PLACE).await.text().contains(&address));
    assert_eq!(pilot.send(&format!("{address}/retrait"), &[]).await.status, 303);
    for gone in [address.as_str(), &format!("{address}.csv"), "/pilotage/simulations/x"] {
        assert_eq!(pilot.get(gone).await.status, 404, "{gone}");
    }
    door.end().await;
}

#[tokio::test]
async fn what_is_wrong_in_a_simulation_is_told_at_its_field_and_nothing_is_kept() {
    let door = Door::open().await;
    let pilot = Pilot::of(&door).await;
    let wrong = pilot
        .send(PLACE, &[("nom", ""), ("genre", "hebergement"), ("annees", "0"), ("propre", "beaucoup")])
        .await;
    assert_eq!(wrong.status, 422);
    for said in ["Remplissez ce champ", "de 1 à 50", "Donnez un montant en euros", "value=\"beaucoup\""] {
        assert!(wrong.text().contains(said), "{said}: {}", wrong.text());
    }
    let change = |more: &[(&'static str, &'static str)]| {
        [&[("nom", "Autre"), ("genre", "changement"), ("annee", "2996")], more].concat()
    };
    let nothing = pilot.send(PLACE, &change(&[])).await;
    assert!(nothing.text().contains("Dites ce qui change"), "{}", nothing.text());
    let unknown = pilot.send(PLACE, &change(&[("cles", "poste;clés\nI1;EGAL\n")])).await;
    assert!(unknown.text().contains("Cet exercice n’est pas préparé."), "{}", unknown.text());
    let tables = pilot
        .send(PLACE, &change(&[("cles", "poste;clés\nI1;PARTAGE\n"), ("bornes", "moins de;au plus\n1;-1\n")]))
        .await;
    for said in ["clés, ligne 2 : « PARTAGE »", "bornes, ligne 2 : « au plus »"] {
        assert!(tables.text().contains(said), "{said}: {}", tables.text());
    }
    let newcomer = [
        ("code", "N1"),
        ("nouvelle", "Commune nouvelle"),
        ("sorte", "commune"),
        ("population", "mille"),
        ("jours", "400"),
        ("cles", "poste;clés\nI1;PARTAGE\n"),
    ];
    let newcomer = pilot.send(PLACE, &change(&newcomer)).await;
    for said in ["Donnez un nombre d’habitants", "Donnez les jours d’adhésion", "clés, ligne 2 : « PARTAGE »"]
    {
        assert!(newcomer.text().contains(said), "{said}: {}", newcomer.text());
    }
    door.end().await;
}
