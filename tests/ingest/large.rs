//! A transfer of 2.4 MB that holds a gigabyte: taken in charge in little memory, or refused without being
//! written.

use std::path::Path;

use crate::support::service::{Client, Place, Service};

/// The bound of the issue: the service's own resident memory.
const MEMORY_KIB_MAX: u64 = 256 << 10;

fn gigabyte() -> Option<Vec<u8>> {
    let path = crate::corpus_folder()?.join("sips/1_UNIT_1_GOTS_1GB.zip");
    Some(std::fs::read(path).expect("the corpus has it"))
}

#[test]
fn a_gigabyte_in_two_megabytes_is_taken_in_charge_in_little_memory() {
    let Some(bytes) = gigabyte() else { return };
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let client = Client::new(service.address);
    let transfer = client.deposit(&bytes).unwrap();
    let state = client.wait_for(&transfer, &["taken_in_charge", "refused"]).unwrap();
    assert_eq!(state, "taken_in_charge", "{:?}", client.transfer(&transfer));
    let peak = service.peak_kib();
    println!("un gigaoctet pris en charge : {peak} Kio de mémoire au plus, sans le texte du programme");
    assert!(peak < MEMORY_KIB_MAX, "{peak} KiB");
    assert!(size_of(&place.folder().join("data/sites")) > 2_000_000_000, "two copies");
}

#[test]
fn over_the_limit_it_is_refused_without_being_written() {
    let Some(bytes) = gigabyte() else { return };
    let place = Place::fresh();
    let service = Service::start(&place, &[("CHARTRIER_LIMITS_EXPANDED_BYTES", "500000000")]);
    let client = Client::new(service.address);
    let transfer = client.deposit(&bytes).unwrap();
    client.wait_for(&transfer, &["refused"]).unwrap();
    let answer = client.transfer(&transfer).unwrap();
    assert!(answer["findings"].to_string().contains("container.expanded_size"), "{answer}");
    let written = size_of(&place.folder().join("data"));
    assert!(written < 10_000_000, "{written} bytes were written");
}

#[test]
fn a_large_content_written_in_the_message_is_taken_in_charge_in_little_memory() {
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let client = Client::new(service.address);
    let deposit = |name: &str, content: Vec<u8>| {
        let mut sip = crate::support::sip::Sip::with_files(name, 1);
        sip.inline = true;
        sip.files[0].1 = content;
        let transfer = client.deposit(&sip.tar()).unwrap();
        let state = client.wait_for(&transfer, &["taken_in_charge", "refused"]).unwrap();
        assert_eq!(state, "taken_in_charge", "{:?}", client.transfer(&transfer));
        service.own_peak_kib()
    };
    // What the program takes of itself, its text left out, the whole path gone through once.
    let before = deposit("PETIT-CONTENU", vec![b'a'; 1_000]);
    let peak = deposit("GROS-CONTENU", (0..24_u32 << 20).map(|n| (n ^ (n >> 8)) as u8).collect());
    println!(
        "un contenu de 24 Mio dans le bordereau : {before}, puis {peak} Kio de mémoire résidente au plus"
    );
    // Held whole it would take 24 MiB more, and 32 again with its base64.
    assert!(peak < before + (12 << 10) && peak < 40 << 10, "{before}, then {peak} KiB");
}

/// By hand, on the delivered program: `cargo test --release --test main -- --ignored units_are_taken`.
#[test]
#[ignore = "takes minutes"]
fn two_hundred_thousand_units_are_taken_in_charge_in_little_memory() {
    let place = Place::fresh();
    let service = Service::start(&place, &[]);
    let client = Client::new(service.address);
    let units: String = (0..200_000)
        .map(|n| {
            format!(
                "<ArchiveUnit id=\"U{n}\"><Content><DescriptionLevel>Item</DescriptionLevel><Title>Pièce {n}</Title>\
                 <Description>{}</Description><Tag>a</Tag><Tag>b</Tag></Content></ArchiveUnit>\n",
                "délibération du conseil municipal ".repeat(20)
            )
        })
        .collect();
    let mut sip = crate::support::sip::Sip::with_files("GRAND", 1);
    sip.units = units;
    let transfer = client.deposit(&sip.zip()).unwrap();
    let state = (0..40).find_map(|_| client.wait_for(&transfer, &["taken_in_charge", "refused"]).ok());
    let peak = service.peak_kib();
    println!("200 000 unités : {peak} Kio de mémoire résidente au plus");
    assert_eq!(state.as_deref(), Some("taken_in_charge"), "{:?}", client.transfer(&transfer));
    assert!(peak < MEMORY_KIB_MAX, "{peak} KiB");
}

fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}
