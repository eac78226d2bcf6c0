-- PostgreSQL
CREATE INDEX template_by_share_token_in_capitals ON template (upper(share_token));
-- SQLite
CREATE INDEX template_by_share_token_in_capitals ON template (upper(share_token));
