//! Every page rendered with made-up values, checked for what each must have; test only.
//!
//! With `CHARTRIER_SPECIMENS` naming a folder, the pages are written there, to be looked at in a browser.

mod archives;
mod depositing;
mod desks;
mod entries;
mod formats;
mod frame;
mod integrity;
mod operations;
mod pages;
mod people;
mod piloting;
mod profiles;
mod proofs;
mod readings;
mod surveying;
mod transfers;

pub use pages::pages;

#[cfg(test)]
/// Values of an attribute in a page of ours, which always writes `name="value"`.
fn values<'page>(page: &'page str, attribute: &str) -> Vec<&'page str> {
    let opening = format!(" {attribute}=\"");
    page.split(&opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_page_has_one_heading_its_own_title_and_only_whole_references() {
    let pages = pages();
    let mut titles = std::collections::BTreeSet::new();
    for (name, page) in &pages {
        assert!(page.starts_with("<!doctype html>\n<html lang=\"fr\">"), "{name}: no doctype or language");
        assert_eq!(page.matches("<h1").count(), 1, "{name}: one first heading");
        assert_eq!(page.matches("<main ").count(), 1, "{name}: one main part");
        let title =
            page.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).expect("a title");
        titles.insert((title.to_owned(), name.starts_with("accueil")));
        let ids = values(page, "id");
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{name}: an identifier stands twice");
        for attribute in ["for", "aria-labelledby", "aria-describedby"] {
            for target in values(page, attribute).iter().flat_map(|value| value.split_whitespace()) {
                assert!(ids.contains(&target), "{name}: {attribute} names {target}, which is absent");
            }
        }
    }
    let desks = pages.iter().filter(|(name, _)| name.starts_with("accueil")).count();
    assert_eq!(
        titles.len(),
        pages.len() - desks,
        "only the desks, and the two pages of integrity, share a title"
    );
}

#[test]
fn help_leads_to_a_word_that_is_there() {
    let slugs: Vec<&str> =
        super::help::parts().iter().flat_map(|part| part.words).map(|word| word.slug).collect();
    let mut met = 0;
    for (name, page) in pages() {
        for slug in values(&page, "href").iter().filter_map(|address| address.strip_prefix("/aide#")) {
            assert!(slugs.contains(&slug), "{name}: /aide#{slug} is nowhere");
            met += 1;
        }
    }
    assert!(met > 5, "forms lead to the words they use");
}

#[test]
fn no_page_carries_script_or_style_of_its_own() {
    for (name, page) in pages() {
        assert!(!page.contains("<style") && values(&page, "style").is_empty(), "{name}: style in the page");
        assert_eq!(page.matches("<script").count(), 1, "{name}: only the portal's own script");
        assert!(
            !page.contains(" onclick=") && !page.contains("javascript:"),
            "{name}: script in an attribute"
        );
        assert!(!page.contains("http://") && !page.contains("https://"), "{name}: an outside address");
    }
}

#[test]
fn a_depositor_s_page_shows_none_of_the_trade_s_words() {
    // Profiles are read by archivists, the API by those who write programs: these are their words.
    for (name, page) in pages().into_iter().filter(|(name, _)| !name.starts_with("profil") && *name != "api")
    {
        for word in ["SEDA", "XML", "PUID", "tenant", "AR03", "transfert"] {
            assert!(!page.contains(word), "{name} says {word}");
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a designer's variable, not a setting")]
fn pages_are_written_where_asked() {
    let Some(folder) = std::env::var_os("CHARTRIER_SPECIMENS").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for (name, page) in pages() {
        std::fs::write(folder.join(name).with_extension("html"), page).unwrap();
    }
}
