//! The story of somebody invited, who comes back after eight months with a new telephone: letters through a real relay.

use std::net::Ipv4Addr;

use chartrier::identity::{Code, Enrolled, Identity, LogIn, Session, SetPassword};
use chartrier::mail::Settings;
use chartrier::membership::accounts::{Accounts, Invited, Link, Unchanged};
use chartrier::membership::profiles::By;
use chartrier::model::{Holding, Role};
use chrono::TimeDelta;
use totp_rs::{Builder, Secret, Totp};

use super::{Post, tenant, text};
use crate::support::at_rest;

const LOGIN: &str = "camille@example.fr";
const FIRST: &str = "le chat dort sur la table";
const SECOND: &str = "la table dort sous le chat";

impl Post {
    fn accounts(&self) -> (Accounts, Identity) {
        let accounts = Accounts::new(self.db.clone(), self.clock.clone(), at_rest(), true);
        (accounts, Identity::new(self.db.clone(), self.clock.clone(), at_rest()))
    }

    /// The link of the last letter.
    async fn link(&self) -> String {
        assert_eq!(self.send().await, 1);
        let letter = text(self.relay.taken().last().unwrap());
        let rest = letter.split("https://a.example.fr/mot-de-passe/").nth(1).expect("a link");
        rest.lines().next().unwrap().trim().to_owned()
    }
}

async fn log_in(identity: &Identity, password: &str) -> Option<(String, Session)> {
    let opened = identity.log_in(LOGIN, password, Ipv4Addr::LOCALHOST.into()).await.unwrap();
    let LogIn::Opened(cookie) = opened else { return None };
    let session = identity.session(&cookie).await.unwrap().unwrap();
    Some((cookie, session))
}

async fn enrol(
    post: &Post,
    identity: &Identity,
    (cookie, session): &(String, Session),
) -> (Totp, Vec<String>) {
    let secret = identity.begin_enrolment(cookie, session).await.unwrap().secret;
    let builder = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap());
    let phone = builder.with_account_name("essai").with_issuer(Some("Chartrier")).build().unwrap();
    let code = phone.generate(post.clock.now().timestamp() as u64).to_string();
    let Enrolled::Done(codes) = identity.enrol(cookie, session, &code).await.unwrap() else {
        panic!("not enrolled")
    };
    (phone, codes)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, step after step")]
async fn somebody_invited_comes_back_after_eight_months_with_a_new_telephone() {
    let post = Post::open("mail_returns", Some::<Settings>).await;
    let (accounts, identity) = post.accounts();
    let admin = By { tenant: tenant(), person: post.administrator, role: Role::MemberAdmin };
    let invited = Invited {
        name: "Camille Essai".into(),
        login: LOGIN.into(),
        email: LOGIN.into(),
        holding: Holding::whole(Role::Archivist),
    };
    let link = accounts.invite(admin, invited).await.unwrap().unwrap();
    assert_eq!(link, Link::Sent(LOGIN.into()));
    let first = post.link().await;
    // What waited in the database was not the link.
    let mut tx = post.db.technical().await.unwrap();
    let kept: Vec<String> =
        sqlx::query_scalar("select letter from technical.letter").fetch_all(tx.conn()).await.unwrap();
    drop(tx);
    assert!(kept.len() == 1 && !kept[0].contains(&first), "{kept:?}");
    assert_eq!(identity.set_password(&first, FIRST).await.unwrap(), SetPassword::Done);
    assert_eq!(identity.set_password(&first, SECOND).await.unwrap(), SetPassword::Gone, "once");
    let session = log_in(&identity, FIRST).await.unwrap();
    let (lost, papers) = enrol(&post, &identity, &session).await;

    post.clock.advance(TimeDelta::days(243));
    // The password is forgotten; asked for twice, one letter leaves.
    accounts.forgotten(&identity, LOGIN).await.unwrap();
    accounts.forgotten(&identity, LOGIN).await.unwrap();
    accounts.forgotten(&identity, "personne@nulle.part").await.unwrap();
    let second = post.link().await;
    assert_eq!(identity.set_password(&second, SECOND).await.unwrap(), SetPassword::Done);
    assert!(log_in(&identity, FIRST).await.is_none(), "the former password is over");
    let (cookie, session) = log_in(&identity, SECOND).await.unwrap();
    assert!(session.factor_at.is_none() && session.factor_since.is_some());
    assert_eq!(identity.show_factor(&cookie, &session, "123456").await.unwrap(), Code::Wrong);
    // Neither the telephone nor the papers: the pilot, once they know that it is her.
    let pilot = By { tenant: tenant(), person: post.depositor, role: Role::Pilot };
    let unchecked = accounts.take_factor(&identity, pilot, LOGIN, " ").await.unwrap();
    assert_eq!(unchecked, Err(Unchanged::CheckMissing));
    let nobody = accounts.take_factor(&identity, pilot, "inconnue", "vue").await.unwrap();
    assert_eq!(nobody, Err(Unchanged::NotFound));
    accounts.take_factor(&identity, pilot, LOGIN, "rappelée au numéro de la mairie").await.unwrap().unwrap();
    assert!(identity.session(&cookie).await.unwrap().is_none(), "her sessions are over");
    let session = log_in(&identity, SECOND).await.unwrap();
    assert!(session.1.factor_since.is_none());
    let (_, fresh) = enrol(&post, &identity, &session).await;
    let (cookie, session) = log_in(&identity, SECOND).await.unwrap();
    let old = lost.generate(post.clock.now().timestamp() as u64).to_string();
    assert_eq!(identity.show_factor(&cookie, &session, &old).await.unwrap(), Code::Wrong);
    assert_eq!(identity.show_factor(&cookie, &session, &papers[0]).await.unwrap(), Code::Wrong);
    assert_eq!(identity.show_factor(&cookie, &session, &fresh[0]).await.unwrap(), Code::Right);
    // The journal has each step, the check included.
    let mut tx = post.db.read(tenant()).await.unwrap();
    let told: Vec<String> = sqlx::query_scalar(
        "select entry::jsonb -> 'detail' ->> 'action' from event where object like 'person:%' order by seq",
    )
    .fetch_all(tx.conn())
    .await
    .unwrap();
    assert_eq!(
        told,
        [
            "invitation",
            "mot de passe choisi",
            "second facteur enregistre",
            "mot de passe oublie",
            "mot de passe choisi",
            "second facteur retire",
            "second facteur enregistre",
            "code de secours employe"
        ]
    );
}
