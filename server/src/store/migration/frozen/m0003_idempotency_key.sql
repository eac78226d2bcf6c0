-- PostgreSQL
CREATE TABLE "idempotency_key" ( "key" text NOT NULL, "request" text NOT NULL, "claim" uuid NOT NULL, "claimed_until" bigint NOT NULL, "status" integer NULL, "tracking_id" text NULL, "location" text NULL, "body" text NULL, "expires_at" bigint NOT NULL, PRIMARY KEY ("key") );
CREATE INDEX "idempotency_key_by_expires_at" ON "idempotency_key" ("expires_at");
-- SQLite
CREATE TABLE "idempotency_key" ( "key" text NOT NULL, "request" text NOT NULL, "claim" uuid_text NOT NULL, "claimed_until" integer NOT NULL, "status" integer NULL, "tracking_id" text NULL, "location" text NULL, "body" text NULL, "expires_at" integer NOT NULL, PRIMARY KEY ("key") );
CREATE INDEX "idempotency_key_by_expires_at" ON "idempotency_key" ("expires_at");
