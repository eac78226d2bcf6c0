-- PostgreSQL
CREATE UNIQUE INDEX administrator_by_subject ON administrator (partner_id, issuer, subject);
-- SQLite
CREATE UNIQUE INDEX administrator_by_subject ON administrator (partner_id, issuer, subject);
