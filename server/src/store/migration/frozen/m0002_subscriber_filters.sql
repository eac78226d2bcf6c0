-- PostgreSQL
CREATE INDEX "subscriber_by_partner_id_and_person_id" ON "subscriber" ("partner_id", "person_id");
CREATE INDEX subscriber_by_partner_id_and_email ON subscriber (partner_id, lower(email));
-- SQLite
CREATE INDEX "subscriber_by_partner_id_and_person_id" ON "subscriber" ("partner_id", "person_id");
CREATE INDEX subscriber_by_partner_id_and_email ON subscriber (partner_id, lower(email));
