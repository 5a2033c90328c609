//! People and machines of a member, as its file names them.

use crate::db::{Error, TenantRead};

/// Someone with a role in the member.
pub(super) struct Person {
    pub login: String,
    pub name: String,
    pub email: Option<String>,
    /// Array of [`crate::model::Holding`].
    pub holdings: serde_json::Value,
}

/// An application that deposits.
pub(super) struct Machine {
    pub client_id: String,
    pub name: String,
    pub agreements: Vec<String>,
    pub reply_form: String,
}

/// By login.
pub(super) async fn people(tx: &mut TenantRead) -> Result<Vec<Person>, Error> {
    let people = sqlx::query_as!(
        Person,
        r#"select p.login, p.display_name as name, p.email, 
                  jsonb_agg(jsonb_build_object('role', a.role, 'agreements', a.agreements, 'producers', a.producers)
                            order by a.role) as "holdings!"
           from assignment a join platform.person p using (person_id)
           group by p.person_id order by p.login"#
    );
    Ok(people.fetch_all(tx.conn()).await?)
}

/// By client identifier.
pub(super) async fn machines(tx: &mut TenantRead) -> Result<Vec<Machine>, Error> {
    let machines = sqlx::query_as!(
        Machine,
        r#"select m.client_id, m.name, m.reply_form,
                  array(select g.identifier from machine_agreement a join agreement g using (tenant_id, agreement_id)
                        where a.tenant_id = m.tenant_id and a.machine_id = m.machine_id order by 1) as "agreements!"
           from machine m order by m.client_id"#
    );
    Ok(machines.fetch_all(tx.conn()).await?)
}
