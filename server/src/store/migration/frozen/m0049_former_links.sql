-- PostgreSQL
CREATE TABLE "former_share_token" ( "token" text NOT NULL, "template_id" uuid NOT NULL, "replaced_at" bigint NOT NULL, PRIMARY KEY ("token") );
CREATE TABLE "former_provisioning_id" ( "provisioning_id" text NOT NULL, "template_id" uuid NOT NULL, "until" bigint NOT NULL, PRIMARY KEY ("provisioning_id") );
-- SQLite
CREATE TABLE "former_share_token" ( "token" text NOT NULL, "template_id" uuid_text NOT NULL, "replaced_at" integer NOT NULL, PRIMARY KEY ("token") );
CREATE TABLE "former_provisioning_id" ( "provisioning_id" text NOT NULL, "template_id" uuid_text NOT NULL, "until" integer NOT NULL, PRIMARY KEY ("provisioning_id") );
