//! A template's brand in the hub: what may be uploaded, by whom, and what the previews show.

use app::{backend::Templates as _, problem::Problem};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Accent, Fault, audit::Deed};
use sea_orm::EntityTrait as _;
use server::{
    access::administrators,
    backend::hub::caller,
    store::{Template, template},
};

use super::{hub, user::ann};
use crate::{
    branding::png,
    entity::{audit_event, template_logo},
    support::{PUBLIC_URL, World, for_each_database},
};

const BEN: &str = "ben@sp.example";

fn sent(file: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(file)
}

fn fault<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> Fault {
    outcome.unwrap_err().fault
}

async fn now(world: &World, of: &Template) -> Template {
    template::find(world.store.read(), world.tenant, of.id).await.unwrap().unwrap()
}

#[test]
fn a_logo_and_a_colour_are_saved_shown_and_removed_and_the_audit_log_knows() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let id = template.id.into();
        let coloured = hub.save_accent(&ann, id, 1, " 7A1FA2 ").await.unwrap();
        assert_eq!((&*coloured.accent, coloured.version, coloured.logo), ("#7a1fa2", 2, None));
        let branded = hub.save_logo(&ann, id, 2, &sent(&png(800, 200, [10, 20, 30]))).await.unwrap();
        let logo = branded.logo.clone().unwrap();
        assert_eq!((branded.version, logo.width, logo.height), (3, 200, 50));
        assert_eq!(hub.template(&ann, id).await.unwrap(), branded);
        assert_eq!(fault(hub.remove_logo(&ann, id, 2).await), Fault::ChangedMeanwhile);
        assert_eq!(fault(hub.save_logo(&ann, id, 2, &sent(&png(8, 8, [1, 2, 3]))).await), Fault::ChangedMeanwhile);
        let plain = hub.remove_logo(&ann, id, 3).await.unwrap();
        assert_eq!((plain.logo, &*plain.accent), (None, "#7a1fa2"));
        assert_eq!(hub.save_accent(&ann, id, 4, "").await.unwrap().accent, "");
        let deeds = audit_event::Entity::find().all(world.store.read()).await.unwrap();
        let changes = deeds.iter().filter(|deed| deed.deed == Deed::TemplateChanged.as_str());
        assert_eq!(changes.count(), 4, "{deeds:?}");
    });
}

#[test]
fn what_is_no_logo_and_no_colour_is_refused_and_changes_nothing() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let id = template.id.into();
        hub.save_logo(&ann, id, 1, &sent(&png(800, 200, [10, 20, 30]))).await.unwrap();
        let before = hub.save_accent(&ann, id, 2, "#7a1fa2").await.unwrap();
        let picture = png(40, 30, [10, 20, 30]);
        let mut bomb = picture.clone();
        // It says that it is 65,535 pixels wide and high. (The checksum is wrong by that, which is found out later or not at all.)
        bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        for (file, expected) in [
            (&b""[..], Fault::LogoUnreadable),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='evil()'/>", Fault::LogoUnreadable),
            (
                b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
                Fault::LogoUnreadable,
            ),
            (&picture[..picture.len() / 2], Fault::LogoUnreadable),
            (&vec![0; 513 << 10], Fault::LogoTooLarge),
            (&png(2_501, 2, [1, 2, 3]), Fault::LogoTooLarge),
        ] {
            let refused = fault(hub.save_logo(&ann, id, 3, &sent(file)).await);
            assert_eq!(refused, expected, "{}", String::from_utf8_lossy(&file[..file.len().min(20)]));
        }
        let refused = fault(hub.save_logo(&ann, id, 3, &sent(&bomb)).await);
        assert!(matches!(refused, Fault::LogoTooLarge | Fault::LogoUnreadable), "{refused}");
        assert_eq!(fault(hub.save_logo(&ann, id, 3, "no base64!").await), Fault::LogoUnreadable);
        for (accent, expected) in [("teal", Fault::InvalidColour), ("#ffd400", Fault::AccentTooPale)] {
            assert_eq!(fault(hub.save_accent(&ann, id, 3, accent).await), expected, "{accent}");
        }
        assert_eq!(hub.template(&ann, id).await.unwrap(), before);
    });
}

