//! A user's page: who it is, how they stand, and all that has happened to them.

use app::{
    backend::{Administrator, Users as _},
    hub::model::{Doer, MailState, Step, UserDetail, UserId, Vouched},
};
use domain::{
    EmailAddress, Fault, Happening, Mailing, Status,
    lifecycle::{Event, Proof},
    timestamp::MINUTE,
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use server::{
    access::administrators,
    backend::hub::{HubService, caller},
    provisioning::{admission::Comeback, update},
    store::Actor,
    targets::Refusal,
};
use uuid::Uuid;

use super::{hub, jobs::delete};
use crate::{
    entity::{administrator, history},
    support::{Act, World, for_each_database},
};

pub const ANN: &str = "ann@sp.example";

/// The partner's administrator Ann.
pub async fn ann(world: &World) -> Administrator {
    let id = administrators::add(&world.store, &world.environment, world.tenant, ANN, "nine quiet lighthouses").await;
    caller(id.unwrap(), world.tenant)
}

async fn detail(hub: &HubService, ann: &Administrator, id: UserId) -> UserDetail {
    hub.user(ann, id, None).await.unwrap().user.expect("the user is there")
}

async fn steps(hub: &HubService, ann: &Administrator, id: UserId) -> Vec<Step> {
    hub.user(ann, id, None).await.unwrap().steps.rows
}

fn happenings(steps: &[Step]) -> Vec<Happening> {
    steps.iter().map(|step| step.happening).collect()
}

#[test]
fn it_tells_who_did_what_with_names_and_from_which_status_to_which() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let new = json!({
            "provisioningId": template.provisioning_id, "userId": "1@sp.com", "spEnterpriseId": "SP1+acme",
            "firstName": "Eve", "lastName": "Doe", "package": "standard", "primaryPhoneNumber": "+15551234", "extension": "34",
        });
        assert_eq!(world.client().await.post("/v1/broadworks/subscribers", &new).await.status, 200);
        let id = hub.user_status(&ann, template.id.into(), Default::default(), Default::default()).await;
        let id = id.unwrap().page.rows.remove(0).id;
        let refusal = Refusal { detail: Some("403 pool empty".to_owned()), ..Fault::PackageUnavailable.into() };
        world.target.plan([Act::Refuse(refusal)]);
        let vouched_at = world.environment.now();
        hub.onboard(&ann, id, EmailAddress::parse("eve@home.example").unwrap()).await.unwrap();
        world.work().await;

        let failed = detail(&hub, &ann, id).await;
        assert_eq!((failed.phone.as_deref(), failed.extension.as_deref()), (Some("+15551234"), Some("34")));
        assert_eq!(failed.row.template_id, template.id.into());
        assert!(failed.row.problem.as_ref().is_some_and(|problem| problem.tracking_id.is_some()));
        let by_ann = Doer::Administrator(Some(ANN.to_owned()));
        let vouched = Vouched { proof: Proof::Administrator, by: Some((by_ann.clone(), vouched_at)) };
        assert_eq!(failed.vouched, Some(vouched));
        hub.retry(&ann, id).await.unwrap();
        world.work().await;
        assert_eq!(detail(&hub, &ann, id).await.row.status, Status::Provisioned);

        let told: Vec<_> = steps(&hub, &ann, id)
            .await
            .into_iter()
            .map(|step| (step.happening, step.by, step.from, step.to, step.fault, step.detail))
            .collect();
        let (input, doing, error) = (Status::PendingEmailInput, Status::Provisioning, Status::Error);
        let Doer::Token(Some(token)) = told[4].1.clone() else { panic!("{told:?}") };
        assert!(!token.is_empty());
        let (none, said) = (None, Some("403 pool empty".to_owned()));
        assert_eq!(
            told,
            [
                (Happening::AccountCreated, Doer::Engine, Some(doing), Some(Status::Provisioned), none, None),
                (Happening::Retried, by_ann.clone(), Some(error), Some(doing), none, None),
                (
                    Happening::AttemptFailed,
                    Doer::Engine,
                    Some(doing),
                    Some(error),
                    Some(Fault::PackageUnavailable),
                    said
                ),
                (Happening::Onboarded, by_ann, Some(input), Some(doing), none, None),
                (Happening::Arrived, Doer::Token(Some(token)), None, Some(input), none, None),
            ]
        );
        // Whose name is not kept any more did it all the same.
        let work = world.store.work().await.unwrap();
        administrator::Entity::delete_many().filter(administrator::Column::Email.eq(ANN)).exec(&*work).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(steps(&hub, &ann, id).await[1].by, Doer::Administrator(None));
    });
}

