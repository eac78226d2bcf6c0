-- PostgreSQL
CREATE TABLE "audit_event" ( "id" uuid NOT NULL, "partner_id" uuid NOT NULL, "at" bigint NOT NULL, "actor" text NOT NULL, "category" text NOT NULL, "deed" text NOT NULL, "subject_id" uuid NULL, PRIMARY KEY ("id") );
CREATE INDEX "audit_event_by_partner_id_and_id" ON "audit_event" ("partner_id", "id");
CREATE INDEX "audit_event_by_partner_id_and_actor_and_id" ON "audit_event" ("partner_id", "actor", "id");
CREATE INDEX "audit_event_by_partner_id_and_category_and_id" ON "audit_event" ("partner_id", "category", "id");
-- SQLite
CREATE TABLE "audit_event" ( "id" uuid_text NOT NULL, "partner_id" uuid_text NOT NULL, "at" integer NOT NULL, "actor" text NOT NULL, "category" text NOT NULL, "deed" text NOT NULL, "subject_id" uuid_text NULL, PRIMARY KEY ("id") );
CREATE INDEX "audit_event_by_partner_id_and_id" ON "audit_event" ("partner_id", "id");
CREATE INDEX "audit_event_by_partner_id_and_actor_and_id" ON "audit_event" ("partner_id", "actor", "id");
CREATE INDEX "audit_event_by_partner_id_and_category_and_id" ON "audit_event" ("partner_id", "category", "id");
