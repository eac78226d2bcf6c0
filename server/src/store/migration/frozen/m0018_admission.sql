-- PostgreSQL
CREATE TABLE "admission" ( "partner_id" uuid NOT NULL, "user_id_key" text NOT NULL, "template_id" uuid NOT NULL, "open" bool NOT NULL, "created_at" bigint NOT NULL, PRIMARY KEY ("partner_id", "user_id_key") );
-- SQLite
CREATE TABLE "admission" ( "partner_id" uuid_text NOT NULL, "user_id_key" text NOT NULL, "template_id" uuid_text NOT NULL, "open" boolean NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("partner_id", "user_id_key") );
