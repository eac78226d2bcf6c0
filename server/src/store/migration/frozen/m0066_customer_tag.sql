-- PostgreSQL
ALTER TABLE "customer" ADD COLUMN "tags" text NOT NULL DEFAULT '';
CREATE TABLE "customer_tag" ( "customer_id" uuid NOT NULL, "tag" text NOT NULL, "partner_id" uuid NOT NULL, PRIMARY KEY ("customer_id", "tag") );
CREATE INDEX "customer_tag_by_partner_id_and_tag_and_customer_id" ON "customer_tag" ("partner_id", "tag", "customer_id");
-- SQLite
ALTER TABLE "customer" ADD COLUMN "tags" text NOT NULL DEFAULT '';
CREATE TABLE "customer_tag" ( "customer_id" uuid_text NOT NULL, "tag" text NOT NULL, "partner_id" uuid_text NOT NULL, PRIMARY KEY ("customer_id", "tag") );
CREATE INDEX "customer_tag_by_partner_id_and_tag_and_customer_id" ON "customer_tag" ("partner_id", "tag", "customer_id");
