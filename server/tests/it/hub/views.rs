//! Lists that somebody has saved.

use app::{backend::Views as _, hub::model::SavedView};
use domain::{Fault, limit};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use server::{access::administrators, backend::hub::caller};

use super::{
    hub,
    user::{ANN, ann},
};
use crate::{
    entity::saved_view,
    support::{World, for_each_database},
};

fn view(name: &str, searched: &str) -> SavedView {
    SavedView { name: name.to_owned(), address: format!("/hub/search?q={searched}") }
}

#[test]
fn a_view_is_its_owners_replaced_by_its_name_and_gone_with_the_owner() {
    for_each_database(async |world: World| {
        let (hub, ann) = (hub(&world), ann(&world).await);
        let (store, environment) = (&world.store, &world.environment);
        let ben =
            administrators::add(store, environment, world.tenant, "ben@sp.example", "nine quiet lighthouses").await;
        let ben = caller(ben.unwrap(), world.tenant);
        hub.save_view(&ann, view(" Stuck ", "stuck%3A%3E3d")).await.unwrap();
        let both = hub.save_view(&ann, view("Errors", "status%3Aerror")).await.unwrap();
        assert_eq!(both, [view("Errors", "status%3Aerror"), view("Stuck", "stuck%3A%3E3d")]);
        let changed = hub.save_view(&ann, view("Stuck", "stuck%3A%3E7d")).await.unwrap();
        assert_eq!(changed, [view("Errors", "status%3Aerror"), view("Stuck", "stuck%3A%3E7d")]);
        assert_eq!(hub.views(&ann).await.unwrap(), changed);
        assert_eq!(hub.views(&ben).await.unwrap(), []);
        // A colleague's of the same name is another one.
        hub.save_view(&ben, view("Stuck", "ben")).await.unwrap();
        assert_eq!(hub.remove_view(&ann, "Stuck").await.unwrap(), [view("Errors", "status%3Aerror")]);
        assert_eq!(hub.remove_view(&ann, "Stuck").await.unwrap().len(), 1, "again is no error");
        assert_eq!(hub.views(&ben).await.unwrap(), [view("Stuck", "ben")]);
        administrators::remove(store, environment, ANN).await.unwrap();
        assert_eq!(saved_view::Entity::find().count(store.read()).await.unwrap(), 1);
    });
}

#[test]
fn a_view_leads_to_a_list_and_nowhere_else_and_nobody_saves_without_end() {
    for_each_database(async |world: World| {
        let (hub, ann) = (hub(&world), ann(&world).await);
        let long = "x".repeat(limit::VIEW_NAME + 1);
        for (name, address) in [
            ("", "/hub/search?q=x"),
            ("  ", "/hub/search?q=x"),
            (long.as_str(), "/hub/search?q=x"),
            ("Evil", "https://evil.example/hub/search?q=x"),
            ("Evil", "//evil.example/?q=x"),
            ("Evil", "javascript:alert(1)?q"),
            ("People", "/hub/people?q=x"),
        ] {
            let view = SavedView { name: name.to_owned(), address: address.to_owned() };
            assert_eq!(hub.save_view(&ann, view).await.unwrap_err().fault, Fault::InvalidParameter, "{name} {address}");
        }
        for number in 0..limit::SAVED_VIEWS {
            hub.save_view(&ann, view(&number.to_string(), "x")).await.unwrap();
        }
        assert_eq!(hub.save_view(&ann, view("more", "x")).await.unwrap_err().fault, Fault::InvalidParameter);
        // Whoever has all of them changes one.
        hub.save_view(&ann, view("0", "y")).await.unwrap();
    });
}
