//! The ids of what the hub shows, each of a type of its own: the compiler tells a template's id from a user's. On the wire and in
//! addresses they are text.

domain::id! {
    /// A user's.
    UserId
}
domain::id! {
    /// A customer's.
    CustomerId
}
domain::id! {
    /// An onboarding template's.
    TemplateId
}
domain::id! {
    /// Of somebody who signs in to the hub.
    PersonId
}
domain::id! {
    /// A bulk job's.
    JobId
}
domain::id! {
    /// An API token's.
    TokenId
}
domain::id! {
    /// A webhook's.
    WebhookId
}
domain::id! {
    /// Of a step of a user's history.
    StepId
}
domain::id! {
    /// A passkey's.
    PasskeyId
}
