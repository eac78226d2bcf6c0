//! A template's brand: where its logo and its colour are seen, by whom, and for how long.

use std::{fs, io::Cursor, sync::Arc};

use domain::{Accent, EmailAddress};
use image::{ImageFormat, Rgb, RgbImage};
use server::{
    courier::{PostOffice, Sending},
    mail::Transport,
    picture::{self, Drawn},
    store::{Actor, Template, logo, template},
    targets::directory,
    templates::{self, Rebranding},
};

use crate::support::{PUBLIC_URL, Reply, World, client_app, for_each_database};

/// A picture as somebody has it, in one colour.
pub fn png(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, Rgb(colour)).write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner()
}

/// The template as it is now.
async fn now(world: &World, of: &Template) -> Template {
    template::find(world.store.read(), world.tenant, of.id).await.unwrap().unwrap()
}

async fn rebranded(world: &World, of: &Template, to: Rebranding) -> Template {
    let before = now(world, of).await;
    let doer = (world.tenant, &Actor::Operator);
    templates::rebrand(&world.store, &world.environment, doer, &before, to).await.unwrap()
}

async fn drawn(colour: [u8; 3]) -> Drawn {
    picture::logo(png(800, 200, colour)).await.unwrap()
}

/// A template whose portal is open.
async fn open_template(world: &World) -> (Template, String) {
    let template = world
        .template(|template| {
            template.share_link = format!("{PUBLIC_URL}/activate/{}", template.share_token);
            template.xsi_url = "https://xsi.example".to_owned();
            template.partner_admin = "Acme \"Telecom\"".to_owned();
        })
        .await;
    let page = format!("/activate/{}", template.share_token);
    (template, page)
}

/// The addresses below `/brand/` that a page names.
fn brand_of(page: &Reply) -> Vec<String> {
    let named = page.body.split("\"/brand/").skip(1).filter_map(|rest| rest.split_once('"'));
    named.map(|(name, _)| format!("/brand/{name}")).collect()
}

fn has(reply: &Reply, header: &str) -> bool {
    reply.head.lines().any(|line| line.to_ascii_lowercase().starts_with(header))
}

#[test]
fn the_portal_shows_the_logo_and_the_colour_and_whatever_they_are_named_stays_what_it_is() {
    for_each_database(async |world: World| {
        let (template, page) = open_template(&world).await;
        let site = world.site().await;
        assert_eq!(brand_of(&site.get(&page, "").await), Vec::<String>::new());
        rebranded(&world, &template, Rebranding::Accent(Some(Accent::parse("#7a1fa2").unwrap()))).await;
        let coloured = site.get(&page, "").await;
        let [sheet] = &brand_of(&coloured)[..] else { panic!("{}", coloured.body) };
        assert!(coloured.body.contains("portal-provider"), "the name stays");
        rebranded(&world, &template, Rebranding::Logo(Some(drawn([10, 20, 30]).await))).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        for cookie in [String::new(), world.portal_cookie(&user).await] {
            let branded = site.get(&page, &cookie).await;
            let head = branded.body.split("</head>").next().unwrap();
            assert!(head.contains(&format!("href=\"{sheet}\"")), "{head}");
            let [_, picture] = &brand_of(&branded)[..] else { panic!("{}", branded.body) };
            let image = branded.body.split("<img").nth(1).unwrap().split('>').next().unwrap();
            for said in ["width=\"200\"", "height=\"50\"", "alt=\"Acme &quot;Telecom&quot;\""] {
                assert!(image.contains(said), "{image}");
            }
            assert!(!branded.body.contains("portal-provider"), "the logo says it");
            for (address, kind) in [(sheet, "text/css"), (picture, "image/png")] {
                // As a mail program loads it, from elsewhere and as nobody.
                let file = site.get(address, "").await;
                assert_eq!(file.status, 200, "{address}");
                for header in [
                    &format!("content-type: {kind}"),
                    "cache-control: public, max-age=31536000, immutable",
                    "x-content-type-options: nosniff",
                    "content-security-policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox",
                ] {
                    assert!(has(&file, header), "{header}: {}", file.head);
                }
                assert!(!has(&file, "set-cookie"));
            }
        }
        let styles = site.get(sheet, "").await.body;
        assert!(styles.contains("--accent:#7a1fa2") && styles.contains("prefers-color-scheme:dark"), "{styles}");
    });
}

