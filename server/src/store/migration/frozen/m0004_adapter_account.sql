-- PostgreSQL
CREATE TABLE "adapter_account" ( "template_id" uuid NOT NULL, "user_name" text NOT NULL, "secret_hash" text NOT NULL, "created_at" bigint NOT NULL, PRIMARY KEY ("template_id") );
-- SQLite
CREATE TABLE "adapter_account" ( "template_id" uuid_text NOT NULL, "user_name" text NOT NULL, "secret_hash" text NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("template_id") );
