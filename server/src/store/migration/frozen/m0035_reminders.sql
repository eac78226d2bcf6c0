-- PostgreSQL
ALTER TABLE "template" ADD COLUMN "reply_to" text NULL;
ALTER TABLE "template" ADD COLUMN "signature" text NULL;
ALTER TABLE "template" ADD COLUMN "reminders" integer NOT NULL DEFAULT 0;
ALTER TABLE "template" ADD COLUMN "reminder_days" integer NOT NULL DEFAULT 3;
ALTER TABLE "proof" ADD COLUMN "reminder" integer NOT NULL DEFAULT 0;
ALTER TABLE "proof" ADD COLUMN "remind_at" bigint NULL;
ALTER TABLE "subscriber" ADD COLUMN "reminders_stopped_at" bigint NULL;
-- SQLite
ALTER TABLE "template" ADD COLUMN "reply_to" text NULL;
ALTER TABLE "template" ADD COLUMN "signature" text NULL;
ALTER TABLE "template" ADD COLUMN "reminders" integer NOT NULL DEFAULT 0;
ALTER TABLE "template" ADD COLUMN "reminder_days" integer NOT NULL DEFAULT 3;
ALTER TABLE "proof" ADD COLUMN "reminder" integer NOT NULL DEFAULT 0;
ALTER TABLE "proof" ADD COLUMN "remind_at" integer NULL;
ALTER TABLE "subscriber" ADD COLUMN "reminders_stopped_at" integer NULL;
