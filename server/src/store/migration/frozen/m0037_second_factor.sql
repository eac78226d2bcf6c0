-- PostgreSQL
CREATE TABLE "second_factor" ( "administrator_id" uuid NOT NULL, "secret" text NOT NULL, "created_at" bigint NOT NULL, "confirmed_at" bigint NULL, "used_until" bigint NOT NULL, PRIMARY KEY ("administrator_id") );
CREATE TABLE "recovery_code" ( "administrator_id" uuid NOT NULL, "code_hash" text NOT NULL, PRIMARY KEY ("administrator_id", "code_hash") );
CREATE TABLE "hub_sign_in" ( "token_hash" text NOT NULL, "administrator_id" uuid NOT NULL, "password" text NOT NULL, "created_at" bigint NOT NULL, PRIMARY KEY ("token_hash") );
CREATE INDEX "hub_sign_in_by_administrator_id" ON "hub_sign_in" ("administrator_id");
-- SQLite
CREATE TABLE "second_factor" ( "administrator_id" uuid_text NOT NULL, "secret" text NOT NULL, "created_at" integer NOT NULL, "confirmed_at" integer NULL, "used_until" integer NOT NULL, PRIMARY KEY ("administrator_id") );
CREATE TABLE "recovery_code" ( "administrator_id" uuid_text NOT NULL, "code_hash" text NOT NULL, PRIMARY KEY ("administrator_id", "code_hash") );
CREATE TABLE "hub_sign_in" ( "token_hash" text NOT NULL, "administrator_id" uuid_text NOT NULL, "password" text NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("token_hash") );
CREATE INDEX "hub_sign_in_by_administrator_id" ON "hub_sign_in" ("administrator_id");
