-- PostgreSQL
DROP INDEX "subscriber_by_partner_id_and_person_id";
DROP INDEX "subscriber_by_partner_id_and_email";
CREATE INDEX "subscriber_by_partner_id_and_person_id_and_id" ON "subscriber" ("partner_id", "person_id", "id");
CREATE INDEX subscriber_by_partner_id_and_email_and_id ON subscriber (partner_id, lower(email), id);
-- SQLite
DROP INDEX "subscriber_by_partner_id_and_person_id";
DROP INDEX "subscriber_by_partner_id_and_email";
CREATE INDEX "subscriber_by_partner_id_and_person_id_and_id" ON "subscriber" ("partner_id", "person_id", "id");
CREATE INDEX subscriber_by_partner_id_and_email_and_id ON subscriber (partner_id, lower(email), id);
