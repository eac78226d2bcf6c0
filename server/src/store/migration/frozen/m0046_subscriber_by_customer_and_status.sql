-- PostgreSQL
CREATE INDEX subscriber_by_customer_id_and_status_and_id ON subscriber (customer_id, status, id);
-- SQLite
CREATE INDEX subscriber_by_customer_id_and_status_and_id ON subscriber (customer_id, status, id);
