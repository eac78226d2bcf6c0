-- PostgreSQL
CREATE INDEX "subscriber_by_partner_id_and_customer_id_and_id" ON "subscriber" ("partner_id", "customer_id", "id");
CREATE INDEX "subscriber_by_partner_id_and_status_and_id" ON "subscriber" ("partner_id", "status", "id");
-- SQLite
CREATE INDEX "subscriber_by_partner_id_and_customer_id_and_id" ON "subscriber" ("partner_id", "customer_id", "id");
CREATE INDEX "subscriber_by_partner_id_and_status_and_id" ON "subscriber" ("partner_id", "status", "id");