#[test]
fn a_logo_that_was_replaced_or_removed_is_nowhere_any_more() {
    for_each_database(async |world: World| {
        let (template, page) = open_template(&world).await;
        let (other, _) = open_template(&world).await;
        let site = world.site().await;
        let (first, second) = (drawn([10, 20, 30]).await, drawn([30, 20, 10]).await);
        for of in [&template, &other] {
            rebranded(&world, of, Rebranding::Logo(Some(first.clone()))).await;
        }
        let address = |drawn: &Drawn| format!("/brand/{}.png", drawn.logo);
        let status = async |drawn: &Drawn| site.get(&address(drawn), "").await.status;
        rebranded(&world, &template, Rebranding::Logo(Some(second.clone()))).await;
        assert_eq!(brand_of(&site.get(&page, "").await), [address(&second)]);
        assert_eq!((status(&first).await, status(&second).await), (200, 200), "the other template has it still");
        rebranded(&world, &template, Rebranding::Logo(None)).await;
        assert_eq!(brand_of(&site.get(&page, "").await), Vec::<String>::new());
        assert_eq!((status(&first).await, status(&second).await), (200, 404));
        templates::delete(&world.store, &world.environment, &now(&world, &other).await).await.unwrap();
        assert_eq!(status(&first).await, 404);
        assert_eq!(logo::picture(world.store.read(), &first.logo).await.unwrap(), None);
    });
}

#[test]
fn nothing_else_is_found_there() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        for name in [
            "x",
            "x.png",
            "x.css",
            "0b6b6b.css",
            "ffffff-00000000.css",
            "..%2f..%2fetc%2fpasswd",
            "%00.png",
            "00112233445566778899aabbccddeeff-400x100.png",
            "00112233445566778899aabbccddeeff-400x100.svg",
        ] {
            assert!(matches!(site.get(&format!("/brand/{name}"), "").await.status, 400 | 404), "{name}");
        }
        // What another version makes of a colour has another name: it is not kept under that one.
        let other = site.get("/brand/7a1fa2-00000000.css", "").await;
        assert!(other.status == 200 && has(&other, "cache-control: no-store"), "{}", other.head);
    });
}

#[test]
fn mails_have_the_logo_and_the_colour() {
    for_each_database(async |world: World| {
        let (template, _) = open_template(&world).await;
        let outbox = tempfile::tempdir().unwrap();
        let from = EmailAddress::parse("activation@flowthrough.example").unwrap();
        let sending = Sending { transport: Transport::outbox(outbox.path().to_owned()), from };
        let office = PostOffice::new(sending, client_app(), PUBLIC_URL, &world.environment);
        let worker = world.worker_with(directory::NAME, world.target.clone(), Arc::new(office));
        rebranded(&world, &template, Rebranding::Accent(Some(Accent::parse("#7a1fa2").unwrap()))).await;
        let logo = drawn([10, 20, 30]).await;
        rebranded(&world, &template, Rebranding::Logo(Some(logo.clone()))).await;
        world.arrive(&template, "1@sp.com", Some("ann@acme.example")).await;
        worker.drain().await.unwrap();
        let [file] = &fs::read_dir(outbox.path()).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>()[..]
        else {
            panic!("not one mail")
        };
        let raw = fs::read(file).unwrap();
        let mail = mail_parser::MessageParser::default().parse(&raw).unwrap();
        let (html, text) = (mail.body_html(0).unwrap(), mail.body_text(0).unwrap());
        assert!(html.contains(&format!("src=\"{PUBLIC_URL}/brand/{}.png\"", logo.logo)), "{html}");
        assert!(html.contains("bgcolor=\"#7a1fa2\"") && !html.contains("#0b6b6b"), "{html}");
        assert!(!text.contains("/brand/"), "{text}");
    });
}
