//! A département's worth of members, as the bench of three hundred makes them.

use chartrier::identity::{Identity, LogIn};
use chartrier::registry::queries::members;

use super::{apply, clock, own, plan};
use crate::support::{members as generated, vault};

const COUNT: usize = 40;

#[tokio::test]
async fn forty_members_are_planned_applied_and_a_second_run_changes_nothing() {
    let db = own("membership_many").await;
    let folder = tempfile::tempdir().unwrap();
    generated::write(folder.path(), COUNT).unwrap();
    let planned = plan(&db, &vault::storage(), folder.path(), &clock()).await.unwrap();
    let applied = apply(&db, &vault::storage(), folder.path(), &clock()).await.unwrap();
    assert_eq!(planned.len(), applied.len());
    let mut tx = db.technical().await.unwrap();
    let mut codes: Vec<String> =
        members(&mut tx).await.unwrap().into_iter().map(|member| member.code).collect();
    drop(tx);
    codes.sort();
    assert_eq!(codes, (0..COUNT).map(generated::code).collect::<Vec<_>>());
    // Each secret made here is told once, to its own account, and opens that account.
    let told: Vec<(&str, &str)> = applied
        .iter()
        .filter_map(|sentence| {
            let (account, secret) = sentence.split_once(" — à noter maintenant")?;
            Some((account.rsplit(' ').next()?, secret.rsplit(' ').next()?))
        })
        .collect();
    assert_eq!(told.len(), 4 * COUNT);
    let mut secrets: Vec<&str> = told.iter().map(|(_, secret)| *secret).collect();
    secrets.sort_unstable();
    secrets.dedup();
    assert_eq!(secrets.len(), told.len());
    let identity = Identity::new(db.clone(), clock(), crate::support::at_rest());
    let given = generated::password(COUNT - 1);
    let first = (generated::login(COUNT - 1), given.clone());
    let made = told.iter().step_by(37).map(|(login, secret)| ((*login).to_owned(), (*secret).to_owned()));
    for (login, password) in made.chain([first]) {
        let opened = identity.log_in(&login, &password, [127, 0, 0, 1].into()).await.unwrap();
        assert!(matches!(opened, LogIn::Opened(_)), "{login}");
    }
    assert!(identity.client_token(&generated::code(COUNT - 1), &given).await.unwrap().is_some());
    assert!(apply(&db, &vault::storage(), folder.path(), &clock()).await.unwrap().is_empty());
}
