-- PostgreSQL
CREATE TABLE subscriber_count (template_id uuid NOT NULL, customer_id uuid NOT NULL, status text NOT NULL, users bigint NOT NULL, PRIMARY KEY (template_id, customer_id, status));
CREATE TABLE waiting_count (template_id uuid NOT NULL, customer_id uuid NOT NULL, target text NOT NULL, users bigint NOT NULL, PRIMARY KEY (template_id, customer_id, target));
CREATE INDEX subscriber_count_by_customer_id ON subscriber_count (customer_id);
CREATE FUNCTION count_subscriber() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
         IF TG_OP <> 'INSERT' THEN
             UPDATE subscriber_count SET users = users - 1
             WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id AND status = OLD.status;
         END IF;
         IF TG_OP <> 'DELETE' THEN
             INSERT INTO subscriber_count AS counted (template_id, customer_id, status, users)
             VALUES (NEW.template_id, NEW.customer_id, NEW.status, 1)
             ON CONFLICT (template_id, customer_id, status) DO UPDATE SET users = counted.users + 1;
         END IF;
         RETURN NULL;
     END $$;
CREATE TRIGGER subscriber_counted AFTER INSERT OR DELETE ON subscriber
     FOR EACH ROW EXECUTE FUNCTION count_subscriber();
CREATE TRIGGER subscriber_recounted AFTER UPDATE OF template_id, customer_id, status ON subscriber FOR EACH ROW
     WHEN ((OLD.template_id, OLD.customer_id, OLD.status) IS DISTINCT FROM (NEW.template_id, NEW.customer_id, NEW.status))
     EXECUTE FUNCTION count_subscriber();
CREATE FUNCTION count_waiting() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
         IF TG_OP <> 'INSERT' AND NOT OLD.held THEN
             UPDATE waiting_count SET users = users - 1 FROM subscriber s
             WHERE s.id = OLD.subscriber_id AND waiting_count.template_id = s.template_id
               AND waiting_count.customer_id = s.customer_id AND target = OLD.target;
         END IF;
         IF TG_OP <> 'DELETE' AND NOT NEW.held THEN
             INSERT INTO waiting_count AS counted (template_id, customer_id, target, users)
             SELECT s.template_id, s.customer_id, NEW.target, 1 FROM subscriber s WHERE s.id = NEW.subscriber_id
             ON CONFLICT (template_id, customer_id, target) DO UPDATE SET users = counted.users + 1;
         END IF;
         RETURN NULL;
     END $$;
CREATE TRIGGER task_counted AFTER INSERT OR DELETE ON task FOR EACH ROW EXECUTE FUNCTION count_waiting();
CREATE TRIGGER task_recounted AFTER UPDATE OF target, held ON task FOR EACH ROW
     WHEN ((OLD.target, OLD.held) IS DISTINCT FROM (NEW.target, NEW.held)) EXECUTE FUNCTION count_waiting();
INSERT INTO subscriber_count (template_id, customer_id, status, users)
     SELECT template_id, customer_id, status, COUNT(*) FROM subscriber GROUP BY template_id, customer_id, status;
INSERT INTO waiting_count (template_id, customer_id, target, users)
     SELECT s.template_id, s.customer_id, t.target, COUNT(*) FROM task t JOIN subscriber s ON s.id = t.subscriber_id
     WHERE NOT t.held GROUP BY s.template_id, s.customer_id, t.target;
-- SQLite
CREATE TABLE subscriber_count (template_id uuid_text NOT NULL, customer_id uuid_text NOT NULL, status text NOT NULL, users bigint NOT NULL, PRIMARY KEY (template_id, customer_id, status));
CREATE TABLE waiting_count (template_id uuid_text NOT NULL, customer_id uuid_text NOT NULL, target text NOT NULL, users bigint NOT NULL, PRIMARY KEY (template_id, customer_id, target));
CREATE INDEX subscriber_count_by_customer_id ON subscriber_count (customer_id);
CREATE TRIGGER subscriber_arrived AFTER INSERT ON subscriber BEGIN
         INSERT INTO subscriber_count (template_id, customer_id, status, users)
         VALUES (NEW.template_id, NEW.customer_id, NEW.status, 1)
         ON CONFLICT (template_id, customer_id, status) DO UPDATE SET users = users + 1;
     END;
CREATE TRIGGER subscriber_left AFTER DELETE ON subscriber BEGIN
         UPDATE subscriber_count SET users = users - 1
         WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id AND status = OLD.status;
     END;
CREATE TRIGGER subscriber_changed AFTER UPDATE OF template_id, customer_id, status ON subscriber
     WHEN (OLD.template_id, OLD.customer_id, OLD.status) IS NOT (NEW.template_id, NEW.customer_id, NEW.status) BEGIN
         UPDATE subscriber_count SET users = users - 1
         WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id AND status = OLD.status;
         INSERT INTO subscriber_count (template_id, customer_id, status, users)
         VALUES (NEW.template_id, NEW.customer_id, NEW.status, 1)
         ON CONFLICT (template_id, customer_id, status) DO UPDATE SET users = users + 1;
     END;
CREATE TRIGGER task_added AFTER INSERT ON task WHEN NOT NEW.held BEGIN
         INSERT INTO waiting_count (template_id, customer_id, target, users)
         SELECT template_id, customer_id, NEW.target, 1 FROM subscriber WHERE id = NEW.subscriber_id
         ON CONFLICT (template_id, customer_id, target) DO UPDATE SET users = users + 1;
     END;
CREATE TRIGGER task_ended AFTER DELETE ON task WHEN NOT OLD.held BEGIN
         UPDATE waiting_count SET users = users - 1
         WHERE target = OLD.target AND (template_id, customer_id) =
             (SELECT template_id, customer_id FROM subscriber WHERE id = OLD.subscriber_id);
     END;
CREATE TRIGGER task_changed AFTER UPDATE OF target, held ON task
     WHEN (OLD.target, OLD.held) IS NOT (NEW.target, NEW.held) BEGIN
         UPDATE waiting_count SET users = users - 1
         WHERE NOT OLD.held AND target = OLD.target AND (template_id, customer_id) =
             (SELECT template_id, customer_id FROM subscriber WHERE id = OLD.subscriber_id);
         INSERT INTO waiting_count (template_id, customer_id, target, users)
         SELECT template_id, customer_id, NEW.target, 1 FROM subscriber
         WHERE id = NEW.subscriber_id AND NOT NEW.held
         ON CONFLICT (template_id, customer_id, target) DO UPDATE SET users = users + 1;
     END;
INSERT INTO subscriber_count (template_id, customer_id, status, users)
     SELECT template_id, customer_id, status, COUNT(*) FROM subscriber GROUP BY template_id, customer_id, status;
INSERT INTO waiting_count (template_id, customer_id, target, users)
     SELECT s.template_id, s.customer_id, t.target, COUNT(*) FROM task t JOIN subscriber s ON s.id = t.subscriber_id
     WHERE NOT t.held GROUP BY s.template_id, s.customer_id, t.target;
