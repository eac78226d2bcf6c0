-- PostgreSQL
CREATE TABLE "passkey" ( "id" uuid NOT NULL, "administrator_id" uuid NOT NULL, "credential_id" text NOT NULL, "public_key" text NOT NULL, "state" text NOT NULL, "name" text NOT NULL, "created_at" bigint NOT NULL, "used_at" bigint NULL, PRIMARY KEY ("id") );
CREATE UNIQUE INDEX "passkey_by_credential_id" ON "passkey" ("credential_id");
CREATE INDEX "passkey_by_administrator_id" ON "passkey" ("administrator_id");
CREATE TABLE "passkey_ceremony" ( "token_hash" text NOT NULL, "session_hash" text NULL, "adds" bool NOT NULL, "state" text NOT NULL, "created_at" bigint NOT NULL, PRIMARY KEY ("token_hash") );
ALTER TABLE "hub_session" ADD COLUMN "by_passkey" bool NOT NULL DEFAULT FALSE;
-- SQLite
CREATE TABLE "passkey" ( "id" uuid_text NOT NULL, "administrator_id" uuid_text NOT NULL, "credential_id" text NOT NULL, "public_key" text NOT NULL, "state" text NOT NULL, "name" text NOT NULL, "created_at" integer NOT NULL, "used_at" integer NULL, PRIMARY KEY ("id") );
CREATE UNIQUE INDEX "passkey_by_credential_id" ON "passkey" ("credential_id");
CREATE INDEX "passkey_by_administrator_id" ON "passkey" ("administrator_id");
CREATE TABLE "passkey_ceremony" ( "token_hash" text NOT NULL, "session_hash" text NULL, "adds" boolean NOT NULL, "state" text NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("token_hash") );
ALTER TABLE "hub_session" ADD COLUMN "by_passkey" boolean NOT NULL DEFAULT FALSE;
