//! Sending the chosen file, and hearing how far the server is with it.

#[cfg(not(feature = "hydrate"))]
use crate::{
    hub::model::{ImportNews, TemplateId},
    ui::chosen_file::ChosenFile,
};

/// The id of the field in which a file is chosen.
pub(super) const FIELD: &str = "import_file";

#[cfg(feature = "hydrate")]
pub(super) use browser::send;

#[cfg(not(feature = "hydrate"))]
pub(super) async fn send(_: ChosenFile, _: TemplateId, _: bool, _: bool, _: &'static str, _: impl Fn(ImportNews)) {}

#[cfg(feature = "hydrate")]
mod browser {
    use domain::Fault;
    use gloo_net::http::Request;
    use js_sys::{Reflect, Uint8Array};
    use wasm_bindgen::{JsCast as _, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{File, ReadableStreamDefaultReader};

    use crate::{
        header::MEANT_FOR,
        hub::{
            address, client,
            model::{ImportFailure, ImportNews, TemplateId},
        },
        ui::chosen_file::ChosenFile,
    };

    /// Sends the file and reports what the server reports. The last news is that it is done or has failed.
    pub(in super::super) async fn send(
        chosen: ChosenFile,
        template: TemplateId,
        dry_run: bool,
        all_or_nothing: bool,
        language: &'static str,
        tell: impl Fn(ImportNews),
    ) {
        let failure =
            match exchange(chosen.file(), &address::upload(template, dry_run, all_or_nothing, language), &tell).await {
                Ok(End::Told) => return,
                Ok(End::Refused(401)) => ImportFailure::Problem(Fault::NotSignedIn.into()),
                Ok(End::Refused(409)) => ImportFailure::Problem(Fault::MeantForAnother.into()),
                Ok(End::Refused(404)) => ImportFailure::Problem(Fault::NotFound.into()),
                Ok(End::Refused(413)) => ImportFailure::TooLarge,
                Ok(End::Refused(_) | End::ConnectionLost) | Err(_) => ImportFailure::ConnectionLost,
            };
        tell(ImportNews::Failed(failure));
    }

    /// How the exchange ended.
    enum End {
        /// With the last news.
        Told,
        /// Before the first, with this HTTP status.
        Refused(u16),
        /// In between.
        ConnectionLost,
    }

    async fn exchange(file: &File, url: &str, tell: &impl Fn(ImportNews)) -> Result<End, JsValue> {
        let broken = |error: gloo_net::Error| JsValue::from(error.to_string());
        let request = Request::post(url).header("content-type", "text/csv");
        let request = request.header(MEANT_FOR, &client::administrator().map(|id| id.to_string()).unwrap_or_default());
        let request = request.body(file).map_err(broken)?;
        let answer = request.send().await.map_err(broken)?;
        let (true, Some(body)) = (answer.ok(), answer.body()) else { return Ok(End::Refused(answer.status())) };
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        let mut events = Vec::new();
        loop {
            let piece = JsFuture::from(reader.read()).await?;
            if Reflect::get(&piece, &"done".into())?.is_truthy() {
                return Ok(End::ConnectionLost);
            }
            let bytes: Uint8Array = Reflect::get(&piece, &"value".into())?.unchecked_into();
            events.extend(bytes.to_vec());
            while let Some(news) = next(&mut events) {
                let last = !matches!(news, ImportNews::Progress { .. });
                tell(news);
                if last {
                    return Ok(End::Told);
                }
            }
        }
    }

    /// Takes the next whole event off (WHATWG HTML §9.2.6); what only keeps the line open is passed over.
    fn next(events: &mut Vec<u8>) -> Option<ImportNews> {
        loop {
            let end = events.windows(2).position(|pair| pair == b"\n\n")?;
            let event: Vec<u8> = events.drain(..end + 2).collect();
            if let Some(data) = event.strip_prefix(b"data: ") {
                return serde_json::from_slice(data).ok();
            }
        }
    }
}
