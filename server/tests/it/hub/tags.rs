//! The words by which a partner sorts its customers.

use app::{
    backend::{Administrator, Audit as _, Customers as _},
    hub::model::AuditFilter,
};
use domain::{Fault, Tag, audit::Deed, filter::Flaw};
use sea_orm::DbBackend;
use server::backend::hub::{HubService, caller};

use super::{hub, user::ann};
use crate::{
    store::counters::walks,
    support::{World, for_each_database, new_subscriber},
};

fn tags(text: &str) -> Vec<Tag> {
    Tag::all(text).unwrap()
}

/// The customers that are found, by the service provider's ids.
async fn found(hub: &HubService, by: &Administrator, typed: &str) -> Vec<String> {
    let found = hub.customers(by, typed, None).await.unwrap();
    assert_eq!(found.flaw, None, "{typed}");
    found.page.rows.into_iter().map(|row| row.sp_enterprise_id).collect()
}

#[test]
fn customers_are_found_by_all_of_the_tags_that_are_asked_for() {
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        for (user, enterprise) in [("1@sp.com", "SP1+acme"), ("2@sp.com", "SP1+globex"), ("3@sp.com", "SP1+initech")] {
            let new = domain::draft::NewSubscriber {
                sp_enterprise_id: domain::SpEnterpriseId::parse(enterprise).unwrap(),
                ..new_subscriber(user, None)
            };
            world.try_arrive(&template, new).await.unwrap();
        }
        let all = hub.customers(&ann, "", None).await.unwrap().page.rows;
        let [acme, globex, _] = &all[..] else { panic!("{all:?}") };
        assert_eq!(hub.save_tags(&ann, acme.id, tags("VIP gold")).await, Ok(tags("gold vip")));
        hub.save_tags(&ann, globex.id, tags("gold")).await.unwrap();
        assert_eq!(found(&hub, &ann, "tag:gold").await, ["SP1+acme", "SP1+globex"]);
        assert_eq!(found(&hub, &ann, "tag:GOLD tag:vip").await, ["SP1+acme"]);
        assert_eq!(found(&hub, &ann, "tag:silver").await, Vec::<String>::new());
        let shown = hub.customer_templates(&ann, acme.id).await.unwrap();
        assert_eq!(shown.tags, tags("gold vip"));
        if world.store.backend() == DbBackend::Sqlite {
            heard.statements();
            found(&hub, &ann, "tag:gold tag:vip").await;
            assert_eq!(walks(&world, &heard).await, Vec::<String>::new(), "Customer List by tags");
        }

        // The same again is no deed.
        hub.save_tags(&ann, globex.id, tags("gold")).await.unwrap();
        hub.save_tags(&ann, acme.id, Vec::new()).await.unwrap();
        assert_eq!(found(&hub, &ann, "tag:gold").await, ["SP1+globex"]);
        let told = hub.audit(&ann, AuditFilter::default(), None).await.unwrap().page.rows;
        assert_eq!(told.iter().filter(|row| row.deed == Deed::CustomerTagged).count(), 3);

        let wrong = hub.customers(&ann, "name:acme", None).await.unwrap();
        assert_eq!(
            (wrong.page.rows.len(), wrong.flaw),
            (0, Some(Flaw::Key { key: "name".into(), meant: "tag".into() }))
        );
        let eve = caller(uuid::Uuid::nil().into(), world.other_partner().await);
        assert_eq!(hub.save_tags(&eve, acme.id, tags("x")).await.unwrap_err().fault, Fault::NotFound);
        assert_eq!(found(&hub, &eve, "tag:gold").await, Vec::<String>::new());
    });
}
