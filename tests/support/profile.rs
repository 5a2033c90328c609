//! Archive profiles made for tests: a small grammar over what [`super::sip`] writes, and its binding.

use chartrier::membership::profiles::{self, Binding, By, New, Rng};
use chartrier::model::{ProfileId, Role};
use chartrier::registry;

use super::FreshTenant;

/// A grammar that wants the root unit's title to be this, and takes everything else.
pub fn grammar(version: &str, title: &str) -> Vec<u8> {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<grammar xmlns="http://relaxng.org/ns/structure/1.0" xmlns:a="http://relaxng.org/ns/compatibility/annotations/1.0"
         ns="fr:gouv:culture:archivesdefrance:seda:v{version}" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start>
    <element name="ArchiveTransfer">
      <zeroOrMore><ref name="header"/></zeroOrMore>
      <element name="DataObjectPackage">
        <zeroOrMore><ref name="object"/></zeroOrMore>
        <element name="DescriptiveMetadata">
          <element name="ArchiveUnit">
            <attribute name="id"><data type="NCName"/></attribute>
            <optional><element name="Management"><ref name="anything"/></element></optional>
            <element name="Content">
              <element name="DescriptionLevel"><value>RecordGrp</value></element>
              <element name="Title"><a:documentation>L'intitulé du dossier</a:documentation><value>{title}</value></element>
              <zeroOrMore><ref name="any"/></zeroOrMore>
            </element>
            <zeroOrMore><ref name="any"/></zeroOrMore>
          </element>
        </element>
        <element name="ManagementMetadata"><zeroOrMore><ref name="any"/></zeroOrMore></element>
      </element>
      <element name="ArchivalAgency"><zeroOrMore><ref name="any"/></zeroOrMore></element>
      <element name="TransferringAgency"><zeroOrMore><ref name="any"/></zeroOrMore></element>
    </element>
  </start>
  <define name="header">
    <element>
      <choice><name>Date</name><name>MessageIdentifier</name><name>ArchivalAgreement</name><name>CodeListVersions</name></choice>
      <text/>
    </element>
  </define>
  <define name="object">
    <element name="BinaryDataObject"><ref name="anything"/></element>
  </define>
  <define name="any"><element><anyName/><ref name="anything"/></element></define>
  <define name="anything">
    <zeroOrMore><choice><attribute><anyName/></attribute><text/><ref name="any"/></choice></zeroOrMore>
  </define>
</grammar>
"#
    )
    .into_bytes()
}

/// What does not compile: a reference to nothing, and no end.
pub const BROKEN: &[u8] = b"<grammar xmlns=\"http://relaxng.org/ns/structure/1.0\">\n  <start>\n    <ref name=\"rien\"/>\n  </start>\n";

fn by(tenant: &FreshTenant) -> By {
    By { tenant: tenant.tenant, person: tenant.person(Role::Archivist), role: Role::Archivist }
}

/// Imports a profile, bound to nothing.
pub async fn imported(tenant: &FreshTenant, identifier: &str, rng: Vec<u8>) -> ProfileId {
    let new = New { identifier: identifier.into(), name: "Délibérations".into(), notice: String::new() };
    let file = Rng { file_name: "profil.rng".into(), bytes: rng };
    profiles::import(&tenant.db, &tenant.clock, by(tenant), &new, file).await.unwrap().expect("it compiles")
}

/// Puts another grammar in force; its version.
pub async fn replaced(tenant: &FreshTenant, id: ProfileId, rng: Vec<u8>) -> u32 {
    let file = Rng { file_name: "profil-2.rng".into(), bytes: rng };
    profiles::replace(&tenant.db, &tenant.clock, by(tenant), id, file).await.unwrap().expect("it compiles")
}

/// What the tenant's two agreements say of a profile.
pub async fn bound(tenant: &FreshTenant, id: ProfileId, listed: bool, imposed: bool) {
    let mut tx = tenant.db.read(tenant.tenant).await.unwrap();
    let agreements = registry::queries::agreements(&mut tx).await.unwrap();
    drop(tx);
    let binding = |agreement: &chartrier::model::Agreement| Binding {
        agreement: agreement.agreement_id,
        listed,
        imposed,
    };
    let bindings: Vec<Binding> = agreements.iter().map(binding).collect();
    profiles::bind(&tenant.db, &tenant.clock, by(tenant), id, &bindings)
        .await
        .unwrap()
        .expect("it changes something");
}

/// In use, or not.
pub async fn set_active(tenant: &FreshTenant, id: ProfileId, active: bool) {
    profiles::set_active(&tenant.db, by(tenant), id, active).await.unwrap().expect("it changes something");
}
