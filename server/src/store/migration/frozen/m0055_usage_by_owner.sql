-- PostgreSQL
CREATE INDEX usage_by_owner ON usage (subscriber_id);
-- SQLite
CREATE INDEX usage_by_owner ON usage (subscriber_id);
