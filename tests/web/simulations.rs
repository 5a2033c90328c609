//! Simulations: made from forms, told when wrong, kept, exported, given up; the reference case of own hosting as the norm has it.

use chartrier::model::Role;

use super::{Door, form, get};

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn a_simulation_is_made_kept_exported_and_given_up() {
    let door = Door::open().await;
    let (pilot, csrf) = door.log_in(Role::Pilot).await;
    let send = async |address: &str, fields: &[(&str, &str)]| {
        let fields: String =
            fields.iter().map(|(name, value)| format!("&{name}={}", encoded(value))).collect();
        door.send(form(address, &format!("csrf={csrf}{fields}")).cookie(&pilot)).await
    };
    let place = "/pilotage/simulations";
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
    let kept = send(place, &case).await;
    assert_eq!(kept.status, 303, "{}", kept.text());
    let address = kept.header("location").to_owned();
    let page = door.send(get(&address).cookie(&pilot)).await.text().replace(['\u{a0}', '\u{202f}'], " ");
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
    let table = door.send(get(&format!("{address}.csv")).cookie(&pilot)).await.text();
    assert!(
        table.contains("Mesure;Propre;Mutualisé;Écart") && table.contains("Travail, par an;183 jours"),
        "{table}"
    );

    let wrong =
        send(place, &[("nom", ""), ("genre", "hebergement"), ("annees", "0"), ("propre", "beaucoup")]).await;
    assert_eq!(wrong.status, 422);
    for said in ["Remplissez ce champ", "de 1 à 50", "Donnez un montant en euros", "value=\"beaucoup\""] {
        assert!(wrong.text().contains(said), "{said}: {}", wrong.text());
    }
    let change = |more: &[(&'static str, &'static str)]| {
        [&[("nom", "Autre"), ("genre", "changement"), ("annee", "2996")], more].concat()
    };
    let nothing = send(place, &change(&[])).await;
    assert!(nothing.text().contains("Dites ce qui change"), "{}", nothing.text());
    let unknown = send(place, &change(&[("cles", "poste;clés\nI1;EGAL\n")])).await;
    assert!(unknown.text().contains("Cet exercice n’est pas préparé."), "{}", unknown.text());
    let tables =
        send(place, &change(&[("cles", "poste;clés\nI1;PARTAGE\n"), ("bornes", "moins de;au plus\n1;-1\n")]))
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
    ];
    let newcomer = send(place, &change(&newcomer)).await;
    for said in ["Donnez un nombre d’habitants", "Donnez les jours d’adhésion"] {
        assert!(newcomer.text().contains(said), "{said}: {}", newcomer.text());
    }

    assert!(door.send(get(place).cookie(&pilot)).await.text().contains(&address));
    assert_eq!(send(&format!("{address}/retrait"), &[]).await.status, 303);
    for gone in [address.as_str(), &format!("{address}.csv"), "/pilotage/simulations/x"] {
        assert_eq!(door.send(get(gone).cookie(&pilot)).await.status, 404, "{gone}");
    }
    door.end().await;
}
