-- PostgreSQL
ALTER TABLE "administrator" ADD COLUMN "role" text NOT NULL DEFAULT 'full_administrator';
ALTER TABLE "administrator" ADD COLUMN "assigned_only" bool NOT NULL DEFAULT FALSE;
ALTER TABLE "administrator" ADD COLUMN "signed_in_at" bigint NULL;
ALTER TABLE "hub_session" ADD COLUMN "network" text NULL;
CREATE TABLE "assignment" ( "administrator_id" uuid NOT NULL, "customer_id" uuid NOT NULL, PRIMARY KEY ("administrator_id", "customer_id") );
CREATE TABLE "invitation" ( "token_hash" text NOT NULL, "administrator_id" uuid NOT NULL, "expires_at" bigint NOT NULL, PRIMARY KEY ("token_hash") );
-- SQLite
ALTER TABLE "administrator" ADD COLUMN "role" text NOT NULL DEFAULT 'full_administrator';
ALTER TABLE "administrator" ADD COLUMN "assigned_only" boolean NOT NULL DEFAULT FALSE;
ALTER TABLE "administrator" ADD COLUMN "signed_in_at" integer NULL;
ALTER TABLE "hub_session" ADD COLUMN "network" text NULL;
CREATE TABLE "assignment" ( "administrator_id" uuid_text NOT NULL, "customer_id" uuid_text NOT NULL, PRIMARY KEY ("administrator_id", "customer_id") );
CREATE TABLE "invitation" ( "token_hash" text NOT NULL, "administrator_id" uuid_text NOT NULL, "expires_at" integer NOT NULL, PRIMARY KEY ("token_hash") );
