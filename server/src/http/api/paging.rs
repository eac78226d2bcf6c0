//! Lists in pages: at most `max` items, the next page by the `Link` header (RFC 8288) or by `offset`.

use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderName, header::LINK, request::Parts},
};
use domain::Fault;
use serde::{Deserialize, de::DeserializeOwned};
use url::form_urlencoded;
use utoipa::{
    IntoParams,
    openapi::{
        RefOr, Required, Schema,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, SchemaType, Type},
    },
};

use super::{ApiState, Refusal, query};
use crate::store::Window;

/// How long the pages of a list are.
pub struct Length {
    /// Unless `max` says otherwise.
    pub usual: u64,
    /// The most that `max` may say.
    pub most: u64,
}

/// By what a list can be filtered.
pub trait Filters: DeserializeOwned + IntoParams {
    /// How long its pages are.
    const LENGTH: Length = Length { usual: 50, most: 100 };
}

/// For lists without filters.
#[derive(Deserialize, IntoParams)]
pub struct Nothing {}

impl Filters for Nothing {}

/// The header that names the next page, if there is one.
pub type Link = Option<[(HeaderName, String); 1]>;

/// One page of a list, as a client asks for it.
pub struct PageRequest<F> {
    /// What the items have to fit.
    pub filters: F,
    max: u64,
    offset: Option<u64>,
    cursor: Option<String>,
    /// Where the list is.
    url: String,
    query: String,
}

/// The parameters of every list: those of the vendor's API, the `offset` that real scripts send besides, and our own
/// `cursor`, which only our links to the next page carry.
#[derive(Deserialize)]
struct Written {
    max: Option<String>,
    offset: Option<String>,
    cursor: Option<String>,
}

impl<F: Filters> FromRequestParts<ApiState> for PageRequest<F> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        // Not `parts.uri`: nesting has taken the beginning of that away.
        let Ok(OriginalUri(uri)) = OriginalUri::from_request_parts(parts, state).await;
        let filters = query::read(&uri)?;
        let Written { max, offset, cursor } = query::read(&uri)?;
        Ok(Self {
            filters,
            max: F::LENGTH.max(max.as_deref())?,
            offset: offset.as_deref().map(self::offset).transpose()?,
            cursor,
            url: format!("{}{}", state.public_url, uri.path()),
            query: uri.query().unwrap_or_default().to_owned(),
        })
    }
}

impl<F> PageRequest<F> {
    /// Whether it is the first page.
    pub fn is_first(&self) -> bool {
        self.cursor.is_none() && self.offset.unwrap_or(0) == 0
    }

    /// The key of the last item of the page before, as `parse` reads it.
    pub fn after<K>(&self, parse: impl Fn(&str) -> Option<K>) -> Result<Option<K>, Refusal> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        parse(cursor).map(Some).ok_or_else(|| Refusal::parameter("cursor", Fault::InvalidParameter))
    }

    /// Which part of the list it is.
    pub fn window<K>(&self, parse: impl Fn(&str) -> Option<K>) -> Result<Window<K>, Refusal> {
        Ok(Window { after: self.after(parse)?, skip: self.offset, most: self.max })
    }

    /// The link to the next page, which begins after this one's last item, if there is one.
    pub fn link(&self, next: Option<String>) -> Link {
        next.map(|key| self.next(&key))
    }

    /// The link to the next page: by key, so that no row is doubled or left out when others come and go.
    fn next(&self, key: &str) -> [(HeaderName, String); 1] {
        let filters = form_urlencoded::parse(self.query.as_bytes());
        let filters = filters.filter(|(name, _)| name != "cursor" && name != "offset");
        let query =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).append_pair("cursor", key).finish();
        [(LINK, format!("<{}?{query}>; rel=\"next\"", self.url))]
    }
}

impl Length {
    /// How many items a page shall have.
    fn max(&self, written: Option<&str>) -> Result<u64, Refusal> {
        let Some(max) = written else { return Ok(self.usual) };
        let max = max.parse().ok().filter(|max| (1..=self.most).contains(max));
        max.ok_or_else(|| Refusal::parameter("max", Fault::InvalidParameter))
    }
}

/// How many items to leave out.
fn offset(written: &str) -> Result<u64, Refusal> {
    // A database counts rows with a sign.
    written.parse::<u32>().map(u64::from).map_err(|_| Refusal::parameter("offset", Fault::InvalidParameter))
}

/// For the document: the filters, and what every list can be asked for.
impl<F: Filters> IntoParams for PageRequest<F> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let whole = |least: u64| ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(least));
        let Length { usual, most } = F::LENGTH;
        let mut all = F::into_params(|| Some(ParameterIn::Query));
        all.iter_mut().for_each(never_null);
        all.extend([
            parameter("max", &format!("Items to a page, {usual} unless told otherwise"), whole(1).maximum(Some(most))),
            parameter(
                "offset",
                "Items to leave out; the link to the next page does without",
                whole(0).maximum(Some(u32::MAX)),
            ),
            parameter("cursor", "Only from the link to the next page", ObjectBuilder::new().schema_type(Type::String)),
        ]);
        all
    }
}

/// What is left out of a query is missing; there is no way to write null.
fn never_null(parameter: &mut Parameter) {
    if let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema
        && let SchemaType::Array(types) = &mut object.schema_type
    {
        types.retain(|one| *one != Type::Null);
        if let [one] = types.as_slice() {
            object.schema_type = SchemaType::Type(one.clone());
        }
    }
}

fn parameter(name: &str, description: &str, schema: ObjectBuilder) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
        .build()
}
