//! Copies found wrong are told to the member's administrators: once a day, however many.

use chrono::TimeDelta;
use uuid::Uuid;

use super::Stage;
use crate::storage::archive;

impl Stage {
    async fn administrator(&self, login: &str, email: Option<&str>) {
        let mut tx = self.db.write(self.tenant).await.unwrap();
        let person = Uuid::now_v7();
        sqlx::query(
            "insert into platform.person (person_id, login, display_name, password_hash, created_at, email)
             values ($1, $2, $2, '', now(), $3)",
        )
        .bind(person)
        .bind(login)
        .bind(email)
        .execute(tx.conn())
        .await
        .unwrap();
        sqlx::query("insert into assignment (person_id, role) values ($1, 'member_admin')")
            .bind(person)
            .execute(tx.conn())
            .await
            .unwrap();
        tx.record(crate::db::jobs::event());
        tx.commit().await.unwrap();
    }

    async fn letters(&self) -> Vec<String> {
        self.platform("select recipient || ' ' || topic || ' ' || letter from technical.letter order by 1")
            .await
    }
}

#[tokio::test]
async fn administrators_are_written_to_once_a_day() {
    let stage = Stage::with(3).await;
    stage.administrator("maire", Some("maire@example.fr")).await;
    stage.administrator("sans-adresse", None).await;
    stage.audit().await;
    assert!(stage.letters().await.is_empty(), "nothing is wrong");
    std::fs::remove_file(stage.copy(archive(1), "nord").join("v1/content/manifest.xml")).unwrap();
    stage.audit().await;
    let told =
        "maire@example.fr incident:2027-03-01 {\"kind\":\"incident\",\"sites\":[\"nord\"],\"copies\":1}";
    assert_eq!(stage.letters().await, [told]);
    std::fs::remove_file(stage.copy(archive(2), "sud").join("v1/content/manifest.xml")).unwrap();
    stage.audit().await;
    assert_eq!(stage.letters().await, [told], "one a day");
    stage.work().await;
    std::fs::remove_file(stage.copy(archive(3), "sud").join("v1/content/manifest.xml")).unwrap();
    stage.clock.advance(TimeDelta::days(1));
    stage.audit().await;
    let letters = stage.letters().await;
    assert_eq!(letters.len(), 2, "{letters:?}");
    assert!(letters[1].contains("incident:2027-03-02"), "{letters:?}");
    stage.end().await;
}
