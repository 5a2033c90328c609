//! Units and files described, listed and found by the API.

use serde_json::Value;

use super::Door;

async fn all(door: &Door, first: &str) -> Vec<Value> {
    let (mut path, mut items) = (first.to_owned(), Vec::new());
    loop {
        let page = door.json(&path).await;
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => path = next.to_owned(),
            None => return items,
        }
    }
}

#[tokio::test]
async fn units_are_listed_page_by_page_and_found_by_their_words() {
    let door = Door::open().await;
    let mut archives = Vec::new();
    for n in 0..3 {
        door.tenant.clock.advance(chrono::TimeDelta::minutes(1));
        let mut sip = door.sip(&format!("CHERCHE-{n}"));
        sip.title = ["Délibérations du conseil", "Marchés publics", "Delibération isolée"][n].into();
        archives.push(door.deposit(sip.zip()).await.archive_id.unwrap().to_string());
    }
    let listed = all(&door, "/api/v1/units?limit=3").await;
    assert_eq!(listed.len(), 12);
    let newest_first: Vec<&str> = listed.iter().map(|unit| unit["archive_id"].as_str().unwrap()).collect();
    assert_eq!(newest_first[0], archives[2]);
    assert_eq!(newest_first[11], archives[0]);
    assert_eq!(all(&door, "/api/v1/units?root=true&limit=1").await.len(), 3);
    assert_eq!(all(&door, &format!("/api/v1/units?archive={}&limit=2", archives[1])).await.len(), 4);

    let found = all(&door, "/api/v1/units?q=d%C3%A9lib%C3%A9rations&limit=1").await;
    let found: Vec<&str> = found.iter().map(|unit| unit["archive_id"].as_str().unwrap()).collect();
    assert_eq!(found, [archives[2].as_str(), archives[0].as_str()], "accents and plurals do not count");
    let within = format!("/api/v1/units?q=deliberation&archive={}", archives[0]);
    assert_eq!(all(&door, &within).await.len(), 1);
    assert!(all(&door, "/api/v1/units?q=introuvable").await.is_empty());
    for wrong in ["q=a%00b", "after=W10", "archive=x"] {
        assert_eq!(door.get(&format!("/api/v1/units?{wrong}")).await.status, 400, "{wrong}");
    }
    door.end().await;
}

#[tokio::test]
async fn a_unit_tells_its_neighbourhood() {
    let door = Door::open().await;
    door.deposit(door.sip("VOISIN").zip()).await;
    let root = all(&door, "/api/v1/units?root=true").await.remove(0);
    let address = format!("/api/v1/units/{}", root["unit_id"].as_str().unwrap());
    assert_eq!((&root["has_children"], &root["object_count"]), (&true.into(), &0.into()));
    let children = all(&door, &format!("{address}/children?limit=2")).await;
    assert_eq!(children.len(), 3);
    let child = door.json(&format!("/api/v1/units/{}", children[0]["unit_id"].as_str().unwrap())).await;
    assert_eq!(child["ancestors"][0]["unit_id"], root["unit_id"]);
    assert_eq!(child["parents"].as_array().unwrap().len(), 1);
    assert_eq!(child["archive"]["archival_agreement"], door.tenant.agreement.as_str());
    let object = &child["objects"][0];
    let objects =
        all(&door, &format!("/api/v1/units/{}/objects?limit=1", child["unit_id"].as_str().unwrap())).await;
    assert_eq!(&objects[0], object);
    let told = door.json(&format!("/api/v1/objects/{}", object["object_id"].as_str().unwrap())).await;
    assert_eq!(told["units"][0]["unit_id"], child["unit_id"]);
    assert_eq!(door.consultations().await, 0, "a description is no consultation");
    door.end().await;
}