#[test]
fn what_a_picture_holds_besides_is_not_kept() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let polyglot = [&png(40, 30, [10, 20, 30])[..], b"<script>evil()</script>"].concat();
        hub.save_logo(&ann, template.id.into(), 1, &sent(&polyglot)).await.unwrap();
        let [kept] = &template_logo::Entity::find().all(world.store.read()).await.unwrap()[..] else {
            panic!("not one")
        };
        assert!(kept.picture.starts_with(b"\x89PNG") && !kept.picture.windows(6).any(|part| part == b"script"));
    });
}

#[test]
fn another_partners_brand_is_out_of_reach() {
    for_each_database(async |world: World| {
        let (hub, ann) = (hub(&world), ann(&world).await);
        let other = world.other_partner().await;
        let foreign = world.template(|template| template.partner_id = other.partner()).await;
        let id = foreign.id.into();
        let refused = [
            fault(hub.save_accent(&ann, id, 1, "#7a1fa2").await),
            fault(hub.save_logo(&ann, id, 1, &sent(&png(8, 8, [1, 2, 3]))).await),
            fault(hub.remove_logo(&ann, id, 1).await),
            fault(hub.mail_preview(&ann, id, "en").await),
        ];
        assert_eq!(refused, [Fault::NotFound; 4]);
        let found = template::find(world.store.read(), other, foreign.id).await.unwrap().unwrap();
        assert_eq!((found.accent, found.logo, found.version), (None, None, 1));
    });
}

#[test]
fn the_previews_show_what_users_see_run_nothing_and_stand_in_frames_of_the_hub_alone() {
    for_each_database(async |world: World| {
        let template = world
            .template(|template| {
                template.share_link = format!("{PUBLIC_URL}/activate/{}", template.share_token);
                template.xsi_url = "https://xsi.example".to_owned();
                template.accent = Some(Accent::parse("#7a1fa2").unwrap());
                template.partner_admin = "Acme <b>".to_owned();
            })
            .await;
        let id =
            administrators::add(&world.store, &world.environment, world.tenant, BEN, "nine quiet lighthouses").await;
        let (id, hub, site) = (id.unwrap(), hub(&world), world.site().await);
        let (ben, cookie) = (caller(id, world.tenant), world.hub_cookie(id).await);
        hub.save_logo(&ben, template.id.into(), 1, &sent(&png(800, 200, [10, 20, 30]))).await.unwrap();
        let logo = format!("/brand/{}.png", now(&world, &template).await.logo.unwrap());
        let path = |what: &str, query: &str| format!("/hub/templates/{}/preview/{what}{query}", template.id);
        for what in ["portal", "mail"] {
            let shown = site.get(&path(what, "?language=it&accent=%231b5e20&version=2"), &cookie).await;
            assert_eq!(shown.status, 200, "{}", shown.head);
            let head = shown.head.to_ascii_lowercase();
            assert!(
                head.contains("frame-ancestors 'self'; sandbox") && head.contains("x-frame-options: sameorigin"),
                "{head}"
            );
            assert!(!head.contains("script-src") && head.contains("cache-control: no-store"), "{head}");
            assert!(shown.body.contains("lang=\"it\"") && shown.body.contains("1b5e20"), "{}", shown.body);
            assert!(shown.body.contains(&format!("src=\"{logo}\"")), "{}", shown.body);
            assert!(!shown.body.contains("7a1fa2") && !shown.body.contains("<script") && !shown.body.contains("<b>"));
            // The saved colour, and the template's language.
            let saved = site.get(&path(what, ""), &cookie).await.body;
            assert!(saved.contains("7a1fa2") && saved.contains("lang=\"en\""), "{saved}");
            // None, or what cannot be read: ours.
            for none in ["", "%23ffd400", "evil"] {
                let plain = site.get(&path(what, &format!("?accent={none}")), &cookie).await.body;
                assert!(!plain.contains("7a1fa2") && !plain.contains("ffd400") && !plain.contains("evil"), "{plain}");
            }
            assert_eq!(site.get(&path(what, ""), "").await.status, 401);
        }
        // The page itself stays in no frame.
        let page = site.get(&format!("/activate/{}", template.share_token), "").await;
        assert!(page.head.contains("frame-ancestors 'none'"), "{}", page.head);
        let mail = hub.mail_preview(&ben, template.id.into(), "ar").await.unwrap();
        assert_eq!((&*mail.language, &*mail.direction), ("ar", "rtl"));
        assert!(mail.text.contains("123456") && mail.subject.contains("Acme <b>"), "{}", mail.text);
    });
}
