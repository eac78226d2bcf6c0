//! `/app`: where phones get the app.

use reqwest::{Client, header::USER_AGENT, redirect::Policy};

use crate::support::{World, for_each_database};

#[test]
fn every_device_is_led_to_the_app_that_runs_there() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        for (device, app) in [
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)", "https://apps.example/ios"),
            ("Mozilla/5.0 (Linux; Android 14; Pixel 8)", "https://apps.example/android"),
            ("Mozilla/5.0 (X11; Linux x86_64)", "https://apps.example/ios"),
            ("", "https://apps.example/ios"),
        ] {
            let asked = client.get(format!("http://{}/app", site.address)).header(USER_AGENT, device);
            let reply = asked.send().await.unwrap();
            assert_eq!(
                (reply.status().as_u16(), &reply.headers()["location"]),
                (303, &app.parse().unwrap()),
                "{device}"
            );
        }
    });
}