#[test]
fn the_history_comes_in_pages_and_each_step_knows_what_was_before_it() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let user = world.arrive(&template, "1@sp.com", None).await;
        let address = EmailAddress::parse("eve@home.example").unwrap();
        for _ in 0..15 {
            world.apply(user.id, Event::AddressEntered(address.clone())).await.unwrap();
            world.apply(user.id, Event::AddressWithdrawn).await.unwrap();
        }
        let id = user.id.into();
        let first = hub.user(&ann, id, None).await.unwrap().steps;
        assert_eq!((first.rows.len(), first.previous), (25, None));
        let rest = hub.user(&ann, id, first.next.as_deref().map(|key| key.parse().unwrap())).await.unwrap().steps;
        assert_eq!((rest.rows.len(), rest.next, rest.previous), (6, None, first.next));
        let all = [first.rows, rest.rows].concat();
        assert!(all.is_sorted_by(|one, next| one.id > next.id));
        let before: Vec<_> = all.iter().skip(1).map(|step| step.to).chain([None]).collect();
        assert_eq!(all.iter().map(|step| step.from).collect::<Vec<_>>(), before);
    });
}

#[test]
fn a_user_who_is_gone_leaves_the_history_and_nobody_else_does() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        let user = world.arrive(&template, "1@sp.com", Some("eve@home.example")).await.id.into();
        let never = world.arrive(&world.template(|_| ()).await, "2@sp.com", None).await.id.into();
        world.work().await;
        let room = json!({
            "provisioningId": template.provisioning_id, "userId": "room@sp.com", "spEnterpriseId": "SP1+acme",
            "displayName": "Room",
        });
        let client = world.client().await;
        let made = client.post("/v1/broadworks/workspaces", &room).await;
        world.work().await;
        client.delete(&format!("/v1/broadworks/workspaces/{}", made.text("id"))).await;
        let room = history::Entity::find().filter(history::Column::Event.eq("workspace_created"));
        let room = room.one(world.store.read()).await.unwrap().unwrap().owner_id.into();
        delete(&world, &ann, vec![user, never]).await;
        world.work().await;

        let gone = hub.user(&ann, user, None).await.unwrap();
        assert_eq!(gone.user, None);
        let told =
            [Happening::AccountRemoved, Happening::RemovalRequested, Happening::AccountCreated, Happening::Arrived];
        assert_eq!(happenings(&gone.steps.rows), told);
        assert_eq!(gone.steps.rows[0].to, None);
        assert_eq!(happenings(&steps(&hub, &ann, never).await), [Happening::RemovalRequested, Happening::Arrived]);
        let other = world.arrive(&template, "3@sp.com", None).await.id;
        let (whose, by) = ((world.tenant, other), Actor::Operator);
        update::remove(&world.store, &world.environment, whose, &by, Comeback::Forbidden).await.unwrap();
        assert_eq!(steps(&hub, &ann, other.into()).await[0].by, Doer::Operator);
        let stranger = caller(Uuid::nil().into(), world.other_partner().await);
        for (who, id) in [(&ann, room), (&ann, Uuid::nil().into()), (&stranger, user)] {
            assert_eq!(hub.user(who, id, None).await.unwrap_err().fault, Fault::NotFound, "{id}");
        }
    });
}

#[test]
fn the_mail_is_sent_again_within_the_users_own_limits() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let user = world.arrive(&template, "1@sp.com", Some("eve@home.example")).await;
        let (id, asked) = (user.id.into(), world.environment.now());
        let mail = async || detail(&hub, &ann, id).await.mail;
        assert_eq!(mail().await, Some(MailState { mailing: Mailing::Queued, asked }));
        world.work().await;
        assert_eq!(mail().await, Some(MailState { mailing: Mailing::Sent, asked }));
        assert_eq!(hub.resend(&ann, id).await.unwrap().status, Status::PendingEmailValidation);
        world.work().await;
        assert_eq!(world.postman.letters().len(), 1, "whoever asks twice has what they want");

        world.clock.advance(MINUTE);
        assert_eq!(hub.resend(&ann, id).await.unwrap().status, Status::PendingEmailValidation);
        world.work().await;
        assert_eq!(world.postman.letters().len(), 2);
        let steps = steps(&hub, &ann, id).await;
        let told = [Happening::MailSent, Happening::AddressEntered, Happening::MailSent, Happening::Arrived];
        assert_eq!(happenings(&steps), told);
        assert_eq!(steps[1].by, Doer::Administrator(Some(ANN.to_owned())));

        world.prove_by_link(&world.postman.last().token).await.unwrap();
        assert_eq!(hub.resend(&ann, id).await.unwrap_err().fault, Fault::NothingToRetry);
        assert_eq!(mail().await, None);
        assert_eq!(detail(&hub, &ann, id).await.vouched.map(|vouched| vouched.proof), Some(Proof::Link));
    });
}
