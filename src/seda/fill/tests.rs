//! The filling under schemas written here, each for one of its rules.

use std::rc::Rc;

use super::{Filler, Lack, What};
use crate::seda::relaxng::{Bundle, Limits, Profile, compile};
use crate::seda::write::element::Element;

fn profile(content: &str) -> Profile {
    let grammar = format!(
        "<element name='Racine' xmlns='http://relaxng.org/ns/structure/1.0' ns='urn:essai'
                  datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>{content}</element>"
    );
    compile(grammar.as_bytes(), &Bundle::new(), &Limits::default()).unwrap()
}

/// The root with these children, written as it would be, and what it lacks.
fn filled(profile: &Profile, children: &[Element]) -> (String, Vec<Lack>) {
    let mut filler = Filler::new(profile, "urn:essai", vec![Rc::new(Element::leaf("Langue", "fr"))]);
    let mut out = filler.open(&Element::of("Racine", []));
    for child in children {
        out.extend(filler.child(&Rc::new(child.clone())));
    }
    out.extend(filler.close());
    (out.iter().map(|element| shown(element)).collect(), filler.into_lacks())
}

fn shown(element: &Element) -> String {
    let attributes: String =
        element.attributes.iter().map(|(name, value)| format!(" {name}='{value}'")).collect();
    let below: String = element.children.iter().map(|child| shown(child)).collect();
    format!("<{}{attributes}>{}{below}</{}>", element.name, element.text, element.name)
}

#[test]
fn what_is_fixed_is_put_in_its_place_as_it_must_be_written() {
    let profile = profile(
        "<element name='A'><value>\n   un\n   mot </value></element>
         <element name='B'><value type='string'>deux  espaces</value></element>
         <optional><element name='C'><value>facultatif</value></element></optional>
         <element name='Langue'><text/></element>
         <element name='D'><attribute name='code'><value>7</value></attribute><empty/></element>",
    );
    let (out, lacks) = filled(&profile, &[]);
    assert_eq!(lacks, []);
    assert_eq!(out, "<A>un mot</A><B>deux  espaces</B><Langue>fr</Langue><D code='7'></D>");
    // What was given stands, and what must come before it comes before it.
    let (out, lacks) = filled(&profile, &[Element::leaf("Langue", "oc")]);
    assert_eq!((out.contains("<Langue>oc</Langue>"), out.starts_with("<A>"), lacks.len()), (true, true, 0));
}

#[test]
fn all_that_is_asked_is_told_of_one_reading() {
    // Two ways: with a choice to make and anything in B, or without and one word in B.
    let profile = profile(
        "<choice>
           <group><element name='A'><choice><value>x</value><value>y</value></choice></element>
                  <element name='B'><data type='date'/></element></group>
           <element name='B'><value>mot</value></element>
         </choice>",
    );
    let (_, lacks) = filled(&profile, &[Element::leaf("B", "2026-09-22")]);
    let told: Vec<(&What, String, &[String])> =
        lacks.iter().map(|lack| (&lack.what, lack.path.join("/"), lack.wanted.as_slice())).collect();
    let wanted = ["« x »".to_owned(), "« y »".to_owned()];
    assert_eq!(told, [(&What::Missing, "Racine/A".to_owned(), &wanted[..])], "the least to put right");
    let (out, lacks) = filled(&profile, &[Element::leaf("B", "mot")]);
    assert_eq!((out.as_str(), lacks.len()), ("<B>mot</B>", 0));
    let (_, lacks) = filled(&profile, &[Element::leaf("B", "mot"), Element::leaf("Z", "z").marked(Some(4))]);
    assert_eq!((&lacks[0].what, lacks[0].mark), (&What::Unexpected, Some(4)));
}

#[test]
fn what_is_usual_gives_way_and_what_is_true_is_left_out_but_never_changed() {
    let profile = profile(
        "<element name='Niveau'><value>Dossier</value></element>
         <optional><element name='Type'><value>texte</value></element></optional>",
    );
    let (out, lacks) = filled(&profile, &[Element::leaf("Niveau", "Pièce").usual()]);
    assert_eq!((out.as_str(), lacks.len()), ("<Niveau>Dossier</Niveau>", 0));
    let (_, lacks) = filled(&profile, &[Element::leaf("Niveau", "Pièce")]);
    assert_eq!(lacks[0].what, What::Refused("Pièce".into()), "somebody said it");
    let (out, lacks) =
        filled(&profile, &[Element::leaf("Niveau", "Dossier"), Element::leaf("Taille", "3").fact()]);
    assert_eq!((out.as_str(), lacks.len()), ("<Niveau>Dossier</Niveau>", 0), "no place for it");
    let (_, lacks) =
        filled(&profile, &[Element::leaf("Niveau", "Dossier"), Element::leaf("Type", "image").fact()]);
    assert_eq!(lacks[0].what, What::Refused("image".into()), "it is what it is");
}

/// Choices in choices that nobody's values lead out of: told, and soon.
#[test]
fn a_profile_of_choices_without_number_ends() {
    let mut content = "<element name='F'><data type='date'/></element>".to_owned();
    for depth in 0..7 {
        let one = |side: &str| format!("<element name='{side}{depth}'>{}</element>", content.repeat(2));
        content = format!("<choice>{}{}</choice>", one("G"), one("D"));
    }
    let (_, lacks) = filled(&profile(&content), &[]);
    assert!(!lacks.is_empty());
}
