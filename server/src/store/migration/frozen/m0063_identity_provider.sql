-- PostgreSQL
ALTER TABLE "administrator" ADD COLUMN "issuer" text NULL;
ALTER TABLE "administrator" ADD COLUMN "subject" text NULL;
CREATE TABLE "oidc_sign_in" ( "token_hash" text NOT NULL, "provider" text NOT NULL, "session_hash" text NULL, "next" text NOT NULL, "created_at" bigint NOT NULL, PRIMARY KEY ("token_hash") );
-- SQLite
ALTER TABLE "administrator" ADD COLUMN "issuer" text NULL;
ALTER TABLE "administrator" ADD COLUMN "subject" text NULL;
CREATE TABLE "oidc_sign_in" ( "token_hash" text NOT NULL, "provider" text NOT NULL, "session_hash" text NULL, "next" text NOT NULL, "created_at" integer NOT NULL, PRIMARY KEY ("token_hash") );
