//! A small profile as an archivist reads it, and others that have no end.

use super::{LINES_MAX, explain, render};
use crate::seda::relaxng::{Bundle, Limits, compile};

const NS: &str = "xmlns=\"http://relaxng.org/ns/structure/1.0\" ns=\"urn:s\" \
    xmlns:a=\"http://relaxng.org/ns/compatibility/annotations/1.0\" \
    datatypeLibrary=\"http://www.w3.org/2001/XMLSchema-datatypes\"";

fn told(content: &str) -> String {
    let text = format!("<grammar {NS}>{content}</grammar>");
    let profile = compile(text.as_bytes(), &Bundle::new(), &Limits::default()).expect("a profile");
    render(&explain(&profile))
}

#[test]
fn a_profile_is_told_in_the_order_of_the_bordereau() {
    let told = told(
        "<start><element name='ArchiveTransfer'>
           <a:documentation>Délibérations du conseil</a:documentation>
           <optional><attribute name='id'><data type='ID'/></attribute></optional>
           <optional><attribute name='schemeID'><data type='token'/></attribute></optional>
           <attribute name='lang'><value>fra</value></attribute>
           <element name='Comment'><value type='string'>Actes</value></element>
           <element name='Date'><data type='date'/></element>
           <optional><element name='Level'><choice><value>file</value><value>item</value></choice></element></optional>
           <oneOrMore><ref name='unit'/></oneOrMore>
         </element></start>
         <define name='unit'><element name='ArchiveUnit'>
           <element name='Title'><text/></element>
           <zeroOrMore><choice>
             <ref name='unit'/>
             <element name='Reference'><data type='NCName'><except><value>non</value></except></data></element>
             <group><element name='Start'><empty/></element><element name='End'><empty/></element></group>
           </choice></zeroOrMore>
           <interleave><element name='A'><text/></element><element name='B'><text/></element></interleave>
         </element></define>",
    );
    let expected = "\
ArchiveTransfer — obligatoire
  (Délibérations du conseil)
  @id, @schemeID — facultatifs
  @lang — obligatoire ; valeur fixée : « fra »
  Comment — obligatoire ; valeur fixée : « Actes »
  Date — obligatoire ; une date (AAAA-MM-JJ)
  Level — facultatif ; une des valeurs : « file », « item »
  ArchiveUnit — obligatoire, répétable (1 à n)
    Title — obligatoire
    au choix — facultatif, répétable (0 à n)
      ArchiveUnit — au choix ; même contenu que « ArchiveUnit » plus haut
      Reference — au choix ; un nom sans espace, sauf « non »
      soit
        Start — obligatoire ; sans contenu
        End — obligatoire ; sans contenu
    dans n'importe quel ordre — obligatoire
      A — obligatoire
      B — obligatoire
";
    assert_eq!(told, expected);
}

#[test]
fn what_has_no_end_is_cut() {
    let chain: String = (0..3_000)
        .map(|n| format!("<define name='d{n}'><element name='e{n}'><ref name='d{0}'/><ref name='d{0}'/></element></define>", n + 1))
        .collect();
    let text = told(&format!("<start><ref name='d0'/></start>{chain}<define name='d3000'><empty/></define>"));
    assert!(text.lines().count() <= LINES_MAX + 1, "{}", text.lines().count());
    let doubled: String = (0..30)
        .map(|n| {
            format!(
                "<define name='d{n}'><element name='e{n}'><element name='l'><ref name='d{0}'/></element>\
                 <element name='r'><ref name='d{0}'/><text/></element></element></define>",
                n + 1
            )
        })
        .collect();
    let text = told(&format!("<start><ref name='d0'/></start>{doubled}<define name='d30'><empty/></define>"));
    assert!(text.lines().count() <= LINES_MAX + 1, "{}", text.lines().count());
}
