-- PostgreSQL
CREATE INDEX subscriber_by_ready_mail_at ON subscriber (ready_mail_at) WHERE ready_mail_at IS NOT NULL;
-- SQLite
CREATE INDEX subscriber_by_ready_mail_at ON subscriber (ready_mail_at) WHERE ready_mail_at IS NOT NULL;
