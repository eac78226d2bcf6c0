-- PostgreSQL
CREATE INDEX bulk_job_by_partner_id_and_id ON bulk_job (partner_id, id);
-- SQLite
CREATE INDEX bulk_job_by_partner_id_and_id ON bulk_job (partner_id, id);
