-- PostgreSQL
CREATE TABLE "webhook" ( "id" uuid NOT NULL, "partner_id" uuid NOT NULL, "url" text NOT NULL, "secret" text NOT NULL, "failures" integer NOT NULL, "run_at" bigint NOT NULL, "lease_until" bigint NOT NULL, "created_at" bigint NOT NULL, PRIMARY KEY ("id") );
CREATE TABLE "webhook_event" ( "partner_id" uuid NOT NULL, "event" text NOT NULL, "webhook_id" uuid NOT NULL, PRIMARY KEY ("partner_id", "event", "webhook_id") );
CREATE TABLE "webhook_delivery" ( "webhook_id" uuid NOT NULL, "step_id" uuid NOT NULL, "event" text NOT NULL, "subscriber_id" uuid NOT NULL, "user_id" text NOT NULL, "attempts" integer NOT NULL, "outcome" text NULL, "response" integer NULL, "problem" text NULL, "created_at" bigint NOT NULL, "tried_at" bigint NULL, PRIMARY KEY ("webhook_id", "step_id") );
CREATE INDEX "webhook_delivery_by_webhook_id_and_outcome_and_step_id" ON "webhook_delivery" ("webhook_id", "outcome", "step_id");
CREATE INDEX "webhook_by_partner_id_and_id" ON "webhook" ("partner_id", "id");
-- SQLite
CREATE TABLE "webhook" ( "id" uuid_text NOT NULL, "partner_id" uuid_text NOT NULL, "url" text NOT NULL, "secret" text NOT NULL, "failures" integer NOT NULL, "run_at" integer NOT NULL, "lease_until" integer NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("id") );
CREATE TABLE "webhook_event" ( "partner_id" uuid_text NOT NULL, "event" text NOT NULL, "webhook_id" uuid_text NOT NULL, PRIMARY KEY ("partner_id", "event", "webhook_id") );
CREATE TABLE "webhook_delivery" ( "webhook_id" uuid_text NOT NULL, "step_id" uuid_text NOT NULL, "event" text NOT NULL, "subscriber_id" uuid_text NOT NULL, "user_id" text NOT NULL, "attempts" integer NOT NULL, "outcome" text NULL, "response" integer NULL, "problem" text NULL, "created_at" integer NOT NULL, "tried_at" integer NULL, PRIMARY KEY ("webhook_id", "step_id") );
CREATE INDEX "webhook_delivery_by_webhook_id_and_outcome_and_step_id" ON "webhook_delivery" ("webhook_id", "outcome", "step_id");
CREATE INDEX "webhook_by_partner_id_and_id" ON "webhook" ("partner_id", "id");
