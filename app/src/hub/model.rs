//! What the server sends to the hub's pages: the types that cross the wire.

mod audit;
mod counts;
mod customer;
mod history;
mod id;
mod import;
mod job;
mod me;
mod overview;
mod page;
mod passkey;
mod person;
mod roster;
mod second_factor;
mod template;
mod token;
mod user;
mod user_page;
mod view;
mod webhook;

pub use self::{
    audit::{AuditFilter, AuditPage, AuditRow, JobSummary, Subject},
    counts::Counts,
    customer::{CustomerRow, CustomerTemplates, FoundCustomers},
    history::{Doer, Step},
    id::{CustomerId, JobId, PasskeyId, PersonId, StepId, TemplateId, TokenId, UserId, WebhookId},
    import::{
        CellProblem, ImportFailure, ImportNews, ImportReport, LARGEST_FILE, LARGEST_MEGABYTES, MOST_ROWS, Malformation,
    },
    job::{
        BulkDeed, BulkPreview, Example, JobDetail, JobRow, JobState, JobUser, LeftOut, SeenDeletions, Selection,
        StagedDeletions, UserList,
    },
    me::Me,
    overview::{Day, Failing, Healthy, Quarantine, ServiceState, Speed, Stuck},
    page::{Cursor, Page},
    passkey::{PasskeyAnswer, PasskeyQuestion, PasskeyRow, Passkeys, ProofBy},
    person::{CustomerPeople, Invited, Person, PersonState, Post, SessionRow, Sessions},
    roster::{GivenAddress, Member, MemberOutcome, Roster},
    second_factor::{FactorSetUp, FactorState, SignInService, SignInStep},
    template::{
        LARGEST_PICTURE, MOST_FOUND, MailPreview, Service, ServiceOutage, SignInOutage, TemplateDetail, TemplateName,
        TemplateRow,
    },
    token::{TokenLifetime, TokenRow},
    user::{Found, Hit, UnderWay, UserFilter, UserRow, UserStatus},
    user_page::{MailState, UserDetail, UserHistory, Vouched},
    view::SavedView,
    webhook::{Answer, DeliveryRow, DeliveryState, NewWebhook, Tested, WebhookDetail, WebhookRow},
};
